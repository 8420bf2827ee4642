"""A first plan: pieces that hardly touch are made whole near the relaxation, one after another, all else as it says.

Where nothing says what the pieces are, the relaxation is rounded down, then searched near. A program too large for its
relaxation has what lies between its pieces left at its least instead.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.improve import NODES, PARTS, linear
from optimizer.solvers.search.links import Index
from optimizer.solvers.search.part import Part, holds, local, restricted
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.standing import Standing

AT_ONCE = 80_000
"""Up to so many columns the whole relaxation steers the pieces; beyond that it would take longer than they do."""

SOON = 2_000
"""From here on any plan is made while that is being solved."""

PIECE_GAP = 0.01
PIECE_SECONDS = 2.0

FIRST_SHARE = 0.5
"""While there is no plan at all, the first rounding may take this part of the time limit."""

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

FIRST_GAP = 0.05
"""A first plan need not be better than this: neighbourhoods improve it faster than rounding does."""

_WHOLE = 1e-6


@dataclass(slots=True)
class Pieces:
    """A plan made piece by piece around `point` (n,), by several threads at once if need be.

    `steered`: the point is a relaxation, and whole columns stay near it; else each piece has a relaxation of its own.
    """

    standing: Standing
    map: Map
    seed: int
    point: Floats
    steered: bool
    waiting: list[Index]
    at_work: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def around(cls, standing: Standing, map_: Map, seed: int, relaxed: Floats | None) -> Pieces | None:
        """Cut by the label that couples least, around a relaxation or with all that lies between pieces at its least;
        None where no label does."""
        axis = main_axis(map_)
        if axis is None:
            return None
        program = standing.program
        nothing = np.clip(np.zeros(len(program.cost)), program.lower, program.upper)
        waiting = private(map_, map_.axes[axis])[::-1]
        return cls(standing, map_, seed, nothing if relaxed is None else relaxed, relaxed is not None, waiting)

    def help(self) -> None:
        """Make pieces whole until none is left; who ends the last of them offers the plan."""
        while not self.standing.over and (piece := self._next()) is not None:
            done = self._made_whole(piece)
            with self.lock:
                done = done or self._made_whole(piece)  # alone this time
                self.at_work -= 1
                self.waiting = self.waiting if done else []
                last = done and not self.waiting and not self.at_work
            if last:
                self.standing.offer(self.point)

    def _next(self) -> Index | None:
        with self.lock:
            self.at_work += bool(self.waiting)
            return self.waiting.pop() if self.waiting else None

    def _made_whole(self, piece: Index) -> bool:
        """Solve one piece, its whole columns near its relaxation; False if others were in the way."""
        self.standing.work()
        part = local(self.map.links, self.point, piece)
        values: Floats | None = part.narrow(self.point)
        if not self.steered:
            values = run_highs(linear(part.program), _limits(self.standing, self.seed, 1.0), {}).values
        if values is None:
            return False
        low, high = np.floor(values + _WHOLE), np.ceil(values - _WHOLE)
        ranges = [] if self.steered else [(low, low)]
        ranges += [(low - radius, high + radius) for radius in RADII]
        return any(self._made_within(part, *each) for each in ranges)

    def _made_within(self, part: Part, low: Floats, high: Floats) -> bool:
        standing = self.standing
        inner = _within(replace(part.program, offset=0.0), low, high)
        limits = replace(_limits(standing, self.seed, 1.0), gap=PIECE_GAP)
        if not standing.steady:
            limits = replace(limits, time_limit=min(limits.time_limit, PIECE_SECONDS))
        values = run_highs(inner.program, limits, _options(standing)).values
        return values is not None and self._took(part, inner.widen(values))

    def _took(self, part: Part, values: Floats) -> bool:
        program = self.standing.program
        with self.lock:
            point = part.laid_on(self.point, np.where(part.program.integer, np.round(values), values))
            point = np.clip(point, program.lower, program.upper)
            if holds(self.map.links, point, part.kept):
                self.point = point
                return True
        return False


@dataclass(slots=True)
class Beginning:
    """The way to a first plan, by a thread that leads (`begin`) and perhaps another (`help`)."""

    standing: Standing
    map: Map
    seed: int
    pieces: Pieces | None = None
    ready: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Find a plan: piece by piece where there are pieces, else around the relaxation of all."""
        try:
            if self.standing.plan is None:
                relaxed = self._relaxed() if self._steers else None
                self.pieces = Pieces.around(self.standing, self.map, self.seed, relaxed)
        finally:
            self.ready.set()
        if self.pieces is not None:
            self.pieces.help()
        if self.standing.plan is None and (self.pieces is None or not self.pieces.at_work):
            self._round_down()
        if self.standing.plan is None or not self.map.cuts:
            self._round()

    def help(self) -> None:
        """Any plan soon, while the relaxation of a larger program is solved; then help with the pieces."""
        if self._steers and len(self.standing.program.cost) > SOON and self.standing.plan is None:
            soon = Pieces.around(self.standing, self.map, self.seed, None)
            if soon is not None:
                soon.help()
        self.ready.wait()
        if self.pieces is not None:
            self.pieces.help()

    @property
    def _steers(self) -> bool:
        return len(self.standing.program.cost) <= AT_ONCE

    def _round_down(self) -> None:
        """The floor of the relaxation, if that can be."""
        relaxed = self._relaxed()
        if relaxed is not None and not self.standing.over:
            floor = np.floor(relaxed + _WHOLE)
            self._offered_within(floor, floor, 1.0)

    def _relaxed(self) -> Floats | None:
        """The relaxation's values, solved for if they are not known yet."""
        if self.standing.relaxed is None and not self.standing.over:
            solution = run_highs(linear(self.standing.program), _limits(self.standing, self.seed, 1.0), {})
            self.standing.relaxed = solution.values
            self.standing.prove(solution.bound)
        return self.standing.relaxed

    def _round(self) -> None:
        """Whole columns between floor and ceiling (RENS: Berthold, 2014), or a little beyond."""
        relaxed = self._relaxed()
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
        part = _within(self.standing.program, low, high)
        limits = replace(_limits(self.standing, self.seed, time_share), gap=FIRST_GAP)
        solution = run_highs(part.program, limits, _options(self.standing))
        if solution.values is not None:
            self.standing.offer(part.widen(solution.values))
        return solution.values is not None


def _within(program: Program, low: Floats, high: Floats) -> Part:
    """The program with whole columns (n,) between `low` and `high`, as far as their bounds allow."""
    lower = np.where(program.integer, np.clip(low, program.lower, program.upper), program.lower)
    upper = np.where(program.integer, np.clip(high, program.lower, program.upper), program.upper)
    return restricted(program, lower, upper)


def _limits(standing: Standing, seed: int, time_share: float) -> Limits:
    """Limits for one solve: a part of the time limit."""
    seconds = standing.left()
    if not standing.steady:
        seconds = min(seconds, time_share * standing.limits.time_limit)
    return replace(standing.limits, time_limit=max(0.0, seconds), seed=seed, hint=None)


def _options(standing: Standing) -> dict[str, int]:
    return {"mip_max_nodes": 10 * NODES} if standing.steady else {}
