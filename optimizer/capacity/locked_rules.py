"""The rule about cells that a scenario decides itself, and the columns that make up each kind of cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from optimizer.capacity.layout import Layout
from optimizer.capacity.terms import Rows
from optimizer.expansion.locked import Lock, locks
from optimizer.program import ABSENT, Floats, Ints, Term

Weighted = tuple[Ints, Floats]
"""Columns and their coefficients, (W,) each; ABSENT among them."""


def locked_cells_are_kept(rows: Rows) -> None:
    """A cell that the scenario locks holds what the scenario says: a figure, or one between two."""
    held = locks(rows.case)
    if not held:
        return
    cells = [columns_of(rows.layout, lock) for lock in held]
    columns = np.full((len(held), max(len(each) for each, _ in cells)), ABSENT, dtype=np.int32)
    weights = np.zeros(columns.shape)
    for at, (each, weight) in enumerate(cells):
        columns[at, : len(each)], weights[at, : len(each)] = each, weight
    bounds = np.array([(lock.least, lock.most) for lock in held])
    terms = [Term(columns, weights)]
    rows.builder.add_rows("locked cells are kept", (len(held),), terms, lower=bounds[:, 0], upper=bounds[:, 1])


def columns_of(layout: Layout, lock: Lock) -> Weighted:
    """The columns whose weighted sum is the cell's figure; none where nothing can ever be there."""
    return CELLS[lock.kind](layout, lock)


def _people(layout: Layout, lock: Lock) -> Weighted:
    unit, staff, duty, day = lock.at
    blocks = layout.staff.on(staff, *lock.contracts)
    columns = np.concatenate([block.duty[unit, duty, day] for block in blocks] or [np.empty(0, dtype=np.int32)])
    return columns, np.ones(len(columns))


def _bay(layout: Layout, lock: Lock) -> Weighted:
    unit, number, day = lock.at
    at = next(at for at, bay in enumerate(layout.beds.bays) if (bay.unit, bay.number) == (unit, number))
    return layout.beds.open[at, day : day + 1], np.ones(1)


def _beds(layout: Layout, lock: Lock) -> Weighted:
    unit, day = lock.at
    bays = [at for at, bay in enumerate(layout.beds.bays) if bay.unit == unit]
    return layout.beds.open[bays, day], np.array([float(layout.beds.bays[at].beds) for at in bays])


def _patients(layout: Layout, lock: Lock) -> Weighted:
    return _one(layout.patients.present[lock.at])


def _devices(layout: Layout, lock: Lock) -> Weighted:
    return _one(layout.devices.held[lock.at])


def _rented(layout: Layout, lock: Lock) -> Weighted:
    return _one(layout.devices.rented[lock.at])


def _cases(layout: Layout, lock: Lock) -> Weighted:
    group, booked, done = lock.at
    delay, treated = done - booked, layout.patients.treated
    return _one(treated[group, booked, delay] if 0 <= delay < treated.shape[-1] else np.int32(ABSENT))


def _one(column: np.int32) -> Weighted:
    return np.array([column], dtype=np.int32), np.ones(1)


CELLS: Final[Mapping[str, Callable[[Layout, Lock], Weighted]]] = {
    "people": _people,
    "bay": _bay,
    "beds": _beds,
    "patients": _patients,
    "devices": _devices,
    "rented": _rented,
    "cases": _cases,
}
"""Where a cell of each kind stands in the program; what its numbers are tells `optimizer.expansion.locked.KINDS`."""
