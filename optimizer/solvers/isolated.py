"""One solve in a child process: a solver that crashes, hangs, eats memory or prints cannot hurt its caller."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Progress, Solution, Status, Watch
from optimizer.solvers.attempt import package_version
from optimizer.solvers.child import Job, Message
from optimizer.solvers.errors import SolverError
from optimizer.solvers.search_file import last_plan
from optimizer.solvers.session import INCUMBENT, INCUMBENTS
from optimizer.solvers.verify import Claim, Run, empty, settle
from optimizer.solvers.worker import Worker, borrow, give_back

START_SECONDS = 60.0
"""How long a child may take to start before it counts as failed."""

GRACE_SECONDS = 2.0
GRACE_PER_ENTRY = 2e-5
"""Beyond the time limit, before a solver is asked to stop: for building its model and for seldom looks at the clock."""

STOP_SECONDS = 8.0
"""How long a solver asked to stop may take to hand over its plan (SCIP looks up between nodes), before it is ended."""

_DEAF = ("highs",)
"""Solvers that cannot be asked to stop: ended at once, their best plan is in the folder."""

_SPENT = ("search",)
"""Solvers whose threads may still be at work when they answer: their child serves no second job."""

INTERRUPTED = "interrupted"


def run_isolated(program: Program, solver: str, limits: Limits, watch: Watch | None) -> Solution:
    """Solve in a child process. Raises what the solver refuses (SolverError) and whatever `watch` raises.

    Ctrl-C (KeyboardInterrupt, also out of `watch`) ends the solve with the best plan so far; a second one kills it.
    """
    with TemporaryDirectory(prefix="wardwright-", ignore_cleanup_errors=True) as folder:
        worker = borrow()
        healthy = False
        try:
            solve = _Solve(worker, Job(program, solver, limits, folder), watch)
            solution = solve.result()
            healthy = not solve.killed and not solve.stopped and limits.memory_gib is None and solver not in _SPENT
        finally:
            if healthy:
                give_back(worker)
            else:
                worker.kill()
        return solution


@dataclass(slots=True)
class _Solve:
    """The wait for one job: progress passed on, two deadlines (ask to stop, then kill), Ctrl-C."""

    worker: Worker
    job: Job
    watch: Watch | None
    progress: list[Progress] = field(default_factory=list)
    stopped: bool = False
    killed: bool = False
    interrupted: bool = False
    begun: float = field(default_factory=time.monotonic)
    deadline: float = 0.0

    def result(self) -> Solution:
        """Wait for the solution; whatever happens to the child becomes one."""
        self.deadline = self.begun + START_SECONDS
        self.worker.send(self.job)
        solution: Solution | None = None
        while solution is None:
            try:
                solution = self._next()
            except KeyboardInterrupt:
                if self.interrupted:
                    raise
                self.interrupted = True
                self._stop()
        return _noted(solution, INTERRUPTED) if self.interrupted else solution

    def _next(self) -> Solution | None:
        try:
            message = self.worker.receive(self.deadline - time.monotonic())
        except queue.Empty:
            if self.stopped:
                return self._lost(f"{self.job.solver} did not stop in time and was ended")
            self._stop()
            return None
        return self._taken(message)

    def _taken(self, message: Message | None) -> Solution | None:
        if message is None:
            return self._lost(None)
        if isinstance(message, SolverError):
            raise message
        if isinstance(message, Solution):
            return message
        if isinstance(message, Progress):
            self.progress.append(message)
            if self.watch is not None and not self.interrupted:
                self.watch(message)
            return None
        self.begun = time.monotonic()
        self.deadline = self.begun + self.job.limits.time_limit + self._grace()
        return None

    def _grace(self) -> float:
        return GRACE_SECONDS + GRACE_PER_ENTRY * (len(self.job.program.data) + len(self.job.program.cost))

    def _stop(self) -> None:
        self.stopped = True
        patience = 0.0 if self.job.solver in _DEAF else max(STOP_SECONDS, self._grace() / 2)
        self.deadline = time.monotonic() + patience
        self.worker.stop()

    def _lost(self, why: str | None) -> Solution:
        """The child is gone or must go; its best plan may have been left in the folder."""
        self.killed = True
        exit_status = self.worker.kill()
        message = why or self._cause(exit_status)
        run = Run(self.job.solver, _packaged(self.job.solver), time.monotonic() - self.begun, tuple(self.progress))
        values = _last_incumbent(Path(self.job.folder), len(self.job.program.cost))
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
    from dataclasses import replace

    status = Status.TIME_LIMIT if solution.status is Status.FAILED else solution.status
    return replace(solution, status=status, message=note)


def _packaged(solver: str) -> str:
    return f"PuLP {package_version('pulp')}" if solver == "cbc" else f"OR-Tools {package_version('ortools')}"


def _last_incumbent(folder: Path, columns: int) -> Floats | None:
    """The last whole plan left in the folder, or None."""
    if (folder / INCUMBENT).exists():
        return np.asarray(np.load(folder / INCUMBENT), dtype=np.float64)
    return last_plan(folder / INCUMBENTS, columns)
