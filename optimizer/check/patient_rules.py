"""Patients recounted: flows in and out of every unit, electives, moves, diversions, and that nobody is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optimizer.check.findings import ABSOLUTE, Broken, above, differ
from optimizer.check.plan import Plan
from optimizer.check.recount import Recount
from optimizer.expansion.case import Case
from optimizer.expansion.demand import elective_days
from optimizer.expansion.grid import Bools, Floats, Ints
from optimizer.scenario.patients import Elective


def waiting_patients_are_conserved(recount: Recount) -> Iterator[Broken]:
    """Waiting = those still waiting + arrivals + cases done + back from units - admitted - diverted - moved out."""
    plan, case = recount.plan, recount.case
    before = before_each(plan.waiting, case.demand.waiting, cyclic=case.grid.cyclic)
    gone = plan.admitted.sum(axis=1) + plan.diverted + moved(plan).out_of_holding
    came = case.demand.arrivals + plan.cases_done + moved(plan).into_holding
    expected = case.demand.stays * before + came - gone
    yield from differ(
        plan.waiting, expected, plan.names.place("group", "period"), "{left} waiting, flows leave {right}"
    )


def present_patients_are_conserved(recount: Recount) -> Iterator[Broken]:
    """Present = those still there + admitted + moved in - moved out."""
    plan, case = recount.plan, recount.case
    before = before_each(plan.present, case.demand.present, cyclic=case.grid.cyclic)
    flows = moved(plan)
    expected = case.demand.stays[:, None, :] * before + plan.admitted + flows.into - flows.out
    yield from differ(
        plan.present, expected, plan.names.place("group", "unit", "period"), "{left} present, flows leave {right}"
    )


def nobody_is_lost(recount: Recount) -> Iterator[Broken]:
    """Arrivals + present at the start = discharged + present at the end + diverted, for every group."""
    plan, case = recount.plan, recount.case
    total = plan.present.sum(axis=1) + plan.waiting
    at_start = case.demand.present.sum(axis=1) + case.demand.waiting
    before = before_each(total, at_start, cyclic=case.grid.cyclic)
    came = (case.demand.arrivals + plan.cases_done).sum(axis=1) + before[:, :1].sum(axis=1)
    discharged = ((1.0 - case.demand.stays) * before).sum(axis=1)
    went = discharged + total[:, -1] + plan.diverted.sum(axis=1)
    text = "{left} arrived or were there, {right} were discharged, diverted or are there"
    yield from differ(came, went, plan.names.place("group"), text)


def elective_cases_are_conserved(recount: Recount) -> Iterator[Broken]:
    """Booked = done on its day or later + cancelled + left."""
    plan, case = recount.plan, recount.case
    accounted = plan.treated.sum(axis=2) + plan.cancelled + plan.left
    text = "{left} cases done, cancelled or left of {right} booked"
    yield from differ(accounted, case.demand.cases, plan.names.place("group", "day"), text)


def electives_keep_their_terms(recount: Recount) -> Iterator[Broken]:
    """No case is done before its day or after its longest delay; only what may be cancelled or left is."""
    plan, case = recount.plan, recount.case
    label, may = plan.names.place("group", "day"), elective_days(case.scenario, case.grid)
    for group, terms in enumerate(each.elective for each in case.scenario.patients.values()):
        days = np.arange(case.grid.days)
        delay = days[None, :] - days[:, None]
        astray = (delay < 0) | (delay > _longest_delay(terms)) | ~may[group]
        late = np.where(astray, plan.treated[group], 0.0)
        cancelled = plan.cancelled[group] * (not _may_cancel(terms))
        left = plan.left[group] * (terms is None or terms.protected)
        for figures, text in (
            (late.sum(axis=1), "done when none may be"),
            (cancelled, "cancelled"),
            (left, "left undone"),
        ):
            yield from above(figures[None], 0.0, lambda _, day, k=group: label(k, day), "{left} cases " + text)


def patients_are_where_they_can_be_cared_for(recount: Recount) -> Iterator[Broken]:
    """A unit holds only groups it can care for, and says rightly whether it is their home."""
    plan, case = recount.plan, recount.case
    elsewhere = (plan.present + plan.admitted) * ~case.can_care[:, :, None]
    yield from above(
        elsewhere,
        0.0,
        plan.names.place("group", "unit", "period"),
        "{left} patients in a unit that can't care for them",
    )
    cells = plan.cells["patients"]
    at_home = case.at_home[cells.keys["group"], cells.keys["unit"]].astype(np.float64)
    said = cells.figures["home"]
    yield from differ(said, at_home, lambda row: cells.at(row, plan.names), "home is {left}, must be {right}")


def boarding_is_allowed(recount: Recount) -> Iterator[Broken]:
    """Nobody is boarded under a service level."""
    plan = recount.plan
    if recount.case.scenario.service_level is not None:
        yield from above(plan.waiting, 0.0, plan.names.place("group", "period"), "{left} boarded under a service level")


def moves_follow_routes(recount: Recount) -> Iterator[Broken]:
    """Patients move between units that can care for them: within a site at a price, else within distance."""
    plan = recount.plan
    astray = np.where(np.isnan(move_prices(plan)), plan.moves.patients, 0.0)
    cells = plan.cells["moves"]
    yield from above(astray, 0.0, lambda row: cells.at(row, plan.names), "{left} patients moved where no route goes")


def transfers_stay_within_limits(recount: Recount) -> Iterator[Broken]:
    """A site sends at most so many patients to other sites in a day."""
    plan, case = recount.plan, recount.case
    limit = case.scenario.transfers.per_site_per_day
    if limit is None:
        return
    origin, target = _move_sites(plan)
    sent = np.zeros((len(case.sites), case.grid.days))
    day = case.grid.day_of_period[plan.moves.period]
    np.add.at(sent, (origin, day), plan.moves.patients * (origin != target))
    yield from above(sent, limit, plan.names.place("site", "day"), "{left} sent away > {right} allowed")


def diversions_stay_within_arrivals(recount: Recount) -> Iterator[Broken]:
    """Nobody is diverted who has not arrived."""
    plan = recount.plan
    text = "{left} diverted > {right} arrived"
    yield from above(plan.diverted, recount.case.demand.arrivals, plan.names.place("group", "period"), text)


def diversions_stay_within_limits(recount: Recount) -> Iterator[Broken]:
    """At most so many arrivals of a group are diverted in a day, and none where the scenario has no diversion."""
    plan, case = recount.plan, recount.case
    terms = [group.divert for group in case.scenario.patients.values()]
    limits = np.array([each.at_most_per_day if each else 0.0 for each in terms])
    per_day = plan.diverted.reshape(len(terms), case.grid.days, _per_day(case)).sum(axis=2)
    yield from above(per_day, limits[:, None], plan.names.place("group", "day"), "{left} diverted > {right} allowed")


def days_over_capacity_are_few(recount: Recount) -> Iterator[Broken]:
    """Patients are boarded on at most the given share of committed days; a plan in fractions has no such count."""
    case = recount.case
    limit = case.scenario.limits.days_over_capacity
    if limit is not None and case.scenario.whole:
        boarded = recount.plan.waiting[:, : case.grid.committed_periods].reshape(
            -1, case.grid.committed_days, _per_day(case)
        )
        over = np.array([float((boarded > ABSOLUTE).any(axis=(0, 2)).sum())])
        text = "patients boarded on {left} days > {right} allowed"
        yield from above(over, limit * case.grid.committed_days, lambda _: "", text)


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Patients moved: `into` and `out` of units (K, U, P), `out_of_holding` and back `into_holding` (K, P)."""

    into: Floats
    out: Floats
    out_of_holding: Floats
    into_holding: Floats


