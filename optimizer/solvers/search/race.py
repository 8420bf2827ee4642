"""The search itself: threads that make a first plan together; then one improves it, and one proves.

The prover runs HiGHS on the whole program for its bound; where the root alone took a large part of the time, so that a
tree would come to nothing, it joins the improver instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from optimizer.program import Program
from optimizer.solution import Limits, Progress, Solution, Status, Watch
from optimizer.solvers.attempt import package_version, plain_claim
from optimizer.solvers.mathopt import highs
from optimizer.solvers.progress import EVERY_SECONDS
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.first import Beginning
from optimizer.solvers.search.improve import Improver
from optimizer.solvers.search.links import Links
from optimizer.solvers.search.prove import branch_a_while, prove
from optimizer.solvers.search.standing import Standing
from optimizer.solvers.session import SESSION
from optimizer.solvers.verify import Claim, Run, settle

FIRST_STEPS = 20
FIRST_NODES = 200
"""With one thread: so many steps of improving, and so large a tree, in the first turn of each."""


def search(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """Search until the gap asked for is proven or the time is up; linear programs go to HiGHS.

    With one thread, or with a limit on work, no clock decides anything but the end: the same search twice is the same.

    In a child process (`solve`) it returns at once when it is done and leaves its threads to die with the process;
    called directly it waits for them.
    """
    if not program.is_whole:
        return highs(program, limits, watch)
    standing = Standing(program, limits)
    reports = _Reports(standing, watch)
    claim = plain_claim(program)
    if claim is None:
        with SESSION.scratch() as folder, SESSION.stoppable(standing.end):
            _race(standing, reports, folder)
        claim = _claim(standing)
    seconds = time.monotonic() - standing.begun
    release = f"OR-Tools {package_version('ortools')}"
    return settle(program, claim, limits, Run("search", release, seconds, tuple(reports.history)))


def _race(standing: Standing, reports: _Reports, folder: Path) -> None:
    """Let prover and improver work until the search is over, telling of progress from this thread."""
    if standing.limits.hint is not None:
        standing.offer(standing.limits.hint)
    works = _works(standing, folder)
    threads = [threading.Thread(target=_guarded, args=(standing, work), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads) and (standing.steady or not standing.over):
            if standing.steady:
                threads[0].join(EVERY_SECONDS)
            else:
                standing.wait(EVERY_SECONDS)
            reports.tell()
    finally:
        standing.end()
        if SESSION.folder is None:
            for thread in threads:
                thread.join()
    reports.tell(last=True)


def _works(standing: Standing, folder: Path) -> tuple[Callable[[], None], ...]:
    """What each thread does: one improves, one proves and then improves too; or one does both by turns."""
    map_ = Map.of(Links.of(standing.program))
    seed = standing.limits.seed
    beginning = Beginning(standing, map_, seed)

    def improve() -> None:
        beginning.begin()
        Improver.of(standing, map_, seed).pursue()

    def prove_and_improve() -> None:
        beginning.help()
        if beginning.root_pays:
            prove(standing, folder)
        standing.proving = False
        Improver.of(standing, map_, seed + 1).pursue()

    def by_turns() -> None:
        beginning.begin()
        improver = Improver.of(standing, map_, seed)
        if beginning.root_pays:
            _take_turns(standing, improver, folder)
        beginning.bound()
        improver.pursue()

    return (by_turns,) if standing.steady else (improve, prove_and_improve)


def _take_turns(standing: Standing, improver: Improver, folder: Path) -> None:
    """The root first, then improving and growing a tree in turns that become longer, the tree's faster."""
    steps, nodes = FIRST_STEPS, 1
    while not standing.over:
        branch_a_while(standing, folder, nodes)
        improver.pursue(steps)
        steps, nodes = 2 * steps, max(FIRST_NODES, 4 * nodes)


def _guarded(standing: Standing, work: Callable[[], None]) -> None:
    """Run one thread's work; what goes wrong there is kept for the message, and the other thread goes on."""
    try:
        work()
    except Exception as error:  # a fault of ours must reach the user as words, not as silence
        standing.note(f"{type(error).__name__}: {error}")


def _claim(standing: Standing) -> Claim:
    if standing.plan is None and standing.denied:
        return Claim(Status.INFEASIBLE)
    if standing.plan is None and standing.left() > 0.0 and standing.notes:
        return Claim(Status.FAILED, message="; ".join(standing.notes))
    return Claim(Status.TIME_LIMIT, standing.plan, standing.bound, "; ".join(standing.notes))


@dataclass(slots=True)
class _Reports:
    """The history of the standing: an entry where something is new, at most about five a second."""

    standing: Standing
    watch: Watch | None
    history: list[Progress] = field(default_factory=list)

    def tell(self, *, last: bool = False) -> None:
        """Add and pass on the standing if it is new and the last report is long enough ago (or this is the last)."""
        now = self.standing.progress()
        before = self.history[-1] if self.history else Progress(-EVERY_SECONDS, None, None)
        if replace(now, seconds=before.seconds) == before:
            return
        if last or now.seconds - before.seconds >= EVERY_SECONDS:
            self.history.append(now)
            if self.watch is not None:
                self.watch(now)
