"""A forecast as a fan: the median with its 50, 80 and 95 % intervals by day, and the chance of passing a capacity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

MOST_PAST: Final = 56
"""Days before the first that a fan has: eight weeks."""

BANDS: Final = ((95, 0.025, 0.975), (80, 0.1, 0.9), (50, 0.25, 0.75))
"""Each interval in per cent with the quantiles that bound it, the widest first."""


@dataclass(frozen=True, slots=True)
class Band:
    """An interval holding `percent` of outcomes, by day."""

    percent: int
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fan:
    """A series foreseen: `days` as dates, the median, its bands, `capacity` in beds (None where none is known).

    `share` of the series, any uplift included, is what the plan is for; `past` are the days before the first as they
    were counted, the last one yesterday, None where nothing was. `over` is the chance of more than the capacity on each
    day, read off the quantiles; None without a capacity.
    """

    name: str
    days: tuple[str, ...]
    median: tuple[float, ...]
    bands: tuple[Band, ...]
    capacity: float | None
    over: tuple[float, ...] | None
    past: tuple[float | None, ...] = ()
    share: float = 1.0


class _Series(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str
    quantiles: tuple[tuple[float, ...], ...]  # a row a day, a column a level
    past: tuple[float | None, ...] = ()


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore")
    committed_days: int
    levels: tuple[float, ...]
    series: tuple[_Series, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """How much of a series a plan is for, and the `beds` that part has for itself; None where others lie in them.

    `name` is that of the part, "" for the series' own; `counted` the share without any uplift, which the past had none
    of; None for `share`.
    """

    share: float
    beds: float | None = None
    name: str = ""
    counted: float | None = None


def fans(kept: object, days: Sequence[str], parts: Iterable[tuple[int, Planned]]) -> tuple[Fan, ...]:
    """The fans of what `forecast.json` keeps; none where it keeps something else.

    `days` label the committed days; `parts` say of which series, counted from 0, how much is shown.
    """
    record = _record(kept)
    if record is None:
        return ()
    return tuple(_fan(record.series[at], record.levels, days, part) for at, part in parts if at < len(record.series))


def _record(kept: object) -> _Kept | None:
    try:
        return _Kept.model_validate(kept)
    except ValidationError:
        return None


def _fan(series: _Series, levels: tuple[float, ...], days: Sequence[str], part: Planned) -> Fan:
    quantiles = np.asarray(series.quantiles, dtype=np.float64)[: len(days)].T * part.share
    counted = part.share if part.counted is None else part.counted
    past = tuple(None if value is None else value * counted for value in series.past[-MOST_PAST:])
    capacity = part.beds
    at = {round(level, 4): row for level, row in zip(levels, quantiles, strict=True)}
    bands = tuple(
        Band(percent, tuple(at[low].tolist()), tuple(at[high].tolist()))
        for percent, low, high in BANDS
        if low in at and high in at
    )
    over = None if capacity is None else tuple(_chance_over(levels, each, capacity) for each in quantiles.T)
    name, median = part.name or series.name, tuple(at[0.5].tolist())
    return Fan(name, tuple(days), median, bands, capacity, over, past, part.share)


def _chance_over(levels: tuple[float, ...], quantiles: np.ndarray, capacity: float) -> float:
    """The chance of more than `capacity`, straight between quantiles and no surer than the outermost ones."""
    return 1.0 - float(np.interp(capacity, quantiles, levels))
