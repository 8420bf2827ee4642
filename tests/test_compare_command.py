"""`wardwright compare`: what it takes, what it tells, and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path

from openpyxl import load_workbook

from tests.command import SHIFTS, TWO_WARDS, child, run

WARD = """\
schema: 1
id: ward
currency: GBP
horizon: {start: 2024-01-01, days: 3}
shifts: {D: {start: "07:00", hours: 10}}
units: {W: {beds: 9, cares_for: [med]}}
patients: {med: {demand: {census: 6}, boarding_cost_per_day: 1000}}
staff:
  rn:
    paid: per_shift
    cost_per_shift: 100
    own: {W: 1}
    hours_per_week: 70
    rest: {shifts_in_7_days: 7}
    agency: {multiplier: 2}
    short_cost_per_hour: 1000
cover: [{unit: W, staff: rn, patients_per_person: 3, during: [D]}]
variants:
  nurse: {staff.rn.own.W: 2}
  dearer: {staff.rn.agency.multiplier: 3}
"""
"""Six duties at 100, three of them done by each own nurse, the others by agency at twice the pay: 900."""


def ward(folder: Path) -> Path:
    """The ward in a file."""
    path = folder / "ward.yaml"
    path.write_text(WARD)
    return path


def test_a_scenario_alone_is_set_beside_each_of_its_variants(tmp_path: Path) -> None:
    """900; a nurse more 600; agency at three times the pay 300 + 900 = 1200."""
    told = run("compare", ward(tmp_path))
    assert told.exit_code == 0
    assert "nurse costs 300 GBP less than ward: 600 GBP beside 900" in told.stdout
    assert "dearer costs 300 GBP more than ward: 1,200 GBP beside 900" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 100


def test_variants_are_laid_on_one_another_and_share_the_difference(tmp_path: Path) -> None:
    """The parts of both together are those worked out in test_whatif: -450 and +150 of -300."""
    told = run("compare", ward(tmp_path), "nurse,dearer").stdout
    assert "nurse,dearer costs 300 GBP less than ward" in told
    lines = {line.split()[0]: line.split()[1] for line in told.split("Why the cost differs")[1].splitlines()[2:]}
    assert (lines["staff.rn.own.W"], lines["staff.rn.agency.multiplier"]) == ("-450", "+150")
    assert lines["together"] == "-300"


def test_a_scenario_against_itself_is_empty(tmp_path: Path) -> None:
    """One sentence, and nothing in the JSON's lists."""
    path = ward(tmp_path)
    assert run("compare", path, path).stdout == "ward (2) and ward differ in nothing\n"
    (other,) = json.loads(run("compare", path, path, "--json").stdout)["others"]
    assert (other["inputs"], other["cost_that_differs"], other["figures_that_differ"]) == ([], [], [])
    assert (other["difference"], other["attribution"]["parts"]) == (0.0, [])


def test_files_variants_and_plan_folders_can_be_mixed(tmp_path: Path) -> None:
    """A plan made before, a variant by FILE:VARIANT, and --set laid on what is read from files."""
    path = ward(tmp_path)
    assert run("plan", path, "-o", tmp_path / "plan").exit_code == 0
    found = json.loads(
        run("compare", tmp_path / "plan", f"{path}:nurse", "--set", "staff.rn.cost_per_shift=90", "--json").stdout
    )
    assert found["first"]["total"] == 900.0
    (other,) = found["others"]
    assert (other["name"], other["total"]) == ("nurse", 540.0)
    assert {each["path"] for each in other["inputs"]} == {"staff.rn.own.W", "staff.rn.cost_per_shift"}
    assert abs(sum(part["money"] for part in other["attribution"]["parts"]) + 360.0) < 1e-6


def test_an_option_without_a_plan_is_told_and_ends_with_its_code() -> None:
    """Ten nurses can't meet everything: exit 3, inputs told, no cost."""
    told = run("compare", SHIFTS, "capped")
    assert told.exit_code == 3
    assert "capped beside shifts: no plan of capped, so no cost to compare" in told.stdout
    assert "staff.nurse.own" in told.stdout


def test_a_word_that_names_nothing_is_refused_with_what_there_is(tmp_path: Path) -> None:
    """Before anything is planned."""
    told = run("compare", ward(tmp_path), "nurs")
    assert told.exit_code == 2
    assert "nurs is no scenario file, no FILE:VARIANT and no plan folder; variants of" in told.stderr
    assert "nurse, dearer" in told.stderr
    alone = run("compare", SHIFTS.with_name("README.md"))
    assert alone.exit_code == 2


def test_faults_of_all_options_are_told_at_once(tmp_path: Path) -> None:
    """Two files, two faults, one message."""
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(WARD.replace("beds: 9", "beds: -9"))
    told = run("compare", tmp_path / "a.yaml", tmp_path / "b.yaml")
    assert told.exit_code == 2
    assert told.stderr.count("units.W.beds: must be 0 or more, got -9") == 2


def test_currencies_that_differ_are_refused(tmp_path: Path) -> None:
    """Pounds less euros is no money."""
    (tmp_path / "b.yaml").write_text(WARD.replace("GBP", "EUR"))
    told = run("compare", ward(tmp_path), tmp_path / "b.yaml")
    assert told.exit_code == 2
    assert "can't be compared: ward in GBP and b in EUR" in told.stderr


def test_piped_output_holds_the_comparison_alone(tmp_path: Path) -> None:
    """No progress where nobody watches."""
    ended = child("compare", TWO_WARDS, "full", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("full costs ")


def test_a_comparison_is_written_as_markdown_json_excel_and_pictures(tmp_path: Path) -> None:
    """Equal runs write equal Markdown, JSON and pictures; the folder is replaced by force alone."""
    path, out = ward(tmp_path), tmp_path / "out"
    assert run("compare", path, "nurse,dearer", "-o", out).exit_code == 0
    written = {file.name: file.read_bytes() for file in out.iterdir()}
    assert set(written) == {
        "comparison.md",
        "comparison.json",
        "comparison.xlsx",
        "waterfall-1.svg",
        "waterfall-1.png",
    }
    assert "| staff.rn.own.W | -450 | exactly |" in written["comparison.md"].decode()
    assert written["waterfall-1.png"].startswith(b"\x89PNG")
    assert run("compare", path, "nurse,dearer", "-o", out).exit_code == 2
    assert run("compare", path, "nurse,dearer", "-o", out, "--force").exit_code == 0
    again = {file.name: file.read_bytes() for file in out.iterdir()}
    assert [name for name in written if name != "comparison.xlsx" and again[name] != written[name]] == []


def test_excel_holds_numbers_as_numbers_and_text_as_text(tmp_path: Path) -> None:
    """A scenario called =1+1 stays text, and no cell is a formula."""
    path = ward(tmp_path)
    evil = path.with_name("=1+1.yaml")
    evil.write_text(WARD.replace("census: 6", "census: 9"))
    assert run("compare", path, evil, "-o", tmp_path / "out").exit_code == 0
    book = load_workbook(io.BytesIO((tmp_path / "out" / "comparison.xlsx").read_bytes()))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    side = {row[0].value: row for row in book["Side by side"].iter_rows()}
    assert (side["=1+1"][0].data_type, side["=1+1"][1].value) == ("s", 1500.0)  # 9 duties: 3 own, 6 agency at 200
    assert side["ward"][1].value == 900.0


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    """Not even by force; found out before anything is planned."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    told = run("compare", ward(tmp_path), "nurse", "-o", tmp_path / "out", "--force")
    assert told.exit_code == 2
    assert "is no comparison (it holds no comparison.json)" in told.stderr
