"""Shortfalls in words: what is lacking, where, when, how much, and which limits would have to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.devices import kept_in_store
from optimizer.expansion.grid import Bools, Floats
from optimizer.limits import Gap, notice_words, why_nobody_came
from optimizer.plan import Shortfall
from optimizer.readings import Readings
from optimizer.scenario.devices import Device
from optimizer.tables import Table

LEAST: Final = 0.005
"""Less than this many people or patients short is not worth a sentence."""

MOST_NAMED: Final = 6
"""More units than this are counted, not named."""

LEAST_HOURS: Final = 1.0
"""Nor are fewer person-hours than this on one duty: the table has them."""


def shortfalls_in_words(case: Case, tables: Mapping[str, Table]) -> tuple[Shortfall, ...]:
    """Every shortfall of the committed days, the dearest first."""
    read = Readings(case, tables)
    found = [*_staff(read), *_boarded(read), *_overflow(read), *_devices(read), *_services(read)]
    return tuple(shortfall for _, shortfall in sorted(found, key=lambda each: -each[0]))


Priced = tuple[float, Shortfall]


def _staff(read: Readings) -> Iterator[Priced]:
    """One sentence for each unit, staff group and duty that is short, intervals of the same duty taken together."""
    lacking = read.short * read.committed
    for unit, staff in np.argwhere(lacking.max(axis=2, initial=0.0) > LEAST).tolist():
        left = lacking[unit, staff].copy()
        yield from _by_duty(read, unit, staff, left)
        yield from _by_nobody(read, unit, staff, left)


def _by_duty(read: Readings, unit: int, staff: int, left: Floats) -> Iterator[Priced]:
    """Shortfalls (T,) of the duties that could have ended them; what is told is taken off."""
    grid = read.case.grid
    for day in range(grid.committed_days):
        for duty in np.flatnonzero(grid.allowed[:, day]).tolist():
            at = grid.covers[duty, day] & (left > LEAST)
            hours = float((left[at] * grid.hours[at]).sum())
            if hours >= LEAST_HOURS:
                gap = Gap(unit, staff, duty, day, hours * _hourly_price(read.case, unit, staff, at))
                yield gap.cost, _staff_sentence(read, gap, hours, float(left[at].max()))
            left[at] = 0.0


def _by_nobody(read: Readings, unit: int, staff: int, left: Floats) -> Iterator[Priced]:
    """Shortfalls (T,) at hours for which nobody can start: no shift runs, or only those of the day before do."""
    case, grid = read.case, read.case.grid
    for day in range(grid.committed_days):
        at = (grid.day_of_interval == day) & (left > LEAST)
        hours = float((left[at] * grid.hours[at]).sum())
        if hours >= LEAST_HOURS:
            began = grid.covers_before[:, at].any()
            because = "who works then began the day before the plan" if began else "no shift runs then"
            when = f"from {grid.moment(grid.edges[np.flatnonzero(at)[0]]):%H:%M} of {_day(case, day)}"
            words = f"{hours:.1f} {case.staff[staff]} hours short"
            told = Shortfall(case.units[unit], when, words, round(hours, 2), "person-hours", because)
            yield hours * _hourly_price(case, unit, staff, at), told


def _hourly_price(case: Case, unit: int, staff: int, at: Bools) -> float:
    """Currency an hour of the group may be short for at the unit, in some intervals (T,): the dearest need's."""
    needs = [need for need in case.needs if (need.unit, need.staff, need.hard) == (unit, staff, False)]
    return max((need.price for need in needs if need.asked[at].any()), default=0.0)


def _staff_sentence(read: Readings, gap: Gap, hours: float, people: float) -> Shortfall:
    case = read.case
    name = case.staff[gap.staff]
    whole = abs(people - round(people)) < 1e-3 and round(people) >= 1
    amount = f"{people:.0f} {name}" if whole else f"{hours:.1f} {name} hours"
    span = f" for {hours / people:.1f} h" if whole else ""
    when = f"{case.grid.duties[gap.duty].name} of {_day(case, gap.day)}"
    because = "; ".join(why_nobody_came(read, gap)) or "nobody has a contract to come"
    return Shortfall(case.units[gap.unit], when, f"{amount} short{span}", round(hours, 2), "person-hours", because)


def _day(case: Case, day: int) -> str:
    return (
        f"{case.grid.day(day):%a} {case.grid.day(day).day} {case.grid.day(day):%b}"
        if case.grid.dated
        else case.grid.day_label(day)
    )


def _few(number: float) -> str:
    """A number with a digit, or with two where one would be nothing: what is short is never told as 0.0."""
    return f"{number:.1f}" if number >= 0.05 else f"{number:.2f}"


def _boarded(read: Readings) -> Iterator[Priced]:
    case = read.case
    inside = case.grid.committed_periods
    for row in read.rows("waiting"):
        waiting, period = float(row["waiting"]), read.period(row)
        if waiting > LEAST and period < inside:
            group = case.scenario.patients[str(row["group"])]
            day = period // case.grid.periods_per_day
            unit = case.units[case.holding[case.groups.index(str(row["group"]))]]
            because = "; ".join(_why_no_bed(read, str(row["group"]), day)) or "a bed and its staff cost more"
            words = f"{_few(waiting)} {row['group']} patients boarded"
            days = waiting / case.grid.periods_per_day
            cost = days * (group.boarding_cost_per_day or 0.0)
            yield cost, Shortfall(unit, _day(case, day), words, round(days, 3), "patient-days", because)


