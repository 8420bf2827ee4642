"""What hospitals do today: the last same weekday, or the mean of the last few."""

from __future__ import annotations

from typing import Self

import numpy as np

from forecasting.history import Floats
from forecasting.panel import Ints, Panel, picked
from forecasting.params import Settings


class SeasonalNaive(Settings):
    """The last known value of the same weekday, at most `weeks` back; else the level."""

    def __init__(self, *, weeks: int = 4) -> None:
        self.weeks = weeks

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Remember how far ahead to look."""
        self.horizons_ = horizons
        return self

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """The newest of the last `weeks` same weekdays (S, O, H)."""
        past = same_weekday(panel, origins, self.horizons_, self.weeks)
        newest = np.argmax(np.isfinite(past), axis=3)[..., None]
        return _or_level(np.take_along_axis(past, newest, axis=3)[..., 0], panel, origins)


class WeekdayMean(Settings):
    """The mean of the same weekday over the last `weeks` weeks (what hospitals do); else the level."""

    def __init__(self, *, weeks: int = 6) -> None:
        self.weeks = weeks

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Remember how far ahead to look."""
        self.horizons_ = horizons
        return self

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """The mean of the known values among the last `weeks` same weekdays (S, O, H)."""
        past = same_weekday(panel, origins, self.horizons_, self.weeks)
        known = np.isfinite(past)
        count = known.sum(axis=3)
        mean = np.where(known, past, 0.0).sum(axis=3) / np.maximum(count, 1)
        return _or_level(np.where(count > 0, mean, np.nan), panel, origins)


def same_weekday(panel: Panel, origins: Ints, horizons: Ints, weeks: int) -> Floats:
    """Values (S, O, H, weeks) of the target's weekday in the last weeks up to the origin, newest first."""
    back = (-horizons) % 7
    return picked(panel.values, (origins[:, None] - back)[..., None] - 7 * np.arange(weeks))


def _or_level(values: Floats, panel: Panel, origins: Ints) -> Floats:
    """Values (S, O, H) with NaN replaced by the level at the origin."""
    return np.where(np.isfinite(values), values, panel.level()[:, origins, None])
