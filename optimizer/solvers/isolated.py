"""One solve in a child process: a solver that crashes, hangs, eats memory or prints cannot hurt its caller."""

from __future__ import annotations

import math
import queue
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Progress, Solution, Status, Watch
from optimizer.solvers.attempt import package_version
from optimizer.solvers.child import Job, Message
from optimizer.solvers.errors import SolverError
from optimizer.solvers.search.incumbents import last_plan
from optimizer.solvers.session import INCUMBENT, INCUMBENTS
from optimizer.solvers.verify import Claim, Run, empty, settle
from optimizer.solvers.worker import Worker, borrow, give_back, throw_away

START_SECONDS = 60.0
"""How long a child may take to start before it counts as failed."""

ASK_SECONDS = 0.25
"""So long after its time limit a solver that has not ended by itself is asked to."""

KILL_SECONDS = 2.0
"""So long after its time limit a solver is ended whatever it does, and its best plan so far is taken."""

LOOK_SECONDS = 0.1
"""How often a cancel is looked for."""

_PATIENCE = {"highs": 0.0, "cbc": 8.0}
"""Seconds that a solver may take when it is asked to stop before its time, 2 if it is not here. HiGHS cannot be asked,
and its plans are in the folder; CBC cannot leave plans while it runs, so that ending it would lose them."""

_SPENT = ("search",)
"""Solvers whose threads may still be at work when they answer: their child serves no second job."""

INTERRUPTED = "interrupted"
CANCELLED = "cancelled"


def run_isolated(
    program: Program, solver: str, limits: Limits, watch: Watch | None = None, cancel: threading.Event | None = None
) -> Solution:
    """Solve in a child process. Raises what the solver refuses (SolverError) and whatever `watch` raises.

    Ctrl-C (KeyboardInterrupt, also out of `watch`) and `cancel` end the solve with the best plan so far; a second
    Ctrl-C kills it.
    """
    worker = borrow()
    healthy = False
    try:
        solve = _Solve(worker, Job(program, solver, limits), watch, cancel)
        solution = solve.result()
        healthy = not solve.lost and limits.memory_gib is None and solver not in _SPENT
    finally:
        if healthy:
            give_back(worker)
        else:
            throw_away(worker)
    return solution


@dataclass(slots=True)
class _Solve:
    """The wait for one job: progress passed on, two moments (ask to stop, then kill), Ctrl-C, a cancel."""

    worker: Worker
    job: Job
    watch: Watch | None
    cancel: threading.Event | None
    progress: list[Progress] = field(default_factory=list)
    lost: bool = False
    note: str = ""
    begun: float = field(default_factory=time.monotonic)
    ask_at: float = math.inf
    kill_at: float = math.inf

    def result(self) -> Solution:
        """Wait for the solution; whatever happens to the child becomes one."""
        self.kill_at = self.begun + START_SECONDS
        self.worker.send(self.job)
        solution: Solution | None = None
        while solution is None:
            try:
                solution = self._next()
            except KeyboardInterrupt:
                if self.note == INTERRUPTED:
                    raise
                self._give_up(INTERRUPTED)
        return _noted(solution, self.note) if self.note else solution

    def _next(self) -> Solution | None:
        """Take the next message if one comes before there is something else to do, and do that otherwise."""
        if self.cancel is not None and self.cancel.is_set() and not self.note:
            self._give_up(CANCELLED)
        until = min(self.ask_at, self.kill_at) - time.monotonic()
        looking = self.cancel is not None and not self.note
        try:
            message = self.worker.receive(min(until, LOOK_SECONDS) if looking else until)
        except queue.Empty:
            return self._overdue(time.monotonic())
        return self._taken(message)

    def _overdue(self, now: float) -> Solution | None:
        if now >= self.kill_at:
            return self._ended(f"{self.job.solver} did not stop in time and was ended")
        if now >= self.ask_at:
            self._stop()
        return None

    def _give_up(self, note: str) -> None:
        """Somebody wants no more: the solver has a short while to hand over the best it has."""
        self.note = note
        self.kill_at = min(self.kill_at, time.monotonic() + self._patience())
        self._stop()

    def _stop(self) -> None:
        self.ask_at = math.inf
        if self._patience():
            self.worker.stop()

    def _patience(self) -> float:
        return _PATIENCE.get(self.job.solver, KILL_SECONDS)

    def _taken(self, message: Message | None) -> Solution | None:
        if message is None:
            return self._ended(None)
        if isinstance(message, SolverError):
            raise message
        if isinstance(message, Solution):
            return message
        if isinstance(message, Progress):
            self.progress.append(message)
            if self.watch is not None and not self.note:
                self.watch(message)
            return None
        self._set_clock(time.monotonic())
        return None

    def _set_clock(self, now: float) -> None:
        """The child has the job: its time runs, unless somebody has given up already."""
        self.begun = now
        if not self.note:
            self.ask_at = now + self.job.limits.time_limit + ASK_SECONDS
            self.kill_at = now + self.job.limits.time_limit + KILL_SECONDS

    def _ended(self, why: str | None) -> Solution:
        """The child is gone or must go; its best plan may have been left in the folder."""
        self.lost = True
        exit_status = self.worker.end()
        message = why or self._cause(exit_status)
        run = Run(self.job.solver, _packaged(self.job.solver), time.monotonic() - self.begun, tuple(self.progress))
        values = _last_incumbent(self.worker.folder, len(self.job.program.cost))
        bound = self.progress[-1].bound if self.progress else None
        if values is None:
            status = Status.FAILED if why is None else Status.TIME_LIMIT
            return empty(status, run, message, bound=bound)
        return settle(self.job.program, Claim(Status.TIME_LIMIT, values, bound, message), self.job.limits, run)

    def _cause(self, exit_status: int) -> str:
        ended = f"signal {-exit_status}" if exit_status < 0 else f"exit status {exit_status}"
        limit = self.job.limits.memory_gib
        memory = f": out of memory (limit {limit:g} GiB)" if limit is not None else ", perhaps out of memory"
        return f"{self.job.solver}'s process ended by {ended}{memory}"


def _noted(solution: Solution, note: str) -> Solution:
    status = Status.TIME_LIMIT if solution.status is Status.FAILED else solution.status
    return replace(solution, status=status, message=note)


def _packaged(solver: str) -> str:
    return f"PuLP {package_version('pulp')}" if solver == "cbc" else f"OR-Tools {package_version('ortools')}"


def _last_incumbent(folder: Path, columns: int) -> Floats | None:
    """The last whole plan left in the folder, or None."""
    if (folder / INCUMBENT).exists():
        return np.asarray(np.load(folder / INCUMBENT), dtype=np.float64)
    return last_plan(folder / INCUMBENTS, columns)
