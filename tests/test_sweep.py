"""`wardwright sweep`: every point planned once, kept as it is done, and gone on with after a kill."""

from __future__ import annotations

import csv
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest

from optimizer.making import scenario_limits
from optimizer.scenario.files import open_scenario
from optimizer.whatif.crew import Crew, plan_all
from optimizer.whatif.errors import SweepError
from optimizer.whatif.sweep import Task, plan_one, points, with_demand
from tests.clusters import cluster
from tests.command import ROOT, run
from tests.test_compare_command import WARD

SWEPT = WARD + "knobs: {nurses: staff.rn.own.W}\nsweep: {nurses: [0, 1, 2], staff.rn.agency.multiplier: [2, 3]}\n"
"""Own nurses do three of six duties each at 100; agency does the others at twice or three times the pay."""

COSTS = {(0, 2): 1200.0, (0, 3): 1800.0, (1, 2): 900.0, (1, 3): 1200.0, (2, 2): 600.0, (2, 3): 600.0}
"""6 x 200, 6 x 300; 300 + 3 x 200, 300 + 3 x 300; 6 x 100 twice."""


def ward(folder: Path, text: str = SWEPT) -> Path:
    """The ward in a file."""
    path = folder / "ward.yaml"
    path.write_text(text)
    return path


def costs(folder: Path) -> dict[tuple[int, int], float]:
    """Every point's cost as sweep.csv tells it."""
    with (folder / "sweep.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {(int(row["nurses"]), int(row["staff.rn.agency.multiplier"])): float(row["total"]) for row in rows}


def plans(folder: Path) -> list[Path]:
    """The plan.json of every point done."""
    return sorted(folder.glob("*/plan.json"))


def start(*words: object) -> subprocess.Popen[bytes]:
    """A sweep as a process group of its own."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from api.cli import main; main()"
    command = [sys.executable, "-c", code, "sweep", *map(str, words)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait_for(there: Callable[[], bool], seconds: float = 90) -> None:
    """Until something is so."""
    ends = time.monotonic() + seconds
    while not there():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.02)


def test_points_are_all_combinations_the_last_axis_fastest() -> None:
    """Two values by three are six points, each with the numbers of its values."""
    found = points({"a": [1, 2], "variant": [None, "x", "x,y"]})
    assert [tuple(point.values.values()) for point in found[:4]] == [(1, None), (1, "x"), (1, "x,y"), (2, None)]
    assert (len(found), found[4].pick, found[4].variant) == (6, {"a": 1, "variant": 1}, "x")


def test_no_points_and_too_many_are_refused() -> None:
    """With what to say instead."""
    with pytest.raises(SweepError, match="nothing to sweep over; say sweep:"):
        points({})
    with pytest.raises(SweepError, match="1,000,000 points, more than the 10,000 planned"):
        points({"a": list(range(1000)), "b": list(range(1000))})


def test_a_sweep_plans_every_point(tmp_path: Path) -> None:
    """Six points by hand, a plan folder each that `compare` takes, the cheapest marked."""
    told = run("sweep", ward(tmp_path), "-o", tmp_path / "out", "--jobs", 1)
    assert told.exit_code == 0, told.stderr
    assert costs(tmp_path / "out") == COSTS
    assert told.stdout.count("  the least  ") == 2
    assert told.stdout.endswith("6 points planned, kept in " + str(tmp_path / "out") + "\n")
    assert max(map(len, told.stdout.splitlines()[:-1])) <= 100
    folders = [tmp_path / "out" / f"nurses={nurses}+staff.rn.agency.multiplier=2" for nurses in (0, 1)]
    assert "costs 300 GBP less than" in run("compare", *folders).stdout


def test_a_second_run_plans_only_what_is_new(tmp_path: Path) -> None:
    """Equal points are not touched; one more value is two points more; other data or terms are refused."""
    path, out = ward(tmp_path), tmp_path / "out"
    run("sweep", path, "-o", out, "--jobs", 1)
    before = {plan: plan.stat().st_mtime_ns for plan in plans(out)}
    again = run("sweep", path, "-o", out, "--jobs", 1, "--over", "nurses=[0, 1, 2, 3]")
    assert "8 points planned, 6 of them before" in again.stdout
    assert {plan: plan.stat().st_mtime_ns for plan in before} == before
    refused = run("sweep", path, "-o", out, "--jobs", 1, "--seed", 5)
    assert refused.exit_code == 2
    assert "holds a sweep made with other terms; --force plans all anew" in refused.stderr
    assert "6 points planned, kept" in run("sweep", path, "-o", out, "--jobs", 1, "--seed", 5, "--force").stdout


def test_a_changed_scenario_plans_its_points_anew(tmp_path: Path) -> None:
    """A dearer nurse changes every point's hash: nothing of the first run is taken for it."""
    out = tmp_path / "out"
    run("sweep", ward(tmp_path), "-o", out, "--jobs", 1)
    again = run("sweep", ward(tmp_path, SWEPT.replace("shift: 100", "shift: 200")), "-o", out, "--jobs", 1)
    assert "6 points planned, kept" in again.stdout
    assert costs(out) == {point: 2 * cost for point, cost in COSTS.items()}


def test_variants_are_an_axis_and_points_without_a_plan_are_told(tmp_path: Path) -> None:
    """`hard` with no agency has no plan for no nurse: exit 3, and the other points stand."""
    text = SWEPT.replace("variants:", "variants:\n  hard: {cover.0.hard: true, staff.rn.agency.shifts_per_week: 0}")
    over = ("--over", "variant=[null, hard]", "--over", "staff.rn.agency.multiplier=[2]", "--over", "nurses=[0]")
    told = run("sweep", ward(tmp_path, text), "-o", tmp_path / "out", "--jobs", 1, *over, "--json")
    assert told.exit_code == 3
    found = {row["point"]["variant"]: row for row in json.loads(told.stdout)}
    assert found[None]["total"] == 1200.0
    assert found["hard"]["total"] is None


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--over", "nurses=[0, -1]"), "nurses, value 2: staff.rn.own.W: must be 0 or more, got -1"),
        (("--backend", "slurm"), "no backend is called slurm; there are local, dask"),
        (("--backend", "dask"), "say where the cluster's scheduler is: --scheduler tcp://HOST:8786"),
    ],
)
def test_what_cannot_be_swept_is_refused(tmp_path: Path, words: tuple[str, ...], fault: str) -> None:
    """Exit 2 before anything is planned, with the cure."""
    told = run("sweep", ward(tmp_path), "-o", tmp_path / "out", *words)
    assert told.exit_code == 2
    assert fault in told.stderr
    assert plans(tmp_path / "out") == []


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """A sweep never mixes with other files."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    told = run("sweep", ward(tmp_path), "-o", tmp_path / "out", "--force")
    assert told.exit_code == 2
    assert "exists and holds no sweep (no sweep.json)" in told.stderr


MANY = "nurses=[0, 1, 2, 3, 4, 5]"
"""Twelve points."""


def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    """SIGKILL with two workers at work: no worker outlives it, and the next run plans only the rest."""
    path, out = ward(tmp_path), tmp_path / "out"
    first = start(path, "-o", out, "--jobs", 2, "--over", MANY)
    wait_for(lambda: len(plans(out)) >= 3)
    workers = psutil.Process(first.pid).children(recursive=True)
    first.kill()
    first.communicate()
    there = {plan: plan.stat().st_mtime_ns for plan in plans(out)}
    assert 3 <= len(there) < 12
    wait_for(lambda: not any(each.is_running() and "LokyProcess" in " ".join(_words(each)) for each in workers), 20)
    (out / ".nurses=5.0123abcd.partial").mkdir()
    again = run("sweep", path, "-o", out, "--jobs", 1, "--over", MANY)
    assert f"12 points planned, {len(there)} of them before" in again.stdout
    assert {plan: plan.stat().st_mtime_ns for plan in there} == there
    assert {point: cost for point, cost in costs(out).items() if point in COSTS} == COSTS
    assert [each.name for each in out.iterdir() if "partial" in each.name] == []


def _words(process: psutil.Process) -> list[str]:
    """Its command line; nothing once it is gone."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_stopped_sweep_tells_how_to_go_on(tmp_path: Path) -> None:
    """Ctrl-C: exit 4, what was done is kept and told."""
    path, out = ward(tmp_path), tmp_path / "out"
    first = start(path, "-o", out, "--jobs", 1, "--over", MANY)
    wait_for(lambda: len(plans(out)) >= 2)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=60)
    assert first.returncode == 4
    assert 2 <= len(plans(out)) < 12
    with (out / "sweep.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["status"] == "optimal" for row in rows) == len(plans(out))


def test_a_worker_that_dies_costs_no_point(tmp_path: Path) -> None:
    """One of two workers here is killed on the way: its point is planned again."""
    path, out = ward(tmp_path), tmp_path / "out"
    first = start(path, "-o", out, "--jobs", 2, "--over", MANY)
    wait_for(lambda: len(plans(out)) >= 2)
    workers = [
        each for each in psutil.Process(first.pid).children() if any("LokyProcess" in word for word in _words(each))
    ]
    workers[0].kill()
    _, said = first.communicate(timeout=120)
    assert first.returncode == 0, said.decode()
    assert len(plans(out)) == 12


def test_a_dask_cluster_plans_the_same_though_a_worker_is_killed(tmp_path: Path) -> None:
    """Three worker processes, one of them killed on the way: the same costs as here, and every point once."""
    path, out = ward(tmp_path), tmp_path / "out"
    with cluster(tmp_path, 3) as dask:
        address = ("--backend", "dask", "--scheduler", dask.address)
        first = start(path, "-o", out, *address, "--over", MANY)
        wait_for(lambda: len(plans(out)) >= 2)
        dask.workers[0].kill()
        _, said = first.communicate(timeout=180)
        assert first.returncode == 0, said.decode()
    assert len(plans(out)) == 12
    assert {point: cost for point, cost in costs(out).items() if point in COSTS} == COSTS


def history(folder: Path) -> Path:
    """The ward with its demand from a file: six patients on each of sixty days."""
    first = date(2023, 11, 2)
    days = "".join(f"{first + timedelta(days=day)},6\n" for day in range(60))
    (folder / "past.csv").write_text(f"date,n\n{days}")
    return ward(folder, SWEPT.replace("census: 6", "history: {file: past.csv, column: n}"))


def test_a_worker_without_the_files_plans_what_was_foreseen_before(tmp_path: Path) -> None:
    """A cluster's workers are sent the demand: with the history gone, the plan is the same as here."""
    loaded = open_scenario(history(tmp_path))
    here = plan_one(Task("a", loaded, scenario_limits(loaded.value)))
    sent = pickle.loads(pickle.dumps(with_demand(Task("a", loaded, scenario_limits(loaded.value)))))
    (tmp_path / "past.csv").unlink()
    there = plan_one(sent)
    assert here.plan is not None
    assert there.plan is not None
    assert there.plan.to_json()["cost"] == here.plan.to_json()["cost"]


def test_a_point_that_cannot_be_planned_stops_no_other(tmp_path: Path) -> None:
    """Its history is gone: the point tells why."""
    loaded = open_scenario(history(tmp_path))
    (tmp_path / "past.csv").unlink()
    done = plan_one(Task("a", loaded, scenario_limits(loaded.value)))
    assert done.plan is None
    assert "no such file: past.csv" in done.why


def test_other_data_under_the_same_name_are_refused(tmp_path: Path) -> None:
    """A changed history would make a table of two kinds of plan; --force plans all anew."""
    path, out = history(tmp_path), tmp_path / "out"
    one = ("--over", "nurses=[1]", "--over", "staff.rn.agency.multiplier=[2]")
    assert run("sweep", path, "-o", out, "--jobs", 1, *one).exit_code == 0
    (tmp_path / "past.csv").write_text((tmp_path / "past.csv").read_text().replace(",6", ",9"))
    refused = run("sweep", path, "-o", out, "--jobs", 1, *one)
    assert refused.exit_code == 2
    assert "holds a sweep made with other data" in refused.stderr


def test_no_scheduler_is_told_as_such() -> None:
    """Nobody listens on port 9 of this machine."""
    pytest.importorskip("distributed")
    code = (
        "from optimizer.whatif import crew; crew.CONNECT_SECONDS = 1.0; "
        "list(crew.plan_all([], crew.Crew('dask', None, 'tcp://127.0.0.1:9')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert "SweepError: no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    with pytest.raises(SweepError, match="no backend is called"):
        list(plan_all([], Crew("cloud")))
