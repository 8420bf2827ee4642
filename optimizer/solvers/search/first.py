"""A first plan: the relaxation rounded down, the rest put right around it; what is poor about it boxes soon mend."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.program import Floats
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.improve import NODES, PARTS, linear
from optimizer.solvers.search.part import holds, local, restricted
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.standing import Standing

AT_ONCE = 100_000
"""Up to so many columns the relaxation is solved in one, beyond that in pieces."""

FIRST_SHARE = 0.5
"""While there is no plan at all, the first rounding may take this part of the time limit."""

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

FIRST_GAP = 0.05
"""A first plan need not be better than this: neighbourhoods improve it faster than rounding does."""

_WHOLE = 1e-6


@dataclass(slots=True)
class Beginning:
    """The way to a first plan."""

    standing: Standing
    map: Map
    seed: int

    def begin(self) -> None:
        """Relax, then round down; near the relaxation only where boxes cannot do the rest, or nothing else will."""
        self._relax()
        relaxed = self.standing.relaxed
        if relaxed is None or self.standing.over:
            return
        if self.standing.plan is None:
            self._round_down(relaxed)
        if self.standing.plan is None or not self.map.cuts:
            self._round(relaxed)

    def _relax(self) -> None:
        program = self.standing.program
        if len(program.cost) <= AT_ONCE or main_axis(self.map) is None:
            solution = run_highs(linear(program), self._limits(1.0), {})
            self.standing.relaxed = solution.values
            self.standing.prove(solution.bound)
            return
        self.standing.relaxed = self._relaxed_in_pieces()

    def _relaxed_in_pieces(self) -> Floats | None:
        """A point that keeps every row, piece by piece, with what lies between the pieces at its least; else the LP."""
        program = self.map.links.program
        name = main_axis(self.map)
        loose = replace(self.map.links, program=linear(program))
        point = np.clip(np.zeros(len(program.cost)), program.lower, program.upper)
        for columns in private(self.map, self.map.axes[name]) if name is not None else []:
            if self.standing.over:
                return None
            part = local(loose, point, columns)
            values = run_highs(part.program, self._limits(1.0), {}).values
            if values is None:
                break
            point = part.laid_on(point, values)
        if holds(loose, np.clip(point, program.lower, program.upper), np.arange(len(point))):
            return np.clip(point, program.lower, program.upper)
        return run_highs(linear(program), self._limits(1.0), {}).values

    def _round_down(self, relaxed: Floats) -> None:
        """The floor of the relaxation, if that can be: at once, or piece by piece where that is too much at once."""
        program = self.standing.program
        floor = np.floor(relaxed + _WHOLE)
        name = main_axis(self.map)
        if len(program.cost) <= AT_ONCE or name is None:
            self._offer_within(floor, floor, 1.0)
            return
        point = np.where(program.integer, np.clip(floor, program.lower, program.upper), relaxed)
        for columns in private(self.map, self.map.axes[name]):
            loose = columns[~program.integer[columns]]
            part = local(self.map.links, point, loose)
            values = run_highs(part.program, self._limits(1.0), {}).values
            if values is None:
                return
            point = part.laid_on(point, values)
        self.standing.offer(point)

    def _round(self, relaxed: Floats) -> None:
        """Whole columns between floor and ceiling (RENS: Berthold, 2014), or a little beyond."""
        low, high = np.floor(relaxed + _WHOLE), np.ceil(relaxed - _WHOLE)
        for radius in RADII:
            share = 1.0 / PARTS if self.standing.plan is not None else FIRST_SHARE
            if self.standing.over or self._offer_within(low - radius, high + radius, share):
                return

    def _offer_within(self, low: Floats, high: Floats, time_share: float) -> bool:
        """Solve with whole columns (n,) between `low` and `high`; whether a plan came of it."""
        self.standing.work()
        program = self.standing.program
        lower = np.where(program.integer, np.clip(low, program.lower, program.upper), program.lower)
        upper = np.where(program.integer, np.clip(high, program.lower, program.upper), program.upper)
        part = restricted(program, lower, upper)
        limits = replace(self._limits(time_share), gap=FIRST_GAP)
        solution = run_highs(part.program, limits, self._options())
        if solution.values is not None:
            self.standing.offer(part.widen(solution.values))
        return solution.values is not None

    def _limits(self, time_share: float) -> Limits:
        """Limits for one solve: a part of the time limit."""
        standing = self.standing
        seconds = standing.left()
        if not standing.steady:
            seconds = min(seconds, time_share * standing.limits.time_limit)
        return replace(standing.limits, time_limit=max(0.0, seconds), seed=self.seed, hint=None)

    def _options(self) -> dict[str, int]:
        return {"mip_max_nodes": 10 * NODES} if self.standing.steady else {}
