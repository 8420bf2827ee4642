"""Goals sought in turn, and a budget, as a planner reads them: what was reached of each, and how good that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from api import words
from optimizer.plan import Plan, Reached
from optimizer.solution import Status

_MARGIN: Final = "  "
_NONE: Final = 5e-7
_WORTH_TELLING: Final = 0.01

NAMES: Final[Mapping[str, str]] = {
    "harm": "harm (shortfalls and cases or patients out of place, at their prices)",
    "shortfalls": "shortfalls",
    "disruption": "outliers, postponed and cancelled cases",
    "cost": "cost",
    "changes": "changes to the published plan",
}
"""What each goal is called."""

MEASURES: Final[Mapping[str, Callable[[float], str]]] = {
    "currency": words.money,
    "hours": lambda value: f"{value:,.1f} hours",
    "changes": lambda value: f"{value:g}",
}
"""How a goal's figure is written, by its measure."""


def goal_lines(plan: Plan) -> Iterator[str]:
    """The goals in turn, one a line, and what is spent of the budget."""
    if plan.goals:
        yield "Goals in turn, each held while the next is improved:"
    for number, each in enumerate(plan.goals, 1):
        line = f"{number} {NAMES.get(each.goal, each.goal)} {_figure(each)}: {_proof(each)}"
        yield from words.wrapped(line, _MARGIN, " " * 6)
    if plan.spent is not None:
        left = plan.spent.budget - plan.spent.money
        spent = f"Budget {words.money(plan.spent.budget)}: {words.money(plan.spent.money)} spent"
        yield f"{spent}, {words.money(max(left, 0.0))} left"


def _figure(each: Reached) -> str:
    if abs(each.value) < _NONE:
        return "none"
    write = MEASURES.get(each.measure, words.money)
    later = f", of which {write(each.beyond)} past the horizon"
    return write(each.value) + (later if abs(each.beyond) >= _WORTH_TELLING * abs(each.value) else "")


def _proof(each: Reached) -> str:
    if each.status is Status.OPTIMAL:
        return "proven the least possible"
    if each.gap is None or each.bound is None:
        return "nothing proven; less may be possible"
    stopped = "the time was up; " if each.status is Status.TIME_LIMIT else ""
    if each.bound <= _NONE:
        return f"{stopped}nothing proven; less may be possible"
    return f"{stopped}proven within {words.percent_at_most(each.gap)} of the least possible"
