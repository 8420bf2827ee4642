"""Where a plan may be changed: whole columns near what happened, and the past, which is held as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from optimizer.capacity.build import Built
from optimizer.capacity.layout import Layout
from optimizer.capacity.patients import by_delay
from optimizer.expansion.case import Case
from optimizer.expansion.published import told_starts
from optimizer.program import ABSENT, TIME, Bools, Floats, Ints, Program
from optimizer.replanning.happenings import Event

DAYS_AFTER = 7
"""So long after an event its week's hours, rest and days off may still be put right."""

_HELD = 1e-5
"""Figures of the past are held so closely: they were rounded to six decimals when they were written."""


def published_values(case: Case, layout: Layout, values: Floats) -> Floats:
    """(n,) `values` with every decision that was published as it was told, less those who are absent."""
    found, told = values.copy(), case.told
    if told is None:
        return found
    for block in layout.staff.working:
        _put(found, block.starts, told_starts(case, block.staff, block.contract, block.lines), told.days)
    if told.bays is not None:
        _put(found, layout.beds.open, told.bays, told.days)
    if told.cases is not None:
        treated = layout.patients.treated
        _put(found, treated, by_delay(told.cases, treated.shape[-1]), told.days[:, None])
    return found


def near(case: Case, built: Built, events: Iterable[Event], reach: int) -> Bools:
    """(n,) whole columns that may help where something happened, from the first event's day to a week after the last.

    With `reach` 0 those of the events' units and of devices; with 1 also those of units that lend people there or
    borrow some; with 2 those of all units.
    """
    layout, events = built.layout, tuple(events)
    units = _units(case, layout, events, reach)
    first, last = min(event.day for event in events), max(event.last for event in events)
    days = np.array([first <= case.grid.day(day) <= last for day in range(case.grid.days)])
    days[min(int(np.flatnonzero(days)[-1]) + 1, len(days)) :][:DAYS_AFTER] = True
    free = np.zeros(built.program.shape[1], dtype=np.bool_)
    for columns in _around(case, layout, units, days):
        free[columns[columns != ABSENT]] = True
    return free & built.program.integer


def following(built: Built) -> Bools:
    """(n,) whole columns that nobody is told and that follow from where patients are: needs, patients, devices."""
    layout = built.layout
    patients, devices = layout.patients, layout.devices
    free = np.zeros(built.program.shape[1], dtype=np.bool_)
    for columns in (
        layout.staff.needed, patients.over, patients.waiting, patients.present, devices.held, devices.sent,
        devices.returned, devices.shipped,
    ):  # fmt: skip
        free[columns[columns != ABSENT]] = True
    return free & built.program.integer


def _units(case: Case, layout: Layout, events: tuple[Event, ...], reach: int) -> list[int]:
    """Numbers of the events' units, with those that share people with them; all where an event names none."""
    if reach > 1 or any(not event.units for event in events):
        return list(range(len(case.units)))
    there = {case.units.index(unit) for event in events for unit in event.units}
    flows = [(flow.home, flow.unit) for flow in layout.staff.flows] if reach else []
    lending = {home for home, unit in flows if unit in there}
    borrowing = {unit for home, unit in flows if home in there}
    return sorted(there | lending | borrowing)


def _around(case: Case, layout: Layout, units: list[int], days: Bools) -> Iterator[Ints]:
    yield from _people_around(case, layout, units, days)
    for at, bay in enumerate(layout.beds.bays):
        if bay.unit in units:
            yield layout.beds.open[at][days]
    patients, devices, periods = layout.patients, layout.devices, days[case.grid.day_of_period]
    listed = [k for k in range(len(case.groups)) if case.can_care[k, units].any()]
    yield from (patients.treated[listed][:, days], patients.cancelled[listed][:, days], patients.over)
    yield from (columns[:, units][:, :, periods] for columns in (devices.held, devices.sent, devices.returned))
    yield from (devices.rented[:, :, periods], devices.shipped[..., periods])


def _people_around(case: Case, layout: Layout, units: list[int], days: Bools) -> Iterator[Ints]:
    for block in layout.staff.working:
        yield block.starts[units][:, :, days]
    for at, flow in enumerate(layout.staff.flows):
        if flow.unit in units or flow.home in units:
            yield layout.staff.away[at][:, days]
    for at, need in enumerate(case.needs):
        if need.unit in units:
            yield layout.staff.needed[at][days[case.grid.day_of_interval]]


def fixed(program: Program, columns: Bools, values: Floats) -> Program:
    """The program with some columns (n,) fixed at their values, whole ones at whole figures; those need no search."""
    at = np.clip(np.where(program.integer, np.round(values), values), program.lower, program.upper)
    return replace(
        program,
        lower=np.where(columns, at, program.lower),
        upper=np.where(columns, at, program.upper),
        integer=program.integer & ~columns,
    )


def past_held(case: Case, program: Program, values: Floats, events: Iterable[Event]) -> Program:
    """The program with the locked days on which nothing had happened yet as they are in `values` (n,), all of them.

    On locked days from the first event on only what is published stays, by its own bounds: who is short and who waits
    follows from what happened.
    """
    locked = int(case.told.locked.sum()) if case.told is not None else 0
    days = min([locked, *((event.day - case.grid.first_day).days for event in events)])
    day = program.labels(TIME)
    past = (day != ABSENT) & (day < days)
    slack = np.where(program.integer, 0.0, _HELD * (1.0 + np.abs(values)))
    lower, upper = np.maximum(program.lower, values - slack), np.minimum(program.upper, values + slack)
    past &= lower <= upper
    return replace(program, lower=np.where(past, lower, program.lower), upper=np.where(past, upper, program.upper))


def _put(values: Floats, columns: Ints, figures: Floats, days: Bools) -> None:
    """Write figures where there is a column, on the days (broadcast to its last axes) that are published."""
    there = (columns != ABSENT) & np.broadcast_to(days, columns.shape)
    values[columns[there]] = np.broadcast_to(figures, columns.shape)[there]
