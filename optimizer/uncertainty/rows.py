"""Rows of programs on the same columns, picked and put together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.program import Block, Bools, Program


def rows_of(program: Program, keep: Bools) -> Program:
    """Some rows of a program, as one block."""
    lengths = np.diff(program.indptr)
    entries = np.repeat(keep, lengths)
    indptr = np.zeros(int(keep.sum()) + 1, dtype=np.int64)
    np.cumsum(lengths[keep], out=indptr[1:])
    return replace(
        program, indptr=indptr, indices=program.indices[entries], data=program.data[entries],
        row_lower=program.row_lower[keep], row_upper=program.row_upper[keep],
        rows=(Block("row", 0, (int(keep.sum()),)),),
    )  # fmt: skip


def stacked(above: Program, below: Program) -> Program:
    """The rows of one program and then those of another on the same columns."""
    rows = len(above.row_lower) + len(below.row_lower)
    return replace(
        above,
        indptr=np.concatenate((above.indptr, below.indptr[1:] + above.indptr[-1])),
        indices=np.concatenate((above.indices, below.indices)),
        data=np.concatenate((above.data, below.data)),
        row_lower=np.concatenate((above.row_lower, below.row_lower)),
        row_upper=np.concatenate((above.row_upper, below.row_upper)),
        rows=(Block("row", 0, (rows,)),),
    )
