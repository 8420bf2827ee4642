"""Known events and columns of data beside the series: school terms, strikes, campaigns, weather, flu.

What is known before its day may speak of that day. What is not is read only as far as it was known at the origin: its
newest value then, never a later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.errors import ForecastError
from forecasting.history import Days, Floats
from forecasting.inputs import Inputs

LONGEST_DELAY = 60
"""Days that a column may come late at most."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens on the days from `first` to `last`, both included, such as a strike or a school holiday.

    Its effect is learned from past events of the same `kind`, unless `effect` states it (-0.3: a third fewer). It
    concerns the `series` given by name, or by place among all that are forecast, or all where none is given.
    """

    kind: str
    first: date
    last: date
    series: tuple[str | int, ...] = ()
    effect: float | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ForecastError(f"{self.kind}: ends on {self.last}, before it begins on {self.first}")
        if self.effect is not None and not -1.0 < self.effect <= 10.0:
            raise ForecastError(f"{self.kind}: its effect must be above -1 and at most 10, got {self.effect:g}")


@dataclass(frozen=True, eq=False)
class Column:
    """A daily column beside the series: `dates` (N,) ascending, `values` (N,).

    `known_ahead` says that a day's value is known before that day (a forecast of the weather, a number of clinics
    booked). Otherwise it is known at the end of its day, or `delay` days after that.
    """

    name: str
    dates: Days
    values: Floats
    known_ahead: bool = False
    delay: int = 0

    def __post_init__(self) -> None:
        if len(self.dates) != len(self.values) or not len(self.dates):
            raise ForecastError(f"{self.name}: needs as many dates as values, and one at least")
        if len(self.dates) > 1 and not (np.diff(self.dates) > np.timedelta64(0, "D")).all():
            raise ForecastError(f"{self.name}: its dates must rise, each given once")
        if not 0 <= self.delay <= LONGEST_DELAY:
            raise ForecastError(f"{self.name}: its delay must be 0 to {LONGEST_DELAY} days, got {self.delay}")
        if self.known_ahead and self.delay:
            raise ForecastError(f"{self.name}: what is known ahead does not come late; leave out the delay")

    def on(self, days: Days) -> Floats:
        """Its values on some days, NaN where it has none."""
        at = np.minimum(np.searchsorted(self.dates, days), len(self.dates) - 1)
        return np.where(self.dates[at] == days, self.values[at], np.nan)

    def known_by(self, days: Days) -> Floats:
        """The newest value known at the end of each day, NaN before the first."""
        known = np.isfinite(self.values)
        dates, values = self.dates[known], self.values[known]
        at = np.searchsorted(dates, days - self.delay, side="right") - 1
        return np.where(at >= 0, values[np.maximum(at, 0)], np.nan) if len(dates) else np.full(len(days), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Everything told beside the series: events and columns.

    Raises ForecastError for two columns of a name, or a column called as a kind of event.
    """

    events: tuple[Event, ...] = ()
    columns: tuple[Column, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns] + sorted({event.kind for event in self.events})
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ForecastError(f"{twice}: two columns, or a column and a kind of event, have this name")

    def inputs(self, series: Mapping[int, str], dates: Days, days: int) -> Inputs | None:
        """What is told on `dates` (D + ahead,), of which `days` D are past; None where nothing is.

        `series` are names by place among all that are forecast.
        """
        if not self.events and not self.columns:
            return None
        learned = sorted({event.kind for event in self.events if event.effect is None})
        marks = [_marks([one for one in self.events if one.kind == kind], series, dates) for kind in learned]
        known = [column for column in self.columns if column.known_ahead]
        marks += [np.broadcast_to(column.on(dates), (len(series), len(dates))) for column in known]
        seen = [column for column in self.columns if not column.known_ahead]
        return Inputs(
            names=(*learned, *(column.name for column in known)),
            measured=np.array([False] * len(learned) + [True] * len(known), dtype=bool),
            ahead=np.stack(marks, axis=2) if marks else np.empty((len(series), len(dates), 0)),
            stated=self._stated(series, dates),
            seen_names=tuple(column.name for column in seen),
            seen=np.array([column.known_by(dates[:days]) for column in seen]).reshape(len(seen), days),
        )

    def _stated(self, series: Mapping[int, str], dates: Days) -> Floats:
        """The product (S, D) of all stated effects."""
        factor = np.ones((len(series), len(dates)))
        for event in self.events:
            if event.effect is not None:
                factor *= 1.0 + event.effect * _marks([event], series, dates)
        return factor

    def notes(self, names: Sequence[str], past: tuple[date, date], start: date, days: int) -> Iterator[str]:
        """What a reader should know: names nobody has, events that nothing can be learned of, columns that end."""
        for event in self.events:
            unknown = [name for name in event.series if isinstance(name, str) and name not in names]
            if unknown:
                yield f"{event.kind}: no series is called {unknown[0]}"
        last = np.datetime64(start, "D") + days - 1
        yield from (_unlearned(kind, self.events, past) for kind in self._new_kinds(past, last))
        for column in self.columns:
            end = column.dates[np.isfinite(column.values)][-1:]
            if column.known_ahead and (not len(end) or end[0] < last):
                yield f"{column.name}: ends before {last}; days after count as usual"
            elif not column.known_ahead and (not len(end) or end[0] < np.datetime64(past[1], "D") - column.delay):
                yield f"{column.name}: ends on {end[0] if len(end) else 'no day'}; its last value is carried on"

    def _new_kinds(self, past: tuple[date, date], last: np.datetime64) -> list[str]:
        """Kinds of coming events, to be learned, that never happened in the past."""
        learned = [event for event in self.events if event.effect is None]
        seen = {event.kind for event in learned if event.first <= past[1] and event.last >= past[0]}
        coming = {event.kind for event in learned if event.last > past[1] and np.datetime64(event.first, "D") <= last}
        return sorted(coming - seen)


NOTHING = Beside()
"""No events and no columns."""


def _marks(events: Sequence[Event], series: Mapping[int, str], dates: Days) -> Floats:
    """1.0 on the days (S, D) of any of the events, for the series that it concerns."""
    marks = np.zeros((len(series), len(dates)))
    for event in events:
        concerned = [
            not event.series or place in event.series or name in event.series for place, name in series.items()
        ]
        rows = np.flatnonzero(concerned).tolist()
        inside = (dates >= np.datetime64(event.first, "D")) & (dates <= np.datetime64(event.last, "D"))
        marks[np.ix_(rows, np.flatnonzero(inside).tolist())] = 1.0
    return marks


def _unlearned(kind: str, events: Sequence[Event], past: tuple[date, date]) -> str:
    return f"{kind}: never happened from {past[0]} to {past[1]}, so its days count as usual; state its effect"
