"""Which limits stop one more person from coming: what a shortfall's sentence ends with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from optimizer.expansion.pay import cost_per_duty
from optimizer.readings import Readings
from optimizer.scenario.goals import budget_of, goals_of
from optimizer.scenario.staff import Contract, Temporary


@dataclass(frozen=True, slots=True)
class Gap:
    """Staff group `staff` is short at `unit` on duty type `duty` of `day`, at a price of `cost` in all."""

    unit: int
    staff: int
    duty: int
    day: int
    cost: float


Limit = Callable[[Readings, Gap, Contract], str | None]


def why_nobody_came(read: Readings, gap: Gap) -> Iterator[str]:
    """For each contract the first of `LIMITS` that stops one more person, or that nobody more is worth it."""
    told = (
        next((reason for limit in LIMITS if (reason := limit(read, gap, contract))), "")
        for contract in read.case.contracts(gap.staff)
    )
    yield from dict.fromkeys(told)


def _nobody_there(read: Readings, gap: Gap, contract: Contract) -> str | None:
    if read.case.may_be_booked(gap.staff, contract, gap.unit):
        return None
    return "no own team has its home there" if contract == "own" else f"no {contract} may be booked there"


def _inside_notice(read: Readings, gap: Gap, contract: Contract) -> str | None:
    terms, group, case = _terms(read, gap, contract), read.case.group_of(gap.staff), read.case
    published = contract == "own" and case.scenario.today.published is not None and not group.patterns
    notice = group.notice if published else terms.notice if terms is not None else timedelta(0)
    if case.grid.duty_start(gap.duty, gap.day) >= notice / timedelta(minutes=1):
        return None
    return f"{'own shifts need' if published else f'{contract} needs'} {notice_words(notice)}"


def notice_words(notice: timedelta) -> str:
    """A notice as a planner says it: 1 day's notice, 8 hours' notice."""
    days, hours = notice / timedelta(days=1), notice / timedelta(hours=1)
    number, unit = (days, "day") if days.is_integer() else (hours, "hour")
    return f"{number:g} {unit}'s notice" if number == 1 else f"{number:g} {unit}s' notice"


def _own_hours_used(read: Readings, gap: Gap, contract: Contract) -> str | None:
    case, week = read.case, _week(read, gap.day)
    heads = case.heads(gap.staff, gap.unit)
    if contract != "own" or heads is None:
        return None
    minutes = np.array([kind.base_minutes for kind in case.grid.duties])
    people = read.people("own")[gap.unit, gap.staff]
    hours = float((people[:, week].sum(axis=1) * minutes).sum()) / 60
    most = heads * case.group_of(gap.staff).hours_per_week * (week.stop - week.start) / 7
    full = hours > most - minutes[gap.duty] / 60
    return f"the team's {most:.0f} h of that week are used" if full else None


def _own_shifts_used(read: Readings, gap: Gap, contract: Contract) -> str | None:
    team = read.case.team(gap.staff, gap.unit)
    if contract != "own" or team is None:
        return None
    people = read.people("own")[gap.unit, gap.staff]
    if team.shifts_per_week is not None and people[:, _week(read, gap.day)].sum() > team.shifts_per_week - 1:
        return f"the team's {team.shifts_per_week:g} shifts of that week are used"
    if team.shifts_per_horizon is not None and people.sum() > team.shifts_per_horizon - 1:
        return f"the team's {team.shifts_per_horizon:g} shifts are used"
    return None


def _people_need_rest(read: Readings, gap: Gap, contract: Contract) -> str | None:
    """One more duty would break the team's rest, its five in seven days, or its weekends off."""
    heads = read.case.heads(gap.staff, gap.unit)
    if contract not in ("own", "overtime") or heads is None:
        return None
    rest, grid = read.case.group_of(gap.staff).rest, read.case.grid
    duties = sum(read.people(kind)[gap.unit, gap.staff] for kind in ("own", "overtime"))
    per_day = np.asarray(duties).sum(axis=0)
    windows = [per_day[max(0, first) : first + 7].sum() for first in range(gap.day - 6, gap.day + 1)]
    at_work = heads * (1 - rest.weekends_off) if grid.weekday(gap.day) >= 5 else heads
    around = per_day[max(0, gap.day - 1) : gap.day + 1].max()
    tight = max(windows) > rest.shifts_in_7_days * heads - 1 or per_day[gap.day] > at_work - 1 or around > heads - 1
    return f"the team's rest and days off leave nobody for {contract}" if tight else None


