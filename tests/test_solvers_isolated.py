"""`solve` from outside: its child process may crash, hang, print or be interrupted, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from optimizer.solution import Limits, Progress, Status
from optimizer.solvers import UnsuitableSolver, solve
from optimizer.solvers.isolated import run_isolated
from optimizer.solvers.table import choose
from tests.killing import still_alive
from tests.solver_programs import big_m, covering, five_binaries, halves, impossible, shifts

ROOT = Path(__file__).parents[1]


def solver_processes(parent: int) -> list[psutil.Process]:
    """Every living descendant that is a solver's process or CBC itself."""
    found = psutil.Process(parent).children(recursive=True)
    return [
        one
        for one in found
        if one.status() != psutil.STATUS_ZOMBIE and any(part.endswith("keeper.py") for part in one.cmdline())
    ]


def script(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a library user would, with no guard."""
    return subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("name", ["auto", "cbc", "highs", "scip", "cpsat"])
def test_the_five_binaries_come_out_optimal(name: str) -> None:
    """CBC's false "infeasible" is put right by a second solver, and `why` tells."""
    solution = solve(five_binaries(), solver=name)
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 0.0)
    if name == "cbc":
        assert solution.solver == "highs"
        assert solution.why == "cbc was asked for, but cbc called it infeasible: this is the answer of highs"


def test_big_m_is_settled_by_a_solver_that_holds() -> None:
    """CBC calls it infeasible at 1e9; opening ward 0 and using it 10 times costs 50 + 20."""
    solution = solve(big_m(1e9), solver="cbc")
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(70.0, rel=1e-9)


@pytest.mark.parametrize(("whole", "second"), [(True, "scip"), (False, "glop")])
def test_an_infeasible_program_is_confirmed(whole: bool, second: str) -> None:
    """Two solvers say so before we do."""
    solution = solve(impossible(whole=whole))
    assert solution.status is Status.INFEASIBLE
    assert solution.why.endswith(f"{second} confirms that there is no plan")


def test_auto_says_what_it_chose_and_why() -> None:
    """By whole numbers and size, in plain words."""
    assert solve(halves()).why == "whole numbers, 2 columns: HiGHS branch and cut"
    assert solve(shifts(whole=False)).why == "no whole numbers, 2 columns: HiGHS dual simplex"


def test_auto_takes_interior_point_for_large_linear_programs() -> None:
    """From 50,000 columns on."""
    from optimizer.program import ProgramBuilder

    builder = ProgramBuilder()
    builder.add_columns("x", (60_000,), upper=1.0)
    assert choose(builder.build()) == ("highs", "no whole numbers, 60,000 columns: HiGHS interior point with crossover")


def test_a_refusal_reaches_the_caller() -> None:
    """What the adapter raises in the child is raised here."""
    with pytest.raises(UnsuitableSolver, match="glop: it would answer with the relaxation"):
        solve(halves(), solver="glop")


def test_a_second_solve_needs_no_new_process() -> None:
    """The idle child answers again."""
    solve(halves())
    before = {process.pid for process in solver_processes(os.getpid())}
    solve(halves())
    assert {process.pid for process in solver_processes(os.getpid())} == before


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """HiGHS writes a banner and SCIP complaints to the descriptors; neither may reach ours."""
    for name in ("cbc", "highs", "scip"):
        solve(halves(), solver=name)
    assert capfd.readouterr() == ("", "")


def test_no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CBC's files and HiGHS' incumbents live in a private folder that goes with the solve."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("cbc", "highs"):
        solve(covering(60, 40, width=12), solver=name, limits=Limits(time_limit=0.5))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["cbc", "highs", "scip", "cpsat"])
def test_ctrl_c_keeps_the_best_plan(name: str) -> None:
    """Interrupted at 0.3 s of 60. HiGHS cannot be asked to stop, so its plan comes from its file."""

    def press(progress: Progress) -> None:
        if progress.incumbent is not None and progress.seconds > 0.3:
            raise KeyboardInterrupt

    begun = time.monotonic()
    solution = solve(covering(), solver=name, limits=Limits(time_limit=60.0), watch=press)
    assert time.monotonic() - begun < 20.0
    assert (solution.status, solution.message, solution.solver) == (Status.TIME_LIMIT, "interrupted", name)
    assert solution.values is not None
    assert solution.objective == covering().objective(solution.values)


def test_an_error_in_watch_ends_the_solve() -> None:
    """Whatever the watcher raises reaches the caller, and the child is ended."""

    busy: list[psutil.Process] = []

    def fail(progress: Progress) -> None:
        busy.extend(solver_processes(os.getpid()))
        raise ZeroDivisionError(progress.seconds)

    with pytest.raises(ZeroDivisionError):
        solve(covering(), limits=Limits(time_limit=60.0), watch=fail)
    assert busy != []
    assert still_alive(busy) == []


def crash(progress: Progress) -> None:
    """Break every solver's process at its first plan."""
    if progress.incumbent is not None:
        for process in solver_processes(os.getpid()):
            process.send_signal(signal.SIGSEGV)


def test_a_crash_without_a_plan_is_a_failed_solution() -> None:
    """The child is broken from outside; CBC's plan dies with it, and the caller gets a status and a cause."""
    solution = run_isolated(covering(), "cbc", Limits(time_limit=60.0), crash)
    assert solution.status is Status.FAILED
    assert solution.values is None
    assert "cbc's process ended by signal 11" in solution.message


@pytest.mark.parametrize("name", ["highs", "scip", "cpsat"])
def test_a_crash_keeps_a_plan_that_was_found(name: str) -> None:
    """The best plan lay in the job's folder, and it is verified like any other."""
    solution = run_isolated(covering(), name, Limits(time_limit=60.0), crash)
    assert solution.status is Status.TIME_LIMIT
    assert solution.values is not None
    assert solution.objective == covering().objective(solution.values)
    assert f"{name}'s process ended by signal 11" in solution.message


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux only")
def test_out_of_memory_is_a_failed_solution() -> None:
    """40 MiB are too few for SCIP on a program of half a million entries."""
    limits = Limits(time_limit=30.0, memory_gib=0.04)
    solution = run_isolated(covering(5000, 4000, width=120), "scip", limits, None)
    assert solution.status is Status.FAILED
    assert "out of memory" in solution.message


def test_a_script_needs_no_guard_and_loads_no_solver() -> None:
    """A fresh interpreter solves: no `if __name__` in the caller's script, no OR-Tools or PuLP in its process."""
    done = script(
        "import sys\n"
        "from optimizer.solvers import solve\n"
        "from tests.solver_programs import halves\n"
        "print(solve(halves()).objective, [name for name in ('ortools', 'pulp', 'pandas') if name in sys.modules])\n"
    )
    assert (done.stdout, done.stderr) == ("2.0 []\n", "")


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_a_killed_parent_leaves_no_solver_and_no_file(tmp_path: Path) -> None:
    """kill -9 on the caller: the child sees its input end, and takes CBC and its folder with it."""
    text = (
        "from optimizer.solvers import solve\n"
        "from tests.solver_programs import covering\n"
        "solve(covering(), solver='cbc', watch=lambda progress: print(progress, flush=True))\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", text], cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    parent.stdout.readline()  # CBC has found a plan, so it runs
    family = psutil.Process(parent.pid).children(recursive=True)
    assert "cbc" in {process.name() for process in family}
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=5.0)
    assert alive == []
    assert list(tmp_path.iterdir()) == []
