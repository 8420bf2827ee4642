"""`wardwright roster`: a benchmark's file in, a recounted roster out."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main

DATA = Path(__file__).parent / "data" / "roster"


def run(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["roster", *map(str, arguments)])


def test_a_file_becomes_a_roster_with_its_proof(tmp_path: Path) -> None:
    """828 is the least possible of the second instance; roster.csv counts days from 0."""
    told = run(DATA / "Instance2.txt", "--time-limit", 120, "-o", tmp_path / "out")
    assert told.exit_code == 0, told.output
    assert "828 points: proven to be the least possible" in told.output
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert (plan["objective"], plan["bound"], plan["gap"], plan["status"]) == (828.0, 828.0, 0.0, "optimal")
    with (tmp_path / "out" / "roster.csv").open(encoding="utf-8", newline="") as file:
        duties = list(csv.DictReader(file))
    assert {duty["shift"] for duty in duties} == {"E", "L"}
    assert {int(duty["day"]) for duty in duties} == set(range(14))


def test_a_search_that_stops_early_says_how_far_the_proof_reaches() -> None:
    """A hundredth of a second is enough for a roster, not for its proof: exit 4, and JSON on standard output alone."""
    told = run(DATA / "Instance1.txt", "--time-limit", 0.01, "--json")
    plan = json.loads(told.output)
    assert told.exit_code == 4
    assert 0 <= plan["bound"] < plan["objective"]
    assert plan["status"] == "time_limit"


def test_a_search_stopped_by_work_ends_alike_in_two_processes(tmp_path: Path) -> None:
    """Two weeks of five nurses, stopped after two pieces: the same bytes, whatever Python hashes strings to."""
    folder = tmp_path / "n005w4"
    folder.mkdir()
    for path in DATA.glob("*n005w4*.txt"):
        shutil.copy(path, folder)
    call = [sys.executable, "-c", "from api.cli import main; main()", "roster"]
    command = [*call, folder, "--history", "0", "--weeks", "1-2", "--work", "2"]
    told = [
        subprocess.run(
            [*map(str, command), "-o", str(tmp_path / seed)], env=os.environ | {"PYTHONHASHSEED": seed}, check=False
        ).returncode
        for seed in ("1", "2")
    ]
    assert told == [4, 4]
    for name in ("plan.json", "roster.csv", "broken.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((DATA,), "needs a history and weeks; --history 1 --weeks 6-2-9-1"),
        ((DATA / "Instance1.txt", "--weeks", "1-2"), "a history and weeks go with a competition's folder"),
        ((DATA / "README.md",), "is no roster problem that is read; it must begin with SECTION_HORIZON"),
        ((DATA / "Instance1.txt", "--weeks", "one"), "write weeks as 6-2-9-1"),
        ((DATA / "nowhere.txt",), "nowhere.txt:1:1  cannot be opened"),
    ],
)
def test_what_can_not_be_read_is_refused_in_words(arguments: tuple[object, ...], message: str) -> None:
    """Exit 2, the place and the cure."""
    told = run(*arguments)
    assert (told.exit_code, message in told.output) == (2, True), told.output
