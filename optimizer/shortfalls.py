"""Shortfalls in words: what is lacking, where, when, how much, and which limits would have to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.pay import cost_per_duty
from optimizer.plan import Shortfall
from optimizer.readings import Readings
from optimizer.scenario.staff import Contract, Temporary
from optimizer.tables import Table

LEAST: Final = 0.005
"""Less than this many people or patients short is not worth a sentence."""

LEAST_HOURS: Final = 1.0
"""Nor are fewer person-hours than this on one duty: the table has them."""


def shortfalls_in_words(case: Case, tables: Mapping[str, Table]) -> tuple[Shortfall, ...]:
    """Every shortfall of the committed days, the dearest first."""
    read = Readings(case, tables)
    found = [*_staff(read), *_boarded(read), *_devices(read), *_services(read)]
    return tuple(shortfall for _, shortfall in sorted(found, key=lambda each: -each[0]))


Priced = tuple[float, Shortfall]


def _staff(read: Readings) -> Iterator[Priced]:
    """One sentence for each unit, staff group and duty that is short, intervals of the same duty taken together."""
    case, grid = read.case, read.case.grid
    lacking = read.short * read.committed
    for unit, staff in np.argwhere(lacking.max(axis=2, initial=0.0) > LEAST):
        left = lacking[unit, staff].copy()
        prices = [need.price for need in case.needs if need.unit == unit and need.staff == staff and not need.hard]
        for day in range(grid.committed_days):
            for duty in range(len(grid.duties)):
                at = grid.covers[duty, day] & (left > LEAST)
                if at.any():
                    hours = float((left[at] * grid.hours[at]).sum())
                    sentence = _staff_sentence(read, int(unit), int(staff), duty, day, hours, float(left[at].max()))
                    if hours >= LEAST_HOURS:
                        yield hours * max(prices, default=0.0), sentence
                    left[at] = 0.0


def _staff_sentence(
    read: Readings, unit: int, staff: int, duty: int, day: int, hours: float, people: float
) -> Shortfall:
    case = read.case
    name = case.staff[staff]
    whole = abs(people - round(people)) < 1e-3 and round(people) >= 1
    amount = f"{people:.0f} {name}" if whole else f"{hours:.1f} {name} hours"
    span = f" for {hours / people:.1f} h" if whole else ""
    when = f"{case.grid.duties[duty].name} of {_day(case, day)}"
    because = (
        "; ".join(_why_nobody_came(read, unit, staff, duty, day)) or "every other way costs more than the shortfall"
    )
    return Shortfall(case.units[unit], when, f"{amount} short{span}", round(hours, 2), "person-hours", because)


def _day(case: Case, day: int) -> str:
    return (
        f"{case.grid.day(day):%a} {case.grid.day(day).day} {case.grid.day(day):%b}"
        if case.grid.dated
        else case.grid.day_label(day)
    )


def _why_nobody_came(read: Readings, unit: int, staff: int, duty: int, day: int) -> Iterator[str]:
    """The limit that stops one more person of each contract."""
    for contract in read.case.contracts(staff):
        if contract == "own":
            reason = _own_limit(read, unit, staff, day)
        else:
            reason = _temporary_limit(read, unit, staff, duty, day, contract) or _too_dear(
                read, staff, duty, day, contract
            )
        if reason:
            yield reason


def _too_dear(read: Readings, staff: int, duty: int, day: int, contract: Contract) -> str:
    """What one more duty on a contract that is open would cost, and why it was not booked then."""
    price = cost_per_duty(read.case.group_of(staff), read.case.pay[staff], contract)[duty, day]
    return f"one more {contract} duty at {price:,.0f} costs more than the shortfall"


def _own_limit(read: Readings, unit: int, staff: int, day: int) -> str | None:
    case = read.case
    team, heads = case.team(staff, unit), case.heads(staff, unit)
    if team is None:
        return "no own team has its home there"
    week = slice(day // 7 * 7, min(day // 7 * 7 + 7, case.grid.days))
    people = read.people("own")[unit, staff]
    minutes = np.array([kind.base_minutes for kind in case.grid.duties])
    hours = float((people[:, week].sum(axis=1) * minutes).sum()) / 60
    if heads is not None:
        most = heads * case.group_of(staff).hours_per_week * (week.stop - week.start) / 7
        shortest = float(minutes.min(initial=1e9)) / 60
        return f"the team's {most:.0f} h of that week are used" if hours > most - shortest else None
    if team.shifts_per_week is not None and people[:, week].sum() >= team.shifts_per_week - 1e-6:
        return f"the team's {team.shifts_per_week:g} shifts of that week are used"
    if team.shifts_per_horizon is not None and people.sum() >= team.shifts_per_horizon - 1e-6:
        return f"the team's {team.shifts_per_horizon:g} shifts are used"
    return None


def _temporary_limit(read: Readings, unit: int, staff: int, duty: int, day: int, contract: Contract) -> str | None:
    case = read.case
    terms = case.group_of(staff).temporary(contract)
    if terms is None:
        return None
    if not case.may_be_booked(staff, contract, unit):
        return f"no {contract} may be booked there"
    if case.grid.duty_start(duty, day) < terms.notice / timedelta(minutes=1):
        return f"{contract} needs {terms.notice / timedelta(days=1):g} days' notice"
    return _used_up(read, unit, staff, duty, day, contract, terms)


def _used_up(
    read: Readings, unit: int, staff: int, duty: int, day: int, contract: Contract, terms: Temporary
) -> str | None:
    people = read.people(contract)[:, staff]
    week = slice(day // 7 * 7, min(day // 7 * 7 + 7, read.case.grid.days))
    share = (week.stop - week.start) / 7 * terms.fill_rate
    this_week = people[:, :, week]
    span = np.array([kind.paid_minutes for kind in read.case.grid.duties]) / 60
    hours = float((this_week.sum(axis=(0, 2)) * span).sum())
    if terms.shifts_per_week is not None and this_week.sum() > terms.shifts_per_week * share - 1:
        return f"all {terms.shifts_per_week * share:g} {contract} shifts of that week are booked"
    if terms.hours_per_week is not None and hours > terms.hours_per_week * share - span.min():
        return f"the {terms.hours_per_week * share:g} {contract} hours of that week are used"
    if terms.shifts_per_horizon is not None and people.sum() > terms.shifts_per_horizon - 1:
        return f"all {terms.shifts_per_horizon:g} {contract} shifts are booked"
    if terms.people_per_shift is not None and people[unit, duty, day] > terms.people_per_shift - 1:
        return f"at most {terms.people_per_shift:g} {contract} may work one shift"
    return None


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
            words = f"{waiting:.1f} {row['group']} patients boarded"
            days = waiting / case.grid.periods_per_day
            cost = days * (group.boarding_cost_per_day or 0.0)
            yield cost, Shortfall(unit, _day(case, day), words, round(days, 3), "patient-days", because)


def _why_no_bed(read: Readings, group: str, day: int) -> Iterator[str]:
    case = read.case
    able = [case.units[unit] for unit in np.flatnonzero(case.can_care[case.groups.index(group)])]
    beds = [row for row in read.rows("beds") if row["unit"] in able and read.day(row) == day]
    if sum(float(row["net"]) for row in beds) < 1.0:
        yield f"the {sum(float(row['open']) for row in beds):g} beds open in {', '.join(able)} are full"
    opened = {(row["unit"], row["bay"]) for row in read.rows("bays") if read.day(row) == day and row["open"]}
    for name in able:
        terms = case.scenario.units[name].escalation
        closed = [at for at in range(len(terms.bays)) if (name, at + 1) not in opened] if terms else []
        if terms and closed and day < terms.notice / timedelta(days=1):
            yield f"a bay of {name} opens after {terms.notice / timedelta(days=1):g} days' notice"
        elif terms and closed:
            yield f"bay {closed[0] + 1} of {name} and its staff cost more than boarding"


def _devices(read: Readings) -> Iterator[Priced]:
    case = read.case
    for row in read.rows("devices"):
        short, period = float(row["short"]), read.period(row)
        if short > LEAST and period < case.grid.committed_periods:
            kind = case.scenario.devices[str(row["device"])]
            because = f"all {sum(kind.owned.values())} owned are in use, kept in reserve or on the way"
            if kind.rent is not None:
                because += f", and {kind.rent.at_most} rented at most, after their notice"
            words = f"{short:.1f} {row['device']} short"
            day = period // case.grid.periods_per_day
            cost = short * (kind.short_cost_per_day or 0.0) / case.grid.periods_per_day
            yield cost, Shortfall(str(row["unit"]), _day(case, day), words, round(short, 3), "device-days", because)


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
