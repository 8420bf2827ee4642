"""What a sweep came to: a row for each point, as text, CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api import words
from api.compare_sections import brief, signed

MOST_ROWS: Final = 40
_MARGIN: Final = "  "
_FIGURES_WIDTH: Final = 64
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A point: its name, its values by axis, what its plan.json says (None: not planned), and why it is not."""

    name: str
    values: Mapping[str, object]
    said: Json | None = None
    why: str = ""

    @property
    def total(self) -> float | None:
        """Its whole cost, in the mean where it is a plan for many futures; None without a plan."""
        if self.said is None or self.said["objective"] is None:
            return None
        futures = self.said.get("uncertainty")
        cost = self.said["objective"] if futures is None else futures["expected"]
        return float(cost + sum(self.said["fixed"].values()))

    @property
    def status(self) -> str:
        """How its plan ended, or that there is none."""
        return "not planned" if self.said is None else str(self.said["status"])

    def figure(self, name: str) -> float | None:
        """A key figure of its plan."""
        found: float | None = None if self.said is None else self.said["key_figures"].get(name)
        return found


def told(rows: Sequence[Row], currency: str) -> str:
    """The rows as a planner reads them, the least cost marked."""
    axes = list(rows[0].values)
    costs = [row.total for row in rows if row.total is not None]
    least = min(costs, default=0.0)
    header = [*axes, f"cost {currency}".strip(), "more", "boarded", "filled", "proven"]
    cells = [header, *(_cells(row, least) for row in rows[:MOST_ROWS])]
    lines = [words.cut(line.rstrip()) for line in words.figured(_narrowed(cells, len(axes)))]
    if len(rows) > MOST_ROWS:
        lines.append(f"and {len(rows) - MOST_ROWS:,} more in sweep.csv")
    for row in rows:
        if row.why:
            lines += words.wrapped(f"{row.name}: {row.why.splitlines()[0]}", hanging=_MARGIN)
    return "\n".join(lines) + "\n"


def _narrowed(cells: list[list[str]], axes: int) -> list[list[str]]:
    """Axes' names cut at their front (a path's end says most) so that the table fits."""
    room = max(10, (words.width() - _FIGURES_WIDTH) // axes - 2)
    for row in cells:
        for at in range(axes):
            row[at] = row[at] if len(row[at]) <= room else f"..{row[at][-(room - 2) :]}"
    return cells


def _cells(row: Row, least: float) -> list[str]:
    values = [brief(value) if value is not None else "none" for value in row.values.values()]
    if row.total is None:
        return [*values, row.status.replace("_", " "), "", "", "", ""]
    more, boarded, filled = row.total - least, row.figure("boarded_days"), row.figure("fill_rate")
    return [
        *values,
        words.money(row.total),
        "the least" if more < 0.005 else signed(more),
        "" if boarded is None else f"{boarded:,.1f}",
        "" if filled is None else words.percent(filled, 1),
        _proven(row),
    ]


def _proven(row: Row) -> str:
    said = row.said or {}
    if said.get("status") == "optimal":
        return "the least possible"
    gap = said.get("gap") if said.get("uncertainty") is None else said["uncertainty"]["proven_gap"]
    return "nothing" if gap is None else f"within {words.percent_at_most(gap)}"


FIGURES: Final = (
    "fill_rate", "own_fill_rate", "red_shifts", "unfilled_duties", "care_hours_per_patient_day", "outlier_days",
    "boarded_days", "worst_net_beds",
)  # fmt: skip
"""Key figures in sweep.csv."""


def csv_text(rows: Sequence[Row]) -> str:
    """Every point as a line of CSV; a cell is empty where there is nothing to say."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*rows[0].values, "status", "total", "objective", "bound", "gap", *FIGURES, "folder"])
    for row in rows:
        said = row.said or {}
        values = [_cell(value) for value in row.values.values()]
        money = [row.total, said.get("objective"), said.get("bound"), said.get("gap")]
        writer.writerow([*values, row.status, *money, *(row.figure(name) for name in FIGURES), row.name])
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value if isinstance(value, int | float) else brief(value)


def json_of(rows: Sequence[Row]) -> list[Json]:
    """Every point as JSON."""
    return [
        {
            "point": dict(row.values),
            "folder": row.name,
            "status": row.status,
            "total": row.total,
            **{key: (row.said or {}).get(key) for key in ("objective", "bound", "gap", "cost", "key_figures")},
            "why": row.why,
        }
        for row in rows
    ]
