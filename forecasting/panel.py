"""Several series on one grid of days, with what is known of every day: the only thing a forecaster sees.

A day is a column of the grid. A gap between pieces is a stretch of NaN, so a lag is always by date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.history import Days, Floats, History
from forecasting.inputs import Inputs

Ints = NDArray[np.int64]

LEVEL_DAYS = 28
"""The level of a series is the mean of its last four weeks: whole weeks, so weekdays cancel."""

LONGEST_PAST = 5500
"""Days (fifteen years) beyond which the past is left out: a mistyped year must not cost memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Series by day: `values` (S, D) with NaN where unknown, `calendar` (D + ahead, K) for past and coming days.

    `first` is the date of column 0; `ahead` coming days have calendar rows and no values; `inputs` is what else is
    known.
    """

    first: np.datetime64
    values: Floats
    calendar: Floats
    inputs: Inputs | None = None

    @property
    def days(self) -> int:
        """How many days D have values."""
        return int(self.values.shape[1])

    def until(self, day: int) -> Panel:
        """The panel as it was known at the end of day `day` (an index): later values are gone."""
        inputs = None if self.inputs is None else self.inputs.until(day)
        return replace(self, values=self.values[:, : day + 1], inputs=inputs)

    def rows(self, picked: Sequence[int] | Ints) -> Panel:
        """The panel of some of its series, in the order asked for."""
        at = np.asarray(picked, dtype=np.int64)
        return replace(self, values=self.values[at], inputs=None if self.inputs is None else self.inputs.rows(at))

    def dates(self) -> Days:
        """The date of each calendar row (D + ahead,)."""
        return self.first + np.arange(len(self.calendar))

    def level(self) -> Floats:
        """Mean of the last `LEVEL_DAYS` days at each day (S, D), carried on where those days hold nothing."""
        return carried_forward(trailing_mean(self.values, LEVEL_DAYS))

    def known(self) -> Ints:
        """How many of the last `LEVEL_DAYS` days have values, at each day (S, D)."""
        return window_sum(np.isfinite(self.values).astype(np.float64), LEVEL_DAYS).astype(np.int64)


def panel_grid(histories: Sequence[History], last: np.datetime64) -> tuple[np.datetime64, Floats]:
    """The first date and the values (S, D) of histories up to and including `last`, on one grid of days."""
    first = max(min(history.dates[0] for history in histories), last - LONGEST_PAST)
    grid = np.full((len(histories), int((last - first).astype(int)) + 1), np.nan)
    for row, history in zip(grid, histories, strict=True):
        inside = (history.dates >= first) & (history.dates <= last)
        row[(history.dates[inside] - first).astype(int)] = history.values[inside]
    return first, grid


def window_sum(values: Floats, window: int) -> Floats:
    """Sum over the `window` days that end at each day (S, D); fewer at the beginning."""
    total = np.cumsum(values, axis=1)
    before = np.zeros_like(total)
    before[:, window:] = total[:, :-window]
    return np.asarray(total - before)


def trailing_mean(values: Floats, window: int) -> Floats:
    """Mean of the known values among the `window` days that end at each day (S, D); NaN where none is known."""
    known = np.isfinite(values)
    count = window_sum(known.astype(np.float64), window)
    total = window_sum(np.where(known, values, 0.0), window)
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def centred_mean(values: Floats, window: int) -> Floats:
    """Mean of the known values among an odd number of days around each day (S, D); NaN where none is known."""
    half = window // 2
    padded = np.pad(values, ((0, 0), (0, half)), constant_values=np.nan)
    return trailing_mean(padded, window)[:, half:]


def carried_forward(values: Floats) -> Floats:
    """Each row with its NaN replaced by the last known value before it; leading NaN stay."""
    at = np.where(np.isfinite(values), np.arange(values.shape[1]), 0)
    last = np.maximum.accumulate(at, axis=1)
    return np.asarray(np.take_along_axis(values, last, axis=1))


def picked(values: Floats, days: Ints) -> Floats:
    """Values (S, ...) at day indices of any shape; NaN where an index lies outside the grid."""
    inside = (days >= 0) & (days < values.shape[1])
    return np.where(inside, values[:, np.where(inside, days, 0)], np.nan)
