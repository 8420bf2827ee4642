"""The least cost of a plan whose neighbourhood may move: at once where the program is small, else things before people.

In a large program patients, beds and devices go first, with people of the neighbourhood in fractions; then people in
whole numbers, with everything else where it went; last all that is no whole number. Each step is solved to its proven
optimum on one thread, so that no clock decides, and the same question always has the same answer. What comes out is a
plan, and so what it costs is at most more than the least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.explain.neighbourhood import Neighbourhood, people_columns
from optimizer.extension import with_departure
from optimizer.program import Bools, Floats, Program
from optimizer.solution import Limits, Solution, Status
from optimizer.solvers import solve
from optimizer.solvers.verify import PROVEN

WORK: Final = 10
"""Far more than any step takes: where this ends one, the answer says so, and says the same every time."""

SECONDS: Final = 60.0
"""The last resort, should so much work take longer than that."""

DEPARTURE: Final = 1e-3
"""Currency that each person, bay or device moved counts for on top, so that of equal answers the nearest is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Rearranged:
    """The values of all columns (n,), what they cost, and whether every step was proven to its optimum."""

    values: Floats
    cost: float
    settled: bool


def rearranged(built: Built, start: Floats, near: Neighbourhood | None) -> Rearranged | None:
    """The cheapest re-arrangement of `start` (n,) in a neighbourhood, or (None) of everything; None where none holds.

    `start` need not hold itself: a lock may have been laid on the program since.
    """
    program = built.program
    if near is None:
        return _in_steps(program, [np.ones(program.shape[1], dtype=np.bool_)], start)
    people = people_columns(built)
    continuous = ~program.integer
    who = people & (near.people | continuous)
    if near.things is None:
        return _in_steps(program, [who, continuous], start)
    what = near.things | continuous | near.people
    return _in_steps(program, [what, who, continuous], start, fractions=near.people)


def _in_steps(program: Program, steps: list[Bools], start: Floats, fractions: Bools | None = None) -> Rearranged | None:
    """One program after another, each over the columns of its step, the others where the step before left them.

    In the first step columns of `fractions` (n,) may be fractions.
    """
    values, settled = np.where(program.integer, np.round(start), start), True
    for at, free in enumerate(steps):
        loose = program if fractions is None or at > 0 else _in_fractions(program, fractions)
        found = _step(loose, free, values, start)
        if found.values is None:
            return None
        settled &= found.status is Status.OPTIMAL
        values = found.values
    return Rearranged(values, program.objective(values), settled)


def _in_fractions(program: Program, columns: Bools) -> Program:
    return replace(program, integer=program.integer & ~columns)


def _step(program: Program, free: Bools, values: Floats, start: Floats) -> Solution:
    """The least cost over the free columns, the nearest to `start` among equals."""
    part = _only(program, free, values)
    whole = np.flatnonzero(part.integer).astype(np.int32)
    near = with_departure(part, whole, np.round(start[whole]), DEPARTURE)
    found = solve(near, solver="highs", limits=Limits(gap=PROVEN, time_limit=SECONDS, threads=1, work=WORK))
    return found if found.values is None else replace(found, values=found.values[: program.shape[1]])


def _only(program: Program, free: Bools, values: Floats) -> Program:
    """The program with all but the free columns fixed.

    Rows without a free column are let go: tables are rounded to six decimals, and might miss them by that.
    """
    rows = np.repeat(np.arange(program.shape[0]), np.diff(program.indptr))
    asked = np.bincount(rows, weights=free[program.indices], minlength=program.shape[0]) > 0
    return replace(
        program,
        lower=np.where(free, program.lower, values),
        upper=np.where(free, program.upper, values),
        integer=program.integer & free,
        row_lower=np.where(asked, program.row_lower, -np.inf),
        row_upper=np.where(asked, program.row_upper, np.inf),
    )
