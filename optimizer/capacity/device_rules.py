"""Rules about devices: need, balance of stock, and requests served by slots."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from optimizer.capacity.terms import Rows, earlier
from optimizer.expansion.devices import at_start, device_needs, initial_backlog, requests, slots
from optimizer.program import ABSENT, Ints, Term


def patients_have_their_devices(rows: Rows) -> None:
    """Devices held at a unit + short >= devices its patients need at the day's peak."""
    case, d, p = rows.case, rows.layout.devices, rows.layout.patients
    needs = device_needs(case)
    where = needs.sum(axis=2) > 0
    kinds, units = np.nonzero(where)
    weights = -needs[kinds, units][:, None, :] * case.peaks.T[None]
    rows.builder.add_rows(
        "patients have their devices",
        (len(kinds), case.grid.periods),
        [Term(d.held[where]), Term(d.short[where]), Term(np.moveaxis(p.present, 0, -1)[units], weights)],
        lower=0.0,
    )


def devices_at_units_are_conserved(rows: Rows) -> None:
    """Held now = held before + arrived from the store - returned to it; on the way nobody holds them."""
    case, d = rows.case, rows.layout.devices
    start, _ = at_start(case)
    for kind, terms in enumerate(case.scenario.devices.values()):
        where = (d.held[kind] != ABSENT).any(axis=-1)
        if not where.any():
            continue
        lag = _lag(rows, terms.move_time)
        first = np.zeros((int(where.sum()), case.grid.periods))
        first[:, 0] = start[kind][where]
        rows.builder.add_rows(
            "devices at units are conserved",
            first.shape,
            [
                Term(d.held[kind][where]),
                Term(earlier(d.held[kind])[where], -1.0),
                Term(_arriving(d.sent[kind], lag)[where], -1.0),
                Term(d.returned[kind][where]),
            ],
            lower=first,
            upper=first,
        )


def devices_in_stores_are_conserved(rows: Rows) -> None:
    """In store now = before + returned + arrived from other sites + rented more - sent - shipped - rented back."""
    case, d = rows.case, rows.layout.devices
    _, start = at_start(case)
    for kind, terms in enumerate(case.scenario.devices.values()):
        if terms.serving is not None:
            continue
        lag = _lag(rows, terms.move_time)
        first = np.zeros((len(case.sites), case.grid.periods))
        first[:, 0] = start[kind]
        units = _units_by_site(rows)
        rows.builder.add_rows(
            "devices in stores are conserved",
            first.shape,
            [
                Term(d.stored[kind]),
                Term(earlier(d.stored[kind]), -1.0),
                Term(_gather(d.returned[kind], units), -1.0),
                Term(_gather(d.sent[kind], units)),
                Term(np.moveaxis(d.shipped[kind], 1, -1)),
                Term(np.moveaxis(_arriving(d.shipped[kind], lag), 0, -1), -1.0),
                Term(d.rented[kind], -1.0),
                Term(earlier(d.rented[kind])),
            ],
            lower=first,
            upper=first,
        )


def requests_are_served_or_wait(rows: Rows) -> None:
    """Waiting now = waiting before + requests - served."""
    case, d = rows.case, rows.layout.devices
    where = (d.backlog != ABSENT).any(axis=-1)
    wants = requests(case)[where]
    if len(wants):
        wants[:, 0] += initial_backlog(case)[where]
        rows.builder.add_rows(
            "requests are served or wait",
            wants.shape,
            [Term(d.backlog[where]), Term(earlier(d.backlog)[where], -1.0), Term(d.served[where])],
            lower=wants,
            upper=wants,
        )


def slots_are_enough(rows: Rows) -> None:
    """Served in a day + slots that its elective cases take <= the day's slots + extra slots, which are limited."""
    case, d = rows.case, rows.layout.devices
    per_day = (case.grid.days, case.grid.periods_per_day)
    capacity = slots(case).reshape(-1, *per_day).sum(axis=2)
    done = np.moveaxis(_electives_by_day(rows), 1, -1)
    for kind, terms in enumerate(case.scenario.devices.values()):
        if terms.serving is not None:
            each = np.array([terms.serving.per_elective.get(name, 0.0) for name in case.groups])
            weights = np.broadcast_to(each, done.shape).reshape(case.grid.days, -1)
            served = np.moveaxis(d.served[kind].reshape(-1, *per_day), 0, -1).reshape(case.grid.days, -1)
            extra = d.extra[kind].reshape(per_day)
            used = [Term(served), Term(extra, -1.0), Term(done.reshape(case.grid.days, -1), weights)]
            rows.builder.add_rows("slots are enough", (case.grid.days,), used, upper=capacity[kind])
            limit = terms.serving.extra_slots_per_day
            rows.builder.add_rows("slots are enough", (case.grid.days,), [Term(extra)], upper=limit)


def rented_devices_are_limited(rows: Rows) -> None:
    """At most so many of a kind are rented at once, over all sites."""
    for kind, terms in enumerate(rows.case.scenario.devices.values()):
        if terms.rent is not None and len(rows.case.sites) > 1:
            rented = rows.layout.devices.rented[kind].T
            rows.builder.add_rows(
                "rented devices are limited", (len(rented),), [Term(rented)], upper=terms.rent.at_most
            )


def _lag(rows: Rows, move_time: timedelta) -> int:
    return int(move_time / timedelta(days=1)) * rows.case.grid.periods_per_day


def _arriving(columns: Ints, lag: int) -> Ints:
    return earlier(columns, by=lag) if lag else columns


def _units_by_site(rows: Rows) -> list[list[int]]:
    sites = rows.case.site_of_unit
    return [[int(unit) for unit in np.flatnonzero(sites == site)] for site in range(len(rows.case.sites))]


def _gather(columns: Ints, lists: list[list[int]]) -> Ints:
    """(U, P) columns as (rows, P, most), one row for each list of units."""
    width = max((len(each) for each in lists), default=0)
    found = np.full((len(lists), columns.shape[-1], width), ABSENT, dtype=np.int32)
    for row, each in enumerate(lists):
        found[row, :, : len(each)] = columns[each].T
    return found


def _electives_by_day(rows: Rows) -> Ints:
    """(D, K, delays) elective cases done on each day."""
    treated = rows.layout.patients.treated
    shifted = [
        earlier(treated[..., delay], by=delay) if delay else treated[..., 0] for delay in range(treated.shape[-1])
    ]
    return np.moveaxis(np.stack(shifted, axis=-1), 0, 1)
