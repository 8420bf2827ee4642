"""Pay by the hour of the clock: what one duty of each type costs on each day, on each contract.

Of several premiums the highest applies, unless the staff group says they add. A contract's multiplier applies to the
hourly rate with its premium, as in the published case O10 (night shift 300, bank 1.25 times that).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from optimizer.expansion.grid import Floats, Grid
from optimizer.scenario.crosscheck import unit_names
from optimizer.scenario.horizon import WEEKDAYS
from optimizer.scenario.model import Scenario
from optimizer.scenario.quantities import MINUTES_PER_DAY
from optimizer.scenario.staff import Contract, Premium, StaffGroup


@dataclass(frozen=True, slots=True, eq=False)
class DutyPay:
    """What duties of one staff group cost, currency, each (S, D).

    `basic` is the hourly pay of the contracted minutes, `premium` what unsocial hours add to it, `more` the minutes
    that lengthen a shift with their premiums, `flat` a price per shift instead.
    """

    basic: Floats
    premium: Floats
    more: Floats
    flat: Floats

    @property
    def contracted(self) -> Floats:
        """What one duty costs but for the minutes that lengthen it."""
        return np.asarray(self.basic + self.premium + self.flat)


def duty_pay(scenario: Scenario, grid: Grid, group: StaffGroup) -> DutyPay:
    """What one duty of each type costs on each day, before any contract's multiplier."""
    rate = group.pay_per_hour or 0.0
    basic = np.array([duty.base_minutes / 60 * rate for duty in grid.duties])
    premium, more = np.zeros((2, len(grid.duties), grid.days))
    extra = _premium_minutes(scenario, grid, group)
    for number, duty in enumerate(grid.duties):
        for day in range(grid.days):
            start = grid.duty_start(number, day)
            weighted = sum(extra[start + end] - extra[start + begin] for begin, end in duty.segments)
            added = extra[start + duty.span] - extra[start + duty.span - duty.more_minutes]
            premium[number, day] = (weighted - added) / 60 * rate
            more[number, day] = (duty.more_minutes + added) / 60 * rate
    flat = np.array([_flat_cost(group, duty.shift) for duty in grid.duties])
    spread = np.ones((1, grid.days))
    return DutyPay(basic[:, None] * spread, premium, more, flat[:, None] * spread)


def cost_per_duty(group: StaffGroup, pay: DutyPay, contract: Contract) -> Floats:
    """Currency that one more duty costs the plan, (S, D): marginal, so salaried own staff costs only its premiums.

    Own people are paid at the overtime rate for what lengthens their shift; who comes on another contract is paid all
    of it at that contract's rate. Raises KeyError for a contract that the group has not.
    """
    if contract == "own":
        longer = pay.more * (group.overtime.multiplier if group.overtime else 1.0)
        return np.asarray((pay.premium if group.paid == "salaried" else pay.contracted) + longer)
    terms = group.temporary(contract)
    if terms is None:
        raise KeyError(contract)
    return np.asarray((pay.contracted + pay.more) * terms.multiplier)


def fixed_cost(scenario: Scenario, group: StaffGroup, grid: Grid) -> float:
    """Currency paid over the committed days whether people are used or not: salaried own staff's contracted hours."""
    if group.paid != "salaried" or group.pay_per_hour is None:
        return 0.0
    people = sum(team.people or 0.0 for team in group.teams(unit_names(scenario)).values())
    return people * group.hours_per_week * grid.committed_days / 7 * group.pay_per_hour


def _flat_cost(group: StaffGroup, shift: str) -> float:
    if isinstance(group.cost_per_shift, dict):
        return group.cost_per_shift.get(shift, 0.0)
    return group.cost_per_shift or 0.0


def _premium_minutes(scenario: Scenario, grid: Grid, group: StaffGroup) -> Floats:
    """Minutes of premium earned from the horizon's start to each minute, one day beyond its end included."""
    days = grid.days + 2
    minutes = np.zeros(days * MINUTES_PER_DAY)
    if group.premium:
        holidays = _holidays(scenario, grid, group)
        rates = [_premium_rates(premium, grid, days, holidays) for premium in group.premium.values()]
        minutes = np.sum(rates, axis=0) if group.premiums_add else np.max(rates, axis=0)
    from_start = minutes[grid.day_starts :]
    return np.concatenate(([0.0], np.cumsum(from_start)))


def _premium_rates(premium: Premium, grid: Grid, days: int, holidays: set[date]) -> Floats:
    """The premium's rate at each minute from the first day's midnight on."""
    day = np.zeros(MINUTES_PER_DAY)
    if premium.start == premium.end:
        day[:] = premium.rate
    elif premium.start < premium.end:
        day[premium.start : premium.end] = premium.rate
    else:
        day[premium.start :] = premium.rate
        day[: premium.end] = premium.rate
    applies = [_applies(premium, grid.first_day + timedelta(days=number), holidays) for number in range(days)]
    return np.outer(applies, day).ravel()


def _applies(premium: Premium, day: date, holidays: set[date]) -> bool:
    if not premium.days or WEEKDAYS[day.weekday()] in premium.days:
        return True
    return "holiday" in premium.days and day in holidays


def _holidays(scenario: Scenario, grid: Grid, group: StaffGroup) -> set[date]:
    """Public holidays of the scenario's country, where a premium asks for them."""
    asked = any("holiday" in premium.days for premium in group.premium.values())
    if not asked or scenario.forecast.country is None or not grid.dated:
        return set()
    import holidays

    years = {grid.day(number).year for number in range(grid.days + 2)}
    found = holidays.country_holidays(scenario.forecast.country, subdiv=scenario.forecast.subdivision, years=years)
    return set(found.keys())
