"""Tables of every kind are read alike, secrets are never shown, and personal columns are refused."""

import gzip
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from forecasting import HistoryError, HistorySource, read_history
from forecasting.sources import TableSource, open_table
from forecasting.sources_personal import personal

FIRST = date(2023, 1, 2)
DAYS = [FIRST + timedelta(days=day) for day in range(20)]
SOUND = [(day.isoformat(), str(20 + at)) for at, day in enumerate(DAYS)]


def frame() -> pd.DataFrame:
    """Twenty days with 20, 21, ... patients, the third one missing."""
    data = pd.DataFrame({"date": pd.to_datetime(DAYS), "occupied": [20.0 + at for at in range(20)]})
    data.loc[2, "occupied"] = None
    return data


def csv_file(folder: Path, header: str = "date,occupied", rows: list[tuple[str, ...]] = SOUND, mark: str = ",") -> Path:
    path = folder / "occupied.csv"
    path.write_text("\n".join([header, *(mark.join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def read(path: Path | str, **options: object) -> tuple[list[float], list[str]]:
    history = read_history(HistorySource(path, "occupied", **options))
    return history.values.tolist(), [str(note) for note in history.notes]


def check_same(path: Path | str, name: str, line: int, **options: object) -> None:
    """The frame of twenty days came through: its third value missing, told at its row."""
    values, notes = read(path, **options)
    assert values[:2] == [20.0, 21.0]
    assert values[3:] == [float(20 + at) for at in range(3, 20)]
    assert notes == [f"{name}:{line}:12  warning: no value on 2023-01-04; taken as missing"]


def test_a_workbook_is_read_with_its_own_row_numbers(tmp_path):
    """A title and a blank line stand above the header in row 3: the third value is in row 6."""
    path = tmp_path / "beds.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="notes", index=False)
        frame().to_excel(book, sheet_name="beds", index=False, startrow=2)
        book.sheets["beds"]["A1"] = "Beds occupied at midnight"
    check_same(path, "beds.xlsx", 6, sheet="beds")


def test_a_sheet_that_is_not_there_is_met_with_the_nearest_name(tmp_path):
    """`bed` is a slip for `beds`."""
    path = tmp_path / "beds.xlsx"
    frame().to_excel(path, sheet_name="beds", index=False)
    with pytest.raises(HistoryError, match=r"has no sheet 'bed'; did you mean beds\?"):
        read(path, sheet="bed")


def test_a_damaged_workbook_is_an_error_and_no_crash(tmp_path):
    """Text under an .xlsx name is no workbook."""
    path = tmp_path / "beds.xlsx"
    path.write_text("date,occupied\n")
    with pytest.raises(HistoryError, match="cannot be read as an Excel workbook"):
        read(path)


def test_parquet_is_read(tmp_path):
    """The header counts as row 1, so the third value is in row 4."""
    path = tmp_path / "beds.parquet"
    frame().to_parquet(path)
    check_same(path, "beds.parquet", 4)


def test_an_index_of_dates_is_a_column(tmp_path):
    """Frames are often stored with the date as their index."""
    path = tmp_path / "beds.parquet"
    frame().set_index("date").to_parquet(path)
    check_same(path, "beds.parquet", 4)


def test_a_packed_file_is_read(tmp_path):
    """A .csv.gz is read as the .csv inside."""
    path = tmp_path / "beds.csv.gz"
    path.write_bytes(gzip.compress(csv_file(tmp_path).read_bytes()))
    assert len(read(path)[0]) == 20


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_between_cells_are_found(tmp_path, mark):
    """Spreadsheets in many countries write semicolons."""
    assert len(read(csv_file(tmp_path, f"date{mark}occupied", mark=mark))[0]) == 20


@pytest.fixture
def database(tmp_path, monkeypatch):
    """A database whose URL stands in the environment; the table `wards` holds the frame."""
    path = tmp_path / "hospital.db"
    with sqlite3.connect(path) as connection:
        data = frame().assign(date=[day.isoformat() for day in DAYS])
        data.to_sql("wards", connection, index=False)
    connection.close()
    monkeypatch.setenv("HOSPITAL_DB", f"sqlite:///{path}")
    return "env:HOSPITAL_DB"


def test_a_database_is_read_by_a_query(database):
    """What the query finds is a table like any other; messages name the variable, not the URL."""
    check_same(database, "env:HOSPITAL_DB", 4, query="SELECT date, occupied FROM wards ORDER BY date")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (None, "say by a query what to read"),
        ("DROP TABLE wards", "histories are only read"),
        ("SELECT 1; DELETE FROM wards", "histories are only read"),
        ("SELECT nobody FROM wards", "cannot be read: no such column: nobody"),
    ],
)
def test_a_query_that_cannot_be_run_is_an_error(database, query, said):
    """Only one SELECT is run, and what the database says is passed on."""
    with pytest.raises(HistoryError, match=said):
        read(database, query=query)


def test_a_password_in_plain_sight_is_refused_and_not_repeated():
    """The message says how to hide it, and does not hold it."""
    with pytest.raises(HistoryError, match="write env:NAME") as told:
        read("postgresql://planner:hunter2@db/hospital", query="SELECT 1")
    assert "hunter2" not in str(told.value)
    assert "planner" not in str(told.value)


def test_a_variable_that_is_not_set_is_named():
    """So that one sees which to set."""
    with pytest.raises(HistoryError, match="the environment variable 'NO_SUCH_DB' is not set"):
        read("env:NO_SUCH_DB", query="SELECT 1")


def test_a_database_that_cannot_be_reached_does_not_tell_its_url(monkeypatch):
    """Drivers like to repeat where they failed to connect; the URL and its password stay out of what is said."""
    monkeypatch.setenv("HOSPITAL_DB", "nosuchdb://planner:hunter2@db/hospital")
    with pytest.raises(HistoryError, match="env:HOSPITAL_DB:1:1  cannot be read") as told:
        read("env:HOSPITAL_DB", query="SELECT 1")
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    "name",
    [
        "Patient_ID",
        "PatientName",
        "surname",
        "date_of_birth",
        "DOB",
        "NHS Number",
        "ssn",
        "postcode",
        "姓名",
        "身份证号",
    ],
)
def test_columns_about_persons_are_refused(tmp_path, name):
    """The name of the column is told, never a cell of it."""
    rows = [(*row, "secret") for row in SOUND]
    with pytest.raises(HistoryError, match=f"holds personal data.*'{name}'") as told:
        read(csv_file(tmp_path, f"date,occupied,{name}", rows))
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "name", ["births", "hospital_name", "ward_name", "mobile_xrays", "admissions", "site", "group"]
)
def test_columns_about_wards_are_not_personal(name):
    """A maternity ward counts births, and hospitals have names."""
    assert personal(name, ["Northgate", "Southgate"] * 10) == ""


def test_identity_numbers_are_known_by_their_check_digit():
    """943 476 5919: 9*10+4*9+3*8+4*7+7*6+6*5+5*4+9*3+1*2 = 299 = 27*11+2, so the last digit is 11-2 = 9."""
    assert personal("code", ["943 476 5919"] * 10) == "NHS numbers"
    assert personal("code", ["943 476 5918"] * 10) == ""


def test_names_in_most_rows_are_a_persons():
    """A column `name` that is different in most rows is no ward's."""
    assert personal("name", ["Ann", "Bob", "Cy", "Dee"]) != ""
    assert personal("name", ["Med A", "Med B"] * 4) == ""


def test_a_doubled_column_name_means_the_first(tmp_path):
    """Two columns of one name: the first is read, as a spreadsheet's reader would expect."""
    path = csv_file(tmp_path, "date,occupied,occupied", [(*row, "7") for row in SOUND])
    assert read(path)[0][0] == 20.0


def test_columns_keep_their_order(tmp_path):
    """What is told of a table follows its columns."""
    assert list(open_table(TableSource(csv_file(tmp_path))).columns) == ["date", "occupied"]
