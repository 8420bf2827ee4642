"""Prices of a plan: what one more of everything scarce is worth, day by day, and by which method that was found.

The duals of a program with whole numbers say nothing (solvers tell zeros), so they are never read. Instead three linear
programs are priced: the program itself where it has no whole numbers; else the one left with the plan's whole numbers
fixed, and the one with whole numbers dropped; and for a few places the program is solved again with one more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import Final

import numpy as np

from optimizer.capacity.refill import with_whole_fixed
from optimizer.explain.resources import resources
from optimizer.explain.scene import Resource, Scene
from optimizer.explain.side_by_side import side_by_side
from optimizer.explain.worth import Relief, Resolved, Worths, linear_worths
from optimizer.plan import Price
from optimizer.program import Program
from optimizer.solution import Limits

LINEAR: Final = "linear dual"
RELAXED: Final = "linear dual, whole numbers dropped"
FIXED: Final = "dual of the program with whole numbers fixed"
AGAIN: Final = "re-solved with one more"

LEAST: Final = 0.005
"""One more worth less than this is not scarce."""

MOST_SECONDS: Final = 60.0
"""A linear program may take this long before its prices are given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """R things, what each is worth by each method read from duals, and by its number those solved `again`."""

    scene: Scene
    things: list[Resource]
    duals: Mapping[str, Worths]
    again: Mapping[int, Resolved] = field(default_factory=dict)

    @property
    def best(self) -> tuple[str, np.ndarray[tuple[int], np.dtype[np.float64]]] | None:
        """The duals that tell most of the worth of one more, with their method; None where all are undefined.

        With its whole numbers fixed a plan can't leave out a shift that one more would spare, so dropped whole numbers
        come first.
        """
        for method, worths in self.duals.items():
            if worths.more is not None:
                return method, worths.more
        return None


def price_plan(scene: Scene) -> Prices:
    """All prices that duals tell. What fails, or takes too long, is undefined."""
    program = scene.built.program
    things = resources(scene)
    allowed = Limits(time_limit=MOST_SECONDS, threads=1)
    reliefs = [each.relief for each in things]
    if not things:
        return Prices(scene, things, {})
    if not program.is_whole:
        return Prices(scene, things, {LINEAR: linear_worths(program, reliefs, allowed, fewer=True)})
    dropped = replace(program, integer=np.zeros_like(program.integer))
    fixed = with_whole_fixed(program, scene.values)
    found = side_by_side([partial(_worths, each, reliefs, allowed) for each in (dropped, fixed)])
    return Prices(scene, things, dict(zip((RELAXED, FIXED), found, strict=True)))


def _worths(program: Program, reliefs: Sequence[Relief], limits: Limits, cancel: Event) -> Worths:
    return linear_worths(program, reliefs, limits, fewer=False, cancel=cancel)


def price_rows(prices: Prices) -> tuple[Price, ...]:
    """Everything scarce, and everything undefined, one row for each method that priced it."""
    rows: list[Price] = []
    for at, thing in enumerate(prices.things):
        told = [_dual_price(prices, thing, method, worths, at) for method, worths in prices.duals.items()]
        if at in prices.again:
            again = prices.again[at]
            told.append(_price(prices, thing, AGAIN, again.worth, again.reason))
        if any(each.worth is None or each.worth > LEAST for each in told):
            rows.extend(told)
    return tuple(rows)


def _dual_price(prices: Prices, thing: Resource, method: str, worths: Worths, at: int) -> Price:
    worth = None if worths.more is None else float(worths.more[at])
    price = _price(prices, thing, method, worth, worths.reason)
    fewer = np.nan if worths.fewer is None else float(worths.fewer[at])
    return price if np.isnan(fewer) else replace(price, one_fewer=_money(fewer))


def _price(prices: Prices, thing: Resource, method: str, worth: float | None, reason: str) -> Price:
    return Price(
        thing.kind,
        thing.unit,
        thing.who,
        day_of(prices, thing),
        thing.shift,
        _money(worth),
        None,
        _money(thing.own_price),
        method,
        reason,
    )


def day_of(prices: Prices, thing: Resource) -> str:
    """The day's label, a week's first day, or nothing where the whole horizon is meant."""
    return prices.scene.case.grid.day_label(thing.day) if thing.day >= 0 else ""


def _money(value: float | None) -> float | None:
    """Currency to four decimals, without a minus before nothing."""
    return None if value is None else round(value, 4) + 0.0
