"""Columns for devices: held by patients and moved between places, or serving requests by slots."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from optimizer.capacity.layout import Columns, DeviceColumns
from optimizer.expansion.case import Case
from optimizer.expansion.devices import at_start, device_needs, kept_in_store, requests
from optimizer.program import ABSENT, Bools, Floats, Ints


def add_device_columns(columns: Columns) -> DeviceColumns:
    """Everything decided about devices."""
    case = columns.case
    kinds = list(case.scenario.devices.values())
    needs = device_needs(case)
    held = _add_held(columns, needs)
    fleet = np.array(
        [sum(kind.owned.values()) + (kind.rent.at_most if kind.rent else 0) for kind in kinds], dtype=np.float64
    )
    is_held = np.array([kind.serving is None for kind in kinds], dtype=np.bool_)
    day, periods = case.grid.day_of_period, case.grid.periods
    at_site = np.arange(len(case.sites))[:, None]
    stores = np.broadcast_to(is_held[:, None, None], (len(kinds), len(case.sites), periods))
    kept = kept_in_store(case)
    # More kept free than there are devices is a rule that can't be met, not a program that can't be built.
    most = np.maximum(fleet[:, None, None], kept)
    stored = columns.add("stored", stores, day=day, lower=kept, upper=most, site=at_site)
    sent, returned, shipped = _add_moves(columns, held, fleet)
    rented = _add_rented(columns)
    short = _add_short(columns, needs)
    return DeviceColumns(held, stored, sent, returned, shipped, rented, short, *_add_serving(columns))


def _units(case: Case) -> Ints:
    """Unit numbers as the middle axis of (V, U, P)."""
    return np.arange(len(case.units), dtype=np.int32)[:, None]


def _add_held(columns: Columns, needs: Floats) -> Ints:
    case = columns.case
    start, _ = at_start(case)
    fleet = np.array(
        [sum(k.owned.values()) + (k.rent.at_most if k.rent else 0) for k in case.scenario.devices.values()]
    )
    somewhere = (needs.sum(axis=2) > 0) | (start > 0)
    where = np.repeat(somewhere[:, :, None], case.grid.periods, axis=2)
    where &= np.array([k.serving is None for k in case.scenario.devices.values()], dtype=np.bool_)[:, None, None]
    return columns.add(
        "held", where, day=case.grid.day_of_period, upper=fleet[:, None, None], integer=True, unit=_units(case)
    )


def _add_moves(columns: Columns, held: Ints, fleet: Floats) -> tuple[Ints, Ints, Ints]:
    """Store to unit, unit to store, and store to store; a move is priced when it leaves a store."""
    case = columns.case
    day = case.grid.day_of_period
    kinds = list(case.scenario.devices.values())
    moves = np.array([kind.moves for kind in kinds], dtype=np.bool_)
    cost = np.array([kind.move_cost for kind in kinds])
    reach = (held != ABSENT) & moves[:, None, None]
    most, unit = fleet[:, None, None], _units(case)
    sent = columns.add(
        "sent", reach, day=day, upper=most, cost=cost[:, None, None], integer=True, item="devices.moves", unit=unit
    )  # fmt: skip
    returned = columns.add("returned", reach, day=day, upper=most, integer=True, unit=unit)
    sites = len(case.sites)
    between = ~np.eye(sites, dtype=np.bool_) & _in_reach(case)
    movable = moves & np.array([kind.serving is None for kind in kinds], dtype=np.bool_)
    pairs = np.repeat((movable[:, None, None] & between)[..., None], case.grid.periods, axis=3)
    shipped = columns.add(
        "shipped", pairs, day=day, upper=most[..., None], cost=cost[:, None, None, None], integer=True,
        item="devices.moves", site=np.arange(sites)[:, None, None],
    )  # fmt: skip
    return sent, returned, shipped


def _in_reach(case: Case) -> Bools:
    """(H, H) whether devices may go from one site to the other: wherever a distance is known, within the limit."""
    return ~np.isnan(case.kilometres)


def _add_rented(columns: Columns) -> Ints:
    case = columns.case
    terms = [kind.rent for kind in case.scenario.devices.values()]
    day, per_day = case.grid.day_of_period, case.grid.periods_per_day
    notice = np.array([each.notice / timedelta(days=1) if each else 0.0 for each in terms])
    where = np.array([each is not None for each in terms], dtype=np.bool_)[:, None, None]
    where = np.repeat(np.repeat(where, len(case.sites), axis=1), case.grid.periods, axis=2)
    most = np.array([float(each.at_most) if each else 0.0 for each in terms])
    price = np.array([each.cost_per_day / per_day if each else 0.0 for each in terms])
    upper = np.where(day[None, :] >= notice[:, None], most[:, None], 0.0)
    return columns.add(
        "rented",
        where,
        day=day,
        upper=upper[:, None, :],
        cost=price[:, None, None],
        integer=True,
        item="devices.rent",
        site=np.arange(len(case.sites))[:, None],
    )


def _add_short(columns: Columns, needs: Floats) -> Ints:
    case = columns.case
    kinds = list(case.scenario.devices.values())
    soft = np.array([not kind.hard and case.scenario.service_level is None for kind in kinds], dtype=np.bool_)
    where = np.repeat(((needs.sum(axis=2) > 0) & soft[:, None])[..., None], case.grid.periods, axis=2)
    price = np.array([(kind.short_cost_per_day or 0.0) / case.grid.periods_per_day for kind in kinds])
    most = np.ceil(needs @ (case.most_present * case.peaks.max(axis=1, initial=1.0)))
    return columns.add(
        "short_device", where, day=case.grid.day_of_period, upper=most[:, :, None], cost=price[:, None, None],
        item="devices.short", unit=_units(case),
    )  # fmt: skip


def _add_serving(columns: Columns) -> tuple[Ints, Ints, Ints]:
    case = columns.case
    day, per_day, periods = case.grid.day_of_period, case.grid.periods_per_day, case.grid.periods
    terms = [kind.serving for kind in case.scenario.devices.values()]
    wants = requests(case)
    total = (
        wants.sum(axis=2)
        + np.array([case.scenario.today.backlog.get(name, 0.0) for name in case.scenario.devices])[:, None]
    )
    asked = np.array(
        [[each is not None and total[v, k] > 0 for k in range(len(case.groups))] for v, each in enumerate(terms)]
    )
    where = np.repeat(asked.reshape(len(terms), len(case.groups))[..., None], periods, axis=2).astype(np.bool_)
    served = columns.add("served", where, day=day, upper=total[..., None])
    waiting = np.array([(each.backlog_cost_per_day or 0.0) / per_day if each else 0.0 for each in terms])
    final = np.array([each.final_backlog_cost if each else 0.0 for each in terms])
    price = waiting[:, None] + final[:, None] * (np.arange(periods) == periods - 1)
    backlog = columns.add(
        "backlog", where, day=day, upper=total[..., None], cost=price[:, None, :], item="services.backlog"
    )
    most = np.array([each.extra_slots_per_day if each else 0.0 for each in terms])
    cost = np.array([each.extra_slot_cost if each else 0.0 for each in terms])
    more = np.repeat((most > 0)[:, None], periods, axis=1)
    extra = columns.add("extra_slots", more, day=day, upper=most[:, None], cost=cost[:, None], item="services.extra")
    return served, backlog, extra
