"""The HTTP face: the same plans as the command line, problems in one form, and a service that stays awake."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.desk import Desk
from api.http import create_app, preferred_wait
from api.problems import KINDS, ProblemError
from optimizer.errors import CheckFailed
from optimizer.scenario.files import open_scenario
from tests.command import SHIFTS, TWO_WARDS, run


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """The application; it listens nowhere."""
    return create_app()


def client(app: FastAPI, *, hides_errors: bool = False) -> httpx.AsyncClient:
    """A client that calls the application in this process; what a server would log as an error is raised here."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=not hides_errors)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60)


def ask(app: FastAPI, method: str, path: str, *, hides_errors: bool = False, **request: Any) -> httpx.Response:
    """One request."""

    async def once() -> httpx.Response:
        async with client(app, hides_errors=hides_errors) as open_client:
            return await open_client.request(method, path, **request)

    return asyncio.run(once())


def data_of(scenario: Path) -> dict[str, object]:
    """A scenario as a system would send it."""
    variants = {"busy": {"cover.0.people": [10, 7, 15, 8, 20, 6]}} if scenario == SHIFTS else {}
    return {**open_scenario(scenario).resolved, "variants": variants}


@pytest.mark.parametrize("scenario", [SHIFTS, TWO_WARDS], ids=lambda path: path.stem)
def test_http_and_the_command_line_give_the_same_plan(app: FastAPI, scenario: Path, tmp_path: Path) -> None:
    """Every member of plan.json is equal; the tables come inline and hold what the CSV files hold."""
    run("plan", scenario, "-o", tmp_path / "plan")
    answer = ask(app, "POST", "/v1/plans", json=data_of(scenario))
    assert answer.status_code == 200
    plan = answer.json()
    tables = plan.pop("table_data")
    assert plan == json.loads((tmp_path / "plan" / "plan.json").read_text())
    assert {f"{name}.csv" for name in tables} == set(plan["tables"].values())
    header, *rows = (tmp_path / "plan" / "needs.csv").read_text().splitlines()
    assert header.split(",") == tables["needs"]["columns"]
    assert len(rows) == len(tables["needs"]["rows"])


def test_a_variant_is_asked_for_by_query(app: FastAPI) -> None:
    """`busy` needs 10 + 15 + 20 = 45 nurses."""
    plan = ask(app, "POST", "/v1/plans", params={"variant": "busy"}, json=data_of(SHIFTS)).json()
    assert (plan["variant"], plan["objective"]) == ("busy", 45.0)


def test_no_plan_is_an_answer_and_not_an_error(app: FastAPI) -> None:
    """Ten nurses can't meet everything: 200, with a plan resource whose status says that there is none."""
    answer = ask(
        app, "POST", "/v1/plans", json={**data_of(SHIFTS), "staff": {"nurse": {"cost_per_person": 1, "own": 10}}}
    )
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["objective"], answer.json()["table_data"]) == (
        "infeasible",
        None,
        {},
    )


def test_a_preferred_wait_bounds_the_work_and_is_told(app: FastAPI) -> None:
    """RFC 7240: `Prefer: wait=20` is applied and named in the answer."""
    answer = ask(app, "POST", "/v1/plans", json=data_of(SHIFTS), headers={"Prefer": "respond-async, wait=20"})
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert "Preference-Applied" not in ask(app, "POST", "/v1/plans", json=data_of(SHIFTS)).headers


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


def test_a_forecast_is_answered_by_day(app: FastAPI) -> None:
    """Sixty days of exactly 27 patients go on as 27."""
    data = data_of(TWO_WARDS)
    history = {"start": "2023-11-02", "values": [27] * 60}
    patients = {**dict(data["patients"]), "med": {"demand": {"history": history}, "boarding_cost_per_day": 1500}}  # type: ignore[call-overload]
    told = ask(app, "POST", "/v1/forecasts", json={**data, "patients": patients}).json()
    assert [day["day"] for day in told["series"][0]["days"]] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert all(abs(day["median"] - 27) < 0.5 for day in told["series"][0]["days"])


def test_every_fault_comes_with_its_json_pointer(app: FastAPI) -> None:
    """Two faults, both told at once as problem details."""
    answer = ask(app, "POST", "/v1/plans", json={**data_of(TWO_WARDS), "horizn": 1, "whole": "perhaps"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("/problems/invalid-scenario", 422)
    faults = {fault["pointer"]: fault for fault in problem["faults"]}
    assert faults["/horizn"]["message"] == "unknown key"
    assert "must be true or false" in faults["/whole"]["message"]


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
    ],
)
def test_bodies_that_are_no_scenario_are_told_apart(
    app: FastAPI, request_parts: dict[str, Any], status: int, words: str
) -> None:
    """Malformed is 400, too large 413, another kind of content 415; each as problem details."""
    answer = ask(app, "POST", "/v1/plans", **request_parts)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert words in answer.json().get("detail", "")


def test_an_infinite_number_is_a_fault_at_its_place(app: FastAPI) -> None:
    """1e999 is JSON, and no finite number."""
    text = json.dumps({**data_of(SHIFTS), "whole": True}).replace('"cost_per_person": 1', '"cost_per_person": 1e999')
    problem = ask(app, "POST", "/v1/plans", content=text).json()
    assert [fault["pointer"] for fault in problem["faults"]] == ["/staff/nurse/cost_per_person"]
    assert problem["faults"][0]["message"] == "must be a finite number"


