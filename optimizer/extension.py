"""A program with more columns or rows than it was built with: a goal held at a value, a distance counted.

Nothing here knows hospitals or solvers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from optimizer.program import Block, Floats, Ints, Program


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """``lower <= weights @ x[columns] <= upper``; each column is named once, in any order."""

    columns: Ints
    weights: Floats
    lower: float = -np.inf
    upper: float = np.inf


def with_columns(
    program: Program, name: str, count: int, *, upper: ArrayLike, cost: ArrayLike = 0.0, integer: bool = False
) -> tuple[Program, Ints]:
    """The program with `count` more columns from 0 to `upper`, in no row yet, and their indices."""
    start = program.shape[1]

    def joined(values: Floats, more: ArrayLike) -> Floats:
        return np.concatenate((values, np.broadcast_to(np.asarray(more, dtype=np.float64), (count,))))

    wider = replace(
        program,
        cost=joined(program.cost, cost),
        lower=joined(program.lower, 0.0),
        upper=joined(program.upper, upper),
        integer=np.concatenate((program.integer, np.full(count, integer, dtype=np.bool_))),
        columns=(*program.columns, Block(name, start, (count,))),
    )
    return wider, np.arange(start, start + count, dtype=np.int32)


def with_rows(program: Program, name: str, rows: Sequence[Row]) -> Program:
    """The program with these rows below its own."""
    ordered = [np.argsort(row.columns, kind="stable") for row in rows]
    lengths = np.array([len(row.columns) for row in rows], dtype=np.int64)
    return replace(
        program,
        indptr=np.concatenate((program.indptr, program.indptr[-1] + np.cumsum(lengths))),
        indices=np.concatenate(
            (program.indices, *(row.columns[order] for row, order in zip(rows, ordered, strict=True)))
        ).astype(np.int32),
        data=np.concatenate((program.data, *(row.weights[order] for row, order in zip(rows, ordered, strict=True)))),
        row_lower=np.concatenate((program.row_lower, [row.lower for row in rows])),
        row_upper=np.concatenate((program.row_upper, [row.upper for row in rows])),
        rows=(*program.rows, Block(name, program.shape[0], (len(rows),))),
    )


def weighted_row(weights: Floats, *, lower: float = -np.inf, upper: float = np.inf) -> Row:
    """The row of a vector over all columns; those of weight 0 are left out."""
    columns = np.flatnonzero(weights).astype(np.int32)
    return Row(columns, weights[columns], lower, upper)


def with_departure(program: Program, columns: Ints, start: Floats, price: float) -> Program:
    """The program with a small `price` on every unit by which a column leaves `start` (k,), up or down.

    A column at one of its bounds needs no column of its own for it.
    """
    cost = program.cost.copy()
    low, high = program.lower[columns], program.upper[columns]
    at_low, at_high = start <= low, start >= high
    cost[columns[at_low]] += price
    cost[columns[at_high & ~at_low]] -= price
    between = ~(at_low | at_high)
    inner, middle = columns[between], start[between]
    span = np.maximum(high[between] - middle, middle - low[between])
    wider, away = with_columns(replace(program, cost=cost), "departure", len(inner), upper=span, cost=price)
    rows = [
        Row(np.array([column, far], dtype=np.int32), np.array([sign, 1.0]), lower=sign * at)
        for sign in (-1.0, 1.0)
        for column, far, at in zip(inner, away, middle, strict=True)
    ]
    return with_rows(wider, "departure", rows)


@dataclass(frozen=True, slots=True, eq=False)
class Distance:
    """A measure over a program's columns: ``weights @ x[columns] + constant``."""

    columns: Ints
    weights: Floats
    constant: float


def with_distance(program: Program, name: str, columns: Ints, start: Floats) -> tuple[Program, Distance]:
    """The program with what it takes to measure how far `columns` lie from `start` (k,), in all, and that measure.

    It never exceeds the true distance (L1) and may equal it. Where a column may go both ways, a binary column more says
    whether it goes up.
    """
    low, high = program.lower[columns], program.upper[columns]
    at_low, at_high = start <= low, (start >= high) & (start > low)
    between = ~(at_low | at_high)
    program, far = _with_ways(program, name, columns[between], start[between])
    up, down = columns[at_low], columns[at_high]
    weights = np.concatenate((np.ones(len(up)), -np.ones(len(down)), np.ones(len(far))))
    constant = float(start[at_high].sum() - start[at_low].sum())
    return program, Distance(np.concatenate((up, down, far)).astype(np.int32), weights, constant)


def _with_ways(program: Program, name: str, columns: Ints, start: Floats) -> tuple[Program, Ints]:
    """Columns of how far each of `columns` is from `start`, at most: far <= x - start, or far <= start - x."""
    up, down = program.upper[columns] - start, start - program.lower[columns]
    program, far = with_columns(program, name, len(columns), upper=np.maximum(up, down))
    program, rises = with_columns(program, f"{name}, upwards", len(columns), upper=1.0, integer=True)
    rows: list[Row] = []
    for at, column in enumerate(columns):
        three = np.array([column, far[at], rises[at]], dtype=np.int32)
        rows.append(Row(three, np.array([-1.0, 1.0, 2 * down[at]]), upper=2 * down[at] - start[at]))
        rows.append(Row(three, np.array([1.0, 1.0, -2 * up[at]]), upper=start[at]))
    return with_rows(program, name, rows), far
