"""What a check says: where a rule is broken and by how much, in planners' words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from optimizer.expansion.grid import Floats

ABSOLUTE: Final = 1e-4
RELATIVE: Final = 1e-6
"""A rule is broken by more than `ABSOLUTE` + `RELATIVE` x its scale: tables are rounded to six decimals. Whole figures
are not: counts are compared exactly, however large."""

MOST_NAMED: Final = 20
"""Places named for one rule; past them only their number is said."""

Label = Callable[..., str]
"""Names a place from the index of a cell, one number for each axis."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken at one place, by `amount` in the rule's own unit (people, patients, beds, hours or currency)."""

    rule: str
    where: str
    message: str
    amount: float

    def __str__(self) -> str:
        place = f" {self.where}:" if self.where else ""
        return f"{self.rule}:{place} {self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found: `cost` is the recounted cost, currency by item."""

    ok: bool
    violations: tuple[Violation, ...]
    cost: dict[str, float]


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where a rule does not hold, or the `places` that are not named one by one."""

    where: str
    message: str
    amount: float
    places: int = 1


def violations(rule: str, found: Iterable[Broken]) -> Iterator[Violation]:
    """The first places of one rule by name, the others by their number."""
    broken = list(found)
    for each in [each for each in broken if each.places == 1][:MOST_NAMED]:
        yield Violation(rule, each.where, each.message, each.amount)
    more = sum(each.places for each in broken) - min(MOST_NAMED, sum(each.places == 1 for each in broken))
    if more:
        yield Violation(rule, "", f"and at {more} places more", max(each.amount for each in broken))


def slack(left: ArrayLike, right: ArrayLike) -> Floats:
    """By how much two figures may differ and still count as one: not at all where both are whole."""
    counts = (np.asarray(left) == np.rint(left)) & (np.asarray(right) == np.rint(right))
    return np.where(counts, 0.0, ABSOLUTE + RELATIVE * np.maximum(np.abs(left), np.abs(right)))


def above(left: Floats, right: ArrayLike, label: Label, text: str) -> Iterator[Broken]:
    """Every cell where `left` exceeds `right`; `text` holds {left} and {right}."""
    limit = np.broadcast_to(np.asarray(right, dtype=np.float64), left.shape)
    yield from _named(left - limit, slack(left, limit), left, limit, label, text)


def differ(left: Floats, right: ArrayLike, label: Label, text: str) -> Iterator[Broken]:
    """Every cell where `left` is not `right`; `text` holds {left} and {right}."""
    other = np.broadcast_to(np.asarray(right, dtype=np.float64), left.shape)
    yield from _named(np.abs(left - other), slack(left, other), left, other, label, text)


def _named(by: Floats, allowed: Floats, left: Floats, right: Floats, label: Label, text: str) -> Iterator[Broken]:
    places = np.argwhere(by > allowed)
    for place in places[:MOST_NAMED]:
        cell = tuple(int(axis) for axis in place)
        message = text.format(left=_figure(left[cell]), right=_figure(right[cell]))
        yield Broken(label(*cell), message, float(by[cell]))
    if len(places) > MOST_NAMED:
        yield Broken("", "more of the kind", float(by.max()), len(places) - MOST_NAMED)


def _figure(value: float) -> str:
    rounded = round(float(value), 4)
    return f"{int(rounded)}" if rounded == int(rounded) else f"{rounded:g}" if abs(rounded) < 1e5 else f"{rounded}"
