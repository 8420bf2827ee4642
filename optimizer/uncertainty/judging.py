"""How good a plan made for some futures is for all: bounds with confidence, from futures that it was not made for.

The best plan's cost lies above what plans made for fewer, other futures cost on average in those, and below what any
plan costs on fresh futures (Mak, Morton and Wood 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

import numpy as np

from optimizer.program import Floats
from optimizer.scenario.uncertainty import Risk
from optimizer.uncertainty.risk import weighed
from optimizer.uncertainty.told import Estimate

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 500


def fresh_estimate(costs: Floats, risk: Risk | None, *, seed: int) -> Estimate | None:
    """What a plan costs on futures alike in chance (S,): their mean, or what `risk` makes of them, with its interval.

    The interval is the mean's own; where the tail counts, that of costs drawn anew from these (the bootstrap). None
    where some future has no way to go on, or there are too few.
    """
    if len(costs) < 2 or bool(np.isnan(costs).any()):
        return None
    even = np.full(len(costs), 1.0 / len(costs))
    value = weighed(costs, even, risk)
    if risk is None:
        far = _far(len(costs) - 1) * float(costs.std(ddof=1)) / sqrt(len(costs))
        return Estimate(value, value - far, value + far, len(costs))
    luck = np.random.default_rng(seed)
    again = [weighed(costs[luck.integers(len(costs), size=len(costs))], even, risk) for _ in range(RESAMPLES)]
    low, high = np.quantile(again, [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0])
    return Estimate(value, float(low), float(high), len(costs))


def least_estimate(bounds: Sequence[float]) -> Estimate | None:
    """What the best plan costs at least, from the proven least costs of sets of futures drawn apart; None of fewer than
    two."""
    if len(bounds) < 2:
        return None
    found = np.array(bounds)
    far = _far(len(found) - 1) * float(found.std(ddof=1)) / sqrt(len(found))
    return Estimate(float(found.mean()), float(found.mean()) - far, float(found.mean()) + far, len(found))


def measured_gap(fresh: Estimate | None, least: Estimate | None) -> float | None:
    """By how much the plan may cost more than the best at the far ends of both intervals, as a share of its cost."""
    if fresh is None or least is None:
        return None
    return max(fresh.high - least.low, 0.0) / max(abs(fresh.mean), 1e-10)


def _far(freedom: int) -> float:
    """Student's t at the confidence asked for."""
    from scipy.stats import t

    return float(t.ppf((1.0 + CONFIDENCE) / 2.0, freedom))
