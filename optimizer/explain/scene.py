"""A plan in its program, as explanations look at it: which rows a decision stands in, and what is scarce there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.explain.worth import Relief
from optimizer.program import ABSENT, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One more of a `kind` of thing: at `unit` (a unit or site), of `who` (a staff group or device), on a day, shift.

    `day` is the day's number, a week's first, or -1 for the whole horizon. `own_price` is what one more would cost to
    get, in currency: None where it can't be had.
    """

    kind: str
    unit: str
    who: str
    day: int
    shift: str
    relief: Relief
    own_price: float | None = None


Found = Iterator[Resource]


@dataclass(frozen=True, eq=False)
class Scene:
    """A case, its program, and the plan's `values` (n,)."""

    case: Case
    built: Built
    values: Floats

    def rows(self, columns: Ints, name: str) -> Ints:
        """Rows of the blocks called `name` in which any of the columns stands, each as often as they do."""
        starts, rows = self._by_column
        there = columns[columns != ABSENT].ravel()
        found = np.concatenate([np.empty(0, np.int64), *(rows[starts[at] : starts[at + 1]] for at in there)])
        return np.asarray(found[self._names[found] == name], dtype=np.int32)

    def relief(self, columns: Ints, name: str, by: float = 1.0) -> Relief | None:
        """Every such row relaxed by as much; None where there is none."""
        rows = np.unique(self.rows(columns, name))
        return Relief(rows, np.full(len(rows), by)) if len(rows) else None

    def periods(self, day: int) -> slice:
        """The periods of a day."""
        per_day = self.case.grid.periods_per_day
        return slice(day * per_day, (day + 1) * per_day)

    @property
    def weeks(self) -> list[slice]:
        """The committed days, week by week."""
        days = self.case.grid.committed_days
        return [slice(first, min(first + 7, days)) for first in range(0, days, 7)]

    @cached_property
    def _by_column(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where each column's rows begin (n + 1,), and the rows (z,)."""
        program = self.built.program
        rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
        counts = np.bincount(program.indices, minlength=len(program.cost))
        return np.concatenate(([0], np.cumsum(counts))), rows[np.argsort(program.indices, kind="stable")]

    @cached_property
    def _names(self) -> NDArray[np.str_]:
        """(m,) the name of each row's block."""
        blocks = self.built.program.rows
        return np.repeat(np.array([block.name for block in blocks]), [block.size for block in blocks])
