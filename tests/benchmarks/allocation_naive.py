"""The allocation program of a network in PuLP, one scalar at a time, as a newcomer would write it: the peer to beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.benchmarks.networks import STEPS_IN, Network
from tests.benchmarks.networks_model import WEEK

if TYPE_CHECKING:
    import pulp

Variables = dict[tuple[int, ...], Any]


@dataclass(slots=True)
class Naive:
    """A PuLP problem under way, with its variables by block and index."""

    network: Network
    problem: pulp.LpProblem
    priced: list[Any] = field(default_factory=list)

    def add(self, name: str, keys: Iterator[tuple[int, ...]], cost: float | Callable[..., float] = 0.0) -> Variables:
        """One variable a key, from 0 up."""
        found: Variables = {}
        for key in keys:
            found[key] = self.problem.add_variable(f"{name}_{'_'.join(map(str, key))}", 0)
            price = cost(*key) if callable(cost) else cost
            if price:
                self.priced.append(price * found[key])
        return found


def build_naive(network: Network) -> pulp.LpProblem:
    """The linear program in PuLP, its objective set; nothing is written or solved."""
    import pulp

    model = Naive(network, pulp.LpProblem("allocation", pulp.LpMinimize))
    present = _patients(model)
    _staff(model, present)
    _devices(model, present)
    model.problem += pulp.lpSum(model.priced)
    return model.problem


def _patients(model: Naive) -> Variables:
    import pulp

    n, problem = model.network, model.problem
    units, groups, periods, arcs = range(n.units), range(len(n.stay)), range(n.periods), range(n.near.shape[1])
    prices, each = n.prices, n.units // n.sites
    present = model.add("present", product(units, groups, periods))
    admitted = model.add("admitted", product(units, groups, periods))
    unplaced = model.add("unplaced", product(units, groups, periods), lambda u, k, t: float(prices.unplaced[k]))
    outlying = model.add("out", product(units, arcs, groups, periods), lambda u, a, k, t: float(prices.outlying[k]))
    moved = {}
    if n.sites > 1:
        moved = model.add("moved", product(units, groups, periods), lambda u, k, t: float(prices.transfer[k]))
    for u, k, t in product(units, groups, periods):
        stay = float(n.stay[k])
        terms = [present[u, k, t], -1 * admitted[u, k, t]]
        terms += [-1 * outlying[int(n.from_near[u, a]), a, k, t] for a in arcs]
        if t:
            terms.append(-stay * present[u, k, t - 1])
        if moved:
            terms.append(moved[u, k, t])
            if t:
                terms.append(-1 * moved[(u - each) % n.units, k, t - 1])
        problem += pulp.lpSum(terms) == (0.0 if t else stay * float(n.present[u, k]))
        placed = [admitted[u, k, t], unplaced[u, k, t], *(outlying[u, a, k, t] for a in arcs)]
        problem += pulp.lpSum(placed) == float(n.arrivals[u, k, t])
    _beds(model, present)
    return present


def _beds(model: Naive, present: Variables) -> None:
    import pulp

    n, problem = model.network, model.problem
    units, groups, periods = range(n.units), range(len(n.stay)), range(n.periods)
    opened = model.add("open", product(units, periods), n.prices.bed)
    opening = model.add("opening", product(units, periods), n.prices.opening)
    for u, t in product(units, periods):
        opened[u, t].upBound = float(n.spare[u])
        problem += pulp.lpSum([present[u, k, t] for k in groups] + [-1 * opened[u, t]]) <= float(n.beds[u])
        before = [-1 * opened[u, t - 1]] if t else []
        problem += pulp.lpSum([opened[u, t], -1 * opening[u, t], *before]) <= 0
        recent = [opening[u, t - 1]] if t else []
        problem += pulp.lpSum([opening[u, t], -1 * opened[u, t], *recent]) <= 0


def _staff(model: Naive, present: Variables) -> None:
    n = model.network
    keys = list(product(range(n.units), range(len(n.pay)), range(n.periods)))

    def block(name: str, times: float) -> Variables:
        return model.add(name, iter(keys), lambda u, g, t: times * float(n.pay[g] * n.premium[t]))

    early, long = block("early", 8.0), block("long", 12 * 1.02)
    agency, overtime, floating = block("agency", 8 * 2.2), block("overtime", 1.5), block("float", 1.1)
    short = model.add("short", iter(keys), lambda u, g, t: float(n.prices.hour_short[g]))
    steps = product(range(n.units), range(len(STEPS_IN)), range(n.periods))
    lent = model.add("lent", steps, 0.5)
    for key in keys:
        early[key].upBound = long[key].upBound = float(n.heads[key[0], key[1]])
    _cover(model, present, (early, long, agency, overtime, floating, short, lent))
    _hours(model, early, long, overtime, floating)


def _cover(model: Naive, present: Variables, staff: tuple[Variables, ...]) -> None:
    import pulp

    n, problem = model.network, model.problem
    early, long, agency, overtime, floating, short, lent = staff
    for u, g, t in product(range(n.units), range(len(n.pay)), range(n.periods)):
        key = (u, g, t)
        terms = [8 * early[key], 8 * long[key], 8 * agency[key], overtime[key], floating[key], short[key]]
        if t:
            terms.append(4 * long[u, g, t - 1])
        terms += [share * lent[u, at, t] for at, (_, to, share) in enumerate(STEPS_IN) if to == g]
        terms += [-1 * lent[u, at, t] for at, (source, _, _) in enumerate(STEPS_IN) if source == g]
        terms += [-float(n.care[g, k]) * present[u, k, t] for k in range(len(n.stay))]
        problem += pulp.lpSum(terms) >= 0
    for u, (at, (source, _, _)), t in product(range(n.units), enumerate(STEPS_IN), range(n.periods)):
        problem += pulp.lpSum([lent[u, at, t], -8 * early[u, source, t], -8 * long[u, source, t]]) <= 0


def _hours(model: Naive, early: Variables, long: Variables, overtime: Variables, floating: Variables) -> None:
    import pulp

    n, problem = model.network, model.problem
    each = n.units // n.sites
    for u, g in product(range(n.units), range(len(n.pay))):
        hours = float(n.week_hours[u, g])
        for week in range(n.weeks):
            periods = range(WEEK * week, min(WEEK * (week + 1), n.periods))
            worked = [8 * early[u, g, t] for t in periods] + [12 * long[u, g, t] for t in periods]
            problem += pulp.lpSum(worked) <= hours
            problem += pulp.lpSum([overtime[u, g, t] for t in periods]) <= 0.1 * hours
        for t in range(n.periods):
            recent = [early[u, g, t], long[u, g, t]]
            recent += [early[u, g, t - 1], long[u, g, t - 1]] if t else []
            recent += [long[u, g, t - 2]] if t > 1 else []
            problem += pulp.lpSum(recent) <= float(n.heads[u, g])
    for s, g, t in product(range(n.sites), range(len(n.pay)), range(n.periods)):
        shared = [floating[u, g, t] for u in range(s * each, (s + 1) * each)]
        problem += pulp.lpSum(shared) <= float(n.float[s, g])


def _devices(model: Naive, present: Variables) -> None:
    import pulp

    n, problem = model.network, model.problem
    kinds, periods = range(len(n.prices.device)), range(n.periods)
    price = n.prices.device
    keys = list(product(range(n.units), kinds, periods))
    held = model.add("held", iter(keys))
    sent = model.add("sent", iter(keys), lambda u, v, t: float(price[v]))
    returned = model.add("returned", iter(keys), lambda u, v, t: 0.5 * float(price[v]))
    short = model.add("device_short", iter(keys), lambda u, v, t: float(n.prices.device_short[v]))
    for u, v, t in keys:
        before = [-1 * held[u, v, t - 1], -1 * sent[u, v, t - 1]] if t else []
        start = 0.0 if t else float(n.devices[u, v])
        problem += pulp.lpSum([held[u, v, t], returned[u, v, t], *before]) == start
        needed = [-float(n.device_need[v, k]) * present[u, k, t] for k in range(len(n.stay))]
        problem += pulp.lpSum([held[u, v, t], short[u, v, t], *needed]) >= 0
    _stores(model, sent, returned)


def _stores(model: Naive, sent: Variables, returned: Variables) -> None:
    import pulp

    n, problem = model.network, model.problem
    keys = list(product(range(n.sites), range(len(n.prices.device)), range(n.periods)))
    pool = model.add("pool", iter(keys))
    rented = model.add("rented", iter(keys), lambda s, v, t: 5 * float(n.prices.device[v]))
    each = n.units // n.sites
    for s, v, t in keys:
        rented[s, v, t].upBound = float(n.rentable[s, v])
        units = range(s * each, (s + 1) * each)
        terms = [pool[s, v, t], -1 * rented[s, v, t], *(sent[u, v, t] for u in units)]
        if t:
            terms += [-1 * pool[s, v, t - 1], *(-1 * returned[u, v, t - 1] for u in units)]
        if t > 2:
            terms.append(rented[s, v, t - 3])
        problem += pulp.lpSum(terms) == (0.0 if t else float(n.pool[s, v]))
