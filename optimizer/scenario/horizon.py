"""When: the horizon, the shifts people can start, and the multi-day patterns made of them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from optimizer.scenario.quantities import MINUTES_PER_DAY, Clock, Frozen, Name, Share, clock

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
OFF: Final = "off"
ON_CALL: Final = "on_call"
_SEGMENT = re.compile(r"(break\s+)?(\d+(?:\.\d+)?)\s*(h|min)")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {name}; one is written like Europe/London") from error
    return name


class Horizon(Frozen):
    """The days planned: dated (`start`, `days`), or a cycle that repeats for ever (`cycle: day` or `week`)."""

    start: date | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    cycle: Literal["day", "week"] | None = None
    day_starts: Clock | None = Field(None, description="hour a planning day begins; default: the earliest shift start")
    periods_per_day: Annotated[int, Field(ge=1, le=24)] = 1
    beyond_days: Annotated[int, Field(ge=0, le=60)] | None = Field(
        None, description="days planned past the horizon, not committed; default: one mean stay where stays are given"
    )
    timezone: Annotated[str, AfterValidator(_known_zone)] | None = None

    @model_validator(mode="after")
    def _dated_or_cyclic(self) -> Self:
        if self.cycle is None and (self.start is None or self.days is None):
            raise ValueError("must say start and days, or cycle: day or week")
        if self.cycle is not None and (self.days is not None or self.beyond_days):
            raise ValueError("a cycle has neither days nor beyond_days: it repeats for ever")
        if MINUTES_PER_DAY % self.periods_per_day:
            raise ValueError(f"a day can't be cut into {self.periods_per_day} periods of whole minutes")
        return self

    @property
    def committed_days(self) -> int:
        """Days the plan commits to."""
        return {"day": 1, "week": 7, None: self.days or 0}[self.cycle]


class Segment(Frozen):
    """A stretch of a shift: so many minutes of work, or of break (nobody is covered then)."""

    minutes: Annotated[int, Field(gt=0, le=MINUTES_PER_DAY)]
    working: bool = True


def _parse_segment(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _SEGMENT.fullmatch(value.strip())
    if found is None:
        raise ValueError(f'must read like "4h", "break 2h" or "break 30min", got {value!r}')
    minutes = round(float(found[2]) * (60 if found[3] == "h" else 1))
    return {"minutes": minutes, "working": found[1] is None}


class Shift(Frozen):
    """A stretch of duty that starts at a time of day and may cross midnight; at most 24 hours with its breaks."""

    start: Clock | None = None
    starts: Literal["every_period"] | tuple[Clock, ...] | None = None
    hours: Annotated[float, Field(gt=0)] | None = None
    work: tuple[Annotated[Segment, BeforeValidator(_parse_segment, json_schema_input_type=Segment | str)], ...] = ()
    days: tuple[Weekday, ...] = Field((), description="weekdays it may start on; default: every day")
    breaks_paid: bool = False
    extends: Name | None = Field(None, description="the shift this one lengthens, inside the same headcount")
    more_hours: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _says_one_length(self) -> Self:
        given = [name for name in ("hours", "work", "more_hours") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError("must say exactly one of hours, work, or extends with more_hours")
        if (self.extends is None) != (self.more_hours is None):
            raise ValueError("extends and more_hours go together")
        if self.extends is None and (self.start is None) == (self.starts is None):
            raise ValueError("must say exactly one of start and starts")
        minutes = self.span_minutes
        if minutes > MINUTES_PER_DAY:
            raise ValueError(f"a shift may last at most 24 h with its breaks, got {minutes / 60:g} h")
        return self

    @property
    def span_minutes(self) -> int:
        """Minutes from start to end, breaks included (the added minutes only, for a shift that extends another)."""
        if self.work:
            return sum(part.minutes for part in self.work)
        return round((self.hours or self.more_hours or 0.0) * 60)

    def start_times(self, horizon: Horizon) -> tuple[int, ...]:
        """Minutes after midnight at which it may start."""
        if self.starts == "every_period":
            per_day, first = horizon.periods_per_day, horizon.day_starts or 0
            return tuple((first + at * MINUTES_PER_DAY // per_day) % MINUTES_PER_DAY for at in range(per_day))
        return self.starts if self.starts is not None else (self.start or 0,)

    def start_labels(self, name: str, horizon: Horizon) -> tuple[str, ...]:
        """What each of its starts is called where the shift is called `name`: night, or night@20:00 of several."""
        times = self.start_times(horizon)
        return (name,) if len(times) == 1 else tuple(f"{name}@{clock(time)}" for time in times)


class OnCall(Frozen):
    """What a day on call is worth: the shift stood by for, how much cover it gives and how much of its pay it draws."""

    shift: Name
    covers: Share = 0.0
    pays: Share = 0.0


class Pattern(Frozen):
    """A line of days one person works in a row, for example five on and two off; it may start on any day."""

    days: Annotated[tuple[Name, ...], Field(min_length=1, max_length=56, description="shift names, off, or on_call")]
    starts_on: tuple[Weekday, ...] = ()
    on_call: OnCall | None = None

    @model_validator(mode="after")
    def _on_call_is_explained(self) -> Self:
        if ON_CALL in self.days and self.on_call is None:
            raise ValueError("has on_call days: say on_call: {shift: ..., covers: ..., pays: ...}")
        if all(day == OFF for day in self.days):
            raise ValueError("has no working day")
        return self
