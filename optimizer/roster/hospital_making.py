"""A hospital's roster made and recounted: what was found, what is proven of it, what clashes where none is legal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_score import team_score
from optimizer.roster.hospital_search import Search, Start, by_moves, by_parts
from optimizer.roster.making import RosterError, relative_gap
from optimizer.roster.score import Score
from optimizer.solution import Progress, Status, Watch

AGREES = 1e-3
"""Points by which a bound may lie above a recount."""


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """The best roster with its score, the bound proven on every legal roster's points, and how the search ended.

    `legal` says whether every hard rule holds; where it does not, `score.hard` tells what clashes, and there is no gap.
    `bound` is at least 0, for no rule pays; None where nothing was searched.
    """

    problem: TeamProblem
    status: Status
    roster: TeamRoster
    score: Score
    bound: float | None
    seconds: float
    progress: tuple[Progress, ...] = field(default=())

    @property
    def legal(self) -> bool:
        """Whether every hard rule holds."""
        return self.score.legal

    @property
    def points(self) -> float:
        """What it costs, as the recount has it."""
        return self.score.points

    @property
    def gap(self) -> float | None:
        """The share of the points that is not proven; None where nothing is."""
        return None if self.bound is None or not self.legal else relative_gap(self.points, self.bound)


def make_team_roster(
    problem: TeamProblem, *, seconds: float = 60.0, gap: float = 0.0, seed: int = 0, work: int | None = None,
    start: TeamRoster | None = None, around: frozenset[int] = frozenset(), watch: Watch | None = None,
) -> TeamPlan:  # fmt: skip
    """Search for so many seconds, or until the gap asked for is proven; Ctrl-C ends with the best roster so far.

    `work` stops after so many steps instead, by no clock: the same search twice ends with the same roster. A `start`
    is improved first on the days `around` which it was disturbed. Raises
    RosterError where a bound and the recount disagree: a fault of ours.
    """
    search = Search(problem, gap, watch)
    way = by_moves if problem.rules.one_shift_a_day and not around else by_parts
    try:
        way(search, search.begun + seconds, seed, work, Start(start, around))
    except KeyboardInterrupt:
        search.over.set()
    return _plan(search)


def _plan(search: Search) -> TeamPlan:
    """The best roster of a search, recounted."""
    nobody = TeamRoster(tuple(frozenset[int]() for _ in search.problem.members))
    roster = search.best if search.best is not None else nobody
    recounted = team_score(search.problem, roster)
    if recounted.legal and search.bound > recounted.points + AGREES * max(1.0, recounted.points / 1000):
        raise RosterError(f"a roster of {recounted.points} points is below its bound {search.bound}")
    bound = min(search.bound, recounted.points if recounted.legal else math.inf)
    took = time.monotonic() - search.begun
    found = TeamPlan(search.problem, Status.TIME_LIMIT, roster, recounted, bound, took, tuple(search.told))
    return replace(found, status=_status(found, search))


def _status(found: TeamPlan, search: Search) -> Status:
    if not found.legal:
        denied = search.proof is not None and search.proof.status is Status.INFEASIBLE
        return Status.INFEASIBLE if denied else Status.TIME_LIMIT
    if found.gap is not None and found.gap <= 1e-9:
        return Status.OPTIMAL
    return Status.WITHIN_GAP if found.gap is not None and found.gap <= search.gap else Status.TIME_LIMIT


def many(
    problems: tuple[TeamProblem, ...], make: Callable[[TeamProblem], TeamPlan], jobs: int,
    done: Callable[[TeamPlan], None],
) -> list[TeamPlan]:  # fmt: skip
    """A roster for each of several wards, so many at a time; `done` hears of each as it is ready, in any order."""
    from joblib import Parallel, delayed

    found: dict[str, TeamPlan] = {}
    for plan in Parallel(n_jobs=jobs, backend="threading", return_as="generator_unordered")(
        delayed(make)(problem) for problem in problems
    ):
        found[plan.problem.name] = plan
        done(plan)
    return [found[problem.name] for problem in problems]
