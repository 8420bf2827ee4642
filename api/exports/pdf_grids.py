"""Grids of days on printed sheets: how full units are, who is on duty, which devices are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from api.exports.pdf_tables import Cell, Colours, blocks, part, sheet_table
from api.exports.pdf_words import paragraph
from api.views.beds import Filling
from api.views.board import Board
from api.views.devices import DeviceDay
from api.views.levels import SIGNS, Level
from api.views.staffing import ShiftCell

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

SHORT_HOURS: Final = 4.0
"""Hours short of a shift from which its cell is marked."""
NOTICED: Final = 0.5
"""Devices short or rented from which a day is marked."""


def occupancy_sheet(board: Board) -> Iterator[Flowable]:
    """How full every unit is on every day; nothing where there are no units."""
    full = board.occupancy
    if not full.units:
        return
    yield from part("How full each unit is, in per cent of open beds")
    for header, days in blocks(full.days):
        rows: list[Sequence[Cell]] = []
        colours: Colours = []
        for row, (unit, cells) in enumerate(zip(full.units, full.cells, strict=True)):
            shown = cells[days]
            rows.append((unit, *map(_percent, shown)))
            colours += [(row, at + 1, each.level) for at, each in enumerate(shown) if each.level is not None]
        yield sheet_table(("Unit", *header), rows, colours)


def _percent(filling: Filling) -> str:
    if filling.level is None:
        return "-"
    return f"{filling.percent}" + ("" if filling.level is Level.GOOD else SIGNS[filling.level])


def staffing_sheet(board: Board) -> Iterator[Flowable]:
    """People on duty of people needed, by unit, staff group and shift; nothing where nobody is needed."""
    shown = [row for row in board.staffing.rows if row.fill is not None]
    if not shown:
        return
    yield from part("Shifts: people on duty of people needed")
    for header, days in blocks(board.staffing.days, most=14):
        rows = [
            (row.unit, row.staff, row.shift, *map(_duty, row.cells[days]), f"{(row.fill or 0) * 100:.1f} %")
            for row in shown
        ]
        colours = [
            (row, at + 3, level)
            for row, each in enumerate(shown)
            for at, cell in enumerate(each.cells[days])
            if (level := _duty_level(cell)) is not None
        ]
        yield sheet_table(("Unit", "Staff", "Shift", *header, "Filled"), rows, colours, left=3)
    yield paragraph(
        "For most of the shift; people floating in count where they work, bank and agency are those expected to come. "
        f"{SIGNS[Level.FULL]} red: over 15 % or 8 registered hours short, or fewer than two registered. "
        f"{SIGNS[Level.TIGHT]} four hours or more short.",
        "soft",
    )


def _duty_level(cell: ShiftCell) -> Level | None:
    if cell.red:
        return Level.FULL
    return Level.TIGHT if cell.short_hours >= SHORT_HOURS else None


def _duty(cell: ShiftCell) -> str:
    level = _duty_level(cell)
    return f"{round(cell.there, 1):g}/{round(cell.needed, 1):g}" + ("" if level is None else SIGNS[level])


def devices_sheet(board: Board) -> Iterator[Flowable]:
    """Devices needed, short and rented by kind, site and day."""
    if not board.devices:
        return
    yield from part("Devices needed by day")
    for header, days in blocks(board.occupancy.days, most=14):
        rows: list[Sequence[Cell]] = [
            (row.device, row.site, *(paragraph(_device(day), "cell", right=True) for day in row.days[days]))
            for row in board.devices
        ]
        colours: Colours = [
            (row, at + 2, Level.FULL if day.short >= NOTICED else Level.TIGHT)
            for row, each in enumerate(board.devices)
            for at, day in enumerate(each.days[days])
            if day.short >= NOTICED or day.rented >= NOTICED
        ]
        yield sheet_table(("Kind", "Site", *header), rows, colours, left=2)


def _device(day: DeviceDay) -> str:
    short = f" {SIGNS[Level.FULL]}{day.short:.0f} short" if day.short >= NOTICED else ""
    rented = f" {day.rented:.0f} rented" if day.rented >= NOTICED else ""
    return f"{day.needed:.0f}{short}{rented}"
