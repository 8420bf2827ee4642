"""The service over HTTP, on SQLite and PostgreSQL: jobs asked for, followed, cancelled, erased, changed, taken away."""

from __future__ import annotations

import io
import json
import random
import string
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from api.service.table import ROUTES
from forecasting import Registry
from optimizer.saved import open_plan
from optimizer.scenario.files import open_scenario
from tests.command import SHIFTS, run
from tests.service_front import STORES, Front, front
from tests.small_ward import small_ward

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)


@pytest.fixture(params=STORES, scope="module")
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service, open to everybody."""
    with front(request.param, tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture(scope="module")
def plan(service: Front) -> dict[str, Any]:
    """A plan that is done; no test changes it."""
    return service.planned(WARD)


def told(text: str) -> list[dict[str, str]]:
    """An event stream as its events."""
    parts = [part for part in text.split("\n\n") if part]
    return [dict(line.split(": ", 1) for line in part.splitlines()) for part in parts]


def test_a_plan_is_accepted_with_a_place_to_look(service: Front) -> None:
    """202, Location, Retry-After and the job itself; an equal request with the key is answered with the same job."""
    request: dict[str, Any] = {"json": WARD, "headers": {"Idempotency-Key": "tuesday"}}
    first, second = (service.ask("POST", "/v1/plans", **request) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.headers["Retry-After"]) == (202, "queued", "2")
    assert first.headers["Location"] == f"/v1/plans/{first.json()['id']}"
    assert (second.status_code, second.json()["id"]) == (202, first.json()["id"])
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")
    other = service.ask("POST", "/v1/plans", json={**WARD, "id": "other"}, headers={"Idempotency-Key": "tuesday"})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    changed = service.ask("POST", "/v1/plans", params={"set": "units.W.beds=8"}, **request)
    assert (changed.status_code, changed.json()["code"]) == (422, "key-reused")
    service.work()


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9"])
def test_a_key_that_can_t_be_one_is_refused(service: Front, key: str) -> None:
    """It must be 1 to 255 printable characters."""
    headers = {b"Idempotency-Key": key.encode()}
    answer = service.ask("POST", "/v1/plans", json=WARD, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-question")


def test_a_done_plan_holds_what_was_found(plan: dict[str, Any]) -> None:
    """2 nurses on 3 days at 100 each: 600, proven."""
    assert (plan["state"], plan["outcome"], plan["problem"]) == ("done", "optimal", None)
    assert (plan["answer"]["objective"], plan["answer"]["checked"]["ok"]) == (600.0, True)


def test_an_unchanged_plan_is_not_sent_again(service: Front, plan: dict[str, Any]) -> None:
    """304 for the ETag that is known, weak or not; the whole for another."""
    path = f"/v1/plans/{plan['id']}"
    tag = service.ask("GET", path).headers["ETag"]
    for known, status in ((tag, 304), (f'W/{tag}, "x"', 304), ('"x"', 200)):
        answer = service.ask("GET", path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.headers["ETag"]) == (status, tag)
        assert bool(answer.content) is (status == 200)


def test_status_tells_cost_bound_and_gap(service: Front, plan: dict[str, Any]) -> None:
    """Of a plan that is done: 600, proven to the last penny."""
    status = service.get(f"/v1/plans/{plan['id']}/status")
    assert {**status, "bound": round(status["bound"], 3)} == {
        "id": plan["id"], "state": "done", "step": None, "incumbent": 600.0, "bound": 600.0, "gap": 0.0,
        "cancel_asked": False, "attempts": 1,
    }  # fmt: skip


def test_events_go_on_after_the_last_one_seen(service: Front, plan: dict[str, Any]) -> None:
    """The stream ends with the job; asked again after its second event, it leaves out two."""
    path = f"/v1/plans/{plan['id']}/events"
    whole = service.ask("GET", path)
    assert whole.headers["content-type"].startswith("text/event-stream")
    events = told(whole.text)
    assert [event["id"] for event in events] == [str(number) for number in range(1, len(events) + 1)]
    assert [events[0]["event"], events[1]["event"], events[-1]["event"]] == ["queued", "running", "done"]
    assert json.loads(events[-1]["data"])["incumbent"] == 600.0
    assert told(service.ask("GET", path, headers={"Last-Event-ID": "2"}).text) == events[2:]
    assert service.ask("GET", path, headers={"Last-Event-ID": "-1"}).status_code == 400


def test_plans_are_listed_page_by_page(tmp_path: Path) -> None:
    """Five plans, two on a page, the newest first: 5 4, 3 2, 1, and none twice though one comes in between."""
    with front("sqlite", tmp_path) as service:
        ids = [service.post(WARD)["id"] for _ in range(5)]
        seen, token = [], ""
        for size in (2, 2, 1):
            page = service.get("/v1/plans", params={"page_size": 2, **({"page_token": token} if token else {})})
            assert len(page["items"]) == size
            seen += [item["id"] for item in page["items"]]
            token = page["next_page_token"] or ""
            service.post(WARD)
        assert (seen, token) == (ids[::-1], "")
        service.ask("POST", f"/v1/plans/{ids[0]}:cancel")
        cancelled = service.get("/v1/plans", params={"state": "cancelled"})["items"]
        assert [item["id"] for item in cancelled] == [ids[0]]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("page_size", "0"), ("page_size", "101"), ("page_size", "x"), ("page_token", "!"), ("page_token", "eDox"),
     ("state", "asleep")],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_named(service: Front, parameter: str, value: str) -> None:
    """400, with the parameter's name as the fault's path."""
    answer = service.ask("GET", "/v1/plans", params={parameter: value})
    assert (answer.status_code, answer.json()["faults"][0]["path"]) == (400, parameter)


def test_a_waiting_plan_is_cancelled_and_stays_so(service: Front) -> None:
    """It is never begun; cancelling again changes nothing."""
    job = service.post(WARD)
    path = f"/v1/plans/{job['id']}"
    for _ in range(2):
        answer = service.ask("POST", f"{path}:cancel")
        assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    service.work()
    assert service.get(path)["answer"] is None


def test_an_erased_plan_is_gone(service: Front) -> None:
    """204, then 404 as for one that never was; a retry with its key is told so with 410."""
    request: dict[str, Any] = {"json": WARD, "headers": {"Idempotency-Key": "gone"}}
    path = service.ask("POST", "/v1/plans", **request).headers["Location"]
    assert service.ask("DELETE", path, headers={"If-Match": '"other"'}).status_code == 412
    assert service.ask("DELETE", path).status_code == 204
    for method, place in (("GET", path), ("GET", f"{path}/events"), ("DELETE", path), ("POST", f"{path}:cancel")):
        assert service.ask(method, place).status_code == 404
    assert service.ask("POST", "/v1/plans", **request).status_code == 410


def test_an_explanation_tells_what_is_short_and_why(service: Front) -> None:
    """A missing hour at 5 is cheaper than a duty of ten at 100: all 2 x 3 duties, 60 hours, stay short."""
    job = service.planned(small_ward(own=1, agency=9.0, short=5.0, boarding=1000.0))
    told = service.get(f"/v1/plans/{job['id']}/explanation")
    assert told["outcome"] == "optimal"
    assert told["cost"] == job["answer"]["cost"]
    assert sum(each["amount"] for each in told["shortfalls"]) == pytest.approx(60.0)
    assert all(each["because"] for each in told["shortfalls"])


def test_where_there_is_no_plan_the_explanation_says_what_clashes(service: Front) -> None:
    """Cover is hard and there is one nurse for two: infeasible, with what clashes."""
    short = small_ward(own=1, agency=2.0, boarding=1000.0, hard=True)
    job = service.planned({**short, "cover": [_hard()], "staff": {"rn": _alone()}})
    told = service.get(f"/v1/plans/{job['id']}/explanation")
    assert (told["outcome"], bool(told["infeasible"])) == ("infeasible", True)
    answer = service.ask("POST", f"/v1/plans/{job['id']}:replan", json={"events": ["1 rn sick 2024-01-02 D at W"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-now")


def _hard() -> dict[str, Any]:
    return {"unit": "W", "staff": "rn", "patients_per_person": 3, "during": ["D"], "hard": True}


def _alone() -> dict[str, Any]:
    return {"paid": "per_shift", "cost_per_shift": 100, "own": {"W": 1}, "hours_per_week": 70,
            "rest": {"shifts_in_7_days": 7}}  # fmt: skip


def test_a_plan_is_changed_by_what_happened(service: Front, plan: dict[str, Any]) -> None:
    """A nurse is sick for a day: agency at 200 fills in, and the new plan says what it was made from."""
    path = f"/v1/plans/{plan['id']}"
    body = {"events": ["1 rn sick 2024-01-02 D at W"]}
    answer = service.ask("POST", f"{path}:replan", json=body)
    assert answer.status_code == 202, answer.text
    service.work()
    made = service.get(answer.headers["Location"])
    assert (made["kind"], made["parent"], made["state"]) == ("replan", plan["id"], "done")
    assert made["answer"]["replanned"]["events"][0]["text"] == body["events"][0]
    assert made["id"] in [item["id"] for item in service.get("/v1/plans")["items"]]


def test_what_can_t_have_happened_fails_with_words(service: Front, plan: dict[str, Any]) -> None:
    """A fault in the body's shape at once; an event that is not understood as the job's problem."""
    path = f"/v1/plans/{plan['id']}:replan"
    faults = service.ask("POST", path, json={"events": 1, "evnts": [], "change_price": -1}).json()["faults"]
    assert {fault["path"]: fault["code"] for fault in faults} == {
        "/events": "wrong-value", "/evnts": "unknown-key", "/change_price": "wrong-value",
    }  # fmt: skip
    answer = service.ask("POST", path, json={"events": ["a dragon at W"]})
    service.work()
    problem = service.get(answer.headers["Location"])["problem"]
    assert (problem["status"], problem["code"]) == (422, "invalid-event")


def test_a_plan_is_published_by_the_version_that_was_read(service: Front) -> None:
    """428 without If-Match, 412 with an old one, 200 with the right one, and the tag changes."""
    job = service.planned({**WARD, "id": "published"})
    path = f"/v1/plans/{job['id']}"
    tag = service.ask("GET", path).headers["ETag"]
    assert service.ask("POST", f"{path}:publish").status_code == 428
    assert service.ask("POST", f"{path}:publish", headers={"If-Match": '"old"'}).status_code == 412
    done = service.ask("POST", f"{path}:publish", headers={"If-Match": tag})
    assert (done.status_code, done.json()["published_at"] is None) == (200, False)
    assert done.headers["ETag"] == service.ask("GET", path).headers["ETag"] != tag
    rows = service.get("/v1/audit")["items"]
    assert (rows[0]["what"], rows[0]["target"]) == ("publish", job["id"])


def test_a_plan_is_taken_away_as_files(service: Front, plan: dict[str, Any]) -> None:
    """The tables, the page, the workbook and plan.json, each named for the plan, and each in the audit."""
    path = f"/v1/plans/{plan['id']}/export"
    tables = service.ask("GET", path)
    with zipfile.ZipFile(io.BytesIO(tables.content)) as archive:
        assert "beds.csv" in archive.namelist()
    assert service.ask("GET", path).content == tables.content
    assert tables.headers["Content-Disposition"] == f'attachment; filename="{plan["id"]}.csv.zip"'
    kept = json.loads(service.ask("GET", path, params={"format": "json"}).content)
    assert kept["objective"] == 600.0
    assert load_workbook(io.BytesIO(service.ask("GET", path, params={"format": "xlsx"}).content)).sheetnames
    assert b"<html" in service.ask("GET", path, params={"format": "html"}).content
    assert service.ask("GET", path, params={"format": "pdf"}).content.startswith(b"%PDF-")
    wrong = service.ask("GET", path, params={"format": "docx"})
    assert (wrong.status_code, wrong.json()["faults"][0]["path"]) == (400, "format")
    assert [row["after"] for row in service.get("/v1/audit")["items"][:3]] == ["pdf", "html", "xlsx"]


def test_nothing_is_taken_away_before_it_is_there(service: Front) -> None:
    """409 while the plan waits."""
    job = service.post(WARD)
    for part in ("explanation", "export"):
        assert service.ask("GET", f"/v1/plans/{job['id']}/{part}").status_code == 409
    service.ask("POST", f"/v1/plans/{job['id']}:cancel")


def test_a_formula_leaves_as_text(tmp_path: Path) -> None:
    """A unit called `@SUM(1)` and a hospital called `=1+1` are formulas neither in tables nor in the workbook."""
    text = json.dumps({**WARD, "name": "=1+1"}).replace('"W"', '"@SUM(1)"')
    with front("sqlite", tmp_path) as service:
        job = service.planned(json.loads(text))
        path = f"/v1/plans/{job['id']}/export"
        with zipfile.ZipFile(io.BytesIO(service.ask("GET", path).content)) as archive:
            assert archive.read("beds.csv").decode().splitlines()[1].startswith("'@SUM(1),")
        book = load_workbook(io.BytesIO(service.ask("GET", path, params={"format": "xlsx"}).content))
        cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
        assert [cell for cell in cells if cell.data_type == "f"] == []
        assert {"=1+1", "@SUM(1)"} <= {str(cell.value) for cell in cells}


def test_demo_scenarios_can_be_posted_back_unchanged(tmp_path: Path) -> None:
    """Byte for byte what was got is valid, and has the shipped scenario's id."""
    with front("sqlite", tmp_path) as service:
        names = service.get("/v1/demo")["items"]
        assert names == ["ward", "hospital", "district"]
        for name, scenario in zip(names, ("quickstart", "hospital450", "qinghe_xian_yiyuan"), strict=True):
            text = service.ask("GET", f"/v1/demo/{name}").content
            answer = service.ask("POST", "/v1/plans:validate", content=text)
            assert (answer.status_code, answer.json()["scenario"]["id"]) == (200, scenario)
        assert service.ask("GET", "/v1/demo/palace").status_code == 404


