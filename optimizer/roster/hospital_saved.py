"""A roster as its folder keeps it: the scenario with all its tables in one piece, and who works what.

A folder read back is the very problem that was rostered, whatever has happened to its tables since.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from optimizer.errors import PlanningError
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_reading import Told, read_told, stated_slots, team_problem
from optimizer.roster.hospital_wards import wards
from optimizer.roster.reading import Faults
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.scenario.rostering import Rostering, StatedNeed
from optimizer.tables import Cell

COLUMNS = ("person", "day", "shift", "unit", "group", "skill", "at", "start", "end", "hours")
"""Of roster.csv: `start` and `end` by the clock on the wall, `hours` those that are paid."""

SCENARIO, ROSTER = "scenario.json", "roster.csv"


class RosterFolderError(PlanningError):
    """A folder that holds no roster, or one that was changed; the message says which file."""


@dataclass(frozen=True, slots=True, eq=False)
class SavedRoster:
    """A roster's folder read back: what was told, its wards and their rosters."""

    loaded: Loaded[Scenario]
    told: Told
    problems: tuple[TeamProblem, ...]
    rosters: tuple[TeamRoster, ...]


def in_one_piece(loaded: Loaded[Scenario], told: Told, needs: Sequence[StatedNeed]) -> dict[str, object]:
    """The scenario as data that names no file of its roster."""
    roster = Rostering(
        people=told.people, needs=tuple(needs), requests=told.requests, worked=told.worked,
        published=told.published, locked=told.roster.locked, pairs=told.roster.pairs, rules=told.rules,
    )  # fmt: skip
    return {**loaded.resolved, "roster": roster.model_dump(mode="json", by_alias=True, exclude_defaults=False)}


def duty_rows(problem: TeamProblem, roster: TeamRoster) -> Iterator[tuple[Cell, ...]]:
    """A row for each duty, by person and day."""
    for member, duties in zip(problem.members, roster.duties, strict=True):
        for slot in sorted((problem.slots[at] for at in duties), key=lambda slot: slot.start):
            start, end = (slot.start - 1440 * slot.day) % 1440, slot.end % 1440
            yield (
                member.id, day_label(problem, slot.day), slot.shift, slot.unit, slot.role, slot.skill, slot.place,
                *(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (start, end)), round(slot.paid / 60, 4),
            )  # fmt: skip


def day_label(problem: TeamProblem, day: int) -> str:
    """A day as files say it."""
    return (problem.first + timedelta(day)).isoformat() if problem.first is not None else str(day)


def open_saved_roster(folder: Path) -> SavedRoster:
    """Read a roster's folder. Raises RosterFolderError where it holds none, ScenarioError for rows that fit no duty."""
    try:
        data = json.loads((folder / SCENARIO).read_text(encoding="utf-8"))
        loaded = parse(data, Scenario)
    except (OSError, ValueError, ScenarioError) as error:
        raise RosterFolderError(
            f"{folder}: no roster of named people, for its {SCENARIO} can't be read: {error}"
        ) from error
    if loaded.value.roster is None or not loaded.value.roster.people:
        raise RosterFolderError(f"{folder}: a plan, not a roster of named people: give --people TABLE to make one")
    told = read_told(loaded)
    problems = wards(team_problem(told, stated_slots(told)))
    rosters = read_rows(folder / ROSTER, problems)
    return SavedRoster(loaded, told, problems, rosters)


def read_rows(path: Path, problems: Sequence[TeamProblem]) -> tuple[TeamRoster, ...]:
    """Who works what, ward by ward, as a table says it. Raises ScenarioError with every fault at its line."""
    faults = Faults(path.name)
    found: list[list[set[int]]] = [[set() for _ in problem.members] for problem in problems]
    where = {
        member.id: (ward, at) for ward, problem in enumerate(problems) for at, member in enumerate(problem.members)
    }
    known = [_known(problem) for problem in problems]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise RosterFolderError(f"{path}: can't be read: {error.strerror}") from error
    for line, row in enumerate(rows, start=2):
        key = tuple(row.get(name) or "" for name in ("day", "shift", "unit", "group", "skill", "at"))
        ward, member = where.get(row.get("person") or "", (-1, -1))
        slot = known[ward].get(key) if ward >= 0 else None
        if slot is None:
            faults.add(line, 1, f"nobody {row.get('person')}, or no duty {' '.join(filter(None, key))}")
        else:
            found[ward][member].add(slot)
    faults.settle()
    return tuple(TeamRoster(tuple(map(frozenset, each))) for each in found)


def _known(problem: TeamProblem) -> Mapping[tuple[str, ...], int]:
    return {
        (day_label(problem, slot.day), slot.shift, slot.unit, slot.role, slot.skill, slot.place): at
        for at, slot in enumerate(problem.slots)
    }


def published(problem: TeamProblem, roster: TeamRoster) -> TeamProblem:
    """The problem with a roster told: every cell that differs has its price."""
    cells: dict[tuple[int, int], set[int]] = defaultdict(set)
    for member, duties in enumerate(roster.duties):
        for day in range(problem.days):
            cells[member, day] = set()
        for at in duties:
            cells[member, problem.slots[at].day].add(at)
    return replace(problem, published={key: frozenset(cell) for key, cell in cells.items()})
