"""Rows that whole people make true of each future: they lift what is known of decisions in fractions.

4.25 nurses asked for by 17 patients in 17 beds are 5, or 4 and a quarter of somebody who can be had for less than a
shift. Between 4 and 5 the plain program bends at 4.25, and a decision in fractions looks far cheaper than any in whole
people. Mixed-integer rounding (Nemhauser and Wolsey 1990), with what beds are left free counted as a column of its own
(Marchand and Wolsey 2001), takes that bend away. At whole numbers the rows ask nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.build import Built
from optimizer.capacity.cover_rules import staff_on_before
from optimizer.capacity.terms import Rows, present_staff, working_in_intervals
from optimizer.expansion.case import Case
from optimizer.expansion.needs import Need
from optimizer.program import ABSENT, Block, Bools, Floats, Ints, Program, ProgramBuilder, Term

SLACK: Final = 1e-2
"""A need this close to a whole number gives no row worth having, and a numerically weak one."""

NOUGHT: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Rows `sum of weights * columns >= least`, (N, W) and (N,), with `beds` free beside: columns that add up to the
    free beds of each row's unit, `size` (N, V) each, beyond those of `base` (N,), of which each takes `load` (N,)."""

    columns: Ints
    weights: Floats
    least: Floats
    beds: Ints
    size: Floats
    base: Floats
    load: Floats


Asked = dict[int, tuple[tuple[int, ...], Bools]]
"""Of each staff group the needs that hang on patients, by their places in `Case.needs`, and where each is asked for."""


def where_asked(case: Case) -> Asked:
    """The needs of every staff group that hang on patients at a unit alone, and the intervals to ask for them in."""
    duties, days = working_in_intervals(case)
    at_work = [frozenset(zip(*each, strict=True)) - {(ABSENT, ABSENT)} for each in zip(duties, days, strict=True)]
    found: Asked = {}
    for role in sorted({need.staff for need in case.needs}):
        numbers = tuple(at for at, need in enumerate(case.needs) if need.staff == role and _is_plain(need))
        if numbers:
            found[role] = numbers, _worth_asking(case, [case.needs[at] for at in numbers], at_work)
    return found


def whole_people(case: Case, built: Built, asked: Asked, whole: Bools, comes: Floats | None) -> Program:
    """Rows on the program's columns; `whole` (n,) marks those decided first in whole numbers, `comes` (n,) by how much
    each counts. Where a row says nothing it stands without a bound, so that all futures have the same shape."""
    found = [_rounded(cells, whole, comes) for cells in _cells(case, built, asked)]
    entries = [_triples(*each[:2], above=sum(len(one[2]) for one in found[:at])) for at, each in enumerate(found)]
    return _program(built.program, entries, np.concatenate([each[2] for each in found] or [np.zeros(0)]))


def _cells(case: Case, built: Built, asked: Asked) -> Iterator[_Cells]:
    """The needs of every staff group that hang on the patients at a unit, where nobody else's doing counts."""
    rows = Rows(case, built.layout, ProgramBuilder())
    duties, days = working_in_intervals(case)
    for role, (numbers, where) in asked.items():
        on_duty = present_staff(case, built.layout.staff, role).gather(duties, days)
        yield _cells_of(rows, [case.needs[at] for at in numbers], on_duty, where)


def _is_plain(need: Need) -> bool:
    return need.rule != "skill mix" and not need.hard and not need.least_if_open.any() and bool(need.per_patient.any())


AtWork = list[frozenset[tuple[int, int]]]
"""Of each interval who is on duty, by duty and the day on which it begins."""


def _worth_asking(case: Case, needs: list[Need], at_work: AtWork) -> Bools:
    """(N, T) intervals of the committed days whose need no other interval of the period asks for with fewer on duty."""
    period, inside = case.grid.period, case.grid.day_of_interval < case.grid.committed_days
    found = np.array([need.asked & inside for need in needs])
    for at, need in enumerate(needs):
        for interval in np.flatnonzero(found[at]):
            others = np.flatnonzero((period == period[interval]) & need.asked)
            found[at, interval] = not any(_is_no_more(need, int(interval), int(other), at_work) for other in others)
    return found


def _is_no_more(need: Need, interval: int, other: int, at_work: AtWork) -> bool:
    """Whether `other` asks for as much with fewer people on duty."""
    less = need.least[interval] <= need.least[other]
    return at_work[other] < at_work[interval] and bool(
        less and (need.per_patient[:, interval] <= need.per_patient[:, other]).all()
    )


def _cells_of(rows: Rows, needs: list[Need], on_duty: Term, asked: Bools) -> _Cells:
    case, layout = rows.case, rows.layout
    units, period = np.array([need.unit for need in needs]), case.grid.period
    per = np.array([need.per_patient * case.factors for need in needs])
    cares = case.can_care.T[units][:, :, None] & (per > 0.0)
    present, waiting = layout.patients.present, layout.patients.waiting
    here = np.where(cares, np.moveaxis(present[:, units], 0, 1)[:, :, period], ABSENT)
    boarded = case.scenario.boarded_need_care & (case.holding[None] == units[:, None])
    wait = np.where(boarded[:, :, None], waiting[None][:, :, period], ABSENT)
    short = np.array([layout.staff.short[need.unit, need.staff] for need in needs])[..., None]
    there = on_duty.columns[units]
    shares = np.broadcast_to(np.asarray(on_duty.coefficient)[units], there.shape)
    columns = np.concatenate((there, short, np.moveaxis(here, 1, 2), np.moveaxis(wait, 1, 2)), axis=-1)
    people = -np.moveaxis(per, 1, 2)
    weights = np.concatenate((shares, np.ones(short.shape), people, people), axis=-1)
    forgiven = np.array([need.forgiven if need.rounded else 0.0 for need in needs])[:, None]
    least = np.array([need.least - staff_on_before(rows, need.staff, need.unit) for need in needs]) - forgiven
    beds, size, base = _free_beds(rows, units)
    return _Cells(
        columns[asked], weights[asked], least[asked], beds[asked], size[asked], base[asked], per.max(axis=1)[asked]
    )  # fmt: skip


