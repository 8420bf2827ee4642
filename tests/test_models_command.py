"""`wardwright models` and what plans and forecasts make of stored models, as a planner at a terminal sees them."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.command import ROOT, child, run

QUICKSTART = ROOT / "scenarios" / "quickstart.yaml"


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with two stored versions of a model, the second in production."""
    folder = tmp_path_factory.mktemp("ward")
    shutil.copy(QUICKSTART, folder)
    shutil.copytree(QUICKSTART.parent / "data", folder / "data")
    scenario = folder / "quickstart.yaml"
    assert run("models", "train", scenario, "--name", "ward", "--by", "Ada").exit_code == 0
    done = run("models", "train", scenario, "--name", "ward", "--forecaster", "weekday_mean", "--promote")
    assert done.exit_code == 0, done.output
    return scenario


def models(ward: Path) -> Path:
    """Where the scenario's models are stored."""
    return ward.parent / "models"


def test_training_says_what_was_stored_and_what_to_do_next(ward: Path, tmp_path: Path) -> None:
    """Name, place, data, how it did, and the commands that use it."""
    done = run("models", "train", ward, "--name", "icu", "--models", tmp_path, "--days", 10)
    assert done.exit_code == 0
    assert done.output.startswith(f"Stored icu@1 (candidate) in {tmp_path}\n  ridge, up to ")
    assert "learned from occupied: 242 days to 2023-03-12" in done.output
    assert "error, as a share of demand (WAPE)" in done.output
    assert f"wardwright models promote icu@1 --models {tmp_path}" in done.output


def test_models_are_listed(ward: Path) -> None:
    """A line for each version, its status and its scores; as JSON every fact."""
    text = run("models", "list", "--models", models(ward))
    assert text.exit_code == 0
    head, first, second = text.output.splitlines()
    assert head.split()[:2] == ["model", "status"]
    assert first.split()[:2] == ["ward@1", "candidate"]
    assert second.split()[:2] == ["ward@2", "production"]
    told = json.loads(run("models", "list", "--models", models(ward), "--json").output)
    assert [(one["name"], one["version"], one["status"]) for one in told] == [
        ("ward", 1, "candidate"),
        ("ward", 2, "production"),
    ]
    assert told[0]["made_by"] == "Ada"
    assert {"data_sha256", "features", "settings", "scores", "learned_from"} == set(told[0]["facts"])


def test_an_empty_folder_says_how_to_begin(tmp_path: Path) -> None:
    """No model is no fault."""
    done = run("models", "list", "--models", tmp_path)
    assert done.exit_code == 0
    assert done.output.startswith(f"No model is stored in {tmp_path}; wardwright models train SCENARIO --name NAME")
    assert done.output.endswith("beside the scenario, which --models names\n")


def test_one_model_is_shown_with_all_its_facts(ward: Path) -> None:
    """Without a version the one in production; its files were checked."""
    done = run("models", "show", "ward", "--models", models(ward))
    assert done.exit_code == 0
    assert done.output.startswith("ward@2  production\n")
    assert "files errors.npz, model.json: all are what was stored" in " ".join(done.output.split())
    assert all(len(line) <= 100 for line in done.output.splitlines())


def test_two_models_are_compared_in_words(ward: Path) -> None:
    """Side by side, and which missed less on the same data."""
    done = run("models", "compare", "ward@1", "ward@2", "--models", models(ward))
    assert done.exit_code == 0
    assert "On the same data ward@" in done.output
    assert all(len(line) <= 100 for line in done.output.splitlines())
    told = json.loads(run("models", "compare", "ward@1", "ward@2", "--models", models(ward), "--json").output)
    less = min(told, key=lambda one: one["facts"]["scores"]["pinball"])
    assert f"On the same data ward@{less['version']} missed" in done.output


