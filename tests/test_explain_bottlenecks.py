"""Bottlenecks: scarce things ranked by what one more of each would save a day, in the library, plan.json and words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from optimizer import make_plan, open_data
from optimizer.plan import Bottleneck
from tests.command import run
from tests.test_explain_prices import TWO_UNITS

Data = Mapping[str, Any]

# Two days. Six patients for four beds on the first: 2 boarded at 100; three on the second: nobody. A fifth bed saves
# 100 in two days, 50 a day. Two nurses are needed on each day and two shifts are there in all, so one is short a day:
# 8 h at 5, 40 on each of two days, 40 a day. Patients need no care, so neither matters to the other.
WARD: Final[Data] = {
    "schema": 1,
    "id": "narrow",
    "horizon": {"start": "2024-01-01", "days": 2},
    "shifts": {"D": {"start": "07:00", "hours": 8}},
    "units": {"W": {"beds": 4, "cares_for": ["med"]}},
    "patients": {"med": {"demand": {"census": [6, 3]}, "boarding_cost_per_day": 100}},
    "staff": {"rn": {"paid": "per_shift", "cost_per_shift": 0, "own": {"W": {"shifts_per_horizon": 2}}}},
    "cover": [{"unit": "W", "staff": "rn", "people": 2, "during": ["D"], "short_cost_per_hour": 5}],
}


def told(data: Data, **parts: object) -> list[tuple[str, tuple[str, ...], float]]:
    """Resource, units and what one more saves a day, of a plan's bottlenecks in their order."""
    plan = make_plan(open_data({**data, **parts}), solver="highs")
    return [(each.resource, each.units, round(each.per_day, 4)) for each in plan.bottlenecks]


@pytest.mark.parametrize("whole", [True, False])
def test_they_are_ranked_by_what_one_more_saves_a_day(*, whole: bool) -> None:
    """A bed saves 100 in two days, a nurse 40 on each."""
    assert told(WARD, whole=whole) == [("beds", ("W",), 50.0), ("duties", ("W",), 40.0)]


def test_a_dearer_shortfall_changes_the_order() -> None:
    """A nurse short costs 8 x 7 = 56 a day, more than the bed's 50."""
    cover = [{**WARD["cover"][0], "short_cost_per_hour": 7}]
    assert told(WARD, cover=cover) == [("duties", ("W",), 56.0), ("beds", ("W",), 50.0)]


def test_what_is_not_scarce_is_not_told() -> None:
    """Six beds for six patients, and four shifts for two nurses on two days."""
    staff = {"rn": {**WARD["staff"]["rn"], "own": {"W": {"shifts_per_horizon": 4}}}}
    assert told(WARD, units={"W": {"beds": 6, "cares_for": ["med"]}}, staff=staff) == []


@pytest.mark.parametrize(
    ("price", "lines"),
    [
        (5, [("duties", ("V", "W"), 40.0)]),
        (4.75, [("duties", ("W", "V"), 40.0)]),
        (4, [("duties", ("W",), 40.0), ("duties", ("V",), 32.0)]),
    ],
)
def test_units_alike_stand_in_one_line(price: float, lines: list[tuple[str, tuple[str, ...], float]]) -> None:
    """V is short of a nurse too: at 8 x 5 = 40 or 8 x 4.75 = 38 a day, within a tenth of W's 40; not at 32."""
    own = {unit: {"shifts_per_horizon": 2} for unit in "WV"}
    cover = [WARD["cover"][0], {**WARD["cover"][0], "unit": "V", "short_cost_per_hour": price}]
    found = told(
        WARD, units={"W": {"beds": 9, "cares_for": ["med"]}, "V": {"beds": 9}}, cover=cover,
        staff={"rn": {**WARD["staff"]["rn"], "own": own}},
    )  # fmt: skip
    assert [(resource, set(units), per_day) for resource, units, per_day in found] == [
        (resource, set(units), per_day) for resource, units, per_day in lines
    ]


def test_each_says_its_dearest_day_and_what_one_more_is_worth_then() -> None:
    """The bed is missed on the first day only, at 100."""
    beds: Bottleneck = make_plan(open_data(WARD), solver="highs").bottlenecks[0]
    assert (beds.dearest, round(beds.worth, 4)) == ("2024-01-01", 100.0)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of a plan made by the command."""
    file, found = tmp_path / "scenario.yaml", tmp_path / "plan"
    file.write_text(json.dumps(request.param), encoding="utf-8")
    result = run("plan", file, "-o", found)
    assert result.exit_code == 0, result.output
    return found


@pytest.mark.parametrize("folder", [WARD], indirect=True)
def test_plan_and_explain_tell_the_same_in_words(folder: Path) -> None:
    """In plan.json, and as a table of at most twenty lines that fit a terminal, solved again with one more."""
    said = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["bottlenecks"]
    assert [(each["resource"], each["per_day"]) for each in said] == [("beds", 50.0), ("duties", 40.0)]
    result = run("explain", folder)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    rows = [line.split() for line in lines if line[:2] in ("1 ", "2 ")]
    # rank, what, saves a day, costs a day (none can be had), the dearest day, worth then, and solved again
    assert rows == [
        ["1", "bed", "on", "W", "50", "-", "1", "Jan", "100", "100"],
        ["2", "rn", "on", "D:", "W", "40", "-", "1", "Jan", "40", "40"],
    ]
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("folder", [TWO_UNITS, {**TWO_UNITS, "whole": False}], ids=["whole", "linear"], indirect=True)
def test_the_next_nurse_is_worth_35_on_the_command_line(folder: Path) -> None:
    """As worked out for TWO_UNITS: 7 h at 5 on B end, wherever she comes; by duals, and solved again with her."""
    result = run("explain", folder, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert [(each["resource"], sorted(each["units"]), each["per_day"]) for each in answer["bottlenecks"]] == [
        ("duties", ["A", "B"], 35.0)
    ]
    assert {each["worth"] for each in answer["solved_again"] if each["resource"] == "duties"} == {35.0}
