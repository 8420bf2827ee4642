"""The forecast of a table's series as rows, JSON and lines: by hour, shift, day or week."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from api import words
from forecasting import Forecast
from forecasting.steps import Step
from optimizer.tables import Cell, figure

COLUMNS: Final = ("series", "start", "mean", "median", "low80", "high80", "low95", "high95")
LEVELS: Final = (0.5, 0.1, 0.9, 0.025, 0.975)
MOST_SLOTS: Final = 6
"""A day in more parts than this is told in one line, by its fullest part."""

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OneSeries:
    """Series number `at` of a forecast by `step`."""

    forecast: Forecast
    step: Step
    at: int

    @property
    def name(self) -> str:
        """What it is called."""
        return self.forecast.names[self.at]

    def rows(self) -> list[Row]:
        """A row for each hour, shift, day or week ahead."""
        told = self.forecast
        places = [int(np.argmin(np.abs(told.levels - level))) for level in LEVELS]
        quantiles, mean = told.quantiles[self.at][:, places].round(2), told.mean[self.at].round(2)
        starts = [_shown(each, len(self.step.starts) > 1) for each in told.dates]
        return [
            (self.name, start, figure(float(one)), *(figure(float(each)) for each in row))
            for start, one, row in zip(starts, mean, quantiles, strict=True)
        ]

    def to_json(self) -> dict[str, object]:
        """As data."""
        times = [dict(zip(COLUMNS[1:], row[1:], strict=True)) for row in self.rows()]
        return {"name": self.name, "step": self.step.name, "times": times}

    def lines(self) -> list[str]:
        """As people read it; long days by their fullest part."""
        rows = self.rows()
        cells = _by_day(rows, self.step) if len(self.step.starts) > MOST_SLOTS else _each(rows, self.step)
        return ["  " + "   ".join(row).rstrip() for row in words.columned(cells)]


def _shown(when: np.datetime64, within_day: bool) -> str:
    """A day, or a time of day: 2023-03-13 07:00."""
    return str(when.astype("datetime64[m]")).replace("T", " ") if within_day else str(when.astype("datetime64[D]"))


def _each(rows: Sequence[Row], step: Step) -> list[list[str]]:
    """Every shift, day or week as a line."""
    cells = [[{7: "week of"}.get(step.days, ""), "median", f"80 % of {step.plural}"]]
    for _, start, _, median, low, high, *_ in rows:
        cells.append([_when(str(start)), f"{median:>7,.1f}", f"{low:,.1f} to {high:,.1f}"])
    return cells


def _by_day(rows: Sequence[Row], step: Step) -> list[list[str]]:
    """Every day as a line: the mean of its hours, and the fullest of them."""
    each = step.name if step.name == "hour" else f"{step.name} slot"
    cells = [["", f"mean by {each}", "fullest", "median", f"80 % of such {step.plural}"]]
    days: dict[str, list[Row]] = {}
    for row in rows:
        days.setdefault(str(row[1])[:10], []).append(row)
    for day, own in days.items():
        top = max(own, key=lambda row: float(row[2] or 0))
        mean = sum(float(row[2] or 0) for row in own) / len(own)
        _, start, _, median, low, high, *_ = top
        span = f"{low:,.1f} to {high:,.1f}"
        cells.append([_when(day), f"{mean:>9,.1f}", str(start)[11:], f"{median:>6,.1f}", span])
    return cells


def _when(start: str) -> str:
    """Mon 13 Mar 2023, with its hour where it has one."""
    at = datetime.fromisoformat(start)
    hour = f" {start[11:]}" if len(start) > 10 else ""
    return f"{WEEKDAYS[at.weekday()]} {words.day_name(at.date())}{hour}"


def basis(forecast: Forecast, step: Step) -> str:
    """What the forecast rests on, and how it did on the past."""
    known = "weeks" if step.days > 1 else "days"
    told = f"{forecast.forecaster} on {forecast.days_used:,} {known}"
    tested = forecast.backtest
    if tested is None or math.isnan(tested.wape):
        return told
    whole = " (of whole days)" if len(step.starts) > 1 else ""
    first = f" for {forecast.names[0]}" if len(forecast.names) > 1 else ""
    held = words.percent(tested.coverage80)
    return f"{told}; back-tested{first} {words.percent(tested.wape, 1)} WAPE, the 80 % interval held {held}{whole}"


def series_of(forecast: Forecast, step: Step) -> Iterator[OneSeries]:
    """Each series of a forecast."""
    return (OneSeries(forecast, step, at) for at in range(len(forecast.names)))
