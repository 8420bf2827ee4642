"""What planning for many futures is worth, and what knowing the future would be.

Birge and Louveaux, Introduction to Stochastic Programming (2011), chapter 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.expansion.grid import Grid
from optimizer.program import Floats
from optimizer.scenario.model import Scenario
from optimizer.scenario.uncertainty import Risk
from optimizer.solution import Limits
from optimizer.uncertainty.deciding import Decided, cost_of, decide
from optimizer.uncertainty.errors import NoDecision
from optimizer.uncertainty.futures import Futures, futures_of
from optimizer.uncertainty.recourse import foreseen
from optimizer.uncertainty.risk import weighed
from optimizer.uncertainty.samples import Joint, demands


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """In currency, over the same futures: the cost of the plan for the expected demand (None where some future can't
    go on from it), and of waiting to see, each as `risk` weighs costs."""

    expected_value_plan: float | None
    wait_and_see: float


def expected_value_plan(scenario: Scenario, grid: Grid, joint: Joint, limits: Limits) -> Floats:
    """(F,) what would be decided first if the mean of all futures were sure to come. Raises NoDecision."""
    mean = Joint(np.einsum("s,skp->kp", joint.weights, joint.values)[None], np.ones(1))
    return decide(futures_of(scenario, grid, demands(scenario, grid, mean), mean.weights), limits=limits).decided


def worth_of(scenario: Scenario, grid: Grid, joint: Joint, found: Decided, limits: Limits) -> tuple[Decided, Worth]:
    """What the decision is worth. Where the plan for the expected demand does better, it is taken in its place."""
    futures, risk = found.futures, None if scenario.uncertainty is None else scenario.uncertainty.risk
    waited = weighed(foreseen(futures), futures.weights, risk)
    try:
        plain = expected_value_plan(scenario, grid, joint, limits)
    except NoDecision:
        return found, Worth(None, waited)
    costs = cost_of(futures, plain)
    if bool(np.isnan(costs).any()):
        return found, Worth(None, waited)
    plainly = weighed(costs, futures.weights, risk)
    better = found if found.objective <= plainly else _instead(found, futures, plain, costs, risk)
    return better, Worth(plainly, waited)


def _instead(found: Decided, futures: Futures, decided: Floats, costs: Floats, risk: Risk | None) -> Decided:
    return replace(found, decided=decided, costs=costs, objective=weighed(costs, futures.weights, risk))
