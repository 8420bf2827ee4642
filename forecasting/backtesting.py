"""Forecasts of the past from rolling origins, each made exactly as it would have been made on that day."""

from __future__ import annotations

from datetime import date

import numpy as np

from forecasting.errors import ForecastError, TooLittleHistory
from forecasting.history import LEAST_DAYS, Floats, History
from forecasting.predicting import Forecast, forecast
from forecasting.scores import Scores, scored

__all__ = ["Scores", "backtest", "backtest_starts"]

LEAST_SHARE = 0.5
"""A past horizon counts when at least this share of its days is known."""


def backtest(
    history: History,
    *,
    forecaster: str = "ridge",
    horizon: int = 14,
    origins: int = 8,
    step: int | None = None,
    country: str | None = None,
    subdivision: str | None = None,
) -> Scores:
    """Score `horizon`-day forecasts from the last `origins` origins, `step` days apart (default: the horizon).

    Each is a whole `forecast` of the days before its origin, intervals included: nothing after an origin is read.

    Raises:
        ForecastError: a horizon, step or number of origins below 1.
        TooLittleHistory: no origin leaves four weeks to learn from and half a horizon to compare with.
    """
    step = horizon if step is None else step
    if min(horizon, origins, step) < 1:
        raise ForecastError(f"horizon, origins and step must be 1 or more, got {horizon}, {origins} and {step}")
    starts = backtest_starts(history, horizon=horizon, origins=origins, step=step)
    if not starts:
        raise TooLittleHistory(f"{history.name}: too short for a back-test {horizon} days ahead")
    told = [
        forecast(
            [history],
            start=start,
            days=horizon,
            forecaster=forecaster,
            samples=1,
            country=country,
            subdivision=subdivision,
        )
        for start in starts
    ]
    return _scored(history, told)


def _scored(history: History, told: list[Forecast]) -> Scores:
    """The forecasts against what came."""
    actual = np.stack([_came(history, one.dates) for one in told])
    expected = np.stack([one.mean[0] for one in told])
    quantiles = np.stack([one.quantiles[0] for one in told])
    return scored(actual, expected, quantiles, told[0].levels, history.values)


def _came(history: History, dates: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> Floats:
    """Values (T,) of the history on some dates, NaN where unknown."""
    at = np.minimum(np.searchsorted(history.dates, dates), len(history.dates) - 1)
    return np.where(history.dates[at] == dates, history.values[at], np.nan)


def backtest_starts(history: History, *, horizon: int, origins: int, step: int) -> list[date]:
    """First days of the past horizons compared, oldest first: inside pieces, each with enough days before and after."""
    known = history.dates[np.isfinite(history.values)]
    start = known[-1] - np.timedelta64(horizon - 1, "D")
    found: list[date] = []
    while len(found) < origins and start > known[0]:
        past = int(np.searchsorted(known, start))
        inside = int(np.searchsorted(known, start + horizon)) - past
        if past < 2 * LEAST_DAYS:
            break
        if inside >= LEAST_SHARE * horizon and start - known[past - 1] <= np.timedelta64(7, "D"):
            found.append(start.item())
        start = start - np.timedelta64(step, "D")
    return found[::-1]
