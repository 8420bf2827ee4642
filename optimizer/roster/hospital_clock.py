"""Shifts on the clock: when a duty really begins and ends, nights on which the clocks change counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from optimizer.expansion.grid import DutyType
from optimizer.roster.hospital_problem import Stint

DEEP_NIGHT: Final = (23 * 60, 30 * 60)
"""23:00 to 06:00; a shift with three hours of it is a night."""

NIGHT_MINUTES: Final = 180


@dataclass(frozen=True, slots=True)
class ShiftTimes:
    """A shift as the clock on the wall has it: start and span in minutes, minutes paid, whether it is a night."""

    start: int
    span: int
    paid: int
    night: bool

    @classmethod
    def of(cls, duty: DutyType) -> ShiftTimes:
        """Those of a duty type."""
        return cls(duty.start, duty.span, duty.paid_minutes, is_night(duty.start, duty.span))


def is_night(start: int, span: int) -> bool:
    """Whether a shift has three hours or more between 23:00 and 06:00."""
    there = sum(
        max(0, min(start + span, DEEP_NIGHT[1] + back) - max(start, DEEP_NIGHT[0] + back)) for back in (-1440, 0, 1440)
    )
    return there >= NIGHT_MINUTES


@dataclass(frozen=True, slots=True)
class Clock:
    """Moments in minutes that really pass since midnight of the first day; a cycle has no clock changes."""

    first: date | None
    zone: str | None
    shifts: Mapping[str, ShiftTimes]

    def stint(self, shift: str, day: int, nights: frozenset[str] = frozenset()) -> Stint:
        """A shift begun on a day (negative: before the first). KeyError for a shift there is not."""
        times = self.shifts[shift]
        return self.timed(shift, day, times, night=shift in nights if nights else times.night)

    def timed(self, shift: str, day: int, times: ShiftTimes, *, night: bool) -> Stint:
        """The same of hours given: it ends when the clock on the wall says so, and what more or less passes is paid."""
        start, end = self.moment(day, times.start), self.moment(day, times.start + times.span)
        return Stint(day, shift, start, end, times.paid + (end - start) - times.span, night)

    def moment(self, day: int, minute: int) -> int:
        """A time on the wall's clock, in minutes that pass since the first midnight."""
        if self.first is None or self.zone is None:
            return day * 1440 + minute
        zone = ZoneInfo(self.zone)
        return round((_utc(self.first + timedelta(day), minute, zone) - _utc(self.first, 0, zone)).total_seconds() / 60)


def _utc(day: date, minute: int, zone: tzinfo) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)
