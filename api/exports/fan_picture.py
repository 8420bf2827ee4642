"""A fan as the paths of a picture: what the template draws, in pixels, nothing left to reckon."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api import words
from api.views.fan import Fan

WIDTH: Final = 420
HEIGHT: Final = 190
LEFT: Final = 44
TOP: Final = 8
BOTTOM: Final = 22
MOST_DAYS_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across at height `y`."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class DayLabel:
    """A day named below at `x`."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class BandPath:
    """An interval as a closed path."""

    percent: int
    path: str


@dataclass(frozen=True, slots=True)
class FanPicture:
    """All that is drawn of a fan."""

    label: str
    caption: str
    width: int
    height: int
    left: int
    ticks: tuple[Tick, ...]
    days: tuple[DayLabel, ...]
    bands: tuple[BandPath, ...]
    median: str
    capacity: float | None


def fan_picture(fan: Fan) -> FanPicture:
    """Where everything goes. The scale holds the widest interval and the capacity where that is near."""
    values = [*fan.median, *(value for band in fan.bands for value in (*band.low, *band.high))]
    low, high = min(values), max(values)
    near = fan.capacity is not None and low - (high - low) <= fan.capacity <= high + 2 * (high - low)
    if near and fan.capacity is not None:
        low, high = min(low, fan.capacity), max(high, fan.capacity)
    scale = _Scale(len(fan.days), low, high)
    bands = tuple(BandPath(band.percent, scale.band(band.low, band.high)) for band in fan.bands)
    across = scale.y(fan.capacity) if near and fan.capacity is not None else None
    return FanPicture(
        f"forecast of {fan.name}", _caption(fan), WIDTH, HEIGHT, LEFT, tuple(scale.ticks()),
        tuple(scale.days(fan.days)), bands, scale.line(fan.median), across,
    )  # fmt: skip


def _caption(fan: Fan) -> str:
    if fan.capacity is None or fan.over is None:
        return fan.name
    worst = max(range(len(fan.over)), key=lambda at: fan.over[at] if fan.over else 0.0)
    chance = words.percent(fan.over[worst]) if fan.over[worst] >= 0.05 else "under 5 %"
    when = "" if fan.over[worst] < 0.05 else f", on {words.day_of(fan.days[worst])}"
    return f"{fan.name}: {fan.capacity:,.0f} beds (dashed); chance of more patients at most {chance}{when}"


@dataclass(frozen=True, slots=True)
class _Scale:
    count: int
    low: float
    high: float

    def x(self, at: int) -> float:
        return round(LEFT + 6 + at * (WIDTH - LEFT - 30) / max(1, self.count - 1), 1)

    def y(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return round(TOP + (self.high - value) / span * (HEIGHT - TOP - BOTTOM), 1)

    def line(self, values: Sequence[float]) -> str:
        return "M" + "L".join(f"{self.x(at)} {self.y(value)}" for at, value in enumerate(values))

    def band(self, low: Sequence[float], high: Sequence[float]) -> str:
        back = "L".join(f"{self.x(at)} {self.y(low[at])}" for at in reversed(range(len(low))))
        return f"{self.line(high)}L{back}Z"

    def ticks(self) -> Iterator[Tick]:
        """Three to six round figures."""
        rough = ((self.high - self.low) or 1.0) / 4
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
        value = math.ceil(self.low / step) * step
        while value <= self.high + 1e-9:
            yield Tick(self.y(value), f"{value:,.0f}" if step >= 1 else f"{value:,.1f}")
            value += step

    def days(self, labels: Sequence[str]) -> Iterator[DayLabel]:
        every = math.ceil(len(labels) / MOST_DAYS_NAMED)
        for at in range(0, len(labels), every):
            yield DayLabel(self.x(at), words.day_of(labels[at]))
