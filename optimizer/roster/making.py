"""A roster made and recounted: what was found, what is proven of it, and nothing that the scorer does not confirm."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from optimizer.errors import PlanningError
from optimizer.roster.problem import Roster, RosterProblem
from optimizer.roster.score import Score, score
from optimizer.roster.searching import Search
from optimizer.solution import Progress, Status

AGREES = 1e-4
"""Points within which the search and the scorer must count alike."""


class RosterError(PlanningError):
    """The search and the scorer disagree, or a roster is illegal: a fault of ours."""


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """The best roster with its score, the bound proven on every roster's points, and how the search ended.

    `roster`, `score`, `points` and `gap` are None where none was found; `gap` is relative to the points.
    """

    problem: RosterProblem
    status: Status
    roster: Roster | None
    score: Score | None
    bound: float
    seconds: float
    progress: tuple[Progress, ...] = field(default=())

    @property
    def points(self) -> float | None:
        """What the roster costs, as the scorer counts it."""
        return None if self.score is None else self.score.points

    @property
    def gap(self) -> float | None:
        """The share of the points that is not proven."""
        return None if self.points is None else relative_gap(self.points, self.bound)


def make_roster(
    problem: RosterProblem, *, seconds: float = 60.0, gap: float = 0.0, seed: int = 0, work: int | None = None,
    watch: Callable[[Progress], None] | None = None,
) -> RosterPlan:  # fmt: skip
    """Search for so many seconds, or until the gap asked for is proven; Ctrl-C ends with the best roster so far.

    With `work` the search stops after so many pieces of work, by no clock: twice the same, byte for byte.
    Raises UnfitRules for rules that can't be searched together, RosterError where the scorer counts otherwise.
    """
    told: list[Progress] = []

    def hear(points: float | None, bound: float, at: float) -> None:
        told.append(Progress(at, points, bound if bound > -math.inf else None))
        if watch is not None:
            watch(told[-1])

    found = Search(problem, seed=seed, say=hear, gap=gap).run(seconds, work)
    if found.roster is None:
        return RosterPlan(problem, Status.TIME_LIMIT, None, None, found.bound, found.seconds, tuple(told))
    recounted = score(problem, found.roster)
    if not recounted.legal or abs(recounted.points - (found.points or 0.0)) > AGREES:
        first = recounted.hard[0].what if recounted.hard else f"{recounted.points} points, not {found.points}"
        raise RosterError(f"the roster found does not stand its recount: {first}")
    proven = relative_gap(recounted.points, found.bound)
    status = Status.OPTIMAL if proven <= 1e-9 else Status.WITHIN_GAP if proven <= gap else Status.TIME_LIMIT
    return RosterPlan(problem, status, found.roster, recounted, found.bound, found.seconds, tuple(told))


def relative_gap(points: float, bound: float) -> float:
    """The share of the points above the bound."""
    return max(0.0, points - bound) / points if points > 0 else 0.0
