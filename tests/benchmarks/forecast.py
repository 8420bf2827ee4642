"""Our side of a forecasting race: series cut at one origin go in, nine quantiles for every day ahead come out.

The race hands over objects with `id`, `start` (a timestamp), `y` (an array), `country`, `freq` and `group`. Series of
one hospital in several groups (winters, say) are pieces of one history; only the newest group is forecast. The
forecaster is the one named in the environment's FORECASTER, `fast` if none is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from forecasting import History, forecast, history_from_values
from forecasting.cleaning import Cleaned
from forecasting.hourly import forecast_slots
from forecasting.recording import assembled
from forecasting.steps import HOUR

Floats = NDArray[np.float64]


class Timestamp(Protocol):
    """As pandas has it."""

    def date(self) -> date:
        """The day without its time."""
        ...


class Series(Protocol):
    """One series of the race, cut at the origin."""

    id: str
    start: Timestamp
    y: Floats
    country: str
    freq: str
    group: str


def ours(train: Sequence[Series], horizon: int) -> dict[str, Floats]:
    """Quantiles (horizon, 9) by id of every series of the newest group."""
    told: dict[str, Floats] = {}
    if train[0].freq == "h":
        return {series.id: _hours(series, horizon) for series in train}
    for country in sorted({series.country for series in train}):
        told.update(_one_country([series for series in train if series.country == country], horizon))
    return told


def _hours(series: Series, horizon: int) -> Floats:
    """Quantiles (horizon, 9) of an hourly series cut at midnight."""
    first = datetime.combine(series.start.date(), time())
    times = [first + timedelta(hours=hour) for hour in range(len(series.y))]
    cleaned = Cleaned(times, series.y.tolist(), list(range(1, len(times) + 1)))
    recording = assembled(series.id, series.id, cleaned, HOUR)
    told = forecast_slots(
        [recording],
        start=(times[-1] + timedelta(hours=1)).date(),
        days=horizon // 24,
        forecaster=os.environ.get("FORECASTER", "fast"),
        samples=1,
        country=series.country or None,
    )
    return told.quantiles[0]


def _one_country(train: Sequence[Series], horizon: int) -> dict[str, Floats]:
    newest = max(series.group for series in train)
    hospitals: dict[str, list[Series]] = {}
    for series in train:
        hospitals.setdefault(series.id.removesuffix(f"_{series.group}"), []).append(series)
    wanted = {name: pieces for name, pieces in hospitals.items() if any(one.group == newest for one in pieces)}
    told: dict[str, Floats] = {}
    for start in sorted({_end(pieces) for pieces in wanted.values()}):
        asked = [name for name, pieces in wanted.items() if _end(pieces) == start]
        told.update(_from_one_day(asked, hospitals, start, horizon, train[0].country))
    return {_newest(hospitals[name]).id: quantiles for name, quantiles in told.items()}


def _from_one_day(
    asked: Sequence[str], hospitals: dict[str, list[Series]], start: date, horizon: int, country: str
) -> dict[str, Floats]:
    told = forecast(
        [_history(name, hospitals[name]) for name in asked],
        start=start,
        days=horizon,
        forecaster=os.environ.get("FORECASTER", "fast"),
        samples=1,
        country=country or None,
    )
    return dict(zip(told.names, told.quantiles, strict=True))


def _newest(pieces: Iterable[Series]) -> Series:
    return max(pieces, key=lambda one: one.group)


def _end(pieces: Iterable[Series]) -> date:
    newest = _newest(pieces)
    return newest.start.date() + timedelta(days=len(newest.y))


def _history(name: str, pieces: Sequence[Series]) -> History:
    """One history of all pieces; days between them are missing."""
    first = min(piece.start.date() for piece in pieces)
    values: list[float | None] = [None] * ((_end(pieces) - first).days)
    for piece in pieces:
        at = (piece.start.date() - first).days
        values[at : at + len(piece.y)] = piece.y.tolist()
    return history_from_values(name, first, values)
