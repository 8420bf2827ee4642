"""A plan as everybody may see it: patients and duties as counts, small ones held back so that no sum gives them away.

Only two tables of counts are told, and they share no total. What is in the plan besides is left out: who waits, moves
or is placed elsewhere, needs, money and shortfalls follow from single patients, and open beds bound how many there are.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api import words
from api.documents import json_text
from api.exports.harmless import harmless_csv
from api.exports.table import Export
from optimizer.disclosure import LARGEST, SMALLEST, disclosed

if TYPE_CHECKING:
    from api.views.board import Board

HELD_BACK: Final = "*"
ALL: Final = "all"
RULE: Final = f"{HELD_BACK} stands for {SMALLEST} to {LARGEST}, or for a count from which such a one could be reckoned."


@dataclass(frozen=True, slots=True)
class Counts:
    """A table to show: `rows` and `days` name its lines, the last of each the total; a cell is a count or HELD_BACK."""

    name: str
    title: str
    of: str
    rows: tuple[str, ...]
    days: tuple[str, ...]
    cells: tuple[tuple[int | str, ...], ...]


def public_tables(board: Board) -> tuple[Counts, ...]:
    """Patients in beds by unit and duties by staff group, on every committed day."""
    full, staffing = board.occupancy, board.staffing
    duties: dict[str, list[float]] = {}
    for row in staffing.rows:
        so_far = duties.setdefault(row.staff, [0.0] * len(row.cells))
        duties[row.staff] = [many + cell.planned for many, cell in zip(so_far, row.cells, strict=True)]
    patients = {unit: [cell.patients for cell in row] for unit, row in zip(full.units, full.cells, strict=True)}
    return (
        _people("patients", "Patients in beds", "unit", full.days, patients),
        _people("duties", "Duties begun", "staff", staffing.days, duties),
    )


def _people(name: str, title: str, of: str, days: Sequence[str], found: Mapping[str, Sequence[float]]) -> Counts:
    """A table of people, which is shown only as far as it names nobody."""
    shown = disclosed([_whole(row) for row in found.values()])
    cells = tuple(tuple(HELD_BACK if cell is None else cell for cell in row) for row in shown.cells)
    return Counts(name, title, of, (*found, ALL), (*days, ALL), cells)


def _whole(row: Sequence[float]) -> tuple[int, ...]:
    return tuple(int(value + 0.5) for value in row)


def _csv(board: Board) -> bytes:
    """A file for each table, zipped and dated alike so that equal plans give equal files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in public_tables(board):
            entry = zipfile.ZipInfo(f"{table.name}.csv", (2000, 1, 1, 0, 0, 0))
            archive.writestr(entry, harmless_csv(_csv_text(table)), zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("README.txt", (2000, 1, 1, 0, 0, 0)), f"{RULE}\n", zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _csv_text(table: Counts) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([table.of, *table.days])
    rows.writerows([row, *cells] for row, cells in zip(table.rows, table.cells, strict=True))
    return text.getvalue()


def _json(board: Board) -> bytes:
    tables = {
        table.name: [
            {table.of: row, "day": day, "count": None if cell == HELD_BACK else cell}
            for row, cells in zip(table.rows, table.cells, strict=True)
            for day, cell in zip(table.days, cells, strict=True)
        ]
        for table in public_tables(board)
    }
    return json_text({"name": _name(board), "note": RULE.replace(HELD_BACK, "null"), **tables}).encode()


def _html(board: Board) -> bytes:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    found = Environment(
        loader=PackageLoader("api", "pages"), autoescape=select_autoescape(("html",)), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters["day"] = lambda day: "All days" if day == ALL else words.day_of(day)
    page = found.get_template("public.html")
    return page.render(name=_name(board), rule=RULE, tables=public_tables(board), all=ALL).encode()


def _name(board: Board) -> str:
    return board.saved.scenario.name or board.saved.scenario.id


PUBLIC: Final[Mapping[str, Export]] = {
    "html": Export("one page for everybody, small counts held back", "public.html", "text/html; charset=utf-8", _html),
    "csv": Export("tables for everybody, small counts held back", "public.csv.zip", "application/zip", _csv),
    "json": Export("counts for everybody, small ones held back", "public.json", "application/json", _json),
}
"""Formats of a public export, by the name that `--format` takes."""