def moved(plan: Plan) -> Moved:
    """Every move counted where it leaves and where it arrives."""
    out, out_of_holding = _counted(plan, plan.moves.origin)
    into, into_holding = _counted(plan, plan.moves.target)
    return Moved(into, out, out_of_holding, into_holding)


def _counted(plan: Plan, places: Ints) -> tuple[Floats, Floats]:
    """Moves by their origins or targets: (K, U, P) at units and (K, P) in the holding area."""
    moves, units, holding = plan.moves, np.zeros(plan.present.shape), np.zeros(plan.waiting.shape)
    at_unit = places >= 0
    cells = moves.group[at_unit], places[at_unit], moves.period[at_unit]
    np.add.at(units, cells, moves.patients[at_unit])
    np.add.at(holding, (moves.group[~at_unit], moves.period[~at_unit]), moves.patients[~at_unit])
    return units, holding


def move_prices(plan: Plan) -> Floats:
    """(N,) currency for each patient of a move; nan where no route goes.

    A patient whose bed closes goes back to the holding area of the own site, at the price of a boarded day.
    """
    case, moves, terms = plan.case, plan.moves, plan.case.scenario.transfers
    origin, target = _move_sites(plan)
    within = terms.within_site_cost if terms.within_site_cost is not None else np.nan
    price = np.where(origin == target, within, _site_prices(case)[origin, target])
    boarded = np.array([group.boarding_cost_per_day or 0.0 for group in case.scenario.patients.values()])
    back = (
        np.full(len(boarded), np.nan)[moves.group] if case.scenario.service_level is not None else boarded[moves.group]
    )
    price = np.where(moves.target < 0, np.where(origin == target, back, np.nan), price)
    able = moves.origin != moves.target
    able &= np.where(moves.target >= 0, case.can_care[moves.group, moves.target], True)
    able &= np.where(moves.origin >= 0, case.can_care[moves.group, moves.origin], origin != target)
    return np.where(able, price, np.nan)


def sites_in_reach(case: Case) -> Bools:
    """(H, H) pairs of sites whose distance is given and not too long."""
    return ~np.isnan(_site_prices(case))


def before_each(figures: Floats, at_start: Floats, *, cyclic: bool) -> Floats:
    """Figures (..., P) one period earlier: the state at the start before the first, or the last of a cycle."""
    before = np.roll(figures, 1, axis=-1)
    if not cyclic:
        before[..., 0] = at_start
    return before


def _site_prices(case: Case) -> Floats:
    terms = case.scenario.transfers
    return terms.cost + case.kilometres * terms.cost_per_km


def _move_sites(plan: Plan) -> tuple[Ints, Ints]:
    case, moves = plan.case, plan.moves
    at_home = case.site_of_group[moves.group]
    origin = np.where(moves.origin >= 0, case.site_of_unit[moves.origin], at_home)
    return origin, np.where(moves.target >= 0, case.site_of_unit[moves.target], at_home)


def _longest_delay(terms: Elective | None) -> int:
    return 0 if terms is None or terms.protected else terms.postpone_at_most_days


def _may_cancel(terms: Elective | None) -> bool:
    return terms is not None and terms.cancel_cost is not None and not terms.protected


def _per_day(case: Case) -> int:
    return case.grid.periods_per_day
