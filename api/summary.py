"""What a planner reads when a plan is done: pure text from a `Plan`, no rule of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from api import words
from api.choice_words import choice_lines
from api.goal_words import goal_lines
from api.infeasible import infeasible_lines
from api.scarcity import summary_lines
from api.uncertainty_words import uncertainty_lines
from optimizer.plan import WORKABLE, DemandNote, Plan, Shortfall
from optimizer.scenario.goals import SHORTFALLS
from optimizer.solution import Status

MOST_SHORTFALLS: Final = 6
MOST_NOTES: Final = 3
MOST_TEAMS: Final = 3
SMALL_HOURS: Final = 4.0
"""A duty short by less than this many person-hours is a small one."""

INTERRUPTED: Final = "interrupted"
"""The solvers' own message after Ctrl-C."""

_MARGIN, _DEEPER = "  ", "      "

FIGURES: Final[Mapping[str, tuple[str, Callable[[float], str]]]] = {
    "fill_rate": ("hours filled", lambda value: words.percent(value, 1)),
    "own_fill_rate": ("by own staff", lambda value: words.percent(value, 1)),
    "unfilled_duties": ("unfilled duties", lambda value: f"{value:,.1f}"),
    WORKABLE: ("own duties that people can work", lambda value: words.percent(value, 1)),
    "red_shifts": ("red shifts", lambda value: f"{value:,.0f}"),
    "care_hours_per_patient_day": ("care hours a patient-day", lambda value: f"{value:.2f}"),
    "worst_net_beds": ("fewest free beds on any unit", lambda value: f"{value:,.1f}"),
    "outlier_days": ("outlier days", lambda value: f"{value:,.1f}"),
    "boarded_days": ("boarded days", lambda value: f"{value:,.1f}"),
}
"""What each key figure is called and how it is written; figures not listed are shown by their own name."""


def summary(plan: Plan, *, note: str = "") -> str:
    """The plan in at most 100 columns: cost and how good it is, key figures, what is short, what demand rests on.

    `note` is the scenario's own.
    """
    if plan.infeasible is not None:
        return "\n".join([*_head(plan), *infeasible_lines(plan.infeasible)]) + "\n"
    lines = [*_head(plan), *(_plan(plan) if plan.exists else _no_plan(plan))]
    lines += demand_lines(plan.demand, plan.notes[:MOST_NOTES])
    if len(plan.notes) > MOST_NOTES:
        lines.append(f"{_MARGIN}and {len(plan.notes) - MOST_NOTES} more notes on its history in plan.json")
    if note:
        lines += words.wrapped(f"Note: {note}", hanging=_MARGIN)
    return "\n".join(lines) + "\n"


def _head(plan: Plan) -> list[str]:
    source = plan.source
    name = (source.name or source.id) + (f", variant {source.variant}" if source.variant else "")
    return words.joined(name, [f"  {_span(source.start, source.days)}", *_checked(plan)], _MARGIN)


def _span(start: date | None, days: int) -> str:
    if start is None:
        return f"a {'day' if days == 1 else 'week'} that repeats"
    return f"{words.count(days, 'day')} from {words.day_name(start)}"


def _checked(plan: Plan) -> Iterator[str]:
    if plan.checked is not None:
        yield " checked: every rule holds" if plan.checked.ok else " checked: RULES ARE BROKEN"


def _plan(plan: Plan) -> Iterator[str]:
    yield from goal_lines(plan)
    yield from uncertainty_lines(plan)
    proof = "" if plan.goals or plan.uncertainty else _proof(plan)
    yield from words.wrapped(f"{_cost(plan)}{proof}", hanging=_MARGIN)
    paid = [item for item in _ordered(plan.cost) if item not in SHORTFALLS]
    priced = [item for item in _ordered(plan.cost) if item in SHORTFALLS]
    yield from choice_lines(plan)
    if len(plan.cost) > 1 or plan.fixed:
        yield from _split("you can change:", [_item(item, plan.cost[item]) for item in paid])
        yield from _split("the price put on what is short:", [_item(item, plan.cost[item]) for item in priced])
    yield from _split("fixed:", [f"{_fixed_name(item)} {words.money(money)}" for item, money in plan.fixed.items()])
    figures = [
        _figure(name, value) for name, value in plan.key_figures.items() if value is not None and name != WORKABLE
    ]
    if figures:
        yield from words.joined("Key figures:", figures, _MARGIN)
    yield from _workable(plan)
    yield from _shortfalls(plan)
    yield from summary_lines(plan.bottlenecks)


def _split(head: str, parts: Sequence[str]) -> list[str]:
    return words.joined(_MARGIN + head, parts, _DEEPER) if parts else []


def _ordered(cost: Mapping[str, float]) -> list[str]:
    """Items in the order of the table of words, unknown ones last."""
    known = list(words.COSTS)
    return sorted(cost, key=lambda item: known.index(item) if item in known else len(known))


def _item(item: str, money: float) -> str:
    return f"{words.cost_name(item)} {words.money(money)}"


def _cost(plan: Plan) -> str:
    """The whole cost, and how much of it the plan could have changed."""
    changeable, fixed = plan.objective or 0.0, sum(plan.fixed.values())
    currency = f" {plan.source.currency}" if plan.source.currency else ""
    total = f"Cost {words.money(changeable + fixed)}{currency}"
    return f"{total}, of which you can change {words.money(changeable)}" if fixed else total


