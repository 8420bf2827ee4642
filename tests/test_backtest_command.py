"""`wardwright backtest SCENARIO`: how far off forecasts of the past were, beside simple rules."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.command import run

SCENARIO = """
schema: 1
id: tested
horizon: {{start: 2024-07-01, days: 7, beyond_days: 0}}
units: {{A: {{beds: 40, cares_for: [med]}}}}
patients:
  med:
    boarding_cost_per_day: 1
    demand: {demand}
"""


def scenario(folder: Path, days: int = 180) -> Path:
    """A ward of about 30 with two fewer at weekends, and a scenario that plans a week of it."""
    rng = np.random.default_rng(3)
    first = date(2024, 7, 1) - timedelta(days=days)
    rows = []
    for at in range(days):
        day = first + timedelta(days=at)
        rows.append(f"{day},{rng.poisson(30.0) - 2 * (day.weekday() > 4)}")
    (folder / "beds.csv").write_text("\n".join(["date,beds", *rows]) + "\n")
    path = folder / "scenario.yaml"
    path.write_text(SCENARIO.format(demand="{history: {file: beds.csv, column: beds}}"))
    return path


def test_each_forecaster_is_told_with_its_misses(tmp_path: Path) -> None:
    """The scenario's own and the two simple rules, the closest first; "as a week ago" misses by about as it should."""
    told = run("backtest", scenario(tmp_path), "--origins", "4")
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[0] == "beds: 4 forecasts of the past, 7 days ahead each"
    assert {line.split()[0] for line in lines[2:5]} == {"ridge", "weekday_mean", "seasonal_naive"}
    # two independent counts of mean 30 lie 1.128 x 7.75 / sqrt(2) = 6.2 apart on average: a fifth of 30
    naive = next(line for line in lines if line.split()[0] == "seasonal_naive")
    assert 14 <= float(naive.split()[1]) <= 27


def test_the_closest_stands_first(tmp_path: Path) -> None:
    """Of independent counts a mean of weeks knows more than the last week alone."""
    tried = json.loads(run("backtest", scenario(tmp_path), "--origins", "6", "--json").stdout)["tried"]
    misses = {one["forecaster"]: one["scores"]["wape"] for one in tried}
    assert misses["weekday_mean"] < misses["seasonal_naive"]
    text = run("backtest", scenario(tmp_path), "--origins", "6").output
    assert text.index("weekday_mean") < text.index("seasonal_naive")


def test_others_may_be_named(tmp_path: Path) -> None:
    """In place of the scenario's own."""
    tried = json.loads(run("backtest", scenario(tmp_path), "--forecaster", "fast", "--origins", "1", "--json").stdout)
    assert [one["forecaster"] for one in tried["tried"]] == ["fast", "weekday_mean", "seasonal_naive"]


def test_a_short_past_is_said(tmp_path: Path) -> None:
    """Twenty days leave no four weeks to learn from before a week to compare with."""
    told = run("backtest", scenario(tmp_path, days=20))
    assert told.exit_code == 0
    assert "beds: too short a past for a forecast 7 days ahead to be tested on" in told.output


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--forecaster", "rigde"), "did you mean ridge?"), (("--origins", "0"), "0 is not in the range")],
)
def test_what_can_not_be_asked(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    """Exit 2, with the reason."""
    told = run("backtest", scenario(tmp_path), *options)
    assert told.exit_code == 2
    assert words in told.output


def test_a_scenario_without_histories_has_nothing_to_test(tmp_path: Path) -> None:
    """Demand that is given was never forecast."""
    path = scenario(tmp_path)
    path.write_text(SCENARIO.format(demand="{census: 20}"))
    told = run("backtest", path)
    assert told.exit_code == 2
    assert "names no history, so there is nothing to test on" in told.output
