"""A plan as a workbook in the layouts planners use. Text stays text: nothing in a plan's words becomes a formula."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from api import words
from api.exports.book import Sheet, Value, as_workbook
from api.exports.report import item_name
from api.scarcity import name_of
from api.summary import FIGURES
from api.views.beds import AHEAD_HOURS
from api.views.beside import figure_rows, money_rows
from api.views.board import Board
from api.views.levels import SIGNS, Level

SHORT_HOURS: Final = 4.0
"""Hours short of a shift from which its cell is coloured."""


def workbook(board: Board) -> bytes:
    """The workbook's bytes."""
    return as_workbook(sheets(board))


def sheets(board: Board) -> Iterator[Sheet]:
    """Summary, bed state, occupancy, staffing grid, shifts by contract, care, shortfalls, costs, devices, what limits.

    Of a plan that was replanned its changes besides, of one held against others the what-ifs.
    """
    yield _summary(board)
    yield from _changes(board)
    yield _bed_state(board)
    yield _occupancy(board)
    yield _grid(board)
    yield _shifts(board)
    yield Sheet(
        "Care", ("Unit", "Care hours a patient-day", "Hours filled"),
        tuple((c.unit, _hundredth(c.care_hours_per_patient_day), _thousandth(c.fill)) for c in board.staffing.care),
    )  # fmt: skip
    yield Sheet(
        "Shortfalls", ("Where", "When", "What", "Amount", "Measure", "Because"),
        tuple((s.unit, s.when, s.what, s.amount, s.measure, s.because) for s in board.said.shortfalls),
    )  # fmt: skip
    yield _costs(board)
    yield from _what_ifs(board)
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


def _changes(board: Board) -> Iterator[Sheet]:
    if board.said.replanned is not None:
        rows: list[tuple[Value, ...]] = [(event.words, None, None) for event in board.said.replanned.events]
        rows += [(each.place, each.when, each.what) for each in board.changes]
        yield Sheet("Changes", ("What happened, then where", "When", "Tell them"), tuple(rows))


def _grid(board: Board) -> Sheet:
    """Units, staff groups and shifts down, days across: people on duty above people needed."""
    shown = [row for row in board.staffing.rows if row.fill is not None]
    rows = [
        (row.unit, row.staff, row.shift, figure, *map(_tenth, values))
        for row in shown
        for figure, values in (
            ("on duty", [cell.there for cell in row.cells]),
            ("needed", [cell.needed for cell in row.cells]),
        )
    ]
    levels = tuple(
        (2 * at, day + 4, Level.FULL if cell.red else Level.TIGHT)
        for at, row in enumerate(shown)
        for day, cell in enumerate(row.cells)
        if cell.red or cell.short_hours >= SHORT_HOURS
    )
    header = ("Unit", "Staff", "Shift", "People", *map(words.day_of, board.staffing.days))
    return Sheet("Staffing grid", header, tuple(rows), levels)


def _what_ifs(board: Board) -> Iterator[Sheet]:
    """Plans side by side, each a column, and the last less the first."""
    if not board.options:
        return
    options = board.options
    totals: list[tuple[Value, ...]] = [("cost in all", *(each.total for each in options))]
    totals += [(item_name(row.item, fixed=row.fixed), *row.values) for row in money_rows(options)]
    totals += [(FIGURES[r.item][0] if r.item in FIGURES else r.item, *r.values) for r in figure_rows(options)]
    totals.append(("places short", *(each.places_short for each in options)))
    rows = tuple((*row, _apart(row[1], row[-1])) for row in totals)
    yield Sheet("What ifs", ("What", *(each.name for each in options), "Difference"), rows)


def _apart(first: Value, last: Value) -> Value:
    if isinstance(first, int | float) and isinstance(last, int | float):
        return round(last - first, 6)
    return None


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


def _hundredth(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _thousandth(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
