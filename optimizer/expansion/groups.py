"""What a patient group says of itself before any plan: what its demand counts, how it stays, where it lies at home."""

from __future__ import annotations

import numpy as np

from optimizer.expansion.grid import Floats, Grid
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import PatientGroup


def counts_arrivals(group: PatientGroup) -> bool:
    """Whether the group's demand says how many arrive, not how many are present."""
    demand = group.demand
    return demand is not None and (
        demand.arrivals is not None or (demand.history is not None and demand.measures == "arrivals")
    )


def stay_chances(group: PatientGroup, grid: Grid) -> Floats:
    """(P,) chance to be present still one period later: geometric with the group's mean stay."""
    if group.length_of_stay is None:
        return np.zeros(grid.periods)
    chance = max(0.0, 1.0 - 1.0 / group.length_of_stay.mean)
    return np.full(grid.periods, chance ** (1.0 / grid.periods_per_day))


def season(group: PatientGroup, grid: Grid) -> Floats:
    """(D,) the factor of each day's month, where the scenario states a seasonal profile."""
    profile = group.demand.seasonal_profile if group.demand is not None else {}
    return np.array([profile.get(grid.day(day).month, 1.0) for day in range(grid.days)])


def home_shares(scenario: Scenario, name: str) -> dict[str, float]:
    """Share of a group's patients by home unit: as they lie today where that is said, else by beds.

    Where no unit is the group's home, its holding unit or the first unit at all stands for the hospital. Shares are
    above 0 and sum to 1; there are none in a scenario without units.
    """
    homes = [unit for unit, terms in scenario.units.items() if name in terms.cares_for]
    if not homes and scenario.units:
        homes = [scenario.patients[name].holding or next(iter(scenario.units))]
    today = scenario.today.census.get(name, {})
    weights = {unit: float(today.get(unit, 0.0)) for unit in homes}
    if not any(weights.values()):
        weights = {unit: float(scenario.units[unit].beds) for unit in homes}
    taken = {unit: weight for unit, weight in weights.items() if weight > 0} or dict.fromkeys(homes, 1.0)
    total = sum(taken.values())
    return {unit: weight / total for unit, weight in taken.items()}
