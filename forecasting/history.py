"""A daily series as it was: contiguous pieces, NaN for days without a value, and a note for every fault cured.

Faults of a history are warnings (`CleaningNote`); only a missing file or column, too few usable days, or a gap where
gaps are refused is an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forecasting.cleaning import Cleaned, HistorySource, checked_value, clean_file
from forecasting.errors import HistoryError, UnusableHistory
from forecasting.notes import CleaningNote, Fault, fold

__all__ = ["LEAST_DAYS", "CleaningNote", "History", "HistorySource", "history_from_values", "read_history"]

LEAST_DAYS = 14
"""Fewer usable days than this are no history: every weekday must have been seen twice."""

PIECE_GAP = 28
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


def read_history(source: HistorySource) -> History:
    """Read one column of a CSV file as a daily series.

    Raises:
        HistoryError: the file or a column is missing, or a gap exists where `missing="refuse"`.
        UnusableHistory: fewer than `LEAST_DAYS` usable days are left.
    """
    cleaned = clean_file(source)
    return _assembled(source.file, source.column, cleaned, refuse=source.missing == "refuse")


def history_from_values(name: str, start: date, values: Sequence[float | None]) -> History:
    """A daily series given in place, one value a day from `start`; None is a missing day. Lines count the values.

    Raises:
        UnusableHistory: fewer than `LEAST_DAYS` usable values.
    """
    cleaned = Cleaned()
    for number, value in enumerate(values, start=1):
        day = start + timedelta(days=number - 1)
        usable, fault = checked_value(math.nan if value is None else float(value), day)
        if value is None:
            fault = ("values missing", f"no value on {day}; taken as missing")
        if fault is not None:
            cleaned.faults.append(Fault(number, 1, *fault))
        cleaned.days.append(day)
        cleaned.values.append(usable)
        cleaned.lines.append(number)
    return _assembled(name, name, cleaned, refuse=False)


def _assembled(file: str, name: str, cleaned: Cleaned, *, refuse: bool) -> History:
    """Order the days, settle doubled ones, cut the series into pieces and lay each on a grid of days."""
    _note_disorder(cleaned)
    lines, values = _one_row_a_day(cleaned)
    days = sorted(day for day in lines if not math.isnan(values[day]))
    if len(days) < LEAST_DAYS:
        message = f"{len(days)} usable days in {name!r}, but at least {LEAST_DAYS} are needed"
        raise UnusableHistory(file, 1, 1, message)
    pieces = _pieces(days, lines, cleaned)
    if refuse:
        _refuse_gaps(file, days, lines, cleaned)
    dates = np.concatenate([_span(first, last) for first, last in pieces])
    grid = np.array([values.get(day, math.nan) for day in dates.tolist()], dtype=np.float64)
    return History(name, dates, grid, pieces, fold(file, cleaned.faults), len(days))


def _span(first: date, last: date) -> Days:
    """Every day from `first` to `last`."""
    return np.datetime64(first, "D") + np.arange((last - first).days + 1)


def _note_disorder(cleaned: Cleaned) -> None:
    """One fault for each row that comes before its predecessor in time."""
    for at in range(1, len(cleaned.days)):
        day, before = cleaned.days[at], cleaned.days[at - 1]
        if day < before:
            message = f"{day} comes after {before}; rows put in order"
            cleaned.faults.append(Fault(cleaned.lines[at], 1, "rows out of order", message))


def _one_row_a_day(cleaned: Cleaned) -> tuple[dict[date, int], dict[date, float]]:
    """Line and value by day: of a doubled day the last row that has a value counts, being the later correction."""
    lines: dict[date, int] = {}
    values: dict[date, float] = {}
    for day, value, line in zip(cleaned.days, cleaned.values, cleaned.lines, strict=True):
        if day in lines:
            kept = values[day] if math.isnan(value) else value
            message = f"{day} was given before at line {lines[day]}; {kept:g} is kept"
            cleaned.faults.append(Fault(line, cleaned.column, "days given twice", message))
            value = kept
        lines[day], values[day] = line, value
    if len(cleaned.days) > 1.5 * len(lines):
        message = "most days come more than once: the file may hold several series, of which `where` picks one"
        cleaned.faults.append(Fault(cleaned.lines[0], 1, "several series", message))
    return lines, values


def _pieces(days: list[date], lines: dict[date, int], cleaned: Cleaned) -> tuple[tuple[date, date], ...]:
    """First and last usable day of each piece; a fault for each gap between pieces and each run of absent rows."""
    pieces = [(days[0], days[0])]
    for before, day in pairwise(days):
        gap = (day - before).days - 1
        absent = sum(before + timedelta(days=ahead) not in lines for ahead in range(1, min(gap, PIECE_GAP) + 1))
        if gap > PIECE_GAP:
            message = f"no usable value for {gap} days before {day}; the series goes on as a new piece"
            cleaned.faults.append(Fault(lines[day], 1, f"gaps up to {before}", message))
            pieces.append((day, day))
        elif absent:
            message = f"no row for {absent} of the {gap} days before {day}; taken as missing"
            cleaned.faults.append(Fault(lines[day], 1, "gaps in the days", message))
        pieces[-1] = (pieces[-1][0], day)
    return tuple(pieces)


def _refuse_gaps(file: str, days: list[date], lines: dict[date, int], cleaned: Cleaned) -> None:
    """Raise at the first usable day that does not follow on the one before."""
    for before, day in pairwise(days):
        if (day - before).days > 1:
            message = f"no usable value between {before} and {day}, and missing days are refused (missing: refuse)"
            raise HistoryError(file, lines[day], cleaned.column, message)
