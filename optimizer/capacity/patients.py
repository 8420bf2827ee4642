"""Columns for patients: where everybody is, elective cases, moves and diversions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.layout import Columns, PatientColumns, Route
from optimizer.expansion.case import Case
from optimizer.expansion.demand import elective_days
from optimizer.program import Bools, Floats, Ints
from optimizer.scenario.patients import Elective

HOLDING: Final = -1


def add_patient_columns(columns: Columns) -> PatientColumns:
    """Waiting, admitted, present, moved, diverted and the elective list."""
    case = columns.case
    day, most = case.grid.day_of_period, case.most_present
    groups = list(case.scenario.patients.values())
    whole = np.array([group.whole for group in groups], dtype=np.bool_)
    boarding = np.array([group.boarding_cost_per_day or 0.0 for group in groups]) / case.grid.periods_per_day
    everyone = np.ones((len(groups), case.grid.periods), dtype=np.bool_)
    may_wait = everyone & (case.scenario.service_level is None)
    waiting = columns.add(
        "waiting", may_wait, day=day, upper=most[:, None], cost=boarding[:, None],
        integer=whole[:, None], item="patients.boarded", site=case.site_of_group[:, None],
    )  # fmt: skip
    units = np.arange(len(case.units))[:, None]
    beside = everyone[:, None, :] & case.can_care[:, :, None]
    outlying = case.outlying / case.grid.periods_per_day
    present = columns.add(
        "present", beside, day=day, upper=most[:, None, None], cost=outlying[:, :, None],
        integer=whole[:, None, None], item="patients.outliers", unit=units,
    )  # fmt: skip
    same_site = case.site_of_group[:, None] == case.site_of_unit[None, :]
    admitted = columns.add(
        "admitted", beside & same_site[:, :, None], day=day, upper=most[:, None, None], unit=units
    )  # fmt: skip
    diverted = _add_diverted(columns, everyone)
    routes = _routes(case)
    moved = _add_moved(columns, routes, most)
    treated, cancelled, left = _add_electives(columns)
    return PatientColumns(
        waiting, diverted, admitted, present, routes, moved, treated, cancelled, left, _add_over(columns)
    )


def first_home_of_known_total(case: Case) -> NDArray[np.int64]:
    """(K,) first home of each group whose total no decision changes (nobody diverted, no elective list); else -1."""
    homes = np.full(len(case.groups), -1)
    for row, group in enumerate(case.scenario.patients.values()):
        steady = not case.grid.cyclic or not case.demand.stays[row].any()
        if steady and group.divert is None and group.elective is None and case.at_home[row].any():
            homes[row] = int(np.argmax(case.at_home[row]))
    return homes


def _add_diverted(columns: Columns, everyone: Bools) -> Ints:
    terms = [group.divert for group in columns.case.scenario.patients.values()]
    most = np.array([each.at_most_per_day if each else 0.0 for each in terms])
    cost = np.array([each.cost_per_patient if each else 0.0 for each in terms])
    allowed = everyone & np.array([each is not None for each in terms], dtype=np.bool_)[:, None]
    return columns.add(
        "diverted", allowed, day=columns.case.grid.day_of_period, upper=most[:, None], cost=cost[:, None],
        item="patients.diverted", site=columns.case.site_of_group[:, None],
    )  # fmt: skip


def _routes(case: Case) -> tuple[Route, ...]:
    """Every move a patient group may make, with its price: within a site, and to sites within the distance."""
    found = []
    for group in range(len(case.groups)):
        able = np.flatnonzero(case.can_care[group])
        for target in able:
            here = int(case.site_of_unit[target])
            if here != case.site_of_group[group]:
                found.append(_route(case, group, HOLDING, int(target)))
            found.extend(_route(case, group, int(origin), int(target)) for origin in able if origin != target)
        found.extend(_losing_beds(case, group))
    return tuple(route for route in found if route is not None)


def _losing_beds(case: Case, group: int) -> Iterator[Route]:
    """Back to the holding area at the price of a boarded day, as happens where beds close under patients."""
    terms = list(case.scenario.patients.values())[group]
    price = None if case.scenario.service_level is not None else terms.boarding_cost_per_day or 0.0
    for unit in np.flatnonzero(case.can_care[group]):
        if price is not None and case.site_of_unit[unit] == case.site_of_group[group]:
            yield Route(group, int(unit), HOLDING, price, between_sites=False)


def _route(case: Case, group: int, origin: int, target: int) -> Route | None:
    terms = case.scenario.transfers
    start = int(case.site_of_group[group] if origin == HOLDING else case.site_of_unit[origin])
    end = int(case.site_of_unit[target])
    if start == end:
        within = terms.within_site_cost
        return None if within is None else Route(group, origin, target, within, between_sites=False)
    km = float(case.kilometres[start, end])
    if math.isnan(km):
        return None
    return Route(group, origin, target, terms.cost + km * terms.cost_per_km, between_sites=True)


def _add_moved(columns: Columns, routes: tuple[Route, ...], most: Floats) -> Ints:
    cost = np.array([route.cost for route in routes])
    upper = np.array([most[route.group] for route in routes])
    where = np.ones((len(routes), columns.case.grid.periods), dtype=np.bool_)
    return columns.add(
        "moved",
        where,
        day=columns.case.grid.day_of_period,
        upper=upper[:, None],
        cost=cost[:, None],
        item="patients.moved",
        unit=np.array([route.target if route.origin == HOLDING else route.origin for route in routes], dtype=np.int32)[
            :, None
        ],
    )


def _add_electives(columns: Columns) -> tuple[Ints, Ints, Ints]:
    """`treated` by day booked and delay, `cancelled` and `left` by day booked."""
    cases = columns.case.demand.cases
    lists = [group.elective for group in columns.case.scenario.patients.values()]
    whole, days = (cases == np.round(cases)).all(axis=1, keepdims=True), np.arange(columns.case.grid.days)
    price = np.array([each.cancel_cost or 0.0 if each else 0.0 for each in lists])
    backlog = np.array([each.backlog_cost if each else 0.0 for each in lists])
    movable = np.array([each is not None and not each.protected for each in lists], dtype=np.bool_)
    priced = np.array([each is not None and each.cancel_cost is not None for each in lists], dtype=np.bool_)
    treated = _add_treated(columns, lists, whole)
    cancelled = columns.add(
        "cancelled", (movable & priced)[:, None] & (cases > 0), day=days, upper=cases, cost=price[:, None],
        integer=whole, item="electives.cancelled",
    )  # fmt: skip
    left = columns.add(
        "left", movable[:, None] & (cases > 0), day=days, upper=cases, cost=backlog[:, None], item="electives.backlog"
    )
    return treated, cancelled, left


def _add_treated(columns: Columns, lists: list[Elective | None], whole: Bools) -> Ints:
    """(K, D, delays) cases booked for a day done so many days later."""
    cases, days = columns.case.demand.cases, np.arange(columns.case.grid.days)
    allowed = np.array([_delays(each) if each else -1 for each in lists], dtype=np.int64)
    delay = np.arange(int(allowed.max(initial=0)) + 1)
    in_time = (delay <= allowed[:, None])[:, None, :] & (days[:, None] + delay < len(days))
    in_time &= by_delay(elective_days(columns.case.scenario, columns.case.grid)[:, None, :], len(delay)) > 0
    per_day = np.array([each.postpone_cost_per_day if each else 0.0 for each in lists])
    least, most = _told(columns.case, len(delay))
    return columns.add(
        "treated", in_time & (cases > 0)[:, :, None], day=days[:, None], lower=least, upper=most,
        cost=per_day[:, None, None] * delay, integer=whole[:, :, None], item="electives.postponed",
    )  # fmt: skip


def _told(case: Case, delays: int) -> tuple[Floats, Floats]:
    """(K, D, delays) least and most: as published where the published plan is locked."""
    booked = np.broadcast_to(case.demand.cases[:, :, None], (*case.demand.cases.shape, delays))
    if case.told is None or case.told.cases is None:
        return np.zeros(booked.shape), booked
    locked, cases = by_delay(case.told.locked[None, None, :], delays) > 0, by_delay(case.told.cases, delays)
    return np.where(locked, cases, 0.0), np.where(locked, cases, booked)


def by_delay(figures: NDArray[np.generic], delays: int) -> Floats:
    """(K, D or 1, D) figures by day booked and day done as (K, D, delays), by days done later; 0 past the end."""
    days = np.arange(figures.shape[-1])
    done = days[:, None] + np.arange(delays)
    rows = days[:, None] if figures.shape[1] > 1 else 0
    found = figures[:, rows, np.minimum(done, len(days) - 1)]
    return np.where(done < len(days), found.astype(np.float64), 0.0)


def _delays(elective: Elective) -> int:
    return 0 if elective.protected else elective.postpone_at_most_days


def _add_over(columns: Columns) -> Ints:
    """Whether anybody is boarded on a day, where the share of such days is limited."""
    days = np.arange(columns.case.grid.days)
    limited = columns.case.scenario.limits.days_over_capacity is not None
    where = (days < columns.case.grid.committed_days) & limited
    return columns.add("over", where, day=days, upper=1.0, integer=True)
