"""The census of the days ahead from recorded arrivals and a recorded census, and how far it was off before.

Arrivals are forecast, convolved with the curve by which patients stay, and the sum is anchored to today's census by
ratio: what the arrivals and the curve don't explain today is taken to last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from forecasting.census_curves import StayCurve, curve_from_census
from forecasting.census_trend import ArrivalsTrend
from forecasting.errors import TooLittleHistory
from forecasting.history import Floats
from forecasting.predicting import QUANTILES
from forecasting.sampling import sample_paths
from forecasting.stays import checked_counts

LEARNED_DAYS = 180
"""Days from which a curve is found: practice changes, and half a year holds enough of it."""

LONGEST = 40
"""Longest stay in a curve found from a census, in days."""

MOST_ORIGINS = 30
LEAST_ORIGINS = 8
"""Past forecasts that doubt is learned from, at most and at least."""

NO_PAST_SPREAD = 0.1
"""Spread of the log census a week ahead that is assumed where too little past is known."""


TAIL_DEGREES = 5
"""Degrees of freedom of Student's t that log errors follow: as wide as a normal for 80 %, wider in the tails, where
waves begin."""


@dataclass(frozen=True, slots=True, eq=False)
class CensusOutlook:
    """Patients present on T days ahead: `median` (T,), `quantiles` (T, Q) at `levels` (Q,), joint `samples` (N, T).

    `arrivals` (T,) are those expected, `curve` how long they stay, and `anchor` the census of today over what arrivals
    and curve explain of it. `missed` (C, T) are logs of what came over what past forecasts said; `thin` tells that
    there are too few of them, so that the spread is assumed.
    """

    median: Floats
    quantiles: Floats
    levels: Floats
    samples: Floats
    arrivals: Floats
    curve: StayCurve
    anchor: float
    missed: Floats
    thin: bool


def expected_census(
    arrivals: ArrayLike,
    census: ArrayLike,
    *,
    days: int,
    curve: StayCurve | None = None,
    coming: ArrayLike | None = None,
) -> tuple[Floats, Floats, StayCurve, float]:
    """The expected census (T,), the arrivals (T,) and curve behind it, and the anchor, after daily `arrivals` (D,).

    `coming` (T,) are expected arrivals from elsewhere (default: `ArrivalsTrend`); `curve` how long patients stay
    (default: found from the last half year).

    Raises:
        StayError: series of different lengths, negative or missing values.
        TooLittleHistory: too few days to find a curve from, and none is given.
    """
    came, present = checked_counts(arrivals, "arrivals"), checked_counts(census, "census")
    if curve is None:
        longest = min(LONGEST, len(came) // 3)
        if longest < 7:
            raise TooLittleHistory(f"a stay curve needs 21 days of arrivals and census or more, has {len(came)}")
        taught = slice(-(LEARNED_DAYS + longest), None)
        curve = curve_from_census(came[taught], present[taught], longest=longest)
    trend = ArrivalsTrend().fit(came, days).predict(came) if coming is None else checked_counts(coming, "coming")
    made = _made(np.concatenate([came[-len(curve.survival) :], trend]), curve.survival)[-days - 1 :]
    anchor = float(present[-1] / made[0]) if made[0] > 0 else 1.0
    return made[1:] * anchor, trend, curve, anchor


def _made(arrivals: Floats, curve: Floats) -> Floats:
    """Census (D,) made by arrivals alone."""
    return np.asarray(np.convolve(arrivals, curve)[: len(arrivals)])


def foresee_census(
    arrivals: ArrayLike,
    census: ArrayLike,
    *,
    days: int,
    curve: StayCurve | None = None,
    coming: ArrayLike | None = None,
    samples: int = 200,
    seed: int = 0,
) -> CensusOutlook:
    """The census of `days` ahead with its doubt, learned from forecasts of the past made the same way.

    Raises:
        StayError: series of different lengths, negative or missing values.
        TooLittleHistory: too few days to find a curve from, and none is given.
    """
    came, present = checked_counts(arrivals, "arrivals"), checked_counts(census, "census")
    median, trend, used, anchor = expected_census(came, present, days=days, curve=curve, coming=coming)
    missed = _missed(came, present, days, curve)
    levels = np.array(QUANTILES)
    quantiles = _quantiles(median, missed, levels)
    drawn = sample_paths(quantiles[None], levels, missed[:, None], samples=samples, seed=seed)[:, 0]
    thin = len(missed) < LEAST_ORIGINS
    return CensusOutlook(median, quantiles, levels, drawn, trend, used, anchor, missed, thin)


def _missed(came: Floats, present: Floats, days: int, curve: StayCurve | None) -> Floats:
    """Log errors (C, T) at past origins, each forecast from the days before it only."""
    first = max(3 * LONGEST, 2 * days)
    step = max(3, (len(came) - days - first) // MOST_ORIGINS)
    origins = range(len(came) - days, first - 1, -step)
    rows = [
        np.log((present[at : at + days] + 0.5) / (_told(came[:at], present[:at], days, curve) + 0.5))
        for at in list(origins)[:MOST_ORIGINS]
    ]
    return np.array(rows[::-1]).reshape(len(rows), days)


def _told(came: Floats, present: Floats, days: int, curve: StayCurve | None) -> Floats:
    return expected_census(came, present, days=days, curve=curve)[0]


def _quantiles(median: Floats, missed: Floats, levels: Floats) -> Floats:
    """Quantiles (T, Q): log errors about the median, as large by day ahead as in the past."""
    from scipy.stats import norm, t

    ahead = np.arange(1, len(median) + 1)
    if len(missed) < LEAST_ORIGINS:
        spread = NO_PAST_SPREAD * np.sqrt(ahead / 7.0)
    else:
        size = np.sqrt((missed**2).mean(axis=0))
        spread = np.maximum.accumulate(size) * np.sqrt((len(missed) + 1) / len(missed))
    shape = t.ppf(levels, TAIL_DEGREES) * norm.ppf(0.9) / t.ppf(0.9, TAIL_DEGREES)
    return np.asarray(median[:, None] * np.exp(shape * spread[:, None]))
