"""Doubt from past errors: split-conformal quantiles by horizon, and joint samples with their marginals.

Residuals come from forecasts made as they would have been made: fitted on earlier days only. They are kept in units of
how much the series was changing at the origin (locally weighted conformal, Lei et al. 2018), so that a calm winter is
not given a stormy one's doubt, and laid out by the first day forecast, so that several series share rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import TooLittleHistory
from forecasting.features import LEAST_KNOWN, learning_origins, level_floor, safe_level
from forecasting.history import Days, Floats
from forecasting.panel import Ints, Panel, carried_forward, picked, trailing_mean
from forecasting.protocol import Forecaster, Pooled

FOLDS = 4
LEARNING_SHARE = 0.4
"""The first part of the past only teaches; errors are collected over the rest, in `FOLDS` forward steps."""

LEAST_ERRORS = 12
"""With fewer errors at a horizon, those of the nearest richer horizon stand in, widened by the root of the time."""

NO_PAST_SPREAD = 1.5
"""Spread (in usual changes) assumed where no error at all could be collected."""

MOST_ERRORS = 3_000_000
"""Past errors kept at most: a thousand series may not cost more memory than a hundred."""

RECENT_DAYS = 56
UNSEEN_CHANGE = 0.1
LEAST_CHANGE = 0.002
"""Shares of the level: the usual change before any is seen, and at least, so that a constant series has a scale."""


@dataclass(frozen=True, slots=True, eq=False)
class PastErrors:
    """What forecasts of the past missed, for C starts and T days ahead of S series.

    `starts` (C,) first day forecast; `actual`, `expected` and `scaled` (S, C, T): what came, what was expected, and
    their difference over `scale` (S, C), the usual change at the origin. NaN where unknown.
    """

    starts: Days
    actual: Floats
    expected: Floats
    scale: Floats

    @property
    def scaled(self) -> Floats:
        """Errors over the usual change at the origin (S, C, T)."""
        return np.asarray((self.actual - self.expected) / self.scale[..., None])

    def ahead(self, days: slice) -> PastErrors:
        """The same errors for some of the days ahead."""
        starts = self.starts + (days.start or 0)
        return PastErrors(starts, self.actual[..., days], self.expected[..., days], self.scale)

    def part(self, rows: Ints, starts: int) -> Floats:
        """Scaled errors (R, starts, T) of some series and the first starts."""
        missed = self.actual[rows, :starts] - self.expected[rows, :starts]
        return np.asarray(missed / self.scale[rows, :starts, None])


def usual_change(panel: Panel) -> Floats:
    """How much each series moves in a week (S, D): a mean of the last eight weeks' and of all changes until then."""
    level = safe_level(panel, level_floor(panel))
    share = np.full_like(panel.values, np.nan)
    share[:, 7:] = np.abs(panel.values[:, 7:] - panel.values[:, :-7]) / level[:, 7:]
    recent, ever = (carried_forward(trailing_mean(share, window)) for window in (RECENT_DAYS, panel.days))
    mixed = np.nan_to_num((recent + ever) / 2.0, nan=UNSEEN_CHANGE)
    return np.asarray(level * np.maximum(mixed, LEAST_CHANGE))


def past_errors(make: Callable[[], Forecaster], panel: Panel, horizons: Ints) -> PastErrors:
    """Forecast the later part of the past in forward folds and keep what was missed; a fold too early is left out."""
    origins = learning_origins(panel, int(horizons[0]))
    origins = _thinned(origins[int(len(origins) * LEARNING_SHARE) :], len(panel.values) * len(horizons))
    empty = np.empty((len(panel.values), 0, len(horizons)))
    told, scales, kept = [empty], [empty[..., 0]], [origins[:0]]
    for fold in np.array_split(origins, FOLDS):
        if len(fold) == 0:
            continue
        try:
            forecaster = make().fit(panel.until(int(fold[0])), horizons)
        except TooLittleHistory:
            continue
        told.append(forecaster.predict(panel, fold))
        scales.append(error_scale(forecaster, panel, fold))
        kept.append(fold)
    used = np.concatenate(kept)
    return PastErrors(
        starts=panel.first + used + int(horizons[0]),
        actual=np.where(_seen(panel, used)[..., None], picked(panel.values, used[:, None] + horizons), np.nan),
        expected=np.concatenate(told, axis=1),
        scale=np.concatenate(scales, axis=1),
    )


