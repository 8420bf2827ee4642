"""Small files that mean a great deal: each is refused with words before it fills memory, at whatever door it comes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import Workbook
from pyarrow import parquet

from forecasting import sources_bounds
from forecasting.errors import HistoryError
from forecasting.sources import TableSource, open_table
from optimizer.scenario import headers
from optimizer.scenario.headers import header_of
from optimizer.scenario.overlay import Unreadable
from tests.command import run

ROWS = b"date,patients\n" + b"2023-01-01,5\n" * 400_000
"""5.2 MB that pack into less than a three-hundredth."""


def read(path: Path) -> int:
    """How many rows a table has."""
    return sum(1 for _ in open_table(TableSource(path)).rows)


def packed(path: Path, content: bytes) -> Path:
    """A file packed by gzip."""
    path.write_bytes(gzip.compress(content, 9))
    return path


def test_a_table_that_unfolds_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """5.2 MB out of some 13 kB: more than 300 times, with the 50 MB that are free set down to one."""
    monkeypatch.setattr(sources_bounds, "LEAST_UNPACKED", 1_000_000)
    path = packed(tmp_path / "beds.csv.gz", ROWS)
    assert len(ROWS) > sources_bounds.MOST_TIMES * path.stat().st_size
    with pytest.raises(HistoryError, match="unpacks to more than 300 times its size"):
        read(path)


def test_a_table_packed_as_tables_are_is_read(tmp_path: Path) -> None:
    """Of 1,000 rows and a header."""
    rows = "".join(f"2023-01-01,{number}\n" for number in range(1000))
    assert read(packed(tmp_path / "beds.csv.gz", f"date,patients\n{rows}".encode())) == 1000


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_a_line_without_end_is_refused(tmp_path: Path, ending: str) -> None:
    """5 MB without a break, packed or not: refused at its line after a million characters."""
    content, path = b"date,patients\n" + b"7" * 5_000_000, tmp_path / f"beds{ending}"
    packed(path, content) if ending.endswith("gz") else path.write_bytes(content)
    with pytest.raises(HistoryError, match="a line of more than 1,000,000 characters") as caught:
        read(path)
    assert caught.value.line == 2


def test_a_quote_that_never_closes_is_refused(tmp_path: Path) -> None:
    """A cell of the rest of the file is no cell."""
    path = tmp_path / "beds.csv"
    path.write_text('date,patients\n2023-01-01,"' + "5\n" * 200_000, encoding="utf-8")
    with pytest.raises(HistoryError, match="cannot be read as CSV: field larger than field limit"):
        read(path)


def vast_workbook(path: Path) -> Path:
    """A workbook with a part of a million noughts, which pack into a thousand bytes."""
    Workbook().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/noughts.bin", bytes(1_000_000))
    return path


def test_a_workbook_that_unfolds_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what its list of parts says, with the bound set down to half a million: as a history and as its header."""
    path = vast_workbook(tmp_path / "beds.xlsx")
    for module in (sources_bounds, headers):
        monkeypatch.setattr(module, "MOST_UNPACKED", 500_000)
    with pytest.raises(HistoryError, match="unpacks to more than 500,000 bytes"):
        read(path)
    with pytest.raises(Unreadable) as caught:
        header_of(path, "beds.xlsx")
    assert "unpacks to more than 500,000 bytes" in caught.value.fault.message


def test_a_parquet_file_of_endless_rows_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows of one value fit into a few kB; with the bound set down to 500,000 they are too many."""
    path = tmp_path / "beds.parquet"
    parquet.write_table(pa.table({"patients": pa.array([5] * 1_000_000)}), path)
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(sources_bounds, "MOST_CELLS", 500_000)
    with pytest.raises(HistoryError, match="more than 500,000 cells"):
        read(path)


DEEP = '{"resourceType": "Bundle", "entry": [{"resource": '
BED = {"resourceType": "Location", "id": "b", "physicalType": {"coding": [{"code": "bd"}]}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (DEEP * 40 + "{}" + "}]}" * 40, "nested too deeply"),
        ('{"resourceType": "x", "a": ' + "[" * 200_000, "nested too deeply"),
    ],
)
def test_a_bundle_nested_without_end_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Bundles in bundles, and lists in lists: exit 2 with words."""
    file = tmp_path / "deep.json"
    file.write_text(text, encoding="utf-8")
    done = run("import", file, "-o", tmp_path / "out")
    assert (done.exit_code, told in done.output) == (2, True)


def test_beds_that_stand_in_each_other_are_read(tmp_path: Path) -> None:
    """A bed that is its own ward is no circle to run in."""
    file = tmp_path / "beds.json"
    file.write_text(json.dumps({**BED, "partOf": {"reference": "Location/b"}}), encoding="utf-8")
    assert run("import", file, "-o", tmp_path / "out").exit_code == 0


def test_a_scenario_that_refers_to_itself_a_billion_times_is_refused(tmp_path: Path) -> None:
    """The laughs: ten aliases of ten aliases, nine deep, in 400 bytes."""
    lines = ['a0: &a0 ["x"]', *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
    file = tmp_path / "laughs.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = run("validate", file)
    assert done.exit_code == 2
    assert "laughs.yaml:" in done.output


def test_a_workbook_of_a_scenario_that_unfolds_beyond_measure_is_refused(tmp_path: Path) -> None:
    """70 MB of noughts in some 70 kB: exit 2 before it is unpacked."""
    path, part = tmp_path / "ward.xlsx", io.BytesIO()
    Workbook().save(part)
    with zipfile.ZipFile(part, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/noughts.bin", bytes(70_000_000))
    path.write_bytes(part.getvalue())
    done = run("validate", path)
    assert (done.exit_code, "bytes unpacked" in done.output) == (2, True)
