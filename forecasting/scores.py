"""Scores of a forecast against what came: free functions, lower is better except `r2` and `coverage`.

`actual` and `expected` have equal shapes; days whose actual value is NaN do not count. Every score is NaN where it is
undefined (nothing to compare, a zero to divide by) rather than infinite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.history import Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """How forecasts of the past did: each score over all days of all origins, in the series' units where it has any.

    `coverage80` and `coverage95` are the shares of days inside the 80 % and 95 % intervals; `days` counts the days
    compared. A score that is undefined is NaN.
    """

    mae: float
    rmse: float
    r2: float
    wape: float
    mase: float
    pinball: float
    coverage80: float
    coverage95: float
    origins: int
    days: int


def scored(actual: Floats, expected: Floats, quantiles: Floats, levels: Floats, past: Floats) -> Scores:
    """All scores of `expected` (O, T) and `quantiles` (O, T, Q) against `actual` (O, T); `past` (D,) scales `mase`."""
    at = {round(float(level), 3): quantiles[..., place] for place, level in enumerate(levels)}
    return Scores(
        mae=mae(actual, expected),
        rmse=rmse(actual, expected),
        r2=r2(actual, expected),
        wape=wape(actual, expected),
        mase=mase(actual, expected, past),
        pinball=pinball(actual, quantiles, levels),
        coverage80=coverage(actual, at[0.1], at[0.9]),
        coverage95=coverage(actual, at[0.025], at[0.975]),
        origins=len(actual),
        days=int(np.isfinite(actual).sum()),
    )


def mae(actual: Floats, expected: Floats) -> float:
    """Mean absolute error, in the series' units."""
    return _mean(np.abs(actual - expected))


def rmse(actual: Floats, expected: Floats) -> float:
    """Root of the mean squared error, in the series' units."""
    return float(np.sqrt(_mean((actual - expected) ** 2)))


def r2(actual: Floats, expected: Floats) -> float:
    """Share of the variance explained; 0 is as good as the mean of what came, below 0 is worse."""
    known = np.isfinite(actual)
    return 1.0 - _ratio(_mean((actual - expected) ** 2), float(np.var(actual[known])) if known.any() else np.nan)


def wape(actual: Floats, expected: Floats) -> float:
    """Absolute errors as a share of the total that came (weighted absolute percentage error)."""
    return _ratio(mae(actual, expected), _mean(np.abs(actual)))


def mase(actual: Floats, expected: Floats, past: Floats) -> float:
    """Mean absolute error over that of "as a week ago" on `past` (D,) (Hyndman and Koehler 2006, season 7)."""
    return _ratio(mae(actual, expected), _mean(np.abs(past[7:] - past[:-7])))


def pinball(actual: Floats, quantiles: Floats, levels: Floats) -> float:
    """Mean pinball loss over all levels: `quantiles` (..., Q) of `actual` (...), in the series' units."""
    miss = actual[..., None] - quantiles
    return _mean(np.maximum(levels * miss, (levels - 1.0) * miss))


def coverage(actual: Floats, lower: Floats, upper: Floats) -> float:
    """Share of days on which what came lies within [lower, upper]."""
    inside = ((actual >= lower) & (actual <= upper)).astype(np.float64)
    return _mean(np.where(np.isfinite(actual), inside, np.nan))


def _mean(values: Floats) -> float:
    known = np.isfinite(values)
    return float(values[known].mean()) if known.any() else float("nan")


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
