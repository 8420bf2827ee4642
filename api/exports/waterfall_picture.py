"""How one plan's cost becomes another's, as bars: what the page and the printed sheets draw, nothing left to reckon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def waterfall_picture(options: Sequence[Option]) -> WaterfallPicture | None:
    """From the first plan's whole cost, item by item, to the last one's; None where there are no two."""
    if len(options) < 2:
        return None
    first, last = options[0], options[-1]
    parts = list(_parts(first, last))
    reached = [first.total, last.total, *(at for _, at, money in parts for at in (at, at + money))]
    least, most = min(reached), max(reached)
    low = 0.0 if least <= 0 or most - least > 0.2 * most else least - 0.6 * (most - least or most)
    scale = _Scale(min(low, least), most)
    bars = [scale.bar(first.name, None, first.total, 0)]
    bars += [scale.bar(name, at, money, row) for row, (name, at, money) in enumerate(parts, start=1)]
    bars.append(scale.bar(last.name, None, last.total, len(parts) + 1))
    label = f"from {first.name} to {last.name}"
    return WaterfallPicture(label, WIDTH, ROW * len(bars) + 4, NAMES, tuple(bars), low <= 0)


def _parts(first: Option, last: Option) -> Iterator[tuple[str, float, float]]:
    """(name, where it begins, how much it adds) of every item that differs; the least of many as one."""
    found = steps(first, last)
    shown = found if len(found) <= MOST else found[: MOST - 1]
    yield from ((item_name(each.item, fixed=each.fixed), each.start, each.money) for each in shown)
    rest = found[len(shown) :]
    if rest:
        yield f"{len(rest)} more items", rest[0].start, sum(each.money for each in rest)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def x(self, value: float) -> float:
        room = WIDTH - NAMES - FIGURES
        return round(NAMES + (value - self.low) / ((self.high - self.low) or 1.0) * room, 1)

    def bar(self, name: str, at: float | None, money: float, row: int) -> Bar:
        begin, end = (self.x(self.low if at is None else at), self.x(money if at is None else at + money))
        kind = "whole" if at is None else "more" if money > 0 else "less"
        figure = words.money(money) if at is None else signed(money)
        left, right = min(begin, end), max(begin, end)
        return Bar(words.cut(name, 30), figure, kind, left, round(max(1.0, right - left), 1), row * ROW + 4.0, end)
