"""Who goes on: patients leaving one group arrive in others, wherever they lay and whoever cared for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.expansion.demand import Demand
from optimizer.expansion.grid import Floats
from optimizer.scenario.model import Scenario


def going_on(scenario: Scenario, demand: Demand, row: int) -> Floats:
    """(K, P) expected arrivals in each group of those who leave group number `row`, in the period in which they do."""
    found = np.zeros(demand.arrivals.shape)
    shares = list(scenario.patients.values())[row].goes_on_to
    if shares:
        each = leavers(demand, row)
        for name, share in shares.items():
            found[list(scenario.patients).index(name)] += share * each
    return found


def leavers(demand: Demand, row: int) -> Floats:
    """(P,) patients of a group expected to leave in each period."""
    only = slice(row, row + 1)
    one = replace(
        demand, arrivals=demand.arrivals[only], stays=demand.stays[only], present=demand.present[only],
        waiting=demand.waiting[only], cases=demand.cases[only],
    )  # fmt: skip
    before = np.roll(one.census[0], 1)
    if not demand.cyclic:
        before[0] = one.present.sum() + one.waiting.sum()
    return np.asarray(before * (1.0 - one.stays[0]))
