"""The end of a proof: under prices that prove a bound, the lines of any better roster are few; choose among all.

(Lines dearer than the bound leaves room for are in no better roster: reduced-cost fixing, turned into a list.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.roster.choosing import Chosen, choose, served
from optimizer.roster.master import Column, Frame, Prices
from optimizer.roster.pricing import Pricing
from optimizer.roster.standing import Cover, column_of
from optimizer.roster.ways import Floats
from optimizer.solution import Limits

if TYPE_CHECKING:
    from optimizer.roster.listing import Suffixes

MOST_LINES: Final = 20_000
"""More of all people together are not chosen among: a solver would not end."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Prices, and the bound that they prove."""

    prices: Prices
    bound: float


def all_lines(frame: Frame, cover: Cover, pricing: Pricing, proof: Proof, slack: float) -> list[Column] | None:
    """Every line that a roster may hold whose points are at most `slack` above the bound; None where they are many."""
    return lines_under(frame, cover, pricing, proof.prices, slack, MOST_LINES)


def lines_under(
    frame: Frame, cover: Cover, pricing: Pricing, prices: Prices, slack: float, most: int,
    only: Collection[int] | None = None,
) -> list[Column] | None:  # fmt: skip
    """Every line of some people (`only`) that is at most `slack` dearer under prices than her cheapest one.

    None where they are more than `most` together.
    """
    from optimizer.roster.listing import Priced, Suffixes, lines_within, suffixes_for

    people = range(len(frame.problem.people)) if only is None else sorted(only)
    shifts = np.concatenate([frame.prices(prices), frame.rest[:, :, None]], axis=2)
    slack += 1e-6  # sums of prices are not exact
    one, other = (suffixes_for(most, frame.problem.days) for _ in range(2))
    listed: list[tuple[int, Suffixes]] = []
    for person in people:
        priced = Priced(shifts[person], _option_prices(frame, cover, person, prices))
        count = lines_within(pricing.ways, cover, person, priced, slack, pricing.room, one, other)
        most -= count
        if count < 0 or most < 0:
            return None
        listed.append(
            (
                person,
                Suffixes(
                    one.cell[:count], one.cost[:count].copy(), one.shifts[:count].copy(), one.options[:count].copy()
                ),
            )
        )
    return [column for person, lines in listed for column in _columns(frame, cover, person, lines, prices)]


def _columns(frame: Frame, cover: Cover, person: int, lines: Suffixes, prices: Prices) -> Iterator[Column]:
    """A person's lines as columns, without those that work a shift too often."""
    worth = np.append(prices.needs[cover.option_need], 0.0)  # NO_OPTION counts from the end
    points = lines.cost + worth[lines.options].sum(axis=1)
    fits = np.ones(len(points), dtype=np.bool_)
    for price, (at, shift, most) in zip(prices.limits, frame.limits, strict=True):
        if at == person:
            count = (lines.shifts == shift).sum(axis=1)
            points += float(price) * count
            fits &= count <= most
    for line in np.flatnonzero(fits):
        yield column_of(frame, cover, person, lines.shifts[line], lines.options[line], float(points[line]))


def settle(
    frame: Frame, lines: list[Column], held: list[Column], best: float, limits: Limits
) -> tuple[Chosen | None, float]:
    """The best choice among all lines and those of the best roster held, and the bound that the choice proves."""
    chosen = choose(frame, lines, [], limits, held)
    if chosen is None:
        return None, -np.inf
    return chosen, min(best, chosen.bound)


def blame(frame: Frame, pricing: Pricing, proof: Proof, columns: list[Column]) -> tuple[Floats, Floats]:
    """Where the gap between a roster and the bound lies: (P,) at each person's line, (N,) at each need.

    The shares are never negative and sum up to the gap: a line's points above the cheapest one's and a need's above
    the cheapest number's, both under the prices that prove the bound.
    """
    lines = pricing.cheapest(frame.prices(proof.prices), frame.rest)
    worth = np.array([proof.prices.needs[list(column.serves)].sum() for column in columns])
    limited = np.zeros(len(columns))
    for price, (at, shift, _) in zip(proof.prices.limits, frame.limits, strict=True):
        limited[at] += price * columns[at].shifts.count(shift)
    at_lines = np.array([column.cost for column in columns]) - worth - limited - np.array([e.cost for e in lines])
    count = served(frame, columns)
    counts = np.arange(len(columns) + 1)[None, :]
    cost = np.maximum(frame.wanted[:, None] - counts, 0) * frame.under[:, None]
    cost = cost + np.maximum(counts - frame.wanted[:, None], 0) * frame.over[:, None]
    cost = np.where(counts < frame.least[:, None], np.inf, cost + proof.prices.needs[:, None] * counts)
    at_needs = cost[np.arange(len(cost)), count.astype(np.intp)] - cost.min(axis=1)
    return np.maximum(at_lines, 0.0), np.maximum(at_needs, 0.0)


def _option_prices(frame: Frame, cover: Cover, person: int, prices: Prices) -> Floats:
    """What each way to work a shift costs a person, inf where she may not."""
    found = np.full(len(cover.option_need), np.inf)
    days, shifts = frame.problem.days, len(frame.problem.shifts)
    limit = {
        shift: float(price) for price, (at, shift, _) in zip(prices.limits, frame.limits, strict=True) if at == person
    }
    for cell in range(days * shifts):
        for option in range(cover.option_at[cell], cover.option_at[cell + 1]):
            if cover.allowed[person, option]:
                day, shift = divmod(cell, shifts)
                worth = float(prices.needs[cover.option_need[option]]) + limit.get(shift, 0.0)
                found[option] = frame.own[person, day, shift] - worth
    return found
