"""`/v1/simulations`: a stored plan played against chance, as `wardwright simulate` plays its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import run
from tests.service_front import Front, front
from tests.small_ward import saved_plan, small_ward

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service."""
    with front("sqlite", tmp_path_factory.mktemp("simulations")) as found:
        yield found


@pytest.fixture(scope="module")
def plan(service: Front) -> dict[str, Any]:
    """A plan that is done."""
    return service.planned(WARD)


def test_a_simulation_is_that_of_the_command_line(service: Front, plan: dict[str, Any], tmp_path: Path) -> None:
    """Equal draws of the same plan: every figure is the same, and the job names the plan that it played."""
    done = service.planned({"plan": plan["id"], "reps": 20, "seed": 3}, "/v1/simulations")
    assert (done["state"], done["parent"]) == ("done", plan["id"])
    saved_plan(tmp_path, WARD)
    told = json.loads(run("simulate", tmp_path, "--reps", "20", "--seed", "3", "--json").output)
    assert done["answer"] == {**told, "plan": plan["id"]}


def test_equal_requests_with_one_key_are_played_once(service: Front, plan: dict[str, Any]) -> None:
    """As with every job; another number of draws under that key is refused."""
    body, headers = {"plan": plan["id"], "reps": 2}, {"Idempotency-Key": "once"}
    first, again = (service.post(body, "/v1/simulations", headers=headers) for _ in range(2))
    assert first["id"] == again["id"]
    other = service.ask("POST", "/v1/simulations", json={**body, "reps": 3}, headers=headers)
    assert other.json()["code"] == "key-reused"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"plan": "plan_" + "0" * 32}, 404, "not-found"),
        ({}, 422, "invalid-scenario"),
        ({"plan": "x", "reps": 1}, 422, "invalid-scenario"),
        ({"plan": "x", "reps": 10**6}, 422, "invalid-scenario"),
        ({"plan": "x", "seed": -1}, 422, "invalid-scenario"),
    ],
)
def test_what_can_t_be_played_is_told(service: Front, body: dict[str, Any], status: int, code: str) -> None:
    """A plan that is not there, none named, too few or too many draws, no seed."""
    answer = service.ask("POST", "/v1/simulations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_plan_that_waits_is_not_played_yet(service: Front) -> None:
    """409 with words."""
    waits = service.post({**WARD, "id": "waits"})
    answer = service.ask("POST", "/v1/simulations", json={"plan": waits["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-now")
