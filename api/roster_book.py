"""A roster as a workbook to edit: a sheet for each ward, a row for each person, a column for each day; and back again.

A cell holds shifts, as `early`, or `early@icu` where a duty is not at home; several are parted by `+`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from api.exports.book import Sheet, Value, as_workbook
from api.views.levels import Level
from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_problem import Slot, TeamProblem, TeamRoster
from optimizer.roster.hospital_saved import RosterFolderError
from optimizer.roster.reading import Faults

FIXED: Final = ("person", "group", "unit", "hours")
"""Columns before the days."""

AWAY: Final = "leave"

MOST_OFFERED: Final = 255
"""Letters that a list in a cell may have."""

MOST_BYTES: Final = 20_000_000
"""Of a workbook unpacked: a roster is far smaller."""


def roster_book(plans: Sequence[TeamPlan]) -> bytes:
    """The workbook's bytes; each cell of a day offers the duties there are."""
    names = sheet_names(plans)
    plain = as_workbook(_sheet(plan.problem, plan.roster, name) for plan, name in zip(plans, names, strict=True))
    return _offering(plain, {name: plan.problem for plan, name in zip(plans, names, strict=True)})


def _offering(plain: bytes, problems: Mapping[str, TeamProblem]) -> bytes:
    """The workbook with a list at each cell of a day; what is not on it may be typed all the same."""
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = load_workbook(io.BytesIO(plain))
    for name, problem in problems.items():
        offered = ",".join([*dict.fromkeys(slot.shift for slot in problem.slots), AWAY])
        if not problem.members or len(offered) > MOST_OFFERED:
            continue
        choice = DataValidation("list", formula1=f'"{offered}"', allow_blank=True, showErrorMessage=False)
        last = get_column_letter(len(FIXED) + problem.days)
        choice.add(f"{get_column_letter(len(FIXED) + 1)}2:{last}{len(problem.members) + 1}")
        book[name].add_data_validation(choice)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_names(plans: Sequence[TeamPlan | TeamProblem]) -> list[str]:
    """What each ward's sheet is called: no two alike, none too long for a workbook."""
    found: list[str] = []
    for plan in plans:
        name = plan.name if isinstance(plan, TeamProblem) else plan.problem.name
        short = "".join("_" if letter in "[]:*?/\\" else letter for letter in name)[:31]
        found.append(short if short not in found else f"{short[:26]}~{len(found)}")
    return found


def _sheet(problem: TeamProblem, roster: TeamRoster, name: str) -> Sheet:
    rows: list[tuple[Value, ...]] = []
    levels: list[tuple[int, int, Level]] = []
    for at, member in enumerate(problem.members):
        hours = round(sum(problem.slots[each].paid for each in roster.duties[at]) / 60, 2)
        cells = [_cell(problem, roster, at, day) for day in range(problem.days)]
        rows.append((member.id, member.group, member.unit, hours, *cells))
        for day, cell in enumerate(cells):
            night = any(problem.slots[each].night for each in roster.cell(problem, at, day))
            level = Level.BUSY if night else Level.TIGHT if cell == AWAY else Level.GOOD
            levels += [(at, len(FIXED) + day, level)] if cell else []
    header = (*FIXED, *(problem.label(day) for day in range(problem.days)))
    return Sheet(name, header, tuple(rows), tuple(levels))


def _cell(problem: TeamProblem, roster: TeamRoster, at: int, day: int) -> str:
    slots = [problem.slots[each] for each in sorted(roster.cell(problem, at, day))]
    if not slots:
        return AWAY if day in problem.members[at].away else ""
    return "+".join(code(slot, problem.members[at].unit) for slot in slots)


def code(slot: Slot, home: str) -> str:
    """A duty as a cell says it."""
    away = slot.place or ("" if slot.unit == home else slot.unit)
    return f"{slot.shift}@{away}" if away else slot.shift


def read_book(path: Path, problems: Sequence[TeamProblem]) -> tuple[TeamRoster, ...]:
    """Rosters out of an edited workbook, ward by ward.

    Raises RosterFolderError for no workbook, ScenarioError with every cell that says no duty.
    """
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
        if size > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES:,} bytes unpacked")
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise on a broken file
        raise RosterFolderError(f"{path.name}: no workbook that can be read: {error}") from error
    faults, found = Faults(path.name), []
    for problem, name in zip(problems, sheet_names(problems), strict=True):
        if name not in book.sheetnames:
            faults.add(1, 1, f"has no sheet {name}", "keep the sheets of the roster's own workbook")
            continue
        rows = [list(row) for row in book[name].iter_rows(values_only=True)]
        found.append(_read_sheet(problem, name, rows, faults))
    faults.settle()
    return tuple(found)


def _read_sheet(
    problem: TeamProblem, name: str, rows: Sequence[Sequence[object]], faults: Faults
) -> TeamRoster:  # fmt: skip
    lines = {str(row[0]): (number, row) for number, row in enumerate(rows[1:], start=2) if row and row[0] is not None}
    duties = []
    for at, member in enumerate(problem.members):
        number, row = lines.pop(member.id, (0, ()))
        if not number:
            faults.add(1, 1, f"{name}: {member.id} has no row")
        duties.append(frozenset(_read_line(problem, at, name, number, row, faults)))
    for person, (number, _) in lines.items():
        faults.add(number, 1, f"{name}: nobody is called {person}")
    return TeamRoster(tuple(duties))


def _read_line(
    problem: TeamProblem, at: int, name: str, number: int, row: Sequence[object], faults: Faults
) -> Iterator[int]:  # fmt: skip
    known = _known(problem, problem.members[at].unit)
    for day in range(problem.days):
        text = str(row[len(FIXED) + day] or "") if len(FIXED) + day < len(row) else ""
        for part in (each.strip() for each in text.split("+")):
            if part.lower() in ("", "-", "off", AWAY):
                continue
            options = known.get((day, part.lower()), [])
            mine = [each for each in options if problem.members[at].may(problem.slots[each])] or options
            if not mine:
                there = ", ".join(dict.fromkeys(code for d, code in known if d == day)) or "none"
                cell = f"{_column(len(FIXED) + day)}{number}"
                faults.add(number, len(FIXED) + day + 1, f"{name}!{cell}: no duty {part}", f"that day: {there}")
            else:
                yield mine[0]


def _known(problem: TeamProblem, home: str) -> Mapping[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    for at, slot in enumerate(problem.slots):
        found.setdefault((slot.day, code(slot, home).lower()), []).append(at)
    return found


def _column(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number + 1))


def cell_of(problem: TeamProblem, name: str, person: str, day: int | None) -> str:
    """Where a finding stands in the workbook: ward!F12, the row where it is of no day, the sheet where of nobody."""
    numbers = {member.id: at for at, member in enumerate(problem.members, start=2)}
    if person not in numbers:
        return name if day is None else f"{name}!{_column(len(FIXED) + max(0, day))}1"
    column = _column(0 if day is None else len(FIXED) + max(0, day))
    return f"{name}!{column}{numbers[person]}"
