"""Prices that prove a good bound soon, without a linear program: the proximal ascent of the Lagrangian dual.

Everybody's lines are blended under prices that lean on a centre (`blending`); where the prices so found prove a better
bound they are the next centre. Walks are cheap and linear programs are not: what is left to these begins near its end.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.generating import Generated, Say, generate
from optimizer.roster.master import Column, Frame, Master, Prices, dear
from optimizer.roster.pricing import Pricing
from optimizer.roster.standing import NO_OPTION, Cover, column_of, cover_of, standing_of
from optimizer.roster.ways import NO_SHIFT, Floats

if TYPE_CHECKING:
    from optimizer.roster.blending import Bench, Blend, Pull, Rows

PLACES: Final = 30
"""Lines a person in a blend, at most."""

STEPS: Final = 6
"""Of a person's blend for each line asked for."""

FIRM: Final = 0.1
"""By how much a price rises for one person missing, in what she costs; firmness changes between the two factors."""

SOFTEST: Final = 0.5
FIRMEST: Final = 4.0
FIRMER: Final = 1.1
SOFTER: Final = 0.8

AT_FIRST: Final = 0.3
"""The first centre, in what a missing person costs."""

NEAR: Final = 0.5
"""A bound is worth reckoning once lines are so near to their cheapest, in the gap between blend and bound."""

SWEEPS_A_BOUND: Final = 5
"""After so many it is reckoned in any case."""

DEARER: Final = 0.1
"""What working a shift too often costs at first, in what a price rises for one person missing."""

DEAREST: Final = 1e4
"""What a limit on a shift may be priced at."""

WITHIN: Final = 2e-3
"""A blend so near to the bound, as a share, is near enough."""

WHOLE: Final = 0.1
"""People of the least cover that such a blend may lack."""

SWEEPS: Final = 50
"""More bring the bound nearer, and a linear program gets there sooner from here."""


@dataclass(frozen=True, slots=True)
class Ascended:
    """The best prices with the bound they prove, the lines that were blended last, and what these cost together."""

    prices: Prices
    bound: float
    columns: list[Column]
    cost: float
    sweeps: int


@dataclass(frozen=True, slots=True)
class Blending:
    """Everybody's lines blended, and what that is worked out with."""

    cover: Cover
    rows: Rows
    blend: Blend
    pull: Pull
    bench: Bench
    firm: Floats

    @classmethod
    def of(cls, frame: Frame, columns: Sequence[Column]) -> Blending:
        """Those of a frame, begun with a line for everybody."""
        from optimizer.roster.blending import Bench, Pull

        cover, rows = cover_of(frame, dear(frame)), rows_of(frame)
        days, shifts, count = frame.problem.days, len(frame.problem.shifts), len(rows.low)
        centre = np.zeros(count)
        centre[: len(frame.wanted)] = AT_FIRST * frame.under
        paid = frame.under[frame.under > 0]
        firm = np.full(count, FIRM * (float(np.median(paid)) if len(paid) else 1.0))
        bench = Bench(
            np.zeros((days, shifts + 1)), np.zeros((days, shifts), dtype=np.int64), np.zeros(count),
            np.zeros(4 * days + 1, dtype=np.int64),
        )  # fmt: skip
        return cls(
            cover, rows, _blend_of(frame, cover, rows, columns), Pull(centre, firm.copy(), centre.copy()), bench, firm
        )

    def prices(self, needs: int) -> Prices:
        """The prices of the last sweep."""
        return Prices(self.pull.price[:needs].copy(), self.pull.price[needs:].copy())

    def sweep(self, pricing: Pricing, order: NDArray[np.int64], *, legal: bool = False) -> float:
        """Lines for some people in turn, and steps; by how much their means lay above the cheapest.

        With `legal` none of the lines works a shift too often.
        """
        from optimizer.roster.blending import blend_all

        return blend_all(
            pricing.ways, self.cover, self.rows, self.blend, self.pull, pricing.room, self.bench, order, STEPS,
            DEARER * float(self.firm[0]) if legal and len(self.firm) else 0.0,
        )  # fmt: skip

    def copied(self) -> Blending:
        """One that changes by itself."""
        from optimizer.roster.blending import Blend, Pull

        of, pull = self.blend, self.pull
        blend = Blend(
            of.lines.copy(), of.options.copy(), of.cost.copy(), of.share.copy(), of.oldest.copy(), of.there.copy()
        )
        return replace(self, blend=blend, pull=Pull(pull.centre.copy(), pull.firm.copy(), pull.price.copy()))

    def lean(self, prices: Prices, firmness: float) -> None:
        """Lean on such prices, so firmly."""
        self.pull.centre[:] = np.concatenate([prices.needs, prices.limits])
        self.pull.firm[:] = self.firm * firmness

    def missing(self, frame: Frame) -> float:
        """How many the blend lacks of the least cover."""
        return float(np.maximum(frame.least - self.blend.there[: len(frame.wanted)], 0).sum())

    def cost(self, frame: Frame) -> float:
        """What the blend costs, people missing of the least cover at the price of any other."""
        there = self.blend.there[: len(frame.wanted)]
        lines = (self.blend.share * np.where(np.isfinite(self.blend.cost), self.blend.cost, 0.0)).sum()
        short, long = np.maximum(frame.wanted - there, 0), np.maximum(there - frame.wanted, 0)
        return float(lines + short @ frame.under + long @ frame.over)


