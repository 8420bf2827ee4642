"""The first stage of the L-shaped method: what is decided first, with some futures in full and a bound for each other.

Cuts alone say little of many decisions at once: a few futures kept whole beside them hold the decisions near where they
end (partial decomposition: Crainic, Hewitt, Maggioni and Rei 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Block, Floats, Program
from optimizer.scenario.uncertainty import Risk
from optimizer.solvers.scaling import SMALLEST
from optimizer.uncertainty.extensive import Extensive, cost_bounds, extensive
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.rows import rows_of, stacked

LOOSE: Final = 1e-6
"""A cut further than this share below what it bounds does not hold anything up."""

PATIENCE: Final = 12
"""So many rounds a cut may hold nothing up before it is forgotten."""

ROOM: Final = 1e-9
"""Rows that can't be broken by more than this ask nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A future costs at least ``height + slope @ decided``, in currency; learned at the visit of that number."""

    future: int
    height: float
    slope: Floats
    visit: int = 0


@dataclass(slots=True, eq=False)
class Master:
    """The extensive form of the futures `full`, then what each other future costs at least, then (where the dear tail
    counts) what it costs above the threshold."""

    futures: Futures
    full: Sequence[int]
    risk: Risk | None = None
    cuts: list[Cut] = field(default_factory=list)
    _core: Extensive = field(init=False)
    _asked: list[Program] = field(init=False)
    _idle: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        part = self.futures.part(self.full)
        self._core = extensive(part, self.risk) if len(part) else alone(self.futures, self.risk)
        found = [implied(self.futures, self.futures.own_rows(number)) for number in self.others]
        self._asked = [each for each in found if len(each.row_lower)]

    @property
    def others(self) -> list[int]:
        """The futures that are bounded by cuts."""
        return [number for number in range(len(self.futures)) if number not in set(self.full)]

    @property
    def scale(self) -> float:
        """By what costs in currency are multiplied."""
        return self._core.scale

    def decided(self, values: Floats) -> Floats:
        """(F,) what is decided first."""
        return self._core.decided(values)

    def bounds_of(self, values: Floats) -> Floats:
        """(others,) what each other future costs at least, as far as the cuts know."""
        start = len(self._core.program.cost)
        return values[start : start + len(self.others)]

    def trim(self, values: Floats) -> None:
        """Forget cuts that held nothing up for long."""
        decided, told = self.decided(values), dict(zip(self.others, self.bounds_of(values), strict=True))
        self._idle = np.concatenate((self._idle, np.zeros(len(self.cuts) - len(self._idle), dtype=np.int64)))
        for at, cut in enumerate(self.cuts):
            bound = told[cut.future]
            holds = cut.height + float(cut.slope @ decided) >= bound - LOOSE * max(1.0, abs(bound))
            self._idle[at] = 0 if holds else self._idle[at] + 1
        kept = np.flatnonzero(self._idle <= PATIENCE)
        self.cuts, self._idle = [self.cuts[at] for at in kept], self._idle[kept]

    def program(self, *, whole: bool, cuts: bool = True, together: bool = False) -> Program:
        """The program as it stands, or without its cuts, which ask nothing of what is decided.

        With the cuts of each visit `together` as one on what all futures cost: weaker, but far fewer rows.
        """
        core, others = self._core.program, len(self.others)
        low, high = cost_bounds(self.futures)
        above = 0 if self.risk is None else others
        indptr, indices, data, least = self._rows(self.cuts if cuts else [], together)
        cost, lower, upper = self._columns(low, high, above)
        start = int(core.indptr[-1])
        return Program(
            cost, lower, upper,
            np.concatenate((core.integer & whole, np.zeros(others + above, dtype=np.bool_))),
            np.concatenate((core.indptr, indptr[1:] + start)), np.concatenate((core.indices, indices)),
            np.concatenate((core.data, data)), np.concatenate((core.row_lower, least[0])),
            np.concatenate((core.row_upper, least[1])),
            (Block("column", 0, (len(cost),)),), (Block("row", 0, (len(core.row_lower) + len(least[0]),)),),
            core.offset,
        )  # fmt: skip

    def _columns(self, low: float, high: float, above: int) -> tuple[Floats, Floats, Floats]:
        core, weights = self._core.program, self.futures.weights[self.others]
        share = 1.0 if self.risk is None else 1.0 - self.risk.weight
        tail = np.empty(0) if self.risk is None else self.risk.weight / (1.0 - self.risk.alpha) * weights
        return (
            np.concatenate((core.cost, self.scale * share * weights, self.scale * tail)),
            np.concatenate((core.lower, np.full(len(weights), low), np.zeros(above))),
            np.concatenate((core.upper, np.full(len(weights), high), np.full(above, high - low))),
        )

    def _rows(self, cuts: Sequence[Cut], together: bool) -> _Rows:
        width = len(self._core.program.cost)
        visits: dict[int, list[Cut]] = {}
        for number, cut in enumerate(cuts):
            visits.setdefault(cut.visit if together else number, []).append(cut)
        parts = [
            *(self._cut(each, width) for each in visits.values()),
            self._tail(width),
            *(self._asked_first(each) for each in self._asked),
        ]
        return _joined(parts)

    def _cut(self, cuts: Sequence[Cut], width: int) -> _Triples:
        """Cuts as one row: what their futures cost, by their chances, is at least what the cuts say."""
        place, numbers = np.searchsorted(self.others, [cut.future for cut in cuts]), [cut.future for cut in cuts]
        weights = self.futures.weights[numbers] / self.futures.weights[numbers].max()
        slope = np.asarray(sum(weight * cut.slope for weight, cut in zip(weights, cuts, strict=True)))
        height, column = float(weights @ [cut.height for cut in cuts]), np.flatnonzero(np.abs(slope) >= SMALLEST)
        template = self.futures.built.program
        small = np.where(np.abs(slope) < SMALLEST, slope, 0.0)
        taken = np.minimum(small * template.lower[self._core.first], small * template.upper[self._core.first]).sum()
        entries = np.concatenate((-slope[column], weights))
        row = np.zeros(len(entries), dtype=np.int64)
        columns = np.concatenate((column, width + place))
        return _Triples(row, columns, entries, np.array([height + taken]), np.array([np.inf]))

    def _tail(self, width: int) -> _Triples:
        """Threshold + cost above it >= what the future costs."""
        others = np.arange(0 if self.risk is None else len(self.others))
        threshold = np.full(len(others), width - 1 - len(self.full))
        costs, ones = width + others, np.ones(len(others))
        columns = np.concatenate((threshold, costs + len(others), costs))
        data = np.concatenate((ones, ones, -ones))
        return _Triples(np.tile(others, 3), columns, data, np.zeros(len(others)), np.full(len(others), np.inf))

    def _asked_first(self, program: Program) -> _Triples:
        place = np.full(len(self.futures.first), -1, dtype=np.int64)
        place[self._core.first] = np.arange(len(self._core.first))
        rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
        return _Triples(rows, place[program.indices], program.data, program.row_lower, program.row_upper)


