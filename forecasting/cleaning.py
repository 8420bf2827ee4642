"""Rows of a table to timed values: every faulty cell becomes a `Fault` that names its place and its cure.

Only reading and row-by-row cleaning live here; what a gap means for the series is `recording`'s business.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forecasting.errors import HistoryError, did_you_mean
from forecasting.notes import Fault
from forecasting.sources import Row, Sheet, TableSource, open_table

MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
"""Cells that say "no value" (compared in lower case)."""


@dataclass(frozen=True, slots=True)
class HistorySource:
    """Where a series lies: a table, the column of its values, and what to do about faults.

    `path` is a CSV, Excel or Parquet file, or the URL of a database (`env:NAME` holds it) with a `query`. `where` keeps
    only rows whose columns hold exactly those texts. With `capacity_column`, a row with more patients than capacity is
    impossible: its value is dropped, or capped at the capacity. `missing="refuse"`: a gap is an error. `hour_column`
    holds the hour of day where the date column doesn't, `timezone` the place whose clock the hospital follows. `daily`
    says how values within a day become one: the sum (arrivals), the mean or the most (patients present). `date_format`
    is how dates are written where they are not ISO dates, such as %d/%m/%Y.
    """

    path: Path | str
    column: str
    date_column: str = "date"
    where: tuple[tuple[str, str], ...] = ()
    capacity_column: str | None = None
    impossible_rows: Literal["drop", "cap"] = "drop"
    missing: Literal["warn", "refuse"] = "warn"
    sheet: str | None = None
    query: str | None = None
    hour_column: str | None = None
    timezone: str | None = None
    daily: Literal["sum", "mean", "max"] | None = None
    date_format: str | None = None

    @property
    def table(self) -> TableSource:
        """The table that holds the series."""
        return TableSource(self.path, self.sheet, self.query)

    @property
    def file(self) -> str:
        """The table's name as shown in messages."""
        return self.table.file


@dataclass(slots=True)
class Cleaned:
    """Timed values in file order with the row of each (NaN where a row gives no value), and the faults found."""

    times: list[datetime] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    column: int = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns make one series, and the terms under which they are read.

    Rows after `latest` are impossible; a `signed` series (a temperature, say) may be below nothing.
    """

    value: str
    time: str
    hour: str | None = None
    capacity: str | None = None
    impossible: Literal["drop", "cap"] = "drop"
    zone: ZoneInfo | None = None
    form: str | None = None
    latest: date | None = None
    signed: bool = False


def clean_file(source: HistorySource) -> Cleaned:
    """Read and clean the table row by row.

    Raises:
        HistoryError: the table or a named column is missing, it can't be read, or the time zone is unknown.
    """
    sheet = open_table(source.table)
    named = (source.date_column, source.column, source.hour_column, source.capacity_column)
    require_columns(sheet, [*(name for name in named if name is not None), *(name for name, _ in source.where)])
    columns = Columns(
        source.column, source.date_column, source.hour_column, source.capacity_column, source.impossible_rows,
        time_zone(source.file, source.timezone), source.date_format,
    )  # fmt: skip
    found = Cleaned()
    for row in sheet.rows:
        if all(row.text(column) == wanted for column, wanted in source.where):
            take(row, columns, found)
    return found


def require_columns(sheet: Sheet, wanted: list[str]) -> None:
    """Raise HistoryError for the first named column that the header lacks."""
    for name in wanted:
        if name not in sheet.columns:
            raise HistoryError(sheet.file, 1, 1, f"has no column {name!r}{did_you_mean(name, sheet.columns)}")


def time_zone(file: str, name: str | None) -> ZoneInfo | None:
    """The time zone of that name, such as Europe/London. Raises HistoryError."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise HistoryError(file, 1, 1, f"no time zone is called {name!r}; one is Europe/London") from error


def take(row: Row, columns: Columns, found: Cleaned) -> None:
    """Add one row's time and value, or the fault that keeps it out."""
    when = _row_time(row, columns)
    if when is None or (columns.latest is not None and when.date() > columns.latest):
        found.faults.append(_untimely(row, columns, when))
        return
    value, fault = _value(row, columns, when)
    place = row.place(columns.value) if fault is not None or not found.times else found.column
    if not found.times:
        found.column = place
    if fault is not None:
        after = "" if math.isnan(value) else f"{value:g}"
        found.faults.append(Fault(row.line, place, *fault, shown(when), row.text(columns.value), after))
    found.times.append(when)
    found.values.append(value)
    found.lines.append(row.line)


