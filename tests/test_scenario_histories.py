"""A scenario's history may lie in a workbook, a Parquet file, a packed file or a database, by the hour too."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from optimizer.histories import read_histories
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data, open_scenario
from tests.command import run

START = date(2023, 3, 13)
SCENARIO = """schema: 1
id: small
horizon: {{start: 2023-03-13, days: 2}}
shifts: {{early: {{start: "07:00", hours: 12}}, night: {{start: "19:00", hours: 12}}}}
patients:
  medical:
    demand: {{history: {history}}}
    length_of_stay: {{mean_days: 5}}
    boarding_cost_per_day: 900
units:
  med-a: {{beds: 40, cares_for: [medical]}}
"""


def frame(hours: bool = False) -> pd.DataFrame:
    """Thirty days of 20 patients before the horizon, or an arrival each hour."""
    dates = [START - timedelta(days=30 - day) for day in range(30)]
    if hours:
        rows = [(day, hour, 1) for day in dates for hour in range(24)]
        return pd.DataFrame(rows, columns=["date", "hour", "occupied"]).astype({"date": "datetime64[ns]"})
    return pd.DataFrame({"date": pd.to_datetime(dates), "occupied": 20})


def scenario(folder: Path, history: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(SCENARIO.format(history=history), encoding="utf-8")
    return path


def values(path: Path) -> list[float]:
    (history,) = read_histories(open_scenario(path))
    return history.values.tolist()


def test_a_workbook_with_a_title_is_a_history(tmp_path):
    """The sheet is named; its header stands in the third row."""
    frame().to_excel(tmp_path / "beds.xlsx", sheet_name="daily", index=False, startrow=2)
    history = "{file: beds.xlsx, sheet: daily, column: occupied}"
    assert values(scenario(tmp_path, history)) == [20.0] * 30


def test_parquet_and_packed_text_are_histories(tmp_path):
    """By the file's ending."""
    frame().to_parquet(tmp_path / "beds.parquet")
    frame().to_csv(tmp_path / "beds.csv.gz", index=False)
    for name in ("beds.parquet", "beds.csv.gz"):
        assert values(scenario(tmp_path, f"{{file: {name}, column: occupied}}")) == [20.0] * 30


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("beds.xlsx", lambda path: frame().to_excel(path, index=False)),
        ("beds.parquet", lambda path: frame().to_parquet(path)),
        ("beds.csv.gz", lambda path: frame().to_csv(path, index=False)),
        ("beds.csv", lambda path: frame().to_csv(path, index=False, sep=";")),
    ],
)
def test_a_wrong_column_is_a_fault_of_the_scenario(tmp_path, name, write):
    """Found by `validate`, at the scenario's own line 7, whatever the file is."""
    write(tmp_path / name)
    told = run("validate", scenario(tmp_path, f"{{file: {name}, column: ocupied}}"))
    assert told.exit_code == 2
    assert "small.yaml:7:" in told.output
    assert "did you mean occupied?" in told.output


def test_a_wrong_sheet_is_a_fault(tmp_path):
    """With the nearest there is."""
    frame().to_excel(tmp_path / "beds.xlsx", sheet_name="daily", index=False)
    told = run("validate", scenario(tmp_path, "{file: beds.xlsx, sheet: dayly, column: occupied}"))
    assert "has no sheet dayly" in told.output
    assert "did you mean daily?" in told.output


def test_a_database_is_a_history(tmp_path, monkeypatch):
    """The URL comes from the environment, the rows from the query."""
    with sqlite3.connect(tmp_path / "hospital.db") as connection:
        frame().assign(date=lambda data: data.date.dt.date.astype(str)).to_sql("wards", connection, index=False)
    connection.close()
    monkeypatch.setenv("HOSPITAL_DB", f"sqlite:///{tmp_path / 'hospital.db'}")
    history = '{database: "env:HOSPITAL_DB", query: "SELECT date, occupied FROM wards", column: occupied}'
    assert values(scenario(tmp_path, history)) == [20.0] * 30


def test_what_a_database_refuses_is_told_at_the_scenarios_line(tmp_path, monkeypatch):
    """Line 7 names it; the URL is nowhere."""
    monkeypatch.delenv("HOSPITAL_DB", raising=False)
    history = '{database: "env:HOSPITAL_DB", query: "SELECT date, occupied FROM wards", column: occupied}'
    with pytest.raises(ScenarioError, match=r"small\.yaml:7:.*the environment variable 'HOSPITAL_DB' is not set"):
        values(scenario(tmp_path, history))


def test_no_database_is_opened_over_http():
    """Who sends a scenario does not choose what the server reads."""
    history = {"database": "env:HOSPITAL_DB", "query": "SELECT 1", "column": "occupied"}
    data = {
        "schema": 1,
        "id": "small",
        "horizon": {"start": "2023-03-13", "days": 2},
        "shifts": {"early": {"start": "07:00", "hours": 12}, "night": {"start": "19:00", "hours": 12}},
        "patients": {
            "medical": {
                "demand": {"history": history},
                "length_of_stay": {"mean_days": 5},
                "boarding_cost_per_day": 900,
            }
        },
        "units": {"med-a": {"beds": 40, "cares_for": ["medical"]}},
    }
    with pytest.raises(ScenarioError, match="no databases over HTTP"):
        open_data(data)


def test_hours_become_days_as_the_scenario_says(tmp_path):
    """An arrival an hour is 24 a day."""
    frame(hours=True).to_csv(tmp_path / "hourly.csv", index=False)
    history = "{file: hourly.csv, column: occupied, hour_column: hour, daily: sum, timezone: Europe/London}"
    assert values(scenario(tmp_path, history)) == [24.0] * 30


def test_a_query_without_a_database_is_a_fault(tmp_path):
    """And so is a file beside a database."""
    told = run("validate", scenario(tmp_path, '{file: beds.csv, column: occupied, query: "SELECT 1"}'))
    assert "a database and its query are said together" in told.output
    told = run("validate", scenario(tmp_path, '{file: a.csv, database: "env:X", query: "SELECT 1", column: n}'))
    assert "must say exactly one of file, database and values" in told.output