def _week_is_booked(read: Readings, gap: Gap, contract: Contract) -> str | None:
    terms = _terms(read, gap, contract)
    if terms is None:
        return None
    week = _week(read, gap.day)
    share = (week.stop - week.start) / 7 * terms.fill_rate
    booked = read.people(contract)[:, gap.staff][:, :, week]
    spans = np.array([kind.paid_minutes for kind in read.case.grid.duties]) / 60
    hours = float((booked.sum(axis=(0, 2)) * spans).sum())
    if terms.shifts_per_week is not None and booked.sum() > terms.shifts_per_week * share - 1:
        return f"all {_booked(terms.shifts_per_week, terms)} {contract} shifts of that week are asked for"
    if terms.hours_per_week is not None and hours > terms.hours_per_week * share - spans[gap.duty]:
        return f"the {terms.hours_per_week:g} {contract} hours of that week are used"
    return None


def _horizon_is_booked(read: Readings, gap: Gap, contract: Contract) -> str | None:
    terms = _terms(read, gap, contract)
    if terms is None:
        return None
    booked = read.people(contract)[:, gap.staff]
    if terms.shifts_per_horizon is not None and booked.sum() > terms.shifts_per_horizon * terms.fill_rate - 1:
        return f"all {_booked(terms.shifts_per_horizon, terms)} {contract} shifts are asked for"
    if terms.people_per_shift is not None and booked[gap.unit, gap.duty, gap.day] > terms.people_per_shift - 1:
        return f"at most {terms.people_per_shift:g} {contract} may work one shift"
    return None


def _price(read: Readings, gap: Gap, contract: Contract) -> str | None:
    """Nothing stops it: then it costs more than what it ends, or the search stopped before it tried."""
    price = cost_per_duty(read.case.group_of(gap.staff), read.case.pay[gap.staff], contract)[gap.duty, gap.day]
    if read.case.scenario.solve.by_goals:
        return _beside_goals(read)
    if price >= gap.cost:
        return f"one more {contract} duty at {price:,.0f} costs more than the {gap.cost:,.0f} it would end"
    return f"one more {contract} duty at {price:,.0f} might end it, but the search found no such plan before it stopped"


def _beside_goals(read: Readings) -> str:
    """Goals weigh no hour short against a duty's price: what is left is a budget, or a goal that comes before."""
    budget, goals = budget_of(read.case.scenario), goals_of(read.case.scenario)
    if budget is not None:
        return f"no money was found for another duty in the budget of {budget:,.0f}"
    if goals[0] not in ("harm", "shortfalls"):
        return f"{goals[0]} comes before shortfalls among the goals"
    return "another duty might end it, but the search found no such plan"


LIMITS: Final[tuple[Limit, ...]] = (
    _nobody_there,
    _inside_notice,
    _own_hours_used,
    _own_shifts_used,
    _week_is_booked,
    _horizon_is_booked,
    _people_need_rest,
    _price,
)
"""What may stop one more person, in the order in which it is told."""


def _terms(read: Readings, gap: Gap, contract: Contract) -> Temporary | None:
    return read.case.group_of(gap.staff).temporary(contract)


def _week(read: Readings, day: int) -> slice:
    return slice(day // 7 * 7, min(day // 7 * 7 + 7, read.case.grid.days))


def _booked(limit: float, terms: Temporary) -> str:
    """The limit, and how many of those asked for come."""
    return f"{limit:g}" if terms.fill_rate == 1.0 else f"{limit:g} ({limit * terms.fill_rate:g} come)"
