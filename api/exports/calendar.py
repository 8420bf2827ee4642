"""A plan's shifts as a calendar by unit and staff group: how many are wanted on each, for phones and mail programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api.errors import Refused
from api.views.board import Board
from api.views.staffing import ShiftCell, ShiftRow

if TYPE_CHECKING:
    from icalendar import Event


def calendar(board: Board) -> bytes:
    """iCalendar (RFC 5545): one event a unit, staff group, shift and day on which somebody starts.

    Raises Refused for a plan of a cycle, which has no dates.
    """
    from icalendar import Calendar

    if not board.saved.case.grid.dated:
        raise Refused("a plan of a cycle has no dates: give horizon.start for a calendar, or export xlsx")
    found = Calendar()
    found.add("prodid", "-//Wardwright//wardwright//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", board.saved.scenario.name or board.saved.scenario.id)
    for event in _events(board):
        found.add_component(event)
    return bytes(found.to_ical())


def _events(board: Board) -> Iterator[Event]:
    grid = board.saved.case.grid
    duties = {duty.name: at for at, duty in enumerate(grid.duties)}
    for row in board.staffing.rows:
        for day, cell in enumerate(row.cells):
            if cell.planned:
                begins = grid.moment(grid.duty_start(duties[row.shift], day))
                yield _event(board, row, cell, begins, timedelta(minutes=grid.duties[duties[row.shift]].span))


def _event(board: Board, row: ShiftRow, cell: ShiftCell, begins: datetime, span: timedelta) -> Event:
    from icalendar import Event

    scenario = board.saved.scenario
    by = ", ".join(
        f"{count:g} {contract}"
        for contract, count in zip(board.staffing.contracts, cell.by_contract, strict=True)
        if count
    )
    event = Event()
    event.add("uid", f"{scenario.id}.{row.unit}.{row.staff}.{row.shift}.{begins:%Y%m%d}@wardwright")
    event.add("dtstamp", datetime(2000, 1, 1, tzinfo=UTC))
    event.add("dtstart", _zoned(begins, scenario.horizon.timezone))
    event.add("dtend", _zoned(begins + span, scenario.horizon.timezone))
    event.add("summary", f"{row.unit} {row.shift}: {cell.planned:g} {row.staff}")
    event.add("description", f"{by}; on duty {cell.there:g} of {round(cell.needed, 1):g} needed")
    event.add("location", scenario.units[row.unit].name or row.unit if row.unit in scenario.units else row.unit)
    event.add("categories", [row.staff])
    return event


def _zoned(moment: datetime, timezone: str | None) -> datetime:
    """In the hospital's zone where it names one, as universal time, so that no zone table need travel along."""
    return moment if timezone is None else moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
