"""What many costs come to: their expectation, the mean of the dear tail, and both weighed."""

from __future__ import annotations

import numpy as np

from optimizer.program import Floats
from optimizer.scenario.uncertainty import Risk


def expected(costs: Floats, weights: Floats) -> float:
    """The mean of `costs` (S,) by their chances `weights` (S,), which sum to 1."""
    return float(weights @ costs)


def tail_mean(costs: Floats, weights: Floats, alpha: float) -> float:
    """Conditional value at risk: the mean of the dearest 1 - `alpha` of all cases, a case parted where need be.

    The least over thresholds v of v + E[(cost - v)+] / (1 - alpha) (Rockafellar and Uryasev 2000).
    """
    order = np.argsort(-costs, kind="stable")
    share = 1.0 - alpha
    before = np.concatenate(([0.0], np.cumsum(weights[order])[:-1]))
    counted = np.clip(share - before, 0.0, weights[order])
    return float(counted @ costs[order] / share)


def weighed(costs: Floats, weights: Floats, risk: Risk | None) -> float:
    """What is made least: the expected cost, or that and the tail's mean by the weights of `risk`."""
    mean = expected(costs, weights)
    if risk is None:
        return mean
    return (1.0 - risk.weight) * mean + risk.weight * tail_mean(costs, weights, risk.alpha)
