"""How a search picks what to solve again: the manners there are, and what was learned of each on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.neighbours import NEIGHBOURHOODS

REACHES = ("near", "wide", "box")
"""How far columns that are not whole may change with a box: one row away, two rows away, or all that lie in it."""

OPEN_COLUMNS = 5_000
"""Neighbourhoods that let every column that is not whole change are for programs with fewer of these."""

_FIRST_SIZE, _LEAST_SIZE, _MOST_SIZE = 60, 8, 4_000
_GROW, _SHRINK = 1.3, 0.75
_MEMORY = 0.7
_CURIOSITY = 0.2


@dataclass(frozen=True, slots=True)
class Manner:
    """A box by its axes (`cut`) and its `reach`, or a neighbourhood by its `kind`.

    A neighbourhood that is `inner` is searched only near its relaxation.
    """

    cut: tuple[str, ...] = ()
    reach: str = ""
    kind: str = ""
    inner: bool = False


@dataclass(slots=True)
class Manners:
    """The size to ask for, in whole columns, and the gain a second of late, both by manner.

    Boxes that reach no farther than their rows come first, for they are quick: a fifth of a second where others take
    many. Where there are no labels the neighbourhoods near their relaxation do.
    """

    chance: np.random.Generator
    whole: int
    rates: dict[Manner, float | None] = field(default_factory=dict)
    sizes: dict[Manner, float] = field(default_factory=dict)

    @classmethod
    def of(cls, map_: Map, chance: np.random.Generator) -> Manners:
        """All manners that suit the program; those to be tried at once have no rate yet."""
        found = cls(chance, len(map_.whole))
        for reach in REACHES:
            first = None if reach == REACHES[0] else 0.0
            found.rates |= {Manner(cut, reach): first for cut in map_.cuts}
        if len(map_.loose) <= OPEN_COLUMNS or not map_.cuts:
            for inner in (True, False):
                first = None if inner and not map_.cuts else 0.0
                found.rates |= {Manner(kind=kind, inner=inner): first for kind in NEIGHBOURHOODS}
        return found

    def draw(self) -> Manner:
        """A manner that is untried, or one by chance, more often those that gained more."""
        untried = [manner for manner, rate in self.rates.items() if rate is None]
        if untried:
            return untried[int(self.chance.integers(len(untried)))]
        manners = list(self.rates)
        rates = np.array([self.rates[each] for each in manners], dtype=np.float64)
        odds = rates + _CURIOSITY * rates.mean() + 1e-9
        return manners[int(self.chance.choice(len(manners), p=odds / odds.sum()))]

    def size(self, manner: Manner) -> int:
        """How many whole columns to set free."""
        share = 0.4 if manner.inner else 0.1
        first = _FIRST_SIZE if manner.cut else max(_LEAST_SIZE, share * self.whole)
        return max(1, round(self.sizes.setdefault(manner, first)))

    def enlarge(self, manner: Manner) -> None:
        """The least box there is holds far more than the size: ask for more next time."""
        self.sizes[manner] *= _GROW
        self.rates[manner] = self.rates[manner] or 0.0

    def learn(self, manner: Manner, rate: float, *, solved: bool) -> None:
        """Take in one outcome: more of what was solved, less of what was not."""
        before = self.rates[manner]
        self.rates[manner] = rate if before is None else _MEMORY * before + (1.0 - _MEMORY) * rate
        size = self.sizes[manner]
        most = min(self.whole, _MOST_SIZE if manner.cut else self.whole)
        if solved:
            self.sizes[manner] = min(float(most), _GROW * size)
        elif rate <= 0.0 or manner.cut:
            self.sizes[manner] = max(float(_LEAST_SIZE), _SHRINK * size)
