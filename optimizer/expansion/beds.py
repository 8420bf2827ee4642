"""Beds open without escalation, and when a unit is open at all."""

from __future__ import annotations

import numpy as np

from optimizer.expansion.grid import Bools, Floats, Grid
from optimizer.scenario.crosscheck import unit_names
from optimizer.scenario.model import Scenario


def base_beds(scenario: Scenario, grid: Grid) -> Floats:
    """(U, D) beds open without escalation, closures taken off; never below 0."""
    beds = np.zeros((len(unit_names(scenario)), grid.days))
    for row, unit in enumerate(scenario.units.values()):
        beds[row] = unit.beds
        for closure in unit.closures:
            days = [closure.first <= grid.day(day) <= closure.last for day in range(grid.days)]
            beds[row, days] -= closure.beds
    return np.maximum(beds, 0.0)


def open_anyway(scenario: Scenario, grid: Grid) -> Bools:
    """(U, D) units that are open whatever is decided: with beds open, or of a kind that has none (a holding area)."""
    found = base_beds(scenario, grid) > 0
    for row, unit in enumerate(scenario.units.values()):
        found[row] |= unit.beds == 0 and unit.escalation is None
    return found | (not scenario.units)


def open_by_bay(scenario: Scenario, grid: Grid) -> Bools:
    """(U, D) units that are open only where an escalation bay is."""
    has_bays = [unit.escalation is not None for unit in scenario.units.values()] or [False]
    return np.asarray(~open_anyway(scenario, grid) & np.array(has_bays)[:, None])
