"""Stocks at rest: what each would be if every flow stood at a bound, and what departures from there add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solvers.search.links import Index
from optimizer.solvers.search.priced_chains import Chain


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """The course of each stock: `chains` in an order in which each needs only those before, `course` (s,) by chain.

    `width` is n, the number of columns; `nearest` (n,) is the bound that each flow departs from and `sign` (n,) whether
    it goes up from there (1) or down (-1).
    """

    chains: tuple[Chain, ...]
    width: int
    nearest: Floats
    sign: Floats
    course: Floats

    @classmethod
    def of(cls, program: Program, relaxed: Floats, chains: Sequence[Chain]) -> Courses:
        """Courses of `chains` with every flow at its bound nearest to `relaxed` (n,)."""
        up = relaxed - program.lower <= program.upper - relaxed
        nearest = np.where(up, program.lower, program.upper)
        found = cls(tuple(chains), len(program.cost), nearest, np.where(up, 1.0, -1.0), np.zeros(len(chains)))
        course = found.course.copy()
        for at, chain in enumerate(chains):
            course[at] = chain.start + chain.weights @ nearest[chain.flows] + chain.passed @ course[chain.before]
        return replace(found, course=course)

    def departures(self, plan: Floats) -> tuple[Floats, Floats]:
        """What stands above and below each course (s,) if the columns are as in `plan` (n,)."""
        return self.sums(np.maximum(0.0, self.sign * (plan - self.nearest)))

    def sums(self, gone: Floats) -> tuple[Floats, Floats]:
        """What stands above and below each course (s,) if every flow is so far from its nearest bound (n,)."""
        above, below = np.zeros(len(self.chains)), np.zeros(len(self.chains))
        for at, chain in enumerate(self.chains):
            moves = self.moves(chain)
            rise, fall = np.maximum(chain.passed, 0.0), np.maximum(-chain.passed, 0.0)
            more, less = above[chain.before], below[chain.before]
            above[at] = np.maximum(moves, 0.0) @ gone[chain.flows] + rise @ more + fall @ less
            below[at] = np.maximum(-moves, 0.0) @ gone[chain.flows] + rise @ less + fall @ more
        return above, below

    def moves(self, chain: Chain) -> Floats:
        """How far each unit of departure of a flow moves the stock: up (positive) or down."""
        return chain.weights * self.sign[chain.flows]

    def only(self, wanted: Index) -> Courses:
        """The courses of these chains and of all that they are made of."""
        needed = np.zeros(len(self.chains), dtype=np.bool_)
        needed[wanted] = True
        for at in range(len(self.chains) - 1, -1, -1):
            if needed[at]:
                needed[self.chains[at].before] = True
        new = np.cumsum(needed) - 1
        kept = [
            replace(chain, before=new[chain.before]) for chain, stays in zip(self.chains, needed, strict=True) if stays
        ]
        return replace(self, chains=tuple(kept), course=self.course[needed])
