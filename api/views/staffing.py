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
    people = np.stack([read.people(contract) for contract in CONTRACTS])
    red = red_shifts(read)
    for unit, unit_name in enumerate(case.units):
        for staff, staff_name in enumerate(case.staff):
            for duty, kind in enumerate(grid.duties):
                cells = tuple(
                    _cell(read, (unit, staff, duty, day), people[:, unit, staff, duty, day], bool(red[unit, duty, day]))
                    for day in range(grid.committed_days)
                )
                if any(cell.planned or cell.needed for cell in cells):
                    yield ShiftRow(unit_name, staff_name, kind.name, cells, _fill(read, unit, staff, duty))


def _cell(read: Readings, at: tuple[int, int, int, int], contracts: Floats, red: bool) -> ShiftCell:
    unit, staff, duty, day = at
    covered = read.case.grid.covers[duty, day]
    needed, short = read.needed[unit, staff, covered], read.short[unit, staff, covered]
    hours = read.case.grid.hours[covered]
    registered = list(read.case.scenario.staff.values())[staff].registered
    return ShiftCell(
        float(contracts.sum()), _mostly(read.on_duty[unit, staff, covered], hours), _mostly(needed, hours),
        tuple(float(each) for each in contracts), float((short * hours).sum()), red and registered,
    )  # fmt: skip


def _mostly(people: Floats, hours: Floats) -> float:
    """What holds for at least half of a shift: half an hour of handover does not make a night need a day's team."""
    if not len(people):
        return 0.0
    order = np.argsort(people)
    passed = np.cumsum(hours[order])
    return float(people[order][int(np.searchsorted(passed, passed[-1] / 2))])


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
