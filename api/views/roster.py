"""A roster as a grid to look at: a row for each person, a cell for each day, what lacks below. No words, no markup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from api.roster_grid import codes, missing
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_saved import SavedRoster
from optimizer.scenario.horizon import WEEKDAYS


class Doing(StrEnum):
    """What somebody does on a day."""

    DAY = "day"
    NIGHT = "night"
    OFF = "off"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class RosterCell:
    """A day of somebody: its letters, the shifts they stand for (with the place, where that is not her home)."""

    doing: Doing
    letters: str = ""
    shifts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterRow:
    """Somebody, by pseudonym, with the hours of all her duties."""

    person: str
    group: str
    hours: float
    cells: tuple[RosterCell, ...]


@dataclass(frozen=True, slots=True)
class LackRow:
    """People that lack on a shift, day by day."""

    shift: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RosterGrid:
    """A ward: labels of its days (dates, or weekdays of a cycle), its people, what lacks, letters by shift."""

    ward: str
    days: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    lacking: tuple[LackRow, ...]
    letters: Mapping[str, str]


def roster_grids(saved: SavedRoster) -> tuple[RosterGrid, ...]:
    """A grid for each ward."""
    return tuple(_grid(problem, roster) for problem, roster in zip(saved.problems, saved.rosters, strict=True))


def _grid(problem: TeamProblem, roster: TeamRoster) -> RosterGrid:
    letters, lack = codes(problem), missing(problem, roster)
    lacking = (LackRow(shift, tuple(lack.get((shift, day), 0) for day in range(problem.days))) for shift in letters)
    return RosterGrid(
        problem.name, tuple(map(_label, [problem] * problem.days, range(problem.days))),
        tuple(_rows(problem, roster, letters)), tuple(row for row in lacking if any(row.people)), letters,
    )  # fmt: skip


def _label(problem: TeamProblem, day: int) -> str:
    return (problem.first + timedelta(day)).isoformat() if problem.first is not None else WEEKDAYS[day % 7]


def _rows(problem: TeamProblem, roster: TeamRoster, letters: Mapping[str, str]) -> Iterator[RosterRow]:
    for at, member in enumerate(problem.members):
        cells = tuple(_cell(problem, roster, at, day, letters) for day in range(problem.days))
        hours = sum(problem.slots[each].paid for each in roster.duties[at]) / 60
        yield RosterRow(member.id, member.group, hours, cells)


def _cell(problem: TeamProblem, roster: TeamRoster, at: int, day: int, letters: Mapping[str, str]) -> RosterCell:
    member = problem.members[at]
    slots = [problem.slots[each] for each in sorted(roster.cell(problem, at, day))]
    if not slots:
        return RosterCell(Doing.AWAY if day in member.away else Doing.OFF)
    places = [slot.place or ("" if slot.unit == member.unit else slot.unit) for slot in slots]
    shifts = tuple(
        f"{slot.shift} @ {place}" if place else slot.shift for slot, place in zip(slots, places, strict=True)
    )
    shown = "".join(letters[slot.shift] + ("*" if place else "") for slot, place in zip(slots, places, strict=True))
    return RosterCell(Doing.NIGHT if any(slot.night for slot in slots) else Doing.DAY, shown, shifts)
