"""The rules of work in PuLP, scalar by scalar: contracts, rest, weekends, limits on temporary staff, changes."""

from __future__ import annotations

from collections.abc import Iterable

import pulp

from optimizer.scenario.staff import Contract
from optimizer.scenario.today import Published
from tests.benchmarks.naive_model import Model, Weighted
from tests.benchmarks.naive_staff import Workforce, absent_people, published_people, resting_from_last_night

EMPLOYED: tuple[Contract, ...] = ("own", "overtime")


def add_rules_of_work(model: Model, staff: Workforce) -> None:
    """Every rule about teams, and about temporary staff."""
    for group in range(len(model.case.staff)):
        for unit in range(len(model.case.units)):
            heads = model.case.heads(group, unit)
            if heads is not None and set(EMPLOYED) & set(model.case.contracts(group)):
                _keep_contract_hours(model, staff, group, unit, heads)
                _keep_rest(model, staff, group, unit, heads)
                _keep_days_off(model, staff, group, unit, heads)
            _keep_own_shifts(model, staff, group, unit)
            _price_changes(model, staff, group, unit)
        for contract in model.case.contracts(group):
            _limit_temporary(model, staff, group, contract)
    for duty, day in staff.away:
        _leave_only_when_working(model, staff, duty, day)


def _count(
    model: Model,
    staff: Workforce,
    group: int,
    contracts: tuple[Contract, ...],
    units: Iterable[int],
    days: Iterable[int],
) -> pulp.LpAffineExpression:
    """Duties of the group's people that start on the days."""
    found: list[Weighted] = []
    units = list(units)
    for day in days:
        for duty in range(len(model.case.grid.duties)):
            for unit in units:
                found.extend((each.people, 1.0) for each in staff.on(group, contracts, unit, duty, day))
    return model.total(found)


def _hours(
    model: Model, staff: Workforce, group: int, contract: Contract, units: Iterable[int], days: Iterable[int]
) -> pulp.LpAffineExpression:
    """Hours of the contract's people in duties that start on the days; own people's only inside their contract."""
    found: list[Weighted] = []
    units = list(units)
    for day in days:
        for number, duty in enumerate(model.case.grid.duties):
            minutes = duty.base_minutes if contract == "own" else duty.paid_minutes
            for unit in units:
                for each in staff.on(group, (contract,), unit, number, day):
                    found.append((each.people, each.pays * minutes / 60))
    return model.total(found)


def _weeks(model: Model) -> list[range]:
    days = model.case.grid.days
    return [range(first, min(first + 7, days)) for first in range(0, days, 7)]


def _spans(model: Model) -> list[tuple[range, float]]:
    """The committed days, and those beyond, with the share of a limit on the horizon that each may use."""
    grid = model.case.grid
    beyond = range(grid.committed_days, grid.days)
    return [(range(grid.committed_days), 1.0), (beyond, len(beyond) / grid.committed_days)]


def _keep_contract_hours(model: Model, staff: Workforce, group: int, unit: int, heads: float) -> None:
    if model.case.scenario.horizon.cycle == "day":
        return
    terms = model.case.group_of(group)
    owed: pulp.LpVariable | float = 0.0
    for number, week in enumerate(_weeks(model)):
        given_back = owed
        owed = 0.0
        if terms.hours_owed is not None:
            most = terms.hours_owed.hours_per_person * heads
            owed = model.variable("owed", (group, unit, number), upper=most)
            if week[-1] == model.case.grid.days - 1:
                model.pay(owed, terms.hours_owed.cost_per_hour, week[-1])
        contracted = heads * terms.hours_per_week * len(week) / 7
        for day in week:
            for duty, kind in enumerate(model.case.grid.duties):
                contracted -= absent_people(model, group, ("own",), unit, duty, day) * kind.base_minutes / 60
        contracted = max(contracted, 0.0)
        model.rule(_hours(model, staff, group, "own", [unit], week) + given_back - owed <= contracted)


def _keep_rest(model: Model, staff: Workforce, group: int, unit: int, heads: float) -> None:
    """At every start of a duty, those who work and those who rest from a duty are different people."""
    grid = model.case.grid
    rest = model.case.group_of(group).rest.hours * 60
    length = grid.days * 24 * 60
    duties = [(number, day) for number in range(len(grid.duties)) for day in range(grid.days)]
    turns = range(3 if grid.cyclic else 1)
    for moment in sorted({grid.duty_start(number, day) for number, day in duties}):
        busy: list[Weighted] = []
        for number, day in duties:
            start = grid.duty_start(number, day)
            end = start + grid.duties[number].span + rest
            times = sum(start <= moment + turn * length < end for turn in turns)
            busy.extend((each.people, float(times)) for each in staff.on(group, EMPLOYED, unit, number, day) if times)
        free = max(heads - resting_from_last_night(model, unit, group, moment), 0.0)
        for number, day in duties:
            start = grid.duty_start(number, day)
            end = start + grid.duties[number].span + rest
            times = sum(start <= moment + turn * length < end for turn in turns)
            free -= times * absent_people(model, group, EMPLOYED, unit, number, day)
        model.rule(model.total(busy) <= max(free, 0.0))