def alone(futures: Futures, risk: Risk | None) -> Extensive:
    """What is decided first by itself, under all that is asked of it whatever comes; costs stand with the cuts."""
    template, first = futures.built.program, np.flatnonzero(futures.first)
    rows = stacked(futures.early, implied(futures, futures.later))
    place = np.zeros(len(futures.first), dtype=np.int32)
    place[first] = np.arange(len(first), dtype=np.int32)
    tail = 0 if risk is None else 1
    low, high = cost_bounds(futures)
    scale = 1.0 / float(futures.weights.max())
    width = len(first) + tail
    program = replace(
        rows,
        cost=scale * np.concatenate((np.zeros(len(first)), [] if risk is None else [risk.weight])),
        lower=np.concatenate((template.lower[first], np.full(tail, low))),
        upper=np.concatenate((template.upper[first], np.full(tail, high))),
        integer=np.concatenate((template.integer[first], np.zeros(tail, dtype=np.bool_))),
        indices=place[rows.indices], columns=(Block("column", 0, (width,)),), offset=0.0,
    )  # fmt: skip
    return Extensive(program, first, np.flatnonzero(~futures.first), scale)


@dataclass(frozen=True, slots=True, eq=False)
class _Triples:
    """Row, column and coefficient of each entry; the least and the most of each row."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    data: Floats
    lower: Floats
    upper: Floats


def implied(futures: Futures, later: Program) -> Program:
    """What rows (`later`) that reach into the future ask of what is decided first, however the future goes on.

    The columns of the future at their most helpful bounds leave each row the most room that it can have.
    """
    template = futures.built.program
    rows = np.repeat(np.arange(len(later.row_lower)), np.diff(later.indptr))
    ahead = ~futures.first[later.indices]
    ends = later.data * template.lower[later.indices], later.data * template.upper[later.indices]
    least, most = np.minimum(*ends), np.maximum(*ends)
    count = len(later.row_lower)
    room = [np.bincount(rows[ahead], weights=each[ahead], minlength=count) for each in (least, most)]
    own = [np.bincount(rows[~ahead], weights=each[~ahead], minlength=count) for each in (least, most)]
    upper, lower = later.row_upper - room[0], later.row_lower - room[1]
    binds = (own[1] > upper + ROOM) | (own[0] < lower - ROOM)
    counts = np.bincount(rows[~ahead], minlength=count)
    indptr = np.concatenate(([0], np.cumsum(counts)))
    projected = replace(
        later, indptr=indptr, indices=later.indices[~ahead], data=later.data[~ahead], row_lower=lower, row_upper=upper
    )
    return rows_of(projected, binds)


_Rows = tuple[NDArray[np.int64], NDArray[np.int32], Floats, tuple[Floats, Floats]]
"""indptr, indices, data, and the least and the most of each row."""


def _joined(parts: Sequence[_Triples]) -> _Rows:
    starts = np.concatenate(([0], np.cumsum([len(part.lower) for part in parts])))
    rows = np.concatenate([part.row + start for part, start in zip(parts, starts, strict=False)])
    columns = np.concatenate([part.column for part in parts])
    data = np.concatenate([part.data for part in parts])
    order = np.lexsort((columns, rows))
    indptr = np.zeros(int(starts[-1]) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=int(starts[-1])), out=indptr[1:])
    bounds = np.concatenate([part.lower for part in parts]), np.concatenate([part.upper for part in parts])
    return indptr, columns[order].astype(np.int32), data[order], bounds
