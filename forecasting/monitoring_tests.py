"""What each question to the past forecasts answers: free functions on arrays, statistics by scipy. Imported late.

Errors of neighbouring days are alike, so that `n` days tell less than n: `effective_days` says how much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from forecasting.history import Floats

CONFIDENCE: Final = 0.95
"""Of the intervals that are told."""

MOST_ALIKE: Final = 0.95
WEEK: Final = 7
MOST_BINS, DAYS_A_BIN = 10, 10


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `days` days `inside` lay within the interval that was to hold `level` of them; `low` to `high` is sure (95 %).

    `p_value`: how likely so odd a share is if the interval was right, neighbouring days told apart only so far.
    """

    level: float
    days: int
    inside: int
    share: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over days with its interval (95 %), and how likely one so far from 0 is if it was 0; NaN where unknown."""

    mean: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the days of late are from those learned from: the stability index, and the greatest gap in shares.

    `psi` and `ks` (of Kolmogorov and Smirnov) are 0 for alike; `p_value` of the gap by its limiting law, on as many
    days as they are worth. NaN where there are too few days.
    """

    psi: float
    ks: float
    p_value: float
    past_days: int
    recent_days: int


def effective_days(errors: Floats) -> float:
    """How many independent days the errors (n,) are worth: n (1 - r) / (1 + r), r the correlation of neighbours.

    The rule for a first-order autoregression; r below 0 counts as 0.
    """
    apart = errors - errors.mean() if len(errors) else errors
    spread = float((apart**2).sum())
    if len(errors) < 3 or spread <= 0:
        return float(len(errors))
    alike = min(max(float((apart[1:] * apart[:-1]).sum()) / spread, 0.0), MOST_ALIKE)
    return max(1.0, len(errors) * (1.0 - alike) / (1.0 + alike))


def coverage(actual: Floats, low: Floats, high: Floats, level: float, worth: float) -> Coverage:
    """The share of days (n,) inside the interval, with its binomial interval (Clopper and Pearson, 1934).

    `worth` is how many independent days they are worth.
    """
    days, inside = len(actual), int(((actual >= low) & (actual <= high)).sum())
    if not days:
        return Coverage(level, 0, 0, math.nan, 0.0, 1.0, math.nan)
    sure = stats.binomtest(inside, days, level).proportion_ci(CONFIDENCE)
    judged = max(1, round(worth))
    p_value = stats.binomtest(min(judged, round(inside * judged / days)), judged, level).pvalue
    return Coverage(level, days, inside, inside / days, float(sure.low), float(sure.high), float(p_value))


def mean_of(values: Floats) -> Mean:
    """The mean of daily values (n,) with Student's interval, on as many days as they are worth."""
    days = effective_days(values)
    if days < 2:
        return Mean(float(values.mean()) if len(values) else math.nan, math.nan, math.nan, math.nan)
    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(days)
    if error <= 0:
        return Mean(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    reach = float(stats.t.ppf(0.5 + CONFIDENCE / 2, days - 1)) * error
    return Mean(mean, mean - reach, mean + reach, float(2 * stats.t.sf(abs(mean) / error, days - 1)))


def interval_scores(actual: Floats, quantiles: Floats, levels: Floats) -> Floats:
    """(n,) weighted interval score by day: twice the mean pinball loss over all levels (Bracher et al., 2021)."""
    miss = actual[:, None] - quantiles
    return np.asarray(2.0 * np.maximum(levels * miss, (levels - 1.0) * miss).mean(axis=1))


def naive_quantiles(past: Floats, days: int, levels: Floats) -> Floats:
    """(days, Q) as a week ago: the last week known, with the past changes over as many weeks around it.

    NaN where the past is too short to tell.
    """
    found = np.full((days, len(levels)), np.nan)
    for day in range(days):
        lag = WEEK * (day // WEEK + 1)
        changes = past[lag:] - past[:-lag]
        changes = changes[np.isfinite(changes)]
        if len(past) >= WEEK and len(changes):
            found[day] = np.maximum(past[len(past) - lag + day] + np.quantile(changes, levels), 0.0)
    return found


def drift(past: Floats, recent: Floats, least: int) -> Drift:
    """How far `recent` days are from `past` ones; NaN figures where either has fewer than `least` known days."""
    past, recent = past[np.isfinite(past)], recent[np.isfinite(recent)]
    if min(len(past), len(recent)) < least:
        return Drift(math.nan, math.nan, math.nan, len(past), len(recent))
    gap = float(stats.ks_2samp(past, recent).statistic)
    worth, also = effective_days(past), effective_days(recent)
    p_value = float(stats.kstwobign.sf(gap * math.sqrt(worth * also / (worth + also))))
    return Drift(stability(past, recent), gap, p_value, len(past), len(recent))


def stability(past: Floats, recent: Floats) -> float:
    """Population stability index: the sum of (r - p) ln(r / p) over bins that hold equal shares p of the past.

    So many bins that ten recent days fall into each, two to ten of them; an empty one counts half a day.
    """
    bins = min(MOST_BINS, max(2, len(recent) // DAYS_A_BIN))
    edges = np.unique(np.quantile(past, np.arange(1, bins) / bins))
    # a day on an edge belongs to the bin above it, in both
    before, after = (
        np.maximum(np.bincount(np.searchsorted(edges, each, side="right"), minlength=len(edges) + 1), 0.5) / len(each)
        for each in (past, recent)
    )
    return float(((after - before) * np.log(after / before)).sum())
