"""What a plan can be exported as: one line a format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.exports.harmless import harmless_csv
from optimizer.saved import PLAN

if TYPE_CHECKING:
    from api.views.board import Board


@dataclass(frozen=True, slots=True)
class Export:
    """A format: what it is in words, the ending of its files, its media type, and what makes it of a plan."""

    what: str
    ending: str
    media: str
    make: Callable[[Board], bytes]


def _html(board: Board) -> bytes:
    from api.exports.html import html_page

    return html_page(board).encode()


def _pdf(board: Board) -> bytes:
    from api.exports.pdf import pdf

    return pdf(board)


def _xlsx(board: Board) -> bytes:
    from api.exports.xlsx import workbook

    return workbook(board)


def _ics(board: Board) -> bytes:
    from api.exports.calendar import calendar

    return calendar(board)


def _fhir(board: Board) -> bytes:
    from api.exports.fhir import fhir_bundle

    return fhir_bundle(board)


def _json(board: Board) -> bytes:
    return (board.saved.folder / PLAN).read_bytes()


def _csv(board: Board) -> bytes:
    """Every table of the plan's folder in one archive, dated alike so that equal plans give equal files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(board.saved.folder.glob("*.csv")):
            entry = zipfile.ZipInfo(path.name, (2000, 1, 1, 0, 0, 0))
            archive.writestr(entry, harmless_csv(path.read_text(encoding="utf-8")), zipfile.ZIP_DEFLATED)
    return out.getvalue()


EXPORTS: Final[Mapping[str, Export]] = {
    "html": Export("one page that needs no network and prints on A4", "html", "text/html; charset=utf-8", _html),
    "pdf": Export("sheets of A4 to print", "pdf", "application/pdf", _pdf),
    "xlsx": Export(
        "a workbook", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx
    ),
    "ics": Export("a calendar of shifts", "ics", "text/calendar; charset=utf-8", _ics),
    "csv": Export("every table, zipped", "csv.zip", "application/zip", _csv),
    "fhir": Export("a FHIR R4 bundle", "fhir.json", "application/fhir+json", _fhir),
    "json": Export("plan.json", "json", "application/json", _json),
}  # fmt: skip
"""By the name that `--format` takes."""
