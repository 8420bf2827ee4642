"""Futures of a scenario's demand: joint samples of its forecast, and draws of the doubts that it states."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import prod
from typing import Final

import numpy as np

from optimizer.expansion.doubt import doubts_of, drawn, outcomes
from optimizer.expansion.grid import Floats, Grid
from optimizer.expansion.groups import season
from optimizer.histories import named_histories
from optimizer.planning import Outlook, foresee, group_draws, group_series, plan_grid
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.uncertainty.fills import uncertain_contracts
from optimizer.uncertainty.samples import Joint

POOL: Final = 5000
"""Joint samples drawn of a forecast, whatever is asked: the same ones then stand under the same number."""

MOST_EXACT: Final = 1000
"""Up to so many futures all are planned for at their chances, and nothing is sampled."""


def foresee_pool(loaded: Loaded[Scenario], *, seed: int | None = None) -> Outlook:
    """The demand expected, with as many joint samples of the forecast as there may be futures. Raises ScenarioError."""
    scenario = loaded.value
    forecast = scenario.forecast.model_copy(update={"samples": POOL})
    return foresee(replace(loaded, value=scenario.model_copy(update={"forecast": forecast})), seed=seed)


def every_future(loaded: Loaded[Scenario]) -> Joint | None:
    """All futures there are, with their chances; None where they are too many or only a forecast knows them."""
    scenario, grid = loaded.value, plan_grid(loaded.value)
    doubts, terms = doubts_of(scenario), scenario.uncertainty
    by_chance = terms is not None and terms.fills == "sampled" and bool(uncertain_contracts(scenario))
    if by_chance or named_histories(scenario)[0]:
        return None
    series = group_series(scenario, grid, None, {})
    found = {}
    for name, doubt in doubts.items():
        figures = series[name]
        if (doubt.days == "apart" and grid.days > 1) or (doubt.sd is not None and np.ptp(figures) > 0):
            return None
        values, chances = outcomes(doubt, float(figures[0])) if doubt.sd is not None else outcomes(doubt, 1.0)
        found[name] = values[:, None] * (np.ones(grid.periods) if doubt.sd is not None else figures), chances
    if prod(len(chances) for _, chances in found.values()) > MOST_EXACT:
        return None
    return _combined(scenario, series, found)


def _combined(scenario: Scenario, series: dict[str, Floats], found: dict[str, tuple[Floats, Floats]]) -> Joint:
    """Every combination of the groups' outcomes."""
    periods = len(next(iter(series.values())))
    rows = list(scenario.patients)
    values, weights = [], []
    for picked in product(*(range(len(chances)) for _, chances in found.values())):
        future = np.array([series.get(name, np.zeros(periods)) for name in rows])
        chance = 1.0
        for at, (name, (figures, chances)) in zip(picked, found.items(), strict=True):
            future[rows.index(name)] = figures[at]
            chance *= float(chances[at])
        values.append(future)
        weights.append(chance)
    return Joint(np.array(values), np.array(weights) / sum(weights), exact=True)


def sampled_futures(loaded: Loaded[Scenario], outlook: Outlook, start: int, stop: int, *, seed: int) -> Joint:
    """The futures numbered from `start` to before `stop`, alike in chance, of those that `foresee_pool` knows.

    A number means the same draw in every variant of a scenario (common random numbers), as far as both foresee alike.
    """
    scenario, grid = loaded.value, plan_grid(loaded.value)
    rows = named_histories(scenario)[1]
    series = group_series(scenario, grid, outlook.forecast, rows)
    values = np.zeros((stop - start, len(scenario.patients), grid.periods))
    draws, doubts = group_draws(scenario, grid, outlook.forecast, seed), doubts_of(scenario)
    for at, (name, figures) in enumerate(series.items()):
        row = list(scenario.patients).index(name)
        if name in draws:
            values[:, row] = draws[name][start:stop] * _factor(scenario, grid, name)
        elif name in doubts:
            luck = (np.random.default_rng([seed, number, at]) for number in range(start, stop))
            values[:, row] = [drawn(doubts[name], figures, each, grid.periods_per_day) for each in luck]
        else:
            values[:, row] = figures
    return Joint(values, np.full(stop - start, 1.0 / (stop - start)))


def _factor(scenario: Scenario, grid: Grid, name: str) -> Floats:
    """(P,) what a group's draws are multiplied by: shares of all groups of its history, season, periods of a day."""
    rows, group = named_histories(scenario)[1], scenario.patients[name]
    together = [scenario.patients[each].demand for each in rows if rows[each] == rows[name]]
    weight = sum(each.share * (1.0 + each.uplift) for each in together if each is not None)
    arrivals = group.demand is not None and group.demand.measures == "arrivals"
    per_day = weight * season(group, grid) / (grid.periods_per_day if arrivals else 1)
    return np.asarray(np.repeat(np.broadcast_to(per_day, (grid.days,)), grid.periods_per_day))