def ascend(
    frame: Frame, pricing: Pricing, columns: Sequence[Column], *, until: float = math.inf, most: int = SWEEPS,
    say: Say | None = None,
) -> Ascended:  # fmt: skip
    """The best prices after `most` sweeps over everybody, `until` (time.monotonic), or as soon as they are near.

    `columns` give everybody a line to begin with; `say` hears what the blend costs, and the best bound.
    """
    tools, draw = Blending.of(frame, columns), np.random.default_rng(0)
    needs, bound, firmness, since, sweeps = len(frame.wanted), -math.inf, 1.0, 0, 0
    best = tools.prices(needs)
    while sweeps < most and time.monotonic() < until:
        order = draw.permutation(len(frame.problem.people))
        apart = tools.sweep(pricing, order)
        sweeps, since, cost = sweeps + 1, since + 1, tools.cost(frame)
        if apart <= NEAR * abs(cost - bound) or since >= SWEEPS_A_BOUND:
            since, asked = 0, tools.prices(needs)
            proven = frame.bound(asked, pricing.cheapest(frame.prices(asked), frame.rest))
            firmness = min(FIRMEST, firmness * FIRMER) if proven >= bound else max(SOFTEST, firmness * SOFTER)
            if proven >= bound:
                bound, best = proven, asked
            tools.lean(best, firmness)
        if say is not None:
            say(cost, bound)
        if abs(cost - bound) <= WITHIN * abs(bound) and tools.missing(frame) <= WHOLE:
            break
    return Ascended(best, bound, _columns(frame, tools), tools.cost(frame), sweeps)


def relax(
    frame: Frame, pricing: Pricing, master: Master, columns: Sequence[Column], *, until: float = math.inf,
    most: int = 10_000, say: Say | None = None,
) -> Generated:  # fmt: skip
    """Solve the relaxation: an ascent from a roster, then generation of columns from where that ends.

    `until` and `most` (rounds of generation) end it sooner; `say` hears what the relaxation costs, and the bound.
    """
    found = ascend(frame, pricing, columns, until=until, say=say)
    for column in found.columns:
        master.add(column)
    made = generate(frame, pricing, master, until=until, most=most, say=say, begin=(found.prices, found.bound))
    return made if made.prices is not None else Generated(found.cost, found.bound, found.prices, 0, done=False)


def rows_of(frame: Frame) -> Rows:
    """Between which prices each need and each limit is, and what it asks for."""
    from optimizer.roster.blending import NOWHERE, Rows

    limits = np.array([float(most) for _, _, most in frame.limits])
    none = np.zeros(len(limits))
    limit_at = np.full((len(frame.problem.people), len(frame.problem.shifts)), NOWHERE, dtype=np.int64)
    for at, (person, shift, _) in enumerate(frame.limits):
        limit_at[person, shift] = len(frame.wanted) + at
    return Rows(
        np.concatenate([-frame.over, none - DEAREST]), np.concatenate([frame.under, none]),
        np.concatenate([frame.under + np.where(frame.least > 0, dear(frame), 0.0), none]),
        np.concatenate([frame.wanted, limits]), np.concatenate([frame.least, none]), limit_at,
    )  # fmt: skip


def _blend_of(frame: Frame, cover: Cover, rows: Rows, columns: Sequence[Column]) -> Blend:
    """Everybody on the one line that she has."""
    from optimizer.roster.blending import NOWHERE, Blend

    standing = standing_of(frame, cover, columns)
    people, days = standing.lines.shape
    blend = Blend(
        np.full((people, PLACES, days), NO_SHIFT, dtype=np.int64),
        np.full((people, PLACES, days), NO_OPTION, dtype=np.int64), np.full((people, PLACES), np.inf),
        np.zeros((people, PLACES)), np.ones(people, dtype=np.int64), np.zeros(len(rows.low)),
    )  # fmt: skip
    blend.lines[:, 0], blend.options[:, 0] = standing.lines, standing.options
    blend.cost[:, 0], blend.share[:, 0] = standing.own, 1.0
    blend.there[: len(frame.wanted)] = standing.counts
    for person, shift in np.argwhere(rows.limit_at != NOWHERE):
        blend.there[rows.limit_at[person, shift]] = (standing.lines[person] == shift).sum()
    return blend


def _columns(frame: Frame, tools: Blending) -> list[Column]:
    """The lines held, as columns."""
    blend = tools.blend
    return [
        column_of(frame, tools.cover, int(at), blend.lines[at, k], blend.options[at, k], float(blend.cost[at, k]))
        for at, k in np.argwhere(np.isfinite(blend.cost))
    ]
