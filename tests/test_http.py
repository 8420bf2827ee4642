"""The HTTP face: the same plans as the command line, and problems in one form."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http import create_app
from api.openapi import openapi_text
from api.problems import KINDS
from api.service.reading import preferred_wait
from optimizer.errors import CheckFailed
from optimizer.scenario.files import open_scenario
from tests.command import ROOT, SHIFTS, TWO_WARDS, run
from tests.service_front import Front, front


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service on SQLite, open to everybody."""
    with front("sqlite", tmp_path_factory.mktemp("http")) as found:
        yield found


def data_of(scenario: Path) -> dict[str, object]:
    """A scenario as a system would send it."""
    variants = {"busy": {"cover.0.people": [10, 7, 15, 8, 20, 6]}} if scenario == SHIFTS else {}
    return {**open_scenario(scenario).resolved, "variants": variants}


@pytest.mark.parametrize("scenario", [SHIFTS, TWO_WARDS], ids=lambda path: path.stem)
def test_http_and_the_command_line_give_the_same_plan(service: Front, scenario: Path, tmp_path: Path) -> None:
    """Every member of plan.json is equal; the tables come inline and hold what the CSV files hold."""
    run("plan", scenario, "-o", tmp_path / "plan")
    plan = service.planned(data_of(scenario))["answer"]
    tables = plan.pop("table_data")
    assert plan == json.loads((tmp_path / "plan" / "plan.json").read_text())
    assert {f"{name}.csv" for name in tables} == set(plan["tables"].values())
    header, *rows = (tmp_path / "plan" / "needs.csv").read_text().splitlines()
    assert header.split(",") == tables["needs"]["columns"]
    assert len(rows) == len(tables["needs"]["rows"])


def test_a_variant_is_asked_for_by_query(service: Front) -> None:
    """`busy` needs 10 + 15 + 20 = 45 nurses."""
    job = service.planned(data_of(SHIFTS), params={"variant": "busy"})
    assert (job["variant"], job["answer"]["variant"], job["answer"]["objective"]) == ("busy", "busy", 45.0)


def test_no_plan_is_an_answer_and_not_an_error(service: Front) -> None:
    """Ten nurses can't meet everything: done, with a plan resource whose status says that there is none."""
    job = service.planned({**data_of(SHIFTS), "staff": {"nurse": {"cost_per_person": 1, "own": 10}}})
    assert (job["state"], job["outcome"], job["problem"]) == ("done", "infeasible", None)
    assert (job["answer"]["objective"], job["answer"]["table_data"]) == (None, {})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], None),
        (["wait=120"], 120.0),
        (["respond-async", "WAIT = 5 ; x=1"], 5.0),
        (["wait=-3"], None),
        (["wait=soon"], None),
        (["wait=0"], None),
        (["wait=" + "9" * 500], 1e6),
    ],
)
def test_preferences_that_make_no_sense_are_passed_over(headers: list[str], seconds: float | None) -> None:
    """A preference is a wish: what can't be understood is no error."""
    assert preferred_wait(headers) == seconds


def test_a_preferred_wait_is_told_and_ends_in_an_answer_or_a_promise(service: Front) -> None:
    """RFC 7240: without a worker `wait=1` ends in 202; once the plan is there, the same key gets it with 200."""
    request: dict[str, Any] = {"json": data_of(SHIFTS), "headers": {"Idempotency-Key": "wait", "Prefer": "wait=1"}}
    first = service.ask("POST", "/v1/plans", **request)
    assert (first.status_code, first.headers["Preference-Applied"]) == (202, "wait=1")
    service.work()
    second = service.ask("POST", "/v1/plans", **request)
    assert second.status_code == 200
    assert (second.json()["id"], second.json()["answer"]["status"]) == (first.json()["id"], "optimal")


def test_a_forecast_is_answered_by_day(service: Front) -> None:
    """Sixty days of exactly 27 patients go on as 27."""
    data = data_of(TWO_WARDS)
    history = {"start": "2023-11-02", "values": [27] * 60}
    patients = {**dict(data["patients"]), "med": {"demand": {"history": history}, "boarding_cost_per_day": 1500}}  # type: ignore[call-overload]
    told = service.planned({**data, "patients": patients}, "/v1/forecasts")["answer"]
    assert [day["day"] for day in told["series"][0]["days"]] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert all(abs(day["median"] - 27) < 0.5 for day in told["series"][0]["days"])


