"""`--work N`: a search stopped by work writes the same plan.json in any process, and more work is no worse."""

import json
from dataclasses import replace

import pytest

from optimizer.solution import Limits, Status
from optimizer.solvers import SOLVERS
from tests.command import ROOT, child, run
from tests.solver_programs import covering

QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"


def test_two_processes_stopped_by_work_write_equal_bytes() -> None:
    """Eight pieces of work on the week of one ward, twice, each as a process of its own."""
    words = ("plan", QUICKSTART, "--solver", "search", "--work", 8, "--gap", 0, "--json")
    once, again = child(*words), child(*words)
    assert json.loads(once.stdout)["objective"] is not None
    assert once.stdout == again.stdout


@pytest.mark.parametrize("solver", ["search", "highs"])
def test_work_ends_what_no_clock_would(solver: str) -> None:
    """No time limit to speak of, a program that nobody proves: the same plan twice, and it says that it was stopped."""
    limits = Limits(time_limit=86_400.0, gap=0.0, threads=1, work=3)
    first, second = (SOLVERS[solver](covering(), limits) for _ in range(2))
    assert first.status is Status.TIME_LIMIT
    assert first.values is not None
    assert second.values is not None
    assert first.values.tolist() == second.values.tolist()


def test_more_work_is_no_worse() -> None:
    """The first pieces are the same, and a search only takes what is better."""
    limits = Limits(time_limit=86_400.0, gap=0.0, threads=1, work=3)
    little, more = (SOLVERS["search"](covering(), replace(limits, work=work)) for work in (3, 6))
    assert little.objective is not None
    assert more.objective is not None
    assert more.objective <= little.objective


def test_no_work_is_refused() -> None:
    """At least one piece."""
    result = run("plan", QUICKSTART, "--work", "0")
    assert result.exit_code == 2
    assert "0 is not in the range x>=1" in result.stderr
