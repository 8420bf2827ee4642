"""`wardwright show --resolved`: what is planned, and where each value of it is from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from api.show_command import origins, resolved_text, text
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.load import load
from optimizer.scenario.model import Scenario
from tests.command import TWO_WARDS, run
from tests.test_compare_command import WARD

SCENARIOS = Path(__file__).parents[1] / "scenarios"
EVERY_FILE = sorted(path.relative_to(SCENARIOS) for path in SCENARIOS.rglob("*.yaml"))


def shown(folder: Path, *words: str) -> dict[str, str]:
    """Where the value at the end of each line of `show` is from, by the line without blanks."""
    told = run("show", folder / "ward.yaml", *words)
    assert told.exit_code == 0, told.stderr
    lines = [line.split("  # ") for line in told.stdout.splitlines() if "  # " in line]
    return {line.strip(): origin.replace(f"{folder}/", "") for line, origin in lines}


def test_each_value_tells_where_it_is_from(tmp_path: Path) -> None:
    """The base file, the file over it, a variant of each, a table's lines and --set."""
    (tmp_path / "base.yaml").write_text(WARD)
    (tmp_path / "needs.csv").write_text("n\n2\n3\n4\n")
    over = "extends: base.yaml\nname: Over\ncover:\n- {unit: W, staff: rn, people: {table: needs.csv, column: n}}\n"
    (tmp_path / "ward.yaml").write_text(over + "variants:\n  small: {units.W.beds: 3, 'staff.rn.own': {W: 5}}\n")
    found = shown(tmp_path, "--variant", "dearer,small", "--set", "units.W.beds=8", "--set", "id=mine")
    assert found["id: mine"] == "--set"
    assert found["name: Over"] == "ward.yaml:2"
    assert found["currency: GBP"] == "base.yaml:3"
    assert found["beds: 8"] == "--set"
    assert found["W: 5"] == "variant small, ward.yaml:6"
    assert found["multiplier: 3"] == "variant dearer, base.yaml:20"
    assert found["people: [2, 3, 4]"] == "needs.csv:2-4"


def test_a_list_changed_in_part_is_told_item_by_item(tmp_path: Path) -> None:
    """One of three figures is from --set; the others stay the file's."""
    (tmp_path / "ward.yaml").write_text(WARD.replace("census: 6", "census: [6, 7, 8]"))
    found = shown(tmp_path, "--set", "patients.med.demand.census.1=9")
    assert (found["- 6"], found["- 9"]) == ("ward.yaml:7", "--set")
    assert "census: [6, 7, 8]" not in found


@pytest.mark.parametrize("file", EVERY_FILE, ids=str)
def test_what_is_shown_reads_back_as_the_same_scenario(file: Path, tmp_path: Path) -> None:
    """Every scenario that ships; its histories are not looked for."""
    planned = open_scenario(SCENARIOS / file, root=SCENARIOS)
    (tmp_path / "again.yaml").write_text(resolved_text(planned), encoding="utf-8")
    assert load(tmp_path / "again.yaml", Scenario).sha256 == planned.sha256


def test_data_without_a_file_tell_variants_and_the_request() -> None:
    """Over HTTP the origins are named by pointer."""
    data = {**open_scenario(TWO_WARDS).resolved, "variants": {"few": {"units.MED.beds": 20}}}
    found = origins(open_data(data, variant="few", sets=["id=x"]))
    assert (found["/units/MED/beds"], found["/units/ICU/beds"], found["/id"]) == ("variant few", "the request", "--set")


@settings(max_examples=150)
@given(st.one_of(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), st.integers(), st.booleans()))
def test_any_text_reads_back_as_it_is(value: str | int | bool) -> None:
    """NO, 22:30, blanks and quotes stay text; numbers stay numbers."""
    if isinstance(value, str) and re.search("[\u0085\u2028\u2029\ufeff\ufffe\uffff]", value):
        return
    assert YAML(typ="safe", pure=True).load(f"a: {text(value)}  # where\n") == {"a": value}
