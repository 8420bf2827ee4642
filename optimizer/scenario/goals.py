"""Goals in place of prices: what each is made of, which of the cost is money, and what a scenario may ask.

Goals are sought in turn, each held while the next is improved (lexicographic goal programming: Ignizio, 1976). Prices
of shortfalls may then be left out: shortfalls are counted in hours. Prices that are given weigh within a goal only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

from optimizer.scenario.faults import Problem
from optimizer.scenario.prices import has_shortfall_prices

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario

Goal = Literal["harm", "shortfalls", "disruption", "cost", "changes"]

SHORTFALLS: Final = frozenset({
    "patients.boarded", "beds.overflow", "staff.short", "devices.short", "services.backlog",
})  # fmt: skip
"""Something lacking: patients without a bed, beds put up beyond those open, staff, devices, requests that wait."""

DISRUPTION: Final = frozenset({
    "patients.outliers", "electives.postponed", "electives.cancelled", "electives.backlog",
})  # fmt: skip
"""Patients treated otherwise than they should be: off their home, later, or not at all."""

CHANGES: Final = frozenset({"staff.changes", "beds.changes", "electives.changes"})
"""What differs from the published plan."""

UNPAID: Final = SHORTFALLS | DISRUPTION | CHANGES
"""Cost items that are a price put on something, which nobody pays out; all others are money, which a budget counts."""

ITEMS: Final[Mapping[Goal, frozenset[str]]] = {
    "harm": SHORTFALLS | DISRUPTION,
    "shortfalls": SHORTFALLS,
    "disruption": DISRUPTION,
    "changes": CHANGES,
}
"""Cost items by goal. `cost` takes all that no goal named takes: money, and what was not asked for apart."""

WITHIN_BUDGET: Final[tuple[Goal, ...]] = ("harm", "cost", "changes")
UNPRICED: Final[tuple[Goal, ...]] = ("shortfalls", "disruption", "cost", "changes")
"""What a budget asks for where no goals are named: the least harm, then the least money; without prices apart.

Changes come last, where a plan is published.
"""


def goals_of(scenario: Scenario) -> tuple[Goal, ...]:
    """The goals in turn; none where everything is weighed by its price."""
    solve = scenario.solve
    if solve.goals or solve.budget is None:
        return solve.goals
    goals = UNPRICED if counted_in_hours(scenario) else WITHIN_BUDGET
    return goals if scenario.today.published is not None else tuple(goal for goal in goals if goal != "changes")


def goal_of(item: str, goals: tuple[Goal, ...]) -> Goal:
    """The goal among those named that a cost item counts towards."""
    return next((goal for goal in goals if item in ITEMS.get(goal, ())), "cost")


def budget_of(scenario: Scenario) -> float | None:
    """Most money that the decisions of the committed days may cost, in currency."""
    return scenario.limits.budget if scenario.solve.budget is None else scenario.solve.budget


def counted_in_hours(scenario: Scenario) -> bool:
    """Whether shortfalls are counted in hours, for goals are asked for and no shortfall has a price."""
    return scenario.solve.by_goals and not has_shortfall_prices(scenario)


def changes_are_counted(scenario: Scenario) -> bool:
    """Whether changes against the published plan count one each, for they are a goal and none has a price."""
    terms = scenario.today.published
    priced = terms is not None and any(
        (terms.change_cost_per_shift, terms.change_cost_per_bay_day, terms.change_cost_per_case)
    )
    return "changes" in goals_of(scenario) and not priced


def goals_agree(scenario: Scenario) -> Iterator[Problem]:
    """Each goal stands once, nothing counts towards two, and nothing is left out."""
    goals, path = scenario.solve.goals, ("solve", "goals")
    if len(set(goals)) < len(goals):
        yield Problem(path, "a goal stands there twice")
    if goals and "cost" not in goals:
        yield Problem(path, "must name cost, which takes all that no other goal does", "add cost")
    if "harm" in goals and {"shortfalls", "disruption"} & set(goals):
        yield Problem(path, "harm is shortfalls and disruption together", "name harm, or the two apart")
    if "harm" in goals and counted_in_hours(scenario):
        message = "harm weighs shortfalls against cases and outliers by prices, and no shortfall has one"
        yield Problem(path, message, "name shortfalls and disruption apart, or give shortfall prices")
    if scenario.solve.budget is not None and scenario.limits.budget is not None:
        message = "a budget stands in limits.budget too"
        yield Problem(("solve", "budget"), message, "keep this one for the least harm within it, that one for prices")
