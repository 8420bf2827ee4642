"""What it costs to move a limit: the scenario's own price where it has one, else a stated one that says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.pay import cost_per_duty
from optimizer.scenario.horizon import WEEKDAYS
from optimizer.scenario.staff import CONTRACTS, Contract

STATED_BED_DAY: Final = 400.0
STATED_BOARDED_DAY: Final = 1000.0
STATED_DEVICE_DAY: Final = 50.0
STATED_CASE: Final = 2500.0
STATED_SLOT: Final = 200.0
STATED_TRANSFER: Final = 300.0
STATED_CHANGE: Final = 100.0
"""Currency for what a scenario gives no price for: of the order of English figures, and always told as stated."""

EMPLOYED_WEEKS: Final = 13.0
"""Nobody is employed for a few days: one more person in a team is paid for so many weeks at least."""

REOPENING: Final = 0.999
"""A closed bed reopened costs this part of a bed more, so that the nearest cure is named."""

SHORT: Final = 2.0
"""An hour of cover that must be met is priced at least at so many times the dearest hour that could meet it."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Currency for one; `stated` says what it is taken for where the scenario does not say."""

    money: float
    stated: bool = False


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of one case."""

    case: Case

    def duty(self, name: str, contract: str) -> Priced:
        """One more duty on the contract, the mean of all duties of the committed days; own hours at their pay."""
        money, _ = self._duty(name, contract)
        return Priced(round(money, 2))

    def hour(self, name: str, contract: str) -> Priced:
        """One more hour on the contract, the mean of all duties."""
        money, hours = self._duty(name, contract)
        return Priced(round(money / max(hours, 1e-9), 2))

    def _duty(self, name: str, contract: str) -> tuple[float, float]:
        """Currency and paid hours of the mean duty."""
        case, grid = self.case, self.case.grid
        staff, group = case.staff.index(name), case.scenario.staff[name]
        kind: Contract = next(each for each in CONTRACTS if each == contract)
        cost = cost_per_duty(group, case.pay[staff], kind)
        if kind == "own" and group.paid == "salaried":
            cost = cost + case.pay[staff].basic + case.pay[staff].flat
        allowed = grid.allowed & (np.arange(grid.days) < grid.committed_days)
        names = [duty.shift for duty in grid.duties]
        if group.shifts:
            allowed = allowed & np.array([each in group.shifts for each in names], dtype=np.bool_)[:, None]
        hours = np.array([duty.paid_minutes / 60 for duty in grid.duties])[:, None] * allowed
        count = max(int(allowed.sum()), 1)
        return float(cost[allowed].sum()) / count, float(hours.sum()) / count

    def person(self, name: str) -> Priced:
        """One more person employed, for a quarter at least: contract hours at the rate, or five duties a week."""
        group, weeks = self.case.scenario.staff[name], max(self.case.grid.committed_days / 7, EMPLOYED_WEEKS)
        if group.cost_per_person is not None:
            return Priced(group.cost_per_person)
        if group.pay_per_hour is not None:
            return Priced(round(group.pay_per_hour * group.hours_per_week * weeks, 2))
        return Priced(round(self._duty(name, "own")[0] * 5 * weeks, 2))

    @cached_property
    def bed_day(self) -> Priced:
        """The dearest escalation bed-day; else stated."""
        found = [
            unit.escalation.bay_day_cost(at) / beds
            for unit in self.case.scenario.units.values() if unit.escalation
            for at, beds in enumerate(unit.escalation.bays)
        ]  # fmt: skip
        return Priced(max(found)) if any(found) else Priced(STATED_BED_DAY, stated=True)

    @property
    def reopened(self) -> Priced:
        """A closed bed used for a day."""
        return Priced(self.bed_day.money * REOPENING, self.bed_day.stated)

    def bay(self, unit: str) -> Priced:
        """Opening a bay: its opening cost and its first day."""
        terms = self.case.scenario.units[unit].escalation
        return Priced(0.0 if terms is None else terms.opening_cost + terms.bay_day_cost(0))

    @cached_property
    def boarded(self) -> Priced:
        """A day on which somebody is boarded: the dearest group's price."""
        found = [group.boarding_cost_per_day or 0.0 for group in self.case.scenario.patients.values()]
        return Priced(max(found)) if any(found) else Priced(STATED_BOARDED_DAY, stated=True)

    def elective(self, name: str) -> Priced:
        """An elective case less on the list: what cancelling it costs, or leaving it undone."""
        terms = self.case.scenario.patients[name].elective
        money = 0.0 if terms is None else terms.cancel_cost or terms.backlog_cost
        return Priced(money) if money else Priced(STATED_CASE, stated=True)

    @cached_property
    def transfer(self) -> Priced:
        """A patient moved to the site farthest away of those in reach."""
        terms = self.case.scenario.transfers
        known = self.case.kilometres[~np.isnan(self.case.kilometres)]
        money = terms.cost + terms.cost_per_km * float(known.max(initial=0.0))
        return Priced(money) if money else Priced(STATED_TRANSFER, stated=True)

    def device(self, name: str) -> Priced:
        """One more device over the committed days: at its rent, or else at what being short of it costs."""
        kind, days = self.case.scenario.devices[name], self.case.grid.committed_days
        per_day = (kind.rent.cost_per_day if kind.rent else 0.0) or kind.short_cost_per_day or 0.0
        return Priced(per_day * days) if per_day else Priced(STATED_DEVICE_DAY * days, stated=True)

    def slot(self, name: str) -> Priced:
        """One more slot."""
        serving = self.case.scenario.devices[name].serving
        money = serving.extra_slot_cost if serving else 0.0
        return Priced(money) if money else Priced(STATED_SLOT, stated=True)

    def change(self, name: str, contract: str) -> Priced:
        """A person told to work who need not come, or the other way round: a duty, with what a change costs."""
        published = self.case.scenario.today.published
        return Priced(self.duty(name, contract).money + (published.change_cost_per_shift if published else 0.0))

    @property
    def locked(self) -> Priced:
        """A locked figure moved by one."""
        return Priced(STATED_CHANGE, stated=True)

    def short_hour(self, name: str, own: float | None) -> Priced:
        """An hour of cover that must be met and is not: the scenario's price, but never near what a person costs."""
        group = self.case.scenario.staff[name]
        contracts = self.case.contracts(self.case.staff.index(name))
        least = SHORT * max((self.hour(name, each).money for each in contracts), default=0.0)
        given = own if own is not None else group.short_cost_per_hour or 0.0
        return Priced(given) if given >= least > 0 else Priced(round(max(least, given, 1.0), 2), stated=True)

    def day_of(self, key: str, at: int) -> str:
        """The day of entry `at` of an elective list: a date of `cases`, a weekday of `per_weekday`."""
        grid = self.case.grid
        return grid.day_label(at) if key == "cases" else f"each {WEEKDAYS[at].capitalize()}"
