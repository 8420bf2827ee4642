"""Cover compared with who is on duty, and the needs table with what its figures should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from optimizer.check.findings import ABSOLUTE, Broken, Label, above, differ, slack
from optimizer.check.needs import Wanted, stacked
from optimizer.check.recount import Recount
from optimizer.expansion.grid import Floats

ROUNDED_AWAY: Final = 9e-7
"""People that six decimals may hide, less than what rounding up forgives: a whole need stays what it is."""


def cover_is_met(recount: Recount) -> Iterator[Broken]:
    """On duty + short >= people needed, in every interval, for every need; hard needs may not be short."""
    case, short = recount.case, recount.plan.short_staff
    # past the committed days, and in a plan in fractions, needs are not rounded up
    whole = (case.grid.day_of_interval < case.grid.committed_days) & case.scenario.whole
    for each in recount.wanted:
        need = each.need
        missing = short[need.unit, need.staff] * (not need.hard)
        people = np.where(whole, each.people(ABSOLUTE), each.in_fractions)
        there = each.on_duty + missing  # summed first: 2 - 1.9 - 0.1 leaves what 2 - (1.9 + 0.1) does not
        lack = people - there
        for t in np.flatnonzero(need.asked & (lack > slack(people, there))):
            where = recount.plan.names.place("unit", "staff", "interval")(need.unit, need.staff, t)
            yield Broken(where, _sentence(each.on_duty[t], missing[t], people[t]), float(lack[t]))


def shortfalls_are_of_needs(recount: Recount) -> Iterator[Broken]:
    """Nobody is called short where no need that may be short is asked."""
    case, names, cells = recount.case, recount.plan.names, recount.plan.cells["short_staff"]
    asked = np.zeros(recount.plan.short_staff.shape, dtype=np.bool_)
    for need in case.needs:
        if not need.hard:
            asked[need.unit, need.staff] |= need.asked
    label = names.place("unit", "staff", "interval")
    yield from above(recount.plan.short_staff * ~asked, 0.0, label, "{left} people short where none may be")
    hours = case.grid.hours[cells.keys["from"]]
    yield from differ(cells.figures["hours"], hours, lambda row: cells.at(row, names), "lasts {right} h, says {left}")


def needs_round_up(recount: Recount) -> Iterator[Broken]:
    """People needed under a ratio are patients / ratio rounded up, and those needed besides."""
    found, rows, cells = recount.wanted, recount.need_rows, recount.plan.cells["needs"]
    told = rows >= 0
    said = cells.figures["people"][rows[told]]
    low, high = (stacked(found, [each.people(edge) for each in found])[told] for edge in (ROUNDED_AWAY, -ROUNDED_AWAY))
    nearer = np.where(np.abs(said - low) <= np.abs(said - high), low, high)
    yield from differ(said, nearer, _row_label(recount), "says {left} people needed, recounted {right}")


def needs_add_up(recount: Recount) -> Iterator[Broken]:
    """The needs table has a row for each need and interval asked, and its figures are those recounted."""
    rows, cells = recount.need_rows, recount.plan.cells["needs"]
    told = rows >= 0
    missing, extra = int((~told).sum()), len(cells.keys["unit"]) - int(told.sum())
    if missing or extra:
        yield Broken("needs.csv", f"{missing} rows are missing and {extra} too many", float(missing + extra))
    for column, figures in _figures(recount).items():
        text = f"{column} is {{left}}, recounted {{right}}"
        yield from differ(cells.figures[column][rows[told]], figures[told], _row_label(recount), text)


def _figures(recount: Recount) -> dict[str, Floats]:
    """Recounted figures of the needs table, one for each need and interval asked."""
    grid, found = recount.case.grid, recount.wanted
    before = stacked(found, [each.before_rounding for each in found])
    hours = stacked(found, [grid.hours for _ in found])
    weekly = stacked(found, [np.full(len(grid.period), _weekly_hours(recount, each)) for each in found])
    return {
        "hours": hours,
        "patients": stacked(found, [each.patients for each in found]),
        "care_hours": stacked(found, [each.driven for each in found]) * hours,
        "people_before_rounding": before,
        "wte": before * hours / (grid.days / 7) / weekly,
        "on_duty": stacked(found, [each.on_duty for each in found]),
    }


def _weekly_hours(recount: Recount, wanted: Wanted) -> float:
    """Hours a week that one whole-time equivalent of the need's group is at work."""
    group = recount.case.group_of(wanted.need.staff)
    return group.hours_per_week * group.worked_share


def _sentence(on_duty: float, short: float, people: float) -> str:
    return f"{on_duty:.6g} on duty + {short:.6g} short < {people:.6g} needed"


def _row_label(recount: Recount) -> Label:
    cells, rows = recount.plan.cells["needs"], recount.need_rows[recount.need_rows >= 0]
    return lambda at: cells.at(int(rows[at]), recount.plan.names)
