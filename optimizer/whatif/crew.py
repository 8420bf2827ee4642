"""Who plans the points of a sweep: joblib's workers on this machine, or the same work on a Dask cluster.

Points come as they are done, in any order. A worker that dies takes only its own points with it, and they are planned
again: on a cluster by another worker, here by new ones.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import current_process
from typing import Final

from optimizer.scenario.faults import ScenarioError
from optimizer.whatif.errors import SweepError
from optimizer.whatif.sweep import Done, Task, plan_one, with_demand

TRIES: Final = 3
"""So often points are planned whose workers died."""

CONNECT_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.5
"""How often a worker looks whether its parent is there."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who plans: a backend of `BACKENDS`, how many at a time (None: one a core), and a cluster's address."""

    backend: str = "local"
    jobs: int | None = None
    scheduler: str | None = None


@dataclass(frozen=True, slots=True)
class Backend:
    """Where workers are. `opened` sets joblib up for them and gives how many there may be at a time.

    `shares_files`: they can read the scenario's histories, and so forecast themselves. `plan` is what a worker does.
    """

    opened: Callable[[Crew], AbstractContextManager[int]]
    shares_files: bool
    plan: Callable[[Task], Done]


def plan_all(tasks: Iterable[Task], crew: Crew) -> Iterator[Done]:
    """Plan every task, yielding each as it is done.

    Tasks are taken only as fast as they are planned. Raises SweepError for a backend that is not there, or where
    workers die over and over.
    """
    if crew.backend not in BACKENDS:
        raise SweepError(f"no backend is called {crew.backend}; there are {', '.join(BACKENDS)}")
    backend = BACKENDS[crew.backend]
    with backend.opened(crew) as jobs:
        left = _Left(iter(tasks))
        for _ in range(TRIES):
            yield from _round(left, jobs, backend)
            if not left.lost:
                return
    raise SweepError(f"workers died {TRIES} times, the last at {', '.join(left.lost)}; give each more memory")


@dataclass(slots=True)
class _Left:
    """Tasks not done yet; those handed out are kept until they are, so that a dead worker's can be planned again."""

    coming: Iterator[Task]
    out: dict[str, Task] = field(default_factory=dict)
    lost: dict[str, Task] = field(default_factory=dict)
    failed: deque[Done] = field(default_factory=deque)

    def take(self) -> Iterator[Task]:
        """Those lost before, then the others as they come."""
        again, self.lost = list(self.lost.values()), {}
        for tasks in (again, self.coming):
            for task in tasks:
                self.out[task.name] = task
                yield task

    def take_with_demand(self, ahead: int) -> Iterator[Task]:
        """The same with their demand foreseen, so many ahead in a thread, so that whoever hands out need not wait."""
        with ThreadPoolExecutor(1) as forecaster:
            begun: deque[tuple[Task, Future[Task]]] = deque()
            for task in self.take():
                begun.append((task, forecaster.submit(with_demand, task)))
                if len(begun) > ahead:
                    yield from self._foreseen(*begun.popleft())
            for pair in begun:
                yield from self._foreseen(*pair)

    def _foreseen(self, task: Task, found: Future[Task]) -> Iterator[Task]:
        try:
            yield found.result()
        except ScenarioError as error:
            self.out.pop(task.name, None)
            self.failed.append(Done(task.name, None, str(error)))

    def done(self, name: str) -> None:
        """This one need not be planned again."""
        self.out.pop(name, None)

    def died(self) -> None:
        """All that was handed out and not done is lost."""
        self.lost, self.out = dict(self.out), {}


def _round(left: _Left, jobs: int, backend: Backend) -> Iterator[Done]:
    """Plan what is left; ends early, with some lost, where workers die."""
    from joblib import Parallel, delayed

    taken = left.take() if backend.shares_files else left.take_with_demand(2 * jobs)
    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs")
    try:
        for done in parallel(delayed(backend.plan)(task) for task in taken):
            left.done(done.name)
            yield done
    except Exception as error:
        if type(error).__name__ not in DEATHS:
            raise
        left.died()
    while left.failed:
        yield left.failed.popleft()


DEATHS: Final = ("TerminatedWorkerError", "BrokenProcessPool", "KilledWorker")
"""What joblib's and Dask's own errors are called where a worker is gone; by name, since Dask may not be there."""


def plan_here(task: Task) -> Done:
    """Plan a point in a worker of this machine, which does not outlive whoever started it."""
    if current_process().name.startswith("LokyProcess"):
        _end_with_parent(os.getppid())
    return plan_one(task)


@cache
def _end_with_parent(parent: int) -> None:
    """End this process soon after its parent is gone, however that came about; joblib's workers would wait minutes."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _local(crew: Crew) -> Iterator[int]:
    from joblib import parallel_config

    jobs = crew.jobs or os.cpu_count() or 1
    with parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1):
        yield jobs


@contextmanager
def _dask(crew: Crew) -> Iterator[int]:
    try:
        from distributed import Client
    except ImportError as error:
        raise SweepError("Dask is not here; pip install 'wardwright[dask]' brings it") from error
    from joblib import parallel_config

    if crew.scheduler is None:
        raise SweepError("say where the cluster's scheduler is: --scheduler tcp://HOST:8786")
    try:
        client = Client(crew.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SweepError(f"no Dask scheduler answers at {crew.scheduler}: {error}") from error
    with client, parallel_config(backend="dask", client=client):
        yield crew.jobs or max(1, sum(client.ncores().values()))


BACKENDS: Final[Mapping[str, Backend]] = {
    "local": Backend(_local, shares_files=True, plan=plan_here),
    "dask": Backend(_dask, shares_files=False, plan=plan_one),
}
"""Where points may be planned."""
