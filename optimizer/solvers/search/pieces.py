"""A program's columns in pieces that hardly touch, by the label that couples least: a point for programs too large
to be solved at once, even as linear programs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import ABSENT, TIME, Bools, Ints, Program
from optimizer.solvers.search.boxes import Axis, Map
from optimizer.solvers.search.links import Index

ANYBODY = -2
"""The owner of a row that several pieces stand in and that any of them may use."""

_OWNED = 0.4
_MOSTLY = 0.5


def main_axis(map_: Map) -> str | None:
    """The axis, not time, of most values along which at least half of the rows stay within one; None without any."""
    best = None
    for name, axis in map_.axes.items():
        held = bool((axis.values[map_.whole] != ABSENT).any())
        if name == TIME or not held or (best is not None and axis.count <= map_.axes[best].count):
            continue
        counts = _row_labels(map_.links.program, axis)
        if float((counts.labels[counts.labels > 0] == 1).mean()) >= _MOSTLY:
            best = name
    return best


def private(map_: Map, axis: Axis) -> list[Index]:
    """For what has no label and then for each value of `axis`: the columns that no other piece's rows know of.

    A row is owned by the label most of its columns have, or else by what has none, or else, where it is a limit, by
    anybody.
    """
    program, links = map_.links.program, map_.links
    owners = _owners(program, axis)
    owner = owners[links.rows]
    column = np.repeat(np.arange(len(program.cost)), np.diff(links.starts))
    foreign = (owner != ANYBODY) & (owner != axis.values[column])
    alone: Bools = np.bincount(column[foreign], minlength=len(program.cost)) == 0
    return [np.flatnonzero(alone & (axis.values == value)) for value in range(ABSENT, axis.count)]


@dataclass(frozen=True, slots=True, eq=False)
class _RowLabels:
    """By row (m,): how many `labels` there are in it, which one is `first` among them, its `share` of the entries."""

    labels: Index
    first: Ints
    share: np.ndarray[tuple[int], np.dtype[np.float64]]


def _row_labels(program: Program, axis: Axis) -> _RowLabels:
    lengths = np.diff(program.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    label = axis.values[program.indices]
    pairs, counts = np.unique((rows * axis.count + label)[label != ABSENT], return_counts=True)
    row, which = pairs // axis.count, pairs % axis.count
    order = np.lexsort((counts, row))
    row, which, counts = row[order], which[order], counts[order]
    first = np.full(len(lengths), ABSENT, dtype=np.int32)
    most = np.zeros(len(lengths))
    first[row], most[row] = which, counts  # the last of a row is its most frequent
    return _RowLabels(np.bincount(row, minlength=len(lengths)), first, most / np.maximum(1, lengths))


def _owners(program: Program, axis: Axis) -> Ints:
    found = _row_labels(program, axis)
    lengths = np.diff(program.indptr)
    known = np.bincount(
        np.repeat(np.arange(len(lengths)), lengths),
        weights=axis.values[program.indices] != ABSENT,
        minlength=len(lengths),
    )
    limit = (known == lengths) & (program.row_lower != program.row_upper)
    rest = np.where(limit, ANYBODY, ABSENT)
    return np.where(found.share >= _OWNED, found.first, rest).astype(np.int32)
