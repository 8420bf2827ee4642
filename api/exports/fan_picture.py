"""A fan as the paths of a picture: what the template draws, in pixels, nothing left to reckon."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api import words
from api.views.fan import Fan

TOP: Final = 8
BOTTOM: Final = 22
DAY_WIDTH: Final = 48
"""Pixels that the name of a day takes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a picture is in pixels, and how many days before the forecast it shows."""

    width: int = 420
    height: int = 190
    left: int = 44
    past_days: int = 14


REPORT: Final = Frame()
"""What reports show: two beside each other."""


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
    """All that is drawn of a fan; `past` is the path of what was counted before `origin`, "" and None without it."""

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
    past: str
    origin: float | None


def fan_picture(fan: Fan, frame: Frame = REPORT, day: Callable[[str], str] = words.day_of) -> FanPicture:
    """Where everything goes. The scale holds the widest interval, the days before it, and the capacity where that is
    near; `day` says what a day is called."""
    past = fan.past[-frame.past_days :] if frame.past_days else ()
    values = [*fan.median, *(value for band in fan.bands for value in (*band.low, *band.high))]
    values += [value for value in past if value is not None]
    low, high = min(values), max(values)
    near = fan.capacity is not None and low - (high - low) <= fan.capacity <= high + 2 * (high - low)
    if near and fan.capacity is not None:
        low, high = min(low, fan.capacity), max(high, fan.capacity)
    scale = _Scale(frame, len(past), len(past) + len(fan.days), low, high)
    bands = tuple(BandPath(band.percent, scale.band(band.low, band.high)) for band in fan.bands)
    across = scale.y(fan.capacity) if near and fan.capacity is not None else None
    return FanPicture(
        f"forecast of {fan.name}", _caption(fan), frame.width, frame.height, frame.left, tuple(scale.ticks()),
        tuple(scale.days(fan.days, day)), bands, scale.line(fan.median), across, scale.before(past),
        scale.x(-0.5) if past else None,
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
    """Day 0 is the forecast's first; `past` days stand before it, `count` in all."""

    frame: Frame
    past: int
    count: int
    low: float
    high: float

    def x(self, at: float) -> float:
        left, width = self.frame.left, self.frame.width
        return round(left + 6 + (self.past + at) * (width - left - 30) / max(1, self.count - 1), 1)

    def y(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return round(TOP + (self.high - value) / span * (self.frame.height - TOP - BOTTOM), 1)

    def before(self, values: Sequence[float | None]) -> str:
        """The line through the days before; it breaks where a day is not known."""
        path, pen = "", "M"
        for at, value in enumerate(values, start=-len(values)):
            if value is not None:
                path += f"{pen}{self.x(at)} {self.y(value)}"
            pen = "M" if value is None else "L"
        return path

    def line(self, values: Sequence[float]) -> str:
        return "M" + "L".join(f"{self.x(at)} {self.y(value)}" for at, value in enumerate(values))

    def band(self, low: Sequence[float], high: Sequence[float]) -> str:
        back = "L".join(f"{self.x(at)} {self.y(low[at])}" for at in reversed(range(len(low))))
        return f"{self.line(high)}L{back}Z"

    def ticks(self) -> Iterator[Tick]:
        """Two to six round figures."""
        rough = ((self.high - self.low) or 1.0) / 5
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough)
        value = math.ceil(self.low / step) * step
        while value <= self.high + 1e-9:
            yield Tick(self.y(value), f"{value:,.0f}" if step % 1 == 0 else f"{value:,.1f}")
            value += step

    def days(self, labels: Sequence[str], day: Callable[[str], str]) -> Iterator[DayLabel]:
        apart = (self.frame.width - self.frame.left - 30) / max(1, self.count - 1)
        every = max(1, math.ceil(DAY_WIDTH / apart))
        for at in range(0, len(labels), every):
            yield DayLabel(self.x(at), day(labels[at]))
        for at in range(-every, -self.past - 1, -every):
            yield DayLabel(self.x(at), day((date.fromisoformat(labels[0]) + timedelta(days=at)).isoformat()))
