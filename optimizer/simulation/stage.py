"""The stage on which chance plays: what a plan has fixed before anybody comes, as arrays.

K patient groups, U units, G staff groups, S duty types, D days, P periods, T intervals; only committed days count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from optimizer.check.names import Names
from optimizer.check.plan import Plan
from optimizer.check.reading import read
from optimizer.check.recount import OWN, Recount, worth_away
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Floats
from optimizer.expansion.pay import cost_per_duty
from optimizer.saved import SavedPlan
from optimizer.scenario.staff import CONTRACTS

Booked = Literal["bank", "agency"]

BOOKED: Final[tuple[Booked, ...]] = ("bank", "agency")
"""Contracts whose people come by chance, in the order in which they are asked when somebody is short on the day."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where patients of a group may be put: a unit, whether it is home, and what moving there costs each."""

    group: int
    unit: int
    home: bool
    price: float


@dataclass(frozen=True, slots=True)
class Route:
    """Own people of `staff` at `home` who may work at `unit` as `role`, each worth so much there, at a price."""

    staff: int
    home: int
    unit: int
    role: int
    worth: float
    price: float


@dataclass(frozen=True, eq=False)
class Stage:
    """A plan's first stage: beds open, own people rostered, bank and agency asked for."""

    saved: SavedPlan

    @property
    def case(self) -> Case:
        """The case as it was planned."""
        return self.saved.case

    @cached_property
    def plan(self) -> Plan:
        """The plan's decisions as arrays."""
        names = Names(self.case)
        return Plan(self.case, names, *read(names, self.saved.tables))

    @cached_property
    def recount(self) -> Recount:
        """The plan's duties."""
        return Recount(self.plan)

    @property
    def periods(self) -> int:
        """Periods of the committed days."""
        return self.case.grid.committed_periods

    @cached_property
    def intervals(self) -> int:
        """Intervals of the committed days."""
        return int((self.case.grid.day_of_interval < self.case.grid.committed_days).sum())

    @cached_property
    def beds(self) -> Floats:
        """(U, P) beds open."""
        return (self.case.base_beds + self.plan.escalation)[:, self.case.grid.day_of_period]

    @cached_property
    def unit_open(self) -> Floats:
        """(U, T) 1 where one of the unit's bays is open."""
        found = np.zeros((len(self.case.units), self.case.grid.days))
        for bay, days in zip(self.plan.bays, self.plan.open, strict=True):
            found[bay.unit] = np.maximum(found[bay.unit], days)
        return found[:, self.case.grid.day_of_interval]

    @cached_property
    def planned(self) -> Floats:
        """(K, U, P) patients each unit's team was planned for, boarded ones with the team that looks after them."""
        return np.asarray(looked_after(self.case, self.plan.present[None], self.plan.waiting[None])[0])

    def booked(self, contract: Booked) -> Floats:
        """(G, U, S, D) people of bank or agency whom the plan counts on."""
        return self.recount.cover[:, CONTRACTS.index(contract)]

    @cached_property
    def rostered(self) -> Floats:
        """(U, G, T) people on duty without bank and agency: own, on overtime, floated as planned, there before."""
        covers = self.case.grid.covers.astype(np.float64)
        by_chance = sum(np.einsum("gusd,sdt->gut", self.booked(each), covers) for each in BOOKED)
        return np.asarray((self.recount.on_duty - by_chance).transpose(1, 0, 2))

    @cached_property
    def own_at_home(self) -> Floats:
        """(G, U, S, D) own people who work at home as the plan has it: those who may still be sent elsewhere."""
        return np.maximum(self.recount.cover[:, OWN] - self.recount.gone, 0.0)

    def price_of(self, contract: Booked, staff: int) -> Floats:
        """(S, D) currency of one duty on bank or agency."""
        return cost_per_duty(self.case.group_of(staff), self.case.pay[staff], contract)

    @cached_property
    def short_price(self) -> Floats:
        """(U, G, T) currency of a person short for an hour: the dearest need asked then, of those that have a price."""
        case = self.case
        price = np.zeros((len(case.units), len(case.staff), len(case.grid.period)))
        for need in case.needs:
            here = need.unit, need.staff
            price[here] = np.maximum(price[here], need.price * need.asked)
        return price

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where who is put in which order: all at home first, then off home, in the cheapest unit first.

        Of groups the dearest to board comes first.
        """
        groups = list(self.case.scenario.patients.values())
        order = sorted(range(len(groups)), key=lambda k: -(groups[k].boarding_cost_per_day or 0.0))
        homes = [
            Place(k, int(unit), True, price)
            for k in order
            for unit in np.flatnonzero(self.case.at_home[k])
            if (price := self._way(k, int(unit))) is not None
        ]
        away = [
            Place(k, unit, False, price)
            for k in order
            for unit in (
                self.case.units.index(name) for name in sorted(groups[k].outlies_in, key=groups[k].outlying_at)
            )
            if not self.case.at_home[k, unit] and (price := self._way(k, unit)) is not None
        ]
        return (*sorted(homes, key=lambda place: place.price), *away)

    def _way(self, group: int, unit: int) -> float | None:
        """What bringing a patient there costs: nothing on the own site; None where the other site is out of reach."""
        case, terms = self.case, self.case.scenario.transfers
        here, there = int(case.site_of_group[group]), int(case.site_of_unit[unit])
        price = 0.0 if here == there else float(terms.cost + case.kilometres[here, there] * terms.cost_per_km)
        return None if np.isnan(price) else price

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every way own people may help on the day: first in their own unit, then in their own role elsewhere."""
        case, staff, units = self.case, range(len(self.case.staff)), range(len(self.case.units))
        found = [
            Route(g, home, unit, role, worth, self._float_price(g) if unit != home else 0.0)
            for g in staff
            for home in units
            for unit in units
            for role in staff
            if (role, unit) != (g, home) and (unit, role) in case.wanted
            if not np.isnan(worth := worth_away(case, g, home, unit, role))
        ]
        return tuple(sorted(found, key=lambda route: (route.unit != route.home, route.role != route.staff)))

    def _float_price(self, staff: int) -> float:
        terms = self.case.group_of(staff).floating
        return terms.cost_per_shift if terms else 0.0


def looked_after(case: Case, present: Floats, waiting: Floats) -> Floats:
    """(R, K, U, P) patients each unit's team looks after, of `present` (R, K, U, P) and boarded `waiting` (R, K, P)."""
    if not case.scenario.boarded_need_care:
        return present
    held = case.holding[:, None] == np.arange(len(case.units))
    return np.asarray(present + waiting[:, :, None, :] * held[None, :, :, None])
