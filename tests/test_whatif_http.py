"""What-ifs over HTTP mean what they mean on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer.scenario.files import open_scenario
from tests.command import run
from tests.service_front import Front, front
from tests.test_compare_command import WARD
from tests.test_sweep import COSTS

VARIANTS = {"nurse": {"staff.rn.own.W": 2}, "dearer": {"staff.rn.agency.multiplier": 3}}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service on SQLite, open to everybody."""
    with front("sqlite", tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The ward of test_compare_command as a system would send it."""
    path = tmp_path_factory.mktemp("ward") / "ward.yaml"
    path.write_text(WARD)
    return {**open_scenario(path).resolved, "variants": VARIANTS}


def test_variants_compose_and_set_is_laid_on_them(service: Front, ward: dict[str, Any]) -> None:
    """A nurse more and dearer agency at 90 a duty: 6 x 90."""
    params = {"variant": "dearer, nurse", "set": ["staff.rn.cost_per_shift=90"]}
    made = service.planned(ward, params=params)
    assert (made["variant"], made["answer"]["objective"]) == ("dearer,nurse", 540.0)
    fault = service.ask("POST", "/v1/plans", json=ward, params={"set": "units.W.bed=3"}).json()["faults"][0]
    assert (fault["in"], fault["path"]) == ("query", "set")


def test_a_scenario_is_resolved_with_where_each_value_is_from(service: Front, ward: dict[str, Any]) -> None:
    """By JSON pointer: the variant, --set, or the request."""
    answer = service.ask(
        "POST", "/v1/scenarios:resolve", json=ward, params={"variant": "nurse", "set": "units.W.beds=8"}
    )
    told = answer.json()
    assert (answer.status_code, told["resolved"]["units"]["W"]["beds"]) == (200, 8)
    origins = told["origins"]
    assert (origins["/staff/rn/own/W"], origins["/units/W/beds"], origins["/id"]) == (
        "variant nurse",
        "--set",
        "the request",
    )


def test_a_comparison_is_the_command_lines(service: Front, ward: dict[str, Any], tmp_path: Path) -> None:
    """The same JSON, option by option; one without a scenario takes the first's."""
    body = {"options": [{"name": "ward", "scenario": ward}, {"variant": "nurse,dearer"}]}
    made = service.planned(body, "/v1/comparisons")
    (tmp_path / "ward.yaml").write_text(WARD)
    told = json.loads(run("compare", tmp_path / "ward.yaml", "nurse,dearer", "--json").stdout)
    assert made["answer"] == told
    assert [part["money"] for part in told["others"][0]["attribution"]["parts"]] == pytest.approx([-450.0, 150.0])


def test_faults_of_options_are_placed_in_the_body(service: Front, ward: dict[str, Any]) -> None:
    """Each at its option, all at once."""
    bad = {**ward, "units": {"W": {"beds": -1, "cares_for": ["med"]}}}
    answer = service.ask("POST", "/v1/comparisons", json={"options": [{"scenario": ward}, {"scenario": bad}]})
    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["faults"]] == ["/options/1/scenario/units/W/beds"]


def test_a_sweep_plans_every_point(service: Front, ward: dict[str, Any]) -> None:
    """The points of test_sweep, in their order, and as CSV among the job's files."""
    sweep = {"staff.rn.own.W": [0, 1, 2], "staff.rn.agency.multiplier": [2, 3]}
    made = service.planned({**ward, "sweep": sweep}, "/v1/sweeps")
    found = {tuple(each["point"].values()): each["total"] for each in made["answer"]["points"]}
    assert found == COSTS


def test_a_sweep_over_nothing_is_refused(service: Front, ward: dict[str, Any]) -> None:
    """422 before any job is made."""
    answer = service.ask("POST", "/v1/sweeps", json=ward)
    assert (answer.status_code, answer.json()["code"]) == (422, "no-comparison")


def test_currencies_that_differ_fail_the_comparison(service: Front, ward: dict[str, Any]) -> None:
    """The job says why."""
    made = service.planned(
        {"options": [{"scenario": ward}, {"scenario": {**ward, "currency": "EUR"}}]}, "/v1/comparisons"
    )
    assert (made["state"], made["problem"]["code"]) == ("failed", "no-comparison")
