"""The work behind `wardwright stays`: how long patients stay, by group, ready to paste into a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from api import words
from api.documents import json_text
from forecasting import StayCurve, StaySource, StayTable, read_stays

SHOWN_DAYS: Final = (1, 2, 3, 7, 14, 21, 28)
"""Days after arrival whose chance to be in still is told with its interval."""

SHORTEST: Final = 0.0005
"""A curve to paste ends where fewer than this share of patients is left."""


@dataclass(frozen=True, slots=True)
class StayWords:
    """A stay table read, and its curves."""

    name: str
    table: StayTable
    curves: Mapping[str, StayCurve]

    @classmethod
    def of(cls, source: StaySource) -> StayWords:
        """Read the table. Raises HistoryError where it can't be."""
        table = read_stays(source)
        return cls(Path(source.path).name, table, table.curves())

    def to_json(self) -> dict[str, object]:
        """Every curve with its 95 % interval."""
        return {
            "as_of": None if self.table.as_of is None else str(self.table.as_of),
            "groups": [_curve_json(curve) for curve in self.curves.values()],
            "notes": [str(note) for note in self.table.notes],
        }

    def to_text(self) -> str:
        """As people read it, each curve as the scenario has it."""
        stays = sum(len(one.nights) for one in self.table.groups.values())
        inside = sum(sum(one.still_in) for one in self.table.groups.values())
        as_of = f" on {words.day_name(self.table.as_of)}" if self.table.as_of is not None and inside else ""
        lines = words.wrapped(f"{self.name}: {words.count(stays, 'stay')}, {inside} of them not ended{as_of}", "", "  ")
        for name in self.table.groups:
            lines += _group_lines(self.curves[name]) if name in self.curves else [f"{name}: nobody stays a night"]
        for note in self.table.notes:
            lines += words.wrapped(str(note), hanging="  ")
        return "\n".join(lines) + "\n"


def run(source: StaySource, *, as_json: bool) -> str:
    """What `wardwright stays` prints. Raises HistoryError."""
    told = StayWords.of(source)
    return json_text(told.to_json()) if as_json else told.to_text()


def _curve_json(curve: StayCurve) -> dict[str, object]:
    low, high = curve.interval
    return {
        "group": curve.group,
        "stays": curve.patients,
        "not_ended": curve.still_in,
        "mean_days": round(curve.mean_days, 4),
        "still_in": pasted(curve),
        "low95": [round(float(share), 4) for share in low],
        "high95": [round(float(share), 4) for share in high],
    }


def pasted(curve: StayCurve) -> list[float]:
    """The curve as `still_in` of a scenario."""
    last = int(np.flatnonzero(curve.survival >= min(SHORTEST, float(curve.survival[0])))[-1])
    return [round(float(share), 4) for share in curve.survival[: last + 1]]


def _group_lines(curve: StayCurve) -> list[str]:
    """One group: how many, how long, the chances, and the line to paste."""
    stays = f"{curve.group}: {words.count(curve.patients, 'stay')}, mean {curve.mean_days:.1f} days"
    lines = words.wrapped(f"{stays}, {_gone(curve, 0.5)}, {_gone(curve, 0.9)}", hanging="  ")
    if curve.outstaying > 0:
        share = f"{100 * curve.outstaying:.0f} %"
        lines += words.wrapped(
            f"{share} outstay the longest that is known; the mean counts them no further", "  ", "  "
        )
    lines += _chance_lines(curve)
    figures = ", ".join(f"{share:g}" for share in pasted(curve))
    return lines + words.wrapped(f"length_of_stay: {{stays: {curve.patients}, still_in: [{figures}]}}", "  ", "    ")


def _chance_lines(curve: StayCurve) -> list[str]:
    """The chances to be in still, with the interval within which they are 95 % sure."""
    low, high = curve.interval
    cells = [["after", "in still", "95 % sure"]]
    for day in SHOWN_DAYS:
        if day < len(curve.survival):
            share = f"{100 * curve.survival[day]:>6.0f} %"
            cells.append([words.count(day, "day"), share, f"{100 * low[day]:.0f} to {100 * high[day]:.0f} %"])
    return ["  " + "   ".join(row).rstrip() for row in words.columned(cells)] if len(cells) > 1 else []


def _gone(curve: StayCurve, share: float) -> str:
    """Within how many days a share of patients has left."""
    left = np.flatnonzero(np.append(curve.survival, curve.outstaying) <= 1.0 - share + 1e-9)
    said = "half" if share == 0.5 else f"{100 * share:.0f} %"
    if len(left) == 0:
        return f"{said} leave after more than {words.count(len(curve.survival), 'day')}"
    return f"{said} leave within {words.count(int(left[0]), 'day')}"
