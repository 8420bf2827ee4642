"""`wardwright forecast TABLE`: series by hour, shift, day or week, each at its own step."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecasting.ahead import Asked, forecast_any
from forecasting.cleaning import Cleaned
from forecasting.recording import Recording, assembled
from forecasting.steps import DAY
from tests.command import TWO_WARDS, run

FIRST = datetime(2023, 1, 2)
HOURS = 24


def table(path: Path, step: timedelta, values: list[float], *, within_day: bool = False) -> Path:
    """A CSV of one value each step from Monday 2 January 2023."""
    form = "%Y-%m-%d %H:%M" if within_day else "%Y-%m-%d"
    rows = [f"{FIRST + step * at:{form}},{value:g}" for at, value in enumerate(values)]
    path.write_text("\n".join(["time,patients", *rows]) + "\n")
    return path


def counts(mean: float, number: int, seed: int = 0) -> list[float]:
    """Independent counts."""
    return np.random.default_rng(seed).poisson(mean, number).astype(float).tolist()


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file by rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_hours_are_forecast_by_the_hour(tmp_path: Path) -> None:
    """Four weeks of hours, twenty patients an hour by day and two by night: so are the 48 hours ahead."""
    shape = [2.0] * 8 + [20.0] * 12 + [2.0] * 4
    hours = table(tmp_path / "hours.csv", timedelta(hours=1), shape * 28, within_day=True)
    out = tmp_path / "out.csv"
    assert run("forecast", hours, "--days", "2", "-o", out).exit_code == 0
    told = rows_of(out)
    assert [told[0]["start"], told[-1]["start"]] == ["2023-01-30 00:00", "2023-01-31 23:00"]
    assert [float(row["mean"]) for row in told[:HOURS]] == pytest.approx(shape, abs=0.5)


def test_hours_are_told_by_the_fullest_of_each_day(tmp_path: Path) -> None:
    """A line a day on the terminal: seven days unless more is asked."""
    shape = [2.0] * 17 + [30.0] + [2.0] * 6
    hours = table(tmp_path / "hours.csv", timedelta(hours=1), shape * 112, within_day=True)
    told = run("forecast", hours).output
    assert told.count("17:00") == 7
    assert "Mon 24 Apr 2023" in told
    assert "(of whole days)" in told


def test_shifts_are_forecast_by_the_shift(tmp_path: Path) -> None:
    """Three shifts a day: each is a line."""
    shifts = table(tmp_path / "shifts.csv", timedelta(hours=8), [5.0, 30.0, 20.0] * 40, within_day=True)
    told = run("forecast", shifts, "--days", "1").output
    for words in ("Sat 11 Feb 2023 00:00", "Sat 11 Feb 2023 08:00", "80 % of shifts"):
        assert words in told


def test_days_are_forecast_by_the_day(tmp_path: Path) -> None:
    """Four weeks ahead unless more is asked."""
    out = tmp_path / "days.json"
    days = table(tmp_path / "days.csv", timedelta(days=1), counts(30.0, 100))
    assert run("forecast", days, "-o", out).exit_code == 0
    (series,) = json.loads(out.read_text())["series"]
    assert series["step"] == "day"
    assert [series["times"][0]["start"], series["times"][-1]["start"]] == ["2023-04-12", "2023-05-09"]
    one = series["times"][0]
    assert one["low95"] <= one["low80"] <= one["median"] <= one["high80"] <= one["high95"]


def test_weeks_are_forecast_by_the_week(tmp_path: Path) -> None:
    """Days asked for are rounded up to whole weeks: ten days are two."""
    weeks = table(tmp_path / "weeks.csv", timedelta(days=7), counts(200.0, 60))
    out = tmp_path / "weeks.csv.csv"
    told = run("forecast", weeks, "--days", "10", "-o", out)
    assert "week of" in told.output
    assert [row["start"] for row in rows_of(out)] == ["2024-02-26", "2024-03-04"]


def test_a_bad_series_stops_no_other(tmp_path: Path) -> None:
    """One ward has three days: it is named with what it lacks, the other is forecast."""
    days = [f"{FIRST + timedelta(days=at):%Y-%m-%d},A,{20 + at % 3}" for at in range(60)]
    days += [f"{FIRST + timedelta(days=at):%Y-%m-%d},B,5" for at in range(57, 60)]
    path = tmp_path / "wards.csv"
    path.write_text("\n".join(["date,ward,patients", *days]) + "\n")
    told = run("forecast", path, "--by", "ward")
    assert told.exit_code == 0
    assert "1 series" in told.output
    assert "left out: B patients: 3 usable days before 2023-03-03, but at least 14 are needed" in told.output


def test_a_ward_closed_long_ago_is_left_out(tmp_path: Path) -> None:
    """It ended 40 days before the others: nobody wants its beds forecast, unless a start says so."""
    days = [f"{FIRST + timedelta(days=at):%Y-%m-%d},A,{20 + at % 3}" for at in range(80)]
    days += [f"{FIRST + timedelta(days=at):%Y-%m-%d},B,{5 + at % 2}" for at in range(41)]
    path = tmp_path / "wards.csv"
    path.write_text("\n".join(["date,ward,patients", *days]) + "\n")
    closed = run("forecast", path, "--by", "ward").output
    assert "left out: B patients: ends on 2023-02-11, 40 days before 2023-03-23" in closed
    named = run("forecast", path, "--by", "ward", "--series", "B", "--start", "2023-02-12")
    assert "1 series\nB patients" in named.output


def test_equal_runs_write_equal_bytes(tmp_path: Path) -> None:
    """To the byte."""
    days = table(tmp_path / "days.csv", timedelta(days=1), counts(30.0, 100))
    assert run("forecast", days, "--json").stdout == run("forecast", days, "--json").stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "solve.seed=1"), "--set is for a scenario (.yaml), not for a table"),
        (("--explain", "2023-04-01"), "--explain is for a scenario"),
        (("--series", "nobody"), "no series is called 'nobody'"),
        (("--country", "XX"), "no public holidays are known for XX"),
        (("--forecaster", "rigde"), "did you mean ridge?"),
        (("-o", "days.txt"), "forecasts are written to a .csv or a .json file"),
        (("--start", "2023-01-05"), "holds no series that can be forecast"),
    ],
)
def test_what_can_not_be_asked_of_a_table(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    """Exit 2, with the reason."""
    told = run("forecast", table(tmp_path / "days.csv", timedelta(days=1), counts(30.0, 60)), *options)
    assert told.exit_code == 2
    assert words in " ".join(told.output.split())


def test_options_of_a_table_are_refused_for_a_scenario() -> None:
    """The scenario says how far and with what."""
    told = run("forecast", TWO_WARDS, "--days", "3", "--column", "x")
    assert told.exit_code == 2
    assert "--days and --column are for a table" in told.output


def test_nothing_is_left_half_written(tmp_path: Path) -> None:
    """A run that fails leaves no file, and none of its own beside it."""
    days = table(tmp_path / "days.csv", timedelta(days=1), counts(30.0, 60))
    assert run("forecast", days, "--country", "XX", "-o", tmp_path / "out.csv").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["days.csv"]


def recordings(number: int, days: int) -> list[Recording]:
    """Short daily series, ready to forecast."""
    times = [FIRST + timedelta(days=at) for at in range(days)]
    found = []
    for at in range(number):
        values = counts(20.0, days, at)
        found.append(assembled("wards", f"ward {at}", Cleaned(list(times), values, list(range(days))), DAY))
    return found


def test_chunks_hold_all_series_once() -> None:
    """Twenty-five series in chunks of ten: three forecasts of 10, 10 and 5, in order."""
    told = list(forecast_any(recordings(25, 30), Asked(days=2), chunk=10))
    names = [name for one in told if one.forecast is not None for name in one.forecast.names]
    assert [len(one.forecast.names) for one in told if one.forecast is not None] == [10, 10, 5]
    assert names == [f"ward {at}" for at in range(25)]


def test_series_are_taken_as_they_come() -> None:
    """The first chunk is forecast before the second is read: none but its own ten series have been asked for."""
    taken: list[str] = []

    def coming():
        for each in recordings(25, 30):
            taken.append(each.name)
            yield each

    next(iter(forecast_any(coming(), Asked(start=date(2023, 2, 1), days=2), chunk=10)))
    assert len(taken) == 10
