"""One search for a ward's roster: what is best so far, what is proven of it, and when to stop.

Where nobody works two shifts on a day rosters are found move by move, compiled; else part after part of the program.
Beside either another process proves by branch and cut what it can of the whole.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from optimizer.roster.hospital_annealing import Annealer
from optimizer.roster.hospital_elastic import completed, elastic
from optimizer.roster.hospital_improving import Improver
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_program import RosterProgram, roster_program
from optimizer.roster.hospital_score import team_score
from optimizer.roster.score import Score
from optimizer.solution import Limits, Progress, Solution, Status, Watch
from optimizer.solvers.front import solve

LARGE = 4_000
SHARE_OF_PROOF = 0.25
"""From so many columns on branch and cut proves little after its root, and improves nothing."""

NODES_OF_A_PART = 20
"""Work spent on a part where a search is stopped by work, not by time."""


PATIENCE = 3.0
"""Seconds that proving waits for a first roster, which it would slow down."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a search begins: a roster (None: nobody works), and the days on which it was disturbed."""

    roster: TeamRoster | None = None
    around: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class Search:
    """The best roster so far with its recount, and the bound; whoever finds a better one says so by `hear`."""

    problem: TeamProblem
    gap: float = 0.0
    watch: Watch | None = None
    best: TeamRoster | None = None
    rank: tuple[float, float] = (np.inf, np.inf)
    proof: Solution | None = None
    bound: float = 0.0
    told: list[Progress] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    begun: float = field(default_factory=time.monotonic)
    owner: int = field(default_factory=threading.get_ident)
    made: RosterProgram | None = None

    def program(self) -> RosterProgram:
        """The problem's program, made once."""
        if self.made is None:
            self.made = roster_program(self.problem)
        return self.made

    def hear(self, roster: TeamRoster, rank: tuple[float, float] | None = None) -> bool:
        """A roster with its hard breaches and points: kept where the best has more of either. Whether it was."""
        rank = rank_of(team_score(self.problem, roster)) if rank is None else rank
        with self.lock:
            if rank >= self.rank:
                return False
            self.best, self.rank = roster, rank
        self.tell()
        return True

    def tell(self) -> None:
        """Say where the search stands; it is over once what was asked for is proven."""
        cost = self.rank[1] if self.best is not None and self.rank[0] <= 0.0 else None
        self.told.append(Progress(time.monotonic() - self.begun, cost, self.bound))
        if self.watch is not None and threading.get_ident() == self.owner:
            self.watch(self.told[-1])
        if cost is not None and cost - self.bound <= max(1e-6, self.gap * abs(cost)):
            self.over.set()

    def prove(self, until: float) -> None:
        """Branch and cut on the whole, for its bound; what it proves ends the search."""

        def hear(progress: Progress) -> None:
            if progress.bound is not None and progress.bound > self.bound + 1e-6:
                self.bound = progress.bound
                self.tell()

        made = self.program()
        limits = Limits(time_limit=max(0.1, until - time.monotonic()), gap=self.gap, threads=1)
        self.proof = solve(made.program, solver="highs", limits=limits, watch=hear, cancel=self.over)
        if self.proof.values is not None:
            self.hear(made.roster(self.proof.values))
        if self.proof.bound is not None:
            self.bound = max(self.bound, self.proof.bound)
        if self.proof.status in (Status.OPTIMAL, Status.WITHIN_GAP, Status.INFEASIBLE):
            self.over.set()

    def proof_ends(self, until: float) -> float:
        """When proving stops: of a large problem after a share of the time."""
        now = time.monotonic()
        large = len(self.program().program.cost) > LARGE
        return now + (until - now) * SHARE_OF_PROOF if large else until


def rank_of(score: Score) -> tuple[float, float]:
    """Hard breaches first, then points."""
    return float(sum(each.amount for each in score.hard)), score.points


