"""Days and shifts as planners say them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optimizer.expansion.case import Case
from optimizer.explain.members import Slot
from optimizer.program import ABSENT


def when_words(case: Case, slots: Iterable[Slot]) -> str:
    """The days, or shifts, of some slots: `night of Mon 1 Jan and 2 more`; nothing where it is the whole horizon."""
    told = list(dict.fromkeys(_when(case, slot) for slot in slots))
    told = [each for each in told if each]
    return "" if not told else told[0] if len(told) == 1 else f"{told[0]} and {len(told) - 1} more"


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
        return case.grid.day_label(day)
    date = case.grid.day(day)
    return f"{date:%a} {date.day} {date:%b}"
