"""Bottlenecks: the scarce things of a plan, ranked by what one more of each all along would save a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.explain.prices import LEAST, Prices, day_of
from optimizer.explain.scene import Resource
from optimizer.plan import Bottleneck

MOST: Final = 10
"""So many bottlenecks stand in plan.json."""

ALIKE: Final = 0.1
"""Units whose worth a day differs by no more than this part stand in one line: people float, and so does scarcity."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One scarce thing at one unit over all days: which places of it there are, and what each is worth."""

    places: tuple[int, ...]
    worths: tuple[float, ...]
    per_day: float


def bottlenecks(prices: Prices) -> tuple[Bottleneck, ...]:
    """All of them, the dearest first. Empty where no duals could be had."""
    found = [_bottleneck(prices, spots) for spots in alike_spots(prices)]
    return tuple(sorted(found, key=lambda each: (-each.per_day, each.resource, each.who, each.shift, each.units)))


def alike_spots(prices: Prices) -> Iterator[list[Spot]]:
    """Units at which the same thing is worth about the same, taken together."""
    kinds: dict[tuple[str, str, str], list[Spot]] = {}
    for (kind, who, shift, _), places in _by_unit(prices.things).items():
        spot = _spot(prices, places)
        if spot is not None:
            kinds.setdefault((kind, who, shift), []).append(spot)
    for spots in kinds.values():
        yield from _clusters(sorted(spots, key=lambda spot: -spot.per_day))


def _by_unit(things: Iterable[Resource]) -> dict[tuple[str, str, str, str], list[int]]:
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for at, thing in enumerate(things):
        found.setdefault((thing.kind, thing.who, thing.shift, thing.unit), []).append(at)
    return found


def _spot(prices: Prices, places: list[int]) -> Spot | None:
    """None where one more is worth nothing."""
    best = prices.best
    worths = tuple(max(0.0, float(best[1][at])) for at in places) if best else ()
    days = prices.scene.case.grid.committed_days
    per_day = sum(worths) / days
    return Spot(tuple(places), worths, per_day) if per_day > LEAST else None


def _clusters(spots: list[Spot]) -> Iterator[list[Spot]]:
    """Spots, the dearest first, cut where the next is worth clearly less than the first of its cluster."""
    cluster: list[Spot] = []
    for spot in spots:
        if cluster and spot.per_day < (1 - ALIKE) * cluster[0].per_day:
            yield cluster
            cluster = []
        cluster.append(spot)
    if cluster:
        yield cluster


def _bottleneck(prices: Prices, spots: list[Spot]) -> Bottleneck:
    first = prices.things[spots[0].places[0]]
    at = _dearest(spots)
    worth = float(prices.best[1][at]) if prices.best else 0.0
    units = tuple(prices.things[spot.places[0]].unit for spot in spots)
    return Bottleneck(
        first.kind,
        tuple(unit for unit in units if unit),
        first.who,
        first.shift,
        round(spots[0].per_day, 4),
        _own_price(prices, spots[0]),
        day_of(prices, prices.things[at]),
        round(worth, 4),
        prices.best[0] if prices.best else "",
    )


def _own_price(prices: Prices, spot: Spot) -> float | None:
    """Currency a day of one more all along, by the places where it can be had; None where it can't be anywhere."""
    things = [prices.things[at] for at in spot.places]
    paid = [thing.own_price for thing in things if thing.own_price is not None]
    days = prices.scene.case.grid.committed_days
    return round(sum(paid) / len(paid) * len(things) / days, 4) if paid else None


def dearest_places(prices: Prices) -> list[int]:
    """Numbers of the places worth solving again: of each bottleneck, the dearest first, the dearest place.

    Then what is worth most by any other method, which may see what the best does not.
    """
    spots = sorted(alike_spots(prices), key=lambda spots: -spots[0].per_day)
    places = [_dearest(each) for each in spots]
    for worths in prices.duals.values():
        if worths.more is not None:
            more = worths.more
            places.extend(at for at in np.argsort(-more, kind="stable").tolist() if more[at] > LEAST)
    return list(dict.fromkeys(places))


def _dearest(spots: list[Spot]) -> int:
    pairs = [(worth, -at) for spot in spots for at, worth in zip(spot.places, spot.worths, strict=True)]
    return -max(pairs)[1]
