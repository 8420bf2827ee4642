"""Columns for staff: people starting lines, duties away from home, shortfalls and hours owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from optimizer.capacity.layout import Columns, Flow, StaffColumns, Working
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Line
from optimizer.expansion.pay import cost_per_duty
from optimizer.expansion.published import told_starts
from optimizer.program import ABSENT, Bools, Floats, Ints
from optimizer.scenario.staff import Contract


def add_staff_columns(columns: Columns) -> StaffColumns:
    """Everything decided about people."""
    case = columns.case
    working = tuple(
        _add_working(columns, staff, contract) for staff in range(len(case.staff)) for contract in case.contracts(staff)
    )
    flows = tuple(_flows(case))
    return StaffColumns(
        working, flows, _add_away(columns, flows), _add_short(columns), _add_needed(columns), _add_owed(columns)
    )  # fmt: skip


def week_count(case: Case) -> int:
    """Weeks of the horizon, the last one perhaps a part."""
    return -(-case.grid.days // 7)


def _add_working(columns: Columns, staff: int, contract: Contract) -> Working:
    case = columns.case
    lines = case.lines(staff, contract)
    where = np.zeros((len(case.units), len(lines), case.grid.days), dtype=np.bool_)
    for unit in range(len(case.units)):
        where[unit] = case.may_be_booked(staff, contract, unit)
    where &= _may_start(case, lines)
    lower, upper = _bounds(case, staff, contract, lines)
    starts = columns.add(
        f"working.{case.staff[staff]}.{contract}", where, day=np.arange(case.grid.days), lower=lower, upper=upper,
        cost=_line_cost(case, staff, contract, lines), integer=True, item=f"staff.{contract}",
        unit=np.arange(len(case.units))[:, None, None], staff=staff,
    )  # fmt: skip
    return Working(staff, contract, lines, starts, *_by_duty(case, lines, starts))


def _may_start(case: Case, lines: tuple[Line, ...]) -> Bools:
    """(L, D) whether the line may start that day: its weekdays, and its shifts' own."""
    grid = case.grid
    weekdays = np.array([grid.weekday(day) for day in range(grid.days)])
    rows = []
    for line in lines:
        allowed = np.isin(weekdays, line.weekdays)
        for entry in line.entries:
            on = np.roll(grid.allowed[entry.duty], -entry.offset)
            allowed &= on if grid.cyclic else np.where(np.arange(grid.days) + entry.offset < grid.days, on, True)
        rows.append(allowed)
    return np.array(rows, dtype=np.bool_).reshape(len(lines), grid.days)


def _line_cost(case: Case, staff: int, contract: Contract, lines: tuple[Line, ...]) -> Floats:
    """(L, D) what one more person on the line costs; entries past the end of the horizon cost nothing here."""
    group, grid = case.group_of(staff), case.grid
    per_duty = cost_per_duty(group, case.pay[staff], contract)
    cost = np.zeros((len(lines), grid.days))
    for row, line in enumerate(lines):
        for entry in line.entries:
            money = np.roll(per_duty[entry.duty], -entry.offset)
            inside = np.arange(grid.days) + entry.offset < grid.days
            cost[row] += entry.pays * np.where(inside | grid.cyclic, money, 0.0)
    return cost + ((group.cost_per_person or 0.0) if contract == "own" else 0.0)


def _bounds(case: Case, staff: int, contract: Contract, lines: tuple[Line, ...]) -> tuple[Floats, Floats]:
    """(U, L, D) fewest and most people; inside the notice only what is published, or booked, already."""
    shape = (len(case.units), len(lines), case.grid.days)
    upper = np.zeros(shape)
    for unit in range(len(case.units)):
        upper[unit] = _most_people(case, staff, contract, unit)
    lower = np.zeros(shape)
    locked, people = _locked(case, staff, contract, lines)
    fixed = np.broadcast_to(locked, shape)
    lower[fixed] = people[fixed]
    upper[fixed] = people[fixed]
    return lower, upper


