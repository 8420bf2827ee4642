"""A program with some columns fixed, as the smaller program that is left: what a search hands over is what it asks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.program import Block, Floats, Program
from optimizer.solvers.search.links import Index, Links, runs
from optimizer.solvers.verify import broken


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The program over the columns `kept` (k,), the rest of the whole program's columns fixed at `fixed` (n,)."""

    program: Program
    kept: Index
    fixed: Floats

    def narrow(self, values: Floats) -> Floats:
        """The part's share (k,) of a vector over all columns (n,)."""
        return values[self.kept]

    def widen(self, values: Floats) -> Floats:
        """A vector over all columns (n,) from one over the part's (k,)."""
        return self.laid_on(self.fixed, values)

    def laid_on(self, plan: Floats, values: Floats) -> Floats:
        """`plan` (n,) with the part's columns replaced by `values` (k,)."""
        whole = plan.copy()
        whole[self.kept] = values
        return whole


def restricted(program: Program, lower: Floats, upper: Floats) -> Part:
    """The part of `program` that is open under tighter column bounds: equal bounds fix a column and drop it.

    Rows without an open column are dropped too: whoever fixes columns at a plan that holds has met them.
    """
    open_ = upper > lower
    fixed = np.where(open_, 0.0, lower)
    lengths = np.diff(program.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    entries = open_[program.indices]
    left = np.bincount(rows[entries], minlength=len(lengths))
    stay = left > 0
    met = program.activity(fixed)[stay]
    columns = np.cumsum(open_) - 1
    part = Program(
        program.cost[open_], lower[open_], upper[open_], program.integer[open_],
        np.concatenate(([0], np.cumsum(left[stay]))).astype(np.int64),
        columns[program.indices[entries]].astype(np.int32), program.data[entries],
        program.row_lower[stay] - met, program.row_upper[stay] - met,
        (Block("open", 0, (int(open_.sum()),)),), (Block("left", 0, (int(stay.sum()),)),),
        program.objective(fixed),
    )  # fmt: skip
    return Part(part, np.flatnonzero(open_), fixed)


def local(links: Links, plan: Floats, free: Index) -> Part:
    """The columns `free` (sorted) open between their bounds, all others as `plan` (n,) has them: cheap if few are free.

    Only rows over a free column are there; the others are as they were.
    """
    program = links.program
    alone = over_rows(program, links.rows_of(free))
    inside = np.searchsorted(free, alone.kept)
    inside[inside == len(free)] = 0
    open_ = free[inside] == alone.kept if len(free) else np.zeros(len(alone.kept), dtype=np.bool_)
    here = alone.narrow(plan)
    lower = np.where(open_, alone.program.lower, here)
    part = restricted(alone.program, lower, np.where(open_, np.maximum(alone.program.upper, lower), here))
    kept = alone.kept[part.kept]
    rest = program.objective(plan) - float(program.cost[kept] @ plan[kept])
    return Part(_with_offset(part.program, rest), kept, plan)


def over_rows(program: Program, rows: Index) -> Part:
    """The `rows` alone, over the columns they name: nothing is fixed in them."""
    entries = runs(program.indptr, rows)
    kept, places = np.unique(program.indices[entries], return_inverse=True)
    lengths = (program.indptr[rows + 1] - program.indptr[rows]).astype(np.int64)
    part = Program(
        program.cost[kept], program.lower[kept], program.upper[kept], program.integer[kept],
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), places.astype(np.int32), program.data[entries],
        program.row_lower[rows], program.row_upper[rows],
        (Block("column", 0, (len(kept),)),), (Block("row", 0, (len(rows),)),),
    )  # fmt: skip
    return Part(part, kept.astype(np.intp), np.zeros(len(program.cost)))


def holds(links: Links, plan: Floats, changed: Index, *, fractions: bool = False) -> bool:
    """Whether every row over a changed column, and the columns in these rows, are as they must be.

    With `fractions` whole columns need not be whole yet.
    """
    alone = over_rows(links.program, links.rows_of(changed))
    program = replace(alone.program, integer=alone.program.integer & (not fractions))
    return not broken(program, alone.narrow(plan))


def _with_offset(program: Program, offset: float) -> Program:
    return replace(program, offset=offset)
