"""What a planner sees in a terminal: lines that fit, colour only where it is wanted, progress that says what is so."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api import words
from api.cli import main
from tests.small_ward import saved_plan, small_ward

PROGRAM = (sys.executable, "-c", "import sys; from api.cli import main; main(sys.argv[1:])")


def shown(columns: int, *arguments: str, **environment: str) -> str:
    """What a terminal of so many columns shows of a command."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR", "TERM")}
    running = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, env={**kept, "TERM": "xterm", **environment}
    )
    os.close(theirs)
    parts = []
    while part := _read(ours):
        parts.append(part)
    os.close(ours)
    assert running.wait() == 0, b"".join(parts)
    return b"".join(parts).decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """What is there; nothing once the other side is closed, which Linux says by an error."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ward that ships, in a folder of its own."""
    folder = tmp_path_factory.mktemp("ward") / "mine"
    assert CliRunner().invoke(main, ["new", str(folder)]).exit_code == 0
    return folder / "quickstart.yaml"


@pytest.fixture(scope="module")
def narrow(scenario: Path) -> str:
    """A plan in 80 columns, with all that its progress showed."""
    return shown(80, "plan", str(scenario), "-o", str(scenario.parent / "narrow"))


def bare(text: str) -> str:
    """A terminal's text without colours, and without the lines that were wiped away."""
    without = re.sub(r"\x1b\[[\d;]*m", "", text)
    return re.sub(r"[^\n]*\r\x1b\[2K", "", without)


def test_a_summary_fits_a_narrow_terminal(narrow: str) -> None:
    """80 columns, and as much said as in a hundred."""
    lines = bare(narrow).splitlines()
    assert max(map(words.shown_width, lines)) <= 80
    assert "Short in 4 places, the dearest first" in lines


def test_headings_are_bold_on_a_terminal(narrow: str) -> None:
    """So that the eye finds cost, shortfalls and limits."""
    assert click.style("Cost", bold=True) in narrow
    assert click.style("Short in", bold=True) in narrow


def test_no_color_is_respected(scenario: Path) -> None:
    """No escape sequence of colour is written where NO_COLOR is set (no-color.org)."""
    told = shown(100, "plan", str(scenario), "-o", str(scenario.parent / "plain"), NO_COLOR="1")
    assert "Short in 4 places" in told
    assert re.findall(r"\x1b\[[\d;]*m", told) == []


def test_progress_names_the_steps_and_leaves_no_trace(narrow: str) -> None:
    """Forecasting comes before building, building before solving; each line is wiped by the next, the last one too."""
    steps = re.findall(r"\r\x1b\[2K([a-z][^\r\x1b\n]*)", narrow)
    named = [step.split(" ...")[0].split("  ")[0] for step in steps]
    order = ["forecasting demand", "building the program", "solving", "checking the plan"]
    assert [name for name in dict.fromkeys(named) if name in order] == order
    assert max(map(len, steps)) < 80
    assert "..." not in bare(narrow)


def test_progress_never_claims_what_is_not_so(narrow: str, scenario: Path) -> None:
    """What is told as proven never passes what was reached, and the end is the plan's own cost of 22,464."""
    money = [
        (float(best.replace(",", "")), float(least.replace(",", "")))
        for best, least in re.findall(r"best ([\d,]+)  at least ([\d,]+)", narrow)
    ]
    assert all(least <= best * (1 + 1e-6) for best, least in money)
    assert "of which you can change 22,464: proven to be the least possible" in bare(narrow)


def test_nothing_but_the_answer_is_written_where_it_is_piped(scenario: Path) -> None:
    """Neither colour nor progress."""
    told = subprocess.run(
        [*PROGRAM, "plan", str(scenario), "-o", str(scenario.parent / "piped")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in told.stdout + told.stderr
    assert told.stderr == ""


def commands(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command, those of groups too."""
    found = []
    for name, command in group.commands.items():
        found.append((*above, name))
        found += commands(command, (*above, name)) if isinstance(command, click.Group) else []
    return found


@pytest.mark.parametrize("command", commands(main), ids=" ".join)
def test_help_fits_a_hundred_columns(command: tuple[str, ...]) -> None:
    """Of every command."""
    told = CliRunner().invoke(main, [*command, "--help"])
    assert told.exit_code == 0
    assert max(map(words.shown_width, told.output.splitlines())) <= words.WIDTH


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of a ward with a long Chinese name that is short of nurses."""
    folder = tmp_path_factory.mktemp("plan") / "ward"
    folder.mkdir()
    data = small_ward(own=1, agency=9.0, short=20, boarding=10)
    data["name"] = "内科病房" * 12
    data["variants"] = {"more": {"units.W.beds": 10}}
    saved_plan(folder, data)
    return folder


@pytest.mark.parametrize(
    "command",
    ["explain {} --top 1 --seconds 1", "simulate {} --reps 20", "alternatives {} --count 1 -o {}-other",
     'replan {} --event "1 rn sick 2024-01-02 D at W" -o {}-again'],
)  # fmt: skip
def test_what_is_said_of_a_plan_fits_a_hundred_columns(command: str, ward: Path) -> None:
    """Whatever its names are."""
    import shlex

    told = CliRunner().invoke(main, shlex.split(command.replace("{}", str(ward))))
    assert told.exit_code == 0, told.output
    lines = [line for line in told.output.splitlines() if str(ward.parent) not in line]
    assert lines
    assert max(map(words.shown_width, lines)) <= words.WIDTH
