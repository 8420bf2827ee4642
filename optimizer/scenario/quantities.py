"""The small quantities a scenario is written in: clock times, durations, shares, prices, and their limits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

MINUTES_PER_DAY: Final = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(min|h|d|w)")
_MINUTES_PER: Final = {"min": 1, "h": 60, "d": MINUTES_PER_DAY, "w": 7 * MINUTES_PER_DAY}


class Frozen(BaseModel):
    """Base of every scenario type: immutable, and an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _clock_to_minutes(value: object) -> object:
    if isinstance(value, str):
        found = _CLOCK.fullmatch(value)
        if found is None:
            raise ValueError(f'must be a time of day such as "07:30", got {value!r}')
        return int(found[1]) * 60 + int(found[2])
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f'must be a time of day such as "07:30", got {value!r}')
    return value


def clock(minutes: int) -> str:
    """Minutes after midnight as `HH:MM`."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _parse_duration(value: object) -> object:
    if isinstance(value, str):
        found = _DURATION.fullmatch(value.strip())
        if found is None:
            raise ValueError(f"must be a duration such as 3d, 8h or 30min, got {value!r}")
        return timedelta(minutes=float(found[1]) * _MINUTES_PER[found[2]])
    if isinstance(value, timedelta):
        return value
    raise ValueError(f"must be a duration such as 3d, 8h or 30min, got {value!r}")


def duration_text(value: timedelta) -> str:
    """A duration as a scenario writes it, in the largest unit that divides it."""
    minutes = round(value.total_seconds() / 60)
    for unit in ("w", "d", "h"):
        if minutes and minutes % _MINUTES_PER[unit] == 0:
            return f"{minutes // _MINUTES_PER[unit]}{unit}"
    return f"{minutes}min"


Clock = Annotated[
    int,
    Field(ge=0, lt=MINUTES_PER_DAY),
    BeforeValidator(_clock_to_minutes, json_schema_input_type=str),
    PlainSerializer(clock, return_type=str),
]
"""Minutes after midnight, written "HH:MM"."""

Duration = Annotated[
    timedelta,
    BeforeValidator(_parse_duration, json_schema_input_type=str),
    PlainSerializer(duration_text, return_type=str),
]
"""A length of time, written 3d, 8h or 30min."""

LARGEST: Final = 1e9
"""No count, price or demand above this: beyond it a solver's arithmetic no longer tells right from wrong."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[float, Field(ge=0, le=LARGEST)]
"""A price in the scenario's currency, or a number of patients, people or hours that may be a fraction."""
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]


def _unique(values: tuple[str, ...]) -> tuple[str, ...]:
    doubled = sorted({value for value in values if values.count(value) > 1})
    if doubled:
        raise ValueError(f"names {', '.join(doubled)} more than once")
    return values


Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\s.,;/\\=\[\]{}]+$")]
"""A key that paths, tables and `--set` can name: no blanks, dots, commas or slashes."""
Names = Annotated[tuple[Name, ...], AfterValidator(_unique)]

PerPeriod = Amount | tuple[Amount, ...]
"""One figure for every period, or a list with one for each."""
