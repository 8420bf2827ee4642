"""Columns for what differs from the published plan, where a difference has a price."""

from __future__ import annotations

import numpy as np

from optimizer.capacity.layout import ChangeColumns, Columns, PatientColumns
from optimizer.capacity.patients import by_delay
from optimizer.expansion.published import Told, bay_names
from optimizer.program import ABSENT, Bools, Floats
from optimizer.scenario.staff import CONTRACTS


def add_change_columns(columns: Columns, patients: PatientColumns) -> ChangeColumns:
    """People, bays and elective cases off the published plan; none where nothing is published or a change is free."""
    case = columns.case
    shapes = (
        (len(case.units), len(case.staff), len(CONTRACTS), len(case.grid.duties), case.grid.days),
        (len(bay_names(case.scenario)), case.grid.days),
        patients.treated.shape,
    )
    if case.told is None:
        return ChangeColumns(*(np.full(shape, ABSENT, dtype=np.int32) for shape in shapes))
    told, terms, days = case.told, case.told.terms, np.arange(case.grid.days)
    bays = np.broadcast_to(told.days & told.counts_bays, shapes[1])
    cases, most = _cases_told(told, patients)
    return ChangeColumns(
        columns.add(
            "changed", _shifts(columns, told), day=days, upper=1e6, cost=terms.change_cost_per_shift,
            item="staff.changes", unit=np.arange(shapes[0][0])[:, None, None, None, None],
            staff=np.arange(shapes[0][1])[:, None, None, None],
        ),
        columns.add("changed_bays", bays, day=days, upper=1.0, cost=terms.change_cost_per_bay_day, item="beds.changes"),
        columns.add(
            "changed_cases", cases, day=days[:, None], upper=most, cost=terms.change_cost_per_case,
            item="electives.changes",
        ),
    )  # fmt: skip


def _shifts(columns: Columns, told: Told) -> Bools:
    """(U, G, C, S, D) duties on which a person more or fewer is a change; where nobody may be booked, all told are."""
    case = columns.case
    where = np.zeros(told.people.shape, dtype=np.bool_)
    if told.counts_shifts:
        for staff in range(len(case.staff)):
            for contract in case.contracts(staff):
                for unit in range(len(case.units)):
                    cell = unit, staff, CONTRACTS.index(contract)
                    where[cell] = case.may_be_booked(staff, contract, unit) | (told.people[cell] > 0)
    return where & case.grid.allowed & told.counted[:, None, None] & told.days


def _cases_told(told: Told, patients: PatientColumns) -> tuple[Bools, Floats]:
    """(K, D, delays) cases that may be done otherwise than told, or must be, and how many."""
    shape = patients.treated.shape
    if told.cases is None or not told.counts_cases:
        return np.zeros(shape, dtype=np.bool_), np.zeros(shape)
    most = by_delay(told.cases, shape[-1])
    return most > 0, most
