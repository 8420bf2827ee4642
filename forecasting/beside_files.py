"""Events and columns of data read from tables: every cell that can't be used is an error with its place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import numpy as np

from forecasting.cleaning import MISSING_WORDS, parsed_time, require_columns
from forecasting.errors import ForecastError, HistoryError
from forecasting.events import Column, Event
from forecasting.sources import Row, Sheet, TableSource, open_table

EVENT_COLUMNS = ("kind", "from", "to")
"""Columns that a table of events must have; `groups` (parted by spaces) and `effect` may be there too."""


def read_column(
    source: TableSource,
    column: str,
    *,
    date_column: str = "date",
    name: str | None = None,
    known_ahead: bool = False,
    delay: int = 0,
) -> Column:
    """One column of a table by day; an empty cell is a day on which it is not known.

    Raises:
        HistoryError: the table or a column is missing, or a cell is no date or number, or a day is given twice.
        ForecastError: a delay that can't be.
    """
    sheet = open_table(source)
    require_columns(sheet, [date_column, column])
    values: dict[date, float] = {}
    for row in sheet.rows:
        day = _day(sheet, row, date_column)
        if day in values:
            raise HistoryError(sheet.file, row.line, row.place(date_column), f"{day} is given twice")
        values[day] = _number(sheet, row, column)
    if not values:
        raise HistoryError(sheet.file, 1, 1, f"{column!r} holds no days")
    days = sorted(values)
    return Column(
        name or column,
        np.array(days, dtype="datetime64[D]"),
        np.array([values[day] for day in days]),
        known_ahead=known_ahead,
        delay=delay,
    )


def read_events(source: TableSource) -> tuple[tuple[Event, int], ...]:
    """The events of a table with columns kind, from, to (and groups, effect), each with its row number.

    Raises:
        HistoryError: the table or a column is missing, or a cell can't be used.
    """
    sheet = open_table(source)
    require_columns(sheet, list(EVENT_COLUMNS))
    return tuple(_events(sheet))


def _events(sheet: Sheet) -> Iterator[tuple[Event, int]]:
    for row in sheet.rows:
        kind = row.text("kind")
        if not kind:
            raise HistoryError(sheet.file, row.line, row.place("kind"), "must name the kind of event")
        first = _day(sheet, row, "from")
        last = _day(sheet, row, "to") if row.text("to") else first
        groups = tuple(row.text("groups").split()) if "groups" in sheet.columns else ()
        effect = _number(sheet, row, "effect") if "effect" in sheet.columns else math.nan
        try:
            yield Event(kind, first, last, groups, None if math.isnan(effect) else effect), row.line
        except ForecastError as error:
            raise HistoryError(sheet.file, row.line, row.place("kind"), str(error)) from error


def _day(sheet: Sheet, row: Row, column: str) -> date:
    when = parsed_time(row.text(column))
    if when is None:
        message = f"{row.text(column)!r} is not a date such as 2023-03-13"
        raise HistoryError(sheet.file, row.line, row.place(column), message)
    return when.date()


def _number(sheet: Sheet, row: Row, column: str) -> float:
    """The number in a cell, NaN in an empty one."""
    text = row.text(column)
    if text.lower() in MISSING_WORDS:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if not math.isfinite(number):
        raise HistoryError(sheet.file, row.line, row.place(column), f"{text!r} is not a number")
    return number
