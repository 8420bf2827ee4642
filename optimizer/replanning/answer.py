"""The changed plan with what changed: made, checked and recounted from the tables of both plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from optimizer.check import Violation
from optimizer.errors import CheckFailed
from optimizer.making import Step, make_plan
from optimizer.plan import DemandNote, Plan
from optimizer.planning import Outlook
from optimizer.replanning.differences import Difference, count, differences, uncounted
from optimizer.replanning.replan import Request, Task, prepare
from optimizer.replanning.solving import Changing
from optimizer.saved import SavedPlan
from optimizer.solution import Limits, Watch

CHANGE_ITEMS: Final = ("staff.changes", "beds.changes", "electives.changes")
"""Items of the cost that are the price of changes, which nobody pays out."""

CHANGE_TABLES: Final = {"staff_changes": "people", "bay_changes": "bays", "elective_changes": "cases"}
"""Tables that tell changes, with the figure that counts them."""

USUAL_SECONDS: Final = 30.0
_CLOSE: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Replanned:
    """The plan after the events, what differs from the published one, and what that one would cost unchanged.

    `before` is the published plan's cost when it was made and `kept` after the events, in currency without the price of
    changes; None where it can't be carried out any more. `bound` is the least that any plan was proven to cost then.
    `uncounted` tells by table how many figures differ that nobody was told, such as who floats for a shift.
    """

    task: Task
    plan: Plan
    changes: tuple[Difference, ...]
    before: float
    bound: float | None
    kept: float | None
    uncounted: Mapping[str, int] = field(default_factory=dict)

    @property
    def money(self) -> float | None:
        """What the plan costs without the price of its changes, in currency."""
        return None if self.plan.objective is None else self.plan.objective - _price_of_changes(self.plan.cost)


def replan(
    saved: SavedPlan,
    request: Request,
    *,
    limits: Limits | None = None,
    say: Step | None = None,
    watch: Watch | None = None,
) -> Replanned:
    """Change a published plan as little as what happened asks for.

    Without events the answer is the published plan itself. A plan need not be proven nearer to the least possible than
    the published one was. Raises EventError, ScenarioError and what planning raises; CheckFailed where a recount of
    both plans' tables finds other changes than are told, or one where nothing may be changed.
    """
    task = prepare(saved, request)
    allowed = limits or Limits(USUAL_SECONDS, saved.scenario.solve.gap, saved.facts.seed)
    allowed = replace(allowed, gap=max(allowed.gap, saved.facts.gap or 0.0))
    changing = Changing(saved, task.events, saved.facts.objective - _price_of_changes(saved.facts.cost))
    outlook = Outlook(task.case.demand, DemandNote(horizon_days=task.case.grid.days))
    plan = make_plan(
        task.loaded, variant=saved.facts.variant, limits=allowed, say=say, watch=watch, outlook=outlook, method=changing
    )
    plan = plan if task.events else _as_it_was(plan, saved)
    found = differences(task.case, saved.tables, plan.tables) if plan.exists else ()
    broken = tuple(_miscounted(plan, found)) + tuple(_unlocked(task, found))
    if broken:
        raise CheckFailed(broken)
    beside = uncounted(task.case, saved.tables, plan.tables) if plan.exists else {}
    return Replanned(task, plan, found, changing.before, saved.facts.bound, changing.kept, beside)


def _as_it_was(plan: Plan, saved: SavedPlan) -> Plan:
    """The published plan's own tables and cost, which were read and checked again."""
    tables = {name: table for name, table in saved.tables.items() if name not in CHANGE_TABLES}
    cost = {item: money for item, money in saved.facts.cost.items() if item not in CHANGE_ITEMS}
    return replace(plan, tables=tables, cost=cost)


def _miscounted(plan: Plan, found: tuple[Difference, ...]) -> Iterator[Violation]:
    """The changes that the plan tells are those that its tables and the published plan's show."""
    told = sum(
        float(row[figure])
        for name, figure in CHANGE_TABLES.items()
        for row in (plan.tables[name].records() if name in plan.tables else ())
    )
    priced = any(plan.cost.get(item) for item in CHANGE_ITEMS)
    if priced and abs(told - count(found)) > _CLOSE:
        message = f"{told:g} told, {count(found):g} between the two plans' tables"
        yield Violation("changes are counted", "", message, abs(told - count(found)))


def _unlocked(task: Task, found: tuple[Difference, ...]) -> Iterator[Violation]:
    """Before the day until which the plan is locked nothing differs but who is absent."""
    terms = task.loaded.value.today.published
    before = terms.locked_before.isoformat() if terms is not None and terms.locked_before else ""
    for each in found:
        if each.day < before and each.changes > _CLOSE:
            where = " ".join(part for part in (each.place, each.who, each.contract, each.shift, each.day) if part)
            yield Violation(
                "what is locked is as published", where, f"{each.after:g} for {each.before:g}", each.changes
            )


def _price_of_changes(cost: Mapping[str, float]) -> float:
    return sum(cost.get(item, 0.0) for item in CHANGE_ITEMS)