def _seen(panel: Panel, origins: Ints) -> NDArray[np.bool_]:
    """Whether each series was known well enough at each origin (S, O) that a forecast would have been asked for."""
    return np.asarray(panel.known()[:, origins] >= LEAST_KNOWN)


def error_scale(forecaster: Forecaster, panel: Panel, origins: Ints) -> Floats:
    """What the errors of a forecaster are measured in at each origin (S, O): its own scale, if it has one."""
    if isinstance(forecaster, Pooled):
        return forecaster.scale(panel, origins)
    return usual_change(panel)[:, origins]


def _thinned(origins: Ints, width: int) -> Ints:
    """Every n-th origin, never always the same weekday, so that no more than `MOST_ERRORS` errors are kept."""
    every = max(1, -(-len(origins) * width // MOST_ERRORS))
    return origins[:: every + (every % 7 == 0)]


def error_table(scaled: Floats) -> list[Floats]:
    """Sorted, centred errors of one series by day ahead, from `scaled` (C, T); thin days borrow from the nearest."""
    days = scaled.shape[1]
    own = [column[np.isfinite(column)] for column in scaled.T]
    rich = [day for day in range(days) if len(own[day]) >= LEAST_ERRORS]
    if not rich:
        rest = np.concatenate([*own, np.empty(0)])
        return [_borrowed(rest, day) for day in range(days)]
    nearest = [min(rich, key=lambda other: abs(other - day)) for day in range(days)]
    return [
        np.sort(own[near] - own[near].mean()) * max(1.0, np.sqrt((day + 1) / (near + 1)))
        for day, near in enumerate(nearest)
    ]


def is_thin(scaled: Floats) -> bool:
    """Whether some day ahead has too few errors of its own in `scaled` (C, T)."""
    return bool(np.isfinite(scaled).sum(axis=0).min() < LEAST_ERRORS)


def _borrowed(rest: Floats, day: int) -> Floats:
    """A normal spread (with the few errors' own deviation, if there are any) that grows with the root of the time."""
    spread = NO_PAST_SPREAD if len(rest) < 3 else max(float(rest.std()), 1e-9)
    unit = np.array([NormalDist().inv_cdf((at + 0.5) / 39) for at in range(39)])
    return np.asarray(unit * spread * np.sqrt(1.0 + day / 7.0))


def normal_scores(scaled: Floats) -> Floats:
    """Errors (C, M) as normal scores by rank within each column; 0 where unknown."""
    known = np.isfinite(scaled)
    ranks = np.argsort(np.argsort(scaled, axis=0), axis=0)
    shares = (ranks + 0.5) / np.maximum(known.sum(axis=0), 1)
    at = np.linspace(0.0005, 0.9995, 1000)
    return np.where(known, np.interp(shares, at, [NormalDist().inv_cdf(share) for share in at]), 0.0)


def joint_ranks(scores: Floats, samples: int, rng: np.random.Generator) -> Ints:
    """Ranks (N, M) of N joint draws whose dependence is that of `scores` (C, M): an empirical Gaussian copula.

    A draw is a random mix of past error paths, so that series and days that missed together miss together again
    (rank reordering as in Clark et al. 2004, the Schaake shuffle). Without past errors draws are one common path.
    """
    if not scores.any():
        scores = np.ones((1, scores.shape[1]))
    mixes = rng.standard_normal((samples, len(scores))) @ scores
    noise = rng.standard_normal(mixes.shape)
    return np.argsort(np.argsort(np.where(scores.any(axis=0), mixes, noise), axis=0), axis=0)


def marginal(point: Floats, scale: float, table: list[Floats], shares: Floats) -> Floats:
    """Values (T, K) at the shares (T, K) of each day's distribution: expected plus past error, never below zero."""
    errors = [_at_shares(errors, share) for errors, share in zip(table, shares, strict=True)]
    return np.maximum(point[:, None] + scale * np.stack(errors), 0.0)


def _at_shares(errors: Floats, shares: Floats) -> Floats:
    """Sorted errors (n,) at rank share * (n + 1), the split-conformal rank (Vovk et al. 2005)."""
    return np.interp(shares * (len(errors) + 1), np.arange(1, len(errors) + 1), errors)
