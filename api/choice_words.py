"""What a plan chose once for all its days, as a planner reads it: wards to close, people to engage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api import words
from optimizer.plan import Plan
from optimizer.tables import Cell

_MARGIN: Final = "  "


def choice_lines(plan: Plan) -> Iterator[str]:
    """One line for the wards that close, one for the people engaged; none where nothing was to be chosen."""
    closed: dict[Cell, list[str]] = {}
    for row in plan.tables["closings"].records() if "closings" in plan.tables else ():
        closed.setdefault(row["unit"], []).append(str(row["day"]))
    spans = [
        f"{unit} {words.day_of(days[0], year=True)} to {words.day_of(days[-1], year=True)}"
        for unit, days in closed.items()
    ]
    engaged = plan.tables["engaged"].records() if "engaged" in plan.tables else ()
    people = [f"{row['people']:g} {row['staff']} at {row['unit']}" for row in engaged]
    for head, parts in (("Wards to close:", spans), ("People to engage:", people)):
        if parts:
            yield from words.joined(head, parts, _MARGIN)
