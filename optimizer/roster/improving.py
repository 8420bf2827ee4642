"""A roster made better part after part: a block of people and days is freed and chosen anew, exactly where it can be.

Its relaxation tells whether anything better can be in it, and under its prices the lines of any better choice are few:
they are listed, and a solver chooses among all of them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from optimizer.roster.choosing import Chosen, choose, served
from optimizer.roster.generating import generate, grain_of
from optimizer.roster.master import Column, Frame, Master, Prices, dear
from optimizer.roster.parts import SHARES, Held, Outcome, Part, block
from optimizer.roster.pricing import Pricing
from optimizer.roster.proving import Proof, blame, lines_under
from optimizer.roster.standing import Cover
from optimizer.solution import Limits

ROUNDS: Final = 30
"""Rounds of prices for a part's relaxation, at most."""

LINES: Final = 4000
"""Lines that a solver chooses among, at most."""

WORK: Final = 1
"""Pieces of a solver's work that a part may take where work is counted."""

HALVINGS: Final = 4
"""So often a slack is halved until its lines are few enough."""

TOLD_BY_PRICES: Final = 0.3
"""A bound below this share of the points says nothing about where they could be lower."""

PART_OF_GRAIN: Final = 0.999
"""A roster that is better is better by a grain; what is left of it is for sums that are not exact."""

PROVEN: Final = 1e-6
NEARLY: Final = 1e-3
"""A choice so near to its bound is the best, for what size parts should have."""


@dataclass(slots=True)
class Improver:
    """Parts of a roster made anew; `proof` and `pool` (lines near the whole relaxation, by person) where there are."""

    frame: Frame
    pricing: Pricing
    cover: Cover
    seed: int = 0
    proof: Proof | None = None
    pool: Mapping[int, Sequence[Column]] = field(default_factory=dict)
    draw: np.random.Generator = field(init=False)
    kinds: tuple[Part, ...] = field(init=False)
    grain: int = field(init=False)

    def __post_init__(self) -> None:
        self.draw = np.random.default_rng(self.seed)
        people, days = len(self.frame.problem.people), self.frame.problem.days
        self.kinds = tuple(Part(share, max(2.0, share * people) * days) for share in SHARES)
        self.grain = grain_of(self.frame.problem)

    def step(self, columns: Mapping[int, Column], best: float, limits: Limits) -> list[Column]:
        """A part of a roster that costs `best` anew: a better roster, or nothing."""
        gains = np.array([kind.gains for kind in self.kinds])
        limits = limits if limits.work is None else replace(limits, work=WORK)
        kind = self.kinds[int(self.draw.choice(len(self.kinds), p=gains / gains.sum()))]
        allowed, free = block(self._held(columns, best), self.draw, kind.share, int(kind.cells))
        outcome, found = self._rearranged(self.frame.within(allowed), free, columns, best, limits)
        kind.heed(outcome)
        return found

    def _held(self, columns: Mapping[int, Column], best: float) -> Held:
        """The roster with what is to blame for its gap; its own costs where no prices prove a bound."""
        mine = [columns[at] for at in sorted(columns)]
        if self.proof is not None and self.proof.bound > TOLD_BY_PRICES * best:
            return Held(self.frame.problem, columns, *blame(self.frame, self.pricing, self.proof, mine))
        there = served(self.frame, mine).astype(np.intp)
        needs = self.cover.cost[np.arange(len(there)), there]
        return Held(self.frame.problem, columns, np.array([column.cost for column in mine]), needs)

    def _rearranged(
        self, frame: Frame, free: frozenset[int], columns: Mapping[int, Column], best: float, limits: Limits
    ) -> tuple[Outcome, list[Column]]:
        """The best that the lines of some people can be made to, within a frame that allows few."""
        others = [columns[person] for person in sorted(columns) if person not in free]
        held = [columns[person] for person in sorted(free)]
        part = frame.beside(served(frame, others))
        master = Master(part, dear(self.frame), free)
        for column in (*held, *self._pooled(frame, free)):
            master.add(column)
        until = time.monotonic() + limits.time_limit
        enough = best - PART_OF_GRAIN * self.grain - sum(column.cost for column in others)
        made = generate(part, self.pricing, master, until=until, most=ROUNDS, only=free, enough=enough)
        if made.bound >= enough - PROVEN or made.prices is None:
            return (Outcome.LARGE if made.prices is None else Outcome.CLOSED), []
        slack = enough - made.bound
        lines, whole = self._listed(part, made.prices, slack, free)
        chosen = choose(frame, [*lines, *(() if whole else master.within(slack))], others, limits, held)
        return _outcome(chosen, others, best, whole=whole)

    def _pooled(self, frame: Frame, free: frozenset[int]) -> list[Column]:
        """Lines near the whole relaxation that a frame allows."""
        own = np.concatenate([frame.own, frame.rest[:, :, None]], axis=2)
        days = np.arange(frame.problem.days)
        return [
            column
            for person in sorted(free)
            for column in self.pool.get(person, ())
            if np.isfinite(own[person, days, list(column.shifts)]).all()  # NO_SHIFT counts from the end
        ]

    def _listed(self, part: Frame, prices: Prices, slack: float, free: frozenset[int]) -> tuple[list[Column], bool]:
        """The lines that a better choice may hold, and whether these are all."""
        for halved in range(HALVINGS + 1):
            lines = lines_under(part, self.cover, self.pricing, prices, slack / 2**halved, LINES, free)
            if lines is not None:
                return lines, halved == 0
        return [], False


def _outcome(
    chosen: Chosen | None, others: Sequence[Column], best: float, *, whole: bool
) -> tuple[Outcome, list[Column]]:
    if chosen is None:
        return Outcome.LARGE, []
    if chosen.cost < best - PROVEN:
        return Outcome.BETTER, [*others, *chosen.columns.values()]
    solved = whole and chosen.cost - chosen.bound <= NEARLY * abs(chosen.cost)
    return (Outcome.SOLVED if solved else Outcome.LARGE), []
