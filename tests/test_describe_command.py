"""`wardwright describe`: what it prints and writes, and how it refuses."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from tests.command import child, run

WINTERS = Path(__file__).parent / "data" / "history" / "winters.csv"
FIRST = date(2023, 1, 2)


@pytest.fixture
def beds(tmp_path) -> Path:
    """Ten weeks of 20, 21, ... patients, weekends two fewer; one cell is -3 (line 12), one day is given twice."""
    rows = [f"{FIRST + timedelta(days=at)},{20 + at // 7 - 2 * (at % 7 > 4)}" for at in range(70)]
    rows[10] = f"{FIRST + timedelta(days=10)},-3"
    path = tmp_path / "beds.csv"
    path.write_text("\n".join(["date,occupied", *rows, f"{FIRST + timedelta(days=69)},30"]) + "\n")
    return path


def test_a_real_history_is_told_in_a_hundred_columns():
    """Three series of six winters: figures, weekdays, holidays, what goes together, what was cured."""
    told = run("describe", WINTERS, "--country", "GB", "--subdivision", "ENG")
    assert told.exit_code == 0
    assert max(map(len, told.output.splitlines())) <= 100
    for words in ("held to beds: ga_occ to ga_open", "Weekday explains", "Christmas Day", "What drives it: it depends"):
        assert words in told.output


def test_every_cure_is_told_with_its_row(beds):
    """The negative cell in line 12 and the doubled day in line 72."""
    told = run("describe", beds).output
    assert "negative values: 1 (row 12); occupied: -3 on 2023-01-12 is negative; taken as missing" in told
    assert "days given twice: 1 (row 72)" in told


def test_beds_that_never_change_take_one_line(tmp_path):
    """A column of 28 beds beside the patients in them is told as that, without weekdays of nothing."""
    path = tmp_path / "census.csv"
    rows = [f"{FIRST + timedelta(days=at)},{20 + at % 5},28" for at in range(70)]
    path.write_text("\n".join(["date,patients,beds", *rows]) + "\n")
    told = run("describe", path).output
    assert "70 days known  none missing  in 1 piece  always 28" in told
    assert told.count("Weekday explains") == 1
    assert told.count("What drives it") == 1


def test_json_holds_every_change_with_before_and_after(beds):
    """Nothing else is printed on standard output."""
    data = json.loads(run("describe", beds, "--json").stdout)
    assert data["columns"]["counts"] == ["occupied"]
    change = data["cleaning"][0]
    assert (change["row"], change["when"], change["before"], change["after"]) == (12, "2023-01-12", "-3", "")
    assert data["series"][0]["figures"]["count"] == 69
    assert data["described"][0]["rhythms"][0]["factor"] == "weekday"


def test_equal_data_give_equal_json(beds):
    """To the byte, so that runs can be compared."""
    assert run("describe", beds, "--json").stdout == run("describe", beds, "--json").stdout


def test_a_folder_holds_text_data_cleaning_and_pictures(beds, tmp_path):
    """The cleaning report is a CSV with a row for each change."""
    folder = tmp_path / "out"
    assert run("describe", beds, "-o", folder).exit_code == 0
    names = {"description.html", "description.txt", "description.json", "cleaning.csv", "occupied.svg", "occupied.png"}
    assert {path.name for path in folder.iterdir()} == names
    rows = list(csv.DictReader(io.StringIO((folder / "cleaning.csv").read_text())))
    assert [(row["series"], row["row"], row["before"], row["after"]) for row in rows] == [
        ("occupied", "12", "-3", ""),
        ("occupied", "72", "27", "30"),
    ]


def test_a_page_stands_alone(beds, tmp_path):
    """Its picture is inside and it names no other file."""
    page = tmp_path / "page.html"
    assert run("describe", beds, "--html", page).exit_code == 0
    text = page.read_text()
    assert "<svg" in text
    assert "src=" not in text


def test_what_exists_is_not_replaced_unasked(beds, tmp_path):
    """Exit 2 before any work; --force replaces a folder of ours, and no other."""
    ours, other = tmp_path / "ours", tmp_path / "other"
    run("describe", beds, "-o", ours)
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    assert run("describe", beds, "-o", ours).exit_code == 2
    assert run("describe", beds, "-o", ours, "--force").exit_code == 0
    assert run("describe", beds, "-o", other, "--force").exit_code == 2
    assert (other / "thesis.txt").read_text() == "mine"


def test_a_name_that_picks_nothing_ends_with_2(beds):
    """And the nearest name."""
    told = run("describe", beds, "--series", "ocupied")
    assert told.exit_code == 2
    assert "did you mean occupied?" in told.output


def test_personal_columns_end_with_2_and_no_cell_is_shown(tmp_path):
    """Nothing of the table is told."""
    path = tmp_path / "ward.csv"
    path.write_text("date,surname,beds\n2023-01-02,Miller,5\n")
    told = run("describe", path)
    assert told.exit_code == 2
    assert "holds personal data" in told.output
    assert "Miller" not in told.output


def test_a_missing_file_ends_with_2():
    """A plain sentence, no traceback."""
    told = run("describe", "nowhere.csv")
    assert told.exit_code == 2
    assert "nowhere.csv:1:1  cannot be opened" in told.output


def test_a_condition_without_a_value_is_a_usage_fault(beds):
    """`--where trust` says of what, not which."""
    told = run("describe", beds, "--where", "trust")
    assert told.exit_code == 2
    assert "write it as NAME=VALUE" in told.output


def test_many_series_are_an_overview_until_one_is_named(tmp_path):
    """Eight hospitals: a line each; --series tells one in detail beside the rest."""
    dates = [FIRST + timedelta(days=at) for at in range(60)]
    data = pd.DataFrame({f"h{site}": [50 + site + at % 7 for at in range(60)] for site in range(8)}, index=dates)
    data.rename_axis("date").to_csv(tmp_path / "wide.csv")
    told = run("describe", tmp_path / "wide.csv").output
    assert "Name series with --series" in told
    assert "What drives it" not in told
    assert "What drives it" in run("describe", tmp_path / "wide.csv", "--series", "h3").output


def test_a_page_of_many_series_shows_them_at_a_glance(tmp_path):
    """Thirty hospitals: one picture of the first 24, whose names it holds."""
    dates = [FIRST + timedelta(days=at) for at in range(60)]
    data = pd.DataFrame({f"h{site}": [50 + site + at % 7 for at in range(60)] for site in range(30)}, index=dates)
    data.rename_axis("date").to_csv(tmp_path / "wide.csv")
    assert run("describe", tmp_path / "wide.csv", "--html", tmp_path / "page.html").exit_code == 0
    page = (tmp_path / "page.html").read_text()
    assert "The first 24 series" in page
    assert page.count("<svg") == 1
    assert "<!-- h23 -->" in page
    assert "<!-- h24 -->" not in page


def test_help_loads_nothing_slow():
    """The command line with its options starts without pandas, scipy or matplotlib."""
    code = (
        "import sys; import api.cli; "
        "print([name for name in ('pandas', 'scipy', 'matplotlib', 'sqlalchemy', 'numpy') if name in sys.modules])"
    )
    assert child(code=code).stdout.strip() == "[]"


def test_describing_loads_no_more_than_it_needs(beds):
    """A CSV without pictures needs neither pandas nor matplotlib nor a database's library."""
    code = (
        "from click.testing import CliRunner; from api.cli import main; CliRunner().invoke(main, sys.argv[1:]); "
        "print([name for name in ('pandas', 'matplotlib', 'sqlalchemy', 'sklearn') if name in sys.modules])"
    )
    assert child("describe", beds, code=code).stdout.strip() == "[]"


def test_a_table_without_one_usable_series_ends_with_2(tmp_path):
    """A value a month for a year: nothing to describe, and the reason."""
    path = tmp_path / "monthly.csv"
    path.write_text("month,seen\n" + "".join(f"2023-{month:02d}-01,5\n" for month in range(1, 13)))
    told = run("describe", path)
    assert told.exit_code == 2
    assert "no usable series; seen: has one value every 31 days" in told.output


def test_dates_written_otherwise_are_read_when_told_how(tmp_path):
    """Day first, as in a British spreadsheet."""
    path = tmp_path / "british.csv"
    path.write_text("day,seen\n" + "".join(f"{day:02d}/01/2023,5\n" for day in range(1, 31)))
    assert run("describe", path).exit_code == 2
    assert "seen, by day, 2023-01-01 to 2023-01-30" in run("describe", path, "--date-format", "%d/%m/%Y").output
