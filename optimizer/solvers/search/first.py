"""A first plan: the relaxation rounded down, the rest put right around it; what is poor about it boxes soon mend.

A program too large for that is begun piece by piece, with what lies between the pieces left at its least.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.improve import NODES, PARTS, linear
from optimizer.solvers.search.links import Index, Links
from optimizer.solvers.search.part import Part, holds, local, restricted
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.standing import Standing

AT_ONCE = 20_000
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
    """The way to a first plan. Several threads may work on its pieces at once."""

    standing: Standing
    map: Map
    seed: int
    point: Floats = field(init=False)
    waiting: list[Index] = field(default_factory=list)
    at_work: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Start from every column at its value nearest to nothing; lay out the pieces of a large program."""
        program = self.standing.program
        self.point = np.clip(np.zeros(len(program.cost)), program.lower, program.upper)
        if len(program.cost) > AT_ONCE:
            self._lay_out()

    def begin(self) -> None:
        """Find a plan: in one if that is not too much, or else with `help`."""
        if not self.waiting and self.standing.plan is None:
            self._at_once()
        self.help()
        if (self.standing.plan is None and not self.standing.over and not self.at_work) or not self.map.cuts:
            self._round(self._relaxed())

    def help(self) -> None:
        """Make pieces whole until none is left; who ends the last of them offers the plan."""
        while not self.standing.over and self.standing.plan is None and (piece := self._next()) is not None:
            done = self._made_whole(piece)
            with self.lock:
                done = done or self._made_whole(piece)  # alone this time
                self.at_work -= 1
                self.waiting = self.waiting if done else []
                last = done and not self.waiting and not self.at_work
            if last:
                self.standing.offer(self.point)

    def _lay_out(self) -> None:
        axis = main_axis(self.map)
        self.waiting = [] if axis is None else private(self.map, self.map.axes[axis])[::-1]

    def _next(self) -> Index | None:
        with self.lock:
            self.at_work += bool(self.waiting)
            return self.waiting.pop() if self.waiting else None

    def _made_whole(self, piece: Index) -> bool:
        """Solve one piece as fractions, then with its whole columns rounded; False if others were in the way."""
        self.standing.work()
        links = self.map.links
        part = local(links, self.point, piece)
        values = run_highs(linear(part.program), self._limits(1.0), {}).values
        if values is None:
            return False
        floor, ceiling = np.floor(values + _WHOLE), np.ceil(values - _WHOLE)
        return any(self._made_within(part, floor, high) for high in (floor, ceiling, ceiling + 1.0))

    def _made_within(self, part: Part, low: Floats, high: Floats) -> bool:
        program = part.program
        lower = np.where(program.integer, np.clip(low, program.lower, program.upper), program.lower)
        upper = np.where(program.integer, np.clip(high, program.lower, program.upper), program.upper)
        inner = restricted(program, lower, upper)
        limits = replace(self._limits(1.0), gap=FIRST_GAP)
        values = run_highs(inner.program, limits, self._options()).values
        return values is not None and self._took(self.map.links, part, inner.widen(values))

    def _took(self, links: Links, part: Part, values: Floats) -> bool:
        with self.lock:
            point = part.laid_on(self.point, np.where(part.program.integer, np.round(values), values))
            point = np.clip(point, links.program.lower, links.program.upper)
            if holds(links, point, part.kept):
                self.point = point
                return True
        return False

    def _at_once(self) -> None:
        """The floor of the relaxation, if that can be; the pieces are laid out if not."""
        relaxed = self._relaxed()
        if relaxed is None or self.standing.over:
            return
        floor = np.floor(relaxed + _WHOLE)
        if not self._offered_within(floor, floor, 1.0):
            self._lay_out()

    def _relaxed(self) -> Floats | None:
        """The relaxation's values, solved for if they are not known yet."""
        if self.standing.relaxed is None and not self.standing.over:
            solution = run_highs(linear(self.standing.program), self._limits(1.0), {})
            self.standing.relaxed = solution.values
            self.standing.prove(solution.bound)
        return self.standing.relaxed

    def _round(self, relaxed: Floats | None) -> None:
        """Whole columns between floor and ceiling (RENS: Berthold, 2014), or a little beyond."""
        if relaxed is None:
            return
        low, high = np.floor(relaxed + _WHOLE), np.ceil(relaxed - _WHOLE)
        for radius in RADII:
            share = 1.0 / PARTS if self.standing.plan is not None else FIRST_SHARE
            if self.standing.over or self._offered_within(low - radius, high + radius, share):
                return

    def _offered_within(self, low: Floats, high: Floats, time_share: float) -> bool:
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
