"""Patients and beds in PuLP, scalar by scalar: who waits, who is where, who moves, which bays are open."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta

import pulp

from optimizer.scenario.patients import Divert, Elective, PatientGroup
from optimizer.scenario.places import Escalation
from tests.benchmarks.naive_model import Model, Variables


@dataclass(slots=True)
class Flows:
    """Variables by (group, period), (group, unit, period), (group, day, delay), (group, origin, unit, period) ...

    The holding area is unit -1.
    """

    waiting: Variables = field(default_factory=dict)
    present: Variables = field(default_factory=dict)
    admitted: Variables = field(default_factory=dict)
    diverted: Variables = field(default_factory=dict)
    moved: Variables = field(default_factory=dict)
    done: Variables = field(default_factory=dict)
    open: Variables = field(default_factory=dict)
    unit_open: Variables = field(default_factory=dict)
    overflow: Variables = field(default_factory=dict)


def add_patients(model: Model) -> Flows:
    """Variables and rules for patients and beds."""
    flows = Flows()
    for number, group in enumerate(model.case.scenario.patients.values()):
        _add_stock(model, flows, number, group)
        _add_moves(model, flows, number)
        if group.divert is not None:
            _add_diverted(model, flows, number, group.divert)
        if group.elective is not None:
            _add_electives(model, flows, number, group.elective)
    for number in range(len(model.case.groups)):
        _conserve_waiting(model, flows, number)
        _conserve_present(model, flows, number)
    _limit_transfers(model, flows)
    _limit_days_over_capacity(model, flows)
    _add_bays(model, flows)
    _add_overflow(model, flows)
    _fit_beds(model, flows)
    return flows


def _add_stock(model: Model, flows: Flows, k: int, group: PatientGroup) -> None:
    case, per_day = model.case, model.case.grid.periods_per_day
    units = [u for u in range(len(case.units)) if case.can_care[k, u]]
    for p in range(case.grid.periods):
        day = p // per_day
        if case.scenario.service_level is None:
            flows.waiting[k, p] = model.variable("waiting", (k, p), day=day, whole=group.whole)
            model.lack(flows.waiting[k, p], (group.boarding_cost_per_day or 0.0) / per_day)
        for u in units:
            flows.present[k, u, p] = model.variable("present", (k, u, p), day=day, whole=group.whole)
            if not case.at_home[k, u]:
                model.lack(flows.present[k, u, p], group.outlying_at(case.units[u]) / per_day)
            if case.site_of_unit[u] == case.site_of_group[k]:
                flows.admitted[k, u, p] = model.variable("admitted", (k, u, p))


def _add_diverted(model: Model, flows: Flows, k: int, terms: Divert) -> None:
    grid = model.case.grid
    for day in range(grid.days):
        today = []
        for p in range(day * grid.periods_per_day, (day + 1) * grid.periods_per_day):
            arriving = float(model.case.demand.arrivals[k, p])
            flows.diverted[k, p] = model.variable("diverted", (k, p), upper=arriving)
            model.pay(flows.diverted[k, p], terms.cost_per_patient, day)
            today.append(flows.diverted[k, p])
        model.rule(pulp.lpSum(today) <= terms.at_most_per_day)


def _add_moves(model: Model, flows: Flows, k: int) -> None:
    case = model.case
    able = [u for u in range(len(case.units)) if case.can_care[k, u]]
    for target in (-1, *able):
        for origin in (-1, *able):
            price = _move_price(model, k, origin, target)
            if price is not None:
                for p in range(case.grid.periods):
                    flows.moved[k, origin, target, p] = model.variable("moved", (k, origin + 1, target + 1, p))
                    model.pay(flows.moved[k, origin, target, p], price, p // case.grid.periods_per_day)


def _move_price(model: Model, k: int, origin: int, target: int) -> float | None:
    """What one move costs; None where it can't be: to where one is, within the own site from holding, out of reach.

    Who loses a bed is boarded on the site of arrival, at the price of one more boarded day.
    """
    case, terms = model.case, model.case.scenario.transfers
    home = int(case.site_of_group[k])
    a = home if origin == -1 else int(case.site_of_unit[origin])
    if target == -1:
        return case.scenario.patients[case.groups[k]].boarding_cost_per_day if origin != -1 and a == home else None
    b = int(case.site_of_unit[target])
    if a == b:
        return None if origin in (-1, target) else terms.within_site_cost
    km = how_far(model, a, b)
    return (
        None if km is None or (terms.max_km is not None and km > terms.max_km) else terms.cost + terms.cost_per_km * km
    )


def how_far(model: Model, a: int, b: int) -> float | None:
    """Km between two sites: as given, else as the crow flies where both say where they are."""
    sites, names = model.case.scenario.sites, model.case.sites
    for road in model.case.scenario.transfers.distances:
        if {road.a, road.b} == {names[a], names[b]}:
            return road.km
    places = [sites[names[each]].at if names[each] in sites else None for each in (a, b)]
    return math.dist(*places) if None not in places else None


def _add_electives(model: Model, flows: Flows, k: int, terms: Elective) -> None:
    case = model.case
    whole = all(float(cases).is_integer() for cases in case.demand.cases[k])
    for day in range(case.grid.days):
        booked = float(case.demand.cases[k, day])
        if booked == 0:
            continue
        fates = []
        for delay in range(1 + (0 if terms.protected else terms.postpone_at_most_days)):
            if day + delay < case.grid.days and case.grid.day(day + delay) not in terms.called_off:
                flows.done[k, day, delay] = model.variable("done", (k, day, delay), day=day, whole=whole)
                _price_case(model, flows.done[k, day, delay], k, day, delay)
                model.lack(flows.done[k, day, delay], terms.postpone_cost_per_day * delay)
                fates.append(flows.done[k, day, delay])
        if not terms.protected:
            fates.append(model.variable("left", (k, day), day=day))
            model.lack(fates[-1], terms.backlog_cost)
        if terms.cancel_cost is not None and not terms.protected:
            fates.append(model.variable("cancelled", (k, day), day=day, whole=whole))
            model.lack(fates[-1], terms.cancel_cost)
        model.rule(pulp.lpSum(fates) == booked)


def _price_case(model: Model, done: pulp.LpVariable, k: int, day: int, delay: int) -> None:
    """Cases not done on the day told are changes; on locked days they are as told."""
    case, published = model.case, model.case.scenario.today.published
    if published is None or published.cases is None:
        return
    cell = case.groups[k], case.grid.day(day), case.grid.day(day + delay)
    told = sum(each.cases for each in published.cases if (each.group, each.booked, each.done) == cell)
    if _is_locked(model, day + delay):
        model.rule(done == told)
    if published.change_cost_per_case and told:
        missing = model.variable("changed_case", (len(model.changes),))
        model.changes.append(missing)
        model.lack(missing, published.change_cost_per_case)
        model.rule(missing >= told - done)


def _conserve_waiting(model: Model, flows: Flows, k: int) -> None:
    case = model.case
    for p in range(case.grid.periods):
        before = _before(model, flows.waiting, (k,), p, float(case.demand.waiting[k]))
        back = pulp.lpSum([flows.moved[k, u, -1, p] for u in range(len(case.units)) if (k, u, -1, p) in flows.moved])
        coming = float(case.demand.arrivals[k, p]) + electives_done(model, flows, k, p) + back
        going = [flows.admitted[k, u, p] for u in range(len(case.units)) if (k, u, p) in flows.admitted]
        going += [flows.moved[k, -1, u, p] for u in range(len(case.units)) if (k, -1, u, p) in flows.moved]
        if (k, p) in flows.diverted:
            going.append(flows.diverted[k, p])
        still = flows.waiting.get((k, p), 0.0)
        model.rule(pulp.lpSum(going) + still == float(case.demand.stays[k, p]) * before + coming)


def electives_done(model: Model, flows: Flows, k: int, p: int) -> pulp.LpAffineExpression:
    """Elective cases done in a period: all of a day's come in its first."""
    day, within = divmod(p, model.case.grid.periods_per_day)
    found = []
    for delay in range(0 if within else day + 1):
        if (k, day - delay, delay) in flows.done:
            found.append(flows.done[k, day - delay, delay])
    return pulp.lpSum(found)


