"""Column generation: prices ask for lines, lines change prices, until no line would lower the cost."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.roster.master import Frame, Master, Prices
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import RosterProblem

SMOOTH: Final = 0.6
"""Share of the best prices so far in those that are asked (Wentges 1997): raw ones jump about."""

TOLERANCE: Final = 1e-6
STILL_OPEN: Final = 1e-4
"""A bound this near to the relaxation is the relaxation."""

Say = Callable[[float, float], None]
"""Hears what the relaxation costs so far, and the best bound."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What generation came to: the relaxation's cost, the bound proven and by which prices; `done` if it is over."""

    relaxed: float
    bound: float
    prices: Prices | None
    rounds: int
    done: bool


def generate(
    frame: Frame, pricing: Pricing, master: Master, *, until: float = math.inf, most: int = 10_000,
    only: frozenset[int] | None = None, say: Say | None = None,
    begin: tuple[Prices, float] | None = None, enough: float = math.inf,
) -> Generated:  # fmt: skip
    """Add columns until the relaxation is solved, `until` (time.monotonic) comes, or `most` rounds are over.

    With `only` some people's lines are sought, and the bound is on theirs beside what the frame has there already.
    `begin` are prices and the bound they prove; a bound that is `enough` ends the search.
    """
    centre, best = (None, -math.inf) if begin is None else begin
    relaxed, rounds = math.inf, 0
    smooth = SMOOTH
    while rounds < most and time.monotonic() < until:
        rounds += 1
        relaxed, prices, _ = master.solve()
        asked = prices if centre is None else _between(prices, centre, smooth)
        lines = pricing.cheapest(frame.prices(asked), frame.rest, only)
        bound = frame.bound(asked, lines, None if only is None else len(only))
        if bound > best:
            best, centre = bound, asked
        if say is not None:
            say(relaxed, best)
        if relaxed - best <= STILL_OPEN or best >= enough:
            return Generated(relaxed, best, centre, rounds, done=True)
        new = [master.add(frame.column(line, asked)) for line in lines]
        if not any(new):
            if asked is prices or smooth <= 0.0:
                return Generated(relaxed, best, centre, rounds, done=True)
            smooth = max(0.0, smooth - 0.3)
        else:
            smooth = SMOOTH
    return Generated(relaxed, best, centre, rounds, done=False)


def _between(prices: Prices, centre: Prices, share: float) -> Prices:
    return Prices(
        share * centre.needs + (1 - share) * prices.needs, share * centre.limits + (1 - share) * prices.limits
    )


def grain_of(problem: RosterProblem) -> int:
    """The greatest number of which every roster's points are a whole multiple; 0 where weights are no whole numbers."""
    weights = [weight for need in problem.needs for weight in (need.under, need.over)]
    weights += [wish.weight for wish in problem.wishes]
    for person in problem.people:
        limits = [person.minutes, person.assignments, person.working, person.resting, person.weekends]
        limits += list(person.same_shift.values())
        weights += [w for each in limits for w in (each.under, each.over) if w is not None] + [person.half_weekend]
    return math.gcd(*(round(w) for w in weights)) if all(float(w).is_integer() for w in weights) else 0


def whole_bound(frame: Frame, bound: float) -> float:
    """The bound rounded up where every weight is whole, as every cost then is."""
    grain = grain_of(frame.problem)
    return bound if not grain or not np.isfinite(bound) else math.ceil((bound - 1e-4) / grain) * grain
