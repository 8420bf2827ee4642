"""Sheets as workbooks. Text stays text: nothing that somebody wrote becomes a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from api import words
from api.views.levels import Level

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | date | None
FILLS: Final = {Level.GOOD: "E3F2E8", Level.BUSY: "F3F6D8", Level.TIGHT: "FFF0C7", Level.FULL: "F9D9D6"}
"""Colours of cells, the same as on the page."""
WIDEST: Final = 60
_NO_CHARACTER: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no sheet may hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with one header line; `levels` colours cells by (row, column), both from 0 below the header.

    `shares` shows figures in per cent.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    levels: tuple[tuple[int, int, Level], ...] = ()
    shares: bool = False


def as_workbook(pages: Iterable[Sheet]) -> bytes:
    """Sheets as the bytes of a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for sheet in pages:
        _write(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(book: Workbook, sheet: Sheet) -> None:
    from openpyxl.styles import Font, PatternFill

    page: Worksheet = book.create_sheet(sheet.name)
    for row, values in enumerate([sheet.header, *sheet.rows], start=1):
        for column, value in enumerate(values, start=1):
            _put(page, row, column, value, sheet.shares)
    for column in range(1, len(sheet.header) + 1):
        page.cell(1, column).font = Font(bold=True)
    for row, column, level in sheet.levels:
        page.cell(row + 2, column + 1).fill = PatternFill("solid", start_color=FILLS[level])
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions
    _on_a4(page)
    _widen(page, [sheet.header, *sheet.rows])


def _put(page: Worksheet, row: int, column: int, value: Value, shares: bool) -> None:
    """One cell; text is marked as text, whatever it begins with."""
    if value is None:
        return
    cell = page.cell(row, column, _NO_CHARACTER.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, float):
        cell.number_format = "0%" if shares else _format(value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@\t\r"


def _format(value: float) -> str:
    """Thousands and hundredths; what is small keeps what it has."""
    if value == round(value):
        return "#,##0"
    return "#,##0.00" if abs(value) >= 1 else "General"


def _on_a4(page: Worksheet) -> None:
    """Printed across, as wide as a sheet of A4, the header again on every sheet."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _widen(page: Worksheet, rows: Sequence[Iterable[Value]]) -> None:
    from openpyxl.utils import get_column_letter

    for column, values in enumerate(zip(*rows, strict=True), start=1):
        widest = max(words.shown_width(str(value)) for value in values if value is not None)
        page.column_dimensions[get_column_letter(column)].width = min(WIDEST, widest + 2)