def _conserve_present(model: Model, flows: Flows, k: int) -> None:
    case = model.case
    units = [u for u in range(len(case.units)) if case.can_care[k, u]]
    for u in units:
        for p in range(case.grid.periods):
            before = _before(model, flows.present, (k, u), p, float(case.demand.present[k, u]))
            coming = [flows.admitted[k, u, p]] if (k, u, p) in flows.admitted else []
            coming += [flows.moved[k, o, u, p] for o in (-1, *units) if (k, o, u, p) in flows.moved]
            leaving = [flows.moved[k, u, to, p] for to in (-1, *units) if (k, u, to, p) in flows.moved]
            staying = float(case.demand.stays[k, p]) * before
            model.rule(flows.present[k, u, p] == staying + pulp.lpSum(coming) - pulp.lpSum(leaving))


def _before(
    model: Model, variables: Variables, where: tuple[int, ...], p: int, start: float
) -> pulp.LpVariable | float:
    """Those of the period before; in a cycle the last period comes before the first."""
    if p > 0:
        return variables.get((*where, p - 1), 0.0)
    if model.case.grid.cyclic:
        return variables.get((*where, model.case.grid.periods - 1), 0.0)
    return start


def _limit_transfers(model: Model, flows: Flows) -> None:
    case, limit = model.case, model.case.scenario.transfers.per_site_per_day
    if limit is None:
        return
    for site in range(len(case.sites)):
        for day in range(case.grid.days):
            sent = []
            for (k, origin, target, p), moved in flows.moved.items():
                here = case.site_of_group[k] if origin == -1 else case.site_of_unit[origin]
                there = case.site_of_group[k] if target == -1 else case.site_of_unit[target]
                if here == site != there and p // case.grid.periods_per_day == day:
                    sent.append(moved)
            model.rule(pulp.lpSum(sent) <= limit)


