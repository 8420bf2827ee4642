"""Reading a solution back: every block of decisions as a table with readable labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.capacity.choice_tables import closing_rows, engaged_rows, settled
from optimizer.capacity.layout import Layout
from optimizer.capacity.needs_table import need_rows
from optimizer.capacity.patients import HOLDING
from optimizer.expansion.case import Case
from optimizer.expansion.devices import device_needs, requests
from optimizer.program import ABSENT, Floats, Ints
from optimizer.scenario.staff import CONTRACTS
from optimizer.tables import Cell, Table, figure, make_table

Rows = Iterator[tuple[Cell, ...]]


class Values:
    """A solution's values, read by index array: 0 where a column is absent."""

    def __init__(self, values: Floats) -> None:
        self._values = values

    def __call__(self, columns: Ints) -> Floats:
        """The values of the columns, in their shape."""
        return np.where(columns == ABSENT, 0.0, self._values[columns]) if self._values.size else np.zeros(columns.shape)


def read_tables(case: Case, built: Built, values: Floats) -> dict[str, Table]:
    """All tables of the plan that has any rows to show."""
    value, chosen = Values(values), settled(case, built.layout, Values(values))
    tables = {
        name: make_table(name, rows(case if name in CHOSEN else chosen, built.layout, value))
        for name, rows in READERS.items()
    }
    return {name: table for name, table in tables.items() if table.rows}


CHOSEN: Final = frozenset({"closings", "engaged"})
"""Tables of what is chosen; all others show what is left once it is."""


def _periods(case: Case) -> Iterator[tuple[int, str, int]]:
    """(period, day label, number within the day)."""
    for period in range(case.grid.periods):
        day, number = divmod(period, case.grid.periods_per_day)
        yield period, case.grid.day_label(day), number


