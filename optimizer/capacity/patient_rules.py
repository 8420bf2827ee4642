"""Rules about patients and beds. Each is one function that adds its rows; `rules.RULES` lists them with their names."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from optimizer.capacity.patients import HOLDING
from optimizer.capacity.terms import Rows, earlier
from optimizer.expansion.beds import shut_bays
from optimizer.program import ABSENT, Ints, Term


def waiting_patients_are_conserved(rows: Rows) -> None:
    """Waiting now = still waiting + arrivals + back from units - admitted - diverted - moved to another site."""
    case, p = rows.case, rows.layout.patients
    arrivals = case.demand.arrivals.copy()
    if not case.grid.cyclic:
        arrivals[:, 0] += case.demand.stays[:, 0] * case.demand.waiting
    gone, back = _moves_of_holding(rows)
    rows.builder.add_rows(
        "waiting patients are conserved",
        p.waiting.shape,
        [
            Term(p.waiting),
            Term(earlier(p.waiting, cyclic=case.grid.cyclic), -case.demand.stays),
            Term(np.moveaxis(p.admitted, 1, -1)),
            Term(p.diverted),
            Term(gone),
            Term(back, -1.0),
            Term(_electives_done(rows), -1.0),
        ],
        lower=arrivals,
        upper=arrivals,
    )


def present_patients_are_conserved(rows: Rows) -> None:
    """Present now = those still there + admitted + moved in - moved out."""
    case, p = rows.case, rows.layout.patients
    at_start = np.zeros(p.present.shape)
    if not case.grid.cyclic:
        at_start[:, :, 0] = case.demand.stays[:, :1] * case.demand.present
    moved_in, moved_out = _moves_by_unit(rows)
    cared_for = (p.present != ABSENT).any(axis=-1)
    rows.builder.add_rows(
        "present patients are conserved",
        (int(cared_for.sum()), case.grid.periods),
        [
            Term(p.present[cared_for]),
            Term(
                earlier(p.present, cyclic=case.grid.cyclic)[cared_for],
                -np.broadcast_to(case.demand.stays[:, None, :], p.present.shape)[cared_for],
            ),
            Term(p.admitted[cared_for], -1.0),
            Term(moved_in[cared_for], -1.0),
            Term(moved_out[cared_for]),
        ],
        lower=at_start[cared_for],
        upper=at_start[cared_for],
    )


def elective_cases_are_conserved(rows: Rows) -> None:
    """Booked = done on its day or later + cancelled + left for after the horizon."""
    case, p = rows.case, rows.layout.patients
    booked = case.demand.cases > 0
    if booked.any():
        rows.builder.add_rows(
            "elective cases are conserved",
            (int(booked.sum()),),
            [Term(p.treated[booked]), Term(p.cancelled[booked]), Term(p.left[booked])],
            lower=case.demand.cases[booked],
            upper=case.demand.cases[booked],
        )


def patients_fit_open_beds(rows: Rows) -> None:
    """Patients in a unit, at the day's peak, have an open bed each, or one put up beyond those open."""
    case, p, beds = rows.case, rows.layout.patients, rows.layout.beds
    used = (p.present != ABSENT).any(axis=(0, 2))
    day = case.grid.day_of_period
    rows.builder.add_rows(
        "patients fit open beds",
        (int(used.sum()), case.grid.periods),
        [
            Term(
                np.moveaxis(p.present, 0, -1)[used],
                np.broadcast_to(case.peaks.T, (int(used.sum()), *case.peaks.T.shape)),
            ),
            *(
                Term(beds_of[used][:, day], -sizes[used][:, None, :] * np.ones((1, len(day), 1)))
                for beds_of, sizes in [_bays_by_unit(rows, beds.open)]
            ),
            Term(beds.overflow[used][:, day], -1.0),
        ],
        upper=case.base_beds[used][:, day],
    )


