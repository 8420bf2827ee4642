"""kill -9, of the caller and of what it started, at every stage: nothing is left running and no file stays behind."""

import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from optimizer.solution import Limits, Progress, Status
from optimizer.solvers import solve
from optimizer.solvers.isolated import run_isolated
from tests.killing import start, still_alive
from tests.solver_programs import covering, halves

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.mark.parametrize("name", ["cbc", "highs", "scip", "cpsat", "search"])
def test_a_caller_killed_while_solving_leaves_nothing(name: str, tmp_path: Path) -> None:
    """The solver is at work (it has told of its progress), with files in its folder, when its caller dies."""
    caller = start(name, tmp_path)
    caller.heard()
    assert b"Progress" in caller.heard()
    assert caller.family() != []
    caller.kill()
    assert caller.left() == []


def test_a_caller_killed_beside_an_idle_solver_leaves_nothing(tmp_path: Path) -> None:
    """The warm child waits for a job that will never come."""
    caller = start("idle", tmp_path)
    caller.heard()
    assert caller.heard() == b"idle\n"
    assert len(caller.family()) == 2  # the solver's process and its keeper
    assert list(tmp_path.iterdir()) == []
    caller.kill()
    assert caller.left() == []


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.05, 0.1, 0.2, 0.4])
def test_a_caller_killed_while_its_solver_starts_leaves_nothing(seconds: float, tmp_path: Path) -> None:
    """From before there is a process at all until the job has been handed over."""
    caller = start("cbc", tmp_path)
    caller.heard()
    time.sleep(seconds)
    caller.kill()
    assert caller.left() == []


def test_caller_and_solver_killed_at_once_leave_nothing(tmp_path: Path) -> None:
    """Nobody of the two can clear up: the keeper does, CBC included."""
    caller = start("cbc", tmp_path)
    caller.heard()
    caller.heard()
    solver = next(one for one in caller.family() if one.ppid() == caller.process.pid)
    assert any(one.name() == "cbc" for one in caller.family())
    solver.kill()
    caller.kill()
    assert caller.left() == []


def test_idle_solvers_that_are_killed_leave_nothing() -> None:
    """Two are kept warm after two solves at once; killed while idle they leave no keeper, and the next solve works."""
    both = [threading.Thread(target=solve, args=(halves(),)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    family = psutil.Process().children(recursive=True)
    for child in psutil.Process().children():
        child.kill()
    assert still_alive(family) == []
    assert solve(halves()).objective == 2.0


@pytest.mark.parametrize("name", ["cbc", "highs", "scip", "cpsat", "search"])
def test_a_killed_solver_is_a_status(name: str) -> None:
    """The caller keeps the best plan found (CBC can leave none), nothing runs on, and the next solve works."""
    family: list[psutil.Process] = []

    def kill(progress: Progress) -> None:
        if progress.incumbent is not None and not family:
            family.extend(psutil.Process().children(recursive=True))
            for child in psutil.Process().children():
                child.kill()

    solution = run_isolated(covering(), name, Limits(time_limit=60.0), kill)
    nothing = name == "cbc"
    assert solution.status is (Status.FAILED if nothing else Status.TIME_LIMIT)
    assert (solution.values is None) is nothing
    assert f"{name}'s process ended by signal 9" in solution.message
    assert still_alive(family) == []
    assert solve(halves()).objective == 2.0


def test_a_solver_killed_while_it_idles_is_replaced() -> None:
    """The next solve starts another."""
    solve(halves())
    for child in psutil.Process().children():
        child.kill()
        child.wait()
    assert solve(halves()).objective == 2.0


def test_the_folder_of_a_job_is_private(tmp_path: Path) -> None:
    """Mode 700: a hospital's figures are nobody else's."""
    caller = start("highs", tmp_path)
    caller.heard()
    caller.heard()
    modes = [folder.stat().st_mode & 0o777 for folder in tmp_path.iterdir()]
    caller.kill()
    assert modes == [0o700]
    assert caller.left() == []
