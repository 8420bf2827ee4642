"""A program some of whose limits may be dropped, or broken at a price: what clashes and cures are looked for in.

A limit is one end of a row or of a column, with the number of the rule it belongs to. The program that carries them has
every one of them dropped and costs nothing. Nothing here knows hospitals or solvers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Block, Bools, Floats, Program

Numbers = NDArray[np.integer]
"""Numbers of rows, columns or anything else."""

TOLERANCE = 1e-5
"""A limit missed by no more than this part of itself (and of one) holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """Limits that may be dropped, each array (A,).

    Limit i says of row (`row`) or column `at` that it is at most (`upper`), or else at least, `value`. `member` is the
    rule it belongs to and `slot` the part of that rule (a day, an interval).
    """

    row: Bools
    upper: Bools
    at: Numbers
    value: Floats
    member: Numbers
    slot: Numbers


def joined(parts: Sequence[Atoms]) -> Atoms:
    """Several lists of limits as one."""
    names = ("row", "upper", "at", "value", "member", "slot")
    return Atoms(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Both ends of every row (m,) and column (n,)."""

    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats

    @property
    def crossed(self) -> bool:
        """Whether a column has to be at least more than it may be at most: then there is no plan."""
        return bool((self.lower > self.upper + TOLERANCE).any())


@dataclass(frozen=True, slots=True, eq=False)
class Relaxable:
    """`program` without the limits `atoms`, at no cost."""

    program: Program
    atoms: Atoms

    def ends(self, keep: Bools) -> Ends:
        """The ends of rows and columns with the limits `keep` (A,) in force."""
        p, a = self.program, self.atoms
        found = Ends(p.row_lower.copy(), p.row_upper.copy(), p.lower.copy(), p.upper.copy())
        sides = ((True, False), found.row_lower), ((True, True), found.row_upper)
        others = ((False, False), found.lower), ((False, True), found.upper)
        for (row, upper), ends in (*sides, *others):
            pick = keep & (a.row == row) & (a.upper == upper)
            (np.minimum if upper else np.maximum).at(ends, a.at[pick], a.value[pick])
        return found

    def broken(self, values: Floats) -> Bools:
        """(A,) which limits the values (n,) miss."""
        a = self.atoms
        columns = values if len(values) else np.zeros(1)
        there = np.where(a.row, self._activity(values)[np.where(a.row, a.at, 0)], columns[np.where(a.row, 0, a.at)])
        missed = np.where(a.upper, there - a.value, a.value - there)
        return np.asarray(missed > TOLERANCE * (1.0 + np.abs(a.value)))

    def _activity(self, values: Floats) -> Floats:
        return self.program.activity(values) if len(self.program.row_lower) else np.zeros(1)

    def elastic(self, keep: Bools, soft: Bools, *, whole: bool) -> Program | None:
        """Least breaking of the limits `soft` while those of `keep` hold; None where the latter can't, plainly.

        The first n columns are the program's own. What a row is missed by is weighed by its largest coefficient.
        """
        hard, tight = self.ends(keep), self.ends(keep | soft)
        if hard.crossed:
            return None
        parts = [self._soft_rows(hard, tight, upper=upper) for upper in (True, False)]
        parts += [self._soft_columns(hard, tight, upper=upper) for upper in (True, False)]
        base = replace(
            self.program,
            lower=hard.lower,
            upper=np.maximum(hard.upper, hard.lower),
            row_lower=hard.row_lower,
            row_upper=hard.row_upper,
            integer=self.program.integer & whole,
        )
        return extended(base, parts)

    def _soft_rows(self, hard: Ends, tight: Ends, *, upper: bool) -> Extra:
        """A row may be missed on one side, up to what still holds."""
        inner, outer = (tight.row_upper, hard.row_upper) if upper else (tight.row_lower, hard.row_lower)
        farthest = _reach(self.program, hard, upper=upper)
        limit = np.minimum(outer, farthest) if upper else np.maximum(outer, farthest)
        room = limit - inner if upper else inner - limit
        rows = np.flatnonzero((inner != outer) & (room > 0))
        # A row may be missed by so many times its largest coefficient, so that money and people weigh alike.
        unit = _largest(self.program)[rows]
        sign = -unit if upper else unit
        return Extra(np.ones(len(rows)), room[rows] / unit, rows, sign, inner[rows], upper=upper, on_rows=True)

    def _soft_columns(self, hard: Ends, tight: Ends, *, upper: bool) -> Extra:
        inner, outer = (tight.upper, hard.upper) if upper else (tight.lower, hard.lower)
        room = outer - inner if upper else inner - outer
        columns = np.flatnonzero(room > 0)
        sign = -1.0 if upper else 1.0
        ones = np.ones(len(columns))
        return Extra(ones, room[columns], columns, sign * ones, inner[columns], upper=upper, on_rows=False)


@dataclass(frozen=True, slots=True, eq=False)
class Extra:
    """New columns (E,) of `cost` and at `most`, each of which moves one end of a row, or of a column, by `sign`.

    The end is at most (`upper`) or at least `bound` once the column is counted in; `rows` number rows or columns.
    """

    cost: Floats
    most: Floats
    rows: Numbers
    sign: Floats
    bound: Floats
    upper: bool
    on_rows: bool

    def entries(self, first_column: int, first_row: int) -> tuple[Numbers, Numbers, Floats]:
        """Row, column and coefficient of each new entry, where the new columns and rows begin at these numbers."""
        own = first_column + np.arange(len(self.cost))
        if self.on_rows:
            return self.rows, own, self.sign
        line = first_row + np.arange(len(self.cost))
        ones = np.ones(len(self.cost))
        return np.tile(line, 2), np.concatenate([own, self.rows]), np.concatenate([self.sign, ones])

    def own_ends(self) -> tuple[Floats, Floats]:
        """Lower and upper ends (E,) of the rows that stand for columns."""
        open_end = np.full(len(self.cost), np.inf)
        return (-open_end, self.bound) if self.upper else (self.bound, open_end)


def extended(base: Program, parts: Sequence[Extra]) -> Program:
    """The program with columns that give way: those on rows within them, those on columns in rows of their own."""
    m, n = base.shape
    entries: list[tuple[Numbers, Numbers, Floats]] = [
        (np.repeat(np.arange(m), np.diff(base.indptr)), base.indices, base.data)
    ]
    row_lower, row_upper = base.row_lower.copy(), base.row_upper.copy()
    ends: list[tuple[Floats, Floats]] = []
    at, height = n, m
    for part in parts:
        entries.append(part.entries(at, height))
        at += len(part.cost)
        if part.on_rows:
            (row_upper if part.upper else row_lower)[part.rows] = part.bound
        else:
            ends.append(part.own_ends())
            height += len(part.cost)
    more = at - n
    rows, columns, data = (np.concatenate(arrays) for arrays in zip(*entries, strict=True))
    return assembled(
        (rows, columns, data),
        Ends(
            np.concatenate([row_lower, *(low for low, _ in ends)]),
            np.concatenate([row_upper, *(high for _, high in ends)]),
            np.concatenate([base.lower, np.zeros(more)]),
            np.concatenate([base.upper, *(part.most for part in parts)]),
        ),
        np.concatenate([np.zeros(n), *(part.cost for part in parts)]),
        np.concatenate([base.integer, np.zeros(more, dtype=np.bool_)]),
    )


def assembled(entries: tuple[Numbers, Numbers, Floats], ends: Ends, cost: Floats, integer: Bools) -> Program:
    """A program from entries (row, column, coefficient) in any order; rows without an end are left out."""
    rows, columns, data = entries
    bound = np.isfinite(ends.row_lower) | np.isfinite(ends.row_upper)
    number = np.cumsum(bound) - 1
    inside = bound[rows] & (data != 0.0)
    rows, columns, data = number[rows[inside]], columns[inside], data[inside]
    order = np.lexsort((columns, rows))
    lengths = np.bincount(rows, minlength=int(bound.sum()))
    height = int(bound.sum())
    return Program(
        cost, ends.lower, ends.upper, integer,
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), columns[order].astype(np.int32), data[order],
        ends.row_lower[bound], ends.row_upper[bound],
        (Block("column", 0, (len(cost),)),), (Block("row", 0, (height,)),),
    )  # fmt: skip


def _largest(program: Program) -> Floats:
    """(m,) the largest coefficient of each row; 1 where it has none or only smaller ones."""
    found = np.ones(len(program.row_lower))
    rows = np.repeat(np.arange(len(found)), np.diff(program.indptr))
    np.maximum.at(found, rows, np.abs(program.data))
    return found


def _reach(program: Program, ends: Ends, *, upper: bool) -> Floats:
    """(m,) the most, or least, that each row can be within its columns' ends."""
    grows = (program.data > 0) == upper
    far = np.where(grows, ends.upper[program.indices], ends.lower[program.indices])
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    return np.bincount(rows, weights=program.data * far, minlength=len(program.row_lower)).astype(np.float64)
