"""A roster as a grid of letters that fits a terminal: a line for each person, a letter or two for each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api import words
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster

WIDEST_NAME: Final = 14
DAYS: Final = "MTWTFSS"
AWAY: Final = "."
"""A day of leave, or on which somebody is not available."""


def codes(problem: TeamProblem) -> Mapping[str, str]:
    """Each shift's letter, or as few as tell shifts apart, up to three."""
    names = sorted({slot.shift for slot in problem.slots} | {s.shift for m in problem.members for s in m.past})
    for width in (1, 2, 3):
        found = {name: name[:width].upper() for name in names}
        if len(set(found.values())) == len(names):
            return found
    return {name: chr(ord("A") + at % 26) + (str(at // 26) if at >= 26 else "") for at, name in enumerate(names)}


def grid(problem: TeamProblem, roster: TeamRoster) -> Iterator[str]:
    """The grid, in blocks of as many weeks as fit; `*` after a letter is a duty away from home.

    Below stand the people that lack, by shift and day, where some do.
    """
    letters = codes(problem)
    cells = [[_cell(problem, roster, at, day, letters) for day in range(problem.days)]
             for at in range(len(problem.members))]  # fmt: skip
    size = max([2, *(words.shown_width(cell) for line in cells for cell in line)])
    widest = max((words.shown_width(member.id) for member in problem.members), default=1)
    sheet = _Sheet(problem, size, min(WIDEST_NAME, max(widest, len(SHORT) + 2)))
    most = max(7, (words.WIDTH - sheet.name) // (size + 1) // 7 * 7)
    yield from words.joined(
        "Shifts:", [*(f"{letter} {shift}" for shift, letter in letters.items()), f"{AWAY} away", ELSEWHERE]
    )
    short = missing(problem, roster)
    for first in range(0, problem.days, most):
        days = range(first, min(first + most, problem.days))
        yield from sheet.head(days)
        for member, line in zip(problem.members, cells, strict=True):
            yield sheet.line(member.id, [line[day] for day in days])
        for shift, letter in letters.items():
            lacking = [short.get((shift, day), 0) for day in days]
            if any(lacking):
                yield sheet.line(f"{SHORT} {letter}", [str(each) if each else "" for each in lacking])


SHORT: Final = "short"
ELSEWHERE: Final = "* elsewhere"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How wide a cell and a name are."""

    problem: TeamProblem
    size: int
    name: int

    def head(self, days: range) -> Iterator[str]:
        """Dates, where there are some, and weekdays."""
        first = self.problem.first
        if first is not None:
            dates = [first + timedelta(day) for day in days]
            months = "/".join(dict.fromkeys(f"{each:%b}" for each in dates))
            yield self.line(months, [str(each.day) for each in dates])
        yield self.line("", [DAYS[self.problem.weekday(day)] for day in days])

    def line(self, name: str, cells: Sequence[str]) -> str:
        """A name and a cell for each day, right under its date."""
        shown = "".join(" " + words.padded(cell, self.size) for cell in cells)
        return f"{words.padded(name[: self.name], self.name)}{shown}".rstrip()


def missing(problem: TeamProblem, roster: TeamRoster) -> Mapping[tuple[str, int], int]:
    """People that lack, by shift and day."""
    counts = [0] * len(problem.slots)
    for duties in roster.duties:
        for at in duties:
            counts[at] += 1
    found: dict[tuple[str, int], int] = {}
    for slot, count in zip(problem.slots, counts, strict=True):
        found[slot.shift, slot.day] = found.get((slot.shift, slot.day), 0) + max(0, slot.wanted - count)
    return found


def _cell(problem: TeamProblem, roster: TeamRoster, at: int, day: int, letters: Mapping[str, str]) -> str:
    member = problem.members[at]
    slots = [problem.slots[each] for each in sorted(roster.cell(problem, at, day))]
    if not slots:
        return AWAY if day in member.away else "-"
    return "".join(letters[s.shift] + ("*" if s.place or s.unit != member.unit else "") for s in slots)
