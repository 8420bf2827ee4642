"""The needs table: people, whole-time equivalents and care hours needed, beside who is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optimizer.capacity.layout import Layout
from optimizer.capacity.terms import DutyTerms, present_staff, working_in_intervals
from optimizer.expansion.case import Case
from optimizer.expansion.needs import Need, whole_people
from optimizer.program import Floats, Ints
from optimizer.tables import Cell, figure


def need_rows(case: Case, layout: Layout, value: Callable[[Ints], Floats]) -> Iterator[tuple[Cell, ...]]:
    """One row for each need and interval in which it is asked."""
    unit_open = _open_by_bay(layout, value)
    present, waiting = value(layout.patients.present), value(layout.patients.waiting)
    there = {role: on_duty(case, layout, value, role) for role in sorted({need.staff for need in case.needs})}
    everybody = {g: on_duty(case, layout, value, g) for need in case.needs for g in need.of}
    for need in case.needs:
        counted = _patients_counted(case, need, present, waiting)
        driven = (need.per_patient * counted).sum(axis=0)
        mix = need.share * np.sum(
            [np.zeros(len(case.grid.period)), *(everybody[g][need.unit] for g in need.of)], axis=0
        )
        least = need.least + need.least_if_open * unit_open[need.unit][case.grid.day_of_interval] + mix
        yield from _rows(case, need, counted.sum(axis=0), driven, least, there[need.staff][need.unit])


def _rows(
    case: Case, need: Need, patients: Floats, driven: Floats, least: Floats, on_duty_there: Floats
) -> Iterator[tuple[Cell, ...]]:
    grid, group = case.grid, case.group_of(need.staff)
    before = driven + least
    people = whole_people(need, driven) + least
    wte = before * grid.hours / (grid.days / 7) / group.hours_per_week / group.worked_share
    for t in np.flatnonzero(need.asked):
        yield (
            case.units[need.unit], case.staff[need.staff], grid.moment_label(grid.edges[t]),
            grid.moment_label(grid.edges[t + 1]), figure(grid.hours[t]), need.rule, figure(patients[t]),
            figure(driven[t] * grid.hours[t]), figure(before[t]), figure(people[t]), figure(wte[t]),
            figure(on_duty_there[t]),
        )  # fmt: skip


def on_duty(case: Case, layout: Layout, value: Callable[[Ints], Floats], role: int) -> Floats:
    """(U, T) people on duty in a role: booked there or come from elsewhere, less those gone away."""
    terms: DutyTerms = present_staff(case, layout.staff, role)
    duties, days = working_in_intervals(case)
    gathered = terms.gather(duties, days)
    people = (value(gathered.columns) * np.asarray(gathered.coefficient)).sum(axis=-1)
    names = [duty.name for duty in case.grid.duties]
    for duty in case.scenario.today.on_duty:
        if duty.staff == case.staff[role]:
            before = case.grid.covers_before[names.index(duty.shift)]
            people[case.units.index(duty.unit)] += duty.people * before
    return np.asarray(people)


def _open_by_bay(layout: Layout, value: Callable[[Ints], Floats]) -> Floats:
    """(U, D) 1 where a bay of the unit is open (a fraction past the committed days, where bays may be)."""
    is_open = np.zeros(layout.beds.unit_open.shape)
    for bay, days in zip(layout.beds.bays, value(layout.beds.open), strict=True):
        is_open[bay.unit] = np.maximum(is_open[bay.unit], days)
    return is_open


def _patients_counted(case: Case, need: Need, present: Floats, waiting: Floats) -> Floats:
    """(K, T) patients at the need's unit in each interval, boarded ones whom its team looks after among them."""
    here = present[:, need.unit]
    if case.scenario.boarded_need_care:
        here = here + waiting * (case.holding == need.unit)[:, None]
    return np.asarray(here[:, case.grid.period] * case.factors)
