"""The half of a search that improves: round the relaxation, then solve neighbourhoods of the best plan again and again.

How large a neighbourhood may be and which kinds pay is learned on the way, by kind: from what each gained a second, and
from whether it was solved in its share of the time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats
from optimizer.solution import Solution, Status
from optimizer.solvers.search_highs import run_highs
from optimizer.solvers.search_neighbours import NEIGHBOURHOODS, View, freed
from optimizer.solvers.search_part import restricted
from optimizer.solvers.search_standing import Standing

PARTS = 15.0
"""No neighbourhood takes more than this part of the time limit, nor the rounding more than twice that."""

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

FINER = 40.0
"""A neighbourhood is solved to this part of the gap asked for; what is left in it then is not worth its time."""

_WHOLE = 1e-6
_START = 0.15
_GROW, _SHRINK = 1.4, 0.7
_MEMORY = 0.7
_CURIOSITY = 0.2


def improve(standing: Standing, seed: int) -> None:
    """Work on the standing's plan until the search is over."""
    relaxed = _relaxation(standing, seed)
    if relaxed is None:
        return
    if standing.plan is None or standing.generation == 0 or seed == standing.limits.seed:
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
    program = standing.program
    if standing.relaxed is None:
        linear = replace(program, integer=np.zeros_like(program.integer))
        limits = replace(standing.limits, time_limit=max(0.0, standing.left()), seed=seed, hint=None)
        standing.relaxed = run_highs(linear, limits, {}).values
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
        solution = _part(standing, lower, upper, 2.0 / PARTS, standing.limits.gap, seed)
        if solution is not None and solution.values is not None:
            return


def _step(standing: Standing, view: View, kinds: _Kinds) -> None:
    """Solve one neighbourhood of the plan in view."""
    kind = kinds.draw()
    free = freed(view, kind, kinds.shares[kind])
    fixed = view.program.integer & ~free
    lower = np.where(fixed, view.plan, view.program.lower)
    upper = np.where(fixed, view.plan, view.program.upper)
    begun, before = time.monotonic(), standing.objective
    seed = int(view.chance.integers(2**31 - 1))
    solution = _part(standing, lower, upper, 1.0 / PARTS, standing.limits.gap / FINER, seed, hint=view.plan)
    if solution is None or before is None:
        return
    gain = max(0.0, before - (solution.objective if solution.objective is not None else before))
    solved = solution.status in (Status.OPTIMAL, Status.WITHIN_GAP)
    kinds.learn(kind, gain / max(1e-3, time.monotonic() - begun), solved=solved)


def _part(
    standing: Standing, lower: Floats, upper: Floats, time_share: float, gap: float, seed: int,
    hint: Floats | None = None,
) -> Solution | None:  # fmt: skip
    """Solve what is open within the bounds and offer the outcome; None where there was nothing to solve."""
    part = restricted(standing.program, lower, upper)
    if not len(part.kept):
        standing.offer(part.fixed)
        return None
    seconds = max(0.0, min(standing.left(), time_share * standing.limits.time_limit))
    limits = replace(
        standing.limits, time_limit=seconds, gap=gap, seed=seed, hint=None if hint is None else part.narrow(hint)
    )
    solution = run_highs(part.program, limits, {})
    if solution.values is not None:
        standing.offer(part.widen(solution.values))
    return solution


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
