"""`Lever`: one key of a scenario that a planner may move, what one unit of it costs, and how figures become levers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.explain.lever_prices import Priced, Prices
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.overlay import Cells


@dataclass(frozen=True, slots=True)
class Use:
    """What is paid for: units by which ends of rows or columns called `names` are exceeded; else the amount itself.

    `parts` of one unit of the program make one that is paid (the periods of a day, where a day is paid); `unit` is what
    one is called.
    """

    names: tuple[str, ...] = ()
    unit: str = ""
    parts: int = 1


THE_AMOUNT: Final = Use()
MOST: Final = 1000.0
"""No limit is raised by more than this many."""


@dataclass(frozen=True, slots=True, eq=False)
class Lever:
    """One key of the scenario that may be moved by 0 to `most`, in whole steps where it is `whole`.

    `text(amount)` is the value as `--set` takes it, `words(amount)` says the change, `price` is currency for each unit
    that `use` counts. `step` is the amount at which its effect is looked at first.
    """

    path: str
    text: Callable[[float], str]
    words: Callable[[float], str]
    price: Priced
    use: Use = THE_AMOUNT
    most: float = MOST
    step: float = 1.0
    whole: bool = True

    def setting(self, amount: float) -> str:
        """The `PATH=VALUE` that moves it."""
        return f"{self.path}={self.text(amount)}"


@dataclass(frozen=True, slots=True)
class Books:
    """The scenario whose levers are listed, and what things cost in it."""

    loaded: Loaded[Scenario]
    prices: Prices

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.loaded.value

    def by_day(self, name: str, unit: str) -> Use:
        """Paid by the day where rows or columns called `name` are exceeded: in part for a part of its periods."""
        return Use((name,), unit, self.prices.case.grid.periods_per_day)

    def holds(self, path: str, key: str) -> str:
        """`path.key` where the file has a mapping at `path`, else `path`: a bare number stands for its main key."""
        return f"{path}.{key}" if isinstance(at_path(self.loaded.resolved, path), Mapping) else path

    def in_table(self, path: str) -> bool:
        """Whether a list comes from a table, so that none of its items can be set alone."""
        return isinstance(self.loaded.marks.node(path.split(".")), Cells)


def at_path(data: object, path: str) -> object:
    """What stands at a dotted path of plain data; None where nothing does."""
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else data[int(key)] if isinstance(data, list) else None
    return data


def number(value: float) -> str:
    """A figure as `--set` takes it: whole where it is, else six digits, never less than the value."""
    if abs(value - round(value)) < 1e-9:
        return str(round(value))
    return f"{math.ceil(value * 1e6 - 1e-3) / 1e6:.6f}".rstrip("0")


def counted(amount: float, what: str) -> str:
    """`1 bed`, `2 beds`: the s after a stroke in `bed|s` is for more than one."""
    return f"{number(amount)} {what.replace('|s', '' if amount == 1 else 's')}"


def more(path: str, now: float, what: str, price: Priced, use: Use = THE_AMOUNT) -> Lever:
    """A figure that may be raised: `2 more beds on A (6 to 8)`."""

    def words(amount: float) -> str:
        return f"{_with(amount, 'more', what)} ({number(now)} to {number(now + amount)})"

    return Lever(path, lambda amount: number(now + amount), words, price, use)


def fewer(path: str, now: float, what: str, price: Priced, *, step: float = 1.0) -> Lever:
    """A figure that may be lowered, to 0 at most: `2 fewer cases booked (6 to 4)`."""

    def words(amount: float) -> str:
        return f"{_with(amount, 'fewer', what)} ({number(now)} to {number(max(now - amount, 0.0))})"

    return Lever(path, lambda amount: number(max(now - amount, 0.0)), words, price, most=now, step=step)


def _with(amount: float, word: str, what: str) -> str:
    figure, _, rest = counted(amount, what).partition(" ")
    return f"{figure} {word} {rest}"


def once(path: str, value: str, words: str, price: Priced, use: Use = THE_AMOUNT) -> Lever:
    """A key that is set to one other value or not at all."""
    return Lever(path, lambda _: value, lambda _: words, price, use, most=1.0)
