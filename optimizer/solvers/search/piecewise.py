"""A plan made piece by piece around a point: pieces that hardly touch are made whole, all else stays as the point is.

Group after group of pieces goes into the best plan as soon as it is done, so that time cut short costs only the rest.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.improve import NODES, linear
from optimizer.solvers.search.links import Index
from optimizer.solvers.search.part import Part, holds, local, restricted
from optimizer.solvers.search.slices import Slice, all_whole
from optimizer.solvers.search.standing import Standing

PIECE_GAP = 0.01
ANY_GAP = 1.0
"""Where a piece can't be rounded down, any plan of it will do."""

PIECE_SECONDS = 2.0

RADII = (0.0, 1.0, 4.0)
"""How far whole columns may lie beyond the relaxation's floor and ceiling, tried in order until there is a plan."""

WHOLE = 1e-6
"""What is no farther from a whole number than this is one."""


@dataclass(slots=True)
class Pieces:
    """A plan made slice by slice around `point` (n,), by several threads at once if need be.

    `steered`: the point is a relaxation, and whole columns stay near it; else each slice has a relaxation of its own.
    `down`: they are rounded down where that can be, which is quick and poor.
    """

    standing: Standing
    map: Map
    seed: int
    point: Floats
    steered: bool
    waiting: list[Slice]
    down: bool
    groups: dict[int, Index]
    left: Counter[int]
    busy: set[int] = field(default_factory=set)
    point_lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def unsteered(cls, standing: Standing, map_: Map, seed: int, pieces: Sequence[Index]) -> Pieces:
        """With all that lies between pieces at its least."""
        program = standing.program
        nothing = np.clip(np.zeros(len(program.cost)), program.lower, program.upper)
        return cls._of(standing, map_, seed, nothing, all_whole(program, pieces), steered=False, down=True)

    @classmethod
    def around(
        cls, standing: Standing, map_: Map, seed: int, relaxed: Floats, cut: Sequence[Slice], *, down: bool = False
    ) -> Pieces:
        """Around a relaxation (n,), slice by slice in the order given."""
        return cls._of(standing, map_, seed, relaxed, cut, steered=True, down=down)

    @classmethod
    def _of(
        cls, standing: Standing, map_: Map, seed: int, point: Floats, cut: Sequence[Slice], *, steered: bool, down: bool
    ) -> Pieces:
        members: dict[int, list[Index]] = {}
        for each in cut:
            members.setdefault(each.group, []).append(each.columns)
        groups = {group: np.unique(np.concatenate(found)) for group, found in members.items()}
        left = Counter(each.group for each in cut)
        return cls(standing, map_, seed, point, steered, list(cut)[::-1], down, groups, left)

    @property
    def at_work(self) -> bool:
        """Whether some slice is not done yet and not given up."""
        return any(self.left.values())

    def help(self) -> None:
        """Make slices whole until none is left; who ends the last of a group puts the group into the best plan."""
        while not self.standing.over and (piece := self.take()) is not None:
            done = self._made_whole(piece)
            with self.point_lock:
                done = done or self._made_whole(piece)  # alone this time
                self.busy.discard(piece.piece)
                self._count(piece.group, done=done)

    def take(self) -> Slice | None:
        """The next slice of a piece that nobody is at; None where there is none: whoever is at it goes on with it."""
        with self.point_lock:
            at = next(
                (at for at in reversed(range(len(self.waiting))) if self.waiting[at].piece not in self.busy), None
            )
            if at is None:
                return None
            piece = self.waiting.pop(at)
            self.busy.add(piece.piece)
            return piece

    def _count(self, group: int, *, done: bool) -> None:
        """One slice of a group less to do, or the group given up; who ends a group puts it into the best plan."""
        if not done:
            self.waiting = [each for each in self.waiting if each.group != group]
            self.groups.pop(group, None)
            self.left[group] = 0
        if group not in self.groups:
            return
        self.left[group] -= 1
        if not self.left[group]:
            self._put_in(self.groups[group])

    def _put_in(self, columns: Index) -> None:
        """The group into the best plan; the point itself once every group is whole."""
        plan = self.standing.plan
        if plan is not None and len(self.left) > 1:
            part = local(self.map.links, plan, columns)
            self.standing.merge(self.map.links, part, part.narrow(self.point))
        if not self.at_work and len(self.groups) == len(self.left):
            self.standing.offer(self.point)

    def _made_whole(self, piece: Slice) -> bool:
        """Solve one slice, its whole columns near its relaxation; False if others were in the way."""
        self.standing.work()
        part = _with_whole(local(self.map.links, self.point, piece.columns), piece)
        values: Floats | None = part.narrow(self.point)
        if not self.steered:
            values = run_highs(linear(part.program), self._limits(), {}).values
        if values is None:
            return False
        low, high = np.floor(values + WHOLE), np.ceil(values - WHOLE)
        ranges = [(low, low)] if self.down else []
        ranges += [(low - radius, high + radius) for radius in RADII]
        return any(self._made_within(part, *each) for each in ranges)

    def _made_within(self, part: Part, low: Floats, high: Floats) -> bool:
        standing = self.standing
        inner = within(replace(part.program, offset=0.0), low, high)
        limits = replace(self._limits(), gap=ANY_GAP if self.down else PIECE_GAP)
        if not standing.steady:
            limits = replace(limits, time_limit=min(limits.time_limit, PIECE_SECONDS))
        values = run_highs(inner.program, limits, {"mip_max_nodes": 10 * NODES} if standing.steady else {}).values
        return values is not None and self._took(part, inner.widen(values))

    def _took(self, part: Part, values: Floats) -> bool:
        program = part.program
        whole = np.where(program.integer, np.round(values), values)
        with self.point_lock:
            point = part.laid_on(self.point, np.clip(whole, program.lower, program.upper))
            if holds(self.map.links, point, part.kept, fractions=True):
                self.point = point
                return True
        return False

    def _limits(self) -> Limits:
        limits = self.standing.limits
        return replace(limits, time_limit=max(0.0, self.standing.left()), seed=self.seed, hint=None)


def within(program: Program, low: Floats, high: Floats) -> Part:
    """The program with whole columns (n,) between `low` and `high`, as far as their bounds allow."""
    lower = np.where(program.integer, np.clip(low, program.lower, program.upper), program.lower)
    upper = np.where(program.integer, np.clip(high, program.lower, program.upper), program.upper)
    return restricted(program, lower, upper)


def _with_whole(part: Part, piece: Slice) -> Part:
    """The part with those columns whole that the slice makes whole now."""
    whole = piece.whole[np.searchsorted(piece.columns, part.kept)]
    return replace(part, program=replace(part.program, integer=whole))