def test_every_fault_comes_with_code_path_and_message(service: Front) -> None:
    """Two faults, both told at once as problem details, and nothing is taken on."""
    answer = service.ask("POST", "/v1/plans", json={**data_of(TWO_WARDS), "horizn": 1, "whole": "perhaps"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("/problems/invalid-scenario", 422)
    faults = {fault["path"]: fault for fault in problem["faults"]}
    assert (faults["/horizn"]["code"], faults["/horizn"]["in"]) == ("unknown-key", "body")
    assert "did you mean horizon" in faults["/horizn"]["hint"]
    assert faults["/whole"]["code"] == "wrong-value"
    assert "must be true or false" in faults["/whole"]["message"]


def test_a_scenario_is_validated_without_being_planned(service: Front) -> None:
    """`:validate` answers at once with the id and the hash that a plan will carry, and leaves nothing behind."""
    before = service.get("/v1/plans")
    answer = service.ask("POST", "/v1/plans:validate", json=data_of(SHIFTS))
    assert answer.status_code == 200
    assert answer.json()["valid"] is True
    assert answer.json()["scenario"]["sha256"] == open_scenario(SHIFTS).sha256
    assert service.get("/v1/plans") == before


@pytest.mark.parametrize(
    ("request_parts", "status", "words"),
    [
        ({"content": b"{"}, 400, "Expecting property name"),
        ({"content": b'{"id": NaN}'}, 400, "NaN is no JSON number"),
        ({"content": b'{"id": -Infinity}'}, 400, "-Infinity is no JSON number"),
        ({"content": b'{"id": "a", "id": "b"}'}, 400, "the key id comes twice"),
        ({"content": b"[1]"}, 400, "must be an object"),
        ({"content": b'{"a":' * 100_000}, 400, "nested too deeply"),
        ({"content": b"\xff\xfe\x00"}, 400, ""),
        ({"content": b" " * 2_000_001}, 413, "more than 2,000,000 bytes"),
        ({"data": {"schema": "1"}}, 415, "application/x-www-form-urlencoded"),
        ({"content": b"{}", "headers": {"Content-Encoding": "gzip"}}, 415, "compressed"),
    ],
)
def test_bodies_that_are_no_scenario_are_told_apart(
    service: Front, request_parts: dict[str, Any], status: int, words: str
) -> None:
    """Malformed is 400, too large 413, another kind of content 415; each as problem details."""
    answer = service.ask("POST", "/v1/plans", **request_parts)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert words in answer.json().get("detail", "")


def test_an_infinite_number_is_a_fault_at_its_place(service: Front) -> None:
    """1e999 is JSON, and no finite number."""
    text = json.dumps({**data_of(SHIFTS), "whole": True}).replace('"cost_per_person": 1', '"cost_per_person": 1e999')
    problem = service.ask("POST", "/v1/plans", content=text).json()
    assert [fault["path"] for fault in problem["faults"]] == ["/staff/nurse/cost_per_person"]
    assert problem["faults"][0]["message"] == "must be a finite number"


def test_no_file_is_read_over_http(service: Front) -> None:
    """Neither a base file, nor a table, nor a history."""
    people = {"table": "people.csv", "column": "people"}
    data = {**data_of(SHIFTS), "extends": "base.yaml", "cover": [{"staff": "nurse", "people": people, "hard": True}]}
    faults = service.ask("POST", "/v1/plans", json=data).json()["faults"]
    assert {fault["path"] for fault in faults} == {"/extends", "/cover/0/people/table"}
    assert all((fault["message"], fault["code"]) == ("no files over HTTP", "no-files") for fault in faults)


def test_an_unknown_variant_names_the_parameter(service: Front) -> None:
    """The fault lies in the query, so there is no pointer into the body."""
    faults = service.ask("POST", "/v1/plans", params={"variant": "bussy"}, json=data_of(SHIFTS)).json()["faults"]
    assert (faults[0]["in"], faults[0]["path"]) == ("query", "variant")
    assert "did you mean busy?" in faults[0]["hint"]


def test_an_unknown_solver_fails_the_job_with_the_caller_s_fault(service: Front) -> None:
    """The job's problem is the one that a request would get: 422, with the solvers there are."""
    job = service.planned({**data_of(SHIFTS), "solve": {"solver": "gurobi"}})
    assert (job["state"], job["problem"]["status"], job["problem"]["code"]) == ("failed", 422, "unsuitable-solver")
    assert "there are auto, cbc" in job["problem"]["detail"]


def test_a_fault_of_ours_shows_nothing_of_the_inside() -> None:
    """An error nobody foresaw, and a plan that fails its check, are 500 without a word of detail."""
    app = create_app()

    async def break_down() -> None:
        raise ZeroDivisionError("secret")

    async def break_a_rule() -> None:
        raise CheckFailed(())

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    app.get("/break")(break_down)
    app.get("/rule")(break_a_rule)
    for path, kind in (("/break", "internal"), ("/rule", "failed-check")):
        answer = asyncio.run(ask(path))
        assert answer.status_code == 500
        assert answer.json() == {
            "type": f"/problems/{kind}",
            "title": KINDS[kind].title,
            "status": 500,
            "code": kind,
        }


def test_unknown_paths_and_methods_are_problems_too(service: Front) -> None:
    """404 and 405 have the same form as all else."""
    for method, path, status in (("GET", "/nothing", 404), ("PUT", "/v1/plans", 405), ("GET", "/problems/x", 404)):
        answer = service.ask(method, path)
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_describes_itself_with_the_scenario_s_schema(service: Front) -> None:
    """Every reference in the description leads somewhere, so generators can read it."""
    text = service.ask("GET", "/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    wanted = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert {"Scenario", "JobShape", "ProblemShape"} <= wanted
    assert wanted <= set(schemas)


def test_the_description_that_is_committed_is_the_one_that_is_served() -> None:
    """openapi.json is made anew by `python -m api.openapi > openapi.json`."""
    kept = (ROOT / "openapi.json").read_text(encoding="utf-8")
    assert kept == openapi_text(), "run: python -m api.openapi > openapi.json, and look at the difference"


def test_problem_types_can_be_looked_up(service: Front) -> None:
    """Every type is an address that says what it means."""
    for kind, meaning in KINDS.items():
        assert service.get(f"/problems/{kind}")["title"] == meaning.title
