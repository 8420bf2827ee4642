"""Parts of a roster that are rearranged while the rest stays: who is free, and on which days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.master import Column
from optimizer.roster.problem import RosterProblem
from optimizer.roster.ways import Floats


@dataclass(frozen=True, slots=True)
class Held:
    """A roster from which parts are drawn: everybody's column, and where its points could be lower.

    `lines` (P,) weighs people's lines, `needs` (N,) needs.
    """

    problem: RosterProblem
    columns: Mapping[int, Column]
    lines: Floats
    needs: Floats

    def cells(self) -> NDArray[np.bool_]:
        """(P, D, S + 1) what it does on each day, a day off last."""
        problem = self.problem
        found = np.zeros((len(problem.people), problem.days, len(problem.shifts) + 1), dtype=np.bool_)
        for person, column in self.columns.items():
            found[person, np.arange(problem.days), list(column.shifts)] = True  # NO_SHIFT counts from the end
        return found


def block(
    roster: Held, draw: np.random.Generator, share: float, cells: int
) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """So many cells of a roster: a share of the people on days in a row, drawn by where points are lost.

    What is more than all the days of these people is left. Returns what is allowed (P, D, S + 1), a day off last, and
    who has a choice.
    """
    people, days = len(roster.problem.people), roster.problem.days
    size = min(people, max(2, min(round(share * people), cells // 2)))
    window = min(days, max(2, cells // size))
    first = int(draw.choice(days, p=_days(roster))) - int(draw.integers(window))
    first = min(max(0, first), days - window)
    weight = _shares(roster.lines) + 1.0 / people
    free = np.sort(draw.choice(people, size, replace=False, p=weight / weight.sum()))
    allowed = roster.cells()
    allowed[free, first : first + window] = True
    return allowed, frozenset(int(at) for at in free)


def _days(roster: Held) -> Floats:
    """(D,) how likely a part lies around each day."""
    weight = np.full(roster.problem.days, 0.5 / roster.problem.days)
    for need, cost in zip(roster.problem.needs, _shares(roster.needs), strict=True):
        weight[need.day] += cost
    return np.asarray(weight / weight.sum())


def _shares(weight: Floats) -> Floats:
    total = float(weight.sum())
    return weight / total if total > 0 else np.zeros_like(weight)


SHARES: Final = (1.0, 0.7, 0.45, 0.25, 0.12)
"""Of the people, those that are free in a part."""

CELLS: Final = 240
"""People times days of a part, at first."""

FEWEST: Final = 20


class Outcome(Enum):
    """What came of a part: nothing better can be in it; as much was proven by choosing among all its lines; a better
    roster; or it was too large to tell."""

    CLOSED = auto()
    SOLVED = auto()
    BETTER = auto()
    LARGE = auto()


@dataclass(slots=True)
class Part:
    """A kind of part, how many cells it may have (`most` at most), and how well it did of late."""

    share: float
    most: float
    cells: float = CELLS
    gains: float = 1.0

    def heed(self, outcome: Outcome) -> None:
        """Learn from what came of it; no kind is ever given up."""
        self.gains = max(0.2, 0.85 * self.gains + (1.0 if outcome is Outcome.BETTER else 0.0))
        self.cells = max(FEWEST, min(GROWTH[outcome] * self.cells, self.most))


GROWTH: Final = {Outcome.CLOSED: 1.3, Outcome.SOLVED: 1.1, Outcome.BETTER: 1.0, Outcome.LARGE: 0.8}
