"""Scenarios as workbooks: what a planner fills in is the scenario that is planned, and nothing is lost on the way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from api.cli import main
from api.errors import Refused
from api.exports.input_book import input_book
from api.starters import scenarios_folder
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_scenario
from optimizer.scenario.load import file_data
from tests.small_ward import small_ward

SHIPPED = sorted(path.relative_to(scenarios_folder()) for path in scenarios_folder().rglob("*.yaml"))


@pytest.mark.parametrize("scenario", SHIPPED, ids=str)
def test_a_shipped_scenario_as_a_workbook_says_the_same(scenario: Path, tmp_path: Path) -> None:
    """Everything its file says, down to variants and what it extends, comes back as it was."""
    data = file_data(scenarios_folder() / scenario)
    book = tmp_path / "book.xlsx"
    book.write_bytes(input_book(data))
    assert file_data(book) == data


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False) | names
    | st.sampled_from(["null", "true", "24", "=1+1", "07:30", "3d", "_x000D_", "#N/A", "[a]", '"', " a ", "\n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
things = st.dictionaries(names, st.dictionaries(names, values, max_size=3), max_size=3)


@given(
    data=st.fixed_dictionaries(
        {"id": names},
        optional={
            "note": values, "units": things, "variants": things, "today": things,
            "cover": st.lists(st.dictionaries(names, values), max_size=3),
            "knobs": st.dictionaries(names, values, max_size=3),
        },
    )
)  # fmt: skip
@hypothesis_settings(max_examples=100)
def test_whatever_a_scenario_may_hold_survives(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    """Any text, number, list and mapping: equal, and of equal kind (1 is not true, text is no number)."""
    book = tmp_path_factory.mktemp("book") / "book.xlsx"
    book.write_bytes(input_book(data))
    assert repr(_ordered(file_data(book))) == repr(_ordered(data))


def _ordered(value: object) -> object:
    """Mappings in order of their keys, and whole floats as the whole numbers that a scenario takes them for."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    whole = isinstance(value, float) and value.is_integer()
    return int(value) if whole and isinstance(value, float) and abs(value) < 2**63 else value


def new(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["new", *map(str, arguments), "--xlsx"])


def test_a_new_workbook_is_planned_like_the_scenario_it_was_made_of(tmp_path: Path) -> None:
    """The same hash, so the same plan."""
    told = new(tmp_path / "mine")
    assert told.exit_code == 0, told.output
    assert "quickstart.xlsx is ready; next:" in told.output
    made = open_scenario(tmp_path / "mine" / "quickstart.xlsx")
    assert made.sha256 == open_scenario(scenarios_folder() / "quickstart.yaml").sha256
    assert not (tmp_path / "mine" / "quickstart.yaml").exists()


def test_a_drafted_workbook_marks_what_was_assumed(tmp_path: Path) -> None:
    """The mean stay that no table gave has a note; the history's file has none."""
    ward = scenarios_folder() / "data" / "occupied.csv"
    assert new(tmp_path / "mine", "--from", ward).exit_code == 0
    page = load_workbook(tmp_path / "mine" / "scenario.xlsx")["patients"]
    noted = {str(page.cell(1, cell.column).value): cell.comment for cell in page[2]}
    assert noted["length_of_stay.mean_days"].text.startswith("assumed: wardwright stays makes your own")
    assert noted["demand.history.file"] is None
    assert open_scenario(tmp_path / "mine" / "scenario.xlsx").value.units["occupied"].beds > 0


def test_a_heading_says_what_its_column_means(tmp_path: Path) -> None:
    """A note on the heading, down to paths within paths; free names such as a ward's have none of their own."""
    assert new(tmp_path / "mine").exit_code == 0
    page = load_workbook(tmp_path / "mine" / "quickstart.xlsx")["units"]
    notes = {str(cell.value): cell.comment and cell.comment.text for cell in page[1]}
    assert notes["beds"] == "beds open without doing anything"
    assert notes["escalation.notice"] == "how long before it opens it must be decided"
    assert notes["id"] is None


def test_nothing_in_the_workbook_is_a_formula(tmp_path: Path) -> None:
    """A ward called =1+1 stays text."""
    data = small_ward(own=3, agency=2.0)
    data["units"]["W"]["name"] = data["name"] = "=1+1"
    cells = [c for page in load_workbook(io.BytesIO(input_book(data))) for row in page.iter_rows() for c in row]
    assert [cell.value for cell in cells if cell.value == "=1+1"] == ["=1+1", "=1+1"]
    assert not [cell for cell in cells if cell.data_type == "f"]


def edited(folder: Path, change: Callable[[Workbook], object]) -> Path:
    """The small ward's workbook with a change."""
    book = load_workbook(io.BytesIO(input_book(small_ward(own=3, agency=2.0, short=50, boarding=10))))
    change(book)
    book.save(folder / "ward.xlsx")
    return folder / "ward.xlsx"


