"""Staff as ward boards show them: planned and needed on every shift, by contract, with fill rates and care hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimizer.expansion.grid import Bools, Floats
from optimizer.figures import red_shifts
from optimizer.readings import Readings
from optimizer.scenario.staff import CONTRACTS


@dataclass(frozen=True, slots=True)
class ShiftCell:
    """One shift of a day: people `planned` to start it from this home, by contract; hours short.

    `there` (floating ones included) and `needed` are people for most of the shift.
    """

    planned: float
    there: float
    needed: float
    by_contract: tuple[float, ...]
    short_hours: float
    red: bool


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A unit's staff group on a shift over the committed days; `fill` is hours filled over hours needed, or None."""

    unit: str
    staff: str
    shift: str
    cells: tuple[ShiftCell, ...]
    fill: float | None


@dataclass(frozen=True, slots=True)
class UnitCare:
    """Board-report figures of a unit: care hours per patient day, and hours filled over hours needed."""

    unit: str
    care_hours_per_patient_day: float | None
    fill: float | None


@dataclass(frozen=True, slots=True)
class Staffing:
    """All shifts, and each unit's care; `contracts` names the order of `ShiftCell.by_contract`."""

    days: tuple[str, ...]
    contracts: tuple[str, ...]
    rows: tuple[ShiftRow, ...]
    care: tuple[UnitCare, ...]


def staffing(read: Readings) -> Staffing:
    """The grid of units, staff groups and shifts, those that nobody works or needs left out."""
    grid = read.case.grid
    days = tuple(grid.day_label(day) for day in range(grid.committed_days))
    return Staffing(days, CONTRACTS, tuple(_rows(read)), tuple(_care(read)))


def narrowed(full: Staffing, unit: str | None, staff: str | None) -> Staffing:
    """The shifts of one unit, of one staff group, or of both. Raises LookupError, in words, where there are none."""
    asked = ("unit", unit, [row.unit for row in full.rows]), ("staff group", staff, [row.staff for row in full.rows])
    for what, name, there in asked:
        if name is not None and name not in there:
            raise LookupError(f"no shift is of a {what} called {name}; there are {', '.join(dict.fromkeys(there))}")
    rows = tuple(row for row in full.rows if unit in (None, row.unit) and staff in (None, row.staff))
    return replace(full, rows=rows)


def _rows(read: Readings) -> Iterator[ShiftRow]:
    case, grid = read.case, read.case.grid
    shifts = _Shifts.of(read)
    for unit, unit_name in enumerate(case.units):
        for staff, staff_name in enumerate(case.staff):
            for duty, kind in enumerate(grid.duties):
                cells = shifts.cells(unit, staff, duty)
                if any(cell.planned or cell.needed for cell in cells):
                    yield ShiftRow(unit_name, staff_name, kind.name, cells, _fill(read, unit, staff, duty))


@dataclass(frozen=True, slots=True, eq=False)
class _Shifts:
    """Every shift at once, by unit, staff group, duty and committed day (U, S, K, D); `people` by contract before that.

    `there` and `needed` are people for most of the shift, `short` person-hours; `red` counts registered staff alone.
    """

    people: Floats
    there: Floats
    needed: Floats
    short: Floats
    red: Bools

    @classmethod
    def of(cls, read: Readings) -> _Shifts:
        case, grid = read.case, read.case.grid
        shape = len(case.units), len(case.staff), len(grid.duties), grid.committed_days
        there, needed, short = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        hours = grid.hours
        for duty, day in np.ndindex(shape[2:]):
            at = np.flatnonzero(grid.covers[duty, day])
            there[:, :, duty, day] = _mostly(read.on_duty[:, :, at], hours[at])
            needed[:, :, duty, day] = _mostly(read.needed[:, :, at], hours[at])
            short[:, :, duty, day] = (read.short[:, :, at] * hours[at]).sum(axis=2)
        people = np.stack([read.people(contract) for contract in CONTRACTS])
        registered = np.array([group.registered for group in case.scenario.staff.values()], dtype=np.bool_)
        red = red_shifts(read)[:, None] & registered[:, None, None]
        return cls(people, there, needed, short, np.asarray(red))

    def cells(self, unit: int, staff: int, duty: int) -> tuple[ShiftCell, ...]:
        """The shifts of one row, day by day."""
        at = unit, staff, duty
        rows = zip(
            self.people[:, unit, staff, duty].T.tolist(), self.there[at].tolist(), self.needed[at].tolist(),
            self.short[at].tolist(), self.red[at].tolist(), strict=False,
        )  # fmt: skip
        return tuple(
            ShiftCell(sum(people), there, needed, tuple(people), short, red)
            for people, there, needed, short, red in rows
        )


def _mostly(people: Floats, hours: Floats) -> Floats:
    """(U, S) what holds for at least half of a shift, of people (U, S, T) in its T intervals: half an hour of handover
    does not make a night need a day's team."""
    if not len(hours):
        return np.zeros(people.shape[:2])
    order = np.argsort(people, axis=2)
    passed = np.cumsum(hours[order], axis=2)
    half = np.argmax(passed >= passed[:, :, -1:] / 2, axis=2)
    return np.asarray(np.take_along_axis(np.take_along_axis(people, order, axis=2), half[:, :, None], axis=2)[:, :, 0])


def _fill(read: Readings, unit: int, staff: int, duty: int) -> float | None:
    covered = read.case.grid.covers[duty, : read.case.grid.committed_days].any(axis=0)
    return _filled(read, np.asarray(covered), unit, staff)


def _filled(read: Readings, at: Bools, unit: int, staff: int | slice = slice(None)) -> float | None:
    hours = read.case.grid.hours * at
    needed = float((read.needed[unit, staff] * hours).sum())
    return 1.0 - float((read.short[unit, staff] * hours).sum()) / needed if needed else None


def _care(read: Readings) -> Iterator[UnitCare]:
    grid = read.case.grid
    for unit, name in enumerate(read.case.units):
        patient_days = float(read.patients[unit, : grid.committed_periods].sum()) / grid.periods_per_day
        worked = float((read.on_duty[unit] * grid.hours * read.committed).sum())
        if worked:
            yield UnitCare(name, worked / patient_days if patient_days else None, _filled(read, read.committed, unit))
