"""Reading one scenario file: every kind of fault has its place and its words."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from optimizer.scenario.faults import Problem, Problems, ScenarioError
from optimizer.scenario.load import Loaded, load
from optimizer.scenario.model import Scenario


class Strict(BaseModel):
    """Base of the small models here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Unit(Strict):
    """A ward."""

    beds: Annotated[int, Field(ge=0)]
    kind: Literal["ward", "icu"] = "ward"
    cares_for: tuple[str, ...] = ()
    first: date | None = Field(None, alias="from")


class Given(Strict):
    """Demand that is given; it may not be all nothing."""

    kind: Literal["given"]
    figures: tuple[float, ...]

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(self.figures):
            raise Problem(("figures", 0), "all are 0", "leave demand out")
        return self


class Drawn(Strict):
    """Demand that is drawn."""

    kind: Literal["drawn"]
    mean: Annotated[float, Field(gt=0)]


class Team(Strict):
    """Some people."""

    people: float
    grade: str


class Small(Strict):
    """A root with one of every kind of field."""

    id: str
    start: date | None = None
    open_from: str = ""
    units: dict[str, Unit] = {}
    demand: Annotated[Given | Drawn, Field(discriminator="kind")] | None = None
    team: float | Team | Literal["any"] | None = None
    months: dict[Annotated[int, Field(ge=1, le=12)], float] = {}
    homes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _homes_exist(self) -> Self:
        unknown = [at for at, name in enumerate(self.homes) if name not in self.units]
        if unknown:
            raise Problems([Problem(("homes", at), f"no unit is called {self.homes[at]}") for at in unknown])
        return self


def told(folder: Path, text: str | bytes, **options: object) -> list[str]:
    """Every fault of a file `a.yaml` with this text, as a planner reads it, the folder left out."""
    raw = text if isinstance(text, bytes) else text.encode()
    (folder / "a.yaml").write_bytes(raw)
    with pytest.raises(ScenarioError) as caught:
        load(folder / "a.yaml", Small, **options)  # type: ignore[arg-type]
    return [str(fault).replace(f"{folder}{os.sep}", "") for fault in caught.value.faults]


def loaded(folder: Path, text: str | bytes, **options: object) -> Loaded[Small]:
    """The file `a.yaml` with this text, which must be valid."""
    raw = text if isinstance(text, bytes) else text.encode()
    (folder / "a.yaml").write_bytes(raw)
    return load(folder / "a.yaml", Small, **options)  # type: ignore[arg-type]


def test_a_valid_file_becomes_the_model(tmp_path: Path) -> None:
    """Values, dates and nested models arrive typed, and the resolved data are plain."""
    result = loaded(tmp_path, "id: a\nstart: 2023-03-13\nunits: {med: {beds: 28, from: 2023-03-14}}\n")
    assert result.value.start == date(2023, 3, 13)
    assert result.value.units["med"].first == date(2023, 3, 14)
    assert result.resolved == {"id": "a", "start": "2023-03-13", "units": {"med": {"beds": 28, "from": "2023-03-14"}}}
    assert result.files == ((tmp_path / "a.yaml").resolve(),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id: a\nunit: {}", "a.yaml:2:1  unit: unknown key; did you mean units?"),
        ("id: a\nunits: {med: {beds: 1, cars_for: []}}", "units.med.cars_for: unknown key; did you mean cares_for?"),
        ("id: a\nxtends: b.yaml", "a.yaml:2:1  xtends: unknown key; did you mean extends?"),
        ("id: a\nunits: {med: {beds: 1, qq: 2}}", "qq: unknown key; known here: kind, cares_for, from"),
        ("id: a\nid: b", "a.yaml:2:1  id: duplicate key, first on line 1; keep one of them"),
        ("id: a\nunits:\n  med:\n    beds: -3", "a.yaml:4:11  units.med.beds: must be 0 or more, got -3"),
        ("id: a\nunits: {med: {beds: 2.5}}", "a.yaml:2:21  units.med.beds: must be a whole number, got 2.5"),
        ("id: a\nunits: {med: {beds: x}}", 'a.yaml:2:21  units.med.beds: must be a whole number, got "x"'),
        ("id: a\nunits:\n  med: {kind: icu}", "a.yaml:3:3  units.med.beds: is missing"),
        ("units: {}", "a.yaml:1:1  id: is missing"),
        ("id: 12", "a.yaml:1:5  id: must be text, got 12; write it in quotes"),
        ("id: a\nhomes: {a: 1}", "a.yaml:2:8  homes: must be a list, got a mapping"),
        ("id: a\nunits: [1]", "a.yaml:2:8  units: must be a mapping (key: value), got a list of 1 item"),
        ("id: a\nunits:", "a.yaml:2:7  units: must be a mapping (key: value), got nothing"),
        ("id: a\nstart: 2023-02-30", 'start: must be a date such as 2023-03-13, got "2023-02-30"'),
        ("id: a\nmonths: {13: 1}", 'a.yaml:2:10  months.13: the key must be 12 or less, got "13"'),
        ("id: a\nmonths: {3: .nan}", "a.yaml:2:13  months.3: must be a finite number"),
        ("id: a\nmonths: {3: -.inf}", "a.yaml:2:13  months.3: must be a finite number"),
        ("id: a\nmonths: {3: 1e999}", "a.yaml:2:13  months.3: must be a finite number"),
        ("id: a\nmonths: {3: 99999999999999999999}", "months.3: must be a number below 9223372036854775808"),
    ],
)
def test_a_fault_has_its_place_and_plain_words(tmp_path: Path, text: str, fault: str) -> None:
    """One fault in a file is told once, at its cell, in the words of the field, with a hint where one helps."""
    found = told(tmp_path, text)
    assert len(found) == 1
    assert fault in found[0]