def test_no_file_is_read_over_http(app: FastAPI) -> None:
    """Neither a base file, nor a table, nor a history."""
    people = {"table": "people.csv", "column": "people"}
    data = {**data_of(SHIFTS), "extends": "base.yaml", "cover": [{"staff": "nurse", "people": people, "hard": True}]}
    faults = ask(app, "POST", "/v1/plans", json=data).json()["faults"]
    assert {fault["pointer"] for fault in faults} == {"/extends", "/cover/0/people/table"}
    assert all(fault["message"] == "no files over HTTP" for fault in faults)


def test_an_unknown_variant_names_the_parameter(app: FastAPI) -> None:
    """The fault lies in the query, so there is no pointer into the body."""
    faults = ask(app, "POST", "/v1/plans", params={"variant": "bussy"}, json=data_of(SHIFTS)).json()["faults"]
    assert faults[0]["parameter"] == "variant"
    assert "did you mean busy?" in faults[0]["hint"]


def test_an_unknown_solver_is_the_caller_s_fault(app: FastAPI) -> None:
    """422, with the solvers there are."""
    answer = ask(app, "POST", "/v1/plans", json={**data_of(SHIFTS), "solve": {"solver": "gurobi"}})
    assert answer.status_code == 422
    assert "there are auto, cbc" in answer.text


def test_a_fault_of_ours_shows_nothing_of_the_inside() -> None:
    """An error nobody foresaw, and a plan that fails its check, are 500 without a word of detail."""
    app = create_app()

    async def break_down() -> None:
        raise ZeroDivisionError("secret")

    async def break_a_rule() -> None:
        raise CheckFailed(())

    app.get("/break")(break_down)
    app.get("/rule")(break_a_rule)
    for path, kind in (("/break", "internal"), ("/rule", "failed-check")):
        answer = ask(app, "GET", path, hides_errors=True)
        assert answer.status_code == 500
        assert answer.json() == {"type": f"/problems/{kind}", "title": KINDS[kind].title, "status": 500}


def test_unknown_paths_and_methods_are_problems_too(app: FastAPI) -> None:
    """404 and 405 have the same form as all else."""
    for method, path, status in (("GET", "/nothing", 404), ("GET", "/v1/plans", 405), ("GET", "/problems/x", 404)):
        answer = ask(app, method, path)
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.headers["content-type"] == "application/problem+json"


def test_health_answers_while_a_plan_is_made(app: FastAPI) -> None:
    """The event loop is free during a solve of sixty days: health is answered again and again before the plan is."""
    long = {**data_of(TWO_WARDS), "horizon": {"start": "2024-01-01", "days": 60}, "whole": False}
    med = {"demand": {"census": [27, 29, 26] * 20}, "boarding_cost_per_day": 1500}
    data = {**long, "patients": {"med": med}, "units": {"MED": {"beds": 28, "cares_for": ["med"]}}, "devices": {}}
    nurse = {"paid": "per_shift", "cost_per_shift": {"D": 230, "N": 300}, "own": "unlimited"}
    cover = [{"unit": "MED", "staff": "nurse", "patients_per_person": 4, "hard": True}]

    async def both() -> tuple[int, httpx.Response]:
        answered = 0
        async with client(app) as open_client:
            request = open_client.post("/v1/plans", json={**data, "staff": {"nurse": nurse}, "cover": cover})
            plan = asyncio.create_task(request)
            while not plan.done():
                answered += (await open_client.get("/healthz")).status_code == 200
                await asyncio.sleep(0.001)  # calls inside one process never yield by themselves
            return answered, await plan

    answered, plan = asyncio.run(both())
    assert plan.json()["status"] == "optimal"
    assert answered >= 5


def test_requests_wait_their_turn_and_more_are_sent_away() -> None:
    """One works, one may wait; the third is told to come back, and the second gets its turn after the first."""
    done: list[str] = []
    gate = threading.Event()

    def slow(left: float) -> None:
        gate.wait(10)
        done.append("first")

    async def three() -> ProblemError:
        desk = Desk(most_waiting=1)
        first = asyncio.create_task(desk.run(slow, 30))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(desk.run(lambda left: done.append("second"), 30))
        await asyncio.sleep(0.05)
        with pytest.raises(ProblemError, match="2 requests are being worked on or waiting") as caught:
            await desk.run(lambda left: None, 30)
        gate.set()
        await asyncio.gather(first, second)
        return caught.value

    refused = asyncio.run(three())
    assert done == ["first", "second"]
    assert (refused.kind, refused.headers) == ("busy", {"Retry-After": "30"})


def test_a_turn_that_does_not_come_in_time_is_given_up() -> None:
    """Whoever waits 0.05 s for a desk that is taken for longer is told so, and the desk goes on."""
    gate = threading.Event()

    async def two() -> None:
        desk = Desk()
        first = asyncio.create_task(desk.run(lambda left: gate.wait(10), 30))
        await asyncio.sleep(0.05)
        with pytest.raises(ProblemError, match="did not come within the wait"):
            await desk.run(lambda left: None, 0.05)
        gate.set()
        assert await first
        assert await desk.run(lambda left: 0.0 < left <= 5, 5)

    asyncio.run(two())


def test_the_api_describes_itself_with_the_scenario_s_schema(app: FastAPI) -> None:
    """Every reference in the description leads somewhere, so generators can read it."""
    text = ask(app, "GET", "/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    wanted = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert "Scenario" in wanted
    assert wanted <= set(schemas)


def test_problem_types_can_be_looked_up(app: FastAPI) -> None:
    """Every type is an address that says what it means."""
    for kind, meaning in KINDS.items():
        assert ask(app, "GET", f"/problems/{kind}").json()["title"] == meaning.title
