"""Limits of a solve hold whatever the solver does: its time, its memory, somebody's change of mind."""

import os
import re
import signal
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from optimizer.program import Program
from optimizer.solution import Limits, Progress, Solution, Status
from optimizer.solvers import front, solve
from optimizer.solvers.isolated import CANCELLED, INTERRUPTED, KILL_SECONDS, run_isolated
from optimizer.solvers.verify import Run, empty
from tests.solver_programs import covering, halves, impossible
from tests.test_solvers_isolated import script

EVERY = ["cbc", "highs", "scip", "cpsat", "search", "glop", "pdlp"]
BUSY = 1.5
"""Seconds by which a busy machine may be late."""


def suited(program: Program, name: str) -> Program:
    """The program as the solver takes it: its relaxation for those that know no whole numbers."""
    return replace(program, integer=np.zeros_like(program.integer)) if name in ("glop", "pdlp") else program


@pytest.mark.parametrize("name", EVERY)
def test_the_answer_is_there_two_seconds_after_the_limit(name: str) -> None:
    """300,000 entries in half a second: building alone takes most of it, and CBC is not done before it is ended."""
    program = suited(covering(12_000, 10_000, width=30), name)
    solve(halves())
    begun = time.monotonic()
    solution = run_isolated(program, name, Limits(time_limit=0.5))
    assert time.monotonic() - begun < 0.5 + KILL_SECONDS + BUSY
    assert solution.status is Status.TIME_LIMIT


def freeze(progress: Progress) -> None:
    """Stop every solver's process in its tracks at its first plan: it ignores limits, questions, everything."""
    if progress.incumbent is not None:
        for child in psutil.Process().children():
            child.send_signal(signal.SIGSTOP)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["highs", "scip", "cpsat", "search"])
def test_a_solver_that_hangs_is_ended_and_its_plan_kept(name: str) -> None:
    """Frozen at its first plan, with a limit of one second: an answer at three, with that plan and its cost."""
    solve(halves())
    begun = time.monotonic()
    solution = run_isolated(covering(), name, Limits(time_limit=1.0), freeze)
    assert 2.5 < time.monotonic() - begun < 1.0 + KILL_SECONDS + BUSY
    assert solution.status is Status.TIME_LIMIT
    assert solution.message == f"{name} did not stop in time and was ended"
    assert solution.values is not None
    assert solution.objective == covering().objective(solution.values)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_hanging_cbc_is_ended_though_its_plan_is_lost() -> None:
    """CBC as PuLP ships it writes its plan when it ends, and not before; the status says that time ran out."""
    solution = run_isolated(covering(), "cbc", Limits(time_limit=1.0), freeze)
    assert (solution.status, solution.values) == (Status.TIME_LIMIT, None)
    assert solution.message == "cbc did not stop in time and was ended"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux only")
@pytest.mark.parametrize("name", EVERY)
def test_too_little_memory_is_a_status_for_every_solver(name: str) -> None:
    """30 MiB for 300,000 entries: whatever way a library has to fail, it reaches us in three words."""
    program = suited(covering(3000, 2500, width=120), name)
    solution = run_isolated(program, name, Limits(time_limit=20.0, memory_gib=0.03))
    assert solution.status is Status.FAILED
    assert "out of memory" in solution.message
    assert solve(halves()).objective == 2.0


@pytest.mark.parametrize("name", ["cbc", "highs", "scip", "cpsat", "search"])
def test_a_cancel_from_another_thread_keeps_the_best_plan(name: str) -> None:
    """Set at the first plan, of 60 seconds allowed."""
    cancel = threading.Event()

    def press(progress: Progress) -> None:
        if progress.incumbent is not None:
            cancel.set()

    begun = time.monotonic()
    solution = solve(covering(), solver=name, limits=Limits(time_limit=60.0), watch=press, cancel=cancel)
    assert time.monotonic() - begun < 15.0
    assert (solution.status, solution.message) == (Status.TIME_LIMIT, CANCELLED)
    assert name == "cbc" or solution.values is not None  # CBC is ended where it takes too long to stop


def test_what_is_cancelled_before_it_starts_ends_at_once() -> None:
    """Nobody waits for it any more."""
    cancel = threading.Event()
    cancel.set()
    solution = solve(covering(), limits=Limits(time_limit=60.0), cancel=cancel)
    assert (solution.status, solution.message) == (Status.TIME_LIMIT, CANCELLED)
    assert solution.seconds < 5.0


