"""People in PuLP, scalar by scalar: who works what, who goes where, what is short, and the rules of work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pulp

from optimizer.expansion.grid import Line
from optimizer.expansion.needs import Need
from optimizer.expansion.pay import cost_per_duty
from optimizer.scenario.quantities import MINUTES_PER_DAY
from optimizer.scenario.staff import Contract
from tests.benchmarks.naive_model import Model, Weighted
from tests.benchmarks.naive_patients import Flows


@dataclass(frozen=True, slots=True)
class Duty:
    """One variable's people on one duty: the cover each gives, and the share of the pay each draws."""

    people: pulp.LpVariable
    covers: float
    pays: float


@dataclass(frozen=True, slots=True)
class Post:
    """Line `number` of a group's contract at a unit."""

    group: int
    contract: Contract
    unit: int
    number: int
    line: Line


@dataclass(frozen=True, slots=True)
class Away:
    """People of group `staff` from `home` on a duty at `unit` in `role`, each worth `worth` there."""

    staff: int
    home: int
    unit: int
    role: int
    worth: float
    people: pulp.LpVariable


@dataclass(slots=True)
class Workforce:
    """`at_work[interval]` (duty, day) pairs, `duties[group, contract, unit, duty, day]`, `away[duty, day]` and

    `short[unit, group, interval]`.
    """

    at_work: list[list[tuple[int, int]]]
    duties: dict[tuple[int, Contract, int, int, int], list[Duty]] = field(default_factory=dict)
    away: dict[tuple[int, int], list[Away]] = field(default_factory=dict)
    short: dict[tuple[int, int, int], pulp.LpVariable] = field(default_factory=dict)

    def on(self, group: int, contracts: tuple[Contract, ...], unit: int, duty: int, day: int) -> Iterator[Duty]:
        """Everybody of the group and unit who works the duty on one of the contracts."""
        for contract in contracts:
            yield from self.duties.get((group, contract, unit, duty, day), ())


def add_staff(model: Model, flows: Flows) -> Workforce:
    """Variables for people, and cover. The rules of work stand in `naive_work`."""
    staff = Workforce(_at_work(model))
    for group in range(len(model.case.staff)):
        for contract in model.case.contracts(group):
            _add_contract(model, staff, group, contract)
        for home in range(len(model.case.units)):
            if model.case.may_be_booked(group, "own", home):
                _add_away(model, staff, group, home)
    _add_short(model, staff)
    for number, need in enumerate(model.case.needs):
        _cover(model, flows, staff, number, need)
    return staff


def _at_work(model: Model) -> list[list[tuple[int, int]]]:
    """For each interval the (duty, day) at work in it."""
    grid = model.case.grid
    every = [(duty, day) for duty in range(len(grid.duties)) for day in range(grid.days)]
    return [[(duty, day) for duty, day in every if grid.covers[duty, day, t]] for t in range(len(grid.period))]


def _add_contract(model: Model, staff: Workforce, group: int, contract: Contract) -> None:
    for unit in range(len(model.case.units)):
        if model.case.may_be_booked(group, contract, unit):
            for number, line in enumerate(model.case.lines(group, contract)):
                _add_line(model, staff, Post(group, contract, unit, number, line))


def _add_line(model: Model, staff: Workforce, post: Post) -> None:
    grid = model.case.grid
    terms = model.case.group_of(post.group)
    per_duty = cost_per_duty(terms, model.case.pay[post.group], post.contract)
    temporary = terms.temporary(post.contract)
    for day in range(grid.days):
        if not _may_start(model, post.line, day):
            continue
        fixed = _published(model, post, day)
        lower, upper = (fixed, fixed) if fixed is not None else (0.0, temporary.people_per_shift if temporary else None)
        key = (post.group, post.unit, post.number, day)
        people = model.variable(f"work_{post.contract}", key, day=day, whole=True, lower=lower, upper=upper)
        price = (terms.cost_per_person or 0.0) if post.contract == "own" else 0.0
        for entry in post.line.entries:
            when = day + entry.offset
            if grid.cyclic or when < grid.days:
                when %= grid.days
                price += entry.pays * float(per_duty[entry.duty, when])
                listed = staff.duties.setdefault((post.group, post.contract, post.unit, entry.duty, when), [])
                listed.append(Duty(people, entry.covers, entry.pays))
        model.pay(people, price, day)


