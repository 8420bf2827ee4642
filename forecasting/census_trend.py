"""Arrivals a few weeks ahead by damped trends and plain levels, each counted as much as it was right before.

A wave of patients grows by a rate that itself dies away; a quiet ward has a level and a weekday. No one window or
damping suits both, so that all of a grid are forecast and blended by their errors at past origins, as the census feels
them: the arrivals of all days until then, summed (damped trend: Gardner and McKenzie 1985).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np

from forecasting.history import Floats
from forecasting.panel import Ints
from forecasting.params import Settings

WEEK = 7
CENTRE = 3
"""A trailing mean of a week stands for the day three days ago."""

STEEPEST = 0.08
"""Log growth a day at most: doubling in nine days."""

WEEKDAY_WEEKS = 8
"""Weeks that tell a weekday's own share."""


class ArrivalsTrend(Settings):
    """The blend for one series: `windows` of days (of weekly means) give slopes, `dampings` how long they last.

    `levels` are means of so many days (whole weeks) without a slope. Of the last `back` days every third is a past
    origin; weights fall by `sharpness` e-folds as an error doubles.
    """

    def __init__(
        self,
        *,
        windows: Sequence[int] = (2, 3, 4, 5, 7, 10),
        dampings: Sequence[float] = (0.7, 0.8, 0.85, 0.9, 0.95),
        levels: Sequence[int] = (7, 14, 28, 56),
        sharpness: float = 10.0,
        back: int = 180,
    ) -> None:
        self.windows = windows
        self.dampings = dampings
        self.levels = levels
        self.sharpness = sharpness
        self.back = back

    def fit(self, arrivals: Floats, days: int) -> Self:
        """Learn weekdays and weights from arrivals (D,), none of them missing, for `days` ahead."""
        self.days_ = days
        self.weekdays_ = weekday_shares(arrivals)
        past = np.arange(max(len(arrivals) - days - self.back, self._least), len(arrivals) - days + 1, 3)
        if len(past) < WEEK:
            self.weights_ = np.full(self._count, 1.0 / self._count)
            return self
        ahead = past[:, None] + np.arange(days)
        shares, came = self.weekdays_[(ahead - len(arrivals)) % WEEK], np.cumsum(arrivals[ahead], axis=1)
        missed = [np.abs(np.cumsum(one * shares, axis=1) - came).sum() for one in self._each(arrivals, past)]
        error = np.array(missed) / max(came.sum(), 1e-9) + 1e-6
        weights = np.exp(-self.sharpness * (error / error.min() - 1.0))
        self.weights_ = weights / weights.sum()
        return self

    def predict(self, arrivals: Floats) -> Floats:
        """Expected arrivals (days_,) of the days after `arrivals` (D,), which end on the weekday that `fit`'s did."""
        told = np.stack([one[0] for one in self._each(arrivals, np.array([len(arrivals)]))])
        return np.asarray((self.weights_ @ told) * self.weekdays_[np.arange(self.days_) % WEEK])

    @property
    def _least(self) -> int:
        """Days that the longest window needs."""
        return max([window + WEEK for window in self.windows] + list(self.levels))

    @property
    def _count(self) -> int:
        return len(self.windows) * len(self.dampings) + len(self.levels)

    def _each(self, arrivals: Floats, origins: Ints) -> Iterator[Floats]:
        """Forecasts (O, days), weekdays apart, from each origin: of every window and damping, then of every level."""
        ahead = np.arange(1, self.days_ + 1)
        level = trailing(arrivals, WEEK, origins)
        weekly = np.log(trailing(arrivals, WEEK, np.arange(1, len(arrivals) + 1)) + 1.0)
        for window in self.windows:
            slope = np.clip(_slopes(weekly, window, origins), -STEEPEST, STEEPEST)
            for damping in self.dampings:
                grown = CENTRE + np.cumsum(damping**ahead)
                yield level[:, None] * np.exp(slope[:, None] * grown)
        for days in self.levels:
            yield np.repeat(trailing(arrivals, days, origins)[:, None], self.days_, axis=1)


def trailing(values: Floats, days: int, origins: Ints) -> Floats:
    """Mean (O,) of the last `days` values before each origin, of fewer where there are fewer."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    first = np.maximum(origins - days, 0)
    return np.asarray((total[origins] - total[first]) / np.maximum(origins - first, 1))


def _slopes(weekly: Floats, window: int, origins: Ints) -> Floats:
    """Least-squares slope (O,) a day of the last `window` values before each origin."""
    at = np.maximum(origins[:, None] - window + np.arange(window), 0)
    time = np.arange(window) - (window - 1) / 2.0
    return np.asarray(weekly[at] @ time / (time @ time))


def weekday_shares(values: Floats) -> Floats:
    """Factor (7,) of each weekday, that of the day after the last first, around the week about it; their mean is 1."""
    whole = len(values) // WEEK - 1
    if whole < 2:
        return np.ones(WEEK)
    weeks = min(whole, WEEKDAY_WEEKS)
    centred = np.convolve(values, np.ones(WEEK) / WEEK, mode="valid")[-weeks * WEEK :]
    days = values[len(values) - CENTRE - weeks * WEEK : len(values) - CENTRE]
    shares = (days.reshape(weeks, WEEK).sum(axis=0) + 1.0) / (centred.reshape(weeks, WEEK).sum(axis=0) + 1.0)
    shares = np.roll(shares, -CENTRE)
    return np.asarray(shares / shares.mean())
