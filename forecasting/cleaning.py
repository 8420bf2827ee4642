"""Rows of a CSV file to dated values: every faulty cell becomes a `Fault` that names its place and its cure.

Only reading and row-by-row cleaning live here; what a gap means for the series is `history`'s business.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from forecasting.errors import HistoryError, did_you_mean
from forecasting.notes import Fault

MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
"""Cells that say "no value" (compared in lower case)."""


@dataclass(frozen=True, slots=True)
class HistorySource:
    """Where a daily series lies: a CSV file, the column of its values, and what to do about faults.

    `where` keeps only rows whose columns hold exactly those texts. With `capacity_column`, a row with more patients
    than capacity is impossible: its value is dropped, or capped at the capacity. `missing="refuse"`: a gap is an error.
    """

    path: Path
    column: str
    date_column: str = "date"
    where: tuple[tuple[str, str], ...] = ()
    capacity_column: str | None = None
    impossible_rows: Literal["drop", "cap"] = "drop"
    missing: Literal["warn", "refuse"] = "warn"

    @property
    def file(self) -> str:
        """The file's name as shown in messages."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file: its first line (from 1) and its cells by column name."""

    line: int
    cells: tuple[str, ...]
    columns: dict[str, int]

    def text(self, column: str) -> str:
        """The cell's text without spaces around it; empty when the row is too short to have that cell."""
        at = self.columns[column]
        return self.cells[at].strip() if at < len(self.cells) else ""

    def place(self, column: str) -> int:
        """The character position (from 1) at which the cell begins."""
        at = min(self.columns[column], len(self.cells))
        return 1 + sum(len(cell) + 1 for cell in self.cells[:at])


@dataclass(slots=True)
class Cleaned:
    """Dated values in file order with the line of each (NaN where a row gives no value), and the faults found."""

    days: list[date] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    column: int = 1


def clean_file(source: HistorySource) -> Cleaned:
    """Read and clean the file row by row.

    Raises:
        HistoryError: the file or a named column is missing, or the text is neither UTF-8 nor CSV.
    """
    found = Cleaned()
    for row in _rows(source):
        if all(row.text(column) == wanted for column, wanted in source.where):
            _take(row, source, found)
    return found


def _rows(source: HistorySource) -> Iterator[Row]:
    """Every record under the header; blank lines are passed over."""
    reader = csv.reader(io.StringIO(_text(source), newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        columns = {name: at for at, name in reversed(list(enumerate(header)))}
        _require_columns(source, columns)
        before = reader.line_num
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(before + 1, tuple(cells), columns)
            before = reader.line_num
    except csv.Error as error:
        raise HistoryError(source.file, reader.line_num, 1, f"cannot be read as CSV: {error}") from error


def _text(source: HistorySource) -> str:
    try:
        return source.path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HistoryError(source.file, 1, 1, f"cannot be opened: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise HistoryError(source.file, 1, 1, f"is not UTF-8 text (byte {error.start})") from error


def _require_columns(source: HistorySource, columns: dict[str, int]) -> None:
    """Raise for the first named column that the header lacks."""
    wanted = [source.date_column, source.column, *(name for name, _ in source.where)]
    if source.capacity_column is not None:
        wanted.append(source.capacity_column)
    for name in wanted:
        if name not in columns:
            raise HistoryError(source.file, 1, 1, f"has no column {name!r}{did_you_mean(name, columns)}")


def _take(row: Row, source: HistorySource, found: Cleaned) -> None:
    """Add one row's day and value, or the fault that keeps it out."""
    day = _parsed_day(row.text(source.date_column))
    if day is None:
        message = f"{row.text(source.date_column)!r} is not a date such as 2023-03-13; row dropped"
        found.faults.append(Fault(row.line, row.place(source.date_column), "rows without a readable date", message))
        return
    found.column = row.place(source.column)
    value, fault = _parsed_value(row.text(source.column), day)
    if fault is None and source.capacity_column is not None:
        value, fault = _within_capacity(value, row, source, day)
    if fault is not None:
        found.faults.append(Fault(row.line, found.column, *fault))
    found.days.append(day)
    found.values.append(value)
    found.lines.append(row.line)


def _parsed_day(text: str) -> date | None:
    """An ISO date, or the day of an ISO date and time."""
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _parsed_value(text: str, day: date) -> tuple[float, tuple[str, str] | None]:
    """The number in a cell, or NaN with the kind and message of its fault."""
    if text.lower() in MISSING_WORDS:
        return math.nan, ("rows without a value", f"no value on {day}; taken as missing")
    try:
        number = float(text)
    except ValueError:
        return math.nan, ("values that are no numbers", f"{text!r} on {day} is not a number; taken as missing")
    return checked_value(number, day)


def checked_value(number: float, day: date) -> tuple[float, tuple[str, str] | None]:
    """The number itself when it can be a count of patients, else NaN with the kind and message of its fault."""
    if math.isfinite(number) and number >= 0:
        return number, None
    kind, why = ("negative values", "negative") if number < 0 else ("values that are not finite", "not finite")
    return math.nan, (kind, f"{number:g} on {day} is {why}; taken as missing")


def _within_capacity(value: float, row: Row, source: HistorySource, day: date) -> tuple[float, tuple[str, str] | None]:
    """Drop or cap a value above the row's capacity; a row without a readable capacity is left as it is."""
    capacity, _ = _parsed_value(row.text(source.capacity_column or ""), day)
    if not value > capacity:
        return value, None
    what = f"{value:g} patients in {capacity:g} beds on {day}"
    if source.impossible_rows == "cap":
        return capacity, ("rows with more patients than beds", f"{what}; capped at {capacity:g}")
    return math.nan, (
        "rows with more patients than beds",
        f"{what}; row dropped (impossible_rows: cap keeps it)",
    )
