"""What-ifs in a scenario's own words: variants laid on one another, knobs, and the points of a sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import parse
from optimizer.scenario.varying import Choice, composed
from tests.command import run, varied
from tests.test_scenario_reading import Small, loaded, told

SAID = """\
id: a
units: {med: {beds: 3}, icu: {beds: 4}}
variants:
  more: {units.med.beds: 5, units.icu.kind: icu}
  most: {units.med.beds: 9}
  turned: {beds: 7}
knobs: {beds: units.med.beds, all: [units.med.beds, units.icu.beds]}
sweep: {beds: [0, 10, 20], variant: [null, more, "more,most"]}
"""


def test_variants_are_laid_left_to_right(tmp_path: Path) -> None:
    """What a later variant names wins; what only an earlier one names stays."""
    beds = {
        listed: loaded(tmp_path, SAID, choice=Choice(listed)).value.units["med"].beds
        for listed in ("more,most", "most,more", "more", " most , most ")
    }
    assert beds == {"more,most": 9, "most,more": 5, "more": 5, " most , most ": 9}
    assert loaded(tmp_path, SAID, choice=Choice("more,most")).value.units["icu"].kind == "icu"


def test_set_is_laid_on_variants(tmp_path: Path) -> None:
    """The command line has the last word."""
    choice = Choice("more,most", ("units.med.beds=1",))
    assert loaded(tmp_path, SAID, choice=choice).value.units["med"].beds == 1


def test_each_unknown_variant_of_several_is_told(tmp_path: Path) -> None:
    """Two typos are two faults."""
    found = told(tmp_path, SAID, choice=Choice("mor,more,mosst"))
    assert [fault.partition(";")[0] for fault in found] == [
        "--variant mor: unknown variant",
        "--variant mosst: unknown variant",
    ]


def test_a_base_lends_its_variants_knobs_and_sweep(tmp_path: Path) -> None:
    """A file that extends another may use and add to them."""
    (tmp_path / "base.yaml").write_text(SAID)
    text = "extends: base.yaml\nvariants: {least: {all: 1}, most: null}\n"
    found = loaded(tmp_path, text, choice=Choice("more,least"))
    assert found.variants == ("more", "turned", "least")
    assert [unit.beds for unit in found.value.units.values()] == [1, 1]
    assert found.sweep["beds"] == (0, 10, 20)


def test_a_knob_turns_all_its_paths(tmp_path: Path) -> None:
    """`--set` and variants may name a knob in place of paths."""
    assert loaded(tmp_path, SAID, choice=Choice("turned")).value.units["med"].beds == 7
    units = loaded(tmp_path, SAID, choice=Choice(sets=("all=2",))).value.units
    assert [unit.beds for unit in units.values()] == [2, 2]


def test_a_point_of_the_sweep_is_picked_by_number(tmp_path: Path) -> None:
    """The last of three bed counts, with the second variant, beneath what --set says."""
    found = loaded(tmp_path, SAID, choice=Choice(pick={"beds": 2, "variant": 1}))
    assert (found.value.units["med"].beds, found.value.units["icu"].kind) == (20, "icu")
    assert found.sweep == {"beds": (0, 10, 20), "variant": (None, "more", "more,most")}


def test_over_adds_an_axis_or_replaces_one(tmp_path: Path) -> None:
    """What the command line sweeps over stands beside the scenario's own axes."""
    over = ("beds=[1, 2]", "units.icu.beds=[5]")
    found = loaded(tmp_path, SAID, choice=Choice(over=over, pick={"beds": 1, "units.icu.beds": 0}))
    assert found.sweep == {"beds": (1, 2), "variant": (None, "more", "more,most"), "units.icu.beds": (5,)}
    assert [unit.beds for unit in found.value.units.values()] == [2, 5]


