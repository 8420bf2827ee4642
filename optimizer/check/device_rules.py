"""Devices recounted: held by patients, in stores, on the way, rented; and requests served by slots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from optimizer.check.findings import Broken, above, differ
from optimizer.check.patient_rules import before_each, sites_in_reach
from optimizer.check.plan import DeviceMoves, Plan
from optimizer.check.recount import Recount, later
from optimizer.expansion.case import Case
from optimizer.expansion.devices import at_start, device_needs, initial_backlog, kept_in_store, requests, slots
from optimizer.expansion.grid import Bools, Floats
from optimizer.scenario.devices import Device

_DAY = timedelta(days=1)


def patients_have_their_devices(recount: Recount) -> Iterator[Broken]:
    """Devices held at a unit + short >= devices its patients need at the period's peak."""
    plan, case = recount.plan, recount.case
    needs, label = device_needs(case), plan.names.place("device", "unit", "period")
    soft = np.array([not kind.hard and case.scenario.service_level is None for kind in _kinds(case)], dtype=np.bool_)
    may_lack = soft[:, None] & (needs.sum(axis=2) > 0)
    there = plan.held + plan.short_devices * may_lack[..., None]
    yield from above(needed(recount), there, label, "{left} needed > {right} held or short")
    yield from above(plan.short_devices * ~may_lack[..., None], 0.0, label, "{left} short where none may be")


def device_needs_add_up(recount: Recount) -> Iterator[Broken]:
    """Devices needed are those that the patients present need."""
    said = recount.plan.cells["devices"].dense("needed").reshape(recount.plan.held.shape)
    label = recount.plan.names.place("device", "unit", "period")
    yield from differ(said, needed(recount), label, "says {left} needed, recounted {right}")


def devices_at_units_are_conserved(recount: Recount) -> Iterator[Broken]:
    """Held now = held before + arrived from the store - returned to it; on the way nobody holds them."""
    plan, case = recount.plan, recount.case
    held = before_each(plan.held, at_start(case)[0], cyclic=False)
    sent, returned, _ = _moves(plan)
    expected = (held + _arriving(case, sent) - returned) * _is_held(case)[:, None, None]
    label = plan.names.place("device", "unit", "period")
    yield from differ(plan.held, expected, label, "{left} held, moves leave {right}")


def devices_in_stores_are_conserved(recount: Recount) -> Iterator[Broken]:
    """In store = before + returned + arrived from other sites + rented more - sent - shipped - rented back."""
    plan, case = recount.plan, recount.case
    sent, returned, shipped = _moves(plan)
    by_site = (np.arange(len(case.sites))[:, None] == case.site_of_unit).astype(np.float64)
    came = np.einsum("hu,vup->vhp", by_site, returned - sent) + _arriving(case, shipped).sum(axis=1)
    rented = plan.rented - before_each(plan.rented, np.zeros(plan.rented.shape[:2]), cyclic=False)
    before = before_each(plan.stored, at_start(case)[1], cyclic=False)
    expected = (before + came - shipped.sum(axis=2) + rented) * _is_held(case)[:, None, None]
    label = plan.names.place("device", "site", "period")
    yield from differ(plan.stored, expected, label, "{left} in store, moves leave {right}")


def devices_move_where_they_may(recount: Recount) -> Iterator[Broken]:
    """Devices that move go between a unit and its site's store, or between sites within distance."""
    plan, moves = recount.plan, recount.plan.device_moves
    astray = np.where(_may_move(plan, moves), 0.0, moves.devices)
    cells = plan.cells["device_moves"]
    yield from above(astray, 0.0, lambda row: cells.at(row, plan.names), "{left} devices moved where they may not go")


def reserve_is_kept(recount: Recount) -> Iterator[Broken]:
    """Each site's store keeps its reserve, and what is broken."""
    plan, case = recount.plan, recount.case
    least = kept_in_store(case) * _is_held(case)[:, None, None]
    label = plan.names.place("device", "site", "period")
    yield from above(least, plan.stored, label, "{right} in store, {left} are to be kept")


def rent_keeps_its_terms(recount: Recount) -> Iterator[Broken]:
    """Devices are rented only where there are terms, at most so many in all, and not inside the notice."""
    plan, case = recount.plan, recount.case
    rents = [kind.rent for kind in _kinds(case)]
    most = np.array([float(each.at_most) if each else 0.0 for each in rents])
    notice = np.array([each.notice / _DAY if each else 0.0 for each in rents])
    limit = np.where(case.grid.day_of_period >= notice[:, None], most[:, None], 0.0)
    yield from above(
        plan.rented.sum(axis=1), limit, plan.names.place("device", "period"), "{left} rented > {right} allowed"
    )


