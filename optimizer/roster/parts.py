"""Parts of a roster that are rearranged while the rest stays: who is free, and on which days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.master import Column
from optimizer.roster.problem import RosterProblem
from optimizer.roster.ways import Floats


@dataclass(frozen=True, slots=True)
class Held:
    """A roster from which parts are drawn: everybody's column, and where its points could be lower.

    `lines` (P,) weighs people's lines, `needs` (N,) needs, `able` (N, P) tells who may serve them.
    """

    problem: RosterProblem
    columns: Mapping[int, Column]
    lines: Floats
    needs: Floats
    able: NDArray[np.bool_]

    def cells(self) -> NDArray[np.bool_]:
        """(P, D, S + 1) what it does on each day, a day off last."""
        problem = self.problem
        found = np.zeros((len(problem.people), problem.days, len(problem.shifts) + 1), dtype=np.bool_)
        for person, column in self.columns.items():
            found[person, np.arange(problem.days), list(column.shifts)] = True  # NO_SHIFT counts from the end
        return found


def some_people(roster: Held, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """Some people all days, drawn by what their lines cost too much."""
    people = len(roster.problem.people)
    weight = _shares(roster.lines) + 1.0 / people
    return _free(roster, draw.choice(people, min(size, people), replace=False, p=weight / weight.sum()))


def some_who_may(roster: Held, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """A need that costs too much, and people who may serve it or do, all days."""
    people = len(roster.problem.people)
    weight = _shares(roster.needs) + 0.1 / max(1, len(roster.needs))
    need = int(draw.choice(len(weight), p=weight / weight.sum()))
    likely = np.where(roster.able[need], 1.0, 0.1) * (_shares(roster.lines) + 1.0 / people)
    return _free(roster, draw.choice(people, min(size, people), replace=False, p=likely / likely.sum()))


def _shares(weight: Floats) -> Floats:
    total = float(weight.sum())
    return weight / total if total > 0 else np.zeros_like(weight)


def _free(roster: Held, people: NDArray[np.int64]) -> tuple[NDArray[np.bool_], frozenset[int]]:
    allowed = roster.cells()
    allowed[people] = True
    return allowed, frozenset(int(at) for at in people)


def some_days(roster: Held, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """Everybody on some days in a row, around a day whose cover costs."""
    frame_days = roster.problem.days
    weight = np.zeros(frame_days)
    for need, cost in zip(roster.problem.needs, _shares(roster.needs), strict=True):
        weight[need.day] += cost
    weight += 0.5 / frame_days
    first = int(draw.choice(frame_days, p=weight / weight.sum())) - int(draw.integers(size))
    allowed = roster.cells()
    allowed[:, max(0, first) : first + size] = True
    return allowed, frozenset(range(len(roster.problem.people)))


def some_of_both(roster: Held, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """Half of the people on about half of the days, and a few of them throughout."""
    people, days = len(roster.problem.people), roster.problem.days
    free = draw.choice(people, max(2, people // 2), replace=False)
    first = int(draw.integers(0, max(1, days - days // 2)))
    allowed = roster.cells()
    allowed[free, first : first + days // 2] = True
    allowed[free[:size]] = True
    return allowed, frozenset(int(at) for at in free)


PARTS: Final = (
    (some_people, 6), (some_people, 12), (some_who_may, 8), (some_who_may, 16), (some_days, 5), (some_days, 8),
    (some_of_both, 4),
)  # fmt: skip
"""Kinds of parts with their size."""


@dataclass(slots=True)
class Part:
    """A kind of part and how well it did of late."""

    part: Callable[[Held, np.random.Generator, int], tuple[NDArray[np.bool_], frozenset[int]]]
    size: int
    gains: float = 1.0

    def heed(self, *, better: bool) -> None:
        """Count what came of it; no kind is ever given up."""
        self.gains = max(0.2, 0.8 * self.gains + (1.0 if better else 0.0))
