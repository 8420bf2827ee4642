"""A search that always has a roster: everybody greedily, then a few people anew at a time, for as long as it is let."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from optimizer.roster.lightly import counted_of
from optimizer.roster.master import Column, Frame
from optimizer.roster.pricing import Pricing
from optimizer.roster.standing import Cover, Standing, columns_of, copied, cover_of, nobody, standing_of

ROUNDS: Final = 16
"""Rounds of a piece of work: a moment even where people are many."""

MOST_ANEW: Final = 4
"""People who lose their lines at once, at most."""

HEAT: Final = 0.4
"""What a worse roster may cost at the start of a cycle, in the mean of what a wish and a person missing cost."""

NOISE: Final = 0.1
"""By how much prices are shaken, in what a person missing costs in the middle."""

WORTH: Final = 1.2
"""What a shift is worth at most to the first of several who get lines anew, in what a person missing costs."""

PIECES_A_CYCLE: Final = 250
"""After so many pieces of work the heat is gone; each further cycle is as hot and twice as long."""


@dataclass(slots=True)
class Finder:
    """A search of one process. `best` is the best roster so far, of `points` (inf: none that is whole).

    `missing` prices each person below the least cover: a roster dearer than that is none.
    """

    frame: Frame
    pricing: Pricing
    missing: float
    seed: int = 0
    points: float = math.inf
    best: Standing | None = None
    now: Standing | None = None
    cover: Cover = field(init=False)
    draw: np.random.Generator = field(init=False)
    pieces: int = 0
    cycle: int = PIECES_A_CYCLE
    cycle_began: int = 0

    def __post_init__(self) -> None:
        counted = counted_of(self.frame.problem) if self.pricing.light else None
        self.cover = cover_of(self.frame, self.missing, counted)
        self.draw = np.random.default_rng(self.seed)

    def begin(self) -> bool:
        """A first line for everybody; False where somebody has no legal one at all."""
        from optimizer.roster.sweeping import begin, desk_for, points

        standing = nobody(self.cover)
        desk = desk_for(self.cover)
        if begin(self.pricing.ways, self.cover, standing, self.pricing.room, desk, self.draw) >= 0:
            return False
        self.now, self.best = standing, copied(standing)
        self.points = points(self.cover, standing)
        return True

    def complete(self, columns: Sequence[Column]) -> list[Column]:
        """Lines for those who have none beside such columns; nothing where somebody gets no legal one."""
        from optimizer.roster.sweeping import begin, desk_for, points

        standing = standing_of(self.frame, self.cover, columns)
        desk = desk_for(self.cover)
        if begin(self.pricing.ways, self.cover, standing, self.pricing.room, desk, self.draw) >= 0:
            return []
        if points(self.cover, standing) < self.points:
            self.now = standing  # worth going on from
        return columns_of(self.frame, self.cover, standing)

    def step(self) -> bool:
        """A piece of work; whether the best roster is better now."""
        from optimizer.roster.sweeping import desk_for, improve, keep

        if self.now is None or self.best is None:
            return False
        if self.pieces - self.cycle_began >= self.cycle:
            self.cycle_began, self.cycle = self.pieces, 2 * self.cycle
            keep(self.now, self.best)
        cold = (self.pieces - self.cycle_began) / self.cycle
        heat, noise = HEAT * math.sqrt(self._wish() * self._missed()) * (1.0 - cold), NOISE * self._missed()
        found = improve(
            self.pricing.ways, self.cover, self.now, self.best, self.pricing.room, desk_for(self.cover), self.draw,
            ROUNDS, heat, min(MOST_ANEW, len(self.now.lines)), noise, WORTH * self._missed(),
        )  # fmt: skip
        self.pieces += 1
        better = found < self.points - 1e-6
        self.points = min(self.points, found)
        return better

    def work(self, seconds: float) -> bool:
        """Pieces of work for so long."""
        until, better = time.monotonic() + seconds, False
        while time.monotonic() < until:
            better = self.step() or better
        return better

    def columns(self) -> list[Column]:
        """The best roster as columns."""
        return [] if self.best is None else columns_of(self.frame, self.cover, self.best)

    def adopt(self, columns: list[Column], points: float) -> None:
        """Go on from a better roster that somebody else found."""
        if points < self.points - 1e-6:
            self.points = points
            self.best = standing_of(self.frame, self.cover, columns)
            self.now = copied(self.best)

    def _wish(self) -> float:
        weights = [wish.weight for wish in self.frame.problem.wishes if wish.weight > 0]
        return float(np.median(weights)) if weights else 0.1 * self._missed()

    def _missed(self) -> float:
        weights = self.frame.under[self.frame.under > 0]
        return float(np.median(weights)) if len(weights) else 1.0