def test_a_plan_read_back_is_the_plan_of_the_command_line(service: Front, tmp_path: Path) -> None:
    """The folder's scenario, tables and facts: what the service stores can be recounted as a plan folder can."""
    job = service.planned(open_scenario(SHIFTS).resolved)
    run("plan", SHIFTS, "-o", tmp_path / "plan")
    kept = service.ask("GET", f"/v1/plans/{job['id']}/export", params={"format": "json"}).content
    assert json.loads(kept) == json.loads((tmp_path / "plan" / "plan.json").read_text())
    assert open_plan(tmp_path / "plan").facts.objective == job["answer"]["objective"]


def test_stored_forecasts_are_listed_promoted_and_rolled_back(tmp_path: Path) -> None:
    """What the command line stored in the folder of models is seen over HTTP."""
    with front("sqlite", tmp_path) as service:
        assert service.get("/v1/models") == {"items": []}
        folder = tmp_path / "models"
        history = Path(__file__).parents[1] / "scenarios" / "data" / "occupied.csv"
        for _ in range(2):
            run("models", "train", history, "--name", "ward", "--models", folder, "--forecaster", "weekday_mean")
        assert [(item["name"], item["version"]) for item in service.get("/v1/models")["items"]] == [
            ("ward", 1),
            ("ward", 2),
        ]
        for version in (1, 2):
            assert service.ask("POST", f"/v1/models/ward@{version}:promote").json()["status"] == "production"
        assert service.ask("POST", "/v1/models/ward:rollback").json()["version"] == 1
        assert Registry(folder).entry("ward").card.version == 1
        assert service.get("/v1/models/ward@2")["version"] == 2
        assert service.ask("GET", "/v1/models/ward@9").status_code == 404
        for verb in ("promote", "rollback"):
            assert service.ask("POST", f"/v1/models/strange@1:{verb}").status_code == 404
        assert [path.name for path in folder.iterdir()] == ["ward"]


