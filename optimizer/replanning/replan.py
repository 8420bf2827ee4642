"""From a published plan and what happened to the plan that changes least at least cost.

The published plan's decisions are the starting point. Where they still serve as they are, at no more cost, they stay,
whatever a plan made afresh could save; else each change must save more than its price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from optimizer.capacity.build import Built, build
from optimizer.expansion.case import Case
from optimizer.expansion.demand import with_surges
from optimizer.goals.prices import refuse_goals
from optimizer.replanning.errors import EventError
from optimizer.replanning.events import read_events
from optimizer.replanning.happenings import Event
from optimizer.replanning.locks import locked_cells
from optimizer.replanning.publish import published, usual_price
from optimizer.saved import SavedPlan
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: events in words, cells to lock in words, the day before which all stays, a change's price."""

    events: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    lock_until: date | None = None
    change_price: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A plan to change: the events read, the scenario changed by them, its case and program."""

    saved: SavedPlan
    events: tuple[Event, ...]
    sets: tuple[str, ...]
    loaded: Loaded[Scenario]
    case: Case
    built: Built
    price: float


def prepare(saved: SavedPlan, request: Request) -> Task:
    """Publish the plan, read the events against it, and lay both over its scenario.

    Raises NotByPrices for a plan made by goals, EventError for an event or lock that is not understood, ScenarioError
    for a change the scenario refuses.
    """
    refuse_goals(saved, "give it as today.published, name changes among solve.goals, and plan again")
    if not saved.case.grid.dated:
        raise EventError("a cycle has no dates: plan it again rather than change it")
    price = usual_price(saved.case) if request.change_price is None else request.change_price
    told = published(saved.case, saved.tables, price)
    before = _case_of(saved, _laid(saved, {"today.published": told}))
    events, lists = read_events(request.events, before)
    lock = request.lock_until or min((event.day for event in events), default=None)
    if lock is not None:
        told["locked_before"] = lock.isoformat()
    changes: dict[str, object] = {"today.published": told, **lists}
    if request.locks:
        after = _case_of(saved, _laid(saved, changes))
        changes["locked"] = [*_plain_list(saved, "locked"), *locked_cells(request.locks, after)]
    loaded = _laid(saved, changes)
    case = _case_of(saved, loaded)
    return Task(saved, events, _as_sets(changes), loaded, case, build(case), price)


def _laid(saved: SavedPlan, changes: dict[str, object]) -> Loaded[Scenario]:
    """The saved scenario with values laid at dotted paths, validated. Raises ScenarioError."""
    resolved = dict(saved.loaded.resolved)
    for path, value in changes.items():
        steps, into = _steps(resolved, path), resolved
        for step in steps[:-1]:
            below = into.get(step)
            into[step] = dict(below) if isinstance(below, dict) else {}
            into = into[step]  # type: ignore[assignment]
        into[steps[-1]] = value
    return parse(resolved, Scenario)


def _steps(data: dict[str, object], path: str) -> list[str]:
    return path.split(".")


def _plain_list(saved: SavedPlan, key: str) -> list[object]:
    found = saved.loaded.resolved.get(key, [])
    return list(found) if isinstance(found, Sequence) else []


def _case_of(saved: SavedPlan, loaded: Loaded[Scenario]) -> Case:
    """The case of a changed scenario: the demand that was planned for, with the surges that are new."""
    scenario, demand = loaded.value, saved.case.demand
    had = {name: len(group.demand.surges) for name, group in saved.scenario.patients.items() if group.demand}
    arrivals = with_surges(scenario, saved.case.grid, demand.arrivals, had)
    return Case(scenario, saved.case.grid, replace(demand, arrivals=arrivals))


def _as_sets(changes: dict[str, object]) -> tuple[str, ...]:
    """The changes that events made, as `--set` texts; what was published and locked stands in the scenario alone."""
    import json

    own = ("today.published", "locked")
    return tuple(f"{path}={json.dumps(value)}" for path, value in changes.items() if path not in own)