def test_models_of_different_data_are_not_ranked(ward: Path, tmp_path: Path) -> None:
    """Scores on different days say nothing of each other."""
    values = "\n".join(f"{date(2022, 1, 1) + timedelta(days=at)},{20 + at % 7}" for at in range(120))
    table = tmp_path / "beds.csv"
    table.write_text(f"date,occupied\n{values}\n")
    shutil.copytree(models(ward), tmp_path / "models")
    assert run("models", "train", table, "--name", "beds", "--models", tmp_path / "models").exit_code == 0
    done = run("models", "compare", "ward@1", "beds@1", "--models", tmp_path / "models")
    assert "trained on different data, so their scores can't be set against each other" in " ".join(done.output.split())


def test_a_table_is_trained_on_and_what_is_no_daily_series_is_told(tmp_path: Path) -> None:
    """Both columns of counts are learned together; a column of three values is left out by name."""
    days = [date(2022, 1, 1) + timedelta(days=at) for at in range(120)]
    rows = [f"{day},{20 + at % 7},{9 + at % 5},{'' if at > 2 else 4}" for at, day in enumerate(days)]
    (tmp_path / "beds.csv").write_text("date,med,icu,hdu\n" + "\n".join(rows) + "\n")
    done = run("models", "train", tmp_path / "beds.csv", "--name", "beds", "--models", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["facts"]["learned_from"] == "med, icu: 240 days to 2022-04-30"
    assert any("hdu: left out: 3 usable days" in note for note in told["notes"])


def test_promoting_and_rolling_back(ward: Path, tmp_path: Path) -> None:
    """Each says what is in production now; where there is nothing to go back to, exit 2."""
    folder = tmp_path / "models"
    shutil.copytree(models(ward), folder)
    assert run("models", "promote", "ward@1", "--models", folder).output == "ward@1 is in production\n"
    assert run("models", "rollback", "ward", "--models", folder).output == "ward@2 is in production again\n"
    done = run("models", "rollback", "ward", "--models", folder)
    assert done.exit_code == 2
    assert "no version was in production before" in done.output


def test_a_forecast_with_a_stored_model_is_the_one_learned_anew(ward: Path) -> None:
    """Same figures, to the last digit, as learning the same forecaster now; only its name differs."""
    stored, learned = (
        json.loads(run("forecast", ward, "--json", *words).output)
        for words in (("--model", "ward@2"), ("--set", "forecast.forecaster=weekday_mean"))
    )
    assert stored["series"] == learned["series"]
    assert stored["model"] == "ward@2"
    assert learned["model"] == f"weekday_mean+{learned['data_sha256'][:12]}"
    assert stored["data_sha256"] == learned["data_sha256"]


def test_a_plan_names_the_model_it_rests_on(ward: Path) -> None:
    """plan.json says name@version, from the scenario's own key, where the version in production is meant."""
    stored = json.loads(run("plan", ward, "--json", "--set", "forecast.model=ward", "--gap", "0.5").output)
    assert stored["demand"]["model"] == "ward@2"
    assert stored["demand"]["forecaster"] == "weekday_mean"
    assert len(stored["demand"]["data_sha256"]) == 64


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("ward@9", "forecast.model: there is no ward@9; known: ward@1, ward@2"),
        ("wurd", "forecast.model: no model is stored as wurd: no such file: models/wurd/index.json"),
        ("../../ward", "lies outside the scenario's folder"),
    ],
)
def test_a_model_that_is_not_there_is_a_fault_of_the_scenario(ward: Path, reference: str, said: str) -> None:
    """At its place, exit 2, nothing run."""
    done = run("forecast", ward, "--model", reference)
    assert done.exit_code == 2
    assert said in done.output


def test_a_model_of_other_holidays_is_refused(ward: Path) -> None:
    """It learned no country's holidays; the scenario says Germany's."""
    done = run("forecast", ward, "--model", "ward@1", "--set", "forecast.country=DE")
    assert done.exit_code == 2
    assert "forecast.model: was trained with the holidays of no country, not of this scenario" in done.output


