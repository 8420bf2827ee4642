"""A linear or mixed-integer program as plain arrays: columns, named blocks of rows, labels.

Nothing here knows hospitals or solvers. A `ProgramBuilder` hands out index arrays for blocks of columns and takes
blocks of rows as broadcast terms; `build()` freezes both into a `Program` in compressed sparse rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.row_entries import ABSENT, Bools, Entries, Floats, Ints, entries

__all__ = [
    "ABSENT", "TIME", "Block", "Bools", "Floats", "Ints", "Program", "ProgramBuilder", "ProgramError", "Term",
    "refuse_bad_numbers",
]  # fmt: skip

_Kind = TypeVar("_Kind", bound=np.generic)
_Array = NDArray[np.generic]


class ProgramError(ValueError):
    """A program that no solver may be given: an infinite column bound, a coefficient that is no number."""


TIME = "time"
"""The one label whose numbers are in order: columns close in time belong together."""


@dataclass(frozen=True, slots=True)
class Block:
    """A named run of columns or rows: entry `start + i` is cell `i` of an array of `shape`.

    `labels` say where its columns belong, by axis (`TIME`, a place, a kind): numbers that broadcast to `shape`.
    """

    name: str
    start: int
    shape: tuple[int, ...]
    labels: Mapping[str, Ints] = field(default_factory=dict, compare=False)

    @property
    def size(self) -> int:
        """How many columns or rows the block holds."""
        return math.prod(self.shape)

    def take(self, values: NDArray[_Kind]) -> NDArray[_Kind]:
        """The block's part of a vector over all columns (or rows), in the block's own shape."""
        return values[self.start : self.start + self.size].reshape(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Minimise ``cost @ x + offset`` where ``row_lower <= A x <= row_upper`` and ``lower <= x <= upper``.

    With n columns, m rows and z nonzeros: `cost`, `lower`, `upper`, `integer` are (n,); `row_lower` and `row_upper` are
    (m,) and may be infinite on one side; `indptr` is (m + 1,), `indices` and `data` are (z,), sorted by column within a
    row. Column bounds are always finite: CP-SAT gave a wrong optimum on infinite ones.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    indptr: NDArray[np.int64]
    indices: Ints
    data: Floats
    row_lower: Floats
    row_upper: Floats
    columns: tuple[Block, ...]
    rows: tuple[Block, ...]
    offset: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.row_lower), len(self.cost)

    @property
    def is_whole(self) -> bool:
        """Whether any column must be a whole number."""
        return bool(self.integer.any())

    def column(self, name: str) -> Block:
        """The block of columns called `name`; KeyError if there is none."""
        return _named(self.columns, name)

    def labels(self, axis: str) -> Ints:
        """Where each column belongs on `axis`, shape (n,); ABSENT where its block does not say."""
        found = np.full(len(self.cost), ABSENT, dtype=np.int32)
        for block in self.columns:
            if axis in block.labels:
                block.take(found)[...] = block.labels[axis]
        return found

    def row_name(self, index: int) -> str:
        """`name[i,j]` of the row at `index`, for messages."""
        return _label(self.rows, index)

    def activity(self, values: Floats) -> Floats:
        """``A x``, shape (m,)."""
        rows = np.repeat(np.arange(len(self.row_lower)), np.diff(self.indptr))
        products = self.data * values[self.indices]
        return np.bincount(rows, weights=products, minlength=len(self.row_lower)).astype(np.float64, copy=False)

    def objective(self, values: Floats) -> float:
        """``cost @ x + offset``."""
        # Not `cost @ values`: threads of a BLAS add up in no fixed order, and cost more than they save.
        return float((self.cost * values).sum()) + self.offset


def _named(blocks: Sequence[Block], name: str) -> Block:
    for block in blocks:
        if block.name == name:
            return block
    raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Term:
    """`coefficient * columns`, one per row of a block.

    `columns` broadcasts to the block's shape; with one axis more, its last axis is summed. ABSENT entries are left out.
    """

    columns: Ints
    coefficient: ArrayLike = 1.0


@dataclass(slots=True)
class ProgramBuilder:
    """Collects columns and rows block by block; the one mutable thing on the way to a `Program`."""

    offset: float = 0.0
    _columns: list[Block] = field(default_factory=list)
    _rows: list[Block] = field(default_factory=list)
    _numbers: dict[str, list[_Array]] = field(default_factory=lambda: defaultdict(list))
    _entries: list[Entries] = field(default_factory=list)
    _width: int = 0
    _height: int = 0

    def add_columns(
        self,
        name: str,
        shape: tuple[int, ...],
        *,
        cost: ArrayLike = 0.0,
        lower: ArrayLike = 0.0,
        upper: ArrayLike,
        integer: ArrayLike = False,
        labels: Mapping[str, Ints] | None = None,
    ) -> Ints:
        """A block of columns; returns their indices in `shape`. Everything given broadcasts to `shape`."""
        block = Block(name, self._width, shape, labels or {})
        self._columns.append(block)
        self._note(shape, cost=cost, lower=lower, upper=upper, integer=integer)
        self._width += block.size
        return np.arange(block.start, self._width, dtype=np.int32).reshape(shape)

    def add_rows(
        self,
        name: str,
        shape: tuple[int, ...],
        terms: Sequence[Term],
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> None:
        """A block of rows ``lower <= sum of terms <= upper``. Rows that neither bind nor mention a column are kept."""
        named = [(term.columns, np.asarray(term.coefficient, dtype=np.float64)) for term in terms]
        self._entries.extend(entries(named, shape))
        self._note(shape, row_lower=lower, row_upper=upper)
        block = Block(name, self._height, shape)
        self._rows.append(block)
        self._height += block.size

    def costs(self) -> Floats:
        """Cost of every column added so far."""
        return self._filled("cost", self._columns, np.float64)

    def build(self) -> Program:
        """The frozen program. Raises ProgramError for a bound or coefficient that no solver may see."""
        indptr = np.zeros(self._height + 1, dtype=np.int64)
        np.cumsum(_joined([each.lengths for each in self._entries], np.int64), out=indptr[1:])
        indices = _joined([each.indices for each in self._entries], np.int32)
        data = _joined([each.data for each in self._entries], np.float64)
        cost, lower, upper = (self._filled(name, self._columns, np.float64) for name in ("cost", "lower", "upper"))
        row_lower, row_upper = (self._filled(name, self._rows, np.float64) for name in ("row_lower", "row_upper"))
        integer = self._filled("integer", self._columns, np.bool_)
        program = Program(
            cost, lower, upper, integer, indptr, indices, data,
            row_lower, row_upper, tuple(self._columns), tuple(self._rows), self.offset,
        )  # fmt: skip
        refuse_bad_numbers(program)
        return program

    def _note(self, shape: tuple[int, ...], **numbers: ArrayLike) -> None:
        """Keep what a block was given as it came; it is spread over the block's cells only once, when building."""
        for name, value in numbers.items():
            self._numbers[name].append(np.broadcast_to(np.asarray(value), shape))

    def _filled(self, name: str, blocks: Sequence[Block], kind: type[_Kind]) -> NDArray[_Kind]:
        whole = np.zeros(sum(block.size for block in blocks), dtype=kind)
        for block, value in zip(blocks, self._numbers[name], strict=True):
            block.take(whole)[...] = value
        return whole


