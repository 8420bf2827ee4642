"""Tables beside a scenario: which cells are read, which files may be, and where a fault in one stands."""

import os
from pathlib import Path

import pytest
from pydantic import Field

from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import load
from tests.test_scenario_reading import Strict


class Series(Strict):
    """A list of counts, none below 0."""

    id: str = "s"
    counts: list[int] = Field(min_length=2)
    history: str = ""
    column: str = ""
    table: dict[str, int] = {}


def series_told(folder: Path, text: str, **options: object) -> list[str]:
    """Every fault of a file `s.yaml` read into a Series, the folder left out."""
    (folder / "s.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(folder / "s.yaml", Series, **options)  # type: ignore[arg-type]
    return [str(fault).replace(f"{folder}{os.sep}", "") for fault in caught.value.faults]


def test_root_widens_what_may_be_read(tmp_path: Path) -> None:
    """With a root, base files above the scenario's folder are read; their own tables are looked for beside them."""
    (folder := tmp_path / "in").mkdir()
    (tmp_path / "b.yaml").write_text("counts: {table: t.csv, column: n}")
    (tmp_path / "t.csv").write_text("n\n4\n5\n")
    (folder / "s.yaml").write_text("extends: ../b.yaml")
    assert load(folder / "s.yaml", Series, root=tmp_path).value.counts == [4, 5]


def test_a_table_gives_its_column(tmp_path: Path) -> None:
    """The numbers of one column, of the rows asked for, stand in place of the mapping."""
    (tmp_path / "t.csv").write_text('ward,n\n"med, a",3\nicu,4\n\n"med, a", 5.0\n', encoding="utf-8-sig")
    text = 'counts: {table: t.csv, column: n, where: {ward: "med, a"}}'
    (tmp_path / "s.yaml").write_text(text)
    result = load(tmp_path / "s.yaml", Series)
    assert result.value.counts == [3, 5]
    assert result.resolved["counts"] == [3, 5]
    assert [path.name for path in result.files] == ["s.yaml", "t.csv"]


def test_rows_are_chosen_by_number_too(tmp_path: Path) -> None:
    """A number in where meets the same number however the cell writes it."""
    (tmp_path / "t.csv").write_text("year,n\n2023,3\n2024,4\n2024.0,5\n")
    (tmp_path / "s.yaml").write_text("counts: {table: t.csv, column: n, where: {year: 2024}}")
    assert load(tmp_path / "s.yaml", Series).value.counts == [4, 5]


def test_a_key_called_table_may_be_a_field(tmp_path: Path) -> None:
    """Only a table with a file's name is a table."""
    (tmp_path / "s.yaml").write_text("counts: [1, 2]\ntable: {column: 3}")
    assert load(tmp_path / "s.yaml", Series).value.table == {"column": 3}


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("{table: u.csv, column: n}", "s.yaml:1:17  counts.table: no such file: u.csv; did you mean t.csv?"),
        ("{table: ../t.csv, column: n}", "s.yaml:1:17  counts.table: ../t.csv lies outside the scenario's folder"),
        ("{table: t.csv, column: beds}", "s.yaml:1:32  counts.column: t.csv has no column beds; did you mean bed? col"),
        ("{table: t.csv, column: m}", "s.yaml:1:32  counts.column: t.csv has 2 columns called m"),
        ("{table: t.csv, colum: n}", "s.yaml:1:24  counts.colum: unknown key; did you mean column?"),
        ("{table: t.csv}", "s.yaml:1:9  counts.column: must name one column of the table"),
        ("{table: t.csv, column: n, where: x}", "s.yaml:1:42  counts.where: must be a mapping of columns to values"),
        ("{table: t.csv, column: n, where: {bed: 9}}", "s.yaml:1:9  counts: no row of t.csv has bed = 9"),
        ("{table: t.csv, column: bed}", 't.csv:3:4  counts.1: must be a finite number, got "x"'),
        ("{table: empty.csv, column: n}", "empty.csv:1:1  the table is empty"),
        ("{table: head.csv, column: n}", "s.yaml:1:9  counts: head.csv has no rows"),
        ("{table: latin.csv, column: n}", "latin.csv:2:1  is not UTF-8; save the table as CSV in UTF-8"),
        ("{table: quote.csv, column: n}", "quote.csv:2:1  not readable as CSV: "),
    ],
)
def test_faults_of_tables_have_their_places(tmp_path: Path, table: str, fault: str) -> None:
    """A wrong name is told where the scenario writes it, a wrong cell where the table does; nothing is told twice."""
    (tmp_path / "t.csv").write_text("n,bed,m,m\n1,2,0,0\n2,,0,0\n".replace("2,,", "22,x,"))
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "head.csv").write_text("n\n")
    (tmp_path / "latin.csv").write_bytes(b"n,w\n1,caf\xe9\n")
    (tmp_path / "quote.csv").write_text('n\n"1\n')
    (found,) = series_told(tmp_path, f"counts: {table}")
    assert found.startswith(fault)


