"""How often a series was taken: by hour, shift, day or week, and the grid of slots that makes of times.

A slot is one value's place in time, counted from 1970. Shifts may be of unequal length: their starts in the day count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from forecasting.errors import HistoryError

DAY_MINUTES: Final = 24 * 60
EPOCH: Final = datetime(1970, 1, 1)
MOST_SHIFTS: Final = 6
COMMON: Final = 0.1
"""A time of day seen on fewer days than this share is no shift's start."""

MONTHLY_DAYS: Final = 27

LEAST_OTHERWISE: Final = 7
"""Days (weeks) of another step that are still taken for gaps."""


@dataclass(frozen=True, slots=True)
class Step:
    """What lies between two values: `starts` in minutes of the day, every `days` days from the weekday `anchor`.

    `gap` is the number of missing slots in a row beyond which a series is cut into pieces.
    """

    name: str
    starts: tuple[int, ...] = (0,)
    days: int = 1
    anchor: int = 0

    @property
    def gap(self) -> int:
        """Four weeks of slots; eight of weekly ones."""
        return 8 if self.days == 7 else 28 * len(self.starts)

    @property
    def plural(self) -> str:
        """Several of them in words."""
        return f"{self.name}s" if self.name in ("hour", "shift", "day", "week") else "values"

    @property
    def season(self) -> int:
        """Slots of the shortest usual rhythm: a week, or a year of weeks."""
        return 52 if self.days == 7 else 7 * len(self.starts)

    def slot(self, when: datetime) -> int:
        """The slot into which a time falls."""
        day, minute = (when.date() - EPOCH.date()).days, when.hour * 60 + when.minute
        if self.days > 1:
            return (day - self.anchor) // self.days
        return day * len(self.starts) + bisect_right(self.starts, minute) - 1

    def time(self, slot: int) -> datetime:
        """When a slot begins."""
        if self.days > 1:
            return EPOCH + timedelta(days=slot * self.days + self.anchor)
        day, at = divmod(slot, len(self.starts))
        return EPOCH + timedelta(days=day, minutes=self.starts[at])


HOUR: Final = Step("hour", tuple(range(0, DAY_MINUTES, 60)))
DAY: Final = Step("day")


def step_of(file: str, times: Sequence[datetime]) -> Step:
    """The step of a series of times in any order; DAY where too few tell.

    Raises:
        HistoryError: one value a month or less, or no even step within the day.
    """
    distinct = sorted(set(times))
    days = sorted({when.date() for when in distinct})
    if len(distinct) > 1.2 * len(days):
        _refuse_mixed(file, Counter(when.date() for when in distinct))
        return _within_day(file, distinct, len(days))
    apart = Counter((later - earlier).days for earlier, later in pairwise(days))
    usual = apart.most_common(1)[0][0] if apart else 1
    if usual >= MONTHLY_DAYS:
        raise HistoryError(file, 1, 1, f"has one value every {usual} days; hours, shifts, days and weeks are read")
    if usual == 1 and apart[7] > max(LEAST_OTHERWISE, len(days) / 10):
        raise HistoryError(file, 1, 1, "has a value a day at times and one a week at others; give one step at a time")
    if usual == 7:
        return Step("week", days=7, anchor=_usual_weekday(days))
    return DAY


def _refuse_mixed(file: str, counts: Mapping[date, int]) -> None:
    """Raise where some stretch has one value a day and the rest several: is that one a total, or a single hour's?"""
    single = sum(count == 1 for count in counts.values())
    if LEAST_OTHERWISE < single < len(counts) and single > len(counts) / 10:
        many = max(counts.values())
        message = f"has one value a day on {single} days and up to {many} on others; give one step at a time"
        raise HistoryError(file, 1, 1, message)


def _usual_weekday(days: Sequence[date]) -> int:
    """The remainder modulo 7 of most days since the epoch."""
    return Counter((day - EPOCH.date()).days % 7 for day in days).most_common(1)[0][0]


def _within_day(file: str, times: Sequence[datetime], days: int) -> Step:
    """Hours (or parts of them), or shifts by their starts."""
    clock = Counter(when.hour * 60 + when.minute for when in times)
    starts = tuple(sorted(minute for minute, count in clock.items() if count >= COMMON * days))
    if len(starts) <= MOST_SHIFTS:
        return Step("shift", starts)
    apart = Counter(int((later - earlier).total_seconds() // 60) for earlier, later in pairwise(times))
    usual = apart.most_common(1)[0][0]
    if usual <= 0 or DAY_MINUTES % usual:
        raise HistoryError(file, 1, 1, f"has a value every {usual} minutes, which is no even part of a day")
    name = "hour" if usual == 60 else f"{usual} minutes"
    return Step(name, tuple(range(starts[0] % usual, DAY_MINUTES, usual)))
