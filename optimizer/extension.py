"""A program with more columns or rows than it was built with: a departure priced.

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