def _joined(parts: Sequence[NDArray[np.generic]], kind: type[_Kind]) -> NDArray[_Kind]:
    return np.concatenate(parts, dtype=kind) if parts else np.empty(0, dtype=kind)


def refuse_bad_numbers(program: Program) -> None:
    """Raises ProgramError for a bound, cost or coefficient that no solver may be given."""
    for name in ("cost", "lower", "upper", "data"):
        if not bool(np.isfinite(getattr(program, name)).all()):
            raise ProgramError(f"{name} holds a value that is infinite or no number")
    if not math.isfinite(program.offset):
        raise ProgramError("offset is infinite or no number")
    if not bool(((program.row_lower < np.inf) & (program.row_upper > -np.inf)).all()):
        raise ProgramError("a row's bound is no number, or infinite on the wrong side")
    if bool((program.lower > program.upper).any()):
        at = int(np.argmax(program.lower > program.upper))
        raise ProgramError(f"column {_label(program.columns, at)} has its lower bound above its upper")


def _label(blocks: Sequence[Block], index: int) -> str:
    """`name[i,j]` of the column or row at `index`, for messages."""
    block = next(block for block in blocks if block.start <= index < block.start + block.size)
    cell = np.unravel_index(index - block.start, block.shape)
    return f"{block.name}[{','.join(str(int(i)) for i in cell)}]"
