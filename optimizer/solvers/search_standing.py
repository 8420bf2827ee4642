"""Where a search stands: the best plan and bound of all who work on it at once, and whether they are to go on."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Progress, relative_gap
from optimizer.solvers.session import SESSION
from optimizer.solvers.verify import PROVEN, broken, tidied


@dataclass(slots=True)
class Standing:
    """The best plan so far (checked on arrival), the best bound proven; safe to use from several threads.

    `generation` counts plans that were better than all before, `relaxed` (n,) are the linear relaxation's values once
    known, `denied` says that HiGHS found the program to have no plan, `proving` that
    a first plan may still come from whoever proves, and `notes` what went wrong on the way.
    """

    program: Program
    limits: Limits
    begun: float = field(default_factory=time.monotonic)
    plan: Floats | None = None
    objective: float | None = None
    bound: float | None = None
    relaxed: Floats | None = None
    generation: int = 0
    denied: bool = False
    proving: bool = True
    notes: list[str] = field(default_factory=list)
    _over: bool = False
    _lock: threading.Condition = field(default_factory=threading.Condition)

    @property
    def over(self) -> bool:
        """Whether everyone should stop: told to, near enough to the bound, or out of time."""
        return self._over or self.left() <= 0.0

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
            self.plan, self.objective = plan, cost
            self.generation += 1
            SESSION.keep(plan)
            self._weigh()
        return float(gain)

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
