"""Where series lie: CSV, Excel and Parquet files and SQL databases, each read as one table of text cells.

A reader is a function and a line in `READERS` (by the file's ending); a database is named by its URL, or better by
`env:NAME`, the environment variable that holds it, so that no password stands in a scenario or on a command line.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final, TextIO

from forecasting.errors import HistoryError
from forecasting.sources_bounds import lines_of, unpacked
from forecasting.sources_frames import database_rows, excel_rows, parquet_rows
from forecasting.sources_personal import refuse_personal

MARKS: Final = (",", ";", "\t")
"""What may part the cells of a text file; a header without a comma is tried with the others."""

PEEK: Final = 500
"""Rows looked at before a table is handed out."""

Lines = Iterator[tuple[int, Sequence[str]]]
"""Row number (from 1, as a spreadsheet shows it) and cells of each row that is not blank."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table: the path of a file or the URL of a database (or `env:NAME`), a sheet of a workbook, a query."""

    place: Path | str
    sheet: str | None = None
    query: str | None = None

    @property
    def file(self) -> str:
        """The table's name as shown in messages: never a URL, which may hold a password."""
        if isinstance(self.place, Path):
            return self.place.name
        return self.place if self.place.startswith("env:") else "database"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table: its row number (from 1, the header's included) and its cells by column name."""

    line: int
    cells: Sequence[str]
    columns: Mapping[str, int]

    def text(self, column: str) -> str:
        """The cell's text without spaces around it; empty when the row is too short to have that cell."""
        at = self.columns[column]
        return self.cells[at].strip() if at < len(self.cells) else ""

    def place(self, column: str) -> int:
        """The character position (from 1) at which the cell begins."""
        at = min(self.columns[column], len(self.cells))
        return 1 + sum(len(cell) + 1 for cell in self.cells[:at])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is open: its name, its columns with their position, and its rows, which can be read once."""

    file: str
    columns: Mapping[str, int]
    rows: Iterator[Row]


def open_table(source: TableSource) -> Sheet:
    """Open a table and find its header: the first row with two filled cells, so that a title may stand above it.

    Raises:
        HistoryError: it can't be opened or read, or a column looks like personal data.
    """
    lines = _lines(source)
    header: list[str] = []
    for _, cells in lines:
        header = [cell.strip() for cell in cells]
        if sum(bool(cell) for cell in header) > 1:
            break
    columns: dict[str, int] = {}
    for at, name in enumerate(header):
        if name:
            columns.setdefault(name, at)
    first = list(islice((Row(line, cells, columns) for line, cells in lines), PEEK))
    refuse_personal(source.file, {name: [row.text(name) for row in first] for name in columns})
    return Sheet(source.file, columns, chain(first, (Row(line, cells, columns) for line, cells in lines)))


def _lines(source: TableSource) -> Lines:
    """The rows of any source. Raises HistoryError."""
    if isinstance(source.place, str):
        return _numbered(database_rows(source.file, source.place, source.query))
    reader = READERS.get(source.place.suffix.lower(), text_rows)
    if source.query is not None:
        raise HistoryError(source.file, 1, 1, "is a file: a query needs a database URL, or env:NAME that holds one")
    return reader(source)


def text_rows(source: TableSource) -> Lines:
    """Rows of a text file in UTF-8 (packed by gzip or not), its cells parted by commas, semicolons or tabs.

    Read as they are asked for, so that a file may be larger than memory.
    """
    reader = None
    try:
        with _opened(Path(source.place), source.file) as file:
            lines = lines_of(file, source.file)
            head = next(lines, "")
            mark = max(MARKS, key=head.count)
            reader = csv.reader(chain([head], lines), delimiter=mark)
            before = 0
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield before + 1, cells
                before = reader.line_num
    except csv.Error as error:
        line = reader.line_num if reader is not None else 1
        raise HistoryError(source.file, line, 1, f"cannot be read as CSV: {error}") from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise HistoryError(source.file, 1, 1, f"cannot be unpacked: {error}") from error
    except OSError as error:
        raise HistoryError(source.file, 1, 1, f"cannot be opened: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = reader.line_num + 1 if reader is not None else 1
        raise HistoryError(source.file, line, 1, f"is not UTF-8 text (byte {error.start})") from error


def _opened(path: Path, name: str) -> TextIO:
    if path.suffix.lower() == ".gz":
        return unpacked(path, name)
    return path.open(encoding="utf-8-sig", newline="")


def _workbook(source: TableSource) -> Lines:
    return _numbered(excel_rows(source.file, Path(source.place), source.sheet))


def _parquet(source: TableSource) -> Lines:
    return _numbered(parquet_rows(source.file, Path(source.place)))


def _numbered(rows: Iterable[Sequence[str]]) -> Lines:
    """Rows that are not blank, with their numbers from 1."""
    return ((line, cells) for line, cells in enumerate(rows, start=1) if any(cells))


READERS: Final[Mapping[str, Callable[[TableSource], Lines]]] = {
    ".csv": text_rows,
    ".tsv": text_rows,
    ".txt": text_rows,
    ".gz": text_rows,
    ".xlsx": _workbook,
    ".xlsm": _workbook,
    ".parquet": _parquet,
    ".pq": _parquet,
}
"""The reader of each kind of file, by its ending; any other is read as text."""
