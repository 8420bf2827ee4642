"""The optimum of a very small program in fractions, without rounding anywhere: every whole point, every vertex."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optimizer.program import Floats, Program

Row = tuple[tuple[Fraction, ...], Fraction]
"""Coefficients and a bound: ``coefficients @ x >= bound``."""


def exact_optimum(program: Program, *, slack: Fraction = Fraction(0)) -> Fraction | None:
    """The least cost, None if no point meets every row within `slack` of its own size (below 0: with room to spare).

    Whole columns are tried one value after another, so their bounds must be near each other; the others must be few.
    """
    whole = [range(int(low), int(high) + 1) for low, high in _bounds(program, whole=True)]
    costs = (_continuous(program, point, slack) for point in itertools.product(*whole))
    return min((cost for cost in costs if cost is not None), default=None)


def meets(program: Program, values: Floats, tolerance: Fraction) -> bool:
    """Whether the values meet every row in exact arithmetic, up to `tolerance` of each row's own size."""
    point = [Fraction(float(value)) for value in values]
    return all(
        _dot(coefficients, point) >= bound - tolerance * _size(coefficients, bound)
        for coefficients, bound in _rows(program)
    )


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left for the continuous columns when the whole ones have values: rows, costs and a constant."""

    rows: tuple[Row, ...]
    cost: tuple[Fraction, ...]
    offset: Fraction


def _continuous(program: Program, point: Sequence[int], slack: Fraction) -> Fraction | None:
    rest = _left(program, point, slack)
    wide = len(rest.cost)
    costs = [
        rest.offset + _dot(rest.cost, vertex)
        for chosen in itertools.combinations(rest.rows, wide)
        if (vertex := _solved(chosen)) is not None and all(_dot(row, vertex) >= bound for row, bound in rest.rows)
    ]
    return min(costs, default=None)


def _left(program: Program, point: Sequence[int], slack: Fraction) -> _Rest:
    integer = program.integer
    fixed = iter(point)
    values = [Fraction(next(fixed)) if each else Fraction(0) for each in integer]
    open_ = [column for column, each in enumerate(integer) if not each]
    rows = []
    for row, bound in _rows(program):
        least = bound - slack * _size(row, bound) - _dot(row, values)
        rows.append((tuple(row[column] for column in open_), least))
    for at, (low, high) in enumerate(_bounds(program, whole=False)):
        unit = tuple(Fraction(int(at == column)) for column in range(len(open_)))
        rows += [(unit, low), (tuple(-each for each in unit), -high)]
    cost = [Fraction(float(each)) for each in program.cost]
    offset = Fraction(program.offset) + _dot(cost, values)
    return _Rest(tuple(rows), tuple(cost[column] for column in open_), offset)


def _bounds(program: Program, *, whole: bool) -> list[tuple[Fraction, Fraction]]:
    chosen = np.flatnonzero(program.integer == whole)
    return [(Fraction(float(program.lower[at])), Fraction(float(program.upper[at]))) for at in chosen]


def _rows(program: Program) -> Iterator[Row]:
    for at in range(len(program.row_lower)):
        span = slice(program.indptr[at], program.indptr[at + 1])
        row = [Fraction(0)] * len(program.cost)
        for column, value in zip(program.indices[span], program.data[span], strict=True):
            row[column] = Fraction(float(value))
        if np.isfinite(program.row_lower[at]):
            yield tuple(row), Fraction(float(program.row_lower[at]))
        if np.isfinite(program.row_upper[at]):
            yield tuple(-each for each in row), -Fraction(float(program.row_upper[at]))


def _size(row: Sequence[Fraction], bound: Fraction) -> Fraction:
    return max(abs(bound), max((abs(each) for each in row), default=Fraction(0)))


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def _solved(rows: Sequence[Row]) -> tuple[Fraction, ...] | None:
    """The one point where all rows hold with equality, by elimination; None where there is none, or many."""
    table = [[*coefficients, bound] for coefficients, bound in rows]
    for at in range(len(table)):
        pivot = next((row for row in range(at, len(table)) if table[row][at]), None)
        if pivot is None:
            return None
        table[at], table[pivot] = table[pivot], table[at]
        table[at] = [each / table[at][at] for each in table[at]]
        for row in range(len(table)):
            if row != at and table[row][at]:
                table[row] = [a - table[row][at] * b for a, b in zip(table[row], table[at], strict=True)]
    return tuple(row[-1] for row in table)
