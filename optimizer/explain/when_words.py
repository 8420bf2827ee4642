"""Days and shifts as planners say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from optimizer.expansion.case import Case
from optimizer.explain.members import Slot
from optimizer.program import ABSENT

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def when_words(case: Case, slots: Iterable[Slot]) -> str:
    """The days, or shifts, of some slots: `night of Mon 1 Jan and 2 more shifts`; nothing for the whole horizon."""
    listed = list(slots)
    told = list(dict.fromkeys(words for slot in listed if (words := _when(case, slot))))
    if len(told) < 2:
        return "".join(told)
    what = "shift" if any(slot.interval != ABSENT for slot in listed) else "day"
    return f"{told[0]} and {len(told) - 1} more {what}{'' if len(told) == 2 else 's'}"


def _when(case: Case, slot: Slot) -> str:
    if slot.interval != ABSENT:
        return shift_words(case, slot.interval)
    if slot.first == ABSENT or (slot.first, slot.last) == (0, case.grid.days - 1):
        return ""
    if slot.first == slot.last:
        return day_words(case, slot.first)
    return f"{day_words(case, slot.first)} to {day_words(case, slot.last)}"


def shift_words(case: Case, interval: int) -> str:
    """The shift that covers an interval: `night of Mon 1 Jan`; where several do, the one that began last."""
    there = np.argwhere(case.grid.covers[:, :, interval]).tolist()
    if not there:
        moment = case.grid.moment(int(case.grid.edges[interval]))
        return f"{moment:%H:%M} of {day_words(case, int(case.grid.day_of_interval[interval]))}"
    duty, day = max(there, key=lambda pair: case.grid.duty_start(*pair))
    return f"{case.grid.duties[duty].name} of {day_words(case, int(day))}"


def day_words(case: Case, day: int) -> str:
    """Mon 1 Jan, or the weekday of a cycle."""
    if not case.grid.dated:
        return case.grid.day_label(day).capitalize()
    at = case.grid.day(day)
    return f"{DAYS[at.weekday()]} {date_words(at)}"


def date_words(day: date) -> str:
    """2 Jan, in English whatever the machine's language is."""
    return f"{day.day} {MONTHS[day.month - 1]}"
