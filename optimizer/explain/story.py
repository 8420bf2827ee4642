"""What limits a saved plan most: its prices, its bottlenecks, and the dearest places solved again with one more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.capacity.build import build
from optimizer.capacity.refill import values_of
from optimizer.explain.bottlenecks import bottlenecks, dearest_places
from optimizer.explain.nearby import can_be_solved_again, solved_again
from optimizer.explain.prices import AGAIN, Prices, price_plan, price_rows
from optimizer.explain.scene import Resource, Scene
from optimizer.plan import Bottleneck, Price
from optimizer.saved import SavedPlan


@dataclass(frozen=True, slots=True)
class Story:
    """Every price, the bottlenecks (dearest first), and of the dearest places what solving again said."""

    prices: tuple[Price, ...]
    bottlenecks: tuple[Bottleneck, ...]
    again: tuple[Price, ...]
    undefined: str


def scene_of(saved: SavedPlan) -> Scene:
    """A saved plan in its program, built anew."""
    built = build(saved.case)
    return Scene(saved.case, built, values_of(saved.case, built, saved.tables))


def tell(saved: SavedPlan, *, top: int, seconds: float, say: Callable[[str], None] | None = None) -> Story:
    """Price everything, then solve the `top` dearest places again, for up to `seconds` with and without one more."""

    def told(thing: Resource) -> None:
        if say is not None:
            say(f"solving again with one more: {thing.kind} {thing.who} {thing.unit}")

    if say is not None:
        say("price")
    prices = price_plan(scene_of(saved))
    places = [at for at in dearest_places(prices) if can_be_solved_again(prices.scene, prices.things[at])]
    prices = solved_again(prices, places[:top], seconds=seconds, told=told)
    rows = price_rows(prices)
    return Story(rows, bottlenecks(prices), tuple(each for each in rows if each.method == AGAIN), _undefined(prices))


def _undefined(prices: Prices) -> str:
    """Why no dual tells anything; empty where one does."""
    return "" if prices.best or not prices.things else next(iter(prices.duals.values())).reason
