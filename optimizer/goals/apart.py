"""How far two plans are apart, and the program that looks for one far from several others.

The distance is the sum of differences in decisions that people are told: people on a shift, bays open, cases on a day.
It is a metric, so that plans found one after another, each as far as can be from all before, are at least half as far
apart as the best set of so many could be (Gonzalez, 1985), where each was proven the furthest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.goals.weights import beyond, with_row
from optimizer.program import ABSENT, Block, Bools, Floats, Program

MOST_SIDES: Final = 600
"""A plan's decisions between their bounds, over all plans to keep away from, for which both sides are searched."""


def decisions(case: Case, built: Built) -> Bools:
    """(n,) whole decisions on committed days that people are told: starts of shifts, open bays, days of cases."""
    layout = built.layout
    told = np.zeros(built.program.shape[1], dtype=np.bool_)
    for block in (*(each.starts for each in layout.staff.working), layout.beds.open, layout.patients.treated):
        told[block[block != ABSENT]] = True
    return np.asarray(told & built.program.integer & ~beyond(case, built.program))


def apart(told: Bools, one: Floats, other: Floats) -> float:
    """By how many people, bays and cases two plans (n,) differ."""
    return float(np.abs(np.round(one[told]) - np.round(other[told])).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Furthest:
    """A program whose first n columns are a plan's and whose least cost is minus its distance from others.

    Where it is not `exact`, a decision counts as further only if it falls below another plan's figure, or rises where
    that is at its least: what it says is never more than the true distance, but may be less. `sides` are the decisions
    of which both sides are searched, by plan of `others`.
    """

    program: Program
    exact: bool
    others: tuple[Floats, ...]
    sides: tuple[NDArray[np.int32], ...]
    besides: tuple[float, ...]

    def start(self, values: Floats, told: Bools) -> Floats:
        """A plan (n,) as a starting point: its distances beside its own columns."""
        pairs = zip(self.others, self.besides, strict=True)
        least = min((apart(told, values, other) + more for other, more in pairs), default=0.0)
        more = [np.array([least if self.exact else 0.0])]
        for other, at in zip(self.others, self.sides, strict=True):
            off = np.round(values[at]) - np.round(other[at])
            more += [np.abs(off), (off > 0).astype(np.float64)]
        return np.concatenate((values, *more))


def can_be_exact(program: Program, told: Bools, others: Sequence[Floats]) -> bool:
    """Whether both sides of every decision can be searched in reasonable time."""
    cells = np.flatnonzero(told).astype(np.int32)
    return sum(int(_between(program, cells, np.round(other[cells])).sum()) for other in others) <= MOST_SIDES


def furthest(
    program: Program, told: Bools, others: Sequence[Floats], *, exact: bool, besides: Sequence[float] = ()
) -> Furthest:
    """The program that maximises the least distance from `others` (n,) each, subject to all rows of `program`.

    `besides` is by how much the plan differs from each already, in decisions that are not among those `told`.
    """
    more = tuple(besides) or (0.0,) * len(others)
    cells = np.flatnonzero(told).astype(np.int32)
    sided = [_between(program, cells, np.round(other[cells])) & exact for other in others]
    most = float((program.upper[cells] - program.lower[cells]).sum()) + max(more, default=0.0)
    width = program.shape[1]
    found = _more_columns(replace(program, cost=np.zeros(width), offset=0.0), "apart", 1, most, cost=-1.0)
    for other, between, already in zip(others, sided, more, strict=True):
        found = _away(found, (width, already), cells, np.round(other[cells]), between)
    return Furthest(found, exact, tuple(others), tuple(cells[between] for between in sided), more)


def _between(program: Program, cells: NDArray[np.int32], figures: Floats) -> Bools:
    """Of some decisions those that may both rise and fall from where another plan has them."""
    return (figures > program.lower[cells]) & (figures < program.upper[cells])


def _away(
    program: Program, least: tuple[int, float], cells: NDArray[np.int32], figures: Floats, both: Bools
) -> Program:
    """The program with a column at most the distance of the cells from `figures`, and a constant more: `least`.

    A decision that may go `both` ways has its own distance d and a switch s: d <= x - a + 2 (a - l) (1 - s) and
    d <= a - x + 2 (u - a) s.
    """
    lower, upper = program.lower[cells], program.upper[cells]
    sign = np.where(figures > lower, -1.0, 1.0)
    at = cells[both]
    fall, rise = figures[both] - lower[both], upper[both] - figures[both]
    width, many = program.shape[1], len(at)
    program = _more_columns(program, "distance", many, np.maximum(fall, rise))
    program = _more_columns(program, "rises", many, 1.0, integer=True)
    total = np.zeros(program.shape[1])
    total[least[0]], total[cells[~both]], total[width : width + many] = 1.0, -sign[~both], -1.0
    program = with_row(program, "furthest", total, upper=least[1] - float((sign * figures)[~both].sum()))
    for number in range(many):
        row = np.zeros(program.shape[1])
        row[width + number], row[at[number]], row[width + many + number] = 1.0, -1.0, 2.0 * fall[number]
        a = float(figures[both][number])
        program = with_row(program, "furthest", row, upper=2.0 * fall[number] - a)
        row[at[number]], row[width + many + number] = 1.0, -2.0 * rise[number]
        program = with_row(program, "furthest", row, upper=a)
    return program


def _more_columns(
    program: Program, name: str, many: int, upper: Floats | float, *, cost: float = 0.0, integer: bool = False
) -> Program:
    """The program with `many` columns more, from 0 to `upper`."""
    return replace(
        program,
        cost=np.append(program.cost, np.full(many, cost)),
        lower=np.append(program.lower, np.zeros(many)),
        upper=np.append(program.upper, np.broadcast_to(upper, (many,))),
        integer=np.append(program.integer, np.full(many, integer)),
        columns=(*program.columns, Block(name, program.shape[1], (many,))),
    )
