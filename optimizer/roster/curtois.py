"""The shift-scheduling benchmark format of Curtois and Qu (2014): sections of comma-separated lines.

Rules are hard, save requests and cover, which cost their weights. Day 0 is a Monday. A run that touches the first or
last day is exempt from its least length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from optimizer.roster.problem import Limits, Need, Person, RosterProblem, ShiftKind, Wish
from optimizer.roster.reading import Faults, cells, lines_of
from optimizer.scenario.faults import closest

Cells = Sequence[tuple[int, str]]


@dataclass(slots=True)
class _Draft:
    """What has been read so far."""

    faults: Faults
    days: int = 0
    shifts: dict[str, ShiftKind] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    days_off: dict[str, set[int]] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)

    def person(self, line: int, cell: tuple[int, str]) -> str:
        """A person's name, with a fault where nobody is called so."""
        return self._known(line, cell, self.people, "employee")

    def shift(self, line: int, cell: tuple[int, str]) -> str:
        """A shift's name, with a fault where none is called so."""
        return self._known(line, cell, self.shifts, "shift")

    def day(self, line: int, cell: tuple[int, str]) -> int:
        """A day of the horizon, with a fault where it is none."""
        day = self.faults.whole(line, cell[0], cell[1], "a day")
        if day >= self.days:
            self.faults.add(line, cell[0], f"day {day} is past the last, {self.days - 1}; days count from 0")
        return day

    def _known(self, line: int, cell: tuple[int, str], names: Mapping[str, object], what: str) -> str:
        if cell[1] not in names:
            near = closest(cell[1], list(names))
            hint = f"did you mean {near}?" if near else ""
            self.faults.add(line, cell[0], f"no {what} is called {cell[1]!r}", hint)
        return cell[1]


def _horizon(draft: _Draft, line: int, row: Cells) -> None:
    draft.days = draft.faults.whole(line, *row[0], "the horizon in days")
    if not draft.days:
        draft.faults.add(line, row[0][0], "the horizon has no day")


def _shift(draft: _Draft, line: int, row: Cells) -> None:
    minutes = draft.faults.whole(line, *row[1], "a shift's minutes")
    after = frozenset(name for name in row[2][1].split("|") if name) if len(row) > 2 else frozenset()
    draft.shifts[row[0][1]] = ShiftKind(row[0][1], minutes, after)


def _staff(draft: _Draft, line: int, row: Cells) -> None:
    most: dict[str, int] = {}
    for part in filter(None, row[1][1].split("|")):
        shift, _, count = part.partition("=")
        most[draft.shift(line, (row[1][0], shift))] = draft.faults.whole(line, row[1][0], count, f"most of {shift}")
    figures = [draft.faults.whole(line, *cell, "a limit") for cell in row[2:8]]
    longest, shortest, run, least_run, rest, weekends = figures
    draft.people[row[0][1]] = Person(
        row[0][1], most_of=most, minutes=Limits(shortest, longest), working=Limits(least_run, run),
        resting=Limits(rest), weekends=Limits(0, weekends),
    )  # fmt: skip


def _day_off(draft: _Draft, line: int, row: Cells) -> None:
    name = draft.person(line, row[0])
    draft.days_off.setdefault(name, set()).update(draft.day(line, cell) for cell in row[1:] if cell[1])


def _wish(*, working: bool) -> Callable[[_Draft, int, Cells], None]:
    def read(draft: _Draft, line: int, row: Cells) -> None:
        weight = draft.faults.whole(line, *row[3], "a weight")
        name, day, shift = draft.person(line, row[0]), draft.day(line, row[1]), draft.shift(line, row[2])
        draft.wishes.append(Wish(name, day, shift, weight, working))

    return read


def _cover(draft: _Draft, line: int, row: Cells) -> None:
    wanted, under, over = (draft.faults.whole(line, *cell, "a figure of cover") for cell in row[2:5])
    draft.needs.append(Need(draft.day(line, row[0]), draft.shift(line, row[1]), "", 0, wanted, under, over))


@dataclass(frozen=True, slots=True)
class _Section:
    """How a line of a section is read, and how many cells it must have."""

    read: Callable[[_Draft, int, Cells], None]
    cells: int


SECTIONS: Final[Mapping[str, _Section]] = {
    "SECTION_HORIZON": _Section(_horizon, 1),
    "SECTION_SHIFTS": _Section(_shift, 2),
    "SECTION_STAFF": _Section(_staff, 8),
    "SECTION_DAYS_OFF": _Section(_day_off, 2),
    "SECTION_SHIFT_ON_REQUESTS": _Section(_wish(working=True), 4),
    "SECTION_SHIFT_OFF_REQUESTS": _Section(_wish(working=False), 4),
    "SECTION_COVER": _Section(_cover, 5),
}
"""Every section of the format."""


def is_curtois(lines: Sequence[str]) -> bool:
    """Whether the first line that says something opens the horizon's section."""
    said = (line.strip() for line in lines)
    return next((line for line in said if line and not line.startswith("#")), "") == "SECTION_HORIZON"


def read_curtois(path: Path) -> RosterProblem:
    """The problem in a file. Raises ScenarioError with every fault at its line and column."""
    draft = _Draft(Faults(path.name))
    section: _Section | None = None
    for number, line in enumerate(lines_of(path), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("SECTION_"):
            section = SECTIONS.get(text)
            if section is None:
                draft.faults.add(number, 1, f"unknown section {text}", f"there are {', '.join(SECTIONS)}")
            continue
        row = list(cells(line))
        if section is not None and len(row) < section.cells:
            draft.faults.add(number, 1, f"needs {section.cells} cells, has {len(row)}")
        elif section is not None:
            section.read(draft, number, row)
    return _settled(path.stem, draft)


def _settled(name: str, draft: _Draft) -> RosterProblem:
    if not draft.people and not draft.faults.found:
        draft.faults.add(1, 1, "holds no SECTION_STAFF with people in it")
    for kind in draft.shifts.values():
        for other in sorted(kind.not_before - set(draft.shifts)):
            draft.faults.add(1, 1, f"shift {kind.name} may not come before {other!r}, which is no shift")
    draft.faults.settle()
    people = tuple(_with_days_off(person, draft.days_off.get(person.name, set())) for person in draft.people.values())
    return RosterProblem(
        name, draft.days, tuple(draft.shifts.values()), people, tuple(draft.needs), tuple(draft.wishes)
    )


def _with_days_off(person: Person, days: set[int]) -> Person:
    from dataclasses import replace

    return replace(person, days_off=frozenset(days))