def _limit_days_over_capacity(model: Model, flows: Flows) -> None:
    case, share = model.case, model.case.scenario.limits.days_over_capacity
    if share is None or not case.groups:
        return
    days = range(case.grid.committed_days)
    over = [model.variable("over", (day,), day=day, whole=True, upper=1.0) for day in days]
    for (k, p), waiting in flows.waiting.items():
        if p < case.grid.committed_periods:
            everybody = float(case.demand.census[k].sum() + case.demand.cases[k].sum())
            model.rule(waiting <= everybody * over[p // case.grid.periods_per_day])
    model.rule(pulp.lpSum(over) <= share * len(days))


def _add_bays(model: Model, flows: Flows) -> None:
    for u, (name, unit) in enumerate(model.case.scenario.units.items()):
        if unit.escalation is not None:
            opened_before = model.case.scenario.today.open_bays.get(name, 0)
            for bay in range(len(unit.escalation.bays)):
                _add_bay(model, flows, u, bay, unit.escalation, was_open=bay < opened_before)
            _open_with_bays(model, flows, u, len(unit.escalation.bays))


def _open_with_bays(model: Model, flows: Flows, u: int, bays: int) -> None:
    """A unit that has no beds but its bays is open as soon as one of them is."""
    for day in range(model.case.grid.days):
        if model.case.opens_by_bay[u, day]:
            flows.unit_open[u, day] = model.variable("unit_open", (u, day), upper=1.0)
            for bay in range(bays):
                model.rule(flows.unit_open[u, day] >= flows.open[u, bay, day])


def _add_bay(model: Model, flows: Flows, u: int, bay: int, terms: Escalation, *, was_open: bool) -> None:
    days = model.case.grid.days
    opening = []
    for day in range(days):
        shut, told = _is_shut(model, terms, bay, day), _told_open(model, u, bay, day)
        least, most = (told, told) if told is not None and _is_locked(model, day) else (0.0, 0.0 if shut else 1.0)
        flows.open[u, bay, day] = model.variable("open", (u, bay, day), day=day, whole=True, lower=least, upper=most)
        _price_bay(model, flows.open[u, bay, day], told, day)
        model.pay(flows.open[u, bay, day], terms.bay_day_cost(bay), day)
        early = timedelta(days=day) < terms.notice
        opening.append(model.variable("opening", (u, bay, day), upper=0.0 if early else 1.0))
        model.pay(opening[day], terms.opening_cost, day)
    for day in range(days):
        before = _before_day(model, flows, u, bay, day, was_open=was_open)
        model.rule(opening[day] >= flows.open[u, bay, day] - before)
        least = -(-terms.least_stay // timedelta(days=1))
        lately = [opening[day - back] for back in range(max(least, 1)) if day - back >= 0 or model.case.grid.cyclic]
        if not _is_shut(model, terms, bay, day):
            model.rule(pulp.lpSum(lately) <= flows.open[u, bay, day])
    longest = days if terms.longest_stay is None else terms.longest_stay // timedelta(days=1)
    for first in range(days if model.case.grid.cyclic and longest < days else days - longest):
        window = [flows.open[u, bay, day % days] for day in range(first, first + longest + 1)]
        model.rule(pulp.lpSum(window) <= longest)


def _is_shut(model: Model, terms: Escalation, bay: int, day: int) -> bool:
    today = model.case.grid.day(day)
    return any(each.bay == bay + 1 and each.first <= today <= each.last for each in terms.shut)


def _is_locked(model: Model, day: int) -> bool:
    published = model.case.scenario.today.published
    before = published.locked_before if published is not None else None
    return before is not None and model.case.grid.day(day) < before


def _told_open(model: Model, u: int, bay: int, day: int) -> float | None:
    """1 or 0 as the bay is published to be open or shut; None where bays are not published."""
    published, unit = model.case.scenario.today.published, list(model.case.scenario.units)[u]
    if published is None or published.bays is None:
        return None
    terms = model.case.scenario.units[unit].escalation
    told = any((each.unit, each.bay - 1, each.day) == (unit, bay, model.case.grid.day(day)) for each in published.bays)
    return float(told and terms is not None and not _is_shut(model, terms, bay, day))


def _price_bay(model: Model, is_open: pulp.LpVariable, told: float | None, day: int) -> None:
    published = model.case.scenario.today.published
    if (
        told is None
        or published is None
        or not published.change_cost_per_bay_day
        or day >= model.case.grid.committed_days
    ):
        return
    changed = model.variable("changed_bay", (len(model.changes),))
    model.changes.append(changed)
    model.lack(changed, published.change_cost_per_bay_day)
    model.rule(changed >= is_open - told)
    model.rule(changed >= told - is_open)


def _before_day(model: Model, flows: Flows, u: int, bay: int, day: int, *, was_open: bool) -> pulp.LpVariable | float:
    """Whether the bay is open on the day before; in a cycle the last day comes before the first."""
    if day > 0:
        return flows.open[u, bay, day - 1]
    if not model.case.grid.cyclic:
        return float(was_open)
    return flows.open.get((u, bay, model.case.grid.days - 1), 0.0)


def _add_overflow(model: Model, flows: Flows) -> None:
    for u, unit in enumerate(model.case.scenario.units.values()):
        if unit.overflow is None or model.case.scenario.service_level is not None:
            continue
        for day in range(model.case.grid.days):
            beds = model.variable("overflow", (u, day), day=day, whole=True, upper=unit.overflow.at_most)
            model.lack(beds, unit.overflow.cost_per_bed_day or 0.0)
            flows.overflow[u, day] = beds


def _fit_beds(model: Model, flows: Flows) -> None:
    case = model.case
    for u, unit in enumerate(case.scenario.units.values()):
        groups = [k for k in range(len(case.groups)) if case.can_care[k, u]]
        bays = unit.escalation.bays if unit.escalation else ()
        for p in range(case.grid.periods) if groups else ():
            day = p // case.grid.periods_per_day
            inside = pulp.lpSum([float(case.peaks[k, p]) * flows.present[k, u, p] for k in groups])
            more = pulp.lpSum([beds * flows.open[u, bay, day] for bay, beds in enumerate(bays)])
            beyond = flows.overflow.get((u, day), 0.0)
            model.rule(inside <= float(case.base_beds[u, day]) + more + beyond)
