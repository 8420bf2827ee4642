"""The format of the second nurse-rostering competition (Ceschia et al. 2015): scenario, history and week files.

A problem is a scenario, a history and some weeks in a row, all known (the static form). Hard are one shift a day, least
cover, successions and skills; all else has the competition's weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from optimizer.roster.problem import Before, Duty, Limits, Need, Person, Roster, RosterProblem, ShiftKind, Wish
from optimizer.roster.reading import Faults, lines_of
from optimizer.scenario.faults import Fault, ScenarioError

WANTED_COVER: Final = 30.0
WORKING_RUN: Final = 30.0
SAME_SHIFT_RUN: Final = 15.0
RESTING_RUN: Final = 30.0
WISH: Final = 10.0
HALF_WEEKEND: Final = 30.0
ASSIGNMENTS: Final = 20.0
WEEKENDS: Final = 30.0
"""Weights of the competition, each for one missing or one too many."""

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHIFT_MINUTES: Final = 480
"""The format gives shifts no length; none of its rules asks for one."""

_WORD = re.compile(r"\S+")
_PAIR = re.compile(r"^\((\d+),(\d+)\)$")

Words = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class _Contract:
    """Rules that people of a contract share."""

    assignments: Limits
    working: Limits
    resting: Limits
    weekends: Limits
    half_weekend: float


@dataclass(slots=True)
class _File:
    """A file as sections: the words of each line after a line that is all capitals."""

    faults: Faults
    sections: dict[str, list[tuple[int, Words]]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> _File:
        """Raises ScenarioError where it can't be opened."""
        found, rows = cls(Faults(path.name)), None
        for number, line in enumerate(lines_of(path), start=1):
            words = [(each.start() + 1, each.group()) for each in _WORD.finditer(line)]
            if not words:
                continue
            head = words[0][1]
            if head.isupper() and "_" in head + "_" and (len(words) == 1 or words[1][1] == "="):
                rows = found.sections.setdefault(head, [])
                if len(words) > 2:
                    rows.append((number, words[2:]))
            elif rows is not None:
                rows.append((number, words))
        return found

    def rows(self, section: str, *, counted: bool = False) -> list[tuple[int, Words]]:
        """Lines of a section; `counted` ones say how many follow, and what comes after those is no part of them."""
        if section not in self.sections:
            self.faults.add(1, 1, f"holds no {section}")
            return []
        rows = self.sections[section]
        return self._counted(section, rows) if counted else rows

    def _counted(self, section: str, rows: Sequence[tuple[int, Words]]) -> list[tuple[int, Words]]:
        line, words = rows[0] if rows else (1, ((1, ""),))
        count = self.faults.whole(line, *words[0], f"how many {section} follow")
        if len(rows) - 1 < count:
            self.faults.add(line, words[0][0], f"{count} {section} are to follow, {max(0, len(rows) - 1)} do")
        return list(rows[1 : 1 + count])

    def pair(self, line: int, word: tuple[int, str]) -> tuple[int, int]:
        """Two whole numbers written (1,2)."""
        found = _PAIR.match(word[1])
        if found is None:
            self.faults.add(line, word[0], f"must be two numbers as (1,2), got {word[1]!r}")
            return 0, 0
        return int(found[1]), int(found[2])


def read_inrc2(folder: Path, history: int, weeks: Sequence[int], name: str | None = None) -> RosterProblem:
    """The problem of a scenario's folder, whose name is the scenario's unless `name` is given.

    Raises ScenarioError with every fault of its files.
    """
    name = name or folder.resolve().name
    scenario = _File.read(folder / f"Sc-{name}.txt")
    past = _File.read(folder / f"H0-{name}-{history}.txt")
    files = [_File.read(folder / f"WD-{name}-{week}.txt") for week in weeks]
    shifts = _shifts(scenario)
    people = tuple(_people(scenario, _before(past), _same_shift(scenario)))
    needs = tuple(need for at, file in enumerate(files) for need in _needs(file, 7 * at))
    wishes = tuple(wish for at, file in enumerate(files) for wish in _wishes(file, 7 * at))
    _settle(
        scenario, past, *files, names=({each.name for each in people}, {each.name for each in shifts}), wishes=wishes
    )
    chosen = f"{name}_{history}_{'-'.join(map(str, weeks))}"
    return RosterProblem(chosen, 7 * len(weeks), shifts, people, needs, wishes)


def read_solution(problem: RosterProblem, paths: Sequence[Path]) -> Roster:
    """A published roster, a file a week. Raises ScenarioError where it names nobody or nothing known."""
    rows = {person.name: at for at, person in enumerate(problem.people)}
    cells: list[list[Duty | None]] = [[None] * problem.days for _ in problem.people]
    for week, path in enumerate(paths):
        file = _File.read(path)
        for line, words in file.rows("ASSIGNMENTS", counted=True):
            told = [word for _, word in words]
            if len(told) != 4 or told[0] not in rows or told[1] not in DAYS:
                file.faults.add(line, 1, "must be a nurse, a day such as Mon, a shift and a skill")
                continue
            cells[rows[told[0]]][7 * week + DAYS.index(told[1])] = Duty(told[2], told[3])
        file.faults.settle()
    return Roster(tuple(tuple(line) for line in cells))