def test_the_schema_is_the_command_line_s(service: Front) -> None:
    """The same JSON Schema."""
    assert service.get("/v1/schema/scenario") == json.loads(run("schema").output)


def test_prometheus_is_told_of_requests_and_jobs(service: Front, plan: dict[str, Any]) -> None:
    """By route and state; no id, no tenant and no scenario is a label."""
    text = service.ask("GET", "/metrics").text
    assert 'wardwright_requests_total{method="POST",route="/v1/plans",status="202"}' in text
    assert 'wardwright_jobs{kind="plan",state="done"}' in text
    assert plan["id"] not in text


def test_a_service_without_its_store_lives_and_is_not_ready(tmp_path: Path) -> None:
    """healthz answers, readyz and every job route say 503, and nothing is accepted."""
    with front("sqlite", tmp_path) as service:
        service.house.store = None
        assert service.ask("GET", "/healthz").status_code == 200
        assert service.ask("GET", "/version").json()["version"]
        for method, path in (("GET", "/readyz"), ("POST", "/v1/plans"), ("GET", "/v1/plans")):
            answer = service.ask(method, path, json=WARD)
            assert (answer.status_code, answer.json()["code"]) == (503, "store-failed")
            assert answer.headers["Retry-After"] == "5"


def test_a_store_that_can_t_be_written_accepts_nothing(tmp_path: Path) -> None:
    """A full disk (here: a database that may not grow) gives 503 and no job; with room again, all goes on."""
    with front("sqlite", tmp_path) as service:
        job = service.post(WARD)
        together = service.store.together
        assert together is not None
        pages = together(lambda connection: connection.exec_driver_sql("pragma page_count").scalar_one())
        together(lambda connection: connection.exec_driver_sql(f"pragma max_page_count={pages}"))
        noise = {**WARD, "note": "".join(random.Random(0).choices(string.ascii_letters, k=9_000))}
        answers = [service.ask("POST", "/v1/plans", json=noise) for _ in range(3)]
        assert [answer.status_code for answer in answers][-1] == 503
        taken = [answer.json()["id"] for answer in answers if answer.status_code == 202]
        assert [item["id"] for item in service.get("/v1/plans")["items"]] == [*taken[::-1], job["id"]]
        together(lambda connection: connection.exec_driver_sql("pragma max_page_count=100000"))
        assert service.ask("POST", "/v1/plans", json=noise).status_code == 202


def test_every_route_says_what_it_is(service: Front) -> None:
    """A summary, an operation of its own, and problems among its answers."""
    paths = service.get("/openapi.json")["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    assert len(operations) == len(ROUTES) == len({operation["operationId"] for operation in operations})
    assert all(operation["summary"] and "default" in operation["responses"] for operation in operations)
