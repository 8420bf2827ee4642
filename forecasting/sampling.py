"""Joint samples across series and days: each day's own distribution, tied together as past errors were.

A surge hits all wards together and lasts, so that samples drawn ward by ward understate the worst week. The ties are
learned from forecasts of the past: the order of the draws is taken from past errors, their values from the forecast's
own quantiles (Sklar 1959; rank reordering as in Clark et al. 2004, the Schaake shuffle).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from forecasting.errors import ForecastError, did_you_mean
from forecasting.history import Floats
from forecasting.intervals import normal_scores

TIE_BREAK = 1e-6
"""Noise that settles the order of equal draws."""


def sample_paths(
    quantiles: Floats, levels: Floats, residuals: Floats, *, samples: int, seed: int = 0, dependence: str = "copula"
) -> Floats:
    """Joint draws (N, S, T) of S series over T days from their `quantiles` (S, T, Q) at `levels` (Q,).

    `residuals` (C, S, T) are errors of C past forecasts, NaN where unknown. Each series and day takes N values evenly
    spread over its own distribution, so that marginals are the forecast's; `dependence` is a key of `DEPENDENCE`.
    Equal arguments give equal bytes.

    Raises:
        ForecastError: shapes that don't fit, crossing quantiles, no samples, or an unknown dependence.
    """
    _check(quantiles, levels, residuals, samples)
    if dependence not in DEPENDENCE:
        raise ForecastError(f"{dependence!r} is no dependence{did_you_mean(dependence, DEPENDENCE)}")
    series, days = quantiles.shape[:2]
    errors = residuals.reshape(len(residuals), series * days)
    drawn = DEPENDENCE[dependence](errors, samples, np.random.default_rng(seed))
    ranks = np.argsort(np.argsort(drawn, axis=0, kind="stable"), axis=0, kind="stable")
    values = values_at((np.arange(samples) + 0.5) / samples, quantiles.reshape(series * days, -1), levels)
    return np.take_along_axis(values.T, ranks, axis=0).reshape(samples, series, days)


def _check(quantiles: Floats, levels: Floats, residuals: Floats, samples: int) -> None:
    if quantiles.ndim != 3 or quantiles.shape[2] != len(levels):
        raise ForecastError(f"quantiles must be (series, days, {len(levels)} levels), got {quantiles.shape}")
    if residuals.ndim != 3 or residuals.shape[1:] != quantiles.shape[:2]:
        raise ForecastError(f"residuals must be (past forecasts, {quantiles.shape[:2]}), got {residuals.shape}")
    if (np.diff(quantiles, axis=2) < 0).any():
        raise ForecastError("quantiles must not cross")
    if samples < 1:
        raise ForecastError(f"samples must be 1 or more, got {samples}")


def values_at(shares: Floats, quantiles: Floats, levels: Floats) -> Floats:
    """Values (M, K) at the `shares` (K,) of M distributions given by `quantiles` (M, Q), none below 0.

    Straight lines between the levels on the scale of normal scores, and on beyond the first and the last.
    """
    from scipy.stats import norm

    at, known = norm.ppf(shares), norm.ppf(levels)
    if len(levels) == 1:
        return np.repeat(np.maximum(quantiles, 0.0), len(shares), axis=1)
    piece = np.clip(np.searchsorted(known, at) - 1, 0, len(levels) - 2)
    share = (at - known[piece]) / (known[piece + 1] - known[piece])
    low, high = quantiles[:, piece], quantiles[:, piece + 1]
    return np.asarray(np.maximum(low + (high - low) * share, 0.0))


def _copula(errors: Floats, samples: int, rng: np.random.Generator) -> Floats:
    """Draws (N, M) of a Gaussian copula with the errors' rank correlation, shrunk as Ledoit and Wolf (2004) advise."""
    known = np.isfinite(errors).any(axis=1)
    if known.sum() < 2:
        return _together(errors, samples, rng)
    from sklearn.covariance import ledoit_wolf_shrinkage

    scores = normal_scores(errors[known])
    own = float(ledoit_wolf_shrinkage(scores, assume_centered=True))
    mixed = rng.standard_normal((samples, len(scores))) @ scores / np.sqrt(len(scores))
    noise = rng.standard_normal(mixed.shape)
    unknown = ~scores.any(axis=0)
    return np.asarray(np.sqrt(1.0 - own) * mixed + np.sqrt(np.where(unknown, 1.0, own)) * noise)


def _blocks(errors: Floats, samples: int, rng: np.random.Generator) -> Floats:
    """Draws (N, M) that are whole past error paths, each as often as the others: ties of any shape are kept."""
    known = np.isfinite(errors).any(axis=1)
    if known.sum() < 2:
        return _together(errors, samples, rng)
    scores = normal_scores(errors[known])
    turns = -(-samples // len(scores))
    order = np.concatenate([rng.permutation(len(scores)) for _ in range(turns)])[:samples]
    return np.asarray(scores[order] + TIE_BREAK * rng.standard_normal((samples, errors.shape[1])))


def _together(errors: Floats, samples: int, rng: np.random.Generator) -> Floats:
    """Draws (N, M) in which everything is high or low together: the worst case, where no past is known."""
    noise = rng.standard_normal((samples, errors.shape[1]))
    return np.asarray(noise[:, :1] + TIE_BREAK * noise)


Dependence = Callable[[Floats, int, np.random.Generator], Floats]

DEPENDENCE: Final[dict[str, Dependence]] = {"copula": _copula, "blocks": _blocks, "together": _together}
"""How draws are tied, by name: from past errors (C, M), N draws (N, M) of which only the order counts."""