def put(sheet: str, cell: str, value: object) -> Callable[[Workbook], object]:
    """A change of one cell."""

    def change(book: Workbook) -> None:
        page: Worksheet = book[sheet]
        page[cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("units", "B2", -3), r"ward\.xlsx:units!B2  units\.W\.beds: must be 0 or more, got -3"),
        (put("units", "B2", "many"), r'ward\.xlsx:units!B2  units\.W\.beds: must be a whole number, got "many"'),
        (put("units", "B1", "bedz"), r"ward\.xlsx:units!B2  units\.W\.bedz: unknown key; did you mean beds\?"),
        (put("units", "C2", "[med"), r"ward\.xlsx:units!C2  not readable as YAML"),
        (put("units", "A2", None), r"ward\.xlsx:units!A2  units: has no id"),
        (put("units", "A3", "W"), r"ward\.xlsx:units!A3  units\.W: is given twice, first at .*ward\.xlsx:units!A2"),
        (put("units", "D2", 3), r"ward\.xlsx:units!D1  units: has values below but no heading"),
        (put("units", "B2", "=1/0"), r"ward\.xlsx:units!B2  is a formula that was never reckoned; open the workbook"),
        (
            put("scenario", "A5", "horizon.start"),
            r"ward\.xlsx:scenario!A5  horizon\.start: is given twice, first at .*!A4",
        ),
        (lambda book: book.create_sheet("staf"), r"ward\.xlsx:staf!A1  staf: unknown key; did you mean staff\?"),
        (lambda book: book.remove(book["scenario"]), r"ward\.xlsx:1:1  holds no sheet called scenario; wardwright new"),
    ],
)
def test_a_fault_names_its_sheet_and_cell(change: Callable[[Workbook], object], message: str, tmp_path: Path) -> None:
    """And what would cure it."""
    with pytest.raises(ScenarioError, match=message):
        open_scenario(edited(tmp_path, change))


def test_all_faults_of_a_workbook_are_told_at_once(tmp_path: Path) -> None:
    """Two cells, two faults."""

    def change(book: Workbook) -> None:
        book["units"]["B2"] = -3
        book["shifts"]["C2"] = "long"

    with pytest.raises(ScenarioError) as caught:
        open_scenario(edited(tmp_path, change))
    assert {fault.file.rpartition(":")[2] for fault in caught.value.faults} == {"units!", "shifts!"}


def test_days_and_times_typed_into_a_spreadsheet_are_understood(tmp_path: Path) -> None:
    """A date cell for the first day, a time cell for a shift's start, a reckoned number for beds."""
    from datetime import datetime, time

    def change(book: Workbook) -> None:
        rows = {str(row[0].value): row[1] for row in book["scenario"].iter_rows()}
        rows["horizon.start"].value = datetime(2024, 5, 6)
        book["shifts"]["B2"] = time(6, 30)
        book.create_sheet("# my notes")["A1"] = "anything"
        book.create_sheet("data census")["A1"] = "anything"

    found = open_scenario(edited(tmp_path, change)).value
    assert (str(found.horizon.start), found.shifts["D"].start) == ("2024-05-06", 6 * 60 + 30)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"schema: 1\n"])
def test_what_is_no_workbook_is_a_fault(content: bytes, tmp_path: Path) -> None:
    """Whatever its name says."""
    (tmp_path / "ward.xlsx").write_bytes(content)
    with pytest.raises(ScenarioError, match=r"ward\.xlsx:1:1  can't be read: it is no workbook, or a broken one"):
        open_scenario(tmp_path / "ward.xlsx")


def test_a_workbook_that_unfolds_beyond_measure_is_refused(tmp_path: Path) -> None:
    """30 million zeros pack into 30 kilobytes; nothing of them is parsed."""
    with zipfile.ZipFile(tmp_path / "ward.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert (tmp_path / "ward.xlsx").stat().st_size < 40_000
    with pytest.raises(ScenarioError, match=r"ward\.xlsx:1:1  holds more than 20,000,000 bytes unpacked"):
        open_scenario(tmp_path / "ward.xlsx")


def test_a_cell_at_the_end_of_the_world_is_refused(tmp_path: Path) -> None:
    """One figure in the last cell a sheet can have makes 17 billion empty ones before it."""
    with pytest.raises(ScenarioError, match=r"ward\.xlsx:units!A1  has more than 1,000,000 cells"):
        open_scenario(edited(tmp_path, put("units", "XFD1048576", 1)))


def test_a_list_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    """Nothing is cut short in silence."""
    data = small_ward(own=3, agency=2.0)
    data["patients"]["med"]["demand"]["census"] = [6.25] * 10_000
    with pytest.raises(Refused, match=r"B2: 60,000 characters are too long for a cell; name a table instead"):
        input_book(data)


def test_a_workbook_extends_a_file_beside_it(tmp_path: Path) -> None:
    """Only what differs stands in it, and what-ifs may be made of it."""
    told = new(tmp_path / "mine")
    assert told.exit_code == 0, told.output
    more = {"extends": "quickstart.xlsx", "id": "bigger", "units": {"med-a": {"beds": 30}}}
    (tmp_path / "mine" / "bigger.xlsx").write_bytes(input_book(more))
    found = open_scenario(tmp_path / "mine" / "bigger.xlsx", variant="flu_year")
    assert (found.value.units["med-a"].beds, found.value.patients["medical"].demand.uplift) == (30, 0.06)
