"""Which columns share which rows, both ways round, so that work on a small part costs no more than the part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Program

Index = NDArray[np.intp]

LONGEST = 64
"""A row over more columns than this makes no two of them neighbours: it would make everybody everybody's."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """A program's entries by column: the rows of column j are ``rows[starts[j]:starts[j + 1]]``."""

    program: Program
    starts: Index
    rows: Index

    @classmethod
    def of(cls, program: Program) -> Links:
        """Sorted out once for each program."""
        lengths = np.diff(program.indptr)
        order = np.argsort(program.indices, kind="stable")
        rows = np.repeat(np.arange(len(lengths)), lengths)[order]
        counts = np.bincount(program.indices, minlength=len(program.cost))
        return cls(program, np.concatenate(([0], np.cumsum(counts))), rows)

    def rows_of(self, columns: Index) -> Index:
        """The rows that any of `columns` stands in, sorted."""
        return np.unique(self.rows[runs(self.starts, columns)])

    def near(self, columns: Index, hops: int) -> Index:
        """`columns`, with those that share a row (not too long a one) with them, or do so at `hops` removes."""
        reached = columns
        for _ in range(hops):
            rows = self.rows_of(reached)
            rows = rows[np.diff(self.program.indptr)[rows] <= LONGEST]
            reached = np.union1d(reached, self.program.indices[runs(self.program.indptr, rows)])
        return reached


def runs(starts: NDArray[np.int64] | Index, chosen: Index) -> Index:
    """The places ``starts[c] .. starts[c + 1]`` of every c in `chosen`, one after another."""
    lengths = starts[chosen + 1] - starts[chosen]
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(starts[chosen] - (ends - lengths), lengths), dtype=np.intp)
