"""Doubt that many series share: one shape of errors, a size by day ahead, and a factor for each series.

Split-conformal quantiles by horizon (Vovk et al. 2005) of errors made out of sample, in units of how much the series
was changing at the origin (Lei et al. 2018). A series' own factor is believed as far as its past errors reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.history import Floats

OWN_ERRORS = 60.0
"""A series' own size of error counts half when it has this many past origins."""

GRID = 499
"""Points that stand for all errors of a day: 499 keep the 2.5 % tails."""

NO_SIZE = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """Sorted errors (E,) of each day ahead, in usual changes: `tables`; `factors` (S,) widen them by series."""

    tables: list[Floats]
    factors: Floats


def shared_doubt(scaled: Floats) -> Doubt:
    """The doubt of S series from their past errors (S, C, T) in usual changes; NaN where unknown."""
    known = np.isfinite(scaled)
    size = _sizes(np.abs(np.where(known, scaled, 0.0)).sum(axis=(0, 1)), known.sum(axis=(0, 1)))
    shaped = scaled / size
    count = known.sum(axis=(1, 2))
    own = np.abs(np.where(known, shaped, 0.0)).sum(axis=(1, 2)) / np.maximum(count, 1)
    origins = count / scaled.shape[2]
    factors = (own * origins + OWN_ERRORS) / (origins + OWN_ERRORS)
    shape = (shaped / factors[:, None, None])[known]
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
