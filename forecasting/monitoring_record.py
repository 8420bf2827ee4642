"""A forecast as it stood when it was made: what a plan folder keeps of it, so that what came can be held against it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

import numpy as np

from forecasting.errors import ForecastError
from forecasting.history import Floats, History
from forecasting.predicting import Forecast

MOST_PAST: Final = 400
"""Days before the forecast that are kept: a year, and a little for the week before it."""

DECIMALS: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSeries:
    """One series: `mean` (T,), `quantiles` (T, Q) by day from the record's start; `past` (D,) the days before it.

    Both in the series' units; `past` ends the day before the start, and is NaN where nothing was known.
    """

    name: str
    mean: Floats
    quantiles: Floats
    past: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A forecast from `start` on, of which the first `days` were committed to, with the model that made it.

    `model` is name@version of a stored one, else the forecaster with the beginning of the data's hash. `levels` (Q,).
    """

    start: date
    days: int
    levels: Floats
    model: str
    data_sha256: str
    series: tuple[RecordedSeries, ...]

    @classmethod
    def of(cls, forecast: Forecast, histories: Sequence[History], names: Sequence[str], days: int) -> Record:
        """The record of a forecast made from `histories`, series called `names`, `days` of it committed to."""
        first = forecast.dates[0]
        series = tuple(
            RecordedSeries(name, forecast.mean[at], forecast.quantiles[at], _past(histories[at], first))
            for at, name in enumerate(names)
        )
        return cls(first.item(), days, forecast.levels, forecast.model, forecast.data_sha256, series)

    def to_json(self) -> dict[str, object]:
        """The record as data; an unknown day of the past is null."""
        return {
            "start": self.start.isoformat(),
            "committed_days": self.days,
            "model": self.model,
            "data_sha256": self.data_sha256,
            "levels": self.levels.tolist(),
            "series": [
                {
                    "name": one.name,
                    "mean": _told(one.mean),
                    "quantiles": [_told(day) for day in one.quantiles],
                    "past": _told(one.past),
                }
                for one in self.series
            ],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, object]) -> Record:
        """The record that `to_json` told. Raises ForecastError where it is none."""
        try:
            levels = np.array(said["levels"], dtype=np.float64)
            each = [_read(one, len(levels)) for one in cast("Sequence[Mapping[str, object]]", said["series"])]
            return cls(
                date.fromisoformat(str(said["start"])), int(str(said["committed_days"])), levels,
                str(said["model"]), str(said["data_sha256"]), tuple(each),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ForecastError(f"holds no forecast as plans keep them: {type(error).__name__}: {error}") from error


def _past(history: History, first: np.datetime64) -> Floats:
    """(D,) the values of the days before `first`, the last one yesterday."""
    known = history.dates < first
    dates, values = history.dates[known], history.values[known]
    if not len(dates):
        return np.empty(0)
    days = min(int((first - dates[0]).astype(int)), MOST_PAST)
    past, at = np.full(days, np.nan), days - (first - dates).astype(int)
    past[at[at >= 0]] = values[at >= 0]
    return past


def _told(values: Floats) -> list[float | None]:
    return [round(each, DECIMALS) if math.isfinite(each) else None for each in values.tolist()]


def _read(said: Mapping[str, object], levels: int) -> RecordedSeries:
    mean, quantiles, past = (np.array(said[key], dtype=np.float64) for key in ("mean", "quantiles", "past"))
    if quantiles.shape != (len(mean), levels):
        raise ValueError(f"quantiles of {said['name']} do not fit")
    return RecordedSeries(str(said["name"]), mean, quantiles, past)
