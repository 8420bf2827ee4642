"""The columns of a hospital's roster program, and rows added to them with a price for breaking each.

`duty` (M, N) is 1 where member m works duty n; `kind` (M, G) where she works a kind of duty (a shift on a day,
wherever it is); `day` (M, D) where she works on a day; ABSENT where she can't.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import ABSENT, TIME, Ints, ProgramBuilder, Term
from optimizer.roster.hospital_problem import Slot, TeamProblem

PERSON: Final = "person"

Weighted = tuple[int, float]
"""A column and its coefficient."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Duties of one day with the same shift and hours, wherever they are."""

    slot: Slot
    slots: tuple[int, ...]


@dataclass(slots=True)
class Row:
    """`low <= sum of terms <= high`; what is beyond costs `cost` each (None: may not be), at most `most` of it."""

    terms: Sequence[Weighted]
    low: float = -np.inf
    high: float = np.inf
    cost: float | None = None
    most: float = 1.0


@dataclass(slots=True)
class Sheet:
    """A program in the making. Costs of columns are gathered until it is built."""

    problem: TeamProblem
    builder: ProgramBuilder = field(default_factory=ProgramBuilder)
    kinds: tuple[Kind, ...] = ()
    duty: Ints = field(default_factory=lambda: np.empty((0, 0), dtype=np.int32))
    kind: Ints = field(default_factory=lambda: np.empty((0, 0), dtype=np.int32))
    day: Ints = field(default_factory=lambda: np.empty((0, 0), dtype=np.int32))
    kinds_on: tuple[tuple[int, ...], ...] = ()
    extra: dict[int, float] = field(default_factory=dict)
    choices: int = 0

    @classmethod
    def of(cls, problem: TeamProblem) -> Sheet:
        """With its columns, and what ties kinds and days to duties."""
        sheet = cls(problem)
        sheet.kinds = tuple(_kinds(problem))
        on: list[list[int]] = [[] for _ in range(problem.days)]
        for at, kind in enumerate(sheet.kinds):
            on[kind.slot.day].append(at)
        sheet.kinds_on = tuple(map(tuple, on))
        sheet.duty = sheet._duties()
        sheet.choices = int(sheet.duty.max(initial=-1)) + 1
        groups = [kind.slots for kind in sheet.kinds]
        sheet.kind = sheet._sums("kind", sheet.duty, groups, [kind.slot.day for kind in sheet.kinds])
        sheet.day = sheet._sums("day", sheet.kind, sheet.kinds_on, range(problem.days))
        sheet.choices = int(max(each.max(initial=-1) for each in (sheet.duty, sheet.kind, sheet.day))) + 1
        return sheet

    def price(self, column: int, cost: float) -> None:
        """Add to what a column costs."""
        if column != ABSENT and cost:
            self.extra[column] = self.extra.get(column, 0.0) + cost

    def keep(self, name: str, rows: Iterable[Row]) -> None:
        """Rows of a rule; those that can't be broken are left out."""
        there = [row for row in rows if self._binds(row)]
        if not there:
            return
        width = max(1, *(len(row.terms) for row in there))
        columns = np.full((len(there), width), ABSENT, dtype=np.int32)
        weights = np.zeros((len(there), width))
        for at, row in enumerate(there):
            for place, (column, weight) in enumerate(row.terms):
                columns[at, place], weights[at, place] = column, weight
        terms = [Term(columns, weights), *self._slacks(name, there)]
        low, high = (np.array([getattr(row, side) for row in there]) for side in ("low", "high"))
        self.builder.add_rows(name, (len(there),), terms, lower=low, upper=high)

    def column(self, name: str, *, upper: float, cost: float = 0.0, integer: bool = True) -> int:
        """One column by itself."""
        return int(self.builder.add_columns(name, (1,), cost=cost, upper=upper, integer=integer)[0])

    def ones(self, columns: Iterable[int], weight: float = 1.0) -> list[Weighted]:
        """Those columns that are there, each with the same weight."""
        return [(int(column), weight) for column in columns if column != ABSENT]

    def _binds(self, row: Row) -> bool:
        least = sum(min(0.0, weight) for _, weight in row.terms) if self._whole(row) else -np.inf
        most = sum(max(0.0, weight) for _, weight in row.terms) if self._whole(row) else np.inf
        return row.low > least or row.high < most

    def _whole(self, row: Row) -> bool:
        """Whether all its columns are choices of 0 or 1."""
        return all(column < self.choices for column, _ in row.terms)

    def _slacks(self, name: str, rows: Sequence[Row]) -> list[Term]:
        """A column for each row that may be broken at a price."""
        found = []
        for side, sign in (("low", 1.0), ("high", -1.0)):
            soft = np.array([row.cost is not None and np.isfinite(getattr(row, side)) for row in rows], dtype=np.bool_)
            if not soft.any():
                continue
            costs = [row.cost or 0.0 for row, is_soft in zip(rows, soft, strict=True) if is_soft]
            most = [row.most for row, is_soft in zip(rows, soft, strict=True) if is_soft]
            columns = np.full(len(rows), ABSENT, dtype=np.int32)
            columns[soft] = self.builder.add_columns(
                f"{name}, {side}", (len(costs),), cost=costs, upper=most, integer=True
            )
            found.append(Term(columns, sign))
        return found

    def _duties(self) -> Ints:
        problem = self.problem
        may = np.array(
            [
                [member.may(slot) and slot.day not in member.away for slot in problem.slots]
                for member in problem.members
            ],
            dtype=np.bool_,
        ).reshape(len(problem.members), len(problem.slots))
        member, slot = np.nonzero(may)
        found = np.full(may.shape, ABSENT, dtype=np.int32)
        days = np.array([each.day for each in problem.slots], dtype=np.int32)
        labels = {TIME: days[slot], PERSON: member.astype(np.int32)}
        found[may] = self.builder.add_columns("duty", (len(member),), upper=1.0, integer=True, labels=labels)
        return found

    def _sums(self, name: str, parts: Ints, groups: Sequence[Sequence[int]], days: Sequence[int]) -> Ints:
        """(M, groups) a column that is 1 where one of a group's is: that one itself where it is the only one."""
        found = np.full((len(parts), len(groups)), ABSENT, dtype=np.int32)
        more: list[tuple[int, int, NDArray[np.int32]]] = []
        for at, group in enumerate(groups):
            for member in range(len(parts)):
                there = parts[member, list(group)]
                there = there[there != ABSENT]
                if len(there) == 1:
                    found[member, at] = there[0]
                elif len(there):
                    more.append((member, at, there))
        if more and (name == "kind" or self.problem.rules.one_shift_a_day):
            labels = {TIME: np.array([days[at] for _, at, _ in more]), PERSON: np.array([who for who, _, _ in more])}
            columns = self.builder.add_columns(name, (len(more),), upper=1.0, integer=True, labels=labels)
            for (member, at, _), column in zip(more, columns, strict=True):
                found[member, at] = column
            self.keep(f"one {name}", (
                Row([*self.ones(there), (int(column), -1.0)], 0.0, 0.0)
                for (_, _, there), column in zip(more, columns, strict=True)
            ))  # fmt: skip
        elif more:
            self._any(name, found, more)
        return found

    def _any(self, name: str, found: Ints, more: Sequence[tuple[int, int, NDArray[np.int32]]]) -> None:
        """Columns that are 1 where at least one of several is."""
        columns = self.builder.add_columns(name, (len(more),), upper=1.0, integer=True)
        for (member, at, there), column in zip(more, columns, strict=True):
            found[member, at] = column
            whole = int(column)
            self.keep(f"any {name}", [Row([(int(each), 1.0), (whole, -1.0)], high=0.0) for each in there])
            self.keep(f"some {name}", [Row([*self.ones(there), (whole, -1.0)], low=0.0)])


def _kinds(problem: TeamProblem) -> Iterable[Kind]:
    alike: dict[tuple[int, str, int, int], list[int]] = {}
    for at, slot in enumerate(problem.slots):
        alike.setdefault((slot.day, slot.shift, slot.start, slot.end), []).append(at)
    for slots in alike.values():
        yield Kind(problem.slots[slots[0]], tuple(slots))
