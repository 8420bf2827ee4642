"""Recounting what a plan chooses once: wards that close, people engaged. All else is recounted as if it were given."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.check.findings import Broken
from optimizer.check.plan import Plan
from optimizer.check.recount import Recount
from optimizer.expansion.case import Case
from optimizer.expansion.choices import as_chosen, may_close
from optimizer.expansion.grid import Floats
from optimizer.scenario.choices import Closing

TOLERANCE = 1e-6


def settled(plan: Plan) -> Case:
    """The case in which what the plan chose is given."""
    case = plan.case
    chosen = as_chosen(case.scenario, case.grid, plan.closed, plan.engaged)
    return case if chosen is case.scenario else Case(chosen, case.grid, case.demand)


def wards_close_as_chosen(recount: Recount) -> Iterator[Broken]:
    """As many wards as asked are shut, each for its days in a row and in time, and few at once."""
    case, closed = recount.case, recount.plan.closed
    mine = np.zeros(len(case.units), dtype=np.bool_)
    for name, closing in case.scenario.closing.items():
        units = [case.units.index(unit) for unit in closing.units]
        mine[units] = True
        yield from _closing(recount, name, closing, closed[units])
    for unit, day in np.argwhere((closed > TOLERANCE) & ~(may_close(case.scenario, case.grid) & mine[:, None])):
        where = f"{case.units[unit]} {case.grid.day_label(int(day))}"
        yield Broken(where, "is shut, and may not be by choice then", float(closed[unit, day]))


def _closing(recount: Recount, name: str, closing: Closing, closed: Floats) -> Iterator[Broken]:
    grid, wards = recount.case.grid, closing.wards or len(closing.units)
    shut = closed > 0.5
    if int(shut.any(axis=1).sum()) != wards:
        yield Broken(name, f"{shut.any(axis=1).sum()} wards close, not {wards}", 1.0)
    for unit, days in zip(closing.units, shut, strict=True):
        turns = int((np.diff(np.concatenate(([0], days.astype(np.int8)))) > 0).sum())
        if days.any() and (turns != 1 or int(days.sum()) != closing.days):
            yield Broken(unit, f"is shut for {days.sum()} days in {turns} turns, not for {closing.days} in a row", 1.0)
    for day in np.flatnonzero(shut.sum(axis=0) > closing.at_once):
        yield Broken(f"{name} {grid.day_label(int(day))}", f"more than {closing.at_once} wards are shut at once", 1.0)


def people_are_engaged_within_limits(recount: Recount) -> Iterator[Broken]:
    """As many people are engaged as may be, where they may."""
    case, engaged = recount.case, recount.plan.engaged
    for unit, staff in np.ndindex(engaged.shape):
        terms = case.engage(staff, unit)
        least, most = (terms.at_least, terms.at_most) if terms is not None else (0, 0)
        people = float(engaged[unit, staff])
        if not least - TOLERANCE <= people <= most + TOLERANCE:
            where = f"{case.staff[staff]} {case.units[unit]}"
            yield Broken(where, f"{people:g} people are engaged, not from {least} to {most}", people)