def _keep_days_off(model: Model, staff: Workforce, group: int, unit: int, heads: float) -> None:
    grid, rest = model.case.grid, model.case.group_of(group).rest
    for day in range(grid.days):
        today = _count(model, staff, group, EMPLOYED, [unit], [day])
        weekend = grid.weekday(day) >= 5
        there = heads * (1 - rest.weekends_off if weekend else 1.0)
        model.rule(today <= max(there - _missing(model, group, EMPLOYED, unit, [day]), 0.0))
    window = min(7, grid.days)
    for first in range(grid.days - window + 1):
        days = range(first, first + window)
        most = heads * min(rest.shifts_in_7_days, window) - _missing(model, group, EMPLOYED, unit, days)
        model.rule(_count(model, staff, group, EMPLOYED, [unit], days) <= max(most, 0.0))


def _missing(model: Model, group: int, contracts: tuple[Contract, ...], unit: int, days: Iterable[int]) -> float:
    """Duties of the days to which people do not come."""
    duties = range(len(model.case.grid.duties))
    return sum(absent_people(model, group, contracts, unit, duty, day) for day in days for duty in duties)


def _keep_own_shifts(model: Model, staff: Workforce, group: int, unit: int) -> None:
    team = model.case.team(group, unit)
    if team is None:
        return
    if team.shifts_per_week is not None:
        for week in _weeks(model):
            worked = _count(model, staff, group, ("own",), [unit], week)
            missed = _missing(model, group, ("own",), unit, week)
            model.rule(worked <= max(team.shifts_per_week * len(week) / 7 - missed, 0.0))
    if team.shifts_per_horizon is not None:
        for days, share in _spans(model):
            worked = _count(model, staff, group, ("own",), [unit], days)
            missed = _missing(model, group, ("own",), unit, days) if days.start == 0 else 0.0
            model.rule(worked <= max(team.shifts_per_horizon * share - missed, 0.0))


def _limit_temporary(model: Model, staff: Workforce, group: int, contract: Contract) -> None:
    """Limits are on what is asked for; a plan holds the people who come, a share of those asked for."""
    terms = model.case.group_of(group).temporary(contract)
    if terms is None:
        return
    units = range(len(model.case.units))
    for week in _weeks(model):
        share = len(week) / 7
        if terms.shifts_per_week is not None:
            asked = _count(model, staff, group, (contract,), units, week) / terms.fill_rate
            model.rule(asked <= terms.shifts_per_week * share)
        if terms.hours_per_week is not None:
            asked = _hours(model, staff, group, contract, units, week) / terms.fill_rate
            model.rule(asked <= terms.hours_per_week * share)
    if terms.shifts_per_horizon is not None:
        for days, share in _spans(model):
            asked = _count(model, staff, group, (contract,), units, days) / terms.fill_rate
            model.rule(asked <= terms.shifts_per_horizon * share)


def _price_changes(model: Model, staff: Workforce, group: int, unit: int) -> None:
    """People more or fewer than published on the contracts that are counted, on the days committed to."""
    published = model.case.scenario.today.published
    if published is None or not published.change_cost_per_shift:
        return
    grid = model.case.grid
    for contract in model.case.contracts(group):
        if contract in published.contracts and model.case.may_be_booked(group, contract, unit):
            for day in range(grid.committed_days):
                for duty in range(len(grid.duties)):
                    if grid.allowed[duty, day]:
                        told = published_people(model, group, contract, unit, duty, day)
                        people = staff.on(group, (contract,), unit, duty, day)
                        _price_difference(model, published, model.total([(each.people, 1.0) for each in people]), told)


def _price_difference(model: Model, published: Published, now: pulp.LpAffineExpression, told: float) -> None:
    changed = model.variable("changed", (len(model.changes),))
    model.changes.append(changed)
    model.lack(changed, published.change_cost_per_shift)
    model.rule(changed >= now - told)
    model.rule(changed >= told - now)


def _leave_only_when_working(model: Model, staff: Workforce, duty: int, day: int) -> None:
    """Each duty is worked once: who works away from home, or in a lower role, must be at work."""
    leaving: dict[tuple[int, int], list[Weighted]] = {}
    for away in staff.away[duty, day]:
        leaving.setdefault((away.staff, away.home), []).append((away.people, 1.0))
    for (group, home), people in leaving.items():
        working = [(each.people, each.covers) for each in staff.on(group, ("own",), home, duty, day)]
        model.rule(model.total(people) <= model.total(working))
