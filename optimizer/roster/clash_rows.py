"""The hard rules of a roster as rows for CP-SAT, each held by a literal, so that any of them can be left out.

Needs, mixes, locked cells and days away are written here, so that they have a name even where nobody may work them; all
others are the program's own rows, named by the people and days of their columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.program import ABSENT, TIME, Block, Bools, Ints, Program
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_program import RosterProgram, roster_program
from optimizer.roster.hospital_sheet import PERSON
from optimizer.roster.hospital_team_rules import counts_for, mixed_shifts, said, words_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

HERE: Final = frozenset({"people wanted", "skill and grade mix", "locked cells"})
"""Rules whose rows are written here."""

PRICED: Final = frozenset({"fair shares", "published duties stay"})
"""Rules that have a price always."""

MEANINGS: Final = frozenset({"one kind", "one day", "any kind", "any day", "some kind", "some day", "weekend",
                             "one place at a time"})  # fmt: skip
"""Rows that say what columns mean, or what nobody can do: never left out."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A rule, whose it is (numbers of people; none where it is a duty's), and which of its rows (-1: all of hers)."""

    rule: str
    people: tuple[int, ...]
    part: int = -1


@dataclass(slots=True)
class HeldRows:
    """The model, its columns as the roster program has them, and by key its literal, its days and its words."""

    made: RosterProgram
    model: CpModel
    columns: list[IntVar]
    only: frozenset[Key] | None = None
    literals: dict[Key, IntVar] = field(default_factory=dict)
    days: dict[Key, set[int]] = field(default_factory=dict)
    words: dict[Key, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[Key]:
        """All that can be left out."""
        return list(self.literals)

    def roster(self, values: Sequence[float]) -> TeamRoster:
        """The roster that values of the columns say."""
        return self.made.roster(np.array(values))

    def hold(self, whole: Key, part: int, days: Sequence[int], row: Row, words: str = "") -> None:
        """A row that holds with the literal of its rule: of the whole, or of this part where `only` names the whole."""
        if self.only is not None and whole not in self.only:
            return
        key = whole if self.only is None else replace(whole, part=part)
        if key not in self.literals:
            self.literals[key] = self.model.new_bool_var("")
        self.days.setdefault(key, set()).update(days)
        self.words[key] = words
        self.add(row, self.literals[key])

    def add(self, row: Row, literal: IntVar | None = None) -> None:
        """A row, held by a literal or for good."""
        total = sum(weight * self.columns[column] for column, weight in row.terms)
        for least, bound in ((True, row.low), (False, row.high)):
            if bound is not None:
                added = self.model.add_linear_constraint(total, *((bound, _FAR) if least else (-_FAR, bound)))
                if literal is not None:
                    added.only_enforce_if(literal)


_FAR: Final = 10**9


@dataclass(frozen=True, slots=True)
class Row:
    """`low <= sum of terms <= high` in whole numbers; None: no such limit."""

    terms: tuple[tuple[int, int], ...]
    low: int | None = None
    high: int | None = None


def held_rows(problem: TeamProblem, only: frozenset[Key] | None = None) -> HeldRows:
    """Every hard rule of a problem; with `only`, the rows of these keys one by one."""
    from ortools.sat.python import cp_model

    made = roster_program(replace(problem, members=tuple(replace(m, away=frozenset()) for m in problem.members)))
    program, model = made.program, cp_model.CpModel()
    bounds = zip(np.ceil(program.lower - 1e-6).astype(int), np.floor(program.upper + 1e-6).astype(int), strict=True)
    held = HeldRows(made, model, [model.new_int_var(int(low), int(high), "") for low, high in bounds], only)
    _program_rows(held)
    for rows in (_needs, _mixes, _locks, _leave):
        rows(held, problem)
    return held


def _program_rows(held: HeldRows) -> None:
    program = held.made.program
    soft, owner, day = _soft(program), *_belongs(program)
    for block in program.rows:
        for row in range(block.start, block.start + block.size) if block.name not in HERE | PRICED else ():
            if soft[row]:
                continue
            found = _row(program, row)
            if block.name in MEANINGS:
                held.add(found)
                continue
            columns = [column for column, _ in found.terms]
            people = tuple(sorted({int(owner[column]) for column in columns} - {ABSENT}))
            days = sorted({int(day[column]) for column in columns} - {ABSENT})
            whole = Key(block.name, people, -1 if people else row - block.start)
            held.hold(whole, row - block.start, days, found)


def _row(program: Program, row: int) -> Row:
    entries = slice(program.indptr[row], program.indptr[row + 1])
    weights = np.rint(program.data[entries]).astype(int)
    low, high = program.row_lower[row], program.row_upper[row]
    return Row(
        tuple((int(column), int(weight)) for column, weight in zip(program.indices[entries], weights, strict=True)),
        int(np.ceil(low - 1e-6)) if np.isfinite(low) else None,
        int(np.floor(high + 1e-6)) if np.isfinite(high) else None,
    )


def _soft(program: Program) -> Bools:
    """(m,) whether a row has a slack with a price, which is named after its block."""
    names = {block.name for block in program.rows}
    slack = np.zeros(len(program.cost), dtype=np.bool_)
    for block in program.columns:
        slack[block.start : block.start + block.size] = block.name.rpartition(",")[0] in names
    row_of = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    found: Bools = np.bincount(row_of[slack[program.indices]], minlength=len(program.row_lower)) > 0
    return found


def _belongs(program: Program) -> tuple[Ints, Ints]:
    """(n,) whose each column is and on which day; a weekend's are those of the days that make it."""
    owner, day = program.labels(PERSON), program.labels(TIME)
    for block in program.rows:
        if block.name == "weekend":
            _spread(program, block, owner, day)
    return owner, day


def _spread(program: Program, block: Block, owner: Ints, day: Ints) -> None:
    for row in range(block.start, block.start + block.size):
        columns = program.indices[program.indptr[row] : program.indptr[row + 1]]
        known, bare = columns[owner[columns] != ABSENT], columns[owner[columns] == ABSENT]
        if len(known) and len(bare):
            owner[bare], day[bare] = owner[known[0]], day[known[0]]


def _needs(held: HeldRows, problem: TeamProblem) -> None:
    """Each duty has its people."""
    for at, slot in enumerate(problem.slots):
        if slot.wanted and slot.under is None:
            able = _terms(held.made.duty[:, at])
            words = f"{said(slot)}: {slot.wanted} wanted, {len(able)} may work it"
            held.hold(Key("people wanted", (), at), at, [slot.day], Row(able, low=slot.wanted), words)


def _mixes(held: HeldRows, problem: TeamProblem) -> None:
    """Of those on a shift enough, and not too many, have a skill or a grade."""
    number = 0
    for rule in problem.rules.mix:
        who = [at for at, member in enumerate(problem.members) if counts_for(rule, member)]
        kind = rule.skill or f"of grade {rule.grade_from}" + (f" to {rule.grade_to}" if rule.grade_to else " or more")
        for (unit, shift, day), slots in mixed_shifts(problem, rule).items() if rule.cost is None else ():
            terms = tuple(term for slot in slots for term in _terms(held.made.duty[who, slot]))
            for low, high in ((rule.at_least or None, None), (None, rule.at_most)):
                if low is not None or high is not None:
                    limit = f"at least {low}" if low is not None else f"at most {high}"
                    key, number = Key("skill and grade mix", (), number), number + 1
                    held.hold(key, key.part, [day], Row(terms, low, high), f"{shift} {unit}: {limit} {kind}")


def _locks(held: HeldRows, problem: TeamProblem) -> None:
    """What is locked stays."""
    by_day = problem.by_day()
    for (member, day), cell in problem.locked.items():
        key, words = Key("locked cells", (member,), day), words_of(problem, cell)
        for slot in by_day[day]:
            terms, wanted = _terms(held.made.duty[[member], slot]), int(slot in cell)
            if terms or wanted:
                held.hold(key, day, [day], Row(terms, wanted, wanted), words)


def _leave(held: HeldRows, problem: TeamProblem) -> None:
    """Nobody works on a day away."""
    by_day = problem.by_day()
    for at, member in enumerate(problem.members):
        for day in sorted(member.away):
            terms = tuple(term for slot in by_day[day] for term in _terms(held.made.duty[[at], slot]))
            if terms:
                held.hold(Key("leave is kept", (at,)), day, [day], Row(terms, high=0))


def _terms(columns: Ints) -> tuple[tuple[int, int], ...]:
    return tuple((int(column), 1) for column in columns if column != ABSENT)
