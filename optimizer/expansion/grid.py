"""Time: days, periods, elementary intervals cut by every shift boundary, and the duties that cover them.

All times are minutes from the start of the horizon, which begins at the earliest shift start of its first day. A cyclic
horizon wraps round: what runs past its end covers its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.scenario.horizon import OFF, ON_CALL, WEEKDAYS, Pattern, Shift
from optimizer.scenario.model import Scenario
from optimizer.scenario.quantities import MINUTES_PER_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
MONDAY: Final = date(2024, 1, 1)
"""Cycles have no dates; their first day counts as a Monday."""


@dataclass(frozen=True, slots=True)
class DutyType:
    """A shift with one start: `start` in minutes after midnight, working `segments` in minutes after that start."""

    name: str
    shift: str
    start: int
    segments: tuple[tuple[int, int], ...]
    span: int
    paid_minutes: int
    more_minutes: int
    weekdays: tuple[int, ...]

    @property
    def base_minutes(self) -> int:
        """Paid minutes inside the contract; the rest lengthens the shift and is paid as overtime."""
        return self.paid_minutes - self.more_minutes


@dataclass(frozen=True, slots=True)
class LineEntry:
    """On day `offset` of a line: duty type number `duty`, giving `covers` of a person and drawing `pays` of the pay."""

    offset: int
    duty: int
    covers: float = 1.0
    pays: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """What one person starts: a single shift, or days worked in a row by a pattern."""

    name: str
    entries: tuple[LineEntry, ...]
    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """D days, P periods, T intervals, S duty types.

    `edges` (T + 1,) minutes; `period` (T,) the period of each interval; `covers` (S, D, T) whether a duty of type s
    starting on day d works in interval t, and `covers_before` (S, T) the same for duties of the day before;
    `allowed` (S, D) whether the type may start that day.
    """

    first_day: date
    dated: bool
    days: int
    committed_days: int
    cyclic: bool
    day_starts: int
    periods_per_day: int
    duties: tuple[DutyType, ...]
    edges: Ints
    period: Ints
    covers: Bools
    covers_before: Bools
    allowed: Bools

    @property
    def periods(self) -> int:
        """How many periods, P."""
        return self.days * self.periods_per_day

    @property
    def hours(self) -> Floats:
        """Length of each interval in hours, (T,)."""
        return np.diff(self.edges) / 60.0

    @property
    def day_of_period(self) -> Ints:
        """(P,) the day each period lies in."""
        return np.arange(self.periods) // self.periods_per_day

    @property
    def day_of_interval(self) -> Ints:
        """(T,) the day each interval lies in."""
        return self.period // self.periods_per_day

    @property
    def committed_periods(self) -> int:
        """Periods the plan commits to."""
        return self.committed_days * self.periods_per_day

    def day(self, number: int) -> date:
        """Date of day `number`."""
        return self.first_day + timedelta(days=number)

    def day_label(self, number: int) -> str:
        """The date as 2023-03-13, or the weekday or `day` in a cycle."""
        if self.dated:
            return self.day(number).isoformat()
        return WEEKDAYS[number % 7] if self.days > 1 else "day"

    def weekday(self, number: int) -> int:
        """0 for Monday to 6 for Sunday."""
        return self.day(number).weekday()

    def moment(self, minute: int) -> datetime:
        """Wall-clock time of a minute of the horizon."""
        midnight = datetime.combine(self.first_day, datetime.min.time())
        return midnight + timedelta(minutes=self.day_starts + int(minute))

    def moment_label(self, minute: int) -> str:
        """A minute of the horizon as `2023-03-13 07:00`, or `monday 07:00` in a cycle, whose end is its start."""
        moment = self.moment(int(minute) % (self.days * MINUTES_PER_DAY) if self.cyclic else int(minute))
        if self.dated:
            return moment.strftime("%Y-%m-%d %H:%M")
        return f"{WEEKDAYS[moment.weekday()]} {moment:%H:%M}" if self.days > 1 else f"{moment:%H:%M}"

    def duty_start(self, duty: int, day: int) -> int:
        """Minute at which duty type `duty` starts on day `day`."""
        return day * MINUTES_PER_DAY + (self.duties[duty].start - self.day_starts) % MINUTES_PER_DAY


def make_grid(scenario: Scenario, *, beyond_days: int = 0) -> Grid:
    """The grid of a scenario, with `beyond_days` more days than it commits to."""
    horizon = scenario.horizon
    duties = _duty_types(scenario)
    day_starts = _day_starts(scenario, duties)
    days = horizon.committed_days + beyond_days
    segments = _segments(duties, day_starts, days, cyclic=horizon.cycle is not None)
    edges = _edges(segments, days, horizon.periods_per_day)
    period = edges[:-1] * horizon.periods_per_day // MINUTES_PER_DAY
    first = horizon.start or MONDAY
    weekdays = np.array([(first + timedelta(days=day)).weekday() for day in range(days)])
    allowed = np.array([np.isin(weekdays, duty.weekdays) for duty in duties], dtype=np.bool_).reshape(len(duties), days)
    covers = _covers(segments, edges, len(duties), days + 1)
    return Grid(
        first, horizon.start is not None, days, horizon.committed_days, horizon.cycle is not None, day_starts,
        horizon.periods_per_day, duties, edges, period, covers[:, 1:], covers[:, 0], allowed,
    )  # fmt: skip


def make_lines(grid: Grid, patterns: dict[str, Pattern], shifts: tuple[str, ...] = ()) -> tuple[Line, ...]:
    """Lines people may start: each pattern, or where there are none each duty type of the `shifts` named (or all)."""
    numbers = {duty.name: at for at, duty in enumerate(grid.duties)}
    if patterns:
        return tuple(_pattern_line(name, pattern, numbers) for name, pattern in patterns.items())
    return tuple(
        Line(duty.name, (LineEntry(0, at),), duty.weekdays)
        for at, duty in enumerate(grid.duties)
        if not shifts or duty.shift in shifts
    )


def _pattern_line(name: str, pattern: Pattern, numbers: dict[str, int]) -> Line:
    entries = []
    for offset, day in enumerate(pattern.days):
        if day == ON_CALL and pattern.on_call is not None:
            call = pattern.on_call
            entries.append(LineEntry(offset, numbers[call.shift], call.covers, call.pays))
        elif day != OFF:
            entries.append(LineEntry(offset, numbers[day]))
    return Line(name, tuple(entries), _weekday_numbers(pattern.starts_on))


def _weekday_numbers(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(at for at, name in enumerate(WEEKDAYS) if not names or name in names)


def _duty_types(scenario: Scenario) -> tuple[DutyType, ...]:
    types: list[DutyType] = []
    for name, shift in scenario.shifts.items():
        base = scenario.shifts[shift.extends] if shift.extends else shift
        starts = base.start_times(scenario.horizon)
        labels = base.start_labels(name, scenario.horizon)
        types.extend(_duty_type(label, name, start, shift, base) for label, start in zip(labels, starts, strict=True))
    return tuple(types)


def _duty_type(label: str, name: str, start: int, shift: Shift, base: Shift) -> DutyType:
    segments, at = [], 0
    for part in base.work or ():
        if part.working:
            segments.append((at, at + part.minutes))
        at += part.minutes
    if not base.work:
        segments, at = [(0, base.span_minutes)], base.span_minutes
    more = shift.span_minutes if shift.extends else 0
    if more:
        segments.append((at, at + more))
    worked = sum(end - begin for begin, end in segments)
    span = at + more
    return DutyType(
        label, name, start, tuple(segments), span, span if base.breaks_paid else worked, more,
        _weekday_numbers(shift.days or base.days),
    )  # fmt: skip


def _day_starts(scenario: Scenario, duties: tuple[DutyType, ...]) -> int:
    if scenario.horizon.day_starts is not None:
        return scenario.horizon.day_starts
    return min((duty.start for duty in duties), default=0)


@dataclass(frozen=True, slots=True)
class _Worked:
    """A stretch of work: duty type `duty` started on day `day` (-1: the day before) works from `begin` to `end`."""

    duty: int
    day: int
    begin: int
    end: int


def _segments(duties: tuple[DutyType, ...], day_starts: int, days: int, *, cyclic: bool) -> list[_Worked]:
    """Every stretch inside the horizon, wrapped round in a cycle and cut off at the ends otherwise."""
    length = days * MINUTES_PER_DAY
    found = []
    for number, duty in enumerate(duties):
        for day in range(0 if cyclic else -1, days):
            start = day * MINUTES_PER_DAY + (duty.start - day_starts) % MINUTES_PER_DAY
            for begin, end in duty.segments:
                for shift in (0, length) if cyclic else (0,):
                    low, high = max(start + begin - shift, 0), min(start + end - shift, length)
                    if low < high:
                        found.append(_Worked(number, day, low, high))
    return found


def _edges(segments: list[_Worked], days: int, periods_per_day: int) -> Ints:
    step = MINUTES_PER_DAY // periods_per_day
    cuts = set(range(0, days * MINUTES_PER_DAY + 1, step))
    for worked in segments:
        cuts.update((worked.begin, worked.end))
    return np.array(sorted(cuts), dtype=np.int64)


def _covers(segments: list[_Worked], edges: Ints, duties: int, days: int) -> Bools:
    covers = np.zeros((duties, days, len(edges) - 1), dtype=np.bool_)
    for worked in segments:
        low, high = np.searchsorted(edges, (worked.begin, worked.end))
        covers[worked.duty, worked.day + 1, low:high] = True
    return covers
