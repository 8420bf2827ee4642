"""A waterfall as bars in pixels: from the first plan's cost, item by item, to the other's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api.views.beside import Option, Step

WIDTH: Final = 900
NAMES: Final = 250
FIGURES: Final = 120
ROW: Final = 30
MOST: Final = 12
"""So many items are drawn at most; the smallest are drawn as one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: an item of cost ("" for the smallest together, of which there are `rest`), from where to where.

    `kind` is whole, more or less; `joint` the x at which a line leads down to the next bar, None after the last.
    """

    item: str
    name: str
    fixed: bool
    rest: int
    money: float
    kind: str
    x: float
    y: float
    width: float
    joint: float | None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All that is drawn; `broken` where the axis does not begin at 0."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    broken: bool
    row: int = ROW
    names: int = NAMES


def waterfall(first: Option, second: Option, moves: Sequence[Step]) -> Waterfall:
    """Where everything goes."""
    parts = list(_parts(first, second, moves))
    ends = [first.total, second.total, *(start + money for _, start, money, _ in parts)]
    low, high = _span(ends)
    scale = (WIDTH - NAMES - FIGURES) / ((high - low) or 1.0)
    drawn = tuple(_bars(parts, low, scale, first, second))
    return Waterfall(WIDTH, ROW * len(drawn) + 8, drawn, low > 0)


Part = tuple[Step | None, float, float, int]


def _parts(first: Option, second: Option, moves: Sequence[Step]) -> Iterator[Part]:
    """Each step with where it starts and how much it is; the smallest as one."""
    del second
    shown = moves if len(moves) <= MOST else moves[: MOST - 1]
    at = first.total
    for step in shown:
        yield step, at, step.money, 0
        at += step.money
    rest = moves[len(shown) :]
    if rest:
        yield None, at, sum(step.money for step in rest), len(rest)


def _span(ends: Sequence[float]) -> tuple[float, float]:
    """From where to where the axis runs: from 0, unless the steps would be too thin to see."""
    least, most = min(ends), max(ends)
    reach = max(most - least, 1e-9)
    low = 0.0 if least <= 0 or reach > 0.2 * most else least - 0.8 * reach
    return min(low, least), most


def _bars(parts: Sequence[Part], low: float, scale: float, first: Option, second: Option) -> Iterator[Bar]:
    def x(value: float) -> float:
        return round(NAMES + (value - low) * scale, 1)

    def bar(row: int, name: str, start: float, money: float, kind: str, step: Step | None, rest: int) -> Bar:
        left, right = sorted((low if kind == "whole" else start, start + money))
        item, fixed = (step.item, step.fixed) if step is not None else ("", False)
        joint = None if row > len(parts) else x(start + money)
        return Bar(item, name, fixed, rest, money, kind, x(left), 4.0 + row * ROW, max(1.0, x(right) - x(left)), joint)

    yield bar(0, first.name, 0.0, first.total, "whole", None, 0)
    for row, (step, start, money, rest) in enumerate(parts, 1):
        yield bar(row, "", start, money, "more" if money > 0 else "less", step, rest)
    yield bar(len(parts) + 1, second.name, 0.0, second.total, "whole", None, 0)
