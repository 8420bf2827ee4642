"""The column names of the tables that histories lie in: text, packed or not, Excel and Parquet."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from optimizer.scenario.faults import Fault, did_you_mean
from optimizer.scenario.overlay import Unreadable
from optimizer.scenario.tables import header

MOST_ROWS_ABOVE: Final = 50
"""Rows of a sheet looked through for its header: the first with two filled cells."""

MARKS: Final = (";", "\t")
MOST_LINE: Final = 1_000_000
MOST_UNPACKED: Final = 1_000_000_000
"""Bytes that the parts of a workbook may unfold to altogether."""


def header_of(path: Path, name: str, sheet: str | None = None) -> list[str]:
    """The column names of a table, `name` being the file as faults say it. Raises Unreadable where there are none."""
    return HEADERS.get(path.suffix.lower(), _text)(path, name, sheet)


def _text(path: Path, name: str, sheet: str | None) -> list[str]:
    """Names parted by commas, or by semicolons or tabs where there is no comma."""
    del sheet
    names = header(path, name)
    mark = next((mark for mark in MARKS if len(names) == 1 and mark in names[0]), None)
    return [each.strip().strip('"') for each in names[0].split(mark)] if mark else names


def _packed(path: Path, name: str, sheet: str | None) -> list[str]:
    del sheet
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig") as file:
            names = file.readline(MOST_LINE).strip()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Unreadable(Fault(name, 1, 1, "", f"can't be unpacked: {error}")) from error
    mark = max((",", *MARKS), key=names.count)
    return [each.strip().strip('"') for each in names.split(mark)]


def _workbook(path: Path, name: str, sheet: str | None) -> list[str]:
    from openpyxl import load_workbook

    try:
        _refuse_vast(path)
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # a damaged workbook fails in as many ways as zip and XML do
        raise Unreadable(Fault(name, 1, 1, "", f"can't be read as an Excel workbook: {error}")) from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise Unreadable(Fault(name, 1, 1, "", f"has no sheet {sheet}", did_you_mean(sheet, book.sheetnames)))
        rows = book[sheet or book.sheetnames[0]].iter_rows(max_row=MOST_ROWS_ABOVE, values_only=True)
        named = (["" if cell is None else str(cell).strip() for cell in row] for row in rows)
        return next((names for names in named if sum(map(bool, names)) > 1), [])
    finally:
        book.close()


def _refuse_vast(path: Path) -> None:
    """Raise ValueError for a workbook that means far more than it is."""
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise ValueError(f"it unpacks to more than {MOST_UNPACKED:,} bytes")


def _parquet(path: Path, name: str, sheet: str | None) -> list[str]:
    del sheet
    from pyarrow import ArrowInvalid, parquet

    try:
        return [str(column) for column in parquet.read_schema(path).names]
    except (ArrowInvalid, OSError) as error:
        raise Unreadable(Fault(name, 1, 1, "", f"can't be read as Parquet: {error}")) from error


HEADERS: Final[Mapping[str, Callable[[Path, str, str | None], list[str]]]] = {
    ".gz": _packed,
    ".xlsx": _workbook,
    ".xlsm": _workbook,
    ".parquet": _parquet,
    ".pq": _parquet,
}
"""Who reads the header of a kind of file, by its ending; all others are text."""