def test_all_faults_are_told_at_once_sorted_by_place(tmp_path: Path) -> None:
    """Duplicate keys, unknown keys and bad values come together, in the order of the file."""
    text = "id: a\nunits:\n  med: {beds: -3}\n  med: {beds: 1}\nhoms: []\n"
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "a.yaml", Small)
    lines = str(caught.value).splitlines()
    assert [fault.line for fault in caught.value.faults] == [3, 4, 5]
    assert lines[-1] == "3 faults, nothing was run"
    assert lines[2].endswith("a.yaml:5:1  homs: unknown key; did you mean homes?")


def test_an_unknown_key_that_stands_for_a_missing_one_is_told_once(tmp_path: Path) -> None:
    """A misspelt key that must be there isn't also reported missing."""
    assert told(tmp_path, "idd: a") == ["a.yaml:1:1  idd: unknown key; did you mean id?"]


def test_values_to_choose_from_are_listed(tmp_path: Path) -> None:
    """A wrong choice names the choices and the closest."""
    (found,) = told(tmp_path, "id: a\nunits: {med: {beds: 1, kind: wart}}")
    assert found == "a.yaml:2:30  units.med.kind: must be one of ward, icu; got wart; did you mean ward?"


@pytest.mark.parametrize(
    ("demand", "fault"),
    [
        ("{kind: givn, figures: []}", "2:16  demand.kind: must be one of given, drawn; got givn; did you mean given?"),
        ("{figures: [1]}", "2:1  demand.kind: is missing; must be one of given, drawn"),
        ("{kind: drawn, mean: 0}", "2:29  demand.mean: must be more than 0, got 0"),
        ("{kind: drawn, mean: 1, mode: 2}", "2:32  demand.mode: unknown key; known here: kind, mean"),
    ],
)
def test_a_union_with_a_kind_tells_only_that_kind(tmp_path: Path, demand: str, fault: str) -> None:
    """The key that tells the forms apart picks whose faults are told."""
    assert told(tmp_path, f"id: a\ndemand: {demand}") == [f"a.yaml:{fault}"]


@pytest.mark.parametrize(
    ("team", "fault"),
    [
        ("{people: x, grade: rn}", '2:16  team.people: must be a number, got "x"'),
        ("{people: 3, grad: rn}", "2:19  team.grad: unknown key; did you mean grade?"),
        ("{people: 3}", "2:1  team.grade: is missing"),
        ("[1]", "2:7  team: must be a number, a mapping (key: value) or any; got a list of 1 item"),
    ],
)
def test_a_union_tells_only_the_form_that_fits_best(tmp_path: Path, team: str, fault: str) -> None:
    """A mapping is judged as a team, not also as a number; what fits no form is told once with all of them."""
    assert told(tmp_path, f"id: a\nteam: {team}") == [f"a.yaml:{fault}"]


def test_findings_of_validators_are_placed_at_their_cells(tmp_path: Path) -> None:
    """Many problems of one cross-check become faults at the items they name; paths start at the validator's model."""
    found = told(tmp_path, "id: a\nhomes:\n  - x\n  - y\n")
    assert found == ["a.yaml:3:5  homes.0: no unit is called x", "a.yaml:4:5  homes.1: no unit is called y"]
    found = told(tmp_path, "id: a\ndemand:\n  kind: given\n  figures: [0, 0]\n")
    assert found == ["a.yaml:4:13  demand.figures.0: all are 0; leave demand out"]


def test_a_validator_does_not_judge_what_could_not_be_read(tmp_path: Path) -> None:
    """A cross-check that would see a stand-in for a bad cell says nothing; the bad cell is told."""
    assert told(tmp_path, "id: a\nhomes: [x]\nmonths: {1: .nan}") == ["a.yaml:3:13  months.1: must be a finite number"]


def test_later_findings_can_be_placed(tmp_path: Path) -> None:
    """A check after loading gets a fault for any path; what isn't there stands at its parent."""
    result = loaded(tmp_path, "id: a\nunits:\n  med: {beds: 3}\n")
    assert str(result.fault(("units", "med", "beds"), "too few")).endswith("a.yaml:3:15  units.med.beds: too few")
    assert result.fault(("units", "med", "from"), "when?").column == 3


def test_a_hospital_with_two_typos_gets_two_faults(tmp_path: Path) -> None:
    """The real scenario: a misspelt key and a negative count, each at its place, and nothing else."""
    text = """\
schema: 1
id: ward
horizn: {cycle: day}
shifts: {day: {start: 07:00, hours: 12}}
units:
  med-a: {beds: -3, cares_for: [medical]}
patients: {medical: {demand: {census: 20}, boarding_cost_per_day: 2400}}
"""
    (tmp_path / "ward.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "ward.yaml", Scenario)
    assert str(caught.value).replace(f"{tmp_path}{os.sep}", "").splitlines() == [
        "ward.yaml:3:1  horizn: unknown key; did you mean horizon?",
        "ward.yaml:6:17  units.med-a.beds: must be 0 or more, got -3",
        "2 faults, nothing was run",
    ]