def _untimely(row: Row, columns: Columns, when: datetime | None) -> Fault:
    """The fault of a row whose time can't be read, or has not come yet."""
    place = row.place(columns.time)
    if when is None:
        written = row.text(columns.time) + (f" {row.text(columns.hour)}" if columns.hour else "")
        message = f"{written!r} is not a date such as 2023-03-13; row dropped"
        return Fault(row.line, place, "rows without a readable date", message, "", written)
    message = f"{shown(when)} lies after {columns.latest}; row dropped"
    return Fault(row.line, place, "rows in the future", message, shown(when), row.text(columns.value))


def _value(row: Row, columns: Columns, when: datetime) -> tuple[float, tuple[str, str] | None]:
    """The row's value, or NaN with the kind and message of its fault."""
    value, fault = parsed_value(row.text(columns.value), when)
    if columns.signed and fault is not None and fault[0] == "negative values":
        return float(row.text(columns.value)), None
    if fault is None and columns.capacity is not None:
        return _within_capacity(value, row, columns, when)
    return value, fault


def shown(when: datetime) -> str:
    """A time as messages say it: the day alone at midnight."""
    return f"{when:%Y-%m-%d}" if when.hour == when.minute == 0 else f"{when:%Y-%m-%d %H:%M}"


def _row_time(row: Row, columns: Columns) -> datetime | None:
    """When a row's value was taken, by the hospital's clock."""
    when = parsed_time(row.text(columns.time), columns.zone, columns.form)
    if when is None or columns.hour is None:
        return when
    past_midnight = _parsed_hour(row.text(columns.hour))
    return None if past_midnight is None else datetime(when.year, when.month, when.day) + past_midnight


@lru_cache(maxsize=65_536)
def parsed_time(text: str, zone: ZoneInfo | None = None, form: str | None = None) -> datetime | None:
    """An ISO date, or an ISO date and time, by the clock of the zone where one is given, else as it is written.

    With a `form` (as of strptime) dates written so are read too; which way round 05/04 is nobody guesses.
    """
    try:
        when = _in_form(text, form) or datetime.fromisoformat(text)
        if zone is not None and when.tzinfo is not None:
            when = when.astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return when.replace(tzinfo=None)


def _in_form(text: str, form: str | None) -> datetime | None:
    try:
        return None if form is None else datetime.strptime(text, form)
    except ValueError:
        return None


@lru_cache(maxsize=2048)
def _parsed_hour(text: str) -> timedelta | None:
    """Time since midnight: an hour from 0 to 23, or HH:MM."""
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and (minute[:2] or "0").isdecimal()):
        return None
    hours, minutes = int(hour), int(minute[:2] or "0")
    return timedelta(hours=hours, minutes=minutes) if hours < 24 and minutes < 60 else None


def parsed_value(text: str, when: datetime) -> tuple[float, tuple[str, str] | None]:
    """The number in a cell, or NaN with the kind and message of its fault."""
    if text.lower() in MISSING_WORDS:
        return math.nan, ("rows without a value", f"no value on {shown(when)}; taken as missing")
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if math.isnan(number):
        return math.nan, ("values that are no numbers", f"{text!r} on {shown(when)} is not a number; taken as missing")
    return checked_value(number, when)


def checked_value(number: float, when: datetime) -> tuple[float, tuple[str, str] | None]:
    """The number itself when it can be a count of patients, else NaN with the kind and message of its fault."""
    if math.isfinite(number) and number >= 0:
        return number, None
    kind, why = ("negative values", "negative") if number < 0 else ("values that are not finite", "not finite")
    return math.nan, (kind, f"{number:g} on {shown(when)} is {why}; taken as missing")


def _within_capacity(value: float, row: Row, columns: Columns, when: datetime) -> tuple[float, tuple[str, str] | None]:
    """Drop or cap a value above the row's capacity; a row without a readable capacity is left as it is."""
    capacity, _ = parsed_value(row.text(columns.capacity or ""), when)
    if not value > capacity:
        return value, None
    what = f"{value:g} patients in {capacity:g} beds on {shown(when)}"
    if columns.impossible == "cap":
        return capacity, ("rows with more patients than beds", f"{what}; capped at {capacity:g}")
    return math.nan, (
        "rows with more patients than beds",
        f"{what}; row dropped (impossible_rows: cap keeps it)",
    )
