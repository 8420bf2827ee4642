"""The census ahead by unit and period, as rows, JSON and lines that a bed manager reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from api import words
from forecasting import UnitCensus
from optimizer.planning import plan_grid
from optimizer.scenario.model import Scenario
from optimizer.tables import Cell, figure

MOST_DAYS: Final = 28
"""Longer horizons are shown by the fullest day of each week."""

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Row = tuple[str, str, float, float, float, float, float]
"""Unit, start of the period, mean, median, low and high end of the 80 % interval, chance of more than its beds."""


@dataclass(frozen=True, slots=True)
class CensusWords:
    """A census ahead with the scenario that it is of."""

    scenario: Scenario
    census: UnitCensus

    def rows(self) -> list[Row]:
        """A row for each unit that anybody may lie in and each period of the committed horizon."""
        starts = self._starts()
        found = self.census
        low, median, high = (int(np.argmin(np.abs(found.levels - level))) for level in (0.1, 0.5, 0.9))
        told = found.quantiles.round(2)
        return [
            (unit, start, round(float(found.mean[at, step]), 2), told[at, step, median], told[at, step, low],
             told[at, step, high], round(self._over(at, step), 3))
            for at, unit in enumerate(found.units) if found.samples[:, at].any()
            for step, start in enumerate(starts)
        ]  # fmt: skip

    def _over(self, at: int, step: int) -> float:
        beds = self.scenario.units[self.census.units[at]].beds
        return float((self.census.samples[:, at, step] > beds + 1e-9).mean())

    def _starts(self) -> list[str]:
        """When each committed period begins: a date, with its hour where a day has several."""
        grid = plan_grid(self.scenario)
        if grid.periods_per_day == 1:
            return [grid.day_label(day) for day in range(grid.committed_days)]
        length = 24 * 60 // grid.periods_per_day
        return [grid.moment_label(period * length) for period in range(grid.committed_periods)]

    def table_rows(self) -> list[tuple[Cell, ...]]:
        """Rows in the shape of the forecast's table, each unit a series of its own."""
        return [
            (f"present in {unit}", start, *map(figure, (mean, median, low, high)))
            for unit, start, mean, median, low, high, _ in self.rows()
        ]

    def to_json(self) -> dict[str, object]:
        """As data, by unit."""
        rows = self.rows()
        names = ("start", "mean", "median", "low80", "high80", "chance_over_beds")
        return {
            "constructed_shares": list(self.census.constructed),
            "units": [
                {
                    "unit": unit,
                    "beds": self.scenario.units[unit].beds,
                    "periods": [
                        dict(zip(names, (row[1], *map(figure, row[2:])), strict=True)) for row in rows if row[0] == unit
                    ],
                }
                for unit in dict.fromkeys(row[0] for row in rows)
            ],
        }

    def lines(self) -> list[str]:
        """As people read it: by unit, each day or each week's fullest day."""
        rows = self.rows()
        weekly = self.scenario.horizon.committed_days > MOST_DAYS
        lines = words.wrapped("Patients present before any plan, from arrivals and stays", hanging="  ")
        for unit in dict.fromkeys(row[0] for row in rows):
            own = [row for row in rows if row[0] == unit]
            shown = _fullest(own) if weekly else own
            named = self.scenario.units[unit].name or unit
            title = f"{named}: {words.count(self.scenario.units[unit].beds, 'bed')}"
            lines += words.wrapped(title + (", the fullest day of each week" if weekly else ""), hanging="  ")
            lines += _lines(shown)
        return lines + self._doubt()

    def _doubt(self) -> list[str]:
        """What the reader must know of it."""
        if not self.census.constructed:
            return []
        groups = ", ".join(self.census.constructed)
        return words.wrapped(
            f"The shares of {groups} in a total or in units are constructed: no series of them was seen", hanging="  "
        )


def _fullest(rows: Sequence[Row]) -> list[Row]:
    """Of each seven days in turn the row with the highest median."""
    first = _moment(rows[0][1]).date()
    weeks: dict[int, list[Row]] = {}
    for row in rows:
        weeks.setdefault((_moment(row[1]).date() - first) // timedelta(days=7), []).append(row)
    return [max(week, key=lambda row: row[3]) for week in weeks.values()]


def _moment(start: str) -> datetime:
    return datetime.fromisoformat(start)


def _lines(rows: Sequence[Row]) -> list[str]:
    """Rows as lines: weekday, date, hour, median, interval, chance of more than the beds."""
    cells = [["", "median", "80 % of days", "over its beds"]]
    for _, start, _, median, low, high, over in rows:
        cells.append([_when(start), f"{median:>7,.0f}", f"{low:,.0f} to {high:,.0f}", _chance(over)])
    return ["  " + "   ".join(row).rstrip() for row in words.columned(cells)]


def _when(start: str) -> str:
    at = _moment(start)
    hour = f" {at:%H:%M}" if " " in start else ""
    return f"{WEEKDAYS[at.weekday()]} {words.day_name(date(at.year, at.month, at.day))}{hour}"


def _chance(share: float) -> str:
    """A chance in words: never where no draw had it."""
    if share <= 0:
        return "-"
    return "under 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")
