"""Which rule or limit of the scenario each row and column end of the capacity program stands for.

Rows are told apart by the rule that added them and by what all their columns share (a unit, a staff group ...). What a
scenario limits through the ends of columns, or inside a row's bound, is found by lifting it: the program is built once
more without that limit, and every end that gives way belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from optimizer.capacity.build import Built, build
from optimizer.expansion.case import Case
from optimizer.explain.labels import column_labels, cover_needs, shared_labels
from optimizer.explain.lifts import LIFT_AXES, LIFTS, NOTICE, PUBLISHED
from optimizer.explain.relax import Atoms, Numbers, Relaxable, joined
from optimizer.program import ABSENT, Bools, Floats, Program


@dataclass(frozen=True, slots=True)
class Member:
    """A rule where it holds, or a limit: what a planner may call one thing. Numbers are ABSENT where it has none.

    `part` tells apart what the rest does not: the need of a cover rule, the row of a locked cell.
    """

    rule: str
    unit: int = ABSENT
    staff: int = ABSENT
    contract: int = ABSENT
    group: int = ABSENT
    device: int = ABSENT
    site: int = ABSENT
    part: int = ABSENT


@dataclass(frozen=True, slots=True)
class Slot:
    """The days, first to last, that a piece of a rule is about, and its interval where it has one."""

    first: int
    last: int
    interval: int = ABSENT


@dataclass(frozen=True, slots=True, eq=False)
class Clashable:
    """A case's program with its limits: `members[atoms.member[i]]` and `slots[atoms.slot[i]]` say which they are."""

    relaxable: Relaxable
    members: tuple[Member, ...]
    slots: tuple[Slot, ...]


BACKGROUND: Final = frozenset({
    "waiting patients are conserved", "present patients are conserved", "elective cases are conserved",
    "bays open once", "a unit opens with its bays", "boarded only on days over capacity", "needs round up",
    "away only when working", "changes are counted", "devices at units are conserved",
    "devices in stores are conserved", "requests are served or wait",
})  # fmt: skip
"""Rows that say what things are: nobody can give these up, so they are always in force."""

CUTS: Final = "whole people"
"""Rows that the others and whole numbers imply: left out."""

AXES: Final[Mapping[str, tuple[str, ...]]] = {
    "patients fit open beds": ("unit",),
    "bays stay open long enough": ("unit",),
    "bays close in time": ("unit",),
    "transfers stay within limits": ("site",),
    "diversions stay within arrivals": ("group",),
    "days over capacity are few": (),
    "cover is met": ("unit", "staff"),
    "temporary shifts are limited": ("staff", "contract"),
    "temporary hours are limited": ("staff", "contract"),
    "patients have their devices": ("device", "unit"),
    "rented devices are limited": ("device",),
    "slots are enough": ("device",),
    "changes are few": (),
    "locked cells are kept": (),
    "budget is kept": (),
}
"""By the name of its rows what tells one member of a rule from another; others go by unit and staff group."""

FIRST_IS_PHYSICS: Final = frozenset({"diversions stay within arrivals"})
"""Rules whose first rows nobody can give up: only who has arrived can be sent away."""


