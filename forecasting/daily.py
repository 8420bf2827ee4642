"""Values within a day made into one a day, as a plan by day needs them: nothing is guessed from half a day."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from forecasting.cleaning import Cleaned
from forecasting.notes import Fault
from forecasting.recording import clocks_change, one_row_a_slot
from forecasting.steps import Step

LEAST_SHARE: Final = 0.75
"""A day of which less than this share of its values is known is missing."""

Combined = Callable[[Sequence[float]], float]

DAILY: Final[Mapping[str, Combined]] = {"sum": sum, "mean": lambda values: sum(values) / len(values), "max": max}
"""How the values of a day become one."""


def by_day(cleaned: Cleaned, step: Step, how: str, zone: ZoneInfo | None) -> Cleaned:
    """One value a day, at the day's last row; the sum of a day known in part is brought to the whole, with a note.

    Where the clocks change, a day of 23 hours is whole with 23 and one of 25 counts the repeated hour twice.
    """
    lines, values = one_row_a_slot(cleaned, step, zone, repeated="sum" if how == "sum" else "mean")
    days: dict[datetime, list[int]] = {}
    for slot in sorted(values):
        days.setdefault(datetime.combine(step.time(slot).date(), time()), []).append(slot)
    found = Cleaned(faults=cleaned.faults, column=cleaned.column)
    for day, slots in days.items():
        known = [values[slot] for slot in slots if not math.isnan(values[slot])]
        place = (f"{day:%Y-%m-%d}", max(lines[slot] for slot in slots))
        found.times.append(day)
        found.values.append(_day_value(known, _whole(day, step, zone), how, found, place))
        found.lines.append(place[1])
    return found


def _whole(day: datetime, step: Step, zone: ZoneInfo | None) -> int:
    """How many values make a whole day, hours that the clocks leave out not counted."""
    first = step.slot(day + timedelta(minutes=step.starts[0]))
    slots = range(first, first + len(step.starts))
    return len(step.starts) - sum(clocks_change(step, step.time(slot), zone) < 0 for slot in slots)


def _day_value(known: list[float], whole: int, how: str, found: Cleaned, place: tuple[str, int]) -> float:
    """The day's value from those known; a fault where some are not."""
    day, line = place
    if len(known) >= whole:
        return DAILY[how](known)
    if len(known) < LEAST_SHARE * whole:
        message = f"{len(known)} of {whole} values on {day}; taken as missing"
        found.faults.append(Fault(line, found.column, "days known in part", message, day))
        return math.nan
    value = DAILY[how](known) * (whole / len(known) if how == "sum" else 1.0)
    done = "brought to the whole day" if how == "sum" else "taken"
    message = f"{len(known)} of {whole} values on {day}; their {how} is {done}: {value:.4g}"
    found.faults.append(Fault(line, found.column, "days known in part", message, day, "", f"{value:.6g}"))
    return value
