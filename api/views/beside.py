"""Plans side by side: what each costs and delivers, and from item to item how one cost becomes another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.views.said import Said

LEAST = 0.005
"""Less money than this is no difference."""


@dataclass(frozen=True, slots=True)
class Option:
    """One plan of several: its name, what can be changed and what is fixed of its cost by item, its key figures.

    Money in the scenario's currency; `gap` as a share, None where nothing is proven.
    """

    name: str
    cost: Mapping[str, float]
    fixed: Mapping[str, float]
    figures: Mapping[str, float | None]
    gap: float | None
    places_short: int

    @property
    def total(self) -> float:
        """All that is paid or priced, fixed cost included."""
        return sum(self.cost.values()) + sum(self.fixed.values())


@dataclass(frozen=True, slots=True)
class Step:
    """How much more (or less) an item costs in the second plan, from the running total `start` on."""

    item: str
    fixed: bool
    start: float
    money: float


@dataclass(frozen=True, slots=True)
class Row:
    """An item or figure in every plan, in their order; None where a plan has none."""

    item: str
    fixed: bool
    values: tuple[float | None, ...]


def option(name: str, said: Said) -> Option:
    """A plan as one of several."""
    return Option(name, said.cost, said.fixed, said.key_figures, said.gap, len(said.shortfalls))


def steps(first: Option, second: Option) -> tuple[Step, ...]:
    """The items that differ, the largest difference first; from the first total they lead to the second."""
    apart = [
        (item, fixed, theirs.get(item, 0.0) - ours.get(item, 0.0))
        for fixed, ours, theirs in ((False, first.cost, second.cost), (True, first.fixed, second.fixed))
        for item in dict.fromkeys((*ours, *theirs))
    ]
    apart = sorted((each for each in apart if abs(each[2]) >= LEAST), key=lambda each: -abs(each[2]))
    found, at = [], first.total
    for item, fixed, money in apart:
        found.append(Step(item, fixed, at, money))
        at += money
    return tuple(found)


def money_rows(options: Sequence[Option]) -> tuple[Row, ...]:
    """Every item of cost that some plan has, in every plan."""
    return tuple(
        Row(item, fixed, tuple(part.get(item, 0.0) for part in parts))
        for fixed, parts in ((False, [each.cost for each in options]), (True, [each.fixed for each in options]))
        for item in _items(parts)
    )


def figure_rows(options: Sequence[Option]) -> tuple[Row, ...]:
    """Every key figure that some plan has, in every plan."""
    parts = [each.figures for each in options]
    return tuple(Row(item, False, tuple(part.get(item) for part in parts)) for item in _items(parts))


def _items(parts: Sequence[Mapping[str, float | None]] | Sequence[Mapping[str, float]]) -> Iterator[str]:
    yield from dict.fromkeys(item for part in parts for item, value in part.items() if value is not None)
