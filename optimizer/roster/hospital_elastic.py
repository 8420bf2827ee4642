"""A roster program in which whatever asks for somebody may go unmet, at a price far above any other.

So the empty roster is one, and every search has where to begin. What may not be (too little rest, too many nights) may
not be here either; what still costs so much in the end names the rules that clash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.program import Block, Floats, Ints, Program
from optimizer.roster.hospital_program import RosterProgram
from optimizer.solution import Limits
from optimizer.solvers.front import solve

STIFF: Final = ("one kind", "one day", "any kind", "any day", "some kind", "some day", "weekend", "one place at a time",
                "fair shares", "published duties stay")  # fmt: skip
"""Blocks of rows that say what columns mean, or what nobody can do."""

DEAR: Final = 1_000.0
"""What it costs to break a hard rule by one: above any honest price of a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Elastic:
    """The program with a slack at each hard row, and those slacks' columns."""

    program: Program
    slacks: Ints
    wide: int

    def legal(self, values: Floats) -> bool:
        """Whether no hard rule is broken."""
        return bool(values[self.slacks].max(initial=0.0) < 0.5)

    def honest(self, values: Floats) -> Floats:
        """The part of an answer that the program itself has."""
        return values[: self.wide]


def elastic(made: RosterProgram) -> Elastic:
    """Give every hard row that the empty roster breaks its slack. Rows with a slack of their own have it already."""
    program = made.program
    rows = np.array([at for block in program.rows if block.name not in STIFF for at in _run(block)], dtype=np.int64)
    rows = rows[~_soft(program)[rows]]
    least = [(int(at), 1.0) for at in rows if program.row_lower[at] > -np.inf]
    most = [(int(at), -1.0) for at in rows if program.row_upper[at] < 0]
    return _with_slacks(program, [*least, *most])


def _run(block: Block) -> range:
    return range(block.start, block.start + block.size)


def _soft(program: Program) -> np.ndarray:
    """(m,) whether a row holds a column that is a rule's own slack: named after a block of rows."""
    names = {block.name for block in program.rows}
    slack = np.zeros(len(program.cost), dtype=np.bool_)
    for block in program.columns:
        slack[block.start : block.start + block.size] = block.name.rpartition(",")[0] in names
    row_of = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    return np.bincount(row_of[slack[program.indices]], minlength=len(program.row_lower)) > 0


def _with_slacks(program: Program, sides: list[tuple[int, float]]) -> Elastic:
    wide, more = len(program.cost), len(sides)
    extra_rows = np.array([at for at, _ in sides], dtype=np.int64)
    signs = np.array([sign for _, sign in sides])
    lengths = np.diff(program.indptr)
    row_of = np.concatenate((np.repeat(np.arange(len(lengths)), lengths), extra_rows))
    columns = np.concatenate((program.indices, np.arange(wide, wide + more, dtype=np.int32)))
    data = np.concatenate((program.data, signs))
    order = np.lexsort((columns, row_of))
    added = np.bincount(extra_rows, minlength=len(lengths)) if more else 0
    size = np.array([_largest(program, at) for at in extra_rows])
    wider = replace(
        program,
        cost=np.concatenate((program.cost, np.full(more, DEAR))),
        lower=np.concatenate((program.lower, np.zeros(more))),
        upper=np.concatenate((program.upper, np.ceil(size))),
        integer=np.concatenate((program.integer, np.ones(more, dtype=np.bool_))),
        indptr=np.concatenate(([0], np.cumsum(lengths + added))),
        indices=columns[order].astype(np.int32), data=data[order],
        columns=(*program.columns, Block("broken", wide, (more,))),
    )  # fmt: skip
    return Elastic(wider, np.arange(wide, wide + more, dtype=np.int32), wide)


def _largest(program: Program, row: int) -> float:
    """By how much a row can be broken at most."""
    entries = slice(program.indptr[row], program.indptr[row + 1])
    reach = np.abs(program.data[entries]) * np.maximum(
        np.abs(program.lower[program.indices[entries]]), np.abs(program.upper[program.indices[entries]])
    )
    bounds = [abs(each) for each in (program.row_lower[row], program.row_upper[row]) if np.isfinite(each)]
    return float(reach.sum() + max(bounds, default=0.0))


def completed(stretchy: Elastic, duty: Ints, taken: Floats, seconds: float = 20.0) -> Floats | None:
    """All columns of a roster given by its duties (1 where taken, in the shape of `duty`); None where it can't be."""
    program = stretchy.program
    lower, upper = program.lower.copy(), program.upper.copy()
    there = duty >= 0
    lower[duty[there]] = upper[duty[there]] = taken[there]
    found = solve(
        replace(program, lower=lower, upper=upper), solver="highs", limits=Limits(time_limit=seconds, threads=1)
    )
    return found.values