def _most_people(case: Case, staff: int, contract: Contract, unit: int) -> float:
    """More people than any one duty of the unit can use, or its limits allow."""
    heads = case.heads(staff, unit) if contract in ("own", "overtime") else None
    limits: list[float | None] = [None if heads is None else heads + case.may_be_engaged(staff, unit)]
    team, terms = case.team(staff, unit), case.group_of(staff).temporary(contract)
    if contract == "own" and team is not None:
        limits.extend((team.shifts_per_horizon, team.shifts_per_week))
    if terms is not None:
        limits.extend((terms.people_per_shift, terms.shifts_per_week, terms.shifts_per_horizon))
    return min((limit for limit in limits if limit is not None), default=_most_wanted(case))


def _most_wanted(case: Case) -> float:
    """More people than could be of use anywhere: all needs at once, met by the least effective, and who is locked."""
    return float(np.ceil(case.most_needed.sum() / _least_effect(case) + max(case.locked_people, default=0.0)))


def _least_effect(case: Case) -> float:
    """The smallest share of a person that a duty can be worth: efficiencies, roles."""
    effects = [1.0]
    for group in case.scenario.staff.values():
        effects.extend(group.can_work_as.values())
        effects.extend([group.floating.efficiency] if group.floating else [])
    return min(effects) ** 2


def _locked(case: Case, staff: int, contract: Contract, lines: tuple[Line, ...]) -> tuple[Bools, Floats]:
    """Which (L, D) starts are settled, and the (U, L, D) people published there.

    Inside the notice nobody but those published starts, own ones only where a published plan says who they are; before
    the day until which the published plan is locked everybody starts as told.
    """
    group, grid, published = case.group_of(staff), case.grid, case.told
    terms = group.temporary(contract)
    notice = group.notice if terms is None else terms.notice
    starts = np.array([[grid.duty_start(line.entries[0].duty, day) for day in range(grid.days)] for line in lines])
    locked = starts.reshape(len(lines), grid.days) < notice / timedelta(minutes=1)
    if contract == "own" and (published is None or group.patterns):
        locked = np.zeros_like(locked)
    if published is not None:
        locked = locked | published.locked
    return locked, told_starts(case, staff, contract, lines)


def _by_duty(case: Case, lines: tuple[Line, ...], starts: Ints) -> tuple[Ints, Floats, Floats]:
    """The starts seen by duty: (U, S, D, W) columns, (S, W) cover and (S, W) pay of each."""
    grid = case.grid
    found: list[list[tuple[Ints, float, float]]] = [[] for _ in grid.duties]
    for row, line in enumerate(lines):
        for entry in line.entries:
            shifted = np.roll(starts[:, row], entry.offset, axis=-1)
            if not grid.cyclic:
                shifted[:, : entry.offset] = ABSENT
            found[entry.duty].append((shifted, entry.covers, entry.pays))
    width = max((len(each) for each in found), default=0)
    duty = np.full((len(case.units), len(grid.duties), grid.days, width), ABSENT, dtype=np.int32)
    covers, pays = np.zeros((2, len(grid.duties), width))
    for number, each in enumerate(found):
        for at, (columns, share, paid) in enumerate(each):
            duty[:, number, :, at], covers[number, at], pays[number, at] = columns, share, paid
    return duty, covers, pays


def _flows(case: Case) -> Iterator[Flow]:
    """Every way own staff may work away from home or in a lower role."""
    wanted = {(need.unit, need.staff) for need in case.needs}
    for staff in range(len(case.staff)):
        group = case.group_of(staff)
        roles = {case.staff.index(name): share for name, share in group.can_work_as.items()}
        for home in range(len(case.units)):
            if case.may_be_booked(staff, "own", home):
                for unit, efficiency in _places(case, staff, home):
                    for role, share in {staff: 1.0, **roles}.items():
                        if (unit, role) in wanted and (unit, role) != (home, staff):
                            yield Flow(staff, home, unit, role, efficiency * share)


def _places(case: Case, staff: int, home: int) -> Iterator[tuple[int, float]]:
    """Units where people of that home may work, with what a float duty is worth there."""
    yield home, 1.0
    terms = case.group_of(staff).floating
    targets = terms.routes.get(case.units[home], ()) if terms else ()
    for unit, name in enumerate(case.units):
        same_site = case.site_of_unit[unit] == case.site_of_unit[home]
        if unit != home and terms and (name in targets if targets != "any" else same_site):
            yield unit, terms.efficiency


