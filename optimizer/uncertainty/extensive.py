"""The extensive form: every future's program side by side, tied by what is decided first.

Birge and Louveaux, Introduction to Stochastic Programming (2011), chapter 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Block, Floats, Program
from optimizer.scenario.uncertainty import Risk
from optimizer.uncertainty.futures import Futures

MOST_COST: Final = 9e8
"""No future costs more, in currency: solvers take no larger figures."""


@dataclass(frozen=True, slots=True, eq=False)
class Extensive:
    """One `program` over F columns decided first, then those of each future; `first` (F,) names them in the template.

    `later` (L,) names the others, which stand L by L future by future from F on. Its costs are `scale` times currency,
    so that no price becomes too small for solvers by its future's chance.
    """

    program: Program
    first: NDArray[np.int64]
    later: NDArray[np.int64]
    scale: float

    def decided(self, values: Floats) -> Floats:
        """(F,) what is decided first."""
        return values[: len(self.first)]

    def in_future(self, values: Floats, number: int, width: int) -> Floats:
        """(n,) every column of the template in one future, of `width` columns."""
        start = len(self.first) + number * len(self.later)
        found = np.zeros(width)
        found[self.first] = values[: len(self.first)]
        found[self.later] = values[start : start + len(self.later)]
        return found


def extensive(futures: Futures, risk: Risk | None = None, *, whole: bool = True) -> Extensive:
    """Least expected cost over all futures, or that weighed with the mean of the dear tail.

    The tail's mean is linear (Rockafellar and Uryasev 2000): a threshold, and of each future what it costs above it.
    `whole` keeps whole numbers whole in what is decided first; what follows later is in fractions always.
    """
    first, later = np.flatnonzero(futures.first), np.flatnonzero(~futures.first)
    parts = _Parts(futures, first, later, risk)
    template = futures.built.program
    size = len(first) + len(futures) * len(later)
    tail = 0 if risk is None else 1 + len(futures)
    lower, upper, integer = (
        np.concatenate((each[first], np.tile(each[later], len(futures))))
        for each in (template.lower, template.upper, template.integer)
    )
    integer[len(first) :] = False
    low, high = cost_bounds(futures)
    program = parts.stacked_rows()
    scale = 1.0 / float(futures.weights.max())
    extensive_form = Program(
        scale * parts.cost(),
        np.concatenate((lower, np.zeros(tail) + np.where(np.arange(tail) == 0, low, 0.0))),
        np.concatenate((upper, np.full(tail, high - low) + np.where(np.arange(tail) == 0, low, 0.0))),
        np.concatenate((integer if whole else np.zeros_like(integer), np.zeros(tail, dtype=np.bool_))),
        *program,
        (Block("column", 0, (size + tail,)),), (Block("row", 0, (len(program[3]),)),),
        scale * template.offset,
    )  # fmt: skip
    return Extensive(extensive_form, first, later, scale)


def cost_bounds(futures: Futures) -> tuple[float, float]:
    """The least and the most that any future can cost, as far as solvers take such figures."""
    template = futures.built.program
    low, high = 0.0, 0.0
    for number in range(len(futures)):
        cost = futures.cost(number)
        low = min(low, float(np.minimum(cost * template.lower, cost * template.upper).sum()))
        high = max(high, float(np.maximum(cost * template.lower, cost * template.upper).sum()))
    return max(low, -MOST_COST), min(high, MOST_COST)


Rows = tuple[NDArray[np.int64], NDArray[np.int32], Floats, Floats, Floats]
"""indptr, indices, data, row_lower, row_upper."""


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What the extensive form is put together from."""

    futures: Futures
    first: NDArray[np.int64]
    later: NDArray[np.int64]
    risk: Risk | None

    def cost(self) -> Floats:
        """Cost of every column: what is decided first by its mean, the rest by its chance; then the tail's."""
        share = 1.0 if self.risk is None else 1.0 - self.risk.weight
        futures = self.futures
        expected = np.zeros(len(self.first))
        blocks = []
        for number, weight in enumerate(futures.weights):
            cost = futures.cost(number)
            expected += weight * cost[self.first]
            blocks.append(weight * cost[self.later])
        found = share * np.concatenate((expected, *blocks))
        if self.risk is None:
            return found
        above = self.risk.weight / (1.0 - self.risk.alpha) * futures.weights
        return np.concatenate((found, [self.risk.weight], above))

    def stacked_rows(self) -> Rows:
        """The rows of what is decided first, those of every future, and those of the tail."""
        width = len(self.first) + len(self.futures) * len(self.later)
        found = [self._placed(self.futures.early, 0)]
        for number in range(len(self.futures)):
            found.append(self._placed(self.futures.program(number), number))
        if self.risk is not None:
            found.extend(self._tail(number, width) for number in range(len(self.futures)))
        starts = np.concatenate(([0], np.cumsum([each[0][-1] for each in found])))
        indptr = [each[0][1:] + start for each, start in zip(found, starts, strict=False)]
        joined = [np.concatenate([each[at] for each in found]) for at in range(1, 5)]
        return (
            np.concatenate(([0], *indptr)).astype(np.int64), joined[0].astype(np.int32), joined[1], joined[2], joined[3]
        )  # fmt: skip

    def _placed(self, program: Program, number: int) -> Rows:
        """Rows of the template's columns where one future's columns stand, sorted by column within each row."""
        place = np.empty(len(self.futures.built.program.cost), dtype=np.int64)
        place[self.first] = np.arange(len(self.first))
        place[self.later] = len(self.first) + number * len(self.later) + np.arange(len(self.later))
        indices = place[program.indices]
        rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
        order = np.lexsort((indices, rows))
        return (
            program.indptr,
            indices[order].astype(np.int32),
            program.data[order],
            program.row_lower,
            program.row_upper,
        )

    def _tail(self, number: int, width: int) -> Rows:
        """What a future costs is at most the threshold and what it costs above that."""
        cost = self.futures.cost(number)
        start = len(self.first) + number * len(self.later)
        columns = np.concatenate(
            (np.arange(len(self.first)), start + np.arange(len(self.later)), [width, width + 1 + number])
        )
        entries = np.concatenate((cost[self.first], cost[self.later], [-1.0, -1.0]))
        kept = entries != 0
        rows = np.array([0, int(kept.sum())], dtype=np.int64)
        return rows, columns[kept].astype(np.int32), entries[kept], np.array([-np.inf]), np.array([0.0])
