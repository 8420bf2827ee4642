"""Whole rosters out of blended ones: the surest lines are made firm, prices follow, until everybody has one line.

Each dive goes another way down; prices move with the people who are firm (a proximal point method on what is left).
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from optimizer.roster.ascending import Blending
from optimizer.roster.choosing import keeps_limits
from optimizer.roster.finding import Finder
from optimizer.roster.master import Column, Frame, Prices
from optimizer.roster.pricing import Pricing
from optimizer.roster.standing import column_of, standing_of

SWEEPS_AT_FIRST: Final = 15
"""From prices to a blend that they and it agree on."""

STAGES: Final = 30
"""At each of them so large a part of who is left is made firm, one person at least."""

STAGES_IN_HASTE: Final = 12
SWEEPS_A_DIVE: Final = 26
"""Over everybody, by all stages together, for one between two of them."""

STAGES_LATE: Final = 3
"""A dive that takes longer than it should ends sooner, and does end."""

SHARE_OF_TIME: Final = 0.5
"""A dive that would take more of what is left has fewer sweeps, or is made in haste."""

SHARE_AT_LEAST: Final = 0.15
MORE: Final = 1.5
LESS: Final = 0.75
"""What a dive that led to a better roster, or to none, makes of the share of turns that are dives."""

WORTH_MENDING: Final = 1.15
"""A roster that costs more, as a share of the best, is not mended."""

PIECES_OF_MENDING: Final = 6

KEPT: Final = 40
"""Lines a person that dives led to, at most, the last ones."""

LIKELY: Final = 0.9
"""A manner is drawn less often the further its last roster lay above the best one, by this factor for a hundredth."""


class Manner(NamedTuple):
    """How firmly prices follow, how far the centre goes with them, sweeps between stages; if all lines are `legal`."""

    firmness: float
    follow: float
    sweeps: int
    legal: bool


MANNERS: Final = (
    Manner(1.0, 0.5, 6, legal=True), Manner(0.5, 0.3, 6, legal=False), Manner(0.2, 0.8, 4, legal=True),
    Manner(0.2, 0.5, 4, legal=False), Manner(1.0, 0.5, 6, legal=False),
)  # fmt: skip
HASTY: Final = Manner(0.5, 0.5, 1, legal=True)


@dataclass(slots=True)
class Dives:
    """Rosters one after another from prices and a line for everybody."""

    frame: Frame
    pricing: Pricing
    prices: Prices
    columns: Sequence[Column]
    seed: int = 0
    until: float = math.inf
    lines: dict[int, list[Column]] = field(default_factory=dict)
    above: list[float] = field(default_factory=list)
    cheapest: float = math.inf
    last: float = math.inf
    start: Blending | None = None
    draw: np.random.Generator = field(init=False)
    sweep_seconds: float = 0.0
    share: float = 1.0

    def __post_init__(self) -> None:
        self.draw = np.random.default_rng(self.seed)

    def due(self) -> bool:
        """Whether a dive is next, not a part."""
        return bool(self.draw.random() < self.share) and self._manner() is not None

    def heed(self, *, better: bool) -> None:
        """Count what came of a dive."""
        self.share = min(1.0, max(SHARE_AT_LEAST, self.share * (MORE if better else LESS)))

    def step(self) -> list[Column]:
        """One dive: a line for each person, by person, none of which works a shift too often; nothing if it is late.

        The least cover may be missed. Other lines that people nearly had are in `lines` until the next dive.
        """
        blending, manner = self._begin().copied(), self._manner()
        if manner is None:
            return []
        at, (way, stages) = manner
        self.lines = {}
        blending.lean(self.prices, way.firmness)
        free = list(range(len(self.frame.problem.people)))
        self._sweep(blending, free, way, SWEEPS_AT_FIRST)
        enough = time.monotonic() + SHARE_OF_TIME * (self.until - time.monotonic())
        while free and time.monotonic() < self.until:
            self._sweep(blending, free, way, way.sweeps)
            count = math.ceil(len(free) / (stages if time.monotonic() < enough else STAGES_LATE))
            for person in self._surest(blending, free, count):
                self._firm(blending, person)
                free.remove(person)
        return [] if free else self._end(blending, at)

    def _begin(self) -> Blending:
        """Where dives begin; how long a sweep takes is measured."""
        if self.start is None:
            self.start = Blending.of(self.frame, self.columns)
            began = time.monotonic()
            self.start.copied().sweep(self.pricing, np.arange(len(self.frame.problem.people)))
            self.sweep_seconds = time.monotonic() - began
        return self.start

    def _manner(self) -> tuple[int, tuple[Manner, int]] | None:
        """How to dive: each way once, then those more often that led deeper; in haste, or not at all, by the time."""
        left = self.until - time.monotonic()
        if left < self.sweep_seconds * STAGES_IN_HASTE:
            return None
        at = len(self.above)
        if at >= len(MANNERS):
            off = 100.0 * (np.array(self.above) / max(self.cheapest, 1e-9) - 1.0)
            weight = LIKELY ** np.minimum(off, 30.0)
            at = int(self.draw.choice(len(MANNERS), p=weight / weight.sum()))
        fits = (SHARE_OF_TIME * left / max(self.sweep_seconds, 1e-6) - SWEEPS_AT_FIRST) / SWEEPS_A_DIVE
        if fits < 1.0:
            return at, (HASTY, STAGES_IN_HASTE)
        return at, (MANNERS[at]._replace(sweeps=int(min(fits, MANNERS[at].sweeps))), STAGES)

    def _sweep(self, blending: Blending, free: list[int], way: Manner, count: int) -> None:
        for _ in range(count):
            blending.sweep(self.pricing, self.draw.permutation(np.array(free, dtype=np.int64)), legal=way.legal)
            blending.pull.centre[:] += way.follow * (blending.pull.price - blending.pull.centre)

    def _surest(self, blending: Blending, free: list[int], count: int) -> list[int]:
        """Who is nearest to one line."""
        most = blending.blend.share[free].max(axis=1)
        return [free[at] for at in np.argsort(-most, kind="stable")[:count]]

    def _firm(self, blending: Blending, person: int) -> None:
        """Make the line firm of which she has most among those that work no shift too often."""
        from optimizer.roster.blending import fix

        held = np.flatnonzero(np.isfinite(blending.blend.cost[person]))
        shares = blending.blend.share[person]
        order = held[np.argsort(-shares[held], kind="stable")]
        columns = [self._column(blending, person, int(slot)) for slot in order]
        legal = [at for at, column in enumerate(columns) if keeps_limits(self.frame, column)]
        self.lines[person] = [columns[at] for at in legal if shares[order[at]] > 0.0]
        slot = int(order[legal[0]]) if legal else int(order[0])
        fix(blending.cover, blending.rows, blending.blend, blending.pull, blending.bench, person, slot)

    def _column(self, blending: Blending, person: int, slot: int) -> Column:
        blend = blending.blend
        lines, options = blend.lines[person, slot], blend.options[person, slot]
        return column_of(self.frame, blending.cover, person, lines, options, float(blend.cost[person, slot]))

    def mended(self, finder: Finder, columns: list[Column]) -> list[Column]:
        """What a finder of its own makes of a dive's roster, if it is nearly as good as the best one."""
        from optimizer.roster.sweeping import points

        if len(columns) < len(self.frame.problem.people):
            return finder.complete(columns)
        if self.last > WORTH_MENDING * finder.points:
            return columns
        mender = Finder(self.frame, self.pricing, finder.missing, int(self.draw.integers(2**31)))
        mender.adopt(columns, points(mender.cover, standing_of(self.frame, mender.cover, columns)))
        mender.pieces = mender.cycle - PIECES_OF_MENDING  # the heat is nearly gone
        for _ in range(PIECES_OF_MENDING):
            if time.monotonic() < self.until:
                mender.step()
        return mender.columns()

    def kept(self, pool: Mapping[int, Sequence[Column]], columns: Sequence[Column]) -> dict[int, list[Column]]:
        """Lines by person with those of the last dive among them, and those of a roster."""
        found = {person: list(lines) for person, lines in pool.items()}
        for column in [*(each for lines in self.lines.values() for each in lines), *columns]:
            mine = found.setdefault(column.person, [])
            if column not in mine:
                mine.append(column)
        return {person: lines[-KEPT:] for person, lines in found.items()}

    def _end(self, blending: Blending, at: int) -> list[Column]:
        """The roster, and what its manner led to."""
        self.last = cost = blending.cost(self.frame) + blending.missing(self.frame) * float(
            self.frame.under.max(initial=1.0)
        )
        self.cheapest = min(self.cheapest, cost)
        if at < len(self.above):
            self.above[at] = cost
        else:
            self.above.append(cost)
        slots = blending.blend.share.argmax(axis=1)
        columns = [self._column(blending, person, int(slot)) for person, slot in enumerate(slots)]
        return [column for column in columns if keeps_limits(self.frame, column)]