def _may_start(model: Model, line: Line, day: int) -> bool:
    grid = model.case.grid
    if grid.weekday(day) not in line.weekdays:
        return False
    for entry in line.entries:
        when = day + entry.offset
        if (grid.cyclic or when < grid.days) and not grid.allowed[entry.duty, when % grid.days]:
            return False
    return True


def _published(model: Model, post: Post, day: int) -> float | None:
    """People fixed because the start lies inside the contract's notice; None where they are free to choose."""
    case, today, terms = model.case, model.case.scenario.today, model.case.group_of(post.group)
    temporary = terms.temporary(post.contract)
    notice = temporary.notice if temporary else terms.notice
    first = post.line.entries[0].duty
    before = today.published.locked_before if today.published else None
    if before is not None and case.grid.day(day) < before:
        return published_people(model, post.group, post.contract, post.unit, first, day)
    if timedelta(minutes=case.grid.duty_start(first, day)) >= notice:
        return None
    if post.contract == "own" and (today.published is None or terms.patterns):
        return None
    return published_people(model, post.group, post.contract, post.unit, first, day)


def published_people(model: Model, group: int, contract: Contract, unit: int, duty: int, day: int) -> float:
    """People whom the published plan has on a duty."""
    case = model.case
    found = 0
    for shift in case.scenario.today.published.shifts if case.scenario.today.published else ():
        who = (shift.staff, shift.contract, shift.unit, shift.shift, shift.day)
        if who == (case.staff[group], contract, case.units[unit], case.grid.duties[duty].name, case.grid.day(day)):
            found += shift.people
    return max(float(found) - absent_people(model, group, (contract,), unit, duty, day), 0.0)


def absent_people(model: Model, group: int, contracts: tuple[Contract, ...], unit: int, duty: int, day: int) -> float:
    """People who would have worked a duty on one of the contracts and do not come."""
    case = model.case
    return sum(
        each.people
        for each in case.group_of(group).absences
        if each.contract in contracts
        and (each.unit, each.shift, each.day) == (case.units[unit], case.grid.duties[duty].name, case.grid.day(day))
    )


def _add_away(model: Model, staff: Workforce, group: int, home: int) -> None:
    """Own people away from home, or at home in a lower role: wherever anybody is needed."""
    case = model.case
    roles = {group: 1.0}
    for name, share in case.group_of(group).can_work_as.items():
        roles[case.staff.index(name)] = share
    for unit, worth, price, notice in _places(model, group, home):
        for role, share in roles.items():
            wanted = any(need.unit == unit and need.staff == role for need in case.needs)
            if wanted and (unit, role) != (home, group):
                _add_route(model, staff, (group, home, unit, role), worth * share, price, notice)


def _add_route(
    model: Model, staff: Workforce, route: tuple[int, int, int, int], worth: float, price: float, notice: timedelta
) -> None:
    grid = model.case.grid
    for duty in range(len(grid.duties)):
        for day in range(grid.days):
            if grid.allowed[duty, day] and timedelta(minutes=grid.duty_start(duty, day)) >= notice:
                people = model.variable("away", (*route, duty, day), day=day, whole=True)
                model.pay(people, price, day)
                staff.away.setdefault((duty, day), []).append(Away(*route, worth, people))


def _places(model: Model, group: int, home: int) -> Iterator[tuple[int, float, float, timedelta]]:
    """(unit, worth, price of a duty, notice) of everywhere people of a home may work."""
    case, terms = model.case, model.case.group_of(group).floating
    yield home, 1.0, 0.0, timedelta(0)
    routes = terms.routes.get(case.units[home], ()) if terms else ()
    for unit, name in enumerate(case.units):
        if terms and unit != home:
            same_site = case.site_of_unit[unit] == case.site_of_unit[home]
            if same_site if routes == "any" else name in routes:
                yield unit, terms.efficiency, terms.cost_per_shift, terms.notice


