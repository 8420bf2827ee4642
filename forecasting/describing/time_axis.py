"""Days laid side by side for a picture: long stretches of which nothing is known are cut to a narrow gap."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.describing.views import Days, Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONG_GAP: Final = 60
"""Days without a value that are cut."""

SHOWN_GAP: Final = 0.03
"""The share of all days known that is left where days are cut."""

MOST_TICKS: Final = 9
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, eq=False)
class TimeAxis:
    """Places (D,) of days that follow one another from `first`; `breaks` are where days were cut out."""

    first: np.datetime64
    places: Floats
    breaks: tuple[float, ...]

    @classmethod
    def of(cls, dates: Days, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> TimeAxis:
        """The axis of days (D,) without gaps of which some are `known` (D,)."""
        at = np.flatnonzero(known)
        places = np.arange(len(dates), dtype=np.float64)
        shown = max(7.0, SHOWN_GAP * len(at))
        breaks = []
        for before, after in pairwise(at.tolist()):
            if after - before > LONG_GAP:
                cut = (after - before) - shown
                breaks.append(float(places[before] + shown / 2))
                places[after:] -= cut
                places[before + 1 : after] = np.nan
        return cls(dates[0], places, tuple(breaks))

    def place(self, day: np.datetime64) -> float:
        """Where a day lies."""
        return float(self.places[int((day - self.first).astype(np.int64))])

    def label(self, axes: Axes, most: int = MOST_TICKS) -> None:
        """Name the beginning of each stretch, or even steps where there is but one, `most` of them; mark the cuts."""
        starts = self._starts(most)
        axes.set_xticks([self.places[at] for at in starts], [self._month(at) for at in starts])
        for each in self.breaks:
            axes.axvline(each, color="#d5dbe0", linewidth=1.0, linestyle=":", zorder=0)

    def _starts(self, most: int) -> list[int]:
        shown = np.flatnonzero(np.isfinite(self.places))
        if self.breaks:
            jumps = np.flatnonzero(np.diff(shown) > 1) + 1
            found = [int(shown[0]), *(int(shown[at]) for at in jumps)]
            return found[:: -(-len(found) // most)]
        days = self.first + np.arange(len(self.places))
        begun = np.flatnonzero(days.astype("datetime64[M]").astype("datetime64[D]") == days)
        every = next((step for step in (1, 2, 3, 6, 12, 24, 60) if len(begun) <= most * step), 120)
        months = days[begun].astype("datetime64[M]").astype(np.int64)
        return [int(at) for at, month in zip(begun, months, strict=True) if month % every == 0] or [0]

    def _month(self, at: int) -> str:
        day = str(self.first + at)
        return f"{MONTHS[int(day[5:7]) - 1]} {day[:4]}"
