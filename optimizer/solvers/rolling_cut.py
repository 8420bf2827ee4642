"""Where to cut a long linear program: at times that few rows span, and between places that few columns join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import ABSENT, TIME, Bools, Ints, Program

PIECE_COLUMNS: Final = 20_000
"""How many columns a window should hold, for each part: simplex is quick up to there."""

LONGEST: Final = 3.0
"""A window may be so many times as long as that asks for, to end where few rows span its end (a week of hours)."""

JOINING: Final = 0.05
"""Places are kept apart only if at most this share of columns joins them."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Windows [starts[k], starts[k + 1]) of `time` (n,), and the `part` (n,) of each column; ABSENT joins parts.

    `first` and `last` (m,) are the times that a row's columns span; rows without columns span none (0 to -1).
    """

    starts: tuple[int, ...]
    time: Ints
    part: Ints
    parts: int
    first: Ints
    last: Ints

    def without(self, window: int) -> Cut:
        """The same with `window` joined to the one before."""
        starts = tuple(start for at, start in enumerate(self.starts) if at != window)
        return Cut(starts, self.time, self.part, self.parts, self.first, self.last)

    def whole(self) -> Cut:
        """The same with all parts in one."""
        return Cut(self.starts, self.time, np.zeros_like(self.part), 1, self.first, self.last)


def cut(program: Program, piece: int = PIECE_COLUMNS) -> Cut:
    """Windows and parts of about `piece` columns; columns that have no time count as the first period's."""
    time = np.maximum(program.labels(TIME), 0)
    first, last = _spans(program, time)
    part, parts = _parts(program)
    pieces = max(1, round(len(time) / (piece * parts)))
    return Cut(_starts(int(time.max()) + 1, pieces, first, last), time, part, parts, first, last)


def _spans(program: Program, labels: Ints) -> tuple[Ints, Ints]:
    """The least and greatest label among each row's columns, (m,)."""
    least, most = np.zeros(len(program.row_lower), np.int32), np.full(len(program.row_lower), -1, np.int32)
    filled = np.flatnonzero(np.diff(program.indptr))
    if len(filled):
        found, starts = labels[program.indices], program.indptr[filled]
        least[filled], most[filled] = np.minimum.reduceat(found, starts), np.maximum.reduceat(found, starts)
    return least, most


def _starts(periods: int, pieces: int, first: Ints, last: Ints) -> tuple[int, ...]:
    """Where windows begin, the end of the last added: within reach of each, the time that fewest rows span."""
    size = periods + 2
    spanning = np.cumsum(np.bincount(first + 1, minlength=size)[:size] - np.bincount(last + 1, minlength=size)[:size])
    length = periods / pieces
    starts = [0]
    while periods - starts[-1] > 1.5 * length:
        wanted = starts[-1] + length
        nearest, furthest = starts[-1] + max(1, round(length / 2)), starts[-1] + round(LONGEST * length)
        reach = np.arange(nearest, min(periods - 1, furthest) + 1)
        if not len(reach):
            break
        starts.append(int(reach[np.lexsort((np.abs(reach - wanted), spanning[reach]))[0]]))
    return (*starts, periods)


def _parts(program: Program) -> tuple[Ints, int]:
    """The label with most values that hardly any column crosses: every column's part, ABSENT where it joins two."""
    best, most = np.zeros(len(program.cost), dtype=np.int32), 1
    for axis in sorted({axis for block in program.columns for axis in block.labels} - {TIME}):
        part = program.labels(axis)
        count = int(part.max(initial=ABSENT)) + 1
        if count <= most or bool((part == ABSENT).any()):
            continue
        crossing = _crossing(program, part)
        if int(crossing.sum()) <= JOINING * len(part):
            best, most = np.where(crossing, ABSENT, part).astype(np.int32), count
    return best, most


def _crossing(program: Program, part: Ints) -> Bools:
    """Columns that stand in a row of which most columns belong to another part."""
    least, most = _spans(program, part)
    mixed = np.flatnonzero(least < most)
    crossing = np.zeros(len(part), dtype=np.bool_)
    entries, row = entries_of(program, mixed)
    if not len(entries):
        return crossing
    parts = int(part.max()) + 1
    keys, counts = np.unique(row * parts + part[program.indices[entries]], return_counts=True)
    order = np.lexsort((counts, keys // parts))
    owner = np.zeros(len(mixed), dtype=np.int64)
    owner[keys[order] // parts] = keys[order] % parts  # the last one written is the most frequent
    columns = program.indices[entries]
    crossing[columns[part[columns] != owner[row]]] = True
    return crossing


def entries_of(program: Program, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the entries of `rows` stand, row by row, and for each the place of its row in `rows`."""
    lengths = program.indptr[rows + 1] - program.indptr[rows]
    row = np.repeat(np.arange(len(rows)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(len(row)) + (program.indptr[rows] - before)[row], row