def _add_short(model: Model, staff: Workforce) -> None:
    """One shortfall for each unit, group and interval, at the dearest price of the soft needs asked there and then."""
    grid = model.case.grid
    price: dict[tuple[int, int, int], float] = {}
    for need in model.case.needs:
        for t in range(len(grid.period)):
            if need.asked[t] and not need.hard:
                cell = need.unit, need.staff, t
                price[cell] = max(price.get(cell, 0.0), need.price)
    for cell, each in price.items():
        staff.short[cell] = model.variable("short", cell)
        model.lack(staff.short[cell], each * float(grid.hours[cell[2]]))


def _cover(model: Model, flows: Flows, staff: Workforce, number: int, need: Need) -> None:
    grid = model.case.grid
    for t in range(len(grid.period)):
        if not need.asked[t]:
            continue
        day = int(grid.day_of_interval[t])
        there = _on_duty(model, staff, need.unit, need.staff, t)
        if not need.hard:
            there += staff.short[need.unit, need.staff, t]
        if need.rule == "skill mix":
            everybody = pulp.lpSum([_on_duty(model, staff, need.unit, group, t) for group in need.of])
            model.rule(there >= need.share * everybody)
            continue
        asked = _asked_by_patients(model, flows, need, t)
        if need.rounded:
            people = model.variable("needed", (number, t), day=day, whole=True)
            model.rule(people >= asked - need.forgiven)
            asked = people
        if need.least_if_open[t]:
            asked = asked + float(need.least_if_open[t]) * flows.unit_open[need.unit, day]
        model.rule(there >= asked + float(need.least[t]))


def _asked_by_patients(model: Model, flows: Flows, need: Need, t: int) -> pulp.LpAffineExpression:
    """People whom the patients in the unit ask for, and the boarded ones its team looks after."""
    case, p = model.case, int(model.case.grid.period[t])
    terms: list[Weighted] = []
    for k in range(len(case.groups)):
        each = float(need.per_patient[k, t] * case.factors[k, t])
        if each and (k, need.unit, p) in flows.present:
            terms.append((flows.present[k, need.unit, p], each))
        if each and case.scenario.boarded_need_care and case.holding[k] == need.unit and (k, p) in flows.waiting:
            terms.append((flows.waiting[k, p], each))
    return model.total(terms)


def _on_duty(model: Model, staff: Workforce, unit: int, role: int, t: int) -> pulp.LpAffineExpression:
    """People at work in an interval: booked there, come from elsewhere, less those gone away, and from last night."""
    found: list[Weighted] = []
    for duty, day in staff.at_work[t]:
        for contract in model.case.contracts(role):
            for each in staff.on(role, (contract,), unit, duty, day):
                found.append((each.people, each.covers))
        for away in staff.away.get((duty, day), ()):
            if (away.unit, away.role) == (unit, role):
                found.append((away.people, away.worth))
            if (away.home, away.staff) == (unit, role):
                found.append((away.people, -1.0))
    return model.total(found) + _from_last_night(model, unit, role, t)


def _from_last_night(model: Model, unit: int, role: int, t: int) -> float:
    case, grid = model.case, model.case.grid
    there = 0.0
    for shift in case.scenario.today.on_duty:
        if (shift.unit, shift.staff) == (case.units[unit], case.staff[role]):
            for number, duty in enumerate(grid.duties):
                if duty.name == shift.shift and grid.covers_before[number, t]:
                    there += shift.people
    return there


def resting_from_last_night(model: Model, unit: int, group: int, minute: int) -> float:
    """People on duty since the day before who still work, or rest from it, at a minute of the horizon."""
    case, grid = model.case, model.case.grid
    busy = 0.0
    for shift in case.scenario.today.on_duty:
        if (shift.unit, shift.staff) == (case.units[unit], case.staff[group]):
            number = [duty.name for duty in grid.duties].index(shift.shift)
            end = grid.duty_start(number, 0) - MINUTES_PER_DAY + grid.duties[number].span
            if minute < end + case.group_of(group).rest.hours * 60:
                busy += shift.people
    return busy
