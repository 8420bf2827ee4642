"""A plan as a workbook in the layouts planners use. Text stays text: nothing in a plan's words becomes a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from api import words
from api.scarcity import name_of
from api.summary import FIGURES
from api.views.beds import AHEAD_HOURS
from api.views.board import Board
from api.views.levels import SIGNS, Level

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | date | None
FILLS: Final = {Level.GOOD: "E3F2E8", Level.BUSY: "F3F6D8", Level.TIGHT: "FFF0C7", Level.FULL: "F9D9D6"}
"""Colours of cells, the same as on the page."""
WIDEST: Final = 60


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


def workbook(board: Board) -> bytes:
    """The workbook's bytes."""
    return as_workbook(sheets(board))


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


def sheets(board: Board) -> Iterator[Sheet]:
    """Summary, bed state, occupancy, shifts by contract, shortfalls, costs, devices, what limits."""
    yield _summary(board)
    yield _bed_state(board)
    yield _occupancy(board)
    yield _shifts(board)
    yield Sheet(
        "Shortfalls", ("Where", "When", "What", "Amount", "Measure", "Because"),
        tuple((s.unit, s.when, s.what, s.amount, s.measure, s.because) for s in board.said.shortfalls),
    )  # fmt: skip
    yield _costs(board)
    yield _devices(board)
    yield Sheet(
        "What limits", ("What", "Where", "One more would save a day", "and cost a day", "Dearest day", "Method"),
        tuple(
            (name_of(b), ", ".join(b.units), b.per_day, b.own_price, b.dearest, b.method)
            for b in board.said.bottlenecks
        ),
    )  # fmt: skip


def _summary(board: Board) -> Sheet:
    said, scenario = board.said, board.saved.scenario
    rows: list[tuple[Value, ...]] = [
        ("Plan", scenario.name or scenario.id),
        ("Variant", said.variant),
        ("First day", scenario.horizon.start),
        ("Days", len(board.occupancy.days)),
        ("Currency", scenario.currency),
        ("Cost that can be changed", said.objective),
        ("Fixed cost", sum(said.fixed.values())),
        ("Proven to be within this share of the least possible", said.gap),
        ("Checked without the solver", "every rule holds" if said.checked.ok else "RULES ARE BROKEN"),
    ]
    rows += [(FIGURES[name][0] if name in FIGURES else name, value) for name, value in said.key_figures.items()]
    return Sheet("Summary", ("Figure", "Value"), tuple(rows))


def _bed_state(board: Board) -> Sheet:
    ahead = tuple("now" if not hour else f"+{hour} h" for hour in AHEAD_HOURS)
    header = ("Unit", "Name", "State", "Open beds", "Occupied", *ahead, "Beds to spare", "Waiting")
    rows = tuple(
        (
            bed.unit, bed.name, f"{SIGNS[bed.level]} {bed.level}", bed.open_beds, bed.occupied,
            *map(_tenth, bed.expected), _tenth(bed.net), _tenth(bed.boarded),
        )
        for bed in board.beds
    )  # fmt: skip
    return Sheet("Bed state", header, rows, tuple((at, 2, bed.level) for at, bed in enumerate(board.beds)))


def _occupancy(board: Board) -> Sheet:
    full = board.occupancy
    rows = tuple(
        (unit, *(None if cell.share is None else round(cell.share, 3) for cell in cells))
        for unit, cells in zip(full.units, full.cells, strict=True)
    )
    levels = tuple(
        (row, column + 1, cell.level)
        for row, cells in enumerate(full.cells)
        for column, cell in enumerate(cells)
        if cell.level is not None
    )
    return Sheet("Occupancy", ("Unit", *map(words.day_of, full.days)), rows, levels, shares=True)


def _shifts(board: Board) -> Sheet:
    header = ("Unit", "Staff", "Shift", "Day", "On duty", "Needed", *board.staffing.contracts, "Hours short", "Red")
    rows = tuple(
        (
            row.unit, row.staff, row.shift, _day(day), _tenth(cell.there), _tenth(cell.needed), *cell.by_contract,
            _tenth(cell.short_hours), "red" if cell.red else None,
        )
        for row in board.staffing.rows
        for day, cell in zip(board.staffing.days, row.cells, strict=True)
    )  # fmt: skip
    return Sheet("Shifts", header, rows)


def _costs(board: Board) -> Sheet:
    said = board.said
    rows = [(words.cost_name(item), value, "can be changed") for item, value in said.cost.items()]
    rows += [(item.replace("staff.", "own ", 1), value, "fixed") for item, value in said.fixed.items()]
    return Sheet("Costs", ("Item", f"Amount {board.saved.scenario.currency}".strip(), "Kind"), tuple(rows))


def _devices(board: Board) -> Sheet:
    rows = tuple(
        (row.device, row.site, _day(label), *map(_tenth, (day.needed, day.short, day.rented, day.moved_in)))
        for row in board.devices
        for label, day in zip(board.occupancy.days, row.days, strict=False)
    )  # fmt: skip
    return Sheet("Devices", ("Kind", "Site", "Day", "Needed", "Short", "Rented", "Moved"), rows)


def _day(label: str) -> Value:
    """A date where the label is one; a cycle's weekday stays text."""
    try:
        return date.fromisoformat(label)
    except ValueError:
        return label


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


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
    _widen(page, [sheet.header, *sheet.rows])


def _put(page: Worksheet, row: int, column: int, value: Value, shares: bool) -> None:
    """One cell; text is marked as text, whatever it begins with."""
    if value is None:
        return
    cell = page.cell(row, column, value)
    if shares and isinstance(value, float):
        cell.number_format = "0%"
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@\t\r"


def _widen(page: Worksheet, rows: Sequence[Iterable[Value]]) -> None:
    from openpyxl.utils import get_column_letter

    for column, values in enumerate(zip(*rows, strict=True), start=1):
        widest = max(words.shown_width(str(value)) for value in values if value is not None)
        page.column_dimensions[get_column_letter(column)].width = min(WIDEST, widest + 2)
