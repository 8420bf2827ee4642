"""A plan's tables: every block of decisions with readable labels, as CSV files show them and the check recounts them.

`SHAPES` lists each table's columns. Rows whose figures are all zero are left out, save in `demand`, `beds` and `needs`.
Days are dates (2023-03-13) or, in a cycle, weekday names; `period` counts from 0 within the day; `from` and `to` are
moments (2023-03-13 07:00, or `monday 07:00` in a cycle).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Cell = str | int | float

SHAPES: Final[Mapping[str, tuple[str, ...]]] = {
    "demand": ("group", "day", "period", "arrivals", "stays", "cases", "census"),
    "start": ("group", "unit", "patients"),
    "patients": ("group", "unit", "day", "period", "present", "admitted", "home"),
    "waiting": ("group", "day", "period", "waiting", "diverted"),
    "moves": ("group", "from", "to", "day", "period", "patients"),
    "electives": ("group", "booked", "done", "cases"),
    "electives_off": ("group", "booked", "cancelled", "left"),
    "beds": ("unit", "day", "base", "escalation", "open", "patients", "net", "boarded"),
    "overflow": ("unit", "day", "beds"),
    "bays": ("unit", "bay", "day", "beds", "open", "opening"),
    "closings": ("unit", "day", "closed"),
    "engaged": ("staff", "unit", "people"),
    "staff": ("staff", "contract", "unit", "line", "day", "people"),
    "on_duty": ("staff", "home", "unit", "role", "shift", "day", "people"),
    "needs": (
        "unit", "staff", "from", "to", "hours", "rule", "patients", "care_hours", "people_before_rounding", "people",
        "wte", "on_duty",
    ),
    "short_staff": ("unit", "staff", "from", "to", "hours", "people"),
    "hours_owed": ("unit", "staff", "week", "hours"),
    "staff_changes": ("unit", "staff", "contract", "shift", "day", "people"),
    "bay_changes": ("unit", "bay", "day", "bays"),
    "elective_changes": ("group", "booked", "done", "cases"),
    "devices": ("device", "unit", "day", "period", "held", "needed", "short"),
    "stores": ("device", "site", "day", "period", "stored", "rented"),
    "device_moves": ("device", "from", "to", "day", "period", "devices"),
    "services": ("device", "group", "day", "period", "requests", "served", "backlog"),
    "extra_slots": ("device", "day", "period", "slots"),
}  # fmt: skip
"""Columns of every table a plan may hold.

`demand.stays` is the share of yesterday's patients still present; `start.unit` is empty for patients waiting;
`moves.from` and `.to` are empty for the holding area;
`device_moves.from` and `.to` are units, or sites for their stores;
`staff.line` is a shift or a pattern, `people` whole people starting it that day; `on_duty` lists only duties away from
home or in a lower role; `needs.rule` names the rule, one row for each rule, unit, staff group and interval.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one shape."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> Iterator[dict[str, Cell]]:
        """Each row by column name."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def to_csv(self) -> str:
        """The table as CSV text with a header line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return text.getvalue()


def make_table(name: str, rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A table of a known shape; KeyError for a name that `SHAPES` does not list."""
    return Table(name, SHAPES[name], tuple(rows))


def figure(value: float, decimals: int = 6) -> int | float:
    """A number as tables show it: whole where it is whole to so many decimals, else rounded to them."""
    rounded = round(float(value), decimals)
    return int(rounded) if rounded == int(rounded) else rounded
