"""One window of one part as a program of its own: what is fixed counts, what is still open is given room or a price."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Block, Bools, Floats, Ints, Program
from optimizer.solution import Solution
from optimizer.solvers.rolling_cut import Cut, entries_of


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """A piece: its `program` over `columns` and `rows` of the whole one."""

    program: Program
    columns: NDArray[np.int64]
    rows: NDArray[np.int64]


@dataclass(slots=True)
class Pieces:
    """Makes pieces of a program and puts their answers together: `values` (n,) where `known`, prices of rows."""

    program: Program
    plan: Cut
    values: Floats = field(default_factory=lambda: np.empty(0))
    known: Bools = field(init=False)
    _by_time: NDArray[np.int64] = field(init=False)
    _sorted: Ints = field(init=False)
    _by_column: tuple[NDArray[np.int64], NDArray[np.int64]] = field(init=False)

    def __post_init__(self) -> None:
        if not len(self.values):
            self.values = self.program.lower.copy()
        self._by_column = _transposed(self.program)
        self._by_time = np.argsort(self.plan.time, kind="stable")
        self._sorted = self.plan.time[self._by_time]
        self.forget(self.plan, 0)

    def forget(self, plan: Cut, start: int) -> None:
        """Go back to knowing only what lies before `start`, and what joins parts, which stays at its least."""
        self.plan = plan
        self.known = (plan.part < 0) | (plan.time < start)

    def ahead(self, part: int, start: int, end: int, prices: Floats | None) -> Priced:
        """A window with its look ahead. Rows that reach beyond are given all the room that later columns may give."""
        columns = self._columns(part, start, end)
        rows = self._rows(columns)
        return self._piece(columns, rows, self._saved(columns, rows, end, prices))

    def behind(self, part: int, start: int, end: int, prices: Floats) -> Priced:
        """A window after a plan's values before it; rows that reach beyond are left out, and priced."""
        self.known = (self.plan.part < 0) | (self.plan.time < start)
        columns = self._columns(part, start, end)
        rows = self._rows(columns)
        inside = rows[self.plan.last[rows] < end]
        return self._piece(columns, inside, self._saved(columns, rows, end, prices))

    def fix(self, piece: Priced, solution: Solution, end: int) -> None:
        """Keep what a window decided for the time before `end`."""
        kept = self.plan.time[piece.columns] < end
        columns = piece.columns[kept]
        self.values[columns] = _found(solution.values)[kept]
        self.known[columns] = True

    def price(self, piece: Priced, solution: Solution, start: int, prices: Floats) -> None:
        """Take the prices of the rows that end at `start` or later."""
        taken = self.plan.last[piece.rows] >= start
        duals = solution.duals
        prices[piece.rows[taken]] = _found(None if duals is None else duals.rows)[taken]

    def _columns(self, part: int, start: int, end: int) -> NDArray[np.int64]:
        """Columns of a part from `start` to before `end`, ascending."""
        found = self._by_time[np.searchsorted(self._sorted, start) : np.searchsorted(self._sorted, end)]
        return np.sort(found[self.plan.part[found] == part])

    def _rows(self, columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows that mention any of `columns`, ascending."""
        starts, rows = self._by_column
        lengths = starts[columns + 1] - starts[columns]
        before = np.cumsum(lengths) - lengths
        touched = np.zeros(len(self.program.row_lower), dtype=np.bool_)
        touched[rows[np.arange(int(lengths.sum())) + np.repeat(starts[columns] - before, lengths)]] = True
        return np.flatnonzero(touched)

    def _saved(self, columns: NDArray[np.int64], rows: NDArray[np.int64], end: int, prices: Floats | None) -> Floats:
        """What a unit of each column is worth in rows that reach to `end` or beyond."""
        if prices is None:
            return np.zeros(len(columns))
        late = rows[self.plan.last[rows] >= end]
        entries, row = entries_of(self.program, late)
        place = _places(columns, len(self.program.cost))[self.program.indices[entries]]
        mine = place >= 0
        worth = (self.program.data[entries] * prices[late][row])[mine]
        return _summed(place[mine], worth, len(columns))

    def _piece(self, columns: NDArray[np.int64], rows: NDArray[np.int64], saved: Floats) -> Priced:
        whole = self.program
        entries, row = entries_of(whole, rows)
        column, data = whole.indices[entries], whole.data[entries]
        place = _places(columns, len(whole.cost))[column]
        mine = place >= 0
        least, most = self._elsewhere(column[~mine], data[~mine], row[~mine], len(rows))
        indptr = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(np.bincount(row[mine], minlength=len(rows)), out=indptr[1:])
        program = Program(
            whole.cost[columns] - saved, whole.lower[columns], whole.upper[columns],
            np.zeros(len(columns), dtype=np.bool_), indptr, place[mine].astype(np.int32), data[mine],
            whole.row_lower[rows] - most, whole.row_upper[rows] - least,
            (Block("column", 0, (len(columns),)),), (Block("row", 0, (len(rows),)),),
        )  # fmt: skip
        return Priced(program, columns, rows)

    def _elsewhere(self, column: Ints, data: Floats, row: NDArray[np.int64], rows: int) -> tuple[Floats, Floats]:
        """The least and the most that columns outside a piece give to each of its rows."""
        known = self.known[column]
        low = data * np.where(known, self.values[column], self.program.lower[column])
        high = data * np.where(known, self.values[column], self.program.upper[column])
        return _summed(row, np.minimum(low, high), rows), _summed(row, np.maximum(low, high), rows)


def _summed(place: NDArray[np.int64], weights: Floats, size: int) -> Floats:
    return np.bincount(place, weights=weights, minlength=size).astype(np.float64, copy=False)


def _places(columns: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Where each column stands among `columns`; -1 where it does not."""
    places = np.full(width, -1, dtype=np.int64)
    places[columns] = np.arange(len(columns))
    return places


def _transposed(program: Program) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each column's entries start, (n + 1,), and the rows they stand in, (z,)."""
    starts = np.zeros(len(program.cost) + 1, dtype=np.int64)
    np.cumsum(np.bincount(program.indices, minlength=len(program.cost)), out=starts[1:])
    row = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    return starts, row[np.argsort(program.indices, kind="stable")]


def dual_bound(program: Program, prices: Floats) -> float:
    """The bound on the least cost that any row prices (m,) prove, every column bound being finite (Lagrange).

    A price on a side of a row that is infinite counts as 0.
    """
    rises = np.where(np.isfinite(program.row_lower), np.maximum(prices, 0.0), 0.0)
    falls = np.where(np.isfinite(program.row_upper), np.minimum(prices, 0.0), 0.0)
    worth = (
        np.where(rises > 0.0, program.row_lower, 0.0) * rises + np.where(falls < 0.0, program.row_upper, 0.0) * falls
    )
    row = np.repeat(np.arange(len(prices)), np.diff(program.indptr))
    weights = program.data * (rises + falls)[row]
    reduced = program.cost - np.bincount(program.indices, weights=weights, minlength=len(program.cost))
    least = np.where(reduced > 0.0, reduced * program.lower, reduced * program.upper)
    return float(worth.sum() + least.sum()) + program.offset


def _found(values: Floats | None) -> Floats:
    if values is None:
        raise ValueError("a piece without an answer")
    return values