def _add_away(columns: Columns, flows: tuple[Flow, ...]) -> Ints:
    case, grid = columns.case, columns.case.grid
    where = np.broadcast_to(grid.allowed, (len(flows), len(grid.duties), grid.days)).astype(np.bool_)
    terms = [case.group_of(flow.staff).floating for flow in flows]
    moved = [flow.unit != flow.home for flow in flows]
    cost = np.array([each.cost_per_shift if each and away else 0.0 for each, away in zip(terms, moved, strict=True)])
    upper = np.array([_most_people(case, flow.staff, "own", flow.home) for flow in flows])
    starts = np.array([[grid.duty_start(duty, day) for day in range(grid.days)] for duty in range(len(grid.duties))])
    for at, (each, away) in enumerate(zip(terms, moved, strict=True)):
        if each and away:
            where[at] &= starts.reshape(where.shape[1:]) >= each.notice / timedelta(minutes=1)
    home = np.array([flow.home for flow in flows], dtype=np.int32)
    staff = np.array([flow.staff for flow in flows], dtype=np.int32)
    return columns.add(
        "on_duty", where, day=np.arange(grid.days), upper=upper[:, None, None], cost=cost[:, None, None],
        integer=True, item="staff.float", unit=home[:, None, None], staff=staff[:, None, None],
    )  # fmt: skip


def _add_short(columns: Columns) -> Ints:
    """(U, G, T) people short, in each interval at the price of the dearest soft need asked then."""
    case = columns.case
    price = np.full((len(case.units), len(case.staff), len(case.grid.period)), -1.0)
    upper = np.zeros(price.shape[:2])
    for at, need in enumerate(case.needs):
        if not need.hard:
            here = need.unit, need.staff
            price[here] = np.maximum(price[here], np.where(need.asked, need.price, -1.0))
            upper[here] = max(upper[here], case.most_needed[at])
    return columns.add(
        "short_staff", price >= 0, day=case.grid.day_of_interval, upper=upper[:, :, None],
        cost=price * case.grid.hours, item="staff.short",
        unit=np.arange(len(case.units))[:, None, None], staff=np.arange(len(case.staff))[:, None],
    )  # fmt: skip


def _add_needed(columns: Columns) -> Ints:
    """(N, T) whole people needed by the rules that round up."""
    case = columns.case
    intervals = len(case.grid.period)
    where = np.array([need.asked & need.rounded for need in case.needs], dtype=np.bool_).reshape(-1, intervals)
    return columns.add(
        "needed", where, day=case.grid.day_of_interval, upper=case.most_needed[:, None], integer=True,
        unit=np.array([need.unit for need in case.needs], dtype=np.int32)[:, None],
        staff=np.array([need.staff for need in case.needs], dtype=np.int32)[:, None],
    )  # fmt: skip


def _add_owed(columns: Columns) -> Ints:
    """(U, G, weeks) hours worked beyond contract and not yet given back; the last week's are priced."""
    case, weeks = columns.case, week_count(columns.case)
    where = np.zeros((len(case.units), len(case.staff), weeks), dtype=np.bool_)
    upper, cost = np.zeros(where.shape), np.zeros(where.shape)
    for staff in range(len(case.staff)):
        terms = case.group_of(staff).hours_owed
        for unit in range(len(case.units)):
            heads = case.heads(staff, unit)
            if terms is not None and heads is not None:
                where[unit, staff] = True
                upper[unit, staff] = terms.hours_per_person * heads
                cost[unit, staff, -1] = terms.cost_per_hour
    last = np.minimum(np.arange(weeks) * 7 + 6, case.grid.days - 1)
    return columns.add("owed", where, day=last, upper=upper, cost=cost, item="staff.hours_owed",
        unit=np.arange(len(case.units))[:, None, None], staff=np.arange(len(case.staff))[:, None],
    )  # fmt: skip
