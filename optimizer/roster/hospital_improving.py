"""From any roster to a good one: a part set free, the rest left as it stands, the part solved to its best, and so on.

Parts are some days of everybody, some people on all days, or some of both; kinds that gain are drawn more often.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Floats, Ints
from optimizer.roster.hospital_elastic import Elastic
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.solution import Limits
from optimizer.solvers.isolated import run_isolated
from optimizer.solvers.search.links import Links, runs
from optimizer.solvers.search.part import Part, local

SECONDS_A_PART: Final = 4.0
GAP_OF_A_PART: Final = 5e-4
HOPS: Final = 3
"""Rows over which what hangs on a duty is followed: kinds, days, weekends, slacks."""

HOLDS: Final = 1e-6
Chosen = NDArray[np.bool_]


@dataclass(slots=True)
class Kind:
    """A kind of part: how it is drawn, its size, and how well it did of late."""

    draw: Callable[[TeamProblem, np.random.Generator, int], Chosen]
    size: int
    gains: float = 1.0

    def heed(self, *, better: bool, slow: bool) -> None:
        """Count what came of it; no kind is ever given up, and parts too large to be solved become smaller."""
        self.gains = max(0.2, 0.8 * self.gains + (1.0 if better else 0.0))
        if slow:
            self.size = max(2, self.size - 1)


def some_days(problem: TeamProblem, draw: np.random.Generator, size: int) -> Chosen:
    """(M, N) everybody's duties on some days in a row."""
    first = int(draw.integers(1 - size // 2, max(2 - size // 2, problem.days - size // 2)))
    days = np.array([slot.day for slot in problem.slots])
    return np.broadcast_to((days >= first) & (days < first + size), (len(problem.members), len(days)))


def some_people(problem: TeamProblem, draw: np.random.Generator, size: int) -> Chosen:
    """(M, N) all duties of some people."""
    people = len(problem.members)
    free = np.zeros(people, dtype=np.bool_)
    free[draw.choice(people, min(size, people), replace=False)] = True
    return np.broadcast_to(free[:, None], (people, len(problem.slots)))


def some_of_both(problem: TeamProblem, draw: np.random.Generator, size: int) -> Chosen:
    """(M, N) half of the people on some days in a row."""
    half = some_people(problem, draw, max(2, len(problem.members) // 2))
    return half & some_days(problem, draw, size)


def kinds() -> tuple[Kind, ...]:
    """Those there are, afresh."""
    return (Kind(some_people, 4), Kind(some_people, 6), Kind(some_days, 3), Kind(some_of_both, 8))


@dataclass(slots=True)
class Improver:
    """The best roster so far, as values of the elastic program's columns, and what makes it better."""

    problem: TeamProblem
    stretchy: Elastic
    duty: Ints
    values: Floats
    seed: int = 0
    heard: Callable[[Floats], None] | None = None
    stopped: Callable[[], bool] = lambda: False
    work: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    links: Links = field(init=False)
    hanging: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        program = self.stretchy.program
        self.links = Links.of(program)
        self.hanging = np.ones(len(program.cost), dtype=np.bool_)
        self.hanging[self.duty[self.duty >= 0]] = False

    @property
    def cost(self) -> float:
        """Of the best so far, hard rules at their dear price."""
        return self.stretchy.program.objective(self.values)

    def sweep(self, until: float, width: int = 1) -> None:
        """One person after another, all days, those who can do most first: from an empty roster to a first one."""
        order = np.argsort([-(member.grade + len(member.skills)) for member in self.problem.members], kind="stable")
        for first in range(0, len(order), width):
            chosen = np.zeros(len(order), dtype=np.bool_)
            chosen[order[first : first + width]] = True
            if time.monotonic() < until:
                self.free(np.broadcast_to(chosen[:, None], self.duty.shape), until)

    def mend(self, around: frozenset[int], until: float) -> None:
        """Everybody on some days, and on those beside them."""
        near = {day + off for day in around for off in (-1, 0, 1)}
        days = np.array([slot.day in near for slot in self.problem.slots])
        self.free(np.broadcast_to(days, self.duty.shape), until)

    def pursue(self, until: float, most: int | None = None, turn: int = 0) -> None:
        """Part after part until the time or so many parts are over, or somebody says stop; threads by `turn`."""
        draw, every, done = np.random.default_rng([self.seed, turn]), kinds(), 0
        while time.monotonic() < until and (most is None or done < most) and not self.stopped():
            gains = np.array([kind.gains for kind in every])
            kind = every[int(draw.choice(len(every), p=gains / gains.sum()))]
            before, begun = self.cost, time.monotonic()
            self.free(kind.draw(self.problem, draw, kind.size), until)
            kind.heed(
                better=self.cost < before - 1e-6, slow=self.work is None and time.monotonic() - begun > SECONDS_A_PART
            )
            done += 1

    def free(self, chosen: Chosen, until: float) -> None:
        """Solve the part that (M, N) duties make, and keep what is better."""
        columns = self.duty[chosen & (self.duty >= 0)].astype(np.intp)
        left = until - time.monotonic()
        if not len(columns) or left < 0.05:
            return
        part = local(self.links, self.values, self._with_hanging(columns))
        seconds = left if self.work is not None else min(SECONDS_A_PART, left)
        hint = part.narrow(self.values)
        limits = Limits(time_limit=seconds, gap=GAP_OF_A_PART, threads=1, hint=hint, work=self.work)
        found = run_isolated(part.program, "highs", limits)
        if found.values is not None:
            self._offer(part, found.values)

    def _offer(self, part: Part, values: Floats) -> None:
        """Keep a part's answer where it is better and holds beside what others changed meanwhile."""
        program = self.stretchy.program
        with self.lock:
            new = part.laid_on(self.values, values)
            met = program.activity(new)
            holds = (met >= program.row_lower - HOLDS).all() and (met <= program.row_upper + HOLDS).all()
            if holds and program.objective(new) < self.cost - 1e-6:
                self.values = new
                if self.heard is not None:
                    self.heard(new)

    def _with_hanging(self, columns: NDArray[np.intp]) -> NDArray[np.intp]:
        """Columns with all that hangs on them: what is no duty, over some rows."""
        program, reached = self.links.program, np.unique(columns)
        for _ in range(HOPS):
            near = program.indices[runs(program.indptr, self.links.rows_of(reached))]
            reached = np.union1d(reached, near[self.hanging[near]])
        return np.asarray(reached, dtype=np.intp)
