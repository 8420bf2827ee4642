"""Problems too large for exact walks: hard limits on minutes and weekends leave the walk and are priced beside it.

What is left is a relaxation: its walk keeps days and states only. Lines are checked against what left it (`counting`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from optimizer.roster.problem import ANY_NUMBER, Limits, Person, RosterProblem
from optimizer.roster.ways import Floats, Ints, cells_of

NO_WEEKEND: Final = -1

MOST_CELLS: Final = 150_000_000
"""Days by states by weekends by sums that an exact walk may keep: 1.2 GB, a second or two a person."""


class Counted(NamedTuple):
    """What is counted beside the walk where that would be too large; all empty where the walk counts everything.

    `minutes` (S,) of each shift; by person (P,) `least` and `most` minutes, `weekends` at most, and `price` a minute at
    which her last line fitted, which changes in place. `weekend_of` (D,) each day's, or NO_WEEKEND.
    """

    minutes: Ints
    least: Ints
    most: Ints
    weekends: Ints
    weekend_of: Ints
    price: Floats


def nothing_counted() -> Counted:
    """That of a problem whose walk counts everything."""
    none = np.zeros(0, dtype=np.int64)
    return Counted(none, none, none, none, none, np.zeros(0))


def too_large(problem: RosterProblem, most: int = MOST_CELLS) -> bool:
    """Whether an exact walk would keep too much and there are limits that can be taken out of it."""
    return any(_counts(person) for person in problem.people) and cells_of(problem) > most


def lightened(problem: RosterProblem) -> RosterProblem:
    """The same problem without the limits that are counted beside the walk: a relaxation of it."""
    return replace(problem, people=tuple(_without(person) for person in problem.people))


def counted_of(problem: RosterProblem) -> Counted:
    """What `lightened` left out; limits that stay in the walk bind nobody here."""
    minutes = [person.minutes if _minutes_leave(person) else Limits() for person in problem.people]
    weekends = [
        person.weekends.high - person.before.weekends if _weekends_leave(person) else problem.days
        for person in problem.people
    ]
    of = np.full(problem.days, NO_WEEKEND, dtype=np.int64)
    for at, days in enumerate(problem.weekends()):
        of[list(days)] = at
    return Counted(
        np.array([shift.minutes for shift in problem.shifts], dtype=np.int64),
        np.array([each.low for each in minutes], dtype=np.int64),
        np.array([ANY_NUMBER if each == Limits() else each.high for each in minutes], dtype=np.int64),
        np.array(weekends, dtype=np.int64), of, np.zeros(len(problem.people)),
    )  # fmt: skip


def _without(person: Person) -> Person:
    minutes = Limits() if _minutes_leave(person) else person.minutes
    return replace(person, minutes=minutes, weekends=Limits() if _weekends_leave(person) else person.weekends)


def _counts(person: Person) -> bool:
    return _minutes_leave(person) or _weekends_leave(person)


def _minutes_leave(person: Person) -> bool:
    return person.minutes != Limits() and person.minutes.under is None and person.minutes.over is None


def _weekends_leave(person: Person) -> bool:
    limits = person.weekends
    return limits != Limits() and limits.low == 0 and limits.over is None
