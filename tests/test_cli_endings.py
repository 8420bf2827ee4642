"""How things end: exit codes by table, Ctrl-C on a terminal, words for faults of ours."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.errors import OutputFailed, OutputRefused
from api.outcomes import ERROR_EXITS, PLAN_EXITS, exit_of_error, told, worst
from forecasting.errors import UnusableHistory
from optimizer.errors import CheckFailed
from optimizer.scenario.faults import ScenarioError
from optimizer.solvers.errors import UnknownSolver
from tests.command import ROOT


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ScenarioError([]), 2),
        (UnknownSolver("x"), 2),
        (UnusableHistory("a.csv", 1, 1, "x"), 2),
        (OutputRefused("x"), 2),
        (OutputFailed("x"), 1),
        (CheckFailed(()), 1),
        (ZeroDivisionError("x"), 1),
        (KeyboardInterrupt(), 5),
    ],
)
def test_the_nearest_family_gives_the_exit_code(error: BaseException, code: int) -> None:
    """Subclasses that the table does not name end as their family does."""
    assert exit_of_error(error) == code


def test_every_exit_code_of_the_contract_is_used() -> None:
    """0 to 5, and no other."""
    assert {*PLAN_EXITS.values(), *ERROR_EXITS.values()} == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("codes", "code"), [([], 0), ([0, 4], 4), ([4, 5], 5), ([5, 3, 0], 3), ([3, 2], 2), ([2, 1], 1)]
)
def test_the_worst_of_several_plans_ends_the_command(codes: list[int], code: int) -> None:
    """A plan stopped early is better than none, no plan better than a fault."""
    assert worst(codes) == code


def test_an_unforeseen_error_is_admitted_without_a_traceback() -> None:
    """Users read a short sentence and how to see more."""
    text = told(ZeroDivisionError("division by zero"))
    assert text.startswith("a fault of ours: ZeroDivisionError: division by zero")
    assert "--debug" in text


def test_ctrl_c_keeps_the_best_plan_and_progress_shows_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal a solve shows how it stands; Ctrl-C once a plan is found ends it with the best plan, exit 4."""
    scenario = ROOT / "scenarios" / "hospital450.yaml"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from api.cli import main; main()", "plan", str(scenario), "--gap", "0"]
    with subprocess.Popen(
        [*command, "-o", str(tmp_path / "plan")], cwd=ROOT, stderr=theirs, stdout=subprocess.PIPE, text=True
    ) as process:
        os.close(theirs)
        shown = _read_until(ours, "best ", seconds=120)
        process.send_signal(signal.SIGINT)
        _read_until(ours, None, seconds=60)
        text = process.communicate(timeout=60)[0]
    os.close(ours)
    assert "forecasting demand" in shown
    assert process.returncode == 4, text
    assert "Ctrl-C" in text
    assert (tmp_path / "plan" / "plan.json").is_file()


def _read_until(terminal: int, wanted: str | None, seconds: float) -> str:
    """What a terminal shows until a word comes (None: until the other side closes it)."""
    text, end = "", time.monotonic() + seconds
    while time.monotonic() < end and (wanted is None or wanted not in text):
        try:
            text += os.read(terminal, 4096).decode()
        except OSError:  # the other side is closed
            break
    return text