def test_a_damaged_model_is_refused_at_the_command_line(ward: Path, tmp_path: Path) -> None:
    """One figure changed by hand: exit 2, and the file's name."""
    shutil.copytree(models(ward), tmp_path / "models")
    file = tmp_path / "models" / "ward" / "1" / "model.json"
    file.write_text(file.read_text().replace("1", "2", 1))
    done = run("models", "show", "ward@1", "--models", tmp_path / "models")
    assert done.exit_code == 2
    assert "model.json: was changed since it was stored; restore it from a copy" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--series", "x"), "are for a table; the scenario says them"),
        (("--forecaster", "rigde"), "'rigde' is no forecaster; did you mean ridge?"),
        (("--name", "Ward A"), "'Ward A' can't name a model"),
    ],
)
def test_training_refuses_what_makes_no_sense(ward: Path, words: tuple[str, str], said: str) -> None:
    """With exit 2 and the reason; nothing is stored."""
    done = run("models", "train", ward, "--name", "new", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert not (models(ward) / "new").exists()


def test_nothing_to_learn_from_is_said(tmp_path: Path) -> None:
    """A table of three days, and a scenario without a history."""
    (tmp_path / "short.csv").write_text("date,occupied\n2022-01-01,3\n2022-01-02,4\n2022-01-03,5\n")
    done = run("models", "train", tmp_path / "short.csv", "--name", "short", "--models", tmp_path)
    assert done.exit_code == 2
    assert "holds no daily series to learn from" in done.output
    assert "occupied: left out: 3 usable days, but at least 14 are needed" in done.output


def test_a_day_is_explained_in_words_and_as_data(ward: Path) -> None:
    """The parts stand in words that fit the page, and as data sum to what is expected within 1e-9."""
    text = run("forecast", ward, "--explain", "2023-03-14")
    assert text.exit_code == 0
    assert text.output.startswith("occupied on Tue 14 Mar 2023: ")
    assert "it is a Tuesday" in text.output
    assert all(len(line) <= 100 for line in text.output.splitlines())
    told = json.loads(run("forecast", ward, "--explain", "2023-03-14", "--json", "--model", "ward@1").output)
    (series,) = told["series"]
    assert sum(series["parts"].values()) == pytest.approx(series["expected"], abs=1e-9)
    assert told["model"] == "ward@1"


def test_the_parts_explain_the_forecast_that_is_told(ward: Path) -> None:
    """What is explained is the mean of that day in the forecast itself."""
    told = json.loads(run("forecast", ward, "--explain", "2023-03-15", "--json").output)
    days = json.loads(run("forecast", ward, "--json").output)["series"][0]["days"]
    (day,) = [each for each in days if each["day"] == "2023-03-15"]
    assert told["series"][0]["expected"] == pytest.approx(day["mean"], abs=0.005)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2023-12-26",), "2023-12-26 is not forecast: days from 2023-03-13 to"),
        (("boxing day",), "'boxing day' is no day: write it as 2022-12-26"),
        (("2023-03-14", "-o", "out.csv"), "leave out --output"),
    ],
)
def test_a_day_that_can_not_be_explained_is_said(ward: Path, words: tuple[str, ...], said: str) -> None:
    """Exit 2, with the days that can."""
    done = run("forecast", ward, "--explain", *words)
    assert done.exit_code == 2
    assert said in done.output


def test_listing_models_starts_without_learners(ward: Path) -> None:
    """`models --help` imports nothing slow, and `models show` of a linear model no scikit-learn."""
    code = (
        "import sys\nfrom api.cli import main\n"
        "try:\n    main(prog_name='wardwright')\n"
        "finally:\n    print([name for name in ('sklearn', 'skops', 'pandas', 'ortools') if name in sys.modules])"
    )
    for words in (("models", "--help"), ("models", "show", "ward@1", "--models", models(ward))):
        assert child(*words, code=code).stdout.splitlines()[-1] == "[]"