def bays_open_once(rows: Rows) -> None:
    """A bay open today that was closed yesterday is opened today; one that is open already, or stays shut, is not."""
    beds, days = rows.layout.beds, rows.case.grid.days
    before = np.zeros((len(beds.bays), days))
    if len(beds.bays):
        before[:, 0] = [float(bay.open_before and not rows.case.grid.cyclic) for bay in beds.bays]
    rows.builder.add_rows(
        "bays open once",
        beds.open.shape,
        [Term(beds.open), Term(earlier(beds.open, cyclic=rows.case.grid.cyclic), -1.0), Term(beds.opening, -1.0)],
        upper=before,
    )
    yesterday = earlier(beds.open, cyclic=rows.case.grid.cyclic)
    rows.builder.add_rows("bays open once", beds.open.shape, [Term(beds.opening), Term(yesterday)], upper=1.0 - before)
    rows.builder.add_rows("bays open once", beds.open.shape, [Term(beds.opening), Term(beds.open, -1.0)], upper=0.0)


def a_unit_opens_with_its_bays(rows: Rows) -> None:
    """A unit without other beds is open, and needs its smallest team, as soon as one of its bays is."""
    beds = rows.layout.beds
    for at, bay in enumerate(beds.bays):
        by_bay = beds.unit_open[bay.unit] != ABSENT
        terms = [Term(beds.unit_open[bay.unit][by_bay]), Term(beds.open[at][by_bay], -1.0)]
        rows.builder.add_rows("a unit opens with its bays", (int(by_bay.sum()),), terms, lower=0.0)


