"""`wardwright discharges`: past stays in, chances of those in bed and their sum out."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.command import run


@pytest.fixture(scope="module")
def stays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 stays: 60 % leave short wards a day, 10 % long ones."""
    rng = np.random.default_rng(2)
    rows = [(name, rng.geometric(chance)) for _ in range(120) for name, chance in (("short", 0.6), ("long", 0.1))]
    path = tmp_path_factory.mktemp("stays") / "stays.csv"
    path.write_text("ward,nights\n" + "".join(f"{ward},{nights}\n" for ward, nights in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def models(stays: Path) -> Path:
    """A folder with the model leave@1 learned from them."""
    folder = stays.parent / "models"
    asked = ("--length", "nights", "--feature", "ward", "--classifier", "logistic")
    told = run("discharges", "train", str(stays), "--name", "leave", *asked, "--models", str(folder))
    assert told.exit_code == 0, told.output
    assert "Stored leave@1 (candidate)" in told.output
    return folder


def test_training_tells_how_it_did_on_patients_held_out(stays: Path, tmp_path: Path) -> None:
    """Scores of every question, and the plain curve beside; in JSON as well."""
    asked = ("--length", "nights", "--feature", "ward", "--classifier", "logistic", "--json")
    told = run("discharges", "train", str(stays), "--name", "leave", *asked, "--models", str(tmp_path))
    day = json.loads(told.output)["held_out"][0]
    assert day["target"] == "within_24h"
    assert day["brier"] < day["brier_curve"]
    assert 0.5 < day["roc_auc"] < 1.0


def test_those_in_bed_are_asked_about_and_summed(models: Path, tmp_path: Path) -> None:
    """The sum of two patients' chances is what leaves; the one on the short ward is likelier to."""
    now = tmp_path / "now.csv"
    now.write_text("ward,nights,in\nlong,3,1\nshort,1,1\nlong,9,0\n", encoding="utf-8")
    asked = ("--models", str(models), "--length", "nights", "--still-in", "in")
    told = json.loads(run("discharges", "predict", "leave@1", str(now), *asked, "--json").output)
    chances = {one["row"]: one["within_24h"] for one in told["patients"]}
    assert set(chances) == {2, 3}
    assert chances[3] > 0.4 > 0.25 > chances[2]
    assert told["leaving"][0]["expected"] == pytest.approx(sum(chances.values()))
    text = run("discharges", "predict", "leave@1", str(now), *asked).output
    assert "2 patients in bed, by leave@1" in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("ward,nights,in\nlong,3,0\n", "nobody is still in"),
        ("wards,nights,in\nlong,3,1\n", "has no column 'ward'; did you mean wards?"),
        ("ward,nights,in\nlong,-3,1\n", "no usable stay is left"),
    ],
)
def test_a_table_that_can_not_be_asked_about_is_refused(models: Path, tmp_path: Path, lines: str, message: str) -> None:
    """Exit 2 and what is wrong."""
    now = tmp_path / "now.csv"
    now.write_text(lines, encoding="utf-8")
    asked = ("--models", str(models), "--length", "nights", "--still-in", "in")
    told = run("discharges", "predict", "leave@1", str(now), *asked)
    assert told.exit_code == 2
    assert message in told.output


SCENARIO = """
schema: 1
id: leaving
horizon: {start: 2024-01-01, days: 3, beyond_days: 0}
units: {A: {beds: 10, cares_for: [med]}}
patients: {med: {boarding_cost_per_day: 1, length_of_stay: {mean_days: 5}, demand: {arrivals: 0}}}
today:
  census: {med: {A: 2}}
  days_in: {med: {table: leaving.csv, column: nights}}
  leaving:
    med:
      within_24h: {table: leaving.csv, column: within_24h}
      within_48h: {table: leaving.csv, column: within_48h}
      within_72h: {table: leaving.csv, column: within_72h}
"""


def test_chances_written_enter_the_census_of_a_scenario(models: Path, tmp_path: Path) -> None:
    """Two in bed, nobody comes: after each day as many are in as the chances of leaving by then leave."""
    now = tmp_path / "now.csv"
    now.write_text("ward,nights,in\nlong,3,1\nshort,1,1\n", encoding="utf-8")
    asked = ("--models", str(models), "--length", "nights", "--still-in", "in", "-o", str(tmp_path / "leaving.csv"))
    done = run("discharges", "predict", "leave@1", str(now), *asked, "--json")
    assert done.exit_code == 0, done.output
    expected = [one["expected"] for one in json.loads(done.stdout)["leaving"]]
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    told = json.loads(run("forecast", tmp_path / "scenario.yaml", "--json").stdout)
    means = [one["mean"] for one in told["census"]["units"][0]["periods"]]
    assert means == pytest.approx([2 - gone for gone in expected], abs=0.15)


def test_a_table_of_chances_is_not_written_over(models: Path, tmp_path: Path) -> None:
    """Nor into a file of another kind; --force replaces a table."""
    now, out = tmp_path / "now.csv", tmp_path / "leaving.csv"
    now.write_text("ward,nights,in\nlong,3,1\n", encoding="utf-8")
    asked = ("discharges", "predict", "leave@1", str(now), "--models", str(models), "--length", "nights")
    asked = (*asked, "--still-in", "in", "-o")
    assert run(*asked, str(out)).exit_code == 0
    assert out.read_text().startswith("row,ward,nights,within_24h,within_48h,within_72h")
    again = run(*asked, str(out))
    assert again.exit_code == 2
    assert "exists; --force replaces it" in again.output
    assert run(*asked, str(out), "--force").exit_code == 0
    assert "chances are written to a .csv file" in run(*asked, str(tmp_path / "leaving.txt")).output