def _free_beds(rows: Rows, units: NDArray[np.int64]) -> tuple[Ints, Floats, Floats]:
    """Columns (N, T, V) and sizes of what adds to a unit's free beds: bays, beds put up, less patients; and its own."""
    case, layout = rows.case, rows.layout
    period, day = case.grid.period, case.grid.day_of_interval
    bays = layout.beds.bays
    mine = np.array([bay.unit for bay in bays], dtype=np.int64)[None] == units[:, None]
    bay = np.where(mine[:, :, None], layout.beds.open[None][:, :, day], ABSENT)
    extra = layout.beds.overflow[units][:, None, day]
    here = np.moveaxis(layout.patients.present[:, units], 0, 1)[:, :, period]
    beds = np.array([float(each.beds) for each in bays]).reshape(1, -1, 1)
    size = (beds, np.ones(1), -case.peaks[None][:, :, period])
    parts = (bay, extra, here)
    sizes = [np.broadcast_to(each, part.shape) for each, part in zip(size, parts, strict=True)]
    columns = np.moveaxis(np.concatenate(parts, axis=1), 1, 2)
    return columns, np.moveaxis(np.concatenate(sizes, axis=1), 1, 2), case.base_beds[units][:, day]


def _rounded(cells: _Cells, whole: Bools, comes: Floats | None) -> tuple[Ints, Floats, Floats]:
    """Columns and weights (N, W + 2 V) and least values (N,) of the rounded rows; -inf where one says nothing.

    With free = base + sum of size * beds, never below 0: the row plus load * (base + sum - free) >= 0 is rounded, whole
    columns as such, the others by their positive part; then `free` is written out again.
    """
    columns = np.concatenate((cells.columns, cells.beds), axis=1)
    counted = cells.weights if comes is None else cells.weights * np.where(cells.columns < 0, 1.0, comes[cells.columns])
    weights = np.concatenate((counted, -cells.load[:, None] * cells.size), axis=1)
    columns, weights = _merged(columns, weights)
    least = cells.least + cells.load * cells.base
    part = least - np.floor(least)
    is_whole = whole[columns] & (columns != ABSENT)
    says = (part > SLACK) & (part < 1.0 - SLACK) & (is_whole & (weights == 1.0)).any(axis=1)
    part = np.where(says, part, 1.0)[:, None]
    down = np.floor(weights + NOUGHT)
    steps = down + np.minimum(np.maximum(weights - down, 0.0) / part, 1.0)
    rounded = np.where(is_whole, steps, np.maximum(weights, 0.0) / part)
    free = cells.load[:, None] * cells.size / part
    bound = np.ceil(least) - cells.load * cells.base / part[:, 0]
    return (
        np.concatenate((columns, cells.beds), axis=1), np.concatenate((rounded, free), axis=1),
        np.where(says, bound, -np.inf),
    )  # fmt: skip


def _merged(columns: Ints, weights: Floats) -> tuple[Ints, Floats]:
    """The same rows, each column once."""
    order = np.argsort(columns, axis=1, kind="stable")
    columns, weights = np.take_along_axis(columns, order, axis=1), np.take_along_axis(weights, order, axis=1)
    for at in range(1, columns.shape[1]):
        again = columns[:, at] == columns[:, at - 1]
        weights[again, at] += weights[again, at - 1]
        columns[again, at - 1], weights[again, at - 1] = ABSENT, 0.0
    return columns, np.where(columns == ABSENT, 0.0, weights)


def _triples(columns: Ints, weights: Floats, above: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    row = np.broadcast_to(above + np.arange(len(columns))[:, None], columns.shape)
    there = columns != ABSENT
    return row[there], columns[there].astype(np.int64), weights[there]


def _program(
    template: Program, entries: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]], least: Floats
) -> Program:
    """The rows as a program on the template's columns, each column once in a row and in order."""
    row, column, weight = (np.concatenate([each[at] for each in entries] or [np.zeros(0)]) for at in range(3))
    width = len(template.cost)
    cells, place = np.unique(row.astype(np.int64) * width + column.astype(np.int64), return_inverse=True)
    data = np.bincount(place, weights=weight, minlength=len(cells)).astype(np.float64)
    data[np.abs(data) < NOUGHT] = 0.0
    lengths = np.bincount(cells // width, minlength=len(least))
    return Program(
        template.cost, template.lower, template.upper, template.integer,
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), (cells % width).astype(np.int32), data,
        least, np.full(len(least), np.inf), template.columns, (Block("row", 0, (len(least),)),), template.offset,
    )  # fmt: skip
