"""Doubt that many series share: one shape of errors, a size by day ahead, and a factor for each series.

Split-conformal quantiles by horizon (Vovk et al. 2005) of errors made out of sample, in units of how much the series
was changing at the origin (Lei et al. 2018). A series' own factor is believed as far as its past errors reach. All are
then widened or narrowed by what intervals made from earlier errors alone would have needed to cover what came later,
the latest counting most.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from forecasting.history import Floats

OWN_ERRORS = 60.0
"""A series' own size of error counts half when it has this many past origins."""

GRID = 499
"""Points that stand for all errors of a day: 499 keep the 2.5 % tails."""

NO_SIZE = 1.0

COVERED, BLOCKS = 0.8, 8
"""The interval that is recalibrated, and the stretches of the past over which that is done, one after the other."""

FADING = 0.7
"""What an earlier stretch counts of the one after it."""

MOST_SERIES, MOST_SEEN, LEAST_SEEN = 48, 50_000, 200
"""Series and errors looked at to recalibrate, and the fewest earlier errors from which an interval is told."""

LEAST_OF_STRETCH = 0.5
"""Share of a stretch that must be known for its mean to be compared."""

STUDENT = 0.66
"""A Student interval over a normal one is about 1 + (z^2 + 1) / 4n wider, z = 1.28 (Abramowitz and Stegun 26.7.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """Sorted errors (E,) of each day ahead, in usual changes: `tables`; `factors` (S,) widen them by series."""

    tables: list[Floats]
    factors: Floats


def shared_doubt(scaled: Floats, apart: float = 1.0) -> Doubt:
    """The doubt of S series from their past errors (S, C, T) in usual changes, NaN where unknown.

    The C starts lie `apart` days from one another.
    """
    known = np.isfinite(scaled)
    size = _sizes(np.abs(np.where(known, scaled, 0.0)).sum(axis=(0, 1)), known.sum(axis=(0, 1)))
    shaped = scaled / size
    count = known.sum(axis=(1, 2))
    own = np.abs(np.where(known, shaped, 0.0)).sum(axis=(1, 2)) / np.maximum(count, 1)
    origins = count / scaled.shape[2]
    factors = (own * origins + OWN_ERRORS) / (origins + OWN_ERRORS)
    like = shaped / factors[:, None, None]
    shape = like[known] * recalibration(like, apart)
    levels = np.arange(1, GRID + 1) / (GRID + 1)
    table = np.quantile(shape, levels, method="weibull") if len(shape) else np.zeros(1)
    return Doubt([table * one for one in size], factors)


def _sizes(total: Floats, count: Floats) -> Floats:
    """Mean absolute error (T,) by day ahead; a day without errors has the nearest day's."""
    seen = np.flatnonzero(count)
    if len(seen) == 0:
        return np.full(len(count), NO_SIZE)
    mean = total[seen] / count[seen]
    nearest = np.abs(np.arange(len(count))[:, None] - seen).argmin(axis=1)
    return np.asarray(np.maximum(mean[nearest], 1e-9))


def recalibration(like: Floats, apart: float) -> float:
    """What to multiply errors (S, C, T) of one size with, so that intervals cover what they say of days still to come.

    Each stretch of the past but the first two is held against an interval told from the errors known before it began.
    Few stretches as long as the horizon add a Student's doubt about the rest; of series that rise and fall apart the
    root counts as further stretches, for they tell how large errors are, but not what will have changed.
    """
    days = like.shape[2]
    rows = like[:: -(-len(like) // MOST_SERIES)]
    every = max(1, -(-rows.size // MOST_SEEN))
    size, ahead = np.abs(rows[:, ::every]), int(np.ceil(days / (apart * every)))
    own = np.isfinite(like).any(axis=(0, 2)).sum() * apart / days * np.sqrt(independent_series(size, ahead))
    return (1.0 + STUDENT / max(float(own), 2.0)) * _needed(size, ahead)


def independent_series(size: Floats, ahead: int) -> float:
    """How many independent series (1 to S) those with errors of some `size` (S, C, T) are worth.

    That is, by how much the errors of all, over stretches of `ahead` starts, vary less than those of each (the design
    effect of Kish 1965, ch. 5).
    """
    stretches = size.shape[1] // ahead
    recent = size[:, size.shape[1] - stretches * ahead :].reshape(len(size), stretches, ahead * size.shape[2])
    known = np.isfinite(recent).mean(axis=2) >= LEAST_OF_STRETCH
    means = np.where(known, _means(recent, 2), np.nan)
    apart = means / np.maximum(_means(means, 1), 1e-9)[:, None] - 1.0
    shared = known.sum(axis=0) > 1
    each, all_of_them = np.nansum(apart**2) / max(known.sum(), 1), (_means(apart, 0)[shared] ** 2).sum()
    if each <= 0 or all_of_them <= 0:
        return 1.0
    return float(np.clip(each * shared.sum() / all_of_them, 1.0, len(size)))


def _means(values: Floats, axis: int) -> Floats:
    """Means of what is known along an axis, 0 where nothing is."""
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=axis) / np.maximum(known.sum(axis=axis), 1))


def _needed(size: Floats, ahead: int) -> float:
    """What the `COVERED` quantile of all errors known before each stretch would have needed to cover those in it.

    An error is known `ahead` starts after its own; 1 where too few are known.
    """
    edges = np.linspace(0, size.shape[1], BLOCKS + 1).astype(int)
    needed, counts = [np.empty(0)], [np.empty(0)]
    for stretch, (first, stop) in enumerate(pairwise(edges[2:])):
        earlier, now = _finite(size[:, : max(first - ahead, 0)]), _finite(size[:, first:stop])
        if len(earlier) >= LEAST_SEEN:
            needed.append(now / max(float(np.quantile(earlier, COVERED)), 1e-9))
            counts.append(np.full(len(now), FADING ** (BLOCKS - stretch)))
    found = np.concatenate(needed)
    if len(found) == 0:
        return 1.0
    return float(np.quantile(found, COVERED, weights=np.concatenate(counts), method="inverted_cdf"))


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]