def _overflow(read: Readings) -> Iterator[Priced]:
    """Beds put up beyond those open, by unit and day."""
    case = read.case
    for row in read.rows("overflow"):
        beds, day = float(row["beds"]), read.day(row)
        terms = case.scenario.units[str(row["unit"])].overflow
        if beds > LEAST and day < case.grid.committed_days and terms is not None:
            unit = case.units.index(str(row["unit"]))
            groups = [name for name, able in zip(case.groups, case.can_care[:, unit], strict=True) if able]
            because = "; ".join(dict.fromkeys(why for name in groups for why in _why_no_bed(read, name, day)))
            words = f"{beds:g} beds put up beyond those open"
            told = Shortfall(str(row["unit"]), _day(case, day), words, beds, "bed-days", because or "that costs less")
            yield beds * (terms.cost_per_bed_day or 0.0), told


def _why_no_bed(read: Readings, group: str, day: int) -> Iterator[str]:
    case = read.case
    able = [case.units[unit] for unit in np.flatnonzero(case.can_care[case.groups.index(group)])]
    beds = [row for row in read.rows("beds") if row["unit"] in able and read.day(row) == day]
    if sum(float(row["net"]) for row in beds) < 1.0:
        where = ", ".join(able) if len(able) <= MOST_NAMED else f"{len(able)} units"
        yield f"the {sum(float(row['open']) for row in beds):g} beds open in {where} are full"
    opened = {(row["unit"], row["bay"]) for row in read.rows("bays") if read.day(row) == day and row["open"]}
    for name in able:
        terms = case.scenario.units[name].escalation
        closed = [at for at in range(len(terms.bays)) if (name, at + 1) not in opened] if terms else []
        if terms and closed and day < terms.notice / timedelta(days=1):
            yield f"a bay of {name} opens after {notice_words(terms.notice)}"
        elif terms and closed:
            yield f"bay {closed[0] + 1} of {name} and its staff cost more than boarding"


def _devices(read: Readings) -> Iterator[Priced]:
    case = read.case
    spare = _spare(read)
    for row in read.rows("devices"):
        short, period = float(row["short"]), read.period(row)
        if short > LEAST and period < case.grid.committed_periods:
            kind = case.scenario.devices[str(row["device"])]
            words = f"{_few(short)} {row['device']} short"
            day = period // case.grid.periods_per_day
            cost = short * (kind.short_cost_per_day or 0.0) / case.grid.periods_per_day
            site = int(case.site_of_unit[case.units.index(str(row["unit"]))])
            because = _why_no_device(kind, spare.get((str(row["device"]), site, period), 0.0), cost)
            yield cost, Shortfall(str(row["unit"]), _day(case, day), words, round(short, 3), "device-days", because)


def _why_no_device(kind: Device, stored: float, cost: float) -> str:
    """All are taken; or some stand in store, and to move one costs more than the shortfall, or was not tried."""
    if stored > LEAST:
        if kind.move_cost >= cost:
            return f"moving one there at {kind.move_cost:,.0f} costs more than the {cost:,.0f} it would end"
        return "one of those in store might end it, but the search found no such plan before it stopped"
    because = f"all {sum(kind.owned.values())} owned are in use, kept in reserve or on the way"
    return because + (f", and {kind.rent.at_most} rented at most, after their notice" if kind.rent else "")


def _spare(read: Readings) -> Mapping[tuple[str, int, int], float]:
    """Devices in each site's store beyond what is to be kept there, by kind, site and period."""
    case, kept = read.case, kept_in_store(read.case)
    kinds = {name: at for at, name in enumerate(case.scenario.devices)}
    found = {}
    for row in read.rows("stores"):
        name, site, period = str(row["device"]), case.sites.index(str(row["site"])), read.period(row)
        found[name, site, period] = float(row["stored"]) - float(kept[kinds[name], site, period])
    return found


def _services(read: Readings) -> Iterator[Priced]:
    """Requests still waiting on the last committed day, by device."""
    case = read.case
    waiting: dict[str, float] = {}
    for row in read.rows("services"):
        if read.period(row) == case.grid.committed_periods - 1:
            waiting[str(row["device"])] = waiting.get(str(row["device"]), 0.0) + float(row["backlog"])
    for name, backlog in waiting.items():
        serving = case.scenario.devices[name].serving
        if backlog > LEAST and serving is not None:
            day = case.grid.committed_days - 1
            words, because = (
                f"{backlog:.0f} requests still waiting",
                "its slots and extra slots of the days before are full",
            )
            cost = backlog * (serving.backlog_cost_per_day or 0.0)
            yield cost, Shortfall(name, _day(case, day), words, round(backlog, 2), "requests", because)