@pytest.mark.parametrize("cell", ["", "nan", "inf", "1_000", "1e999", "12;5"])
def test_cells_that_are_no_finite_numbers_are_faults(tmp_path: Path, cell: str) -> None:
    """What Python might read as a number, and a planner would not, is refused."""
    (tmp_path / "t.csv").write_text(f"d,n\n1,1\n2,{cell}\n")
    (found,) = series_told(tmp_path, "counts: {table: t.csv, column: n}")
    assert found == f't.csv:3:3  counts.1: must be a finite number, got "{cell}"'


def test_later_faults_about_a_table_point_at_its_cells(tmp_path: Path) -> None:
    """A number that the model refuses is placed in the table, quoted cells before it counted right."""
    (tmp_path / "t.csv").write_text('ward,n\n"a,b",1\n"a,b",2.5\n')
    found = series_told(tmp_path, "counts: {table: t.csv, column: n}")
    # Line 3 is `"a,b",2.5`: the cell starts after the six characters `"a,b",`.
    assert found == ["t.csv:3:7  counts.1: must be a whole number, got 2.5"]


def test_many_bad_cells_are_counted(tmp_path: Path) -> None:
    """Twenty are told one by one, the rest in one line."""
    (tmp_path / "t.csv").write_text("n\n" + "x\n" * 50)
    found = series_told(tmp_path, "counts: {table: t.csv, column: n}")
    assert len(found) == 21
    assert "s.yaml:1:9  counts: 30 more cells of t.csv are no finite numbers" in found


def test_a_table_too_long_is_refused(tmp_path: Path) -> None:
    """More than a million rows are a fault, not a long wait for memory."""
    (tmp_path / "t.csv").write_text("n\n" + "1\n" * 1_000_001)
    (found,) = series_told(tmp_path, "counts: {table: t.csv, column: n}")
    assert found == "t.csv:1000002:1  counts: the table has more than 1,000,000 rows"


def test_histories_are_left_alone_and_can_be_checked(tmp_path: Path) -> None:
    """A file name that is no table stays text; the result says whether the file and its columns are there."""
    (tmp_path / "h.csv").write_text("date,occupied\n2023-03-13,5\n")
    (tmp_path / "s.yaml").write_text("counts: [1, 2]\nhistory: h.csv\ncolumn: ocupied\n")
    result = load(tmp_path / "s.yaml", Series)
    assert result.file(("history",)) == (tmp_path / "h.csv").resolve()
    assert result.check_csv(("history",), {("history",): "date"}) == ()
    (fault,) = result.check_csv(("history",), {("column",): "ocupied"})
    assert (fault.line, fault.column, fault.where) == (3, 9, "column")
    assert fault.message == "h.csv has no column ocupied"
    assert fault.hint == "did you mean occupied? columns: date, occupied"


def test_a_history_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """Asking for a file obeys the same bounds as tables."""
    (tmp_path / "s.yaml").write_text("counts: [1, 2]\nhistory: ../h.csv\n")
    result = load(tmp_path / "s.yaml", Series)
    with pytest.raises(ScenarioError, match=r"history: \.\./h\.csv lies outside the scenario's folder"):
        result.file(("history",))
