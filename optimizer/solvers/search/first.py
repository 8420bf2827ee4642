"""A first plan: the relaxation, rounded down, then made whole piece by piece while what comes later stays relaxed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import TIME, Floats
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Box, Map, chunks
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.improve import NODES, PARTS, linear
from optimizer.solvers.search.links import Index, Links
from optimizer.solvers.search.part import Part, holds, local, restricted
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.standing import Standing

AT_ONCE = 100_000
"""Up to so many columns the relaxation is solved in one, beyond that in pieces."""

CHUNK = 280
"""So many whole columns, about, are made whole at a time."""

CHUNK_SECONDS = 10.0
CHUNK_GAP = 2e-4

FIRST_SHARE = 0.5
"""While there is no plan at all, the first rounding may take this part of the time limit."""

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

FIRST_GAP = 0.05
"""A first plan need not be better than this: neighbourhoods improve it faster than rounding does."""

_WHOLE = 1e-6


@dataclass(slots=True)
class Beginning:
    """The way to a first plan. The piecewise part of it may be done by several threads at once."""

    standing: Standing
    map: Map
    seed: int
    point: Floats | None = None
    waiting: list[tuple[Index, Index]] = field(default_factory=list)
    at_work: int = 0
    failed: bool = False
    ready: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def divided(self) -> bool:
        """Whether the plan will be made whole in pieces, for more than one thread to help with."""
        return main_axis(self.map) is not None

    def begin(self) -> None:
        """Relax, round down for a plan in hand, and lay out the pieces for `help`; `ready` is set whatever happens."""
        try:
            self._relax()
            relaxed = self.standing.relaxed
            if relaxed is None or self.standing.over:
                return
            axis = main_axis(self.map)
            if axis is not None:
                self.point = relaxed
                self.waiting = list(chunks(self.map, axis, CHUNK))[::-1]
            self.ready.set()
            if self.standing.plan is None:
                self._round_down(relaxed)
            if axis is None:
                self._round(relaxed)
        finally:
            self.ready.set()

    def help(self) -> None:
        """Make pieces whole until none is left; who ends the last of them offers the plan."""
        self.ready.wait()
        while not self.standing.over and not self.failed and (chunk := self._next()) is not None:
            done = self._make_whole(*chunk)
            self._done(failed=not done)
        if self.failed and self.standing.plan is None and self.standing.relaxed is not None:
            self._round(self.standing.relaxed)

    def _next(self) -> tuple[Index, Index] | None:
        with self.lock:
            if not self.waiting:
                return None
            self.at_work += 1
            return self.waiting.pop()

    def _done(self, *, failed: bool) -> None:
        with self.lock:
            self.at_work -= 1
            self.failed = self.failed or failed
            last = not self.waiting and not self.at_work and not self.failed
        if last and self.point is not None:
            self.standing.offer(self.point)

    def _make_whole(self, now: Index, later: Index) -> bool:
        """Solve for the columns `now` as whole ones, those `later` as fractions, and take it into the point."""
        self.standing.work()
        point, program = self.point, self.map.links.program
        if point is None:
            return False
        links = replace(self.map.links, program=replace(program, integer=self.map.links.mask(now)))
        free = np.union1d(np.union1d(now, later), self._beside(now, later))
        for columns in (free, np.union1d(free, self.map.loose)):
            part = local(links, point, columns)
            values = run_highs(part.program, self._limits(), {"mip_max_nodes": NODES}).values
            if values is not None and self._take(links, part, values):
                return True
        return False

    def _beside(self, now: Index, later: Index) -> Index:
        """What is not whole and has the labels of these columns, and what shares a row with them."""
        both = np.union1d(now, later)
        allowed = {}
        for name in (main_axis(self.map), TIME):
            if name is not None and name in self.map.axes:
                axis = self.map.axes[name]
                allowed[name] = np.isin(np.arange(axis.count), axis.values[both])
        near = self.map.links.near(now, 1)
        return np.union1d(self.map.around(Box(allowed)), near[~self.map.links.program.integer[near]])

    def _take(self, links: Links, part: Part, values: Floats) -> bool:
        with self.lock:
            if self.point is None:
                return False
            whole = part.program.integer
            point = part.laid_on(self.point, np.where(whole, np.round(values), values))
            point = np.clip(point, links.program.lower, links.program.upper)
            if not holds(links, point, part.kept):
                return False
            self.point = point
        return True

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

    def _limits(self, time_share: float | None = None) -> Limits:
        """Limits for one solve: a part of the time limit, or what a chunk may have."""
        standing = self.standing
        seconds = standing.left()
        if not standing.steady:
            share = CHUNK_SECONDS if time_share is None else time_share * standing.limits.time_limit
            seconds = min(seconds, share)
        gap = CHUNK_GAP if time_share is None else standing.limits.gap
        return replace(standing.limits, time_limit=max(0.0, seconds), gap=gap, seed=self.seed, hint=None)

    def _options(self) -> dict[str, int]:
        return {"mip_max_nodes": 10 * NODES} if self.standing.steady else {}
