"""What each column and row of the capacity program is about: numbers of unit, staff group, contract, day and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from optimizer.capacity.layout import DeviceColumns, Layout, PatientColumns, StaffColumns
from optimizer.expansion.case import Case
from optimizer.explain.relax import Numbers
from optimizer.program import ABSENT, Ints, Program
from optimizer.scenario.staff import CONTRACTS

AXES: Final = ("unit", "staff", "contract", "group", "device", "site", "day")
_LARGE: Final = 2**31 - 1

Placed = tuple[Ints, Mapping[str, ArrayLike]]
"""An array of columns, and by axis numbers that broadcast to it."""


def column_labels(case: Case, layout: Layout, width: int) -> dict[str, Numbers]:
    """By axis (n,) the number of what each column is about; ABSENT where it is about none, or several."""
    found: dict[str, Numbers] = {axis: np.full(width, ABSENT, dtype=np.int64) for axis in AXES}
    for columns, labels in (*_beds(case, layout), *_staff(case, layout.staff), *_patients(case, layout.patients),
                            *_devices(case, layout.devices)):  # fmt: skip
        there = columns != ABSENT
        for axis, numbers in labels.items():
            found[axis][columns[there]] = np.broadcast_to(np.asarray(numbers), columns.shape)[there]
    return found


def shared_labels(program: Program, labels: Mapping[str, Numbers]) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """By axis the least and the greatest label (m,) of each row's columns; ABSENT where none has one."""
    low: dict[str, Numbers] = {}
    high: dict[str, Numbers] = {}
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    for axis, numbers in labels.items():
        there = numbers[program.indices]
        least = np.full(len(program.row_lower), _LARGE, dtype=np.int64)
        np.minimum.at(least, rows, np.where(there == ABSENT, _LARGE, there))
        most = np.full(len(program.row_lower), ABSENT, dtype=np.int64)
        np.maximum.at(most, rows, there)
        low[axis], high[axis] = np.where(least == _LARGE, ABSENT, least), most
    return low, high


def cover_needs(case: Case, program: Program) -> tuple[Numbers, Numbers]:
    """(m,) the need and the interval that each row of cover is about; ABSENT for other rows.

    Rows of cover stand as `cover_rules` adds them: by role all needs but skill mixes, then each skill mix.
    """
    needs = np.full(len(program.row_lower), ABSENT, dtype=np.int64)
    intervals = needs.copy()
    mixes = [at for at, need in enumerate(case.needs) if need.rule == "skill mix"]
    plain = [at for at, need in enumerate(case.needs) if need.rule != "skill mix"]
    roles = sorted({case.needs[at].staff for at in plain})
    lists = [*([at for at in plain if case.needs[at].staff == role] for role in roles), *([at] for at in mixes)]
    blocks = [block for block in program.rows if block.name == "cover is met"]
    for numbers, block in zip(lists, blocks, strict=True):
        asked = np.argwhere(np.array([case.needs[at].asked for at in numbers]))
        block.take(needs)[:] = np.array(numbers)[asked[:, 0]]
        block.take(intervals)[:] = asked[:, 1]
    return needs, intervals


def _beds(case: Case, layout: Layout) -> list[Placed]:
    days, units = np.arange(case.grid.days), np.array([bay.unit for bay in layout.beds.bays], dtype=np.int64)
    each: Mapping[str, ArrayLike] = {"unit": units[:, None], "day": days}
    whole: Mapping[str, ArrayLike] = {"unit": np.arange(len(case.units))[:, None], "day": days}
    by_bay = [(layout.beds.open, each), (layout.beds.opening, each)]
    return [*by_bay, (layout.beds.unit_open, whole), (layout.beds.overflow, whole)]


def _staff(case: Case, staff: StaffColumns) -> list[Placed]:
    days, units, groups = np.arange(case.grid.days), np.arange(len(case.units)), np.arange(len(case.staff))
    found: list[Placed] = [
        (w.starts, {"unit": units[:, None, None], "staff": w.staff, "contract": CONTRACTS.index(w.contract),
                    "day": days})
        for w in staff.working
    ]  # fmt: skip
    whose = np.array([flow.staff for flow in staff.flows], dtype=np.int64)[:, None, None]
    where: Mapping[str, ArrayLike] = {"unit": units[:, None, None], "staff": groups[:, None]}
    return [
        *found,
        (staff.away, {"staff": whose, "day": days}),
        (staff.short, {**where, "day": case.grid.day_of_interval}),
        (staff.owed, {**where, "day": np.minimum(np.arange(staff.owed.shape[2]) * 7 + 6, case.grid.days - 1)}),
    ]


def _patients(case: Case, p: PatientColumns) -> list[Placed]:
    day, days = case.grid.day_of_period, np.arange(case.grid.days)
    groups = np.arange(len(case.groups))
    units = np.arange(len(case.units))[:, None]
    origins = np.array([r.origin for r in p.routes], dtype=np.int64)
    homes = np.array([r.group for r in p.routes], dtype=np.int64)
    sites = np.where(origins == ABSENT, case.site_of_group[homes], case.site_of_unit[origins])
    return [
        (p.waiting, {"group": groups[:, None], "day": day}),
        (p.diverted, {"group": groups[:, None], "day": day}),
        (p.admitted, {"group": groups[:, None, None], "unit": units, "day": day}),
        (p.present, {"group": groups[:, None, None], "unit": units, "day": day}),
        (p.moved, {"group": homes[:, None], "site": sites[:, None], "day": day}),
        (p.treated, {"group": groups[:, None, None], "day": days[:, None] + np.arange(p.treated.shape[2])}),
        (p.cancelled, {"group": groups[:, None], "day": days}),
        (p.left, {"group": groups[:, None], "day": days}),
        (p.over, {"day": days}),
    ]


def _devices(case: Case, d: DeviceColumns) -> list[Placed]:
    day = case.grid.day_of_period
    kinds = np.arange(len(case.scenario.devices))
    units, sites = np.arange(len(case.units))[:, None], np.arange(len(case.sites))[:, None]
    deep = kinds[:, None, None]
    at_units = [(each, {"device": deep, "unit": units, "day": day}) for each in (d.held, d.sent, d.returned, d.short)]
    at_sites = [(each, {"device": deep, "site": sites, "day": day}) for each in (d.stored, d.rented)]
    return [
        *at_units,
        *at_sites,
        (d.shipped, {"device": kinds[:, None, None, None], "day": day}),
        (d.served, {"device": deep, "day": day}),
        (d.backlog, {"device": deep, "day": day}),
        (d.extra, {"device": kinds[:, None], "day": day}),
    ]
