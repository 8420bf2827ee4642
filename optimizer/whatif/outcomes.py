"""What a plan came to, in figures that can be set side by side: money by item, key figures, and what was decided."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from optimizer.expansion.pay import fixed_cost
from optimizer.figures import key_figures
from optimizer.plan import Plan
from optimizer.planning import plan_grid
from optimizer.saved import PLAN, SavedPlan
from optimizer.scenario.model import Scenario
from optimizer.solution import Status
from optimizer.tables import Cell, Table, figure

FIXED: Final = "fixed "
"""Begins the name of an item that is paid whatever is decided."""

FUTURES: Final = "other_futures"
"""The item of a plan for many futures that its expected path leaves out: the mean over all of them less that path."""


LEAST_MONEY: Final = 0.005


@dataclass(frozen=True, slots=True)
class Outcome:
    """What planning a scenario came to; money in its currency.

    `items` is cost by item, those paid whatever is decided included (named "fixed ..."), and `total` their sum; `least`
    is what any plan must cost, as far as proven. A plan for many futures costs what it does in the mean, of which
    `items` tell the expected path and, as "other_futures", the rest. `figures` are key figures and what was decided, by
    name. `total` is None where there is no plan; `least` too where nothing is proven.
    """

    status: Status
    items: Mapping[str, float]
    total: float | None
    least: float | None
    figures: Mapping[str, float | None]

    @property
    def exists(self) -> bool:
        """Whether there is a plan."""
        return self.total is not None


def outcome_of(scenario: Scenario, plan: Plan) -> Outcome:
    """What a plan just made came to."""
    figures = {**plan.key_figures, **_tallied(scenario, plan.tables)}
    found = _outcome(plan.status, plan.objective, plan.bound, plan.cost, plan.fixed, figures)
    return found if plan.uncertainty is None else _over_futures(found, plan.uncertainty.to_json())


def outcome_of_saved(saved: SavedPlan) -> Outcome:
    """What a plan told by its folder came to; all but the money recounted from its tables."""
    scenario, facts = saved.scenario, saved.facts
    fixed = {
        f"staff.{name}": money
        for name, group in scenario.staff.items()
        if (money := round(fixed_cost(scenario, group, saved.case.grid), 2))
    }
    figures = {**key_figures(saved.case, saved.tables), **_tallied(scenario, saved.tables)}
    found = _outcome(facts.status, facts.objective, facts.bound, facts.cost, fixed, figures)
    told = json.loads((saved.folder / PLAN).read_text(encoding="utf-8")).get("uncertainty")
    return found if told is None else _over_futures(found, told)


def _over_futures(path: Outcome, told: Mapping[str, Any]) -> Outcome:
    """The outcome in the mean over many futures, of one that goes as expected; `told` is the plan's `uncertainty`.

    The bound holds for the mean only where the mean alone was made least.
    """
    if path.total is None:
        return path
    fixed = sum(money for item, money in path.items.items() if item.startswith(FIXED))
    total = float(told["expected"]) + fixed
    bound = told["bound"] if abs(told["objective"] - told["expected"]) < LEAST_MONEY else None
    items = {**path.items, FUTURES: total - path.total}
    least = None if bound is None else float(bound) + fixed
    figures = {**path.figures, "dearest_futures": float(told["tail"]) + fixed, "value_of_knowing": told["evpi"]}
    return Outcome(path.status, items, total, least, figures)


def _outcome(
    status: Status,
    objective: float | None,
    bound: float | None,
    cost: Mapping[str, float],
    fixed: Mapping[str, float],
    figures: Mapping[str, float | None],
) -> Outcome:
    items = {**cost, **{f"{FIXED}{name}": money for name, money in fixed.items()}}
    if objective is None:
        return Outcome(status, {}, None, None, {})
    paid = sum(fixed.values())
    return Outcome(status, items, objective + paid, None if bound is None else bound + paid, figures)


@dataclass(frozen=True, slots=True)
class Tally:
    """A figure summed over the committed days of a table, by the `names` in its row; `words` say what it counts.

    `in_days`: rows are periods, of which a day has some, and the sum is told in days.
    """

    table: str
    names: tuple[str, ...]
    figure: Callable[[Mapping[str, Cell]], float]
    words: str
    in_days: bool = False


def _of(*columns: str) -> Callable[[Mapping[str, Cell]], float]:
    """The product of some columns."""

    def product(row: Mapping[str, Cell]) -> float:
        found = 1.0
        for column in columns:
            found *= float(row[column])
        return found

    return product


TALLIES: Final[tuple[Tally, ...]] = (
    Tally("staff", ("contract", "staff"), _of("people"), "{0} {1} shifts"),
    Tally("short_staff", ("staff",), _of("people", "hours"), "{0} hours short"),
    Tally("bays", ("unit",), _of("beds", "open"), "escalation bed-days on {0}"),
    Tally("overflow", ("unit",), _of("beds"), "bed-days beyond those open at {0}"),
    Tally("waiting", ("group",), _of("waiting"), "{0} patient-days boarded", in_days=True),
    Tally("waiting", ("group",), _of("diverted"), "{0} patients diverted"),
    Tally("electives_off", ("group",), _of("cancelled"), "{0} cases cancelled"),
    Tally("electives_off", ("group",), _of("left"), "{0} cases left undone"),
    Tally("stores", ("device",), _of("rented"), "{0} rented, days", in_days=True),
    Tally("devices", ("device",), _of("short"), "{0} short, days", in_days=True),
    Tally("device_moves", ("device",), _of("devices"), "{0} moved"),
    Tally("extra_slots", ("device",), _of("slots"), "{0} extra slots"),
)
"""What is decided, in figures a planner adds up."""


def _tallied(scenario: Scenario, tables: Mapping[str, Table]) -> dict[str, float | None]:
    """Every tally of a plan's tables; days past the horizon do not count."""
    grid = plan_grid(scenario)
    days = {grid.day_label(day) for day in range(grid.committed_days)}
    found: dict[str, float] = {}
    for tally in TALLIES:
        share = 1 / grid.periods_per_day if tally.in_days else 1.0
        for row in _rows(tables.get(tally.table), days):
            name = tally.words.format(*(row[column] for column in tally.names))
            found[name] = found.get(name, 0.0) + tally.figure(row) * share
    return {name: figure(total, 4) for name, total in found.items() if abs(total) > 1e-9}


def _rows(table: Table | None, days: set[str]) -> Iterator[Mapping[str, Cell]]:
    if table is None:
        return
    dated = next((column for column in ("day", "booked", "from") if column in table.columns), None)
    for row in table.records():
        day = "" if dated is None else str(row[dated])
        if dated is None or day in days or (day.rpartition(" ")[0] or "day") in days:
            yield row
