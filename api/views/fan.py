"""A forecast as a fan: the median with its 50, 80 and 95 % intervals by day, and the chance of passing a capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

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

    `over` is the chance of more than the capacity on each day, read off the quantiles; None without a capacity.
    """

    name: str
    days: tuple[str, ...]
    median: tuple[float, ...]
    bands: tuple[Band, ...]
    capacity: float | None
    over: tuple[float, ...] | None


class _Series(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str
    quantiles: tuple[tuple[float, ...], ...]  # a row a day, a column a level


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore")
    committed_days: int
    levels: tuple[float, ...]
    series: tuple[_Series, ...]


def fans(kept: object, days: Sequence[str], capacities: Mapping[str, float]) -> tuple[Fan, ...]:
    """The fans of what `forecast.json` keeps; none where it keeps something else.

    `days` label the committed days; `capacities` are beds by series' name.
    """
    try:
        record = _Kept.model_validate(kept)
    except ValidationError:
        return ()
    return tuple(_fan(each, record.levels, days, capacities.get(each.name)) for each in record.series)


def _fan(series: _Series, levels: tuple[float, ...], days: Sequence[str], capacity: float | None) -> Fan:
    quantiles = np.asarray(series.quantiles, dtype=np.float64)[: len(days)].T
    at = {round(level, 4): row for level, row in zip(levels, quantiles, strict=True)}
    bands = tuple(
        Band(percent, tuple(at[low].tolist()), tuple(at[high].tolist()))
        for percent, low, high in BANDS
        if low in at and high in at
    )
    over = None if capacity is None else tuple(_chance_over(levels, each, capacity) for each in quantiles.T)
    return Fan(series.name, tuple(days), tuple(at[0.5].tolist()), bands, capacity, over)


def _chance_over(levels: tuple[float, ...], quantiles: np.ndarray, capacity: float) -> float:
    """The chance of more than `capacity`, straight between quantiles and no surer than the outermost ones."""
    return 1.0 - float(np.interp(capacity, quantiles, levels))
