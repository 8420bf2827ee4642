"""Names to numbers and back: the axes of a plan's tables, and places as planners read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

from optimizer.check.findings import Label
from optimizer.expansion.case import Case
from optimizer.scenario.staff import CONTRACTS

NEED_RULES: Final = ("ratio", "care hours", "smallest team", "people", "skill mix")

Index = Mapping[object, int]
"""Number of each name on an axis; whole numbers are found as text too, for tables read from files."""


class Names:
    """The axes of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Every shift with its start, and every pattern, that anybody may start."""
        duties = [duty.name for duty in self.case.grid.duties]
        return tuple(dict.fromkeys([*duties, *self.case.scenario.patterns]))

    @cached_property
    def devices(self) -> tuple[str, ...]:
        """Device kinds."""
        return tuple(self.case.scenario.devices)

    @cached_property
    def weeks(self) -> int:
        """Weeks of the horizon, the last one perhaps a part."""
        return -(-self.case.grid.days // 7)

    @cached_property
    def most_bays(self) -> int:
        """Bays of the unit that has most."""
        units = self.case.scenario.units.values()
        return max((len(unit.escalation.bays) for unit in units if unit.escalation), default=0)

    @cached_property
    def axes(self) -> Mapping[str, Index]:
        """By axis, the number of each name."""
        return {axis: _index(names(self)) for axis, names in AXES.items()}

    def day(self, day: int) -> str:
        """A day's label."""
        return self.case.grid.day_label(day)

    def period(self, period: int) -> str:
        """A day, and the period in it where there are several."""
        day, number = divmod(period, self.case.grid.periods_per_day)
        return f"{self.day(day)} period {number}" if self.case.grid.periods_per_day > 1 else self.day(day)

    def interval(self, interval: int) -> str:
        """An interval as `2023-03-20 20:30-21:00`."""
        return f"{self.edge(interval)}-{self.edge(interval + 1)[-5:]}"

    def week(self, week: int) -> str:
        """A week by its first day."""
        return f"week from {self.day(7 * week)}"

    def place(self, *axes: str) -> Label:
        """Names a cell with these axes, as `medical RESP 2023-03-20`."""
        words = [_WORDS[axis] for axis in axes]
        return lambda *cell: " ".join(word(self, at) for word, at in zip(words, cell, strict=True))

    def edge(self, at: int) -> str:
        """The moment at which interval `at` begins, or the one before it ends."""
        return self.case.grid.moment_label(int(self.case.grid.edges[at]))


AXES: Final[Mapping[str, Callable[[Names], Sequence[object]]]] = {
    "patient group": lambda names: names.case.groups,
    "unit": lambda names: names.case.units,
    "unit or holding": lambda names: ("", *names.case.units),
    "site": lambda names: names.case.sites,
    "unit or site": lambda names: (*names.case.units, *names.case.sites),
    "staff group": lambda names: names.case.staff,
    "contract": lambda _: CONTRACTS,
    "shift": lambda names: [duty.name for duty in names.case.grid.duties],
    "shift or pattern": lambda names: names.lines,
    "device": lambda names: names.devices,
    "day": lambda names: [names.day(day) for day in range(names.case.grid.days)],
    "period": lambda names: range(names.case.grid.periods_per_day),
    "week": lambda names: range(names.weeks),
    "bay": lambda names: range(1, names.most_bays + 1),
    "rule": lambda _: NEED_RULES,
    "interval's start": lambda names: [names.edge(at) for at in range(len(names.case.grid.period))],
    "interval's end": lambda names: [names.edge(at + 1) for at in range(len(names.case.grid.period))],
}
"""Every axis with its names in order; the word is the one that a message about an unknown name uses."""

_WORDS: Final[Mapping[str, Callable[[Names, int], str]]] = {
    "group": lambda names, at: names.case.groups[at],
    "unit": lambda names, at: names.case.units[at],
    "site": lambda names, at: names.case.sites[at],
    "staff": lambda names, at: names.case.staff[at],
    "device": lambda names, at: names.devices[at],
    "shift": lambda names, at: names.case.grid.duties[at].name,
    "day": Names.day,
    "period": Names.period,
    "interval": Names.interval,
    "week": Names.week,
}


def _index(names: Sequence[object]) -> Index:
    index: dict[object, int] = {}
    for at, name in enumerate(names):
        index.setdefault(name, at)
        index.setdefault(str(name), at)
    return index
