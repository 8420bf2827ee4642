"""Programs whose figures lie too far apart for arithmetic in 16 digits are refused, by name, before a solver sees them.

Solvers work to absolute tolerances (a row may be off by 1e-6, a price by 1e-7) and drop coefficients below 1e-9: beside
1e12 that is anything, and under prices of 1e-9 every plan is optimal. The limits here leave them what they can do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from optimizer.program import Block, Bools, Floats, Program
from optimizer.solvers.errors import BadlyScaled

LARGEST = 1e9
"""No coefficient, price or bound may be larger."""

SMALLEST = 1e-5
"""No coefficient or price may be smaller, unless it is 0."""

FARTHEST = 1e9
"""The largest coefficient of a row may not be more than this many times its smallest."""

LEAST_SIZE = 1e-3
"""The largest coefficient of a row may not be smaller."""

LEAST_PRICE = 1e-2
"""The largest of all prices may not be smaller, unless nothing has a price."""


STRETCHED = 1e7
"""From this ratio of the largest to the smallest coefficient or bound on, a second solver is asked."""

NOUGHT = 1e-7
"""A row's bound up to this part of its largest coefficient (at most 1) is what arithmetic left of 0, and taken as 0."""


def well_scaled(program: Program) -> Program:
    """The program with what is left of noughts made 0 (HiGHS answers wrongly beside a bound of 1e-8).

    Raises BadlyScaled, naming the first place and the cure, if solvers cannot be trusted with the program's figures.
    Costs a few passes over the coefficients.
    """
    for fault in _faults(program):
        raise BadlyScaled(fault)
    nought = NOUGHT * np.minimum(1.0, _row_sizes(program))
    lower, upper = (np.where(np.abs(bound) <= nought, 0.0, bound) for bound in (program.row_lower, program.row_upper))
    same = np.array_equal(lower, program.row_lower) and np.array_equal(upper, program.row_upper)
    return program if same else replace(program, row_lower=lower, row_upper=upper)


def is_stretched(program: Program) -> bool:
    """Whether figures lie so far apart that a solver alone is not to be believed: HiGHS has called 80 the least cost
    where it was 0.000001, beside a coefficient of 900,000 and one of 0.000001.
    """
    bounds = np.concatenate((program.row_lower, program.row_upper))
    sizes = np.abs(np.concatenate((program.data, bounds[np.isfinite(bounds)])))
    sizes = sizes[sizes > 0.0]
    return len(sizes) > 0 and bool(sizes.max() > STRETCHED * sizes.min())


def _row_sizes(program: Program, pick: np.ufunc = np.maximum) -> Floats:
    """(m,) the largest coefficient of each row (or what else is to be picked), 0 where it has none."""
    sizes = np.zeros(len(program.row_lower))
    filled = np.flatnonzero(np.diff(program.indptr))
    if len(filled):
        sizes[filled] = pick.reduceat(np.abs(program.data), program.indptr[filled])
    return sizes


def _faults(program: Program) -> Iterator[str]:
    yield from _bad_prices(program)
    yield from _bad_coefficients(program)
    yield from _bad_bounds(program)


def _bad_prices(program: Program) -> Iterator[str]:
    prices = np.abs(program.cost)
    for at in np.flatnonzero(_out_of_range(prices))[:1]:
        name = _name(program.columns, int(at))
        yield (
            f"column {name} costs {program.cost[at]:g} a unit, and prices from {SMALLEST:g} to {LARGEST:g} can be "
            "weighed against each other: give it one nearer to the others, or say as a rule what may never happen"
        )
    if 0.0 < prices.max(initial=0.0) < LEAST_PRICE:
        yield f"no price is above {prices.max():g}: give prices in a smaller unit of money"


def _bad_coefficients(program: Program) -> Iterator[str]:
    sizes = np.abs(program.data)
    for entry in np.flatnonzero(_out_of_range(sizes))[:1]:
        row = int(np.searchsorted(program.indptr, entry, side="right")) - 1
        column = _name(program.columns, int(program.indices[entry]))
        yield (
            f"row {program.row_name(row)} counts column {column} {program.data[entry]:g} times, and figures from "
            f"{SMALLEST:g} to {LARGEST:g} can be reckoned together: give both in units nearer to each other"
        )
    counted = replace(program, data=np.where(sizes > 0.0, sizes, np.inf))  # a coefficient of 0 counts nothing
    largest, smallest = _row_sizes(program), _row_sizes(counted, np.minimum)
    for at in np.flatnonzero((largest > FARTHEST * smallest) & (largest > 0.0))[:1]:
        yield (
            f"row {program.row_name(int(at))} counts one thing {largest[at]:g} times and another {smallest[at]:g}, "
            f"more than {FARTHEST:g} apart: give them in units nearer to each other"
        )
    for at in np.flatnonzero((largest > 0.0) & (largest < LEAST_SIZE))[:1]:
        yield f"row {program.row_name(int(at))} counts nothing {LEAST_SIZE:g} times or more: give it in a smaller unit"


def _bad_bounds(program: Program) -> Iterator[str]:
    for at in np.flatnonzero(_too_large(program.lower) | _too_large(program.upper))[:1]:
        limits = f"from {program.lower[at]:g} to {program.upper[at]:g}"
        yield f"column {_name(program.columns, int(at))} may be {limits}: beyond {LARGEST:g}, give it in a larger unit"
    for at in np.flatnonzero(_too_large(program.row_lower) | _too_large(program.row_upper))[:1]:
        limits = f"from {program.row_lower[at]:g} to {program.row_upper[at]:g}"
        yield f"row {program.row_name(int(at))} may be {limits}: beyond {LARGEST:g}, give it in a larger unit"


def _out_of_range(sizes: Floats) -> Bools:
    return np.asarray((sizes > LARGEST) | ((sizes > 0.0) & (sizes < SMALLEST)))


def _too_large(bounds: Floats) -> Bools:
    return np.asarray(np.isfinite(bounds) & (np.abs(bounds) > LARGEST))


def _name(blocks: tuple[Block, ...], index: int) -> str:
    """`name[i,j]` of the column at `index`."""
    block = next(block for block in blocks if block.start <= index < block.start + block.size)
    cell = np.unravel_index(index - block.start, block.shape)
    return f"{block.name}[{','.join(str(int(i)) for i in cell)}]"
