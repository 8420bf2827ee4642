"""What keeps a plan one that people can work, recounted for every team whose number of people is given."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.check.findings import Broken, Label, above
from optimizer.check.recount import Recount, last_night
from optimizer.expansion.grid import Floats, Ints
from optimizer.expansion.published import absent_employed
from optimizer.scenario.quantities import MINUTES_PER_DAY

_SATURDAY = 5


def one_duty_a_day(recount: Recount) -> Iterator[Broken]:
    """Duties that start on a day are at most the people at work."""
    for group, units, heads in _teams(recount):
        people, free = recount.employed(group)[units].sum(axis=1), heads[:, None] - _missing(recount, group)[units]
        label = _team_label(recount, group, units, "day")
        yield from above(people, np.maximum(free, 0.0), label, "{left} duties > {right} people at work")


def rest_between_duties(recount: Recount) -> Iterator[Broken]:
    """Whenever a duty starts, those at work and those resting from work are different people of the team."""
    grid = recount.case.grid
    every = np.array([grid.duty_start(duty, day) for duty in range(len(grid.duties)) for day in range(grid.days)])
    moments = np.unique(every) if len(every) else np.zeros(0, dtype=np.int64)
    for group, units, heads in _teams(recount):
        busy = _busy(recount, recount.employed(group), group, moments)[units]
        gone = _busy(recount, absent_employed(recount.case, group), group, moments)[units]
        rested = np.maximum(heads[:, None] - _still_resting(recount, group, moments)[units], 0.0)
        free = np.maximum(rested - gone, 0.0)
        label = _moment_label(recount, group, units, moments)
        yield from above(busy, free, label, "{left} at work or resting > {right} people")


def five_in_seven_days(recount: Recount) -> Iterator[Broken]:
    """Duties in any seven days are at most five (or the number given) for each person at work."""
    width = min(7, recount.case.grid.days)
    for group, units, heads in _teams(recount):
        by_day = recount.employed(group)[units].sum(axis=1)
        duties, gone = (
            np.lib.stride_tricks.sliding_window_view(each, width, axis=1).sum(axis=-1)
            for each in (by_day, _missing(recount, group)[units])
        )
        most = heads[:, None] * min(recount.case.group_of(group).rest.shifts_in_7_days, width)
        most = np.maximum(most - gone, 0.0)
        label = _team_label(recount, group, units, "day")
        yield from above(duties, most, label, f"{{left}} duties in {width} days > {{right}} that the team may work")


def weekends_off(recount: Recount) -> Iterator[Broken]:
    """On each Saturday and Sunday at most the share of people who are not off that weekend works."""
    grid = recount.case.grid
    weekend = np.array([grid.weekday(day) >= _SATURDAY for day in range(grid.days)])
    for group, units, heads in _teams(recount):
        share = recount.case.group_of(group).rest.weekends_off
        people = recount.employed(group)[units].sum(axis=1) * weekend
        label = _team_label(recount, group, units, "day")
        if share > 0:
            free = np.maximum(heads[:, None] * (1 - share) - _missing(recount, group)[units] * weekend, 0.0)
            yield from above(people, free, label, "{left} duties at the weekend > {right}")


def _teams(recount: Recount) -> Iterator[tuple[int, Ints, Floats]]:
    """(staff group, units with a team of known size, people at work in each)."""
    for group, heads in enumerate(recount.team_heads):
        units = np.flatnonzero(~np.isnan(heads))
        if len(units):
            yield group, units, heads[units]


def _missing(recount: Recount, group: int) -> Floats:
    """(U, D) own people who do not come to a duty of the day; it counts as worked."""
    return np.asarray(absent_employed(recount.case, group).sum(axis=1))


def _busy(recount: Recount, duties: Floats, group: int, moments: Ints) -> Floats:
    """(U, M) people of (U, S, D) duties at work or resting at each moment: begun, less those whose rest is over."""
    grid, rest = recount.case.grid, _rest_minutes(recount, group)
    people = duties.reshape(len(recount.case.units), -1)
    cells = [(duty, day) for duty in range(len(grid.duties)) for day in range(grid.days)]
    begin = np.array([grid.duty_start(duty, day) for duty, day in cells], dtype=np.int64)
    over = begin + np.array([grid.duties[duty].span for duty, _ in cells], dtype=np.int64) + rest
    length = grid.days * MINUTES_PER_DAY
    rounds = -(-int(over.max(initial=0)) // length) if grid.cyclic else 1
    busy = np.zeros((len(people), len(moments)))
    for turn in range(rounds):
        busy += _until(people, begin - turn * length, moments) - _until(people, over - turn * length, moments)
    return busy


def _until(people: Floats, times: Ints, moments: Ints) -> Floats:
    """(U, M) people whose time has come by each moment."""
    order = np.argsort(times)
    summed = np.concatenate((np.zeros((len(people), 1)), np.cumsum(people[:, order], axis=1)), axis=1)
    return np.asarray(summed[:, np.searchsorted(times[order], moments, side="right")])


def _still_resting(recount: Recount, group: int, moments: Ints) -> Floats:
    """(U, M) people who began a duty the day before and are at work or resting at each moment."""
    grid, busy = recount.case.grid, np.zeros((len(recount.case.units), len(moments)))
    for staff, unit, duty, people in last_night(recount.case):
        if staff == group:
            until = grid.duty_start(duty, -1) + grid.duties[duty].span + _rest_minutes(recount, group)
            busy[unit] += people * (moments < until)
    return busy


def _rest_minutes(recount: Recount, group: int) -> int:
    return round(recount.case.group_of(group).rest.hours * 60)


def _team_label(recount: Recount, group: int, units: Ints, axis: str) -> Label:
    names, case = recount.plan.names, recount.case
    return lambda row, at: f"{case.units[units[row]]} {case.staff[group]} {names.place(axis)(at)}"


def _moment_label(recount: Recount, group: int, units: Ints, moments: Ints) -> Label:
    case = recount.case
    return lambda row, at: f"{case.units[units[row]]} {case.staff[group]} {case.grid.moment_label(int(moments[at]))}"
