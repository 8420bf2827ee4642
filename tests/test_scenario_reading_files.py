"""Scenarios made of several parts: base files, variants, settings, and data without a file."""

from pathlib import Path

import pytest

from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import parse
from optimizer.scenario.varying import Choice
from tests.test_scenario_reading import Small, loaded, told


def test_extends_lays_a_file_over_its_base(tmp_path: Path) -> None:
    """Mappings merge, lists replace, null removes, and both files are named."""
    base = "id: base\nstart: 2023-03-13\nhomes: [med, icu]\nunits: {med: {beds: 3, kind: icu}, icu: {beds: 4}}"
    (tmp_path / "base.yaml").write_text(base)
    over = "extends: base.yaml\nid: a\nstart: null\nhomes: [med]\nunits: {med: {beds: 9}}"
    result = loaded(tmp_path, over)
    units = {"med": {"beds": 9, "kind": "icu"}, "icu": {"beds": 4}}
    assert result.resolved == {"id": "a", "homes": ["med"], "units": units}
    assert [path.name for path in result.files] == ["a.yaml", "base.yaml"]


def test_a_fault_stands_in_the_file_that_wrote_it(tmp_path: Path) -> None:
    """Of two files laid over each other, each value keeps its own place."""
    (tmp_path / "base.yaml").write_text("id: base\nunits:\n  med: {beds: -1}\n  icu: {beds: 1}\n")
    found = told(tmp_path, "extends: base.yaml\nunits: {icu: {beds: -2}}\n")
    assert found[0].startswith("a.yaml:2:21  units.icu.beds: must be 0 or more")
    assert found[1].startswith("base.yaml:3:15  units.med.beds: must be 0 or more")


def test_a_null_under_an_unknown_key_is_still_unknown(tmp_path: Path) -> None:
    """Removing what isn't there is a typo, not a wish granted."""
    (tmp_path / "base.yaml").write_text("id: base\nstart: 2023-03-13\n")
    assert told(tmp_path, "extends: base.yaml\nstrat: null") == ["a.yaml:2:1  strat: unknown key; did you mean start?"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("../b.yaml", "../b.yaml lies outside the scenario's folder; --root names the folder to read below"),
        ("/etc/hostname", "/etc/hostname lies outside the scenario's folder"),
        ("link.yaml", "link.yaml lies outside the scenario's folder"),
        ("bse.yaml", "no such file: bse.yaml; did you mean base.yaml?"),
        ("sub", "sub is a folder"),
        ("[base.yaml]", "must be the name of one file"),
        ('"a\\0b"', "is no file name"),
        ("a.yaml", "runs in a circle: a.yaml, a.yaml"),
        ("loop.yaml", "runs in a circle: a.yaml, loop.yaml, a.yaml"),
    ],
)
def test_extends_reads_only_files_below_the_folder(tmp_path: Path, name: str, fault: str) -> None:
    """Paths that leave the folder, by dots or by a link, circles and missing files are faults at the name."""
    (folder := tmp_path / "in").mkdir()
    (tmp_path / "b.yaml").write_text("id: secret")
    (folder / "link.yaml").symlink_to(tmp_path / "b.yaml")
    (folder / "base.yaml").write_text("id: base")
    (folder / "sub").mkdir()
    (folder / "loop.yaml").write_text("extends: a.yaml")
    (found,) = told(folder, f"extends: {name}")
    assert fault in found
    assert "secret" not in found
    assert ":1:10  extends: " in found


VARIED = """\
id: a
homes: [med]
units: {med: {beds: 3}, icu: {beds: 4}}
variants:
  more: {units.med.beds: 5, homes.0: icu}
  nested: {units: {icu: {beds: 6}}}
  typo: {units.mde.beds: 5}
  wrong: {units.med.beds: -1}
"""


def test_a_variant_changes_what_it_names(tmp_path: Path) -> None:
    """Dotted paths, items of lists and nested mappings all change one thing and leave the rest."""
    plain, more = loaded(tmp_path, VARIED), loaded(tmp_path, VARIED, choice=Choice("more"))
    assert plain.variants == ("more", "nested", "typo", "wrong")
    assert (plain.value.units["med"].beds, more.value.units["med"].beds) == (3, 5)
    assert (more.value.homes, more.value.units["icu"].beds) == (("icu",), 4)
    assert loaded(tmp_path, VARIED, choice=Choice("nested")).value.units["icu"].beds == 6
    assert plain.sha256 != more.sha256
    assert "variants" not in plain.resolved


def test_faults_of_a_variant_stand_in_the_variant(tmp_path: Path) -> None:
    """A path that leads nowhere and a bad value are placed on the variant's own line."""
    assert told(tmp_path, VARIED, choice=Choice("typo")) == [
        "a.yaml:7:10  units.mde.beds: unknown key mde; did you mean med?"
    ]
    assert told(tmp_path, VARIED, choice=Choice("wrong")) == ["a.yaml:8:27  units.med.beds: must be 0 or more, got -1"]


def test_an_unknown_variant_names_those_there_are(tmp_path: Path) -> None:
    """The closest name and the whole list are told."""
    (found,) = told(tmp_path, VARIED, choice=Choice("mor"))
    assert found == "--variant mor: unknown variant; did you mean more? there are more, nested, typo, wrong"