def by_moves(search: Search, until: float, seed: int, work: int | None, start: Start) -> None:
    """Move by move, in two threads once there is a first roster; the second proves first."""
    annealer = Annealer(search.problem, seed, search.hear, search.over.is_set)
    if work is not None:
        _first(annealer, start, until)
        annealer.work(work)
        return
    first = threading.Event()

    def prove_and_help() -> None:
        first.wait(PATIENCE)
        if search.over.is_set():
            return
        search.prove(search.proof_ends(until))
        if search.best is not None:
            annealer.adopt(search.best)
        annealer.pursue(until, turn=1)

    with _Beside(search, threading.Thread(target=prove_and_help, daemon=True)):
        _first(annealer, start, until)
        first.set()
        annealer.pursue(until)


def _first(annealer: Annealer, start: Start, until: float) -> None:
    """The roster given, or one made at once."""
    if start.roster is not None:
        annealer.adopt(start.roster)
    else:
        annealer.begin(until)


@dataclass(slots=True)
class _Beside:
    """A thread that runs beside the first one and is waited for."""

    search: Search
    helper: threading.Thread
    at_once: bool = True

    def __enter__(self) -> None:
        if self.at_once and not self.search.over.is_set():
            self.helper.start()

    def __exit__(self, *_: object) -> None:
        self.search.over.set()
        if self.helper.ident is not None:
            self.helper.join()


def by_parts(search: Search, until: float, seed: int, work: int | None, start: Start) -> None:
    """Part after part of the program set free and solved, from a roster or from nobody at work.

    Where a roster was only disturbed proving goes on from the first moment: most often it is settled at once.
    """
    search.program()
    if work is not None:
        _mended(search, until, seed, work, start, lambda improver: improver.pursue(until, work))
        return
    there: list[Improver] = []

    def prove_and_help() -> None:
        search.prove(search.proof_ends(until))
        if there and not search.over.is_set():
            there[0].pursue(until, turn=1)

    def pursue(improver: Improver) -> None:
        there.append(improver)
        if helper.ident is None and not search.over.is_set():
            helper.start()
        improver.pursue(until)

    helper = threading.Thread(target=prove_and_help, daemon=True)
    with _Beside(search, helper, at_once=bool(start.around)):
        _mended(search, until, seed, None, start, pursue)


def _mended(
    search: Search, until: float, seed: int, work: int | None, start: Start, then: Callable[[Improver], None]
) -> None:  # fmt: skip
    """A start as values of the program, first improved where it was disturbed; `then` goes on."""
    made = search.program()
    stretchy = elastic(made)
    values = completed(stretchy, made.duty, taken(made, start.roster))
    if values is None and start.roster is not None:
        values = completed(stretchy, made.duty, taken(made, None))
    if values is None:
        return
    improver = Improver(
        search.problem, stretchy, made.duty, values, seed, lambda found: _found(search, made, found),
        search.over.is_set, None if work is None else NODES_OF_A_PART,
    )  # fmt: skip
    search.hear(made.roster(values))
    if start.roster is None:
        improver.sweep(until)
    for day in sorted(start.around | _broken_days(search)):
        if not search.over.is_set():
            improver.mend(frozenset({day}), until)
    then(improver)


def _found(search: Search, made: RosterProgram, values: np.ndarray) -> None:
    search.hear(made.roster(values))


def _broken_days(search: Search) -> frozenset[int]:
    """Days on which the best roster breaks a hard rule."""
    hard = team_score(search.problem, search.best).hard if search.best is not None else ()
    return frozenset(each.day for each in hard if each.day is not None)


def taken(made: RosterProgram, roster: TeamRoster | None) -> np.ndarray:
    """(M, N) 1 where a roster has a duty that its person may work."""
    there = np.zeros(made.duty.shape)
    for member, duties in enumerate(roster.duties if roster is not None else ()):
        there[member, sorted(duties)] = 1.0
    return np.where(made.duty >= 0, there, 0.0)
