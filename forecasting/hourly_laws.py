"""How a slot scatters about what is expected of it: counts of events, or a level that moves little.

The first two moments are matched: a negative binomial (Poisson at the edge) where whole numbers scatter at least like
independent events, a gamma otherwise; neither is ever below zero (Johnson, Kemp and Kotz 2005, ch. 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.history import Floats
from forecasting.hourly_profiles import Profile

LEAST_MEAN = 1e-9

EVENTS = 0.8
"""Whole numbers that scatter at least so much of what independent events do are taken to be counts of them."""

OVER_POISSON = 1e-3
INNER = (0.25, 0.75)
"""Between these levels quantiles of counts are whole numbers; the bounds of wide intervals are not."""


@dataclass(frozen=True, slots=True)
class Law:
    """Chance within a day: `scatter` in units of independent events, and whether values are `counts` of them."""

    scatter: float
    counts: bool

    def quantiles(self, mean: Floats, from_day: Floats, levels: Floats) -> Floats:
        """Quantiles (T, Q) of slots of expected values (T,), `from_day` (T,) the deviation that the day's total gives.

        A count's quantile lies as far within its step of the distribution as the level does, so that intervals cover
        what they say and not a whole number more; median and quartiles are the whole numbers that score best.
        """
        mean = np.maximum(mean, LEAST_MEAN)
        variance = self.scatter * mean + from_day**2
        if not self.counts:
            return _gamma(mean, variance, levels)
        told = _within_steps(mean, np.maximum(variance, mean * (1.0 + OVER_POISSON)), levels)
        inner = (levels >= INNER[0]) & (levels <= INNER[1])
        return np.maximum.accumulate(np.where(inner, np.rint(told), told), axis=1)

    def drawn(self, expected: Floats, rng: np.random.Generator) -> Floats:
        """One draw about each expected value (N, T)."""
        expected = np.maximum(expected, LEAST_MEAN)
        if not self.counts:
            return np.asarray(rng.gamma(expected / max(self.scatter, LEAST_MEAN), max(self.scatter, LEAST_MEAN)))
        if self.scatter <= 1.0 + OVER_POISSON:
            return np.asarray(rng.poisson(expected), dtype=np.float64)
        over = self.scatter - 1.0
        return np.asarray(rng.negative_binomial(expected / over, 1.0 / self.scatter), dtype=np.float64)


def law_of(profile: Profile, whole: bool) -> Law:
    """The law of a series by how its slots scattered."""
    return Law(profile.scatter, whole and profile.scatter >= EVENTS)


def _gamma(mean: Floats, variance: Floats, levels: Floats) -> Floats:
    from scipy.stats import gamma

    variance = np.maximum(variance, LEAST_MEAN * mean)[:, None]
    return np.asarray(gamma.ppf(levels, mean[:, None] ** 2 / variance, scale=variance / mean[:, None]))


def _within_steps(mean: Floats, variance: Floats, levels: Floats) -> Floats:
    """Quantiles (T, Q) of a negative binomial whose steps are spread evenly over half a unit to each side."""
    from scipy.stats import nbinom

    over = variance / mean - 1.0
    law = nbinom((mean / over)[:, None], (1.0 / (1.0 + over))[:, None])
    step = np.asarray(law.ppf(levels))
    below = law.cdf(step - 1.0)
    return np.asarray(np.maximum(step - 0.5 + (levels - below) / np.maximum(law.pmf(step), 1e-300), 0.0))
