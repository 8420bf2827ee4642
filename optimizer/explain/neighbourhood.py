"""What a question about one cell may move: what could answer it, step by step wider; all else stays as planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.capacity.layout import Layout
from optimizer.expansion.case import Case
from optimizer.expansion.locked import Lock
from optimizer.program import ABSENT, Bools, Ints

FEW_WHOLE: Final = 600
"""Up to so many whole numbers branch and cut settles the whole program in a blink; beyond, only a part is freed."""


DAYS: Final = 3
"""People of the unit may answer so many days either way: on 450 beds all days gave the same answers, in ten times as

long or never.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """Whole columns that may move: `people` (n,) and `things` (n,) such as bays and devices; `words` says which.

    `things` is None where the cell is about people: then patients and things stay until people have moved.
    """

    people: Bools
    things: Bools | None
    words: str


def is_small(built: Built) -> bool:
    """Whether the whole program is freed at once."""
    return int(built.program.integer.sum()) <= FEW_WHOLE


def neighbourhoods(case: Case, built: Built, lock: Lock) -> Iterator[Neighbourhood]:
    """From what a cell touches to ever more."""
    count = built.program.shape[1]
    people = marked(count, [built.layout.staff.needed])
    things = marked(count, [built.layout.patients.over])
    words = {"unit": _unit_name(case, lock), "staff": case.staff[lock.at[1]] if lock.kind == "people" else "staff"}
    for step in STEPS:
        people = people | marked(count, step.people(case, built.layout, lock))
        things = things | marked(count, step.things(case, built.layout, lock))
        yield Neighbourhood(people, None if lock.kind == "people" else things, step.words.format(**words))


def people_columns(built: Built) -> Bools:
    """(n,) every column about people: at work, away, short, needed, owed."""
    staff = built.layout.staff
    blocks = [*(block.starts for block in staff.working), staff.away, staff.short, staff.needed, staff.owed]
    found = marked(built.program.shape[1], blocks)
    for block in built.program.columns:
        if "change" in block.name:
            block.take(found)[...] = True
    return found


def marked(count: int, blocks: Iterator[Ints] | list[Ints]) -> Bools:
    """(count,) true at the columns of some blocks."""
    found = np.zeros(count, dtype=np.bool_)
    for columns in blocks:
        found[columns[columns != ABSENT]] = True
    return found


UNIT_AT: Final = {"people": 0, "bay": 0, "beds": 0, "patients": 1, "devices": 1}
"""Where the unit stands among a cell's numbers, by kind; the other kinds are about none."""


def _unit_name(case: Case, lock: Lock) -> str:
    return case.units[lock.at[UNIT_AT[lock.kind]]] if lock.kind in UNIT_AT else "the hospital"


def _at_the_unit(case: Case, layout: Layout, lock: Lock) -> Iterator[Ints]:
    """Everybody who works at the unit a few days either way, and whoever may come to help then."""
    if lock.kind in UNIT_AT:
        unit, days = lock.at[UNIT_AT[lock.kind]], _days_around(case, lock)
        flows = [at for at, flow in enumerate(layout.staff.flows) if unit in (flow.unit, flow.home)]
        yield from (block.starts[unit][:, days] for block in layout.staff.working)
        yield layout.staff.away[flows][:, :, days]


def _days_around(case: Case, lock: Lock) -> slice:
    """Days on which people may answer; all of a cycle, whose ends meet."""
    if case.grid.cyclic:
        return slice(None)
    per_day = case.grid.periods_per_day if lock.kind in ("patients", "devices") else 1
    day = lock.at[-1] // per_day
    return slice(max(0, day - DAYS), day + DAYS + 1)


def _same_day(case: Case, layout: Layout, lock: Lock) -> Iterator[Ints]:
    """Overtime, bank and agency of the group at every unit on the day, where they share their limits."""
    if lock.kind == "people":
        _, staff, _, day = lock.at
        yield from (block.starts[:, :, day] for block in layout.staff.on(staff, "overtime", "bank", "agency"))


def _same_week(case: Case, layout: Layout, lock: Lock) -> Iterator[Ints]:
    """The same of the whole week."""
    if lock.kind == "people":
        _, staff, _, day = lock.at
        week = slice(day // 7 * 7, day // 7 * 7 + 7)
        yield from (block.starts[:, :, week] for block in layout.staff.on(staff, "overtime", "bank", "agency"))


def _things(case: Case, layout: Layout, lock: Lock) -> Iterator[Ints]:
    """The unit's bays, where the cell is about beds; the cell's kind of device everywhere, where it is about one."""
    if lock.kind in ("bay", "beds"):
        yield layout.beds.open[[at for at, bay in enumerate(layout.beds.bays) if bay.unit == lock.at[0]]]
    if lock.kind in ("devices", "rented"):
        d, kind = layout.devices, lock.at[0]
        yield from (each[kind] for each in (d.held, d.stored, d.sent, d.returned, d.shipped, d.rented))
    if lock.kind == "cases":
        yield from (each[lock.at[0]] for each in (layout.patients.treated, layout.patients.cancelled))


def _all_things(case: Case, layout: Layout, lock: Lock) -> Iterator[Ints]:
    """Every bay, every elective case and every whole patient."""
    p = layout.patients
    yield from (layout.beds.open, p.present, p.waiting, p.treated, p.cancelled)


def _all_devices(case: Case, layout: Layout, lock: Lock) -> Iterator[Ints]:
    d = layout.devices
    yield from (d.held, d.stored, d.sent, d.returned, d.shipped, d.rented)


Columns = Callable[[Case, Layout, Lock], Iterator[Ints]]


@dataclass(frozen=True, slots=True)
class Step:
    """What may move on top of the steps before."""

    words: str
    people: Columns
    things: Columns


STEPS: Final[tuple[Step, ...]] = (
    Step("{unit} and whoever may help there, three days either way", _at_the_unit, _things),
    Step("{unit}, whoever may help there, temporary {staff} everywhere that day", _same_day, _all_things),
    Step("{unit}, whoever may help there, temporary {staff} everywhere that week", _same_week, _all_devices),
)
"""Tried in turn until there is a plan at all."""