def test_variants_must_be_mappings(tmp_path: Path) -> None:
    """Variants that are no mappings of changes are faults even when none is chosen."""
    (found,) = told(tmp_path, "id: a\nvariants: [b]")
    assert found == "a.yaml:2:11  variants: must be a mapping of names to changes"
    (found,) = told(tmp_path, "id: a\nvariants: {b: 3}")
    assert found.startswith("a.yaml:2:15  variants.b: must be a mapping of changes")


def test_set_changes_one_value(tmp_path: Path) -> None:
    """The value is read as YAML: numbers, lists, a whole new unit, and null to remove."""
    sets = ["units.med.beds=24", "homes=[hdu]", "units.hdu={beds: 2}", "units.icu=null", "start=2023-03-13"]
    result = loaded(tmp_path, VARIED, choice=Choice(sets=tuple(sets)))
    assert result.resolved == {
        "id": "a",
        "homes": ["hdu"],
        "units": {"med": {"beds": 24}, "hdu": {"beds": 2}},
        "start": "2023-03-13",
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("units.med-b.beds=24", "--set units.med-b.beds: unknown key med-b; did you mean med?"),
        ("units.med.bed=24", "--set units.med.bed: unknown key; did you mean beds?"),
        ("unit.med.beds=24", "--set unit.med.beds: unknown key unit; did you mean units?"),
        ("units.med.beds=-2", "--set units.med.beds: must be 0 or more, got -2"),
        ("units.med.beds.x=2", "--set units.med.beds.x: units.med.beds is no mapping, so it has no x"),
        ("homes.1=icu", "--set homes.1: homes is a list of 1; its items are numbered from 0"),
        ("units.med.beds", "--set units.med.beds: must be PATH=VALUE; null removes a key"),
        ("units.med.beds=", "--set units.med.beds=: must be PATH=VALUE; null removes a key"),
        (
            "homes=[a",
            "--set homes: not readable as YAML: a list opened with [ isn't closed, or lacks a comma; it beg",
        ),
        ("months.1=.inf", "--set months.1: must be a finite number"),
        (".".join("a" * 60) + "=1", "a path of more than 50 steps"),
    ],
)
def test_faults_of_set_name_the_option(tmp_path: Path, text: str, fault: str) -> None:
    """A setting that meets nothing, or holds nothing sensible, is a fault of the command line."""
    (found,) = told(tmp_path, VARIED, choice=Choice(sets=(text,)))
    assert fault in found
    assert found.startswith("--set ")


def test_a_key_with_dots_is_met_by_its_whole_name(tmp_path: Path) -> None:
    """A dotted path prefers the longest key that is there."""
    result = loaded(tmp_path, "id: a\nunits: {a.b: {beds: 1}}", choice=Choice(sets=("units.a.b.beds=7",)))
    assert result.value.units["a.b"].beds == 7


def test_set_reaches_fields_not_written_yet(tmp_path: Path) -> None:
    """A field the model has may be set though the file leaves it out."""
    assert loaded(tmp_path, "id: a", choice=Choice(sets=("months.3=1.5",))).value.months == {3: 1.5}


def test_data_without_a_file_read_the_same(tmp_path: Path) -> None:
    """The same scenario as a file and as JSON is the same value under the same sum, variants and settings too."""
    data = {
        "id": "a",
        "units": {"med": {"beds": 3.0}},
        "variants": {"more": {"units.med.beds": 5}},
    }
    text = "variants: {more: {units.med.beds: 5}}\nunits: {med: {beds: 3}}\nid: a"
    assert parse(data, Small).value == loaded(tmp_path, text).value
    assert parse(data, Small).sha256 == loaded(tmp_path, text).sha256
    assert parse(data, Small, choice=Choice("more", ("id=b",))).resolved == {"id": "b", "units": {"med": {"beds": 5}}}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"id": "a", "units": {"a/b": {"beds": -1}}}, "/units/a~1b/beds: must be 0 or more, got -1"),
        ({"id": "a", "unit": {}}, "/unit: unknown key; did you mean units?"),
        ({"id": "a", "extends": "b.yaml"}, "/extends: no files over HTTP; send the whole scenario"),
        (
            {"id": "a", "homes": {"table": "t.csv", "column": "n"}},
            "/homes/table: no files over HTTP; give the numbers themselves as a list",
        ),
        ({"id": "a", "months": {"1": float("nan")}}, "/months/1: must be a finite number"),
        ({"id": "a", "start": object()}, "/start: can't hold object"),
        ({"id": "\ud800"}, "/id: holds an escape that is no character"),
        ({}, "/id: is missing"),
    ],
)
def test_faults_of_data_without_a_file_are_json_pointers(data: dict[str, object], fault: str) -> None:
    """Line 0, no file, and a path that a client can follow."""
    with pytest.raises(ScenarioError) as caught:
        parse(data, Small)
    (found,) = caught.value.faults
    assert (found.file, found.line, found.column) == ("", 0, 0)
    assert str(found) == fault


def test_data_nested_too_deep_are_refused() -> None:
    """Depth is bounded before anything recurses over it."""
    data: dict[str, object] = {}
    for _ in range(200):
        data = {"units": data}
    with pytest.raises(ScenarioError, match="nested more than 50 levels deep"):
        parse(data, Small)
