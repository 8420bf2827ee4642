"""Blocks of rows as sparse entries: broadcast terms in, columns and coefficients sorted by column within each row out.

The hot path of every build. A block's terms are laid side by side as slots of a table with one line a row; one order of
the slots sorts nearly every row, so slots are laid in that order at once and only rows where it fails are sorted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

ABSENT: Final = -1
"""An index that stands for "no such column": a term there is left out of its row."""

_INDEX_BITS: Final = 31
_SLAB_SLOTS: Final = 1 << 20

_Number = TypeVar("_Number", bound=np.generic)

Slots = slice | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Entries:
    """Of a block of rows: entries in each row `lengths` (rows,), then their columns and coefficients, row by row."""

    lengths: NDArray[np.int64]
    indices: Ints
    data: Floats


@dataclass(frozen=True, slots=True)
class _Part:
    """One term: columns and coefficients with their summed axis last."""

    columns: Ints
    coefficients: Floats

    @property
    def width(self) -> int:
        return int(self.columns.shape[-1])

    def cut(self, start: int, stop: int, dimensions: int) -> _Part:
        """Of rows in `dimensions` axes those from `start` to `stop` of the first."""
        return _Part(_along(self.columns, start, stop, dimensions), _along(self.coefficients, start, stop, dimensions))


def entries(
    terms: Sequence[tuple[Ints, Floats]], shape: tuple[int, ...], *, at_once: int = _SLAB_SLOTS
) -> Iterator[Entries]:
    """The entries of rows in `shape`: ABSENT columns and coefficients of 0 left out, a repeated column summed.

    They come in slabs of rows of about `at_once` terms, one after another: what a slab needs on the way is used again.
    """
    parts = [_part(*term, len(shape)) for term in terms]
    first = shape[0] if shape else 1
    slots = math.prod(shape) * sum(part.width for part in parts)
    step = max(1, first * at_once // slots) if slots > at_once else max(1, first)
    for start in range(0, max(1, first), step):
        rows = (min(first, start + step) - start, *shape[1:]) if shape else shape
        yield _slab([part.cut(start, start + step, len(shape)) for part in parts] if step < first else parts, rows)


def _slab(parts: Sequence[_Part], shape: tuple[int, ...]) -> Entries:
    size, width = math.prod(shape), sum(part.width for part in parts)
    columns = np.empty((*shape, width), dtype=np.int32)
    coefficients = np.empty((*shape, width), dtype=np.float64)
    for part, slots in zip(parts, _places(parts, shape), strict=True):
        columns[..., slots] = part.columns
        coefficients[..., slots] = part.coefficients
    flat = columns.reshape(size, width), coefficients.reshape(size, width)
    gone = any(part.columns.size and part.columns.min() < 0 for part in parts)
    void = not all(part.coefficients.all() for part in parts)
    return _sorted(_kept(*flat, gone=gone, void=void))


def _along(values: NDArray[_Number], start: int, stop: int, dimensions: int) -> NDArray[_Number]:
    """`values`, which broadcast to (*shape, width), over part of the shape's first axis."""
    axis = values.ndim - dimensions - 1
    return values[(slice(None),) * axis + (slice(start, stop),)] if axis >= 0 and values.shape[axis] > 1 else values


def _part(columns: Ints, coefficients: Floats, dimensions: int) -> _Part:
    wide = columns if columns.ndim > dimensions else columns[..., None]
    by_slot = coefficients.ndim == 0 or coefficients.ndim > dimensions
    return _Part(wide, coefficients if by_slot else coefficients[..., None])


def _places(parts: Sequence[_Part], shape: tuple[int, ...]) -> list[Slots]:
    """Where each term's slots are laid, so that the columns of the last row ascend, and with luck of all rows."""
    if not math.prod(shape):
        return [slice(0, part.width) for part in parts]
    keys = np.concatenate([_last(part.columns) for part in parts])
    place = np.empty(len(keys), dtype=np.intp)
    place[np.argsort(keys, kind="stable")] = np.arange(len(keys))
    found: list[Slots] = []
    at = 0
    for part in parts:
        mine = place[at : at + part.width]
        at += part.width
        run = part.width and int(mine[-1]) - int(mine[0]) == part.width - 1 and bool((mine[1:] > mine[:-1]).all())
        found.append(slice(int(mine[0]), int(mine[-1]) + 1) if run else mine)
    return found


def _last(columns: Ints) -> Ints:
    last: Ints = columns[(-1,) * (columns.ndim - 1)]
    return last


def _kept(columns: Ints, coefficients: Floats, *, gone: bool, void: bool) -> Entries:
    """What counts of a full table (rows, width)."""
    size, width = columns.shape
    if not gone and not void:
        return Entries(np.full(size, width, dtype=np.int64), columns.ravel(), coefficients.ravel())
    present = columns >= 0 if gone else coefficients != 0.0
    if gone and void:
        present &= coefficients != 0.0
    return Entries(_counts(present), columns[present], coefficients[present])


def _counts(present: Bools) -> NDArray[np.int64]:
    """How many of each row; slot by slot where rows are many and short, which numpy sums slowly."""
    size, width = present.shape
    if width > size:
        return np.asarray(present.sum(axis=1, dtype=np.int64))
    counts = np.zeros(size, dtype=np.int64)
    for slot in range(width):
        counts += present[:, slot]
    return counts


def _sorted(found: Entries) -> Entries:
    """The same with columns ascending within each row; only rows that do not ascend already are touched."""
    ends = np.cumsum(found.lengths)
    rising = np.empty(len(found.indices), dtype=np.bool_)
    np.greater(found.indices[1:], found.indices[:-1], out=rising[1:])
    rising[:1] = True
    rising[ends[:-1][ends[:-1] < len(rising)]] = True  # the first entry of a row follows nothing
    if rising.all():
        return found
    late = np.searchsorted(ends, np.flatnonzero(~rising), side="right")
    return _summed(_resorted(found, late[np.diff(late, prepend=-1) > 0], ends))


def _resorted(found: Entries, rows: NDArray[np.intp], ends: NDArray[np.int64]) -> Entries:
    """With `rows` sorted by column, in place."""
    lengths = found.lengths[rows]
    row = np.repeat(np.arange(len(rows)), lengths)
    before = np.cumsum(lengths) - lengths
    at = np.arange(len(row)) + (ends[rows] - lengths - before)[row]
    order = at[np.argsort((row << _INDEX_BITS) + found.indices[at])]
    found.indices[at], found.data[at] = found.indices[order], found.data[order]
    return found


def _summed(found: Entries) -> Entries:
    """Rows sorted by column, a column that a row names more than once counted as often as it is named."""
    same = found.indices[1:] == found.indices[:-1]
    if not same.any():
        return found
    row = np.repeat(np.arange(len(found.lengths)), found.lengths)
    starts = np.flatnonzero(np.concatenate(([True], ~same | (row[1:] != row[:-1]))))
    lengths = np.bincount(row[starts], minlength=len(found.lengths)).astype(np.int64)
    return Entries(lengths, found.indices[starts], np.add.reduceat(found.data, starts))
