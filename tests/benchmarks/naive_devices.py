"""Devices in PuLP, scalar by scalar: held by patients, moved and rented, or serving requests by slots."""

from __future__ import annotations

from datetime import timedelta

import pulp

from optimizer.expansion.devices import at_start, device_needs, initial_backlog, requests, slots
from optimizer.scenario.devices import Broken, Device, Serving
from tests.benchmarks.naive_model import Model, Variables
from tests.benchmarks.naive_patients import Flows, electives_done, how_far


def add_devices(model: Model, flows: Flows) -> None:
    """Variables and rules for every kind of device."""
    for number, kind in enumerate(model.case.scenario.devices.values()):
        if kind.serving is None:
            _Held(model, flows, number, kind).add()
        else:
            _add_serving(model, flows, number, kind, kind.serving)


class _Held:
    """One kind of device that patients hold; units are numbered from 0, stores from 0 by site."""

    def __init__(self, model: Model, flows: Flows, number: int, kind: Device) -> None:
        self.model, self.flows, self.number, self.kind = model, flows, number, kind
        self.grid = model.case.grid
        self.needs = device_needs(model.case)[number]
        at_units, in_stores = at_start(model.case)
        self.at_units, self.in_stores = at_units[number], in_stores[number]
        self.units = [u for u in range(len(model.case.units)) if self.needs[u].sum() > 0 or self.at_units[u] > 0]
        self.lag = kind.move_time // timedelta(days=1) * self.grid.periods_per_day
        self.held: Variables = {}
        self.sent: Variables = {}
        self.back: Variables = {}
        self.stored: Variables = {}
        self.shipped: Variables = {}
        self.rented: Variables = {}

    def add(self) -> None:
        """Every variable, then every rule."""
        for p in range(self.grid.periods):
            for u in self.units:
                self._add_at_unit(u, p)
            for site in range(len(self.model.case.sites)):
                self._add_at_store(site, p)
        for p in range(self.grid.periods):
            for u in self.units:
                self._conserve_unit(u, p)
                self._give_patients(u, p)
            for site in range(len(self.model.case.sites)):
                self._conserve_store(site, p)
            if self.kind.rent is not None:
                rented = [self.rented[site, p] for site in range(len(self.model.case.sites))]
                self.model.rule(pulp.lpSum(rented) <= self.kind.rent.at_most)

    def _variable(self, name: str, *where: int, **how: float) -> pulp.LpVariable:
        day, whole = int(how.get("day", 0)), bool(how.get("whole", False))
        lower, upper = how.get("lower", 0.0), how.get("upper")
        return self.model.variable(name, (self.number, *where), day=day, whole=whole, lower=lower, upper=upper)

    def _add_at_unit(self, u: int, p: int) -> None:
        day = p // self.grid.periods_per_day
        self.held[u, p] = self._variable("held", u, p, day=day, whole=True)
        if self.kind.moves:
            self.sent[u, p] = self._variable("sent", u, p, day=day, whole=True)
            self.back[u, p] = self._variable("back", u, p, day=day, whole=True)
            self.model.pay(self.sent[u, p], self.kind.move_cost, day)

    def _add_at_store(self, site: int, p: int) -> None:
        day = p // self.grid.periods_per_day
        reserve = max(self.kind.reserve, int(self.kind.reserve_share * sum(self.kind.owned.values())))
        reserve += sum(each.devices for each in self.kind.broken if self._is_broken(each, site, day))
        self.stored[site, p] = self._variable("stored", site, p, lower=reserve)
        rent = self.kind.rent
        if rent is not None:
            most = rent.at_most if timedelta(days=day) >= rent.notice else 0
            self.rented[site, p] = self._variable("rented", site, p, day=day, whole=True, upper=most)
            self.model.pay(self.rented[site, p], rent.cost_per_day / self.grid.periods_per_day, day)
        for to in range(len(self.model.case.sites)):
            if self.kind.moves and self._in_reach(site, to):
                self.shipped[site, to, p] = self._variable("shipped", site, to, p, day=day, whole=True)
                self.model.pay(self.shipped[site, to, p], self.kind.move_cost, day)

    def _is_broken(self, each: Broken, site: int, day: int) -> bool:
        there = each.site is None or each.site == self.model.case.sites[site]
        today = self.grid.day(day)
        return there and each.first <= today and (each.last is None or today <= each.last)

    def _in_reach(self, a: int, b: int) -> bool:
        most, km = self.model.case.scenario.transfers.max_km, None if a == b else how_far(self.model, a, b)
        return km is not None and (most is None or km <= most)

    def _conserve_unit(self, u: int, p: int) -> None:
        before = self.held[u, p - 1] if p else float(self.at_units[u])
        arriving = self.sent.get((u, p - self.lag), 0.0)
        self.model.rule(self.held[u, p] == before + arriving - self.back.get((u, p), 0.0))

    def _conserve_store(self, site: int, p: int) -> None:
        case = self.model.case
        here = [u for u in self.units if case.site_of_unit[u] == site]
        others = range(len(case.sites))
        coming = [self.back[u, p] for u in here if (u, p) in self.back]
        coming += [self.shipped[o, site, p - self.lag] for o in others if (o, site, p - self.lag) in self.shipped]
        going = [self.sent[u, p] for u in here if (u, p) in self.sent]
        going += [self.shipped[site, o, p] for o in others if (site, o, p) in self.shipped]
        before = self.stored[site, p - 1] if p else float(self.in_stores[site])
        more = self.rented.get((site, p), 0.0) - self.rented.get((site, p - 1), 0.0)
        self.model.rule(self.stored[site, p] == before + pulp.lpSum(coming) - pulp.lpSum(going) + more)

    def _give_patients(self, u: int, p: int) -> None:
        case = self.model.case
        if not self.needs[u].sum():
            return
        terms = []
        for k in range(len(case.groups)):
            if self.needs[u, k] and (k, u, p) in self.flows.present:
                terms.append((self.flows.present[k, u, p], float(self.needs[u, k] * case.peaks[k, p])))
        short: pulp.LpVariable | float = 0.0
        if not self.kind.hard and case.scenario.service_level is None:
            short = self._variable("lacking", u, p)
            self.model.lack(short, (self.kind.short_cost_per_day or 0.0) / self.grid.periods_per_day)
        self.model.rule(self.held[u, p] + short >= self.model.total(terms))


