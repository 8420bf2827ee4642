"""A plan as sheets of A4 to print: what the page shows, in the order of the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from api.exports.fan_picture import fan_picture
from api.exports.pdf_grids import devices_sheet, occupancy_sheet, staffing_sheet
from api.exports.pdf_pictures import bar_drawing, fan_drawing, waterfall_drawing
from api.exports.pdf_tables import GAP, MARGIN, WIDTH, Colours, in_columns, part, sheet_table
from api.exports.pdf_words import fonts, paragraph
from api.exports.report import MOST_CHANGES, Report, report
from api.exports.waterfall_picture import waterfall_picture
from api.views.beds import AHEAD_HOURS
from api.views.board import Board
from api.views.levels import SIGNS, Level

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable


def pdf(board: Board) -> bytes:
    """The sheets; equal plans give equal bytes."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import SimpleDocTemplate

    fonts()
    said = report(board)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=landscape(A4), leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=said.title, author="Wardwright", subject=said.span, invariant=1, lang="en",
    )  # fmt: skip
    foot = _foot(said)
    document.build(list(_story(board, said)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _foot(said: Report) -> Any:
    """What stands at the foot of every sheet."""

    def draw(canvas: Canvas, document: Any) -> None:
        line = paragraph(f"{said.title}, {said.span}, sheet {document.page}", "soft", right=True)
        line.wrapOn(canvas, WIDTH, MARGIN)
        line.drawOn(canvas, MARGIN, MARGIN / 2 - 4)

    return draw


def _story(board: Board, said: Report) -> Iterator[Flowable]:
    yield from _top(said)
    yield from _changes(board, said)
    yield from _beds(board)
    yield from occupancy_sheet(board)
    yield from _forecast(board, said)
    yield from _shortfalls(said)
    yield from staffing_sheet(board)
    yield from _care(board)
    yield from devices_sheet(board)
    yield from _beside(board, said)
    yield from _money(said)
    yield from _limits(said)
    if said.notes:
        yield from part("Notes on the data", *(paragraph(note, "soft") for note in said.notes))


def _top(said: Report) -> Iterator[Flowable]:
    from reportlab.platypus import Spacer

    yield paragraph(said.title, "title")
    yield Spacer(1, 3)
    variant = f", variant {said.variant}" if said.variant else ""
    yield paragraph(f"{said.span}{variant}. {said.proof}")
    yield paragraph(f"{said.checked} Planned by wardwright {said.release}, solver {said.solver}.", "soft")
    yield Spacer(1, GAP / 2)
    if said.cards:
        figures = tuple((paragraph(card.figure, "figure"), paragraph(card.label, "soft")) for card in said.cards)
        yield in_columns([list(each) for each in figures])


def _changes(board: Board, said: Report) -> Iterator[Flowable]:
    if not said.changed:
        return
    happened = [paragraph(f"What happened: {event}") for event in said.happened]
    yield from part("What changed, and who is to be told", *happened, paragraph(said.changed, "soft"))
    rows = [(each.place, each.when, paragraph(each.what, "cell")) for each in board.changes[:MOST_CHANGES]]
    if rows:
        yield sheet_table(("Where", "When", "Tell them"), rows, widths=(90, 150, None), left=3)
    if said.changes_left:
        yield paragraph(f"and {said.changes_left} more in changes.csv", "soft")


def _beds(board: Board) -> Iterator[Flowable]:
    if not board.beds:
        return
    ahead = ["now" if not hour else f"+{hour} h" for hour in AHEAD_HOURS]
    rows = [
        (
            bed.unit if bed.unit == bed.name else f"{bed.unit}  {bed.name}", _sign(bed.level),
            _number(bed.open_beds, 0), _number(bed.occupied, 0), *(_number(each, 1) for each in bed.expected),
            _number(bed.net, 1), _number(bed.boarded, 1),
        )
        for bed in board.beds
    ]  # fmt: skip
    header = ("Unit", "State", "Open beds", "Occupied", *ahead, "Beds to spare", "Waiting")
    colours: Colours = [(row, 1, bed.level) for row, bed in enumerate(board.beds)]
    widths = (None, 60, *(56 for _ in header[2:-2]), 72, 50)
    yield from part("Bed state, fullest first", sheet_table(header, rows, colours, widths=widths, left=2))
    bands = board.saved.scenario.occupancy_bands
    bands = board.saved.scenario.occupancy_bands
    yield paragraph(
        "Expected patients follow the day's profile; beds to spare are those of the tightest of the next two days. "
        f"{_sign(Level.FULL)}: over {bands.full * 100:g} % of open beds; {_sign(Level.TIGHT)}: {bands.tight * 100:g} % "
        f"or more; {_sign(Level.BUSY)}: {bands.busy * 100:g} % or more; {_sign(Level.GOOD)}.",
        "soft",
    )


def _sign(level: Level) -> str:
    """A level by its sign and its word, never parted."""
    return f"{SIGNS[level]}\u00a0{level}"


def _forecast(board: Board, said: Report) -> Iterator[Flowable]:
    if not board.fans:
        return
    yield from part("Demand foreseen")
    pictures = [fan_picture(fan) for fan in board.fans]
    width = (WIDTH - GAP) / 2
    for first in range(0, len(pictures), 2):
        pair = pictures[first : first + 2]
        yield in_columns([[fan_drawing(each, width), paragraph(each.caption, "soft")] for each in pair], of=2)
    text = "The line is the median, before it what was counted; the bands hold 50, 80 and 95 of 100 outcomes."
    yield paragraph(f"{text} {said.demand}", "soft")


def _shortfalls(said: Report) -> Iterator[Flowable]:
    if not said.shortfalls:
        return
    rows = [
        (row.unit, paragraph(row.when, "cell"), paragraph(row.what, "cell"), paragraph(row.because, "cell"))
        for row in said.shortfalls
    ]
    head = f"What is short: {said.short_places}, the dearest first"
    widths = (70, 140, 130, None)
    yield from part(head, sheet_table(("Where", "When", "What", "Because"), rows, widths=widths, left=4))
    if said.short_left:
        yield paragraph(f"and {said.short_left} more kinds in shortfalls.csv", "soft")


def _care(board: Board) -> Iterator[Flowable]:
    if not board.staffing.care:
        return
    rows = [
        (
            each.unit,
            _number(each.care_hours_per_patient_day, 2),
            "-" if each.fill is None else f"{each.fill * 100:.1f} %",
        )
        for each in board.staffing.care
    ]
    header = ("Unit", "Care hours a patient-day", "Hours filled")
    yield from part("Care hours and fill rates", sheet_table(header, rows, widths=(140, 120, 90)))


def _beside(board: Board, said: Report) -> Iterator[Flowable]:
    from reportlab.platypus import Spacer

    picture = waterfall_picture(board.options)
    if picture is None:
        return
    yield from part("Side by side", waterfall_drawing(picture, WIDTH * 0.75))
    currency = f", {said.currency}" if said.currency else ""
    zero = "" if picture.from_zero else "; bars do not begin at 0"
    yield paragraph(f"Cost in all, item by item {picture.label}{currency}{zero}.", "soft")
    rows = [(row.name, *row.values, row.difference) for row in said.beside]
    yield Spacer(1, GAP / 2)
    yield sheet_table(("What", *said.options, "Difference"), rows)
    yield paragraph("The difference is of the last plan to the first.", "soft")


def _money(said: Report) -> Iterator[Flowable]:
    head = f"Money, {said.currency}" if said.currency else "Money"
    rows = [(row.name, row.amount, bar_drawing(row.part, 200) if row.part else "", row.share) for row in said.money]
    header = ("Item", "Amount", "", "Of what can be changed")
    yield from part(head, sheet_table(header, rows, widths=(200, 80, 210, 120)))


def _limits(said: Report) -> Iterator[Flowable]:
    if not said.limits:
        return
    rows = [
        (paragraph(row.what, "cell"), paragraph(row.where, "cell"), row.saves, row.costs, row.dearest)
        for row in said.limits
    ]
    header = ("What", "Where", "One more would save a day", "and cost a day", "Dearest day")
    widths = (190, None, 125, 80, 80)
    yield from part("What limits most", sheet_table(header, rows, widths=widths, left=2))
    yield paragraph(said.limits_method, "soft")


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}".replace("-0.0", "0.0")