def bays_stay_open_long_enough(rows: Rows) -> None:
    """Once opened, a bay stays open for its least stay, save on days on which it can't be used."""
    shut = shut_bays(rows.case.scenario, rows.case.grid)
    cyclic = rows.case.grid.cyclic
    for at, bay in enumerate(rows.layout.beds.bays):
        least = min(-(-bay.terms.least_stay // timedelta(days=1)), rows.case.grid.days)
        if least > 1:
            opening = rows.layout.beds.opening[at]
            terms = [Term(opening), *(Term(earlier(opening, by=back, cyclic=cyclic)) for back in range(1, least))]
            is_open = Term(rows.layout.beds.open[at], -1.0)
            rows.builder.add_rows(
                "bays stay open long enough", opening.shape, [*terms, is_open], upper=least * shut[at]
            )


def bays_close_in_time(rows: Rows) -> None:
    """A bay is never open for longer than its longest stay."""
    for at, bay in enumerate(rows.layout.beds.bays):
        longest = (bay.terms.longest_stay or timedelta(days=10_000)) // timedelta(days=1)
        days = rows.layout.beds.open[at]
        if rows.case.grid.cyclic:
            days = np.tile(days, longest // len(days) + 2)[: len(days) + longest]
        if longest < len(days) and longest < 10_000:
            window = np.lib.stride_tricks.sliding_window_view(days, longest + 1)
            rows.builder.add_rows("bays close in time", (len(window),), [Term(window)], upper=float(longest))


def transfers_stay_within_limits(rows: Rows) -> None:
    """A site sends at most so many patients to other sites in a day."""
    limit = rows.case.scenario.transfers.per_site_per_day
    p, case = rows.layout.patients, rows.case
    for site in range(len(case.sites)):
        leaving = [at for at, route in enumerate(p.routes) if route.between_sites and _origin_site(rows, at) == site]
        if limit is not None and leaving:
            per_day = p.moved[leaving].T.reshape(case.grid.days, -1)
            rows.builder.add_rows("transfers stay within limits", (case.grid.days,), [Term(per_day)], upper=limit)


def diversions_stay_within_arrivals(rows: Rows) -> None:
    """Nobody is diverted who has not arrived, and no more in a day than allowed."""
    p = rows.layout.patients
    allowed = (p.diverted != ABSENT).any(axis=1)
    if allowed.any():
        rows.builder.add_rows(
            "diversions stay within arrivals",
            (int(allowed.sum()), p.diverted.shape[1]),
            [Term(p.diverted[allowed])],
            upper=rows.case.demand.arrivals[allowed],
        )
        terms = [group.divert for group in rows.case.scenario.patients.values() if group.divert]
        per_day = p.diverted[allowed].reshape(len(terms), rows.case.grid.days, rows.case.grid.periods_per_day)
        most = np.array([each.at_most_per_day for each in terms])[:, None]
        rows.builder.add_rows("diversions stay within arrivals", per_day.shape[:2], [Term(per_day)], upper=most)


def days_over_capacity_are_few(rows: Rows) -> None:
    """Patients are boarded on at most the given share of days."""
    limit, case, p = rows.case.scenario.limits.days_over_capacity, rows.case, rows.layout.patients
    days = case.grid.committed_days
    if limit is None or not len(case.groups):
        return
    boarded = p.waiting[:, : case.grid.committed_periods]
    over = np.broadcast_to(p.over[case.grid.day_of_period[: boarded.shape[1]]], boarded.shape)
    rows.builder.add_rows(
        "boarded only on days over capacity",
        boarded.shape,
        [Term(boarded), Term(over, -case.most_present[:, None])],
        upper=0.0,
    )
    rows.builder.add_rows("days over capacity are few", (1,), [Term(p.over[None, :days])], upper=limit * days)


def _origin_site(rows: Rows, route: int) -> int:
    origin = rows.layout.patients.routes[route].origin
    if origin == HOLDING:
        return int(rows.case.site_of_group[rows.layout.patients.routes[route].group])
    return int(rows.case.site_of_unit[origin])


def _bays_by_unit(rows: Rows, columns: Ints) -> tuple[Ints, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """(U, D, most bays) columns and (U, most bays) beds in each."""
    case, bays = rows.case, rows.layout.beds.bays
    lists = [[at for at, bay in enumerate(bays) if bay.unit == unit] for unit in range(len(case.units))]
    width = max((len(each) for each in lists), default=0)
    found = np.full((len(lists), case.grid.days, width), ABSENT, dtype=np.int32)
    sizes = np.zeros((len(lists), width))
    for unit, each in enumerate(lists):
        for at, bay in enumerate(each):
            found[unit, :, at], sizes[unit, at] = columns[bay], bays[bay].beds
    return found, sizes


def _electives_done(rows: Rows) -> Ints:
    """(K, P, delays) cases done in each period, which is the first of their day."""
    treated, case = rows.layout.patients.treated, rows.case
    done = np.full((len(case.groups), case.grid.periods, treated.shape[-1]), ABSENT, dtype=np.int32)
    per_day = case.grid.periods_per_day
    for delay in range(treated.shape[-1]):
        done[:, ::per_day, delay] = earlier(treated[..., delay], by=delay) if delay else treated[..., 0]
    return done


def _moves_of_holding(rows: Rows) -> tuple[Ints, Ints]:
    """(K, P, most) moves out of each group's holding area, and back into it."""
    routes, groups = rows.layout.patients.routes, range(len(rows.case.groups))
    out = [[at for at, r in enumerate(routes) if r.group == group and r.origin == HOLDING] for group in groups]
    back = [[at for at, r in enumerate(routes) if r.group == group and r.target == HOLDING] for group in groups]
    return _padded_moves(rows, out), _padded_moves(rows, back)


def _moves_by_unit(rows: Rows) -> tuple[Ints, Ints]:
    """(K, U, P, most) moves into and out of each unit."""
    routes, case = rows.layout.patients.routes, rows.case
    into: dict[tuple[int, int], list[int]] = {}
    out: dict[tuple[int, int], list[int]] = {}
    for at, route in enumerate(routes):
        into.setdefault((route.group, route.target), []).append(at)
        out.setdefault((route.group, route.origin), []).append(at)
    cells = [(group, unit) for group in range(len(case.groups)) for unit in range(len(case.units))]
    shape = (len(case.groups), len(case.units), case.grid.periods, -1)
    moved_in, moved_out = (_padded_moves(rows, [found.get(cell, []) for cell in cells]) for found in (into, out))
    return _shaped(moved_in, shape), _shaped(moved_out, shape)


def _shaped(columns: Ints, shape: tuple[int, ...]) -> Ints:
    return columns.reshape(*shape[:-1], columns.shape[-1])


def _padded_moves(rows: Rows, lists: list[list[int]]) -> Ints:
    moved = rows.layout.patients.moved
    width = max((len(each) for each in lists), default=0)
    found = np.full((len(lists), rows.case.grid.periods, width), ABSENT, dtype=np.int32)
    for row, each in enumerate(lists):
        for at, route in enumerate(each):
            found[row, :, at] = moved[route]
    return found
