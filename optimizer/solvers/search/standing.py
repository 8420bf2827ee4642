"""Where a search stands: the best plan and bound of all who work on it at once, and whether they are to go on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Progress, relative_gap
from optimizer.solvers.search.links import Links
from optimizer.solvers.search.part import Part, holds
from optimizer.solvers.search.priced_stocks import Apart
from optimizer.solvers.session import SESSION
from optimizer.solvers.verify import PROVEN, broken, tidied

SAVE_SECONDS = 0.5
"""Better plans are left in the job's folder no more often than this."""

WORTH = 1e-9
"""A plan better by no more than this part of its cost is not worth having: it is what rounding leaves."""


@dataclass(slots=True)
class Standing:
    """The best plan so far (checked on arrival), the best bound proven; safe to use from several threads.

    `generation` counts plans that were better than all before, `relaxed` (n,) are the linear relaxation's values once
    known, `apart` is what a prover hands over in its place, `denied` says that HiGHS found the program to have
    no plan, `proving` that a first plan may still come from whoever proves, `worked` counts pieces of work done, and
    `notes` tell what went wrong on the way.
    """

    program: Program
    limits: Limits
    begun: float = field(default_factory=time.monotonic)
    plan: Floats | None = None
    objective: float | None = None
    bound: float | None = None
    relaxed: Floats | None = None
    apart: Apart | None = None
    generation: int = 0
    denied: bool = False
    proving: bool = True
    worked: int = 0
    notes: list[str] = field(default_factory=list)
    _over: bool = False
    _saved: float = -SAVE_SECONDS
    _lock: threading.Condition = field(default_factory=threading.Condition)

    @property
    def over(self) -> bool:
        """Whether everyone should stop: told to, near enough to the bound, out of time or out of work."""
        return self._over or self.left() <= 0.0 or (self.limits.work is not None and self.worked >= self.limits.work)

    @property
    def steady(self) -> bool:
        """Whether no clock may decide anything but the end: with one thread, the same search twice."""
        return self.limits.threads == 1 or self.limits.work is not None

    def work(self, pieces: int = 1) -> None:
        """Count pieces of work as done."""
        with self._lock:
            self.worked += pieces

    def left(self) -> float:
        """Seconds until the time limit."""
        return self.begun + self.limits.time_limit - time.monotonic()

    def offer(self, values: Floats) -> float:
        """Take a plan if it holds and is better than the best; returns by how much (infinity for the first), or 0."""
        plan = tidied(self.program, values)
        cost = self.program.objective(plan)
        if (self.objective is not None and cost >= self.objective) or broken(self.program, plan):
            return 0.0
        with self._lock:
            gain = np.inf if self.objective is None else self.objective - cost
            if gain <= 0.0:
                return 0.0
            self._take(plan, cost)
        return float(gain)

    def merge(self, links: Links, part: Part, values: Floats) -> float:
        """Take what was found for a part of a plan into the best plan of now, if that still holds and is better.

        Only the rows that the part touches are looked at; returns by how much it is better, or 0.
        """
        found = tidied(part.program, values)
        with self._lock:
            if self.plan is None or self.objective is None:
                return 0.0
            plan = part.laid_on(self.plan, found)
            cost = self.program.objective(plan)
            gain = self.objective - cost
            if gain <= WORTH * max(1.0, abs(cost)) or not holds(links, plan, part.kept):
                return 0.0
            self._take(plan, cost)
        return gain

    def _take(self, plan: Floats, cost: float) -> None:
        self.plan, self.objective = plan, cost
        self.generation += 1
        now = time.monotonic()
        if now - self._saved >= SAVE_SECONDS or self._over:
            self._saved = now
            SESSION.keep(plan)
        self._weigh()

    def prove(self, bound: float | None) -> None:
        """Take a bound that was proven for the whole program."""
        if bound is None:
            return
        with self._lock:
            self.bound = bound if self.bound is None else max(self.bound, bound)
            self._weigh()

    def deny(self) -> None:
        """Take it that the program has no plan, which ends the search."""
        self.denied = True
        self.end()

    def note(self, words: str) -> None:
        """Keep what went wrong in one thread, for the message."""
        with self._lock:
            self.notes.append(words)

    def end(self) -> None:
        """Tell everyone to stop."""
        with self._lock:
            self._over = True
            self._lock.notify_all()
            if self.plan is not None:
                SESSION.keep(self.plan)

    def wait(self, seconds: float) -> None:
        """Return after `seconds`, or sooner if there is news or the end."""
        with self._lock:
            if not self._over:
                self._lock.wait(min(seconds, max(0.0, self.left())))

    def progress(self) -> Progress:
        """The standing now."""
        with self._lock:
            return Progress(time.monotonic() - self.begun, self.objective, self.bound)

    def _weigh(self) -> None:
        gap = relative_gap(self.objective, self.bound)
        self._over = self._over or (gap is not None and gap <= max(self.limits.gap, PROVEN))
        self._lock.notify_all()