def requests_are_served_or_wait(recount: Recount) -> Iterator[Broken]:
    """Waiting now = waiting before + requests - served."""
    plan, case = recount.plan, recount.case
    wants, label = requests(case), plan.names.place("device", "group", "period")
    before = before_each(plan.backlog, initial_backlog(case), cyclic=False)
    yield from differ(plan.backlog, before + wants - plan.served, label, "{left} waiting, requests leave {right}")
    said = plan.cells["services"].dense("requests").reshape(wants.shape)
    yield from differ(said, wants, label, "says {left} requests, given {right}")


def slots_are_enough(recount: Recount) -> Iterator[Broken]:
    """Served in a day + slots its elective cases take <= the day's slots + extra slots, which are limited."""
    plan, case = recount.plan, recount.case
    serving, label = [kind.serving for kind in _kinds(case)], plan.names.place("device", "day")
    takes = [[each.per_elective.get(group, 0.0) if each else 0.0 for group in case.groups] for each in serving]
    electives = np.array(takes, dtype=np.float64).reshape(len(serving), len(case.groups)) @ plan.cases_done
    used, there, extra = (
        each.reshape(len(serving), case.grid.days, case.grid.periods_per_day).sum(axis=2)
        for each in (plan.served.sum(axis=1) + electives, slots(case), plan.extra_slots)
    )
    yield from above(used, there + extra, label, "{left} slots used > {right} there are")
    most = np.array([each.extra_slots_per_day if each else 0.0 for each in serving])
    yield from above(extra, most[:, None], label, "{left} extra slots > {right} allowed")


def needed(recount: Recount) -> Floats:
    """(V, U, P) devices that patients need at the period's peak."""
    present = recount.plan.present * recount.case.peaks[:, None, :]
    return np.asarray(np.einsum("vuk,kup->vup", device_needs(recount.case), present))


def leaves_a_store(plan: Plan) -> Bools:
    """(N,) whether each move of devices leaves a store, where it is priced."""
    return np.asarray(plan.device_moves.origin >= len(plan.case.units))


def _moves(plan: Plan) -> tuple[Floats, Floats, Floats]:
    """(V, U, P) sent to units and returned from them, and (V, H, H, P) shipped between sites."""
    moves, units, sites = plan.device_moves, len(plan.case.units), len(plan.case.sites)
    sent, returned = np.zeros((2, *plan.held.shape))
    shipped = np.zeros((len(plan.held), sites, sites, plan.held.shape[-1]))
    from_store, to_store = leaves_a_store(plan), moves.target >= units
    out, back, across = from_store & ~to_store, ~from_store & to_store, from_store & to_store
    np.add.at(sent, (moves.kind[out], moves.target[out], moves.period[out]), moves.devices[out])
    np.add.at(returned, (moves.kind[back], moves.origin[back], moves.period[back]), moves.devices[back])
    places = (moves.kind[across], moves.origin[across] - units, moves.target[across] - units, moves.period[across])
    np.add.at(shipped, places, moves.devices[across])
    return sent, returned, shipped


def _may_move(plan: Plan, moves: DeviceMoves) -> Bools:
    case, units = plan.case, len(plan.case.units)
    site_of = np.concatenate((case.site_of_unit, np.arange(len(case.sites))))
    origin, target = site_of[moves.origin], site_of[moves.target]
    from_unit, to_unit = moves.origin < units, moves.target < units
    near = (origin == target) & (from_unit != to_unit)
    far = ~from_unit & ~to_unit & (origin != target) & sites_in_reach(case)[origin, target]
    movable = np.array([kind.moves and kind.serving is None for kind in _kinds(case)], dtype=np.bool_)
    return np.asarray((near | far) & movable[moves.kind])


def _arriving(case: Case, moves: Floats) -> Floats:
    """Devices (V, ..., P) by the period in which they arrive."""
    arriving = np.zeros(moves.shape)
    for number, kind in enumerate(_kinds(case)):
        lag = int(kind.move_time / _DAY) * case.grid.periods_per_day
        arriving[number] = later(moves[number], lag, cyclic=False)
    return arriving


def _kinds(case: Case) -> list[Device]:
    return list(case.scenario.devices.values())


def _is_held(case: Case) -> Floats:
    return np.array([float(kind.serving is None) for kind in _kinds(case)])
