"""A plan's files as one file to take away. Each format is a function and a line in `EXPORTS`.

Text that a spreadsheet would take for a formula leaves as text: in Excel by the cell's type, in CSV by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from api.service.errors import BadQuestion

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
LONGEST_CELL: Final = 32_767
"""Characters that a cell of Excel holds."""

Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its ending, media type and bytes."""

    ending: str
    media_type: str
    data: bytes


def as_json(files: Files, table: str | None) -> Exported:
    """plan.json."""
    del table
    return Exported("json", "application/json", files["plan.json"].encode())


def as_csv(files: Files, table: str | None) -> Exported:
    """One table. Raises BadQuestion where none, or none that there is, is named."""
    names = [name.removesuffix(".csv") for name in files if name.endswith(".csv")]
    if table not in names:
        raise BadQuestion("table", f"table: must be one of {', '.join(names)}" if names else "table: there are none")
    return Exported("csv", "text/csv; charset=utf-8", _harmless_csv(files[f"{table}.csv"]).encode())


def as_zip(files: Files, table: str | None) -> Exported:
    """The plan's folder: equal plans give equal bytes."""
    del table
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            text = _harmless_csv(files[name]) if name.endswith(".csv") else files[name]
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text.encode(), zipfile.ZIP_DEFLATED)
    return Exported("zip", "application/zip", data.getvalue())


def as_excel(files: Files, table: str | None) -> Exported:
    """A workbook with a sheet for each table."""
    del table
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name in sorted(name for name in files if name.endswith(".csv")):
        sheet = book.create_sheet(name.removesuffix(".csv")[:31])
        for row in csv.reader(io.StringIO(files[name])):
            sheet.append(list(_excel_row(row, sheet)))
    if not book.worksheets:
        book.create_sheet("no plan")
    data = io.BytesIO()
    book.save(data)
    return Exported("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", data.getvalue())


Export = Callable[[Files, str | None], Exported]
"""From a plan's files, and the table that was named, to a file."""

EXPORTS: Final[Mapping[str, Export]] = {"json": as_json, "csv": as_csv, "zip": as_zip, "xlsx": as_excel}
"""By the name of the format."""


def exported(files: Files, format_name: str, table: str | None) -> Exported:
    """A plan in a format. Raises BadQuestion for one that there is not."""
    if format_name not in EXPORTS:
        raise BadQuestion("format", f"format: must be one of {', '.join(EXPORTS)}")
    return EXPORTS[format_name](files, table)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    dangerous = cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if dangerous else cell


def _harmless_csv(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [harmless(cell) for cell in row] for row in csv.reader(io.StringIO(text))
    )
    return out.getvalue()


def _excel_row(row: list[str], sheet: object) -> Iterator[object]:
    """Numbers as numbers, all else as text that is not looked into."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    for cell in row:
        if _NUMBER.fullmatch(cell):
            yield float(cell)
        else:
            found = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cell)[:LONGEST_CELL])
            found.data_type = "s"
            yield found
