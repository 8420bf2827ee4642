"""`RosterProblem`: who may work when, what the days need, and what each broken rule costs; and `Roster`, an answer.

Days count from 0. A weight of None makes a rule hard: what breaks it is no roster. Weights are points or currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ANY_NUMBER: Final = 10**6
"""An upper limit that binds nobody."""


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """A shift: its length in minutes, and the shifts that may not be worked on the day after it."""

    name: str
    minutes: int
    not_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """At least `low` and at most `high`; each one missing costs `under`, each one too many `over` (None: hard)."""

    low: int = 0
    high: int = ANY_NUMBER
    under: float | None = None
    over: float | None = None

    def missing(self, count: int) -> int:
        """How many are missing."""
        return max(0, self.low - count)

    def excess(self, count: int) -> int:
        """How many are too many."""
        return max(0, count - self.high)


@dataclass(frozen=True, slots=True)
class Before:
    """What a person did before day 0: totals, the last shift ("" for none), and how long its runs are, in days."""

    assignments: int = 0
    weekends: int = 0
    shift: str = ""
    same_shift: int = 0
    working: int = 0
    resting: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Who works, and by which rules.

    `most_of` are shifts a person may work at most so often over all days, and `minutes` how long in all; `assignments`
    and `weekends` count those of `before` too. Runs are days in a row: working, resting, of one shift. Without
    `open_start` a run that begins on day 0 carries on from `before` (or begins there); with it such a run may be
    shorter than its least, as one that reaches the last day always may.
    """

    name: str
    skills: frozenset[str] = frozenset()
    most_of: Mapping[str, int] = field(default_factory=dict)
    minutes: Limits = Limits()
    assignments: Limits = Limits()
    working: Limits = Limits()
    resting: Limits = Limits()
    same_shift: Mapping[str, Limits] = field(default_factory=dict)
    weekends: Limits = Limits()
    half_weekend: float = 0.0
    days_off: frozenset[int] = frozenset()
    before: Before = Before()
    open_start: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """A person would rather work (or not) on a day: a shift, or any with "". Not granted it costs `weight`."""

    person: str
    day: int
    shift: str
    weight: float
    working: bool


@dataclass(frozen=True, slots=True)
class Need:
    """On a day at least `least` people on a shift in a skill ("" for any); each one off `wanted` costs its weight."""

    day: int
    shift: str
    skill: str
    least: int
    wanted: int
    under: float
    over: float


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """People, shifts, needs and wishes over `days`, the first of which is a `first_weekday` (0 for Monday)."""

    name: str
    days: int
    shifts: tuple[ShiftKind, ...]
    people: tuple[Person, ...]
    needs: tuple[Need, ...]
    wishes: tuple[Wish, ...] = ()
    first_weekday: int = 0

    def weekends(self) -> tuple[tuple[int, ...], ...]:
        """The days of each weekend, Saturday first; the first or last one may be cut."""
        saturdays = range((5 - self.first_weekday) % 7 - 7, self.days, 7)
        found = (tuple(day for day in (first, first + 1) if 0 <= day < self.days) for first in saturdays)
        return tuple(days for days in found if days)


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift worked in a skill ("" where the problem knows no skills)."""

    shift: str
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """For each person, by the order of the problem, a duty or None for each day."""

    lines: tuple[tuple[Duty | None, ...], ...]
