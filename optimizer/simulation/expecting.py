"""What a plan expected, found again from its scenario and its kept forecast; nothing is learned anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.expansion.pathways import going_on
from optimizer.histories import named_histories, recalled
from optimizer.planning import demand_of, group_draws, group_series, plan_grid
from optimizer.scenario.model import Scenario
from optimizer.simulation.coming import Expected

if TYPE_CHECKING:
    from forecasting import Record


def expected_by(scenario: Scenario, record: Record | None, *, samples: int, seed: int) -> Expected:
    """What a scenario and the forecast kept of it expect, whatever service level it was planned for.

    Of each group with a history there are so many joint `samples`; `record` is None where nothing was forecast.
    """
    grid, usual = plan_grid(scenario), scenario.model_copy(update={"service_level": None})
    forecast = None if record is None else recalled(record, samples=samples, seed=seed)
    series = group_series(usual, grid, forecast, named_histories(usual)[1])
    demand = demand_of(usual, grid, series, ())
    onward = sum((going_on(usual, demand, row) for row in range(len(usual.patients))), np.zeros(demand.arrivals.shape))
    return Expected(demand, group_draws(usual, grid, forecast, seed), np.asarray(onward))
