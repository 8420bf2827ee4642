"""Tables on printed sheets: their header again on every sheet, days that don't fit in a second block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from api import words
from api.exports.pdf_words import BOLD, INK, LINE, PLAIN, WASH, cell, paragraph
from api.views.levels import Level

if TYPE_CHECKING:
    from reportlab.platypus import Flowable, LongTable, Table

MARGIN: Final = 34.0
WIDTH: Final = 841.89 - 2 * MARGIN
"""Points: A4 across, less its margins of 12 mm."""
GAP: Final = 12.0
MOST_DAYS: Final = 28
"""Days side by side in one block."""
LETTERS: Final = 7.0
SMALL: Final = 6.0
MANY_COLUMNS: Final = 20
"""Columns from which letters are small."""

FILLS: Final[Mapping[Level, tuple[str, str]]] = {
    Level.GOOD: ("#e3f2e8", "#17562f"),
    Level.BUSY: ("#f3f6d8", "#4a5300"),
    Level.TIGHT: ("#fff0c7", "#6b4700"),
    Level.FULL: ("#f9d9d6", "#8a1c14"),
}
"""Colours of cells and of the letters in them, the same as on the page."""

Cell = Any
"""Text, or what is drawn in its place."""
Colours = list[tuple[int, int, Level]]
"""Cells to colour by row and column, both from 0 below the header."""


def sheet_table(
    header: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    colours: Colours | None = None,
    *,
    widths: Sequence[float | None] = (),
    left: int = 1,
) -> LongTable:
    """A table as wide as the sheet at most; the first `left` columns are set left, the others right.

    `widths` are points by column, None for what is left over; without them columns are as wide as they need.
    """
    from reportlab.platypus import LongTable

    size = SMALL if len(header) > MANY_COLUMNS else LETTERS
    found = LongTable([[*map(_cell, row)] for row in (header, *rows)], _widths(widths), repeatRows=1, hAlign="LEFT")
    found.setStyle([*_ruled(size, left), *(command for each in colours or () for command in _coloured(*each))])
    return found


def _ruled(size: float, left: int) -> list[Any]:
    """How every table is set."""
    from reportlab.lib.colors import HexColor

    return [
        ("FONT", (0, 0), (-1, -1), PLAIN, size),
        ("FONT", (0, 0), (-1, 0), BOLD, size),
        ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(INK)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(WASH)),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(LINE)),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("ALIGN", (left, 0), (-1, -1), "RIGHT"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]


def part(head: str, *parts: Flowable) -> Iterator[Flowable]:
    """A heading that stays with the first thing below it."""
    from reportlab.platypus import CondPageBreak, Spacer

    yield CondPageBreak(GAP * 9)
    yield Spacer(1, GAP)
    yield paragraph(head, "head")
    yield Spacer(1, GAP / 3)
    yield from parts


def in_columns(parts: Sequence[Sequence[Flowable]], of: int | None = None) -> Table:
    """Things beside one another, without lines; room for `of` of them."""
    from reportlab.platypus import Table

    count = of or len(parts)
    filled = [*map(list, parts), *([] for _ in range(count - len(parts)))]
    found = Table([filled], colWidths=[WIDTH / count] * count, hAlign="LEFT")
    found.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return found


def blocks(days: Sequence[str], most: int = MOST_DAYS) -> Iterator[tuple[tuple[str, ...], slice]]:
    """Days as headers, in blocks that fit beside one another."""
    for first in range(0, len(days), most):
        part = slice(first, first + most)
        yield tuple(words.day_of(day) for day in days[part]), part


def _cell(value: Cell) -> Cell:
    return cell(value) if isinstance(value, str) else value


def _coloured(row: int, column: int, level: Level) -> Iterator[Any]:
    from reportlab.lib.colors import HexColor

    ground, ink = FILLS[level]
    at = (column, row + 1)
    yield ("BACKGROUND", at, at, HexColor(ground))
    yield ("TEXTCOLOR", at, at, HexColor(ink))


def _widths(widths: Sequence[float | None]) -> list[float | None] | None:
    if not widths:
        return None
    given = sum(width for width in widths if width is not None)
    left = (WIDTH - given) / max(1, sum(width is None for width in widths))
    return [left if width is None else width for width in widths]
