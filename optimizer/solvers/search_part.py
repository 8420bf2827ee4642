"""A program with some columns fixed, as the smaller program that is left: what a search hands over is what it asks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Block, Floats, Program


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The program over the columns `kept` (k,), the rest of the whole program's columns fixed at `fixed` (n,)."""

    program: Program
    kept: NDArray[np.intp]
    fixed: Floats

    def narrow(self, values: Floats) -> Floats:
        """The part's share (k,) of a vector over all columns (n,)."""
        return values[self.kept]

    def widen(self, values: Floats) -> Floats:
        """A vector over all columns (n,) from one over the part's (k,)."""
        whole = self.fixed.copy()
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
