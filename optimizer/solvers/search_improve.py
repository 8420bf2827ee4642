"""The half of a search that improves: round the relaxation, then solve neighbourhoods of the best plan again and again.

How large a neighbourhood may be and which kinds pay is learned on the way, by kind: from what each gained a second, and
from whether it was solved in its share of the time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Status
from optimizer.solvers.search_highs import run_highs
from optimizer.solvers.search_neighbours import NEIGHBOURHOODS, View, freed
from optimizer.solvers.search_part import Part, restricted
from optimizer.solvers.search_standing import Standing

PARTS = 12.0
"""No neighbourhood, nor the first rounding once a plan is there, takes more than this part of the time limit."""

FIRST_SHARE = 0.5
"""While there is no plan at all, the first rounding may take this part of the time limit."""

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

FIRST_GAP = 0.05
"""A first plan need not be better than this: neighbourhoods improve it faster than rounding does."""

FINER = 40.0
"""A neighbourhood is solved to this part of the gap still open; what is left in it then is not worth its time."""

_WHOLE = 1e-6
_GROW, _SHRINK = 1.4, 0.7
_MEMORY = 0.7
_CURIOSITY = 0.2


def improve(standing: Standing, seed: int) -> None:
    """Find a first plan near the relaxation and work on until the search is over."""
    limits = _limits(standing, 1.0, standing.limits.gap, seed)
    standing.relaxed = run_highs(_linear(standing.program), limits, {}).values
    if standing.relaxed is not None:
        _round(standing, standing.relaxed, seed)
        pursue(standing, seed)


def pursue(standing: Standing, seed: int) -> None:
    """Work on the best plan, whoever found it, until the search is over; give up if none can come any more."""
    chance = np.random.default_rng(seed)
    manners = _Manners(chance)
    while not standing.over:
        if standing.plan is not None and standing.relaxed is not None:
            _step(standing, View(standing.program, standing.plan, standing.relaxed, chance), manners)
        elif standing.proving:
            standing.wait(1.0)
        else:
            return


def _round(standing: Standing, relaxed: Floats, seed: int) -> None:
    """Find a first plan near the relaxation: rounded down where that can be, for a plan in hand in the first seconds,
    then with whole columns between floor and ceiling, or a little beyond.
    """
    low, high = np.floor(relaxed + _WHOLE), np.ceil(relaxed - _WHOLE)
    _offer_within(standing, low, low, 1.0, seed)
    for radius in RADII:
        share = 1.0 / PARTS if standing.plan is not None else FIRST_SHARE
        if standing.over or _offer_within(standing, low - radius, high + radius, share, seed):
            return


def _offer_within(standing: Standing, low: Floats, high: Floats, time_share: float, seed: int) -> bool:
    """Solve with whole columns (n,) between `low` and `high`; whether a plan came of it."""
    program = standing.program
    lower = np.where(program.integer, np.clip(low, program.lower, program.upper), program.lower)
    upper = np.where(program.integer, np.clip(high, program.lower, program.upper), program.upper)
    part = restricted(program, lower, upper)
    solution = run_highs(part.program, _limits(standing, time_share, FIRST_GAP, seed), {})
    if solution.values is not None:
        standing.offer(part.widen(solution.values))
    return solution.values is not None


def _step(standing: Standing, view: View, manners: _Manners) -> None:
    """Solve one neighbourhood of the plan in view, and learn from what came of it."""
    manner = manners.draw()
    fixed = view.program.integer & ~freed(view, manner.kind, manners.shares[manner])
    lower = np.where(fixed, view.plan, view.program.lower)
    upper = np.where(fixed, view.plan, view.program.upper)
    part = restricted(view.program, lower, upper)
    gap = max(standing.limits.gap, standing.progress().gap or 0.0) / FINER
    limits = _limits(standing, 1.0 / PARTS, gap, int(view.chance.integers(2**31 - 1)))
    begun = time.monotonic()
    if manner.near:
        part = _near(part, view.plan, limits)
    solution = run_highs(part.program, replace(limits, hint=part.narrow(view.plan)), {})
    if solution.values is not None:
        standing.offer(part.widen(solution.values))
    before = view.program.objective(view.plan)
    gain = max(0.0, before - (before if solution.objective is None else solution.objective))
    solved = solution.status in (Status.OPTIMAL, Status.WITHIN_GAP)
    manners.learn(manner, gain / max(1e-3, time.monotonic() - begun), solved=solved)


def _near(part: Part, plan: Floats, limits: Limits) -> Part:
    """The part with its whole columns between `plan` (n,) and the floor and ceiling of the part's own relaxation.

    That relaxation follows what is fixed around the part, so that far more can be set free at once than could be solved
    for all values; and the plan itself stays within reach, so that nothing is lost.
    """
    program, here = part.program, part.narrow(plan)
    relaxed = run_highs(_linear(program), limits, {}).values
    if relaxed is None:
        return part
    low = np.where(program.integer, np.minimum(here, np.floor(relaxed + _WHOLE)), program.lower)
    high = np.where(program.integer, np.maximum(here, np.ceil(relaxed - _WHOLE)), program.upper)
    inner = restricted(program, np.maximum(low, program.lower), np.minimum(high, program.upper))
    return Part(inner.program, part.kept[inner.kept], part.widen(inner.fixed))


def _limits(standing: Standing, time_share: float, gap: float, seed: int) -> Limits:
    """Limits for a solve that may take a part of the time limit, but no longer than is left."""
    seconds = max(0.0, min(standing.left(), time_share * standing.limits.time_limit))
    return replace(standing.limits, time_limit=seconds, gap=gap, seed=seed, hint=None)


def _linear(program: Program) -> Program:
    return replace(program, integer=np.zeros_like(program.integer))


@dataclass(frozen=True, slots=True)
class _Manner:
    """A kind of neighbourhood, and whether it is searched only near its relaxation (large) or whole (small)."""

    kind: str
    near: bool


def _shares() -> dict[_Manner, float]:
    return {_Manner(kind, near): 0.4 if near else 0.1 for near in (True, False) for kind in NEIGHBOURHOODS}


@dataclass(slots=True)
class _Manners:
    """What has been learned of each manner: the share of whole columns to set free, and its gain a second of late.

    Those near the relaxation are each tried first; the others come in as the gains of the first fade.
    """

    chance: np.random.Generator
    shares: dict[_Manner, float] = field(default_factory=_shares)
    rates: dict[_Manner, float | None] = field(
        default_factory=lambda: {manner: None if manner.near else 0.0 for manner in _shares()}
    )

    def draw(self) -> _Manner:
        """One that is untried, or one by chance, more often those that gained more."""
        untried = [manner for manner, rate in self.rates.items() if rate is None]
        if untried:
            return untried[0]
        manners = list(self.rates)
        rates = np.array([self.rates[manner] for manner in manners], dtype=np.float64)
        odds = rates + _CURIOSITY * rates.mean() + 1e-9
        return manners[int(self.chance.choice(len(manners), p=odds / odds.sum()))]

    def learn(self, manner: _Manner, rate: float, *, solved: bool) -> None:
        """Take in one outcome: a larger share of what was solved, a smaller of what was not and gained nothing."""
        before = self.rates[manner]
        self.rates[manner] = rate if before is None else _MEMORY * before + (1.0 - _MEMORY) * rate
        if solved:
            self.shares[manner] = min(1.0, _GROW * self.shares[manner])
        elif rate <= 0.0:
            self.shares[manner] *= _SHRINK
