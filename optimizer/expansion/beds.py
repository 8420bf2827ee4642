"""Beds open without escalation, and when a unit is open at all."""

from __future__ import annotations

import numpy as np

from optimizer.expansion.choices import may_close
from optimizer.expansion.grid import Bools, Floats, Grid
from optimizer.scenario.crosscheck import unit_names
from optimizer.scenario.model import Scenario


def base_beds(scenario: Scenario, grid: Grid) -> Floats:
    """(U, D) beds open without escalation, closures taken off and extra beds added; never below 0."""
    beds = np.zeros((len(unit_names(scenario)), grid.days))
    for row, unit in enumerate(scenario.units.values()):
        beds[row] = unit.beds
        for closure in unit.closures:
            days = [closure.first <= grid.day(day) <= closure.last for day in range(grid.days)]
            beds[row, days] -= closure.beds
        for more in unit.extra_beds:
            days = [more.first <= grid.day(day) <= more.last for day in range(grid.days)]
            beds[row, days] += more.beds
    return np.maximum(beds, 0.0)


def shut_bays(scenario: Scenario, grid: Grid) -> Bools:
    """(B, D) escalation bays that can't be open, in the order of `published.bay_names`."""
    days = [grid.day(day) for day in range(grid.days)]
    rows = [
        [any(each.bay == number + 1 and each.first <= day <= each.last for each in terms.shut) for day in days]
        for terms in (unit.escalation for unit in scenario.units.values())
        if terms is not None
        for number in range(len(terms.bays))
    ]
    return np.array(rows, dtype=np.bool_).reshape(len(rows), grid.days)


def open_anyway(scenario: Scenario, grid: Grid) -> Bools:
    """(U, D) units that are open whatever is decided: with beds open, or of a kind that has none (a holding area).

    Those that may be closed by choice are not.
    """
    found = base_beds(scenario, grid) > 0
    for row, unit in enumerate(scenario.units.values()):
        found[row] |= unit.beds == 0 and unit.escalation is None
    return (found & ~may_close(scenario, grid)) | (not scenario.units)


def open_by_bay(scenario: Scenario, grid: Grid) -> Bools:
    """(U, D) units that are open only where an escalation bay is, or where nobody chose to close them."""
    has_bays = [unit.escalation is not None for unit in scenario.units.values()] or [False]
    return np.asarray(~open_anyway(scenario, grid) & (np.array(has_bays)[:, None] | may_close(scenario, grid)))