def clashable(case: Case, built: Built) -> Clashable:
    """The case's program with every limit that could be given up, and whose it is."""
    program, levels = built.program, _lifted(case, built)
    free = _free(case, built, levels[-1].program)
    names: dict[Member, int] = {}
    slots: dict[Slot, int] = {}
    rows = _Rows.of(case, built)
    parts = [rows.atoms(free, names, slots)]
    labels = column_labels(case, built.layout, len(program.cost))
    for tighter, looser in pairwise(levels):
        parts.append(_given_way(looser.name, tighter.program, looser.program, rows, labels, names, slots))
    held = np.array([each in BACKGROUND or each == CUTS for each in rows.names], dtype=np.bool_)[rows.block]
    held |= rows.physics
    cut = np.array([each == CUTS for each in rows.names], dtype=np.bool_)[rows.block]
    row_lower = np.where(held & ~cut, free.row_lower, -np.inf)
    row_upper = np.where(held & ~cut, free.row_upper, np.inf)
    bare = replace(free, cost=np.zeros_like(free.cost), row_lower=row_lower, row_upper=row_upper)
    return Clashable(Relaxable(bare, joined(parts)), tuple(names), tuple(slots))


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Every row (m,): its block, its labels by axis, the days it is about, its interval, and whether it is physics."""

    names: tuple[str, ...]
    block: Numbers
    labels: Mapping[str, Numbers]
    first: Numbers
    last: Numbers
    interval: Numbers
    part: Numbers
    physics: Bools

    @classmethod
    def of(cls, case: Case, built: Built) -> _Rows:
        """Read from a built program."""
        program = built.program
        labels = column_labels(case, built.layout, len(program.cost))
        low, high = shared_labels(program, labels)
        shared = {axis: np.where(low[axis] == high[axis], low[axis], ABSENT) for axis in labels}
        sizes = [each.size for each in program.rows]
        block = np.repeat(np.arange(len(sizes)), sizes)
        names = tuple(each.name for each in program.rows)
        seen: set[str] = set()
        physics = np.zeros(len(block), dtype=np.bool_)
        for at, name in enumerate(names):
            if name in FIRST_IS_PHYSICS and name not in seen:
                physics |= block == at
            seen.add(name)
        needs, interval = cover_needs(case, program)
        for axis, figures in (("unit", [n.unit for n in case.needs]), ("staff", [n.staff for n in case.needs])):
            shared[axis] = np.where(needs != ABSENT, np.array([*figures, ABSENT])[needs], shared[axis])
        day = np.append(case.grid.day_of_interval, ABSENT)[interval]
        first = np.where(interval != ABSENT, day, low["day"])
        last = np.where(interval != ABSENT, day, high["day"])
        locked = np.array([name == "locked cells are kept" for name in names], dtype=np.bool_)[block]
        within = np.concatenate([np.arange(size) for size in sizes])
        part = np.where(locked, within, needs)
        return cls(names, block, shared, first, last, interval, part, physics)

    def member(self, row: int) -> Member:
        """Whose row this is."""
        rule = self.names[self.block[row]]
        axes = AXES.get(rule, ("unit", "staff"))
        return Member(rule, part=int(self.part[row]), **{axis: int(self.labels[axis][row]) for axis in axes})

    def slot(self, row: int) -> Slot:
        """What days a row is about."""
        return Slot(int(self.first[row]), int(self.last[row]), int(self.interval[row]))

    def atoms(self, free: Program, names: dict[Member, int], slots: dict[Slot, int]) -> Atoms:
        """Both ends of every row that is a rule's, as they are with every lifted limit gone."""
        given = np.array([each not in BACKGROUND and each != CUTS for each in self.names], dtype=np.bool_)
        rows = np.flatnonzero(given[self.block] & ~self.physics)
        member = np.array([names.setdefault(self.member(row), len(names)) for row in rows.tolist()], dtype=np.int64)
        slot = np.array([slots.setdefault(self.slot(row), len(slots)) for row in rows.tolist()], dtype=np.int64)
        found = []
        for upper, ends in ((False, free.row_lower), (True, free.row_upper)):
            there = np.isfinite(ends[rows])
            found.append(_atoms(rows[there], ends[rows][there], member[there], slot[there], row=True, upper=upper))
        return joined(found)


def _atoms(at: Numbers, value: Floats, member: Numbers, slot: Numbers, *, row: bool, upper: bool) -> Atoms:
    flags = np.full(len(at), row), np.full(len(at), upper)
    return Atoms(*flags, at.astype(np.int64), value, member.astype(np.int64), slot.astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The program once the limit `name` and all before it are lifted."""

    name: str
    program: Program


def _lifted(case: Case, built: Built) -> list[_Level]:
    """The program as it is, and with one limit after another lifted; lifts that change its shape are left out."""
    levels = [_Level("", built.program)]
    scenario = case.scenario
    for name, lift in LIFTS.items():
        changed = lift(scenario)
        if changed == scenario:
            continue
        program = build(Case(changed, case.grid, case.demand)).program
        if same_shape(program, built.program):
            scenario = changed
            levels.append(_Level(name, program))
    return levels


def same_shape(one: Program, other: Program) -> bool:
    """Whether two programs differ in costs and ends alone."""
    return (
        one.shape == other.shape
        and np.array_equal(one.indptr, other.indptr)
        and np.array_equal(one.indices, other.indices)
        and np.allclose(one.data, other.data, rtol=1e-9, atol=1e-12)
    )


def _free(case: Case, built: Built, lifted: Program) -> Program:
    """The lifted program with people's and patients' columns open as far as rows alone would leave them."""
    upper = lifted.upper.copy()
    most = float(np.ceil(case.most_needed.sum()) + case.most_present.sum() + 1000.0)
    for block in built.program.columns:
        if block.name.startswith("working.") or block.name in ("on_duty", "extra_slots", "diverted"):
            inside = slice(block.start, block.start + block.size)
            upper[inside] = np.where(
                upper[inside] > lifted.lower[inside], np.maximum(upper[inside], most), upper[inside]
            )
    return replace(lifted, upper=upper)


def _given_way(
    name: str, tight: Program, loose: Program, rows: _Rows, labels: Mapping[str, Numbers],
    names: dict[Member, int], slots: dict[Slot, int],
) -> Atoms:  # fmt: skip
    """Every end that gave way when the limit was lifted, as it was before."""
    found = []
    for row, upper, before, after in (
        (True, False, tight.row_lower, loose.row_lower), (True, True, tight.row_upper, loose.row_upper),
        (False, False, tight.lower, loose.lower), (False, True, tight.upper, loose.upper),
    ):  # fmt: skip
        at = np.flatnonzero(before < after - 1e-9 if upper else before > after + 1e-9)
        rule = name if upper or name != NOTICE else PUBLISHED
        seen = rows.labels if row else labels
        days = (rows.first, rows.last) if row else (labels["day"], labels["day"])
        member = [
            names.setdefault(Member(rule, **{axis: int(seen[axis][i]) for axis in LIFT_AXES[rule]}), len(names))
            for i in at.tolist()
        ]
        slot = [slots.setdefault(Slot(int(days[0][i]), int(days[1][i])), len(slots)) for i in at.tolist()]
        found.append(_atoms(at, before[at], np.array(member), np.array(slot), row=row, upper=upper))
    return joined(found)
