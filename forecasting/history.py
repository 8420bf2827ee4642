"""A daily series as it was: contiguous pieces, NaN for days without a value, and a note for every fault cured.

Faults of a history are warnings (`CleaningNote`); only a missing file or column, too few usable days, or a gap where
gaps are refused is an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from forecasting.cleaning import Cleaned, HistorySource, checked_value, clean_file, shown, time_zone
from forecasting.daily import by_day
from forecasting.errors import HistoryError, UnusableHistory
from forecasting.levels import suspicions
from forecasting.notes import CleaningNote, Fault, fold
from forecasting.recording import Recording, assembled
from forecasting.steps import DAY, step_of

__all__ = [
    "LEAST_DAYS",
    "CleaningNote",
    "History",
    "HistorySource",
    "history_from_values",
    "history_of",
    "read_history",
]

LEAST_DAYS = 14
"""Fewer usable days than this are no history: every weekday must have been seen twice."""

PIECE_GAP = DAY.gap
"""A run of missing days longer than this ends a piece: no four-week mean reaches across it."""

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """A cleaned daily series.

    `dates` (D,) datetime64[D] ascending, contiguous inside a piece; `values` (D,) float64, NaN on a day without a
    usable value; `pieces` the first and last day (both inclusive) of each piece; `usable_days` counts the numbers.
    """

    name: str
    dates: Days
    values: Floats
    pieces: tuple[tuple[date, date], ...]
    notes: tuple[CleaningNote, ...]
    usable_days: int


def read_history(source: HistorySource, *, least: int = LEAST_DAYS) -> History:
    """Read one column of a table as a daily series; values within a day become one as `source.daily` says.

    Raises:
        HistoryError: the table or a column is missing, a gap exists where `missing="refuse"`, or the series is not
            daily and nothing says how it becomes so.
        UnusableHistory: fewer than `least` usable days are left.
    """
    cleaned = _by_day(source, clean_file(source))
    return _history(source.file, source.column, cleaned, refuse=source.missing == "refuse", least=least)


def history_of(recording: Recording) -> History:
    """A daily recording as a history.

    Raises:
        HistoryError: its step is another.
        UnusableHistory: fewer than `LEAST_DAYS` usable days.
    """
    if recording.step.days != 1 or len(recording.step.starts) != 1:
        raise HistoryError(recording.file, 1, 1, f"{recording.name!r} has {recording.step.plural}, not days")
    if recording.usable < LEAST_DAYS:
        message = f"{recording.usable} usable days, but at least {LEAST_DAYS} are needed"
        raise UnusableHistory(recording.file, 1, 1, message)
    pieces = tuple((first.date(), last.date()) for first, last in recording.pieces)
    dates = recording.times.astype("datetime64[D]")
    return History(recording.name, dates, recording.values, pieces, recording.notes, recording.usable)


def history_from_values(name: str, start: date, values: Sequence[float | None]) -> History:
    """A daily series given in place, one value a day from `start`; None is a missing day. Lines count the values.

    Raises:
        UnusableHistory: fewer than `LEAST_DAYS` usable values.
    """
    cleaned = Cleaned()
    for number, value in enumerate(values, start=1):
        when = datetime(start.year, start.month, start.day) + timedelta(days=number - 1)
        usable, fault = checked_value(math.nan if value is None else float(value), when)
        if value is None:
            fault = ("values missing", f"no value on {shown(when)}; taken as missing")
        if fault is not None:
            cleaned.faults.append(Fault(number, 1, *fault, shown(when), "" if value is None else f"{value:g}"))
        cleaned.times.append(when)
        cleaned.values.append(usable)
        cleaned.lines.append(number)
    return _history(name, name, cleaned, refuse=False)


def _by_day(source: HistorySource, cleaned: Cleaned) -> Cleaned:
    """The values as they are where they are daily, else combined as the source says."""
    step = step_of(source.file, cleaned.times)
    if step.days > 1:
        message = (
            f"{source.column!r} has one value a {step.name}; a plan needs one a day or finer, and "
            f"`wardwright forecast {source.file}` tells the {step.plural} ahead"
        )
        raise HistoryError(source.file, 1, 1, message)
    if len(step.starts) == 1:
        return cleaned
    if source.daily is None:
        message = (
            f"{source.column!r} has {len(step.starts)} values a day; "
            "say daily: sum (arrivals), mean or max (patients present)"
        )
        raise HistoryError(source.file, 1, 1, message)
    return by_day(cleaned, step, source.daily, time_zone(source.file, source.timezone))


def _history(file: str, name: str, cleaned: Cleaned, *, refuse: bool, least: int = LEAST_DAYS) -> History:
    """The cleaned values as a daily series."""
    usable = len({when.date() for when, value in zip(cleaned.times, cleaned.values, strict=True) if value == value})
    if usable < least:
        message = f"{usable} usable days in {name!r}, but at least {least} are needed"
        raise UnusableHistory(file, 1, 1, message)
    found = assembled(file, name, cleaned, DAY, refuse=refuse)
    notes = fold(file, (*found.faults, *suspicions(found)))
    pieces = tuple((first.date(), last.date()) for first, last in found.pieces)
    return History(name, found.times.astype("datetime64[D]"), found.values, pieces, notes, found.usable)
