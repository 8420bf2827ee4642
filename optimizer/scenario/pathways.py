"""Pathways: patients who leave one group go on to another, as from an acute stroke unit to rehabilitation."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from optimizer.scenario.faults import Problem
from optimizer.scenario.named import known

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario

_ROUNDING = 1e-9


def in_order(scenario: Scenario) -> tuple[str, ...]:
    """Patient groups, each after those that go on to it, else as they are written. Raises CycleError for a ring."""
    before: dict[str, list[str]] = {name: [] for name in scenario.patients}
    for name, group in scenario.patients.items():
        for target in group.goes_on_to:
            before.setdefault(target, []).append(name)
    return tuple(TopologicalSorter(before).static_order())


def pathways_agree(scenario: Scenario) -> Iterator[Problem]:
    """Who goes on has stayed first, at most everybody does, nobody comes round again, and arrivals are counted."""
    for name, group in scenario.patients.items():
        path = ("patients", name, "goes_on_to")
        yield from known(path, group.goes_on_to, scenario.patients, "patient group")
        if group.goes_on_to and group.length_of_stay is None:
            yield Problem(path, "needs a length_of_stay: nobody leaves to go on")
        if sum(group.goes_on_to.values()) > 1 + _ROUNDING:
            yield Problem(path, f"shares must sum to 1 at most, got {sum(group.goes_on_to.values()):g}")
        for target in group.goes_on_to:
            demand = scenario.patients[target].demand if target in scenario.patients else None
            counts = demand is not None and (demand.arrivals is not None or demand.measures == "arrivals")
            if target in scenario.patients and not counts:
                cure = f"give {target} the arrivals that come straight to it, 0 where none do"
                yield Problem(path, f"{target} states no arrivals, to which those who go on could be added", cure)
    yield from _no_ring(scenario)


def _no_ring(scenario: Scenario) -> Iterator[Problem]:
    try:
        in_order(scenario)
    except CycleError as error:
        ring = " -> ".join(reversed(error.args[1]))
        yield Problem(("patients", error.args[1][0], "goes_on_to"), f"patients would go round in a ring: {ring}")
