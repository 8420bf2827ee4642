"""A comparison as files: Markdown, JSON, an Excel workbook, and a waterfall picture for each option."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from api.compare_json import compared_json
from api.compare_picture import waterfall
from api.compare_sections import Section, overview, sections
from api.compare_words import headline
from api.documents import json_text
from optimizer.whatif.compare import Against, Compared

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MARKER: Final = "comparison.json"
"""The file that makes a folder a comparison."""

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|])")
_NO_CHARACTER: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_SHEET_NAMES: Final = re.compile(r"[\\/*?:\[\]]")


def compared_files(compared: Compared) -> dict[str, str | bytes]:
    """Every file of a comparison's folder."""
    files: dict[str, str | bytes] = {
        "comparison.md": markdown(compared),
        MARKER: json_text(compared_json(compared)),
        "comparison.xlsx": workbook(compared),
    }
    for number, each in enumerate(compared.others, 1):
        if each.attribution is not None and each.attribution.parts:
            for form in ("svg", "png"):
                files[f"waterfall-{number}.{form}"] = waterfall(compared, each, form)
    return files


def markdown(compared: Compared) -> str:
    """The comparison as Markdown, its pictures beside it."""
    lines = [f"# {_plain(compared.first.name)} compared", "", *_table(overview(compared))]
    for number, each in enumerate(compared.others, 1):
        lines += ["", f"## {_plain(each.option.name)}", "", _plain(headline(compared, each)) + "."]
        for section in sections(compared, each):
            lines += ["", f"### {_plain(section.title)}", "", *_table(section)]
        if each.note:
            lines += ["", _plain(each.note)]
        if each.attribution is not None and each.attribution.parts:
            lines += ["", f"![Why the cost differs](waterfall-{number}.svg)"]
    return "\n".join(lines) + "\n"


def _table(section: Section) -> Iterator[str]:
    yield _row(section.header)
    yield "|---|" + "---:|" * (len(section.header) - 1)
    yield from map(_row, section.rows)
    told = [f"{row[0]}: {note}" for row, note in zip(section.rows, section.beneath, strict=False) if note]
    for note in (*told, *([section.note] if section.note else [])):
        yield from ("", _plain(note))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def workbook(compared: Compared) -> bytes:
    """The comparison as an Excel workbook: a sheet with all options, and one for each that is compared."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.active
    first.title = "Side by side"
    _fill(first, [overview(compared)])
    for number, each in enumerate(compared.others, 1):
        _fill(book.create_sheet(_sheet_name(number, each)), sections(compared, each), headline(compared, each))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _sheet_name(number: int, each: Against) -> str:
    """At most 31 characters, none that Excel refuses, no two alike."""
    return _NOT_IN_SHEET_NAMES.sub(" ", f"{number} {each.option.name}")[:31]


def _fill(page: Worksheet, parts: tuple[Section, ...] | list[Section], head: str = "") -> None:
    from openpyxl.styles import Font

    rows: list[tuple[tuple[str | float | None, ...], bool]] = [((head,), True), ((), False)] if head else []
    for part in parts:
        rows += [((part.title,), True), (part.header, True), *((values, False) for values in part.values), ((), False)]
    for at, (values, bold) in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            put(page, at, column, value)
            if bold:
                page.cell(at, column).font = Font(bold=True)
    page.column_dimensions["A"].width = 48
    for letter in "BCDEF":
        page.column_dimensions[letter].width = 20


def put(page: Worksheet, row: int, column: int, value: str | float | None) -> None:
    """One cell: a figure as a number, text as text, whatever it begins with, so that none becomes a formula."""
    if isinstance(value, str):
        cell = page.cell(row, column)
        cell.value = _NO_CHARACTER.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@\t\r" and bool(value)
    elif value is not None:
        page.cell(row, column, value).number_format = "#,##0.00"