def _shifts(file: _File) -> tuple[ShiftKind, ...]:
    after = {
        words[0][1]: frozenset(word for _, word in words[2:])
        for _, words in file.rows("FORBIDDEN_SHIFT_TYPES_SUCCESSIONS")
    }
    names = [words[0][1] for _, words in file.rows("SHIFT_TYPES", counted=True)]
    return tuple(ShiftKind(name, SHIFT_MINUTES, after.get(name, frozenset())) for name in names)


def _same_shift(file: _File) -> dict[str, Limits]:
    found = {}
    for line, words in file.rows("SHIFT_TYPES", counted=True):
        least, most = file.pair(line, words[1]) if len(words) > 1 else (0, 0)
        found[words[0][1]] = Limits(least, most, SAME_SHIFT_RUN, SAME_SHIFT_RUN)
    return found


def _contracts(file: _File) -> dict[str, _Contract]:
    found = {}
    for line, words in file.rows("CONTRACTS", counted=True):
        if len(words) != 6:
            file.faults.add(line, 1, "needs a name, three pairs, most weekends and whether weekends are whole")
            continue
        in_all, working, resting = (file.pair(line, word) for word in words[1:4])
        weekends = file.faults.whole(line, *words[4], "most weekends")
        found[words[0][1]] = _Contract(
            Limits(*in_all, ASSIGNMENTS, ASSIGNMENTS), Limits(*working, WORKING_RUN, WORKING_RUN),
            Limits(*resting, RESTING_RUN, RESTING_RUN), Limits(0, weekends, None, WEEKENDS),
            HALF_WEEKEND if words[5][1] == "1" else 0.0,
        )  # fmt: skip
    return found


def _people(file: _File, before: Mapping[str, Before], same_shift: Mapping[str, Limits]) -> Iterator[Person]:
    contracts = _contracts(file)
    for line, words in file.rows("NURSES", counted=True):
        name, contract = words[0][1], contracts.get(words[1][1] if len(words) > 1 else "")
        if contract is None:
            file.faults.add(line, words[1][0] if len(words) > 1 else 1, "no such contract", ", ".join(contracts))
            continue
        yield Person(
            name, frozenset(word for _, word in words[3:]), assignments=contract.assignments,
            working=contract.working, resting=contract.resting, same_shift=same_shift, weekends=contract.weekends,
            half_weekend=contract.half_weekend, before=before.get(name, Before()), open_start=False,
        )  # fmt: skip


def _before(file: _File) -> dict[str, Before]:
    found = {}
    for line, words in file.rows("NURSE_HISTORY"):
        if len(words) != 7:
            file.faults.add(line, 1, "needs a nurse, totals of shifts and weekends, the last shift, and three runs")
            continue
        figures = [file.faults.whole(line, *words[at], "a figure of the history") for at in (1, 2, 4, 5, 6)]
        shift = "" if words[3][1] == "None" else words[3][1]
        found[words[0][1]] = Before(figures[0], figures[1], shift, *figures[2:])
    return found


def _needs(file: _File, first: int) -> Iterator[Need]:
    for line, words in file.rows("REQUIREMENTS"):
        if len(words) != 9:
            file.faults.add(line, 1, "needs a shift, a skill and a pair for each of seven days")
            continue
        for day, word in enumerate(words[2:]):
            least, wanted = file.pair(line, word)
            yield Need(first + day, words[0][1], words[1][1], least, wanted, WANTED_COVER, 0.0)


def _wishes(file: _File, first: int) -> Iterator[Wish]:
    for line, words in file.rows("SHIFT_OFF_REQUESTS"):
        if len(words) == 1:
            continue  # how many follow
        if len(words) != 3 or words[2][1] not in DAYS:
            file.faults.add(line, 1, "needs a nurse, a shift (or Any) and a day such as Mon")
            continue
        shift = "" if words[1][1] == "Any" else words[1][1]
        yield Wish(words[0][1], first + DAYS.index(words[2][1]), shift, WISH, working=False)


def _settle(*files: _File, names: tuple[set[str], set[str]], wishes: Sequence[Wish]) -> None:
    people, shifts = names
    faults: list[Fault] = [fault for file in files for fault in file.faults.found]
    for wish in wishes:
        if not faults and (wish.person not in people or wish.shift not in {"", *shifts}):
            faults.append(
                Fault(files[-1].faults.file, 1, 1, "", f"a request names {wish.person} {wish.shift}, unknown")
            )
    if faults:
        raise ScenarioError(faults)
