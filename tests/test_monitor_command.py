"""`wardwright monitor` as a planner at a terminal sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.command import ROOT, run

WEEK = [f"2023-03-{day}" for day in range(13, 20)]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quickstart's plan for the week from 13 March 2023."""
    folder = tmp_path_factory.mktemp("plans") / "week"
    assert run("plan", ROOT / "scenarios" / "quickstart.yaml", "-o", folder).exit_code == 0
    return folder


def actuals(folder: Path, values: list[float], days: list[str] = WEEK) -> Path:
    """A table of what came, laid out as the ward's history."""
    path = folder / "actuals.csv"
    rows = "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=True))
    path.write_text(f"date,occupied\n{rows}", encoding="utf-8")
    return path


def foreseen(plan: Path) -> list[float]:
    """The means that were forecast, as whole patients."""
    record = json.loads((plan / "forecast.json").read_text(encoding="utf-8"))
    return [round(day) for day in record["series"][0]["mean"][:7]]


def test_a_forecast_that_held_is_left_alone(plan: Path, tmp_path: Path) -> None:
    """Exit 0, every day within the widest interval, and few days are said to be few."""
    done = run("monitor", plan, "--actuals", actuals(tmp_path, foreseen(plan)))
    assert done.exit_code == 0, done.output
    assert done.output.startswith("1 plan, 13 Mar 2023 to 19 Mar 2023, forecast by ridge+")
    assert "held 7 of 7 days (100 %)" in done.output
    # all 7 of 7: the lower end is 0.025 ** (1 / 7) = 59 %
    assert "sure: 59 % to 100 %" in done.output
    assert "retrain: no" in done.output.splitlines()[-2] + done.output.splitlines()[-1]


def test_a_forecast_far_off_is_to_be_trained_anew(plan: Path, tmp_path: Path) -> None:
    """Exit 6; the reason is in the words and in the JSON."""
    table = actuals(tmp_path, [day + 10 for day in foreseen(plan)])
    done = run("monitor", plan, "--actuals", table, "--json")
    assert done.exit_code == 6, done.output
    told = json.loads(done.output)
    assert told["retrain"] is True
    assert told["series"][0]["coverage"][1]["inside"] == 0
    assert told["series"][0]["bias"]["mean"] == pytest.approx(-10, abs=0.6)
    assert told["series"][0]["drift"]["psi"] is None
    assert "retrain: yes, because occupied: intervals are too narrow" in told["because"]


def test_the_price_of_the_error_is_told(plan: Path, tmp_path: Path) -> None:
    """Knowing what came is never dearer, and both answers say how far they are proven."""
    table = actuals(tmp_path, [day + 4 for day in foreseen(plan)])
    done = run("monitor", plan, "--actuals", table, "--price", "--json")
    (priced,) = json.loads(done.output)["priced"]
    assert priced["days"] == 7
    assert priced["held"]["cost"] > priced["known"]["cost"] > 0
    assert priced["cost"] == pytest.approx(priced["held"]["cost"] - priced["known"]["cost"])
    assert priced["at_least"] <= priced["cost"] <= priced["at_most"]


def test_a_stored_model_is_named(tmp_path: Path) -> None:
    """Where the plan rests on name@version, that is what the report says."""
    scenario = tmp_path / "quickstart.yaml"
    shutil.copy(ROOT / "scenarios" / "quickstart.yaml", scenario)
    shutil.copytree(ROOT / "scenarios" / "data", tmp_path / "data")
    assert run("models", "train", scenario, "--name", "ward", "--promote").exit_code == 0
    folder = tmp_path / "week"
    assert run("plan", scenario, "--model", "ward", "-o", folder).exit_code == 0
    done = run("monitor", folder, "--actuals", actuals(tmp_path, foreseen(folder)))
    assert "forecast by ward@1" in done.output


@pytest.mark.parametrize(
    ("values", "days", "why"),
    [
        ([28.0], ["2024-05-01"], "tells of no day that was planned (plans begin 13 Mar 2023)"),
        ([], [], "0 usable days in 'occupied'"),
    ],
)
def test_nothing_to_compare_is_said(plan: Path, tmp_path: Path, values: list[float], days: list[str], why: str) -> None:
    """Exit 2 with what is amiss."""
    done = run("monitor", plan, "--actuals", actuals(tmp_path, values, days))
    assert done.exit_code == 2
    assert why in " ".join(done.output.split())


def test_a_plan_without_a_forecast_is_named(plan: Path, tmp_path: Path) -> None:
    """Exit 2 where the folder keeps no forecast, or one that was changed to nonsense."""
    folder = tmp_path / "week"
    shutil.copytree(plan, folder)
    (folder / "forecast.json").write_text("{}", encoding="utf-8")
    table = actuals(tmp_path, [28.0] * 7)
    broken = run("monitor", folder, "--actuals", table)
    assert broken.exit_code == 2
    assert "holds no forecast as plans keep them" in broken.output
    (folder / "forecast.json").unlink()
    done = run("monitor", folder, "--actuals", table)
    assert done.exit_code == 2
    assert "holds no forecast.json" in done.output


def test_a_column_that_lacks_is_named(plan: Path, tmp_path: Path) -> None:
    """What came must stand in the column that the history has."""
    path = tmp_path / "actuals.csv"
    path.write_text("date,beds\n2023-03-13,28\n", encoding="utf-8")
    done = run("monitor", plan, "--actuals", path)
    assert done.exit_code == 2
    assert "has no column 'occupied'" in done.output


def test_the_exit_codes_stand_in_the_help() -> None:
    """A script that runs it can read what 6 means."""
    assert "6 train anew" in " ".join(run("monitor", "--help").output.split())


def test_full_days_that_hide_demand_are_told(tmp_path: Path) -> None:
    """Where what wanted to come in was forecast, beds taken are less: the report says so."""
    days = [f"2024-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 29)]
    rows = "".join(f"{day},{20 + at % 5},24\n" for at, day in enumerate(days))
    (tmp_path / "ward.csv").write_text(f"date,taken,beds\n{rows}", encoding="utf-8")
    text = """
schema: 1
id: full
horizon: {start: 2024-02-20, days: 3}
units: {W: {beds: 30, cares_for: [med]}}
patients:
  med:
    demand: {history: {file: ward.csv, column: taken, capacity_column: beds, full_days: demand}}
    boarding_cost_per_day: 100
"""
    (tmp_path / "full.yaml").write_text(text, encoding="utf-8")
    planned = run("plan", tmp_path / "full.yaml", "-o", tmp_path / "plan")
    assert planned.exit_code == 0, planned.output
    done = run("monitor", tmp_path / "plan", "--actuals", tmp_path / "ward.csv")
    assert "taken: forecast was what wanted to come in" in done.output
