"""A roster as a grid of letters that fits a terminal: a line for each person, a letter or two for each day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    """The grid, in blocks of as many days as fit; `*` after a letter is a duty away from home."""
    letters = codes(problem)
    cells = [[_cell(problem, roster, at, day, letters) for day in range(problem.days)]
             for at in range(len(problem.members))]  # fmt: skip
    size = max((words.shown_width(cell) for line in cells for cell in line), default=1)
    name = min(WIDEST_NAME, max((words.shown_width(member.id) for member in problem.members), default=1))
    most = max(7, (words.WIDTH - name - 2) // (size + 1) // 7 * 7)
    yield "  ".join(f"{letter} {shift}" for shift, letter in letters.items()) + f"  {AWAY} away  * elsewhere"
    for first in range(0, problem.days, most):
        days = range(first, min(first + most, problem.days))
        yield from _block(problem, cells, days, size, name)


def _block(
    problem: TeamProblem, cells: Sequence[Sequence[str]], days: range, size: int, name: int
) -> Iterator[str]:  # fmt: skip
    yield (
        words.padded(problem.label(days[0]).split(" ", 1)[-1], name)[:name]
        + "  "
        + " ".join(DAYS[problem.weekday(day)].ljust(size) for day in days)
    )
    for member, line in zip(problem.members, cells, strict=True):
        shown = " ".join(words.padded(line[day], size) for day in days)
        yield f"{words.padded(member.id[:name], name)}  {shown}".rstrip()


def _cell(problem: TeamProblem, roster: TeamRoster, at: int, day: int, letters: Mapping[str, str]) -> str:
    member = problem.members[at]
    slots = [problem.slots[each] for each in sorted(roster.cell(problem, at, day))]
    if not slots:
        return AWAY if day in member.away else "-"
    return "".join(letters[s.shift] + ("*" if s.place or s.unit != member.unit else "") for s in slots)
