"""Choices of a scenario in numbers: when wards may close, and the scenario that is left once all is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.expansion.grid import Bools, Floats, Grid
from optimizer.scenario.choices import Closing, window
from optimizer.scenario.crosscheck import unit_names
from optimizer.scenario.model import Scenario
from optimizer.scenario.places import Closure, ShutBay, Unit
from optimizer.scenario.staff import StaffGroup, Team


def may_close(scenario: Scenario, grid: Grid) -> Bools:
    """(U, D) days on which a unit may be shut by choice."""
    units = unit_names(scenario)
    found = np.zeros((len(units), grid.days), dtype=np.bool_)
    for closing in scenario.closing.values():
        first, last = window(scenario, closing)
        days = [first <= grid.day(day) <= last for day in range(grid.days)]
        found[[units.index(unit) for unit in closing.units]] |= np.array(days)
    return found


def may_start_closing(scenario: Scenario, grid: Grid, closing: Closing) -> Bools:
    """(U, D) days on which each of its units may be shut first, so that it is open again in time."""
    units = unit_names(scenario)
    first, last = window(scenario, closing)
    days = [first <= grid.day(day) and (last - grid.day(day)).days + 1 >= closing.days for day in range(grid.days)]
    found = np.zeros((len(units), grid.days), dtype=np.bool_)
    found[[units.index(unit) for unit in closing.units]] = np.array(days)
    return found


def as_chosen(scenario: Scenario, grid: Grid, closed: Floats, engaged: Floats) -> Scenario:
    """The scenario in which what was chosen is given: `closed` (U, D) and `engaged` (U, G) people.

    Wards shut are closures, their bays shut with them; people engaged are those at least and at most engaged.
    """
    if not scenario.closing and not any(_engages(group) for group in scenario.staff.values()):
        return scenario
    names = unit_names(scenario)
    units = {name: _closed(unit, grid, closed[names.index(name)]) for name, unit in scenario.units.items()}
    staff = {name: _engaged(group, names, engaged[:, at]) for at, (name, group) in enumerate(scenario.staff.items())}
    return scenario.model_copy(update={"closing": {}, "units": units, "staff": staff})


def _engages(group: StaffGroup) -> bool:
    return isinstance(group.own, dict) and any(team.engage is not None for team in group.own.values())


def _closed(unit: Unit, grid: Grid, closed: Floats) -> Unit:
    spans = list(_spans(closed > 0.5))
    if not spans:
        return unit
    beds = max(unit.beds + sum(more.beds for more in unit.extra_beds), 1)
    shut = [Closure.model_validate({"beds": beds, "from": grid.day(a), "to": grid.day(b)}) for a, b in spans]
    terms = unit.escalation
    if terms is not None:
        bays = [
            ShutBay.model_validate({"bay": number + 1, "from": grid.day(a), "to": grid.day(b)})
            for a, b in spans
            for number in range(len(terms.bays))
        ]
        terms = terms.model_copy(update={"shut": (*terms.shut, *bays)})
    return unit.model_copy(update={"closures": (*unit.closures, *shut), "escalation": terms})


def _spans(shut: Bools) -> Iterator[tuple[int, int]]:
    """First and last day of each run of days."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], shut.astype(np.int8), [0]))))
    for start, end in edges.reshape(-1, 2):
        yield int(start), int(end) - 1


def _engaged(group: StaffGroup, units: tuple[str, ...], people: Floats) -> StaffGroup:
    if not isinstance(group.own, dict):
        return group
    own = {unit: _exactly(team, round(float(people[units.index(unit)]))) for unit, team in group.own.items()}
    return group.model_copy(update={"own": own})


def _exactly(team: Team, people: int) -> Team:
    if team.engage is None:
        return team
    return team.model_copy(update={"engage": team.engage.model_copy(update={"at_least": people, "at_most": people})})
