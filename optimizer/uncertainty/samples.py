"""Joint samples of demand, and the demand that the plan sees in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.expansion.demand import Demand
from optimizer.expansion.grid import Floats, Grid
from optimizer.planning import demand_of
from optimizer.scenario.model import Scenario
from optimizer.uncertainty.errors import BadSamples


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """S futures of K patient groups over P periods, in patients: what each group's demand counts (census or arrivals).

    `values` (S, K, P), in the order of the scenario's groups; `weights` (S,) are their chances. `exact` says that these
    are all the futures there are, so that nothing is left to chance.
    """

    values: Floats
    weights: Floats
    exact: bool = False

    def __len__(self) -> int:
        return len(self.weights)

    def part(self, start: int, stop: int) -> Joint:
        """Some of the futures, alike in chance."""
        values = self.values[start:stop]
        return Joint(values, np.full(len(values), 1.0 / max(len(values), 1)))


def joint_of(values: object, scenario: Scenario, grid: Grid, weights: object = None) -> Joint:
    """Samples (S, K, D) by day or (S, K, P) by period as `Joint`, equally likely unless `weights` (S,) say otherwise.

    Raises BadSamples for another shape, and for figures that no demand can have.
    """
    found = np.asarray(values, dtype=np.float64)
    groups = len(scenario.patients)
    if found.ndim != 3 or found.shape[1] != groups or found.shape[2] not in (grid.days, grid.periods) or not len(found):
        wanted = f"(samples, {groups} patient groups, {grid.days} days or {grid.periods} periods)"
        raise BadSamples(f"samples of demand must have the shape {wanted}, got {found.shape}")
    if not bool(np.isfinite(found).all()) or bool((found < 0).any()):
        raise BadSamples("samples of demand must be numbers, 0 or more")
    if found.shape[2] != grid.periods:
        found = np.repeat(found, grid.periods_per_day, axis=2)
    chances = np.full(len(found), 1.0 / len(found)) if weights is None else np.asarray(weights, dtype=np.float64)
    if chances.shape != (len(found),) or bool((chances <= 0).any()) or abs(chances.sum() - 1.0) > 1e-6:
        raise BadSamples(f"weights must be {len(found)} chances above 0 that sum to 1")
    return Joint(found, chances)


def demands(scenario: Scenario, grid: Grid, joint: Joint) -> list[Demand]:
    """The demand of each future: arrivals and stays that make its series, with today's state and the elective list."""
    found = []
    for values in joint.values:
        series = {
            name: values[row] for row, (name, group) in enumerate(scenario.patients.items()) if group.demand is not None
        }
        found.append(demand_of(scenario, grid, series, ()))
    return found
