"""The frontier of cost against changes: what each further change saves, from none to as many as pay at all.

Each point is the least cost found with at most so many changes (an epsilon constraint on their number: Haimes, Lasdon
and Wismer, 1971). Its bound is the best of two: the linear relaxation with changes free, and the one with changes
priced, less the price of those allowed, which bounds every point (Everett, 1963).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built, build
from optimizer.capacity.refill import with_whole_fixed
from optimizer.capacity.tables import read_tables
from optimizer.expansion.case import Case
from optimizer.program import Block, Bools, Floats, Program
from optimizer.replanning.differences import count, differences
from optimizer.replanning.errors import EventError
from optimizer.replanning.guided import guided, relaxation
from optimizer.replanning.replan import Task
from optimizer.replanning.scope import fixed, near, past_held
from optimizer.replanning.solving import SMALL, change_columns, starting_point
from optimizer.solution import Limits, relative_gap
from optimizer.solvers import solve

POINTS: Final = 6
"""Solves between no change and as many as pay."""

_SLIGHT: Final = 1e-3
"""A change that saves less than this part of its price is no gain: so plans as cheap with fewer changes win."""

COLUMNS: Final = ("changes", "cost", "bound", "gap")


@dataclass(frozen=True, slots=True)
class Point:
    """A plan with so many changes: its cost in currency without their price, the least proven, and the gap between."""

    changes: float
    cost: float
    bound: float | None

    @property
    def gap(self) -> float | None:
        """How far the cost may be from the least for so many changes."""
        return relative_gap(self.cost, self.bound)

    def row(self) -> tuple[float | int | str, ...]:
        """A row of frontier.csv, in the columns of `COLUMNS`."""
        changes = int(self.changes) if float(self.changes).is_integer() else self.changes
        bound, gap = ("" if each is None else round(each, 6) for each in (self.bound, self.gap))
        return changes, round(self.cost, 6), bound, gap


def frontier(task: Task, *, limits: Limits, about: float = 0.0) -> tuple[Point, ...]:
    """Points of the frontier, none dearer than another with as few changes; the time is shared between the solves.

    `about` is a number of changes around which points are wanted. Raises EventError where changes have no price, for
    then they are not counted.
    """
    if task.price <= 0:
        raise EventError("changes without a price are not counted; give --change-price more than 0")
    ground, begun = _ground(task, limits), time.monotonic()
    found: list[Point] = []
    for changes in (0, None):
        found.extend(ground.point(changes, limits, begun, POINTS + 2 - len(found)))
    most = max(about * 1.5, *(point.changes for point in found), 0.0)
    steps = _steps(most)
    for at, changes in enumerate(steps):
        found.extend(ground.point(changes, limits, begun, len(steps) - at))
    return undominated(found)


def undominated(points: list[Point]) -> tuple[Point, ...]:
    """Those that no other beats: fewer changes first, each next one cheaper."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda each: (each.changes, each.cost)):
        if not kept or point.cost < kept[-1].cost - 1e-6 * max(1.0, abs(point.cost)):
            kept.append(point)
    return tuple(kept)


def _steps(most: float) -> list[int]:
    """Numbers of changes between none and `most`, closer together where there are few."""
    if most <= POINTS + 1:
        return list(range(1, math.ceil(most)))
    return sorted({round(most ** (at / (POINTS + 1))) for at in range(1, POINTS + 1)} - {0, round(most)})


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What every point shares: the program with changes free of charge, its start, and two bounds."""

    task: Task
    case: Case
    built: Built
    open: Program
    start: Floats | None
    price: float
    least: float | None
    priced: float | None
    whole: bool

    def point(self, changes: int | None, limits: Limits, begun: float, left: int) -> Iterator[Point]:
        """The least cost found with at most so many changes; nothing where there is no plan, or none in time."""
        seconds = max(1.0, (limits.time_limit - (time.monotonic() - begun)) / left)
        program = self.open if changes is None else _at_most(self.open, change_columns(self.built), changes)
        allowed = replace(limits, time_limit=seconds, gap=1e-5, hint=self.start)
        if self.whole or self.start is None:
            solution = solve(program, limits=allowed)
        else:
            solution = guided(program, self.start, allowed)
        if solution.values is None:
            return
        cost = float((self.built.program.cost * ~change_columns(self.built)) @ solution.values)
        tables = read_tables(self.case, self.built, solution.values)
        made = count(differences(self.case, self.task.saved.tables, tables))
        yield Point(made, cost + self.built.program.offset, self._bound(changes, made, solution.bound))

    def _bound(self, changes: int | None, made: float, solved: float | None) -> float | None:
        """The least cost with at most `changes`, or as many as were made where the number was left open."""
        most = made if changes is None else changes
        bounds = [self.least]
        if self.priced is not None:
            bounds.append(self.priced - self.price * most)
        if solved is not None and self.whole:
            bounds.append(solved - _SLIGHT * self.price * most)
        return max((each for each in bounds if each is not None), default=None)


def _ground(task: Task, limits: Limits) -> _Ground:
    case = task.case
    built = build(case)
    start = starting_point(task.saved, case, built)
    whole = past_held(case, built.program, start, task.events)
    kept = solve(with_whole_fixed(whole, start), limits=replace(limits, hint=None)).values
    free = np.where(change_columns(built), 0.0, whole.cost)
    relaxed = relaxation(whole)
    least = solve(replace(relaxed, cost=free), limits=replace(limits, hint=None)).bound
    priced = solve(relaxed, limits=replace(limits, hint=None)).bound
    opened = replace(whole, cost=np.where(change_columns(built), _SLIGHT * whole.cost, whole.cost))
    part = kept is not None and int(whole.integer.sum()) > SMALL and bool(task.events)
    if part and kept is not None:
        reach = 1 + max(event.nearest for event in task.events)
        opened = fixed(opened, whole.integer & ~near(case, built, task.events, reach), kept)
    return _Ground(task, case, built, opened, kept, task.price, least, priced, not part)


def _at_most(program: Program, columns: Bools, changes: int) -> Program:
    """The program with one row more: the columns marked (n,) sum to at most `changes`."""
    marked = np.flatnonzero(columns).astype(np.int32)
    return replace(
        program,
        indptr=np.append(program.indptr, program.indptr[-1] + len(marked)),
        indices=np.concatenate((program.indices, marked)),
        data=np.concatenate((program.data, np.ones(len(marked)))),
        row_lower=np.append(program.row_lower, -np.inf),
        row_upper=np.append(program.row_upper, float(changes)),
        rows=(*program.rows, Block("changes are few", len(program.row_lower), (1,))),
    )
