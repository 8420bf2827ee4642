"""Why, and why not: what a plan would cost if one of its cells held one fewer, or one more.

The program is solved again with that cell locked, its neighbourhood free to answer and all else as planned; a small
program is freed whole. What it is compared with is the plan re-arranged as freely without the lock, for a plan that
stopped within a gap might gain by that alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.capacity.build import Built, build
from optimizer.capacity.locked_rules import columns_of
from optimizer.capacity.refill import values_of
from optimizer.capacity.tables import read_tables
from optimizer.expansion.case import Case
from optimizer.expansion.locked import Lock, locks
from optimizer.explain.cells import Bounds, CellError, PlanCell
from optimizer.explain.differences import Difference, differences
from optimizer.explain.forbidden import forbidden, out_of_reach
from optimizer.explain.neighbourhood import Neighbourhood, is_small, neighbourhoods
from optimizer.explain.phrases import parse_cell
from optimizer.explain.rearranged import Rearranged, rearranged
from optimizer.program import ABSENT, Floats
from optimizer.saved import SavedPlan
from optimizer.scenario.locked import Locked
from optimizer.tables import Table

PENNY: Final = 0.01
"""Money below this is the arithmetic's."""

NOTEWORTHY: Final = 1.0
"""Currency by which a plan must gain from being re-arranged before differences are told from that."""


@dataclass(frozen=True, slots=True, eq=False)
class Otherwise:
    """A plan with one cell otherwise: its cost, its tables, what differs and by which cost items.

    `rearranged` is what this plan itself costs when re-arranged as freely. `exact`: the whole program was free, so
    `more` is what it costs; else all but `free` stayed as planned, and `more` is at most that. `settled` is false where
    time ran out before the optimum of what was free was proven.
    """

    cost: float
    rearranged: float
    free: str
    exact: bool
    settled: bool
    differences: tuple[Difference, ...]
    items: Mapping[str, float]
    tables: Mapping[str, Table]

    @property
    def more(self) -> float:
        """What doing otherwise costs on top, never below nothing."""
        return max(0.0, self.cost - self.rearranged)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The answer to why a cell holds what it holds.

    `entry` is what `locked` must say for a fresh plan to do otherwise; `otherwise` is None where that can't be, and
    `because` then names the rules and limits that forbid it.
    """

    cell: PlanCell
    now: float
    then: float
    entry: Locked
    plan_cost: float
    otherwise: Otherwise | None
    because: tuple[str, ...] = ()


def why(saved: SavedPlan, phrase: str) -> Answer:
    """What the plan would cost with one fewer in the cell. Raises CellError where the cell is empty, or is none."""
    return _answer(saved, parse_cell(saved.case, phrase), -1.0)


def why_not(saved: SavedPlan, phrase: str) -> Answer:
    """What the plan would cost with one more in the cell. Raises CellError where the phrase names no cell."""
    return _answer(saved, parse_cell(saved.case, phrase), 1.0)


def with_locks(case: Case, *entries: Locked) -> Case:
    """The case with more cells locked."""
    locked = (*case.scenario.locked, *entries)
    return Case(case.scenario.model_copy(update={"locked": locked}), case.grid, case.demand)


def _answer(saved: SavedPlan, cell: PlanCell, step: float) -> Answer:
    built = build(saved.case)
    values = values_of(saved.case, built, saved.tables)
    now = _figure(saved.case, built, values, cell)
    then = _then(cell, now, step)
    entry = cell.held(Bounds(most=then) if step < 0 else Bounds(least=then))
    forced = with_locks(saved.case, entry)
    plan = _Question(saved.case, built, values, forced, build(forced), locks(forced)[-1])
    otherwise = None if out_of_reach(plan.locked, plan.lock) else _otherwise(plan)
    because = () if otherwise else forbidden(forced, plan.locked, plan.lock)
    return Answer(cell, now, then, entry, saved.facts.objective, otherwise, because)


def _figure(case: Case, built: Built, values: Floats, cell: PlanCell) -> float:
    """What the cell holds in the plan: of several periods of its day the most."""
    before = len(locks(case))
    return max(_held(built, values, lock) for lock in locks(with_locks(case, cell.held(Bounds(least=0.0))))[before:])


def _held(built: Built, values: Floats, lock: Lock) -> float:
    columns, weights = columns_of(built.layout, lock)
    there = columns != ABSENT
    return round(float(weights[there] @ values[columns[there]]), 6)


def _then(cell: PlanCell, now: float, step: float) -> float:
    if step < 0 and now < PENNY:
        raise CellError(f"no {cell.thing} {cell.where}: there is nothing to explain; ask --why-not")
    if cell.kind == "bay" and step > 0 and now > 1 - PENNY:
        raise CellError(f"{cell} is open already; ask --why")
    return max(0.0, round(now + step, 6))


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A plan as it stands (its case, its program, the values of its columns), and the same with a lock laid on it."""

    case: Case
    built: Built
    values: Floats
    forced: Case
    locked: Built
    lock: Lock

    def neighbourhoods(self) -> Iterator[Neighbourhood | None]:
        """What may move, ever more; None is everything."""
        if is_small(self.built):
            yield None
        else:
            yield from neighbourhoods(self.case, self.built, self.lock)


def _otherwise(plan: _Question) -> Otherwise | None:
    """The least cost found with the lock, in the first neighbourhood that has a plan at all."""
    for near in plan.neighbourhoods():
        alone = rearranged(plan.built, plan.values, near)
        if alone is None:
            continue
        gains = alone.cost < plan.built.program.objective(plan.values) - NOTEWORTHY
        start = alone.values if gains else plan.values
        found = rearranged(plan.locked, start, near)
        if found is not None:
            return _compared(plan, start, found, near, alone)
    return None


def _compared(
    plan: _Question, start: Floats, found: Rearranged, near: Neighbourhood | None, alone: Rearranged
) -> Otherwise:
    days, built = plan.case.grid.committed_days, plan.built
    before, after = (read_tables(plan.case, built, each) for each in (start, found.values))
    was, now = (built.layout.cost(built.program.cost, each, days) for each in (start, found.values))
    items = {item: now.get(item, 0.0) - was.get(item, 0.0) for item in {**was, **now}}
    told = {item: money for item, money in sorted(items.items(), key=lambda each: -abs(each[1])) if abs(money) > PENNY}
    return Otherwise(
        found.cost, alone.cost, near.words if near else "everything", near is None, alone.settled and found.settled,
        differences(plan.case, before, after), told, after,
    )  # fmt: skip