def test_threads_solve_at_once() -> None:
    """Six threads, each with a program of its own cost: 1000, 1001, ... plus 2."""
    costs: dict[int, float | None] = {}

    def one(at: int) -> None:
        costs[at] = solve(replace(halves(), offset=1000.0 + at)).objective

    threads = [threading.Thread(target=one, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert costs == {at: 1002.0 + at for at in range(6)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_a_forked_caller_has_its_own_solver_and_holds_nobody_elses() -> None:
    """A fork of a process that has solved, as servers make them, solves too; and its pipes keep no orphan alive."""
    done = script(
        "import os, sys, time\n"
        "import psutil\n"
        "from optimizer.solvers import solve\n"
        "from tests.solver_programs import halves\n"
        "solve(halves())\n"
        "solver = psutil.Process().children()[0]\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    print(solve(halves()).objective, flush=True)\n"
        "    os.kill(os.getppid(), 9)\n"
        "    until = time.monotonic() + 10\n"
        "    while solver.is_running() and solver.status() != 'zombie' and time.monotonic() < until:\n"
        "        time.sleep(0.02)\n"
        "    print(solver.is_running() and solver.status() != 'zombie', solve(halves()).objective, flush=True)\n"
        "    sys.exit(0)\n"
        "os.waitpid(pid, 0)\n"
    )
    assert done.stdout == "2.0\nFalse 2.0\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="daemons")
def test_a_daemon_without_standard_streams_solves(tmp_path: os.PathLike[str]) -> None:
    """Its descriptors 0, 1 and 2 are closed, as old manuals of daemons ask, and free for pipes to take."""
    said = os.path.join(tmp_path, "said")
    script(
        "import os\n"
        "from optimizer.solvers import solve\n"
        "from tests.solver_programs import halves\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    os.closerange(0, 3)\n"
        f"    cost = solve(halves()).objective\n    open({said!r}, 'w').write(str(cost))\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    with open(said) as file:
        assert file.read() == "2.0"


def answer(solver: str, status: Status, message: str = "", plan: float | None = None) -> Solution:
    """What a solver may say: a status, or a plan of one column that costs `plan`."""
    nothing = empty(status, Run(solver, "1", 0.1), message)
    return nothing if plan is None else replace(nothing, objective=plan, values=np.array([plan]))


DENIAL = answer("highs", Status.INFEASIBLE)


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ([DENIAL, answer("scip", Status.INFEASIBLE)], Status.INFEASIBLE, "scip confirms that there is no plan"),
        ([DENIAL, answer("scip", Status.TIME_LIMIT)], Status.TIME_LIMIT, "could confirm that in the time left"),
        ([DENIAL], Status.TIME_LIMIT, "no time was left"),
        ([DENIAL, answer("scip", Status.FAILED, "x"), answer("cbc", Status.FAILED)], Status.FAILED, r"failed \(x\)"),
        ([DENIAL, answer("scip", Status.OPTIMAL, plan=7.0)], Status.OPTIMAL, "this is the answer of scip"),
        ([answer("cbc", Status.FAILED, "x"), DENIAL], Status.FAILED, "highs calls it infeasible, but no second"),
        ([answer("cbc", Status.FAILED), DENIAL, answer("scip", Status.INFEASIBLE)], Status.INFEASIBLE, "confirms"),
        ([DENIAL, answer("scip", Status.TIME_LIMIT, INTERRUPTED)], Status.TIME_LIMIT, INTERRUPTED),
        ([DENIAL, answer("scip", Status.TIME_LIMIT, CANCELLED)], Status.TIME_LIMIT, CANCELLED),
        ([answer("cbc", Status.FAILED, "x")], Status.FAILED, "x"),
    ],
)
def test_nothing_is_infeasible_that_one_solver_alone_says(answers: list[Solution], status: Status, words: str) -> None:
    """Confirmed, contradicted, or neither: then time ran out, or others failed, and the words say who said what."""
    found = front._reconciled(answers, "why")
    assert found.status is status
    assert re.search(words, f"{found.why} {found.message}")


def test_a_second_opinion_shares_the_time() -> None:
    """An infeasible program under a limit of a second is settled, twice over, within it and what starting costs."""
    solve(halves())
    begun = time.monotonic()
    assert solve(impossible(whole=True), limits=Limits(time_limit=1.0)).status is Status.INFEASIBLE
    assert time.monotonic() - begun < 1.0 + KILL_SECONDS


def test_solving_adds_little_once_warm() -> None:
    """The median of later solves, against the bare solver in this process: at most 60 ms, and a few in fact."""
    from tests.benchmarks.solver_overhead import measure

    assert measure("highs", repeats=9).added < 0.06


def test_after_a_killed_solver_the_next_is_started_ahead() -> None:
    """A process that solves again and again has a child waiting when one was lost."""
    solve(halves())
    solve(halves())
    run_isolated(covering(), "highs", Limits(time_limit=60.0), _kill_children)
    assert len(psutil.Process().children()) == 1


def _kill_children(progress: Progress) -> None:
    for child in psutil.Process().children():
        child.kill()
