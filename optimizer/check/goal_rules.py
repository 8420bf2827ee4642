"""What a plan says of the goals it sought, recounted from its decisions over all days planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from optimizer.check.findings import Broken
from optimizer.check.money import ITEMS
from optimizer.check.recount import Recount
from optimizer.scenario.goals import changes_are_counted, counted_in_hours, goal_of, goals_of

PART: Final = 1e-6
LEAST: Final = 0.01
"""A figure of a goal may be off by this part of what is recounted, or by so much: tables hold six decimals."""


def goals_are_recounted(recount: Recount, said: Mapping[str, float]) -> Iterator[Broken]:
    """Every goal told is one that was asked for and comes to what the decisions come to."""
    real = _recounted(recount) if said else {}
    for goal, value in said.items():
        if goal not in real:
            yield Broken(goal, "no goal of the scenario is called so", abs(value))
        elif not abs(value - real[goal]) <= max(LEAST, PART * abs(real[goal])):
            yield Broken(goal, f"says {value:.2f}, recounted {real[goal]:.2f}", abs(value - real[goal]))


def _recounted(recount: Recount) -> dict[str, float]:
    """What each goal of the scenario comes to, in currency, or in hours and changes where those have no price."""
    scenario = recount.case.scenario
    goals = goals_of(scenario)
    found: dict[str, float] = dict.fromkeys(goals, 0.0)
    for item, count in ITEMS.items():
        found[goal_of(item, goals)] += float(count(recount).sum())
    if counted_in_hours(scenario) and "shortfalls" in found:
        found["shortfalls"] = _hours_lacking(recount)
    if changes_are_counted(scenario) and "changes" in found:
        plan = recount.plan
        found["changes"] = float(plan.changes.sum() + plan.bay_changes.sum() + plan.case_changes.sum())
    return found


def _hours_lacking(recount: Recount) -> float:
    """Hours that patients wait for a bed, beds are put up, people and devices are short, and requests wait."""
    plan, grid = recount.plan, recount.case.grid
    by_period = plan.waiting.sum() + plan.short_devices.sum() + plan.backlog.sum()
    by_day = float(plan.overflow.sum()) * 24.0
    return by_day + float(by_period) * 24.0 / grid.periods_per_day + float((plan.short_staff * grid.hours).sum())
