"""Boxes: columns that belong together by their labels (one place, one kind, a stretch of time), drawn to a size.

A box starts at the labels of one column drawn at random and grows along the axes it is cut by, time by its neighbours,
other axes by what shares rows with what is in already, until it holds as many columns as were asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from optimizer.program import ABSENT, TIME, Bools, Floats, Ints, Program
from optimizer.solvers.search.guessed import guessed
from optimizer.solvers.search.links import Index, Links

MOST_CUTS = 3
"""A box is cut by no more axes than this."""

MARGIN = 3
"""Beside a stretch of time, what is not whole may change this many stretches before and after it."""

_STRAY = 0.3
_COUPLED = 400


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One label: `values` (n,) by column counted from 0, ABSENT where a column has none; `count` of them."""

    name: str
    values: Ints
    count: int
    coupling: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """The labels let in, by axis: `allowed` (count,), for the axes the box is cut by."""

    allowed: dict[str, Bools]


@dataclass(frozen=True, eq=False)
class Map:
    """A program's labels: its `axes` of two values or more, and which of its columns are whole."""

    links: Links
    axes: dict[str, Axis]

    @classmethod
    def of(cls, links: Links) -> Map:
        """Read from the labels of the program's blocks, or guessed from their shapes where there are none."""
        program = links.program
        names = dict.fromkeys(name for block in program.columns for name in block.labels)
        labels = {name: program.labels(name) for name in names} or guessed(program)
        found = (_axis(program, *each) for each in labels.items())
        return cls(links, {axis.name: axis for axis in found if axis.count > 1})

    @cached_property
    def whole(self) -> Index:
        """The whole columns, sorted."""
        return np.flatnonzero(self.links.program.integer)

    @cached_property
    def loose(self) -> Index:
        """The other columns, sorted."""
        return np.flatnonzero(~self.links.program.integer)

    @cached_property
    def cuts(self) -> tuple[tuple[str, ...], ...]:
        """The sets of axes a box can be cut by: no two of which one says all the other does."""
        held = [name for name in self.axes if bool((self.axes[name].values[self.whole] != ABSENT).any())]
        sizes = range(1, 1 + min(MOST_CUTS, len(held)))
        return tuple(cut for size in sizes for cut in combinations(held, size) if not self._nested(cut))

    def draw(self, cut: tuple[str, ...], wanted: int, among: Index, chance: np.random.Generator) -> Box | None:
        """A box cut by the axes `cut` with about `wanted` of the columns `among`; None where none has those labels."""
        labels = {name: self.axes[name].values[among] for name in cut}
        seeds = np.flatnonzero(np.all([each != ABSENT for each in labels.values()], axis=0))
        if not len(seeds):
            return None
        seed = int(chance.choice(seeds))
        box = Box({name: np.arange(self.axes[name].count) == labels[name][seed] for name in cut})
        growing = list(cut)
        while growing and int(_inside(box, labels).sum()) < wanted:
            name = growing[int(chance.integers(len(growing)))]
            if not _grow(self.axes[name], box.allowed[name], chance):
                growing.remove(name)
        return box

    def inside(self, box: Box, among: Index) -> Index:
        """Those of the columns `among` that have the box's labels on every axis it is cut by."""
        return among[_inside(box, {name: self.axes[name].values[among] for name in box.allowed})]

    def around(self, box: Box) -> Index:
        """The columns that need not be whole and lie in the box or before and after it, and what has no label there."""
        wider = Box({name: _widened(name, allowed) for name, allowed in box.allowed.items()})
        labels = {name: self.axes[name].values[self.loose] for name in box.allowed}
        inside = self.loose[_inside(wider, labels)]
        open_ = self.loose[_inside(wider, labels, unlabelled=True)]
        return np.union1d(inside, np.intersect1d(open_, self.links.near(inside, 1)))

    def _nested(self, cut: tuple[str, ...]) -> bool:
        return any(self._determines(one, other) for one in cut for other in cut if one != other)

    def _determines(self, one: str, other: str) -> bool:
        """Whether a whole column's label on `one` tells its label on `other`."""
        first, second = self.axes[one], self.axes[other].values[self.whole]
        both = (first.values[self.whole] != ABSENT) & (second != ABSENT)
        labels, other_labels = first.values[self.whole][both], second[both]
        pairs = np.unique(labels.astype(np.int64) * self.axes[other].count + other_labels)
        return bool(len(pairs) == len(np.unique(labels)))


def _axis(program: Program, name: str, labels: Ints) -> Axis:
    known = labels != ABSENT
    kinds, places = np.unique(labels[known], return_inverse=True)
    values = np.full(len(labels), ABSENT, dtype=np.int32)
    values[known] = places
    coupled = name != TIME and 1 < len(kinds) <= _COUPLED
    coupling = _coupling(program, values, len(kinds)) if coupled else np.zeros((0, 0))
    return Axis(name, values, len(kinds), coupling)


def _coupling(program: Program, values: Ints, count: int) -> Floats:
    """(count, count) how many rows name columns of both labels, long rows for less."""
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    label = values[program.indices]
    pairs = np.unique((rows * count + label)[label != ABSENT])
    row, which = pairs // count, pairs % count
    found = np.zeros((count, count))
    sizes = np.bincount(row, minlength=len(program.row_lower))
    for shift in range(1, min(count, 8)):
        same = row[shift:] == row[:-shift]
        one, other = which[shift:][same], which[:-shift][same]
        np.add.at(found, (one, other), 1.0 / sizes[row[shift:][same]] ** 2)
    return found + found.T


def _inside(box: Box, labels: dict[str, Ints], *, unlabelled: bool = False) -> Bools:
    found: Bools | None = None
    for name, allowed in box.allowed.items():
        here = np.append(allowed, unlabelled)[labels[name]]  # ABSENT is -1, the last
        found = here if found is None else found & here
    if found is None:
        raise ValueError("a box is cut by at least one axis")
    return found


def _widened(name: str, allowed: Bools) -> Bools:
    if name != TIME:
        return allowed
    inside = np.flatnonzero(allowed)
    more = MARGIN * (inside[-1] - inside[0] + 1)
    wider = np.zeros_like(allowed)
    wider[max(0, inside[0] - more) : inside[-1] + more + 1] = True
    return wider


def _grow(axis: Axis, allowed: Bools, chance: np.random.Generator) -> bool:
    """Let one more label in; False if all are."""
    rest = np.flatnonzero(~allowed)
    if not len(rest):
        return False
    if axis.name == TIME:
        inside = np.flatnonzero(allowed)
        beside = [at for at in (inside[0] - 1, inside[-1] + 1) if 0 <= at < axis.count]
        allowed[int(chance.choice(beside))] = True
        return True
    weights = axis.coupling[np.ix_(allowed, rest)].sum(axis=0) if len(axis.coupling) else np.zeros(len(rest))
    odds = weights / weights.sum() if weights.sum() > 0 and chance.random() > _STRAY else None
    allowed[int(chance.choice(rest, p=odds))] = True
    return True
