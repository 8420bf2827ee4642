"""Figures of the tables themselves: readable, whole where people and things are, and the same as recounted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from optimizer.check.findings import ABSOLUTE, MOST_NAMED, Broken, Label, differ
from optimizer.check.reading import Cells
from optimizer.check.recount import Recount
from optimizer.expansion.grid import Bools, Floats

_Where = Callable[[Recount, Cells], Bools]


def names_are_known(recount: Recount) -> Iterator[Broken]:
    """Tables, columns and the names in their rows are those of the case."""
    yield from recount.plan.faults.unknown


def rows_stand_once(recount: Recount) -> Iterator[Broken]:
    """No two rows of a table speak of the same thing."""
    yield from recount.plan.faults.doubled


def figures_are_numbers(recount: Recount) -> Iterator[Broken]:
    """Every figure is a finite number."""
    yield from recount.plan.faults.no_number


def figures_are_not_negative(recount: Recount) -> Iterator[Broken]:
    """No figure is below zero, save beds net of patients."""
    yield from recount.plan.faults.negative


def people_and_things_are_whole(recount: Recount) -> Iterator[Broken]:
    """On committed days people, bays and devices are whole, and so are patients of groups counted whole."""
    case = recount.case
    for (table, figure, day), (where, allowed) in WHOLE.items():
        cells = recount.plan.cells[table]
        part = np.abs(cells.figures[figure] - np.round(cells.figures[figure]))
        broken = (part > allowed) & (cells.keys[day] < case.grid.committed_days) & where(recount, cells)
        for row in np.flatnonzero(broken & case.scenario.whole)[:MOST_NAMED]:
            message = f"{table}.{figure} is {cells.figures[figure][row]:g}, not whole"
            yield Broken(cells.at(int(row), recount.plan.names), message, float(part[row]))


def demand_is_as_given(recount: Recount) -> Iterator[Broken]:
    """Demand and the state at the start are those of the case."""
    plan, case, demand = recount.plan, recount.case, recount.case.demand
    cases = np.zeros(demand.arrivals.shape)
    cases[:, :: case.grid.periods_per_day] = demand.cases
    figures = {"arrivals": demand.arrivals, "stays": demand.stays, "cases": cases, "census": demand.census}
    for column, given in figures.items():
        said = plan.cells["demand"].dense(column).reshape(given.shape)
        yield from _same(said, given, plan.names.place("group", "period"), column)
    start = np.concatenate((demand.waiting[:, None], demand.present), axis=1)
    said = plan.cells["start"].dense("patients")
    yield from _same(said, start, lambda group, _: case.groups[group], "patients at the start")


def beds_add_up(recount: Recount) -> Iterator[Broken]:
    """The beds table tells the beds open, the patients in them at their peak, and those without."""
    plan, case = recount.plan, recount.case
    if not case.scenario.units:
        return
    days = (len(case.units), case.grid.days, case.grid.periods_per_day)
    held = (case.holding[:, None] == np.arange(len(case.units))).astype(np.float64)
    base, patients = case.base_beds, plan.inside.reshape(days).max(axis=2)
    is_open = base + plan.escalation
    boarded = (held.T @ plan.waiting).reshape(days).max(axis=2)
    figures = {"base": base, "escalation": plan.escalation, "open": is_open, "patients": patients, "boarded": boarded}
    for column, recounted in {**figures, "net": is_open - patients}.items():
        yield from _same(plan.cells["beds"].dense(column), recounted, plan.names.place("unit", "day"), column)


def _same(said: Floats, recounted: Floats, label: Label, column: str) -> Iterator[Broken]:
    yield from differ(said, recounted, label, f"says {{left}} {column}, recounted {{right}}")


def _always(recount: Recount, cells: Cells) -> Bools:
    return np.ones(len(next(iter(cells.keys.values()))), dtype=np.bool_)


def _counted_whole(recount: Recount, cells: Cells) -> Bools:
    """Rows of patient groups that are counted in whole patients."""
    whole = [group.whole for group in recount.case.scenario.patients.values()]
    return np.array(whole, dtype=np.bool_)[cells.keys["group"]]


def _booked_whole(recount: Recount, cells: Cells) -> Bools:
    """Rows of patient groups whose elective lists are whole cases."""
    cases = recount.case.demand.cases
    return np.asarray((cases == np.round(cases)).all(axis=1)[cells.keys["group"]])


WHOLE: Final[Mapping[tuple[str, str, str], tuple[_Where, float]]] = {
    ("staff", "people", "day"): (_always, 0.0),
    ("on_duty", "people", "day"): (_always, 0.0),
    ("overflow", "beds", "day"): (_always, 0.0),
    ("bays", "open", "day"): (_always, 0.0),
    ("closings", "closed", "day"): (_always, 0.0),
    ("bays", "opening", "day"): (_always, ABSOLUTE),
    ("patients", "present", "day"): (_counted_whole, 0.0),
    ("waiting", "waiting", "day"): (_counted_whole, 0.0),
    ("electives", "cases", "booked"): (_booked_whole, 0.0),
    ("electives_off", "cancelled", "booked"): (_booked_whole, 0.0),
    ("devices", "held", "day"): (_always, 0.0),
    ("stores", "rented", "day"): (_always, 0.0),
    ("stores", "stored", "day"): (_always, ABSOLUTE),
    ("device_moves", "devices", "day"): (_always, ABSOLUTE),
}
"""Figures that are whole, by table, figure and day column: in which rows, and how far off a program may leave them

(nothing where they are its whole numbers; a little where they only follow from those).
"""
