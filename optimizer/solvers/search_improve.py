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
"""No neighbourhood, and not the first rounding either, takes more than this part of the time limit."""

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

FINER = 40.0
"""A neighbourhood is solved to this part of the gap asked for; what is left in it then is not worth its time."""

_WHOLE = 1e-6
_START = 0.4
_GROW, _SHRINK = 1.4, 0.7
_MEMORY = 0.7
_CURIOSITY = 0.2


def improve(standing: Standing, seed: int) -> None:
    """Work on the standing's plan until the search is over."""
    relaxed = _relaxation(standing, seed)
    if relaxed is None:
        return
    if seed == standing.limits.seed:
        _round(standing, relaxed, seed)
    chance = np.random.default_rng(seed)
    kinds = _Kinds(chance)
    while not standing.over:
        if standing.plan is None:
            standing.wait(1.0)
            continue
        _step(standing, View(standing.program, standing.plan, relaxed, chance), kinds)


def _relaxation(standing: Standing, seed: int) -> Floats | None:
    """The values of the program without its whole numbers, computed once for all who ask; None if there are none."""
    if standing.relaxed is None:
        limits = _limits(standing, 1.0, standing.limits.gap, seed)
        standing.relaxed = run_highs(_linear(standing.program), limits, {}).values
    return standing.relaxed


def _round(standing: Standing, relaxed: Floats, seed: int) -> None:
    """Find a first plan near the relaxation: whole columns between its floor and its ceiling, or a little beyond."""
    program = standing.program
    low, high = np.floor(relaxed + _WHOLE), np.ceil(relaxed - _WHOLE)
    for radius in RADII:
        if standing.over:
            return
        lower = np.where(program.integer, np.maximum(program.lower, low - radius), program.lower)
        upper = np.where(program.integer, np.minimum(program.upper, high + radius), program.upper)
        part = restricted(program, lower, upper)
        solution = run_highs(part.program, _limits(standing, 1.0 / PARTS, standing.limits.gap, seed), {})
        if solution.values is not None:
            standing.offer(part.widen(solution.values))
            return


def _step(standing: Standing, view: View, kinds: _Kinds) -> None:
    """Solve one neighbourhood of the plan in view, near its own relaxation."""
    kind = kinds.draw()
    fixed = view.program.integer & ~freed(view, kind, kinds.shares[kind])
    begun, before = time.monotonic(), view.program.objective(view.plan)
    lower = np.where(fixed, view.plan, view.program.lower)
    upper = np.where(fixed, view.plan, view.program.upper)
    part = restricted(view.program, lower, upper)
    limits = _limits(standing, 1.0 / PARTS, standing.limits.gap / FINER, int(view.chance.integers(2**31 - 1)))
    solved = _rounded(standing, part, part.narrow(view.plan), limits)
    gain = max(0.0, before - (standing.objective or before))
    kinds.learn(kind, gain / max(1e-3, time.monotonic() - begun), solved=solved)


def _rounded(standing: Standing, part: Part, plan: Floats, limits: Limits) -> bool:
    """Search between `plan` (k,) and the floor and ceiling of the part's relaxation; whether that was solved in time.

    The relaxation of a part follows what is fixed around it, so that far more can be set free at once than whole
    columns could be solved for; and the plan itself stays within reach, so that nothing is lost.
    """
    program = part.program
    relaxed = run_highs(_linear(program), limits, {}).values
    if relaxed is None:
        return False
    lower = np.where(program.integer, np.minimum(plan, np.floor(relaxed + _WHOLE)), program.lower)
    upper = np.where(program.integer, np.maximum(plan, np.ceil(relaxed - _WHOLE)), program.upper)
    inner = restricted(program, np.maximum(lower, program.lower), np.minimum(upper, program.upper))
    solution = run_highs(inner.program, replace(limits, hint=inner.narrow(plan)), {})
    if solution.values is not None:
        standing.offer(part.widen(inner.widen(solution.values)))
    return solution.status in (Status.OPTIMAL, Status.WITHIN_GAP)


def _limits(standing: Standing, time_share: float, gap: float, seed: int) -> Limits:
    """Limits for a solve that may take a part of the time limit, but no longer than is left."""
    seconds = max(0.0, min(standing.left(), time_share * standing.limits.time_limit))
    return replace(standing.limits, time_limit=seconds, gap=gap, seed=seed, hint=None)


def _linear(program: Program) -> Program:
    return replace(program, integer=np.zeros_like(program.integer))


@dataclass(slots=True)
class _Kinds:
    """What has been learned of each kind of neighbourhood: the share to set free, and its gain a second of late."""

    chance: np.random.Generator
    shares: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NEIGHBOURHOODS, _START))
    rates: dict[str, float] = field(default_factory=dict)

    def draw(self) -> str:
        """A kind: each once first, then by chance, more often those that gained more."""
        untried = [kind for kind in self.shares if kind not in self.rates]
        if untried:
            return untried[0]
        rates = np.array(list(self.rates.values()))
        odds = rates + _CURIOSITY * rates.mean() + 1e-9
        return str(self.chance.choice(list(self.rates), p=odds / odds.sum()))

    def learn(self, kind: str, rate: float, *, solved: bool) -> None:
        """Take in one outcome: more of what was solved, less of what was not and gained nothing."""
        self.rates[kind] = _MEMORY * self.rates.get(kind, rate) + (1.0 - _MEMORY) * rate
        if solved:
            self.shares[kind] = min(1.0, _GROW * self.shares[kind])
        elif rate <= 0.0:
            self.shares[kind] *= _SHRINK