def _fixed_name(item: str) -> str:
    return item.replace("staff.", "own ", 1)


def _proof(plan: Plan) -> str:
    """How near the changeable cost is proven to be to the least possible, and why the search stopped early."""
    if plan.status is Status.OPTIMAL:
        return ": proven to be the least possible"
    stopped = ""
    if plan.status is Status.TIME_LIMIT:
        stopped = "; stopped by Ctrl-C" if plan.solver.message == INTERRUPTED else "; stopped by the time limit"
    if plan.gap is None:
        return f"{stopped or ';'} with nothing proven: cheaper plans may exist"
    return f"{stopped}: proven within {words.percent_at_most(plan.gap)} of the least possible"


def _workable(plan: Plan) -> Iterator[str]:
    """How many own duties a roster without names places; what it can't is not yet proven to be too much."""
    told = plan.workable
    if told is None:
        return
    yield f"People can work {told.placed:,} of {told.planned:,} own duties ({words.percent(told.share, 1)}), rest kept"
    if told.placed < told.planned:
        teams = ", ".join(told.teams_short[:MOST_TEAMS]) + (
            "" if len(told.teams_short) <= MOST_TEAMS else " and others"
        )
        yield from words.wrapped(
            f"the rest a quick roster could not place, at {teams}; `wardwright roster --from` looks harder",
            _MARGIN,
            _MARGIN,
        )


def _figure(name: str, value: float) -> str:
    label, write = FIGURES.get(name, (name.replace("_", " "), lambda figure: f"{figure:g}"))
    return f"{label} {write(value)}"


def _shortfalls(plan: Plan) -> Iterator[str]:
    """The dearest first; the same thing at the same unit for the same reason is told once."""
    if not plan.shortfalls:
        yield "Short nowhere"
        return
    told: dict[tuple[str, str, str], list[str]] = {}
    for each in plan.shortfalls:
        told.setdefault((each.unit, each.what, each.because), []).append(each.when)
    yield f"Short in {words.count(len(plan.shortfalls), 'place')}{_small(plan.shortfalls)}, the dearest first"
    shown = list(told.items())[:MOST_SHORTFALLS]
    numbers = _numbered([because for (_, _, because), _ in shown])
    cells = [
        [unit, _times(whens), f"{what}  ({numbers[_shape(because)][0]})"] for (unit, what, because), whens in shown
    ]
    yield from (words.cut(_MARGIN + "  ".join(row)) for row in words.columned(cells))
    left = len(plan.shortfalls) - sum(len(whens) for _, whens in shown)
    if left:
        yield f"{_MARGIN}and {left:,} more in shortfalls.csv"
    for number, because in numbers.values():
        alike = {each for (_, _, each), _ in shown if _shape(each) == _shape(because)}
        others = "" if len(alike) == 1 else "; the others alike, with figures of their own"
        yield from words.wrapped(f"({number}) because {because}{others}", _MARGIN, _DEEPER)


def _numbered(reasons: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Reasons by their shape, each with a number; of those that differ in figures alone the first stands for all."""
    found: dict[str, tuple[int, str]] = {}
    for because in reasons:
        found.setdefault(_shape(because), (len(found) + 1, because))
    return found


def _shape(because: str) -> str:
    """A reason without its figures."""
    return re.sub(r"[\d.,]*\d", "#", because)


def _small(shortfalls: Sequence[Shortfall]) -> str:
    """How many of many are small: a nurse shared for an hour or two is not a shift uncovered."""
    small = sum(each.measure == "person-hours" and each.amount < SMALL_HOURS for each in shortfalls)
    return f", {small:,} of them under {SMALL_HOURS:g} hours" if small and len(shortfalls) > MOST_SHORTFALLS else ""


def _times(whens: Sequence[str]) -> str:
    return whens[0] if len(whens) == 1 else f"{whens[0]} and {len(whens) - 1:,} more"


def _no_plan(plan: Plan) -> Iterator[str]:
    if plan.status is Status.INFEASIBLE:
        yield "No plan exists: the rules that must hold can't all be met"
        yield f"{_MARGIN}look at hard: true, limits and closures; a price in place of hard shows where it is short"
    elif plan.solver.message == INTERRUPTED:
        yield "No plan: stopped by Ctrl-C before one was found"
    elif plan.status is Status.TIME_LIMIT:
        yield "No plan: the time limit came before one was found; give more time with --time-limit"
    else:
        yield f"No plan: the solver failed ({plan.status})"
    if plan.solver.message and plan.solver.message != INTERRUPTED:
        yield from words.wrapped(plan.solver.message, _MARGIN, _MARGIN)
    yield from words.wrapped(f"{plan.solver.name}: {plan.solver.why}", _MARGIN, _MARGIN)


def demand_lines(note: DemandNote, notes: Sequence[str]) -> Iterator[str]:
    """How demand was forecast and what its data were like."""
    if note.forecaster is not None:
        tested = []
        if note.wape is not None:
            tested.append(f"back-tested {words.percent(note.wape, 1)} WAPE")
        if note.coverage80 is not None:
            tested.append(f"the 80 % interval held {words.percent(note.coverage80)}")
        head = f"Demand: {note.forecaster} on {words.count(note.days_used, 'day')}"
        yield from words.wrapped(f"{head}; {', '.join(tested)}" if tested else head, hanging=_MARGIN)
    for each in notes:
        yield from words.wrapped(each, _MARGIN, _DEEPER)
