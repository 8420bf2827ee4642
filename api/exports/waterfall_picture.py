"""How one plan's cost becomes another's, as bars: what the page and the printed sheets draw, nothing left to reckon."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api import words
from api.compare_sections import signed
from api.exports.report import item_name
from api.views.beside import Option, steps

WIDTH: Final = 640
ROW: Final = 22
NAMES: Final = 190
FIGURES: Final = 80
MOST: Final = 10
"""So many steps are drawn at most; the smallest are drawn as one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in pixels: whole costs, or one item's difference; `kind` is whole, more or less."""

    name: str
    figure: str
    kind: str
    x: float
    width: float
    y: float
    end: float


@dataclass(frozen=True, slots=True)
class WaterfallPicture:
    """All that is drawn; `from_zero` says whether the scale begins at 0."""

    label: str
    width: int
    height: int
    names: int
    bars: tuple[Bar, ...]
    from_zero: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """How a waterfall says things: an item of cost (and whether it is fixed), costs, differences, so many more."""

    item: Callable[[str, bool], str]
    money: Callable[[float], str]
    signed: Callable[[float], str]
    more: Callable[[int], str]


ENGLISH: Final = Wording(
    lambda item, fixed: item_name(item, fixed=fixed), words.money, signed, lambda count: f"{count} more items"
)

Whole = tuple[str, float]
"""A plan's name and its whole cost."""


def waterfall_picture(options: Sequence[Option], wording: Wording = ENGLISH) -> WaterfallPicture | None:
    """From the first plan's whole cost, item by item, to the last one's; None where there are no two."""
    if len(options) < 2:
        return None
    first, last = options[0], options[-1]
    parts = [(wording.item(each.item, each.fixed), each.money) for each in steps(first, last)]
    return falling((first.name, first.total), parts, (last.name, last.total), wording)


def falling(
    first: Whole, parts: Sequence[tuple[str, float]], last: Whole, wording: Wording = ENGLISH
) -> WaterfallPicture:
    """From one whole cost to another through named parts that sum to their difference; the least of many as one."""
    drawn = list(_placed(first[1], parts, wording))
    reached = [first[1], last[1], *(at for _, at, money in drawn for at in (at, at + money))]
    least, most = min(reached), max(reached)
    low = 0.0 if least <= 0 or most - least > 0.2 * most else least - 0.6 * (most - least or most)
    scale = _Scale(min(low, least), most, wording)
    bars = [scale.bar(first[0], None, first[1], 0)]
    bars += [scale.bar(name, at, money, row) for row, (name, at, money) in enumerate(drawn, start=1)]
    bars.append(scale.bar(last[0], None, last[1], len(drawn) + 1))
    label = f"from {first[0]} to {last[0]}"
    return WaterfallPicture(label, WIDTH, ROW * len(bars) + 4, NAMES, tuple(bars), low <= 0)


def _placed(start: float, parts: Sequence[tuple[str, float]], wording: Wording) -> Iterator[tuple[str, float, float]]:
    """(name, where it begins, how much it adds) of every part; the least of many as one."""
    kept = parts if len(parts) <= MOST else sorted(parts, key=lambda part: -abs(part[1]))[: MOST - 1]
    for name, money in (part for part in parts if part in kept):
        yield name, start, money
        start += money
    rest = [part for part in parts if part not in kept]
    if rest:
        yield wording.more(len(rest)), start, sum(money for _, money in rest)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    wording: Wording

    def x(self, value: float) -> float:
        room = WIDTH - NAMES - FIGURES
        return round(NAMES + (value - self.low) / ((self.high - self.low) or 1.0) * room, 1)

    def bar(self, name: str, at: float | None, money: float, row: int) -> Bar:
        begin, end = (self.x(self.low if at is None else at), self.x(money if at is None else at + money))
        kind = "whole" if at is None else "more" if money > 0 else "less"
        figure = self.wording.money(money) if at is None else self.wording.signed(money)
        left, right = min(begin, end), max(begin, end)
        return Bar(words.cut(name, 30), figure, kind, left, round(max(1.0, right - left), 1), row * ROW + 4.0, end)