def _demand(case: Case, layout: Layout, value: Values) -> Rows:
    demand, census = case.demand, case.demand.census
    for k, group in enumerate(case.groups):
        for p, day, number in _periods(case):
            cases = demand.cases[k, p // case.grid.periods_per_day] if number == 0 else 0.0
            # shares are told finely: a long plan multiplies them often, and is recounted from what is told here
            stays = figure(demand.stays[k, p], decimals=12)
            yield group, day, number, figure(demand.arrivals[k, p]), stays, figure(cases), figure(census[k, p])


def _start(case: Case, layout: Layout, value: Values) -> Rows:
    for k, group in enumerate(case.groups):
        for u, unit in enumerate(case.units):
            if case.demand.present[k, u]:
                yield group, unit, figure(case.demand.present[k, u])
        if case.demand.waiting[k]:
            yield group, "", figure(case.demand.waiting[k])


def _patients(case: Case, layout: Layout, value: Values) -> Rows:
    present, admitted = value(layout.patients.present), value(layout.patients.admitted)
    for k, group in enumerate(case.groups):
        for u in np.flatnonzero(case.can_care[k]):
            for p, day, number in _periods(case):
                here, came = figure(present[k, u, p]), figure(admitted[k, u, p])
                if here or came:
                    yield group, case.units[u], day, number, here, came, int(case.at_home[k, u])


def _waiting(case: Case, layout: Layout, value: Values) -> Rows:
    waiting, diverted = value(layout.patients.waiting), value(layout.patients.diverted)
    for k, group in enumerate(case.groups):
        for p, day, number in _periods(case):
            wait, gone = figure(waiting[k, p]), figure(diverted[k, p])
            if wait or gone:
                yield group, day, number, wait, gone


def _moves(case: Case, layout: Layout, value: Values) -> Rows:
    moved = value(layout.patients.moved)
    for at, route in enumerate(layout.patients.routes):
        origin, target = ("" if unit == HOLDING else case.units[unit] for unit in (route.origin, route.target))
        for p, day, number in _periods(case):
            if figure(moved[at, p]):
                yield case.groups[route.group], origin, target, day, number, figure(moved[at, p])


def _electives(case: Case, layout: Layout, value: Values) -> Rows:
    treated = value(layout.patients.treated)
    for k, day, delay in np.argwhere(treated > 5e-7):
        label = case.grid.day_label
        yield case.groups[k], label(int(day)), label(int(day + delay)), figure(treated[k, day, delay])


def _electives_off(case: Case, layout: Layout, value: Values) -> Rows:
    cancelled, left = value(layout.patients.cancelled), value(layout.patients.left)
    for k, group in enumerate(case.groups):
        for day in range(case.grid.days):
            off, later = figure(cancelled[k, day]), figure(left[k, day])
            if off or later:
                yield group, case.grid.day_label(day), off, later


def _beds(case: Case, layout: Layout, value: Values) -> Rows:
    """Each unit and day at the day's fullest period; boarded are the patients its team looks after without a bed."""
    grid, opened = case.grid, _escalation_beds(case, layout, value)
    peak = value(layout.patients.present) * case.peaks[:, None, :]
    inside = peak.sum(axis=0).reshape(len(case.units), grid.days, grid.periods_per_day).max(axis=2)
    waiting = value(layout.patients.waiting).reshape(len(case.groups), grid.days, grid.periods_per_day)
    for u, unit in enumerate(case.scenario.units):
        boarded = waiting[case.holding == u].sum(axis=0).max(axis=1)
        for day in range(grid.days):
            base, more = case.base_beds[u, day], opened[u, day]
            figures = (base, more, base + more, inside[u, day], base + more - inside[u, day], boarded[day])
            yield (unit, grid.day_label(day), *map(figure, figures))


def _escalation_beds(case: Case, layout: Layout, value: Values) -> Floats:
    """(U, D) escalation beds open."""
    beds = np.zeros((len(case.units), case.grid.days))
    for bay, is_open in zip(layout.beds.bays, value(layout.beds.open), strict=True):
        beds[bay.unit] += bay.beds * is_open
    return beds


def _overflow(case: Case, layout: Layout, value: Values) -> Rows:
    beds = value(layout.beds.overflow)
    for u, day in np.argwhere(beds > 5e-7):
        yield case.units[u], case.grid.day_label(int(day)), figure(beds[u, day])


def _bays(case: Case, layout: Layout, value: Values) -> Rows:
    is_open, opening = value(layout.beds.open), value(layout.beds.opening)
    for at, bay in enumerate(layout.beds.bays):
        for day in range(case.grid.days):
            if figure(is_open[at, day]) or figure(opening[at, day]):
                figures = figure(is_open[at, day]), figure(opening[at, day])
                yield (case.units[bay.unit], bay.number + 1, case.grid.day_label(day), bay.beds, *figures)


def _staff(case: Case, layout: Layout, value: Values) -> Rows:
    for block in layout.staff.working:
        starts = value(block.starts)
        for unit, line, day in np.argwhere(np.abs(starts) > 5e-7):
            people = figure(starts[unit, line, day])
            label = case.grid.day_label(int(day))
            yield case.staff[block.staff], block.contract, case.units[unit], block.lines[line].name, label, people


def _on_duty(case: Case, layout: Layout, value: Values) -> Rows:
    away = value(layout.staff.away)
    for at, flow in enumerate(layout.staff.flows):
        names = case.staff[flow.staff], case.units[flow.home], case.units[flow.unit], case.staff[flow.role]
        for duty, day in np.argwhere(away[at] > 5e-7):
            yield (*names, case.grid.duties[duty].name, case.grid.day_label(int(day)), figure(away[at, duty, day]))


def _needs(case: Case, layout: Layout, value: Values) -> Rows:
    return need_rows(case, layout, value)


def _short_staff(case: Case, layout: Layout, value: Values) -> Rows:
    short, grid = value(layout.staff.short), case.grid
    for u, g, t in np.argwhere(short > 5e-7):
        begin, end = grid.moment_label(grid.edges[t]), grid.moment_label(grid.edges[t + 1])
        yield case.units[u], case.staff[g], begin, end, figure(grid.hours[t]), figure(short[u, g, t])


def _hours_owed(case: Case, layout: Layout, value: Values) -> Rows:
    owed = value(layout.staff.owed)
    for u, g, week in np.argwhere(owed > 5e-7):
        yield case.units[u], case.staff[g], int(week), figure(owed[u, g, week])


def _staff_changes(case: Case, layout: Layout, value: Values) -> Rows:
    changed = value(layout.changes.staff)
    for u, g, c, duty, day in np.argwhere(changed > 5e-7):
        names = case.units[u], case.staff[g], CONTRACTS[c], case.grid.duties[duty].name
        yield (*names, case.grid.day_label(int(day)), figure(changed[u, g, c, duty, day]))


def _bay_changes(case: Case, layout: Layout, value: Values) -> Rows:
    changed = value(layout.changes.bays)
    for at, day in np.argwhere(changed > 5e-7):
        bay = layout.beds.bays[at]
        yield case.units[bay.unit], bay.number + 1, case.grid.day_label(int(day)), figure(changed[at, day])


def _elective_changes(case: Case, layout: Layout, value: Values) -> Rows:
    changed, label = value(layout.changes.cases), case.grid.day_label
    for k, day, delay in np.argwhere(changed > 5e-7):
        yield case.groups[k], label(int(day)), label(int(day + delay)), figure(changed[k, day, delay])


def _devices(case: Case, layout: Layout, value: Values) -> Rows:
    held, short, needs = value(layout.devices.held), value(layout.devices.short), device_needs(case)
    present = value(layout.patients.present) * case.peaks[:, None, :]
    needed = np.einsum("vuk,kup->vup", needs, present)
    for v, kind in enumerate(case.scenario.devices):
        for u, unit in enumerate(case.units):
            for p, day, number in _periods(case):
                figures = tuple(figure(each[v, u, p]) for each in (held, needed, short))
                if any(figures):
                    yield (kind, unit, day, number, *figures)


def _stores(case: Case, layout: Layout, value: Values) -> Rows:
    stored, rented = value(layout.devices.stored), value(layout.devices.rented)
    for v, kind in enumerate(case.scenario.devices):
        for site, name in enumerate(case.sites):
            for p, day, number in _periods(case):
                figures = figure(stored[v, site, p]), figure(rented[v, site, p])
                if any(figures):
                    yield (kind, name, day, number, *figures)


def _device_moves(case: Case, layout: Layout, value: Values) -> Rows:
    devices, kinds = layout.devices, tuple(case.scenario.devices)
    sent, returned, shipped = value(devices.sent), value(devices.returned), value(devices.shipped)
    labels = list(_periods(case))
    for v, u, p in np.argwhere(sent > 5e-7):
        store = case.sites[case.site_of_unit[u]]
        yield (kinds[v], store, case.units[u], *labels[p][1:], figure(sent[v, u, p]))
    for v, u, p in np.argwhere(returned > 5e-7):
        store = case.sites[case.site_of_unit[u]]
        yield (kinds[v], case.units[u], store, *labels[p][1:], figure(returned[v, u, p]))
    for v, a, b, p in np.argwhere(shipped > 5e-7):
        yield (kinds[v], case.sites[a], case.sites[b], *labels[p][1:], figure(shipped[v, a, b, p]))


def _services(case: Case, layout: Layout, value: Values) -> Rows:
    wants, served, backlog = requests(case), value(layout.devices.served), value(layout.devices.backlog)
    for v, kind in enumerate(case.scenario.devices):
        for k, group in enumerate(case.groups):
            for p, day, number in _periods(case):
                figures = tuple(figure(each[v, k, p]) for each in (wants, served, backlog))
                if any(figures):
                    yield (kind, group, day, number, *figures)


def _extra_slots(case: Case, layout: Layout, value: Values) -> Rows:
    extra, labels = value(layout.devices.extra), list(_periods(case))
    for v, p in np.argwhere(extra > 5e-7):
        yield (tuple(case.scenario.devices)[v], *labels[p][1:], figure(extra[v, p]))


READERS: Final[Mapping[str, Callable[[Case, Layout, Values], Rows]]] = {
    "demand": _demand,
    "start": _start,
    "patients": _patients,
    "waiting": _waiting,
    "moves": _moves,
    "electives": _electives,
    "electives_off": _electives_off,
    "beds": _beds,
    "overflow": _overflow,
    "bays": _bays,
    "closings": closing_rows,
    "engaged": engaged_rows,
    "staff": _staff,
    "on_duty": _on_duty,
    "needs": _needs,
    "short_staff": _short_staff,
    "hours_owed": _hours_owed,
    "staff_changes": _staff_changes,
    "bay_changes": _bay_changes,
    "elective_changes": _elective_changes,
    "devices": _devices,
    "stores": _stores,
    "device_moves": _device_moves,
    "services": _services,
    "extra_slots": _extra_slots,
}
