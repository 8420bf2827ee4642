"""What patients need of devices, where devices stand at the start, and the requests that devices serve."""

from __future__ import annotations

from datetime import date

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.demand import per_period
from optimizer.expansion.grid import Floats
from optimizer.scenario.horizon import WEEKDAYS


def device_needs(case: Case) -> Floats:
    """(V, U, K) devices held for each patient of group K present in unit U."""
    needs = np.zeros((len(case.scenario.devices), len(case.units), len(case.groups)))
    for row, kind in enumerate(case.scenario.devices.values()):
        for name, each in kind.need.items():
            group = case.groups.index(name)
            needs[row, :, group] = each * case.can_care[group]
        for name, each in kind.need_at.items():
            unit = case.units.index(name)
            needs[row, unit] = each * case.can_care[:, unit]
    return needs


def at_start(case: Case) -> tuple[Floats, Floats]:
    """(V, U) devices at each unit and (V, H) in each site's store before the first period."""
    at_units = np.zeros((len(case.scenario.devices), len(case.units)))
    in_stores = np.zeros((len(case.scenario.devices), len(case.sites)))
    for row, (name, kind) in enumerate(case.scenario.devices.items()):
        for place, count in case.scenario.today.devices.get(name, kind.owned).items():
            if place in case.units:
                at_units[row, case.units.index(place)] += count
            else:
                in_stores[row, case.sites.index(place)] += count
    return at_units, in_stores


def requests(case: Case) -> Floats:
    """(V, K, P) requests for devices that work by slots, elective cases not among them."""
    wants = np.zeros((len(case.scenario.devices), len(case.groups), case.grid.periods))
    for row, kind in enumerate(case.scenario.devices.values()):
        if kind.serving is not None:
            for name, figures in kind.serving.per_day.items():
                wants[row, case.groups.index(name)] += per_period(figures, case.grid) / case.grid.periods_per_day
            for name, share in kind.serving.per_arrival.items():
                group = case.groups.index(name)
                wants[row, group] += share * case.demand.arrivals[group]
    return wants


def slots(case: Case) -> Floats:
    """(V, P) requests each kind can serve without extra slots."""
    weekdays = [case.grid.weekday(int(day)) for day in case.grid.day_of_period]
    capacity = np.zeros((len(case.scenario.devices), case.grid.periods))
    for row, kind in enumerate(case.scenario.devices.values()):
        if kind.serving is not None:
            works = np.array([not kind.serving.days or WEEKDAYS[day] in kind.serving.days for day in weekdays])
            each = kind.serving.slots_per_day / case.grid.periods_per_day
            broken = out_of_use(case)[row].sum(axis=0)
            capacity[row] = works * each * np.maximum(sum(kind.owned.values()) - broken, 0.0)
    return capacity


def out_of_use(case: Case) -> Floats:
    """(V, H, P) devices broken, by the site in whose store they stand."""
    grid = case.grid
    found = np.zeros((len(case.scenario.devices), len(case.sites), grid.periods))
    for row, kind in enumerate(case.scenario.devices.values()):
        for each in kind.broken:
            days = [each.first <= grid.day(day) <= (each.last or date.max) for day in range(grid.days)]
            site = case.sites.index(each.site) if each.site else 0
            found[row, site] += each.devices * np.repeat(days, grid.periods_per_day)
    return found


def kept_in_store(case: Case) -> Floats:
    """(V, H, P) devices that nobody may hold: each site's reserve, and what is broken."""
    kinds = case.scenario.devices.values()
    least = [max(kind.reserve, np.floor(kind.reserve_share * sum(kind.owned.values()))) for kind in kinds]
    return np.asarray(out_of_use(case) + np.array(least, dtype=np.float64).reshape(-1, 1, 1))


def initial_backlog(case: Case) -> Floats:
    """(V, K) requests waiting before the first period, shared over the groups that ask (the first where none does)."""
    wants = requests(case).sum(axis=2)
    total = np.array([case.scenario.today.backlog.get(name, 0.0) for name in case.scenario.devices])
    asked = wants.sum(axis=1, keepdims=True)
    first = np.zeros_like(wants)
    first[:, :1] = 1.0
    share = np.where(asked > 0, wants / np.where(asked > 0, asked, 1.0), first)
    return np.asarray(share * total[:, None])
