"""Every series of a table, one after another: a bad one is told of and does not stop the rest.

Rows that come series by series are read as a stream, so that a hundred thousand series need no more memory than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain, groupby, islice

from forecasting.cleaning import Cleaned, Columns, take, time_zone
from forecasting.errors import HistoryError
from forecasting.levels import suspicions
from forecasting.recording import Recording, assembled
from forecasting.sources import Row, Sheet, open_table
from forecasting.sources_layout import Layout, SeriesSource, layout_of
from forecasting.steps import step_of

MOST_GROUPED = 500_000
"""Rows held at once: a table with more must hold its series one after another."""


@dataclass(frozen=True, slots=True)
class SeriesRead:
    """One series of a table: whose it is ("" where the table has one owner), its column, and what was recorded.

    `recording` is None where nothing usable was found; then `problem` says why.
    """

    owner: str
    column: str
    recording: Recording | None
    problem: str = ""
    covariate: bool = False

    @property
    def name(self) -> str:
        """Owner and column, as far as they tell series apart."""
        return f"{self.owner} {self.column}".strip()


@dataclass(frozen=True, slots=True)
class Opened:
    """A table whose columns are known, with its series, which can be read once."""

    file: str
    layout: Layout
    series: Iterator[SeriesRead]


def read_series(source: SeriesSource) -> Opened:
    """Open a table of series; they are read and cleaned as they are asked for, owners in the order of the table.

    Raises:
        HistoryError: the table can't be read, or it has no column of times or of counts.
    """
    sheet = open_table(source.table)
    rows = (row for row in sheet.rows if all(row.text(name) == wanted for name, wanted in source.where))
    held = list(islice(rows, MOST_GROUPED))
    if not held:
        raise HistoryError(sheet.file, 1, 1, "holds no rows" + (" that fit --where" if source.where else ""))
    layout = layout_of(source, sheet, held)
    return Opened(sheet.file, layout, _series(source, sheet, layout, _by_owner(sheet, layout, held, rows)))


def _by_owner(
    sheet: Sheet, layout: Layout, held: Sequence[Row], later: Iterator[Row]
) -> Iterator[tuple[tuple[str, ...], Sequence[Row]]]:
    """Rows by owner: as a stream where more come than are held, which then must not mix owners."""
    ahead = next(later, None)
    if ahead is None:
        owners: dict[tuple[str, ...], list[Row]] = {}
        for row in held:
            owners.setdefault(_owner(row, layout), []).append(row)
        yield from owners.items()
        return
    seen: set[tuple[str, ...]] = set()
    for owner, rows in groupby(chain(held, (ahead,), later), key=lambda row: _owner(row, layout)):
        block = list(rows)
        if owner in seen:
            message = f"has more than {MOST_GROUPED:,} rows, and those of {' '.join(owner)} do not stand together"
            raise HistoryError(sheet.file, block[0].line, 1, f"{message}; sort it by {' and '.join(layout.by)}")
        seen.add(owner)
        yield owner, block


def _owner(row: Row, layout: Layout) -> tuple[str, ...]:
    return tuple(row.text(name) for name in layout.by)


def _series(
    source: SeriesSource, sheet: Sheet, layout: Layout, owners: Iterator[tuple[tuple[str, ...], Sequence[Row]]]
) -> Iterator[SeriesRead]:
    """The series of each owner, counts first."""
    zone = time_zone(sheet.file, source.timezone)
    base = Columns("", layout.time, layout.hour, zone=zone, form=source.date_format, latest=source.latest)
    for owner, rows in owners:
        for column in (*layout.counts, *layout.covariates):
            covariate = column in layout.covariates
            columns = replace(base, value=column, capacity=layout.capacity.get(column), signed=covariate)
            yield _one(SeriesRead(" ".join(owner), column, None, "", covariate), sheet.file, rows, columns)


def _one(series: SeriesRead, file: str, rows: Sequence[Row], columns: Columns) -> SeriesRead:
    """One series read, cleaned and looked over."""
    cleaned = Cleaned()
    for row in rows:
        take(row, columns, cleaned)
    try:
        step = step_of(file, cleaned.times)
        recording = assembled(file, series.name, cleaned, step, zone=columns.zone)
    except HistoryError as error:
        return replace(series, problem=error.message)
    found = () if series.covariate else suspicions(recording)
    return replace(series, recording=replace(recording, faults=(*recording.faults, *found)))


def chosen(names: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """The names that words pick: a whole name, an owner or a column. Raises HistoryError for one that picks none."""
    parts = {name: {name, *name.split(" ")} for name in names}
    for word in wanted:
        if not any(word in each for each in parts.values()):
            known = sorted({part for each in parts.values() for part in each})
            close = get_close_matches(word, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known[:12])}"
            raise HistoryError("--series", 1, 1, f"no series is called {word!r}; {hint}")
    return {name for name in names if parts[name] & set(wanted)}
