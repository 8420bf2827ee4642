"""What a roster says of each person, laid out for the recount: her stints in order, her days, her nights, her weekends.

Shared by the rules; nothing here knows how a roster was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from optimizer.roster.hospital_problem import Member, Slot, Stint, TeamProblem, TeamRoster

LONGEST_REST: Final = 4 * 24 * 60
"""Minutes after a duty beyond which no rule of rest looks."""

Found = Iterator[tuple[str, int | None, int, float | None, str]]
"""Person ("" for none), day, amount, weight (None: hard), words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A member's duties inside the roster, in order, with her number."""

    at: int
    member: Member
    slots: tuple[Slot, ...]

    @property
    def stints(self) -> tuple[Stint, ...]:
        """Those before and those inside, in order."""
        return (*self.member.past, *self.slots)

    def on(self, day: int) -> tuple[Stint, ...]:
        """Stints that begin on a day, which may lie before the roster."""
        return tuple(stint for stint in self.stints if stint.day == day)


def lines(problem: TeamProblem, roster: TeamRoster) -> Iterator[Line]:
    """Everybody's."""
    for at, (member, duties) in enumerate(zip(problem.members, roster.duties, strict=True)):
        slots = sorted((problem.slots[each] for each in duties), key=lambda slot: (slot.start, slot.end))
        yield Line(at, member, tuple(slots))


def pairs_within(line: Line, apart: int) -> Iterator[tuple[Stint, Stint]]:
    """Two stints of which the second begins inside the roster less than `apart` minutes after the first ends."""
    stints = line.stints
    for at, first in enumerate(stints):
        for then in stints[at + 1 :]:
            if then.start >= first.end + LONGEST_REST:
                break
            if then.day >= 0 and then.start - first.end < apart:
                yield first, then


def flags(line: Line, days: range, counts: Callable[[Stint], bool] = lambda _: True) -> list[bool]:
    """For each of some days, which may be negative, whether a stint that counts begins on it."""
    there = {stint.day for stint in line.stints if counts(stint)}
    return [day in there for day in days]


def windows(length: int | None, days: int, *, inside: bool) -> list[range]:
    """Every stretch of so many days that ends in the roster (and begins there, with `inside`); None: all days."""
    if length is None:
        return [range(days)]
    first = length - 1 if inside else 0
    return [range(end - length + 1, end + 1) for end in range(first, days)]


def short_runs(flags: Sequence[bool], least: int, known: int) -> Iterator[tuple[int, int]]:
    """(where it begins, how many are missing) of each run of True, ended inside, that is too short.

    The first `known` flags lie before the roster: a run counts where it ends after them.
    """
    start = None
    for at, flag in enumerate([*flags, True]):
        if flag and start is None:
            start = at
        if at == len(flags):
            return
        if not flag and start is not None:
            if at >= known and at - start < least:
                yield start - known, least - (at - start)
            start = None
