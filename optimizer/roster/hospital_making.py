"""A hospital's roster made and recounted: what was found, what is proven of it, what clashes where none is legal."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats
from optimizer.roster.hospital_elastic import Elastic, completed, elastic
from optimizer.roster.hospital_improving import Improver
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_program import RosterProgram, roster_program
from optimizer.roster.hospital_score import team_score
from optimizer.roster.hospital_starting import first_roster
from optimizer.roster.making import RosterError, relative_gap
from optimizer.roster.score import Score
from optimizer.solution import Limits, Progress, Solution, Status, Watch
from optimizer.solvers.front import solve

AGREES = 1e-3
"""Points within which program and recount must agree."""

LARGE = 4_000
SHARE_OF_PROOF = 0.25
"""From so many columns on branch and cut proves little after its root, and improves nothing."""

NODES_OF_A_PART = 20
"""Work spent on a part where a search is stopped by work, not by time."""


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

    `work` stops after so many parts instead, by no clock: the same search twice ends with the same roster. A `start`
    is improved first on the days `around` which it was disturbed. Raises
    RosterError where program and recount disagree: a fault of ours.
    """
    search = _Search(problem, roster_program(problem), gap, watch)
    search.run(seconds, seed, work, _Start(start, around))
    return search.plan()


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a search begins: a roster (None: nobody works), and the days on which it was disturbed."""

    roster: TeamRoster | None
    around: frozenset[int]


@dataclass(slots=True)
class _Search:
    """One search: parts improved here, while another process proves what it can of the whole."""

    problem: TeamProblem
    made: RosterProgram
    gap: float
    watch: Watch | None
    stretchy: Elastic = field(init=False)
    best: Floats | None = None
    proof: Solution | None = None
    bound: float = 0.0
    told: list[Progress] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)
    owner: int = field(default_factory=threading.get_ident)
    improver: Improver | None = None

    def __post_init__(self) -> None:
        self.stretchy = elastic(self.made)

    def run(self, seconds: float, seed: int, work: int | None, start: _Start) -> None:
        """From a start (or nobody working) to the best roster there was time for."""
        until = self.begun + seconds
        prover = threading.Thread(target=self._prove_and_help, args=(until,), daemon=True)
        try:
            self._improve(until, seed, work, start, prover)
        except KeyboardInterrupt:
            self.over.set()
        self.over.set()
        if prover.ident is not None:
            prover.join()
        if self.best is None:
            self.best = self._empty()

    def _improve(self, until: float, seed: int, work: int | None, start: _Start, prover: threading.Thread) -> None:
        given = start.roster or (first_roster(self.problem, seed) if self.problem.rules.one_shift_a_day else None)
        values = completed(self.stretchy, self.made.duty, _taken(self.made, given))
        if values is None and given is not None:
            given, values = None, self._empty()
        if values is None:
            return
        self._hear(values)
        improver = self.improver = Improver(
            self.problem, self.stretchy, self.made.duty, values, seed, self._hear, self.over.is_set,
            None if work is None else NODES_OF_A_PART,
        )  # fmt: skip
        if given is None:
            improver.sweep(until)
        for day in sorted(start.around | self._broken_days(values)):
            improver.mend(frozenset({day}), until)
        if work is None and time.monotonic() < until:
            prover.start()
        improver.pursue(until, work)

    def _broken_days(self, values: Floats) -> frozenset[int]:
        """Days on which a roster breaks a hard rule."""
        score = team_score(self.problem, self.made.roster(values))
        return frozenset(each.day for each in score.hard if each.day is not None)

    def _empty(self) -> Floats | None:
        return completed(self.stretchy, self.made.duty, _taken(self.made, None))

    def _hear(self, values: Floats) -> None:
        self.best = values
        self._tell()

    def _tell(self) -> None:
        legal = self.best is not None and self.stretchy.legal(self.best)
        cost = self.stretchy.program.objective(self.best) if legal and self.best is not None else None
        self.told.append(Progress(time.monotonic() - self.begun, cost, self.bound))
        if self.watch is not None and threading.get_ident() == self.owner:
            self.watch(self.told[-1])
        if cost is not None and cost - self.bound <= max(1e-6, self.gap * abs(cost)):
            self.over.set()

    def _prove_and_help(self, until: float) -> None:
        """Of a large problem prove for a share of the time only, then improve other parts beside the first thread."""
        large = len(self.made.program.cost) > LARGE
        now = time.monotonic()
        self._prove(now + (until - now) * SHARE_OF_PROOF if large else until)
        if self.improver is not None and not self.over.is_set():
            self.improver.pursue(until, turn=1)

    def _prove(self, until: float) -> None:
        """Branch and cut on the whole, for its bound; what it proves ends the search."""

        def hear(progress: Progress) -> None:
            if progress.bound is not None and progress.bound > self.bound + 1e-6:
                self.bound = progress.bound
                self._tell()

        limits = Limits(time_limit=max(0.1, until - time.monotonic()), gap=self.gap, threads=1)
        self.proof = solve(self.made.program, solver="highs", limits=limits, watch=hear, cancel=self.over)
        if self.proof.bound is not None:
            self.bound = max(self.bound, self.proof.bound)
        if self.proof.status in (Status.OPTIMAL, Status.WITHIN_GAP, Status.INFEASIBLE):
            self.over.set()

    def plan(self) -> TeamPlan:
        """The better of both, recounted."""
        roster, cost = self._chosen()
        recounted = team_score(self.problem, roster)
        if cost is not None and abs(recounted.points - cost) > AGREES * max(1.0, abs(cost) / 1000):
            raise RosterError(f"the roster found does not stand its recount: {recounted.points} points, not {cost}")
        bound = min(self.bound, recounted.points if recounted.legal else math.inf)
        found = TeamPlan(
            self.problem, Status.TIME_LIMIT, roster, recounted, bound, time.monotonic() - self.begun, tuple(self.told)
        )
        return replace(found, status=self._status(found))

    def _chosen(self) -> tuple[TeamRoster, float | None]:
        """The best roster, and what the program says it costs with every slack at its least; None if not legal."""
        values = self.best
        if self.proof is not None and self.proof.values is not None:
            padded = np.concatenate((self.proof.values, np.zeros(len(self.stretchy.slacks))))
            better = values is None or self.stretchy.program.objective(padded) < self.stretchy.program.objective(values)
            values = padded if better else values
        if values is None:
            return TeamRoster(tuple(frozenset[int]() for _ in self.problem.members)), None
        roster = self.made.roster(values)
        settled = completed(self.stretchy, self.made.duty, _taken(self.made, roster))
        if settled is None or not self.stretchy.legal(settled):
            return roster, None
        return roster, self.stretchy.program.objective(settled)

    def _status(self, found: TeamPlan) -> Status:
        if not found.legal:
            denied = self.proof is not None and self.proof.status is Status.INFEASIBLE
            return Status.INFEASIBLE if denied else Status.TIME_LIMIT
        if found.gap is not None and found.gap <= 1e-9:
            return Status.OPTIMAL
        return Status.WITHIN_GAP if found.gap is not None and found.gap <= self.gap else Status.TIME_LIMIT


def _taken(made: RosterProgram, roster: TeamRoster | None) -> Floats:
    """(M, N) 1 where a roster has a duty that its person may work."""
    taken = np.zeros(made.duty.shape)
    for member, duties in enumerate(roster.duties if roster is not None else ()):
        taken[member, sorted(duties)] = 1.0
    return np.where(made.duty >= 0, taken, 0.0)


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
