"""Whatever a table holds, forecast at its own step: hours and shifts, days, weeks; some series at a time.

A series that can't be forecast is named with the reason, and the rest goes on. Of a hundred thousand series no more is
held than one chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from forecasting.errors import ForecastError
from forecasting.history import LEAST_DAYS, history_of
from forecasting.predicting import Forecast, forecast
from forecasting.recording import Recording, Times
from forecasting.steps import Step
from forecasting.weekly import LEAST_WEEKS, WEEK, forecast_weeks

CHUNK: Final = 1000

LONG_PAST: Final = {"days": 28, "weeks": 56}
"""Days after which a series has ended and is not merely late."""

USUAL_DAYS: Final = {"hour": 7, "shift": 14, "day": 28, "week": 84}
"""Days ahead by step where nobody says how many; parts of an hour are hours."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of every series: `start` and `days` are the data's own where they are None."""

    start: date | None = None
    days: int | None = None
    forecaster: str = "fast"
    samples: int = 1
    seed: int = 0
    country: str | None = None
    subdivision: str | None = None
    zone: ZoneInfo | None = None

    def days_of(self, step: Step) -> int:
        """How many days ahead series of a step are looked at."""
        return self.days or USUAL_DAYS.get(step.name, USUAL_DAYS["hour"])


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The forecast of some series of one `step`; None where not one could be, and then only who was `left_out`."""

    step: Step
    forecast: Forecast | None
    left_out: tuple[tuple[str, str], ...]


def forecast_any(recordings: Iterable[Recording], asked: Asked, *, chunk: int = CHUNK) -> Iterator[Ahead]:
    """Forecast series as they come, `chunk` at a time, those of one step together.

    Series start from the day that is asked for, else all of a step from the day after the last one known in the first
    chunk: whoever ends earlier is forecast through the gap.

    Raises:
        ForecastError: a number of days or samples, a forecaster or a country that can't be.
    """
    starts: dict[Step, date] = {}
    coming = iter(recordings)
    while some := list(islice(coming, chunk)):
        for step in dict.fromkeys(each.step for each in some):
            mine = [each for each in some if each.step == step]
            start = starts.setdefault(step, asked.start or _after(mine))
            yield _of_step(step, mine, start, asked)


def _after(recordings: Sequence[Recording]) -> date:
    """The first day of which nothing is known; of weeks, the first day of the next."""
    step, last = recordings[0].step, max(each.times[np.isfinite(each.values)][-1] for each in recordings)
    known: date = last.astype("datetime64[D]").item()
    return known + timedelta(days=step.days)


def _of_step(step: Step, recordings: Sequence[Recording], start: date, asked: Asked) -> Ahead:
    """Series of one step that have enough behind them, forecast together; the others with what they lack."""
    lacks = [_lack(each, start) for each in recordings]
    fit = [each for each, lack in zip(recordings, lacks, strict=True) if not lack]
    left_out = tuple((each.name, lack) for each, lack in zip(recordings, lacks, strict=True) if lack)
    kind = _weeks if step.days == WEEK else _slots if len(step.starts) > 1 else _days
    return Ahead(step, kind(fit, start, asked.days_of(step), asked) if fit else None, left_out)


def _lack(recording: Recording, start: date) -> str:
    """What a series lacks to be forecast from `start`: enough days (weeks), or one that is not long past."""
    step = recording.step
    least, what = (LEAST_WEEKS, "weeks") if step.days == WEEK else (LEAST_DAYS, "days")
    days = _days_known(recording, np.datetime64(start, "D"))
    if len(days) < least:
        known = what if len(days) != 1 else what[:-1]
        return f"{len(days)} usable {known} before {start}, but at least {least} are needed"
    last: date = days[-1].item()
    if (start - last).days > LONG_PAST[what]:
        return f"ends on {last}, {(start - last).days} days before {start}; --start names an earlier day"
    return ""


def _days_known(recording: Recording, start: np.datetime64) -> Times:
    """Days (weeks) before `start` of which something is known; of a day in parts, half its slots."""
    days = recording.times.astype("datetime64[D]")
    before, counts = np.unique(days[np.isfinite(recording.values) & (days < start)], return_counts=True)
    return np.asarray(before[2 * counts >= len(recording.step.starts)])


Kind = Callable[[Sequence[Recording], date, int, Asked], Forecast]


def _weeks(recordings: Sequence[Recording], start: date, days: int, asked: Asked) -> Forecast:
    return forecast_weeks(
        recordings, start=start, weeks=-(-days // WEEK), samples=asked.samples, seed=asked.seed,
        country=asked.country, subdivision=asked.subdivision,
    )  # fmt: skip


def _slots(recordings: Sequence[Recording], start: date, days: int, asked: Asked) -> Forecast:
    from forecasting.hourly import forecast_slots

    return forecast_slots(
        recordings, start=start, days=days, forecaster=asked.forecaster, samples=asked.samples, seed=asked.seed,
        country=asked.country, subdivision=asked.subdivision, zone=asked.zone,
    )  # fmt: skip


def _days(recordings: Sequence[Recording], start: date, days: int, asked: Asked) -> Forecast:
    return forecast(
        [history_of(each) for each in recordings], start=start, days=days, forecaster=asked.forecaster,
        samples=asked.samples, seed=asked.seed, country=asked.country, subdivision=asked.subdivision,
    )  # fmt: skip


__all__ = ["Ahead", "Asked", "ForecastError", "forecast_any"]
