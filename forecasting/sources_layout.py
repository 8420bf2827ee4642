"""What the columns of a table are: the time, who is counted, what is counted, and what may explain it.

Asked columns count; what is not said is guessed from names and cells by rules that fit in a sentence each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import combinations
from typing import Final

from forecasting.cleaning import MISSING_WORDS, parsed_time, require_columns
from forecasting.errors import HistoryError
from forecasting.sources import Row, Sheet, TableSource

TIME_NAMES: Final = ("date", "day", "datetime", "timestamp", "time", "ds", "period", "week", "week_start", "日期")
HOUR_NAMES: Final = ("hour", "hr", "hour_of_day", "小时")
LABELS: Final = ("year", "month", "week", "weekday", "dow", "quarter", "winter", "season", "line", "row", "index")
"""Columns that say when, not how many."""

EXPLAINS: Final = re.compile(
    r"temp|weather|rain|wind|humid|snow|pollen|holiday|event|strike|game|campaign|school", re.I
)
"""Names of columns that may explain demand and are none themselves."""

FILLED: Final = re.compile(r"[_ ]?(beds[_ ])?(occ|occupied|used|present)$", re.I)
PLACES: Final = re.compile(r"[_ ]?(beds|open|beds[_ ]open|capacity)$", re.I)
"""Endings of the names of patients in beds, and of the beds they are in."""

MOSTLY: Final = 0.9
MOST_CODES: Final = 100
"""Whole numbers with more different values are counts, not codes."""

UNIQUE: Final = 0.95
"""Times are taken to be of one series when so large a share of them is different."""

LOOKED_AT: Final = 100_000
"""Rows in which an owner is looked for."""

CLEARLY: Final = 0.02
"""A column more says whose a row is when it tells this share of the rows apart."""


@dataclass(frozen=True, slots=True)
class SeriesSource:
    """Many series in one table.

    A table is long (a row for each series and time: `by` names the columns that say whose row it is), wide (a column
    for each series), or both. `columns` are the counts to read, `covariates` what may explain them; empty ones are
    guessed. `capacity` holds the column of beds open by that of patients in them. `latest` is the last day that can
    have been recorded; `date_format` how dates are written where they are not ISO dates.
    """

    table: TableSource
    time: str | None = None
    hour: str | None = None
    by: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    capacity: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    date_format: str | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table by what they are."""

    time: str
    hour: str | None
    by: tuple[str, ...]
    counts: tuple[str, ...]
    covariates: tuple[str, ...]
    capacity: Mapping[str, str]


def layout_of(source: SeriesSource, sheet: Sheet, rows: Sequence[Row]) -> Layout:
    """What each column is, as asked or guessed from `rows`. Raises HistoryError where there are no times or counts."""
    asked = [source.time, source.hour, *source.by, *source.columns, *source.covariates, *source.capacity.values()]
    require_columns(sheet, [name for name in asked if name is not None] + [name for name, _ in source.where])
    time = source.time or _time_column(sheet, rows, source.date_format)
    hour = source.hour or next((name for name in sheet.columns if name.lower() in HOUR_NAMES and name != time), None)
    rest = [name for name in sheet.columns if name not in (time, hour)]
    numbers = [name for name in rest if _share(_is_number, rows, name) >= MOSTLY]
    texts = [name for name in rest if name not in numbers and _repeats(rows, name)]
    by = source.by or _owners(rows, (time, hour), texts, numbers)
    free = [
        name for name in numbers if name not in by and name.lower() not in LABELS and name not in dict(source.where)
    ]
    covariates = source.covariates or tuple(name for name in free if EXPLAINS.search(name) or _is_flag(rows, name))
    counts = source.columns or tuple(name for name in free if name not in covariates)
    if not counts:
        raise HistoryError(
            sheet.file, 1, 1, f"holds no column of numbers (such as 1234.5) beside {time!r}; name one with --column"
        )
    explaining = tuple(name for name in covariates if name not in counts)
    return Layout(time, hour, by, counts, explaining, source.capacity or _capacities(numbers))


def _capacities(numbers: Sequence[str]) -> dict[str, str]:
    """Columns of patients with their column of beds: names that differ only in words such as occupied and open."""
    stems = {PLACES.sub("", name.lower()): name for name in numbers if PLACES.search(name)}
    patients = {name: FILLED.sub("", name.lower()) for name in numbers if FILLED.search(name)}
    return {name: stems[stem] for name, stem in patients.items() if stem in stems and stems[stem] != name}


def _time_column(sheet: Sheet, rows: Sequence[Row], form: str | None) -> str:
    """The column that holds times: by its name, else the first whose cells are times."""
    rank = {name: at for at, name in enumerate(TIME_NAMES)}
    for name in sorted(sheet.columns, key=lambda each: rank.get(each.lower(), len(rank))):
        if _share(partial(_is_time, form=form), rows, name) >= MOSTLY:
            return name
    message = (
        "holds no column of dates such as 2023-03-13 (--date-format says how else they are written); "
        "a history is a count for each hour, shift, day or week"
    )
    raise HistoryError(sheet.file, 1, 1, message)


def _owners(
    rows: Sequence[Row], when: tuple[str, str | None], texts: Sequence[str], numbers: Sequence[str]
) -> tuple[str, ...]:
    """The fewest columns that, with the time, tell the rows apart; texts before whole-number codes.

    None where the times alone do, or where no column helps: then days are simply given twice.
    """
    names, rows = [name for name in when if name is not None], rows[:LOOKED_AT]
    codes = [name for name in numbers if name.lower() not in LABELS and _is_code(rows, name)]
    found: tuple[str, ...] = ()
    best = _different(rows, names)
    if best >= UNIQUE:
        return ()
    for many in (1, 2, 3):
        for columns in combinations([*texts, *codes], many):
            share = _different(rows, [*names, *columns])
            if share > best + CLEARLY:
                best, found = share, columns
    return found


def _different(rows: Sequence[Row], columns: Sequence[str]) -> float:
    """The share of rows that differ from all before in these columns."""
    return len({tuple(row.text(name) for name in columns) for row in rows}) / len(rows) if rows else 1.0


def _share(fits: Callable[[str], bool], rows: Sequence[Row], column: str) -> float:
    """The share of filled cells of a column that fit, of some thousand spread over the table; NaN for none filled."""
    cells = _filled(rows, column)
    return sum(map(fits, cells)) / len(cells) if cells else math.nan


def _filled(rows: Sequence[Row], column: str) -> list[str]:
    sample = rows[:: max(1, len(rows) // 2000)]
    return [cell for row in sample if (cell := row.text(column)).lower() not in MISSING_WORDS]


def _is_time(cell: str, form: str | None) -> bool:
    return not cell.isdecimal() and parsed_time(cell, None, form) is not None


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def _repeats(rows: Sequence[Row], column: str) -> bool:
    """Whether most cells of a column come again, as an owner's name does."""
    rows = rows[:LOOKED_AT]
    return len({row.text(column) for row in rows} - {""}) <= max(1, len(rows) / 3)


def _is_code(rows: Sequence[Row], column: str) -> bool:
    """Whether a column of numbers may be codes: whole ones, few of them."""
    cells = _filled(rows, column)
    return all(cell.isdecimal() for cell in cells) and len(set(cells)) <= min(MOST_CODES, len(cells) / 10)


def _is_flag(rows: Sequence[Row], column: str) -> bool:
    """Whether a column only says yes or no: 1 or 0, both seen."""
    return {float(cell) for cell in _filled(rows, column) if _is_number(cell)} == {0.0, 1.0}
