"""Beds recounted: patients fit, bays open and close on their terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from optimizer.check.findings import Broken, Label, above, differ
from optimizer.check.plan import Plan
from optimizer.check.recount import Recount, later
from optimizer.expansion.beds import shut_bays
from optimizer.expansion.grid import Floats

_DAY = timedelta(days=1)


def patients_fit_open_beds(recount: Recount) -> Iterator[Broken]:
    """Patients in a unit at the period's peak have an open bed each."""
    plan, case = recount.plan, recount.case
    beds = (case.base_beds + plan.escalation + plan.overflow)[:, case.grid.day_of_period]
    yield from above(
        plan.inside, beds, plan.names.place("unit", "period"), "{left} patients at the peak > {right} beds open"
    )


def overflow_keeps_its_terms(recount: Recount) -> Iterator[Broken]:
    """Beds beyond those open are put up only where a unit may, and no more of them than it may."""
    most = np.zeros(recount.plan.overflow.shape)
    for row, unit in enumerate(recount.case.scenario.units.values()):
        if unit.overflow is not None and recount.case.scenario.service_level is None:
            most[row] = np.inf if unit.overflow.at_most is None else unit.overflow.at_most
    text = "{left} beds beyond those open, {right} allowed"
    yield from above(recount.plan.overflow, most, recount.plan.names.place("unit", "day"), text)


def bays_open_once(recount: Recount) -> Iterator[Broken]:
    """A bay is opened on the days it is open after being shut, and on no other."""
    plan, label = recount.plan, _bay_day(recount.plan)
    yesterday = later(plan.open, 1, cyclic=recount.case.grid.cyclic)
    if not recount.case.grid.cyclic:
        yesterday[:, :1] += np.array([bay.before for bay in plan.bays]).reshape(-1, 1)
    yield from above(plan.open - yesterday, plan.opening, label, "open after {right} openings, {left} needed")
    yield from above(
        plan.opening, np.minimum(plan.open, 1.0 - yesterday), label, "opened {left} times, {right} possible"
    )
    yield from above(plan.open, 1.0, label, "open {left} times, {right} possible")


def bays_stay_open_long_enough(recount: Recount) -> Iterator[Broken]:
    """Once opened, a bay stays open for its least stay, save on days on which it can't be used."""
    plan, cyclic = recount.plan, recount.case.grid.cyclic
    opened = np.zeros(plan.open.shape)
    for at, bay in enumerate(plan.bays):
        least = min(-(-bay.terms.least_stay // _DAY), recount.case.grid.days)
        for back in range(least):
            opened[at] += later(plan.opening[at], back, cyclic=cyclic)
    text = "open {right} times, {left} wanted: its least stay is not over"
    usable = ~shut_bays(recount.case.scenario, recount.case.grid)
    yield from above(opened * usable, plan.open, _bay_day(plan), text)


def bays_close_in_time(recount: Recount) -> Iterator[Broken]:
    """A bay is never open for longer than its longest stay."""
    plan, days = recount.plan, recount.case.grid.days
    for at, bay in enumerate(plan.bays):
        longest = bay.terms.longest_stay // _DAY if bay.terms.longest_stay is not None else days
        if longest < days:
            label = _from_day(plan, at)
            yield from above(
                _windows(recount, plan.open[at], longest + 1), float(longest), label, "open {left} days > {right}"
            )


def bays_open_at_their_notice(recount: Recount) -> Iterator[Broken]:
    """No bay is opened inside its notice."""
    plan = recount.plan
    notice = np.array([bay.terms.notice / _DAY for bay in plan.bays])
    inside = np.arange(recount.case.grid.days) < notice[:, None]
    yield from above(plan.opening * inside, 0.0, _bay_day(plan), "opened {left} times inside its notice")


def bays_are_as_they_are(recount: Recount) -> Iterator[Broken]:
    """Only bays that a unit has and can use are open, each with the beds it has."""
    plan, cells = recount.plan, recount.plan.cells["bays"]
    shut = shut_bays(recount.case.scenario, recount.case.grid)
    yield from above(plan.open * shut, 0.0, _bay_day(plan), "open {left} times, but it can't be used")
    beds = {(bay.unit, bay.number): float(bay.terms.bays[bay.number]) for bay in plan.bays}
    keys = zip(cells.keys["unit"].tolist(), cells.keys["bay"].tolist(), strict=True)
    real = np.array([beds.get(key, 0.0) for key in keys])
    yield from differ(cells.figures["beds"], real, lambda row: cells.at(row, plan.names), "{left} beds, has {right}")


def _windows(recount: Recount, is_open: Floats, width: int) -> Floats:
    """Days open in every so many days in a row, a cycle's end followed by its beginning."""
    row = np.concatenate((is_open, is_open[: width - 1])) if recount.case.grid.cyclic else is_open
    return np.asarray(np.lib.stride_tricks.sliding_window_view(row, width).sum(axis=1))


def _bay_day(plan: Plan) -> Label:
    return lambda at, day: _from_day(plan, at)(day)


def _from_day(plan: Plan, at: int) -> Label:
    bay = plan.bays[at]
    return lambda day: f"{plan.case.units[bay.unit]} bay {bay.number + 1} {plan.names.day(day)}"
