"""Columns that a row tells from others (a stock from its flows and what it was before), in an order without circles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

import numpy as np

from optimizer.program import ABSENT, TIME, Bools, Floats, Ints, Program
from optimizer.solvers.search.links import Index

LONGEST: Final = 200
"""A row of more columns than this tells none: it counts a whole house, not one stock."""

LEAST: Final = 1e-6
"""A column is the one that a row tells only if it is above nought by more than this in the relaxation."""

EQUAL: Final = 1e-9
"""No column of the row may weigh more than the one it tells, by more than this: nothing then grows along a chain."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """``x[stock] = start + weights @ x[flows] + passed @ (the stocks of the chains before)``, as the row says.

    `flows` (f,) are columns, `before` (b,) are places among the chains; every weight is between -1 and 1.
    """

    stock: int
    row: int
    start: float
    flows: Index
    weights: Floats
    before: Index
    passed: Floats


def chains(program: Program, relaxed: Floats) -> tuple[Chain, ...]:
    """Chains of equations between continuous columns, each after all that it is told from.

    A row tells the column that carries most in `relaxed` (n,), the linear relaxation, of those not told yet; rows come
    in order of time. Stocks that would be told from themselves, as round a cyclic week, are left as flows.
    """
    told = _told(program, relaxed)
    order = _without_circles(program, told)
    places = {column: at for at, column in enumerate(order)}
    return tuple(_chain(program, column, told[column], places) for column in order)


def _told(program: Program, relaxed: Floats) -> dict[int, int]:
    """The row that tells each column told, by column."""
    time = program.labels(TIME)
    amount = np.where(program.integer, 0.0, relaxed)
    taken = np.zeros(len(program.cost), dtype=np.bool_)
    found: dict[int, int] = {}
    for row in _in_time(program, _equations(program), time):
        here = slice(int(program.indptr[row]), int(program.indptr[row + 1]))
        columns, weights = program.indices[here], np.abs(program.data[here])
        free = (weights >= (1.0 - EQUAL) * weights.max()) & ~taken[columns]
        carried = np.where(free, amount[columns], 0.0)
        if carried.max() > LEAST:
            column = int(columns[np.argmax(carried)])
            taken[column] = True
            found[column] = int(row)
    return found


def _equations(program: Program) -> Index:
    """Rows that are equations between two continuous columns or more."""
    lengths = np.diff(program.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    whole: Bools = np.bincount(rows, weights=program.integer[program.indices], minlength=len(lengths)) > 0
    equal = (program.row_lower == program.row_upper) & (lengths > 1) & (lengths <= LONGEST)
    return np.flatnonzero(equal & ~whole)


def _in_time(program: Program, rows: Index, time: Ints) -> Index:
    """These rows, those first whose latest column is earliest."""
    latest = np.array([time[program.indices[program.indptr[row] : program.indptr[row + 1]]].max() for row in rows])
    return rows[np.argsort(latest, kind="stable")] if len(rows) else rows


def _without_circles(program: Program, told: dict[int, int]) -> Sequence[int]:
    """The columns told, each after all it is told from; those that come round to themselves are left out."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    columns = list(told)
    place = np.full(len(program.cost), ABSENT, dtype=np.intp)
    place[columns] = np.arange(len(columns))
    needs = [_others(program, column, row, place) for column, row in told.items()]
    ends = np.concatenate(needs) if needs else np.empty(0, dtype=np.intp)
    starts = np.repeat(np.arange(len(columns)), [len(each) for each in needs])
    graph = coo_matrix((np.ones(len(ends)), (starts, ends)), shape=(len(columns), len(columns)))
    _, circle = connected_components(graph, directed=True, connection="strong")
    alone = np.bincount(circle, minlength=1)[circle] == 1
    sorter = TopologicalSorter({at: [to for to in needs[at] if alone[to]] for at in np.flatnonzero(alone)})
    return [columns[at] for at in sorter.static_order()]


def _others(program: Program, column: int, row: int, place: Index) -> Index:
    """The places of the other columns told that stand in the row which tells this one."""
    there = program.indices[program.indptr[row] : program.indptr[row + 1]]
    found = place[there[there != column]]
    return np.asarray(found[found != ABSENT], dtype=np.intp)


def _chain(program: Program, column: int, row: int, places: dict[int, int]) -> Chain:
    here = slice(int(program.indptr[row]), int(program.indptr[row + 1]))
    columns, weights = program.indices[here], program.data[here]
    own = float(weights[columns == column][0])
    rest = columns != column
    others, shares = columns[rest].astype(np.intp), -weights[rest] / own
    at = np.array([places.get(int(other), ABSENT) for other in others], dtype=np.intp)
    stock = at != ABSENT
    start = float(program.row_upper[row]) / own
    return Chain(column, row, start, others[~stock], shares[~stock], at[stock], shares[stock])
