"""Stay tables: one row a patient, by dates or by length, those still in among them, to stays by patient group.

A stay's length is its nights: a patient who leaves on the day of arrival is never counted. No names are read, and a
table that holds personal data is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from forecasting.census_curves import StayCurve, stay_curve
from forecasting.errors import HistoryError, did_you_mean
from forecasting.notes import CleaningNote, Fault, fold
from forecasting.sources import Row, Sheet, TableSource, open_table

YES = frozenset({"1", "true", "yes", "y", "in", "still in"})
"""Cells that say a patient is still in (compared in lower case)."""

EVERYBODY = "all"
"""The group of a table without groups."""

LONGEST_NIGHTS = 36_500.0
"""A longer stay is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class StaySource:
    """A stay table: a CSV, Excel or Parquet file, or a database with a query, and its columns.

    Either `length` (days, with `still_in` marking stays that have not ended), or `admitted` and `left` (dates; empty:
    still in on `as_of`, by default the last date in the table). Days after `as_of` are not read: who left later was
    still in, who came later was not there. `group` is the column of patient groups.
    """

    path: Path | str
    group: str | None = None
    length: str | None = None
    still_in: str | None = None
    admitted: str = "admitted"
    left: str = "discharged"
    as_of: date | None = None
    query: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be there."""
        named = (self.length, self.still_in) if self.length is not None else (self.admitted, self.left)
        return tuple(name for name in (*named, self.group) if name is not None)


@dataclass(frozen=True, slots=True)
class Stay:
    """One patient's stay: the row that tells it, its nights so far, whether it goes on, and its first day if told."""

    row: Row
    nights: float
    still_in: bool
    admitted: date | None = None


@dataclass(slots=True)
class Stays:
    """The stays of one patient group, in nights; `still_in` marks those not ended, known so far."""

    nights: list[float] = field(default_factory=list)
    still_in: list[bool] = field(default_factory=list)

    @property
    def elapsed(self) -> list[float]:
        """Nights so far of those still in."""
        return [nights for nights, inside in zip(self.nights, self.still_in, strict=True) if inside]


@dataclass(frozen=True, slots=True)
class StayTable:
    """Stays by patient group, the day on which those still in were last known to be, and what was left out."""

    groups: dict[str, Stays]
    as_of: date | None
    notes: tuple[CleaningNote, ...]

    def curves(self) -> dict[str, StayCurve]:
        """The curve of each group in which anybody stayed a night."""
        return {
            name: stay_curve(stays.nights, stays.still_in, group=name)
            for name, stays in self.groups.items()
            if max(stays.nights) > 0
        }


def read_stays(source: StaySource) -> StayTable:
    """Read a stay table. Rows that can't be are left out with a note.

    Raises:
        HistoryError: it can't be read, a column is missing, it holds personal data, or no stay is left.
    """
    sheet = open_table(TableSource(source.path, query=source.query))
    require_columns(sheet, source.columns)
    faults: list[Fault] = []
    found, as_of = single_stays(source, sheet, faults)
    if not found:
        raise HistoryError(sheet.file, 1, 1, "no usable stay is left")
    groups: dict[str, Stays] = {}
    for stay in found:
        stays = groups.setdefault(stay.row.text(source.group) if source.group else EVERYBODY, Stays())
        stays.nights.append(stay.nights)
        stays.still_in.append(stay.still_in)
    return StayTable(groups, as_of, fold(sheet.file, faults))


def require_columns(sheet: Sheet, names: Iterable[str]) -> None:
    """Raise HistoryError for the first column that the table does not have."""
    for name in names:
        if name not in sheet.columns:
            raise HistoryError(sheet.file, 1, 1, f"has no column {name!r}{did_you_mean(name, sheet.columns)}")


def single_stays(source: StaySource, sheet: Sheet, faults: list[Fault]) -> tuple[list[Stay], date | None]:
    """The stays of a table one by one, and the day on which those still in were last known to be.

    Rows that can't be are left out and added to `faults`.
    """
    if source.length is not None:
        return [stay for row in sheet.rows if (stay := _by_length(source, row, faults)) is not None], source.as_of
    known = [found for row in sheet.rows if (found := _dates(source, row, faults)) is not None]
    as_of = source.as_of or max((last or first for _, first, last in known), default=None)
    if as_of is None:
        return [], None
    return [stay for found in known if (stay := _by_dates(source, found, as_of, faults)) is not None], as_of


def _by_length(source: StaySource, row: Row, faults: list[Fault]) -> Stay | None:
    """The stay of a row that gives its length; nothing for a row that can't be."""
    nights = _number(row.text(source.length or ""))
    if nights is None:
        _drop(faults, row, source.length or "", "is no length of 0 or more days")
        return None
    return Stay(row, nights, source.still_in is not None and row.text(source.still_in).lower() in YES)


def _by_dates(
    source: StaySource, found: tuple[Row, date, date | None], as_of: date, faults: list[Fault]
) -> Stay | None:
    """The stay of a row that gives its days, as far as they are known on `as_of`; nothing for one that comes later."""
    row, first, last = found
    if first > as_of:
        _drop(faults, row, source.admitted, f"lies after {as_of}")
        return None
    inside = last is None or last > as_of
    end = as_of if last is None or inside else last
    return Stay(row, float((end - first).days), inside, first)


def _dates(source: StaySource, row: Row, faults: list[Fault]) -> tuple[Row, date, date | None] | None:
    """First and last day of a stay, None for what has not ended; nothing for a row that can't be."""
    first, last = _date(row.text(source.admitted)), _date(row.text(source.left))
    if first is None:
        _drop(faults, row, source.admitted, "is not a date such as 2023-03-13")
    elif last is None and row.text(source.left):
        _drop(faults, row, source.left, "is not a date such as 2023-03-13")
    elif last is not None and last < first:
        _drop(faults, row, source.left, f"lies before the admission on {first}")
    else:
        return row, first, last
    return None


def _drop(faults: list[Fault], row: Row, column: str, why: str) -> None:
    message = f"{row.text(column)!r} {why}; row dropped"
    faults.append(Fault(row.line, row.place(column), f"rows whose {column} can't be", message, "", row.text(column)))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= LONGEST_NIGHTS else None


def _date(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
