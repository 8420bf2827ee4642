"""Locked cells in PuLP: found by their names in the scenario, one constraint for each."""

from __future__ import annotations

from collections.abc import Iterator

import pulp

from optimizer.scenario.locked import (
    LockedBay,
    LockedBeds,
    LockedCases,
    LockedDevices,
    LockedPatients,
    LockedPeople,
    LockedRent,
)
from tests.benchmarks.naive_model import Model
from tests.benchmarks.naive_staff import Workforce


def add_locked(model: Model, staff: Workforce) -> None:
    """Each cell that the scenario locks is held where it says."""
    there = {variable.name: variable for variable in model.problem.variables()}
    for cell in model.case.scenario.locked:
        least, most = cell.bounds
        figures = _people(model, staff, cell) if isinstance(cell, LockedPeople) else _named(model, there, cell)
        for figure in figures:
            model.rule(pulp.LpAffineExpression(figure) >= least)
            if most < float("inf"):
                model.rule(pulp.LpAffineExpression(figure) <= most)


def _people(model: Model, staff: Workforce, cell: LockedPeople) -> Iterator[pulp.LpAffineExpression]:
    case = model.case
    duty = [each.name for each in case.grid.duties].index(cell.shift)
    place = case.units.index(cell.unit), duty, _day(model, cell.day)
    group = case.staff.index(cell.staff)
    contracts = case.contracts(group) if cell.contract is None else (cell.contract,)
    yield pulp.lpSum([each.people for each in staff.on(group, contracts, *place)])


def _named(model: Model, there: dict[str, pulp.LpVariable], cell: object) -> Iterator[pulp.LpAffineExpression]:
    case, per_day = model.case, model.case.grid.periods_per_day
    if isinstance(cell, LockedBay):
        yield pulp.lpSum([there[f"open_{case.units.index(cell.unit)}_{cell.bay - 1}_{_day(model, cell.day)}"]])
    if isinstance(cell, LockedBeds):
        unit, terms = case.units.index(cell.unit), case.scenario.units[cell.unit].escalation
        bays = enumerate(terms.bays if terms is not None else ())
        yield pulp.lpSum([beds * there[f"open_{unit}_{bay}_{_day(model, cell.day)}"] for bay, beds in bays])
    if isinstance(cell, LockedCases):
        booked, done = _day(model, cell.booked), _day(model, cell.done)
        name = f"done_{case.groups.index(cell.group)}_{booked}_{done - booked}"
        yield pulp.lpSum([there[name]] if name in there else [])
    if isinstance(cell, LockedPatients | LockedDevices | LockedRent):
        for period in range(per_day) if cell.period is None else [cell.period]:
            name = f"{_prefix(model, cell)}_{_day(model, cell.day) * per_day + period}"
            yield pulp.lpSum([there[name]] if name in there else [])


def _prefix(model: Model, cell: LockedPatients | LockedDevices | LockedRent) -> str:
    case = model.case
    if isinstance(cell, LockedPatients):
        return f"present_{case.groups.index(cell.group)}_{case.units.index(cell.unit)}"
    kind = list(case.scenario.devices).index(cell.device)
    if isinstance(cell, LockedDevices):
        return f"held_{kind}_{case.units.index(cell.unit)}"
    return f"rented_{kind}_{case.sites.index(cell.site)}"


def _day(model: Model, day: object) -> int:
    """The number of the day that is called so."""
    return next(at for at in range(model.case.grid.days) if model.case.grid.day_label(at) == str(day))