def _add_serving(model: Model, flows: Flows, v: int, kind: Device, terms: Serving) -> None:
    case, grid = model.case, model.case.grid
    capacity = slots(case)[v]
    used: list[list[pulp.LpAffineExpression]] = [[] for _ in range(grid.days)]
    for p in range(grid.periods):
        for k, group in enumerate(case.groups):
            each = terms.per_elective.get(group, 0.0)
            used[p // grid.periods_per_day].append(each * electives_done(model, flows, k, p))
    for k in range(len(case.groups)):
        for p, served in enumerate(_serve_group(model, v, k, terms)):
            used[p // grid.periods_per_day].append(served)
    for day in range(grid.days):
        today = range(day * grid.periods_per_day, (day + 1) * grid.periods_per_day)
        extra = model.variable("extra", (v, day), upper=terms.extra_slots_per_day)
        model.pay(extra, terms.extra_slot_cost, day)
        model.rule(pulp.lpSum(used[day]) <= sum(float(capacity[p]) for p in today) + extra)


def _serve_group(model: Model, v: int, k: int, terms: Serving) -> list[pulp.LpVariable]:
    """Requests of one group served in each period; what is not served waits at a price."""
    grid = model.case.grid
    wants, waiting = requests(model.case)[v, k], float(initial_backlog(model.case)[v, k])
    found: list[pulp.LpVariable] = []
    before: pulp.LpVariable | float = waiting
    for p in range(grid.periods if wants.sum() + waiting else 0):
        found.append(model.variable("served", (v, k, p)))
        later = model.variable("backlog", (v, k, p))
        final = terms.final_backlog_cost if p == grid.periods - 1 else 0.0
        model.lack(later, (terms.backlog_cost_per_day or 0.0) / grid.periods_per_day + final)
        model.rule(later == before + float(wants[p]) - found[-1])
        before = later
    return found