def test_the_model_never_sees_what_varies_it(tmp_path: Path) -> None:
    """Neither variants nor knobs nor the sweep are part of what is planned, or of its hash."""
    bare = "id: a\nunits: {med: {beds: 3}, icu: {beds: 4}}"
    assert loaded(tmp_path, SAID).sha256 == loaded(tmp_path, bare).sha256


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id: a\nknobs: {beds: units.med.beds}", "2:15  knobs.beds: units.med.beds: unknown key med"),
        ("id: a\nknobs: {units: id}", "2:9  knobs.units: units is a key of scenarios; name the knob else"),
        ("id: a\nknobs: {n: 3}", "2:12  knobs.n: must be a path, or a list of paths, such as units.med-a.beds"),
        ("id: a\nknobs: [n]", "2:8  knobs: must be a mapping of names to paths"),
        ("id: a\nsweep: {id: x}", '2:13  sweep.id: must be a list of values, such as [0, 10, 20], got "x"'),
        ("id: a\nsweep: {id: []}", "2:13  sweep.id: must be a list of values, such as [0, 10, 20], got a list of 0"),
        ("id: a\nvariants: {'a,b': {id: c}}", "2:12  variants.a,b: a variant's name can't hold a comma"),
    ],
)
def test_faults_of_knobs_and_sweeps_have_their_place(tmp_path: Path, text: str, fault: str) -> None:
    """They are faults whether or not anybody turns or sweeps."""
    (found,) = told(tmp_path, text)
    assert f"a.yaml:{fault}" in found


@pytest.mark.parametrize(
    ("choice", "fault"),
    [
        (Choice(sets=("bed=3",)), "--set bed: unknown key; did you mean beds?"),
        (Choice(over=("beds=3",)), "--over beds: must be a list of values, such as [0, 10, 20], got 3"),
        (Choice(over=("beds",)), "--over beds: must be PATH=[VALUE, ...]"),
        (Choice(pick={"beds": 3}), "--point beds: the sweep has no value 3 of it; values count from 0"),
        (Choice(pick={"nurses": 0}), "--point nurses: the sweep has no value 0 of it; values count from 0"),
        (Choice(pick={"beds": 0}, over=("beds=[-1]",)), "--over units.med.beds: must be 0 or more, got -1"),
    ],
)
def test_faults_of_options_name_them(tmp_path: Path, choice: Choice, fault: str) -> None:
    """What the command line got wrong is told as the command line's."""
    (found,) = told(tmp_path, SAID, choice=choice)
    assert found == fault


def test_data_without_a_file_vary_the_same() -> None:
    """Over HTTP knobs, variants and the sweep mean what they mean in a file."""
    data = {
        "id": "a",
        "units": {"med": {"beds": 3}},
        "knobs": {"beds": "units.med.beds"},
        "variants": {"more": {"beds": 5}, "kind": {"units.med.kind": "icu"}},
        "sweep": {"beds": [1, 2]},
    }
    assert parse(data, Small, choice=Choice("more,kind")).resolved["units"] == {"med": {"beds": 5, "kind": "icu"}}
    assert parse(data, Small, choice=Choice(pick={"beds": 1})).value.units["med"].beds == 2
    with pytest.raises(ScenarioError, match=r"/knobs/beds: units\.icu\.beds: unknown key icu"):
        parse({**data, "knobs": {"beds": "units.icu.beds"}, "variants": {}, "sweep": {}}, Small)


def test_variants_are_named_without_blanks_and_doubles() -> None:
    """As plans tell them."""
    assert [composed(listed) for listed in ("b, a,b", "", " , ", None)] == ["b,a", None, None, None]


def test_validate_tries_every_value_of_the_sweep(tmp_path: Path) -> None:
    """A value that makes no scenario is told with its place and its number."""
    sweep = "sweep:\n  units.MED.beds: [30, -3]\nvariants:"
    result = run("validate", varied(tmp_path, ("variants:", sweep)))
    assert result.exit_code == 2
    assert "sweep units.MED.beds, value 2: units.MED.beds: must be 0 or more, got -3" in result.stderr
    fine = run("validate", varied(tmp_path, ("variants:", sweep.replace("-3", "32"))))
    assert fine.stdout.endswith("1 variant, 2 sweep values)\n")
