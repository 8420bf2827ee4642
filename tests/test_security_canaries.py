"""Canaries: names put through every door are found in no log, figure, stranger's answer or temporary file, and a purge
leaves nothing of them."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from api.http import _endpoint
from api.service.asking import Ask, Route
from api.service.callers import READ
from api.service.exporting import NEW_SECONDS, plan_folder, sweep
from api.service.purging import purge
from api.service.rates import Rate, Rates
from api.service.schema import IDEMPOTENCY, JOBS
from api.service.task import Task
from api.service.telling import whereabouts
from api.service.work import WORK
from tests.command import run
from tests.service_front import Front, front
from tests.small_ward import small_ward

KEPT = "Quexworth"
"""A name that says nowhere that it is one, so it is taken: as the name of a ward, in a note, as an id."""

REFUSED = ("Mr Vexholm", "9434765919", "born 1951-02-03")
SECRETS = (KEPT, "Vexholm", "9434765919", "1951-02-03")
BIN = {"Content-Type": "application/json"}


def ward_of(name: str) -> dict[str, Any]:
    """The small ward with a canary wherever a scenario has room for words."""
    data = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
    group, unit = {f"{name}s": data["patients"]["med"]}, {**data["units"]["W"], "name": name, "cares_for": [f"{name}s"]}
    return {**data, "id": f"ward-{name}", "name": name, "patients": group, "units": {"W": unit}, "variants": {name: {}}}


DOORS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *(("POST", "/v1/plans", {"json": ward_of(each)}) for each in REFUSED),
    *(("POST", "/v1/forecasts", {"json": {**ward_of("x"), each: 1}}) for each in SECRETS),
    ("POST", "/v1/plans", {"json": ward_of(KEPT), "headers": {"Idempotency-Key": KEPT, "User-Agent": KEPT}}),
    ("POST", "/v1/plans", {"json": ward_of("x"), "headers": {"Idempotency-Key": f"{KEPT}\u00e9".encode()}}),
    ("POST", "/v1/plans", {"json": ward_of("x"), "params": {"set": f"units.W.name={KEPT}", "variant": KEPT}}),
    ("POST", "/v1/plans", {"json": ward_of("x"), "headers": {"Prefer": f"wait={KEPT}", "Referer": f"http://{KEPT}/"}}),
    ("POST", "/v1/plans", {"content": f'{{"id": "{KEPT}"'.encode(), "headers": BIN}),
    ("POST", "/v1/plans", {"content": f'{{"{KEPT}": 1, "{KEPT}": 2}}'.encode(), "headers": BIN}),
    ("POST", "/v1/plans", {"content": KEPT.encode() + b"\xff\x00", "headers": BIN}),
    ("POST", "/v1/plans", {"content": b"{}", "headers": {"Content-Type": f"text/{KEPT}"}}),
    ("POST", "/v1/plans", {"content": (KEPT * 300_000).encode(), "headers": BIN}),
    ("POST", "/v1/plans", {"content": b"x", "headers": {**BIN, "Content-Encoding": KEPT}}),
    ("POST", "/v1/comparisons", {"json": {"options": [{"scenario": ward_of(KEPT), "name": KEPT}]}}),
    ("POST", "/v1/webhooks", {"json": {"url": f"https://{KEPT}.example/{KEPT}", "events": ["done"]}}),
    ("GET", "/v1/plans", {"params": {"state": KEPT}}),
    ("GET", "/v1/plans", {"params": {"page_token": KEPT, "page_size": KEPT}}),
    ("GET", f"/v1/plans/{KEPT}", {"headers": {"If-None-Match": KEPT}}),
    ("GET", f"/v1/plans/{KEPT}/events", {"headers": {"Last-Event-ID": KEPT}}),
    ("GET", f"/v1/plans/{KEPT}/export", {"params": {"format": KEPT}}),
    ("DELETE", f"/v1/plans/{KEPT}", {"headers": {"If-Match": KEPT}}),
    ("GET", f"/v1/models/{KEPT}", {}),
    ("POST", f"/v1/models/{KEPT}:promote", {}),
    ("GET", f"/v1/demo/{KEPT}", {}),
    ("GET", f"/problems/{KEPT}", {}),
    ("GET", f"/{KEPT}%0d%0aERROR%20{KEPT}", {}),
    ("PUT", f"/v1/plans/{KEPT}", {}),
    ("GET", f"/plans/{KEPT}", {"headers": {"Cookie": f"ww_session={KEPT}; ww_language={KEPT}"}}),
    ("GET", f"/shared/{KEPT}", {"headers": {"Accept-Language": KEPT}}),
    ("POST", "/sign-in", {"data": {"key": KEPT, "to": f"//{KEPT}"}}),
    ("POST", "/scenario", {"data": {"text": f"id: {KEPT}\nname: Mr Vexholm"}}),
    ("POST", "/plan", {"files": {"file": (f"{KEPT}.yaml", f"id: {KEPT}".encode())}}),
)
"""Every way in: bodies good and bad, headers, parameters, paths, cookies and forms of the page."""


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of temporary files for as long as this module runs."""
    before, place = tempfile.tempdir, tmp_path_factory.mktemp("temporary")
    tempfile.tempdir = str(place)
    yield place
    tempfile.tempdir = before


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the store lies."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def log() -> Iterator[list[str]]:
    """All that is logged at any level, but for what the tests' own client says of itself."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name.partition(".")[0] not in ("httpx", "httpcore", "asyncio"):
                lines.append(logging.Formatter("%(name)s %(message)s").format(record))

    root, handler = logging.getLogger(), Kept()
    before = root.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield lines
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture(scope="module")
def service(folder: Path, temporary: Path, log: list[str]) -> Iterator[Front]:
    """A service that asks for keys."""
    del temporary, log
    with front("sqlite", folder, login=True) as found:
        found.house.gate.usual = Rates(Rate(1e6, 10**6))
        yield found


@pytest.fixture(scope="module")
def keys(service: Front) -> dict[str, str]:
    """Keys of two tenants."""
    return {tenant: service.key(tenant) for tenant in ("north", "south")}


@pytest.fixture(scope="module")
def plan(service: Front, keys: dict[str, str]) -> str:
    """North's plan, made, changed and exported after canaries went through every door; its path."""
    for method, path, request in DOORS:
        answer = service.ask(method, path, key=keys["north"], **request)
        assert answer.status_code in (200, 202, 303, 400, 401, 403, 404, 405, 413, 415, 422), (path, answer.text)
    made = service.planned(ward_of(KEPT), key=keys["north"])
    item = f"/v1/plans/{made['id']}"
    service.post({"events": ["1 rn sick 2024-01-02 D at W"]}, f"{item}:replan", key=keys["north"])
    service.work()
    assert service.get("/v1/plans", key=keys["north"])["items"][0]["state"] == "done"
    for form in ("csv", "html", "json"):
        assert service.ask("GET", f"{item}/export", key=keys["north"], params={"format": form}).status_code == 200
    return item


@pytest.fixture
def front_and_plan(service: Front, plan: str) -> Front:
    """The service after all that."""
    assert KEPT in service.get(plan, key=service.key("north"))["scenario"]["id"]
    return service


def told(text: str | bytes) -> list[str]:
    """Which of the canaries a text holds, however it is written."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return [secret for secret in SECRETS if secret.lower() in shown.lower()]


def test_no_log_names_a_canary(front_and_plan: Front, log: list[str]) -> None:
    """At any level and of any library; the log does tell which routes were asked and which jobs were done."""
    del front_and_plan
    assert any("GET /v1/plans/{id}: 404" in line for line in log)
    assert any("job plan_" in line for line in log)
    assert [line for line in log if told(line)] == []


def test_no_figure_names_a_canary(front_and_plan: Front, keys: dict[str, str]) -> None:
    """What Prometheus is told."""
    assert told(front_and_plan.ask("GET", "/metrics", key=keys["north"]).text) == []


def test_no_other_tenant_is_answered_a_canary(front_and_plan: Front, keys: dict[str, str], plan: str) -> None:
    """Asking for the plan itself, for lists, the audit and by wrong ids, good and bad requests alike."""
    south = keys["south"]
    paths = (plan, f"{plan}/status", f"{plan}/export", "/v1/plans", "/v1/forecasts", "/v1/comparisons", "/v1/models",
             "/v1/webhooks", "/v1/audit", "/v1/plans/x", "/v1/demo/x", "/problems/x")  # fmt: skip
    answers = [front_and_plan.ask("GET", path, key=south) for path in paths]
    answers += [front_and_plan.ask("POST", f"{plan}{verb}", key=south, json={}) for verb in (":replan", ":publish")]
    answers += [front_and_plan.ask("POST", "/v1/plans", key=south, content=b"{") for _ in range(2)]
    assert [answer.url for answer in answers if told(answer.text) or told(str(answer.headers))] == []


def test_who_is_refused_is_not_answered_his_canary(service: Front, keys: dict[str, str]) -> None:
    """A body that names somebody: neither name nor number nor date comes back."""
    for each in REFUSED:
        answer = service.ask("POST", "/v1/plans", key=keys["north"], json=ward_of(each))
        assert (answer.status_code, told(answer.text)) == (422, [])


def test_no_file_is_left_among_temporary_ones(front_and_plan: Front, temporary: Path) -> None:
    """Plans are laid there to be read and to be solved, and are gone: neither a name nor a file is left."""
    del front_and_plan
    files = [path for path in temporary.rglob("*") if path.is_file()]
    assert [path for path in files if told(str(path)) or told(path.read_bytes())] == []
    assert list(temporary.glob("wardwright-plan-*")) == []


def test_the_audit_names_no_canary(front_and_plan: Front, keys: dict[str, str]) -> None:
    """Who did what to which id."""
    items = front_and_plan.get("/v1/audit", key=keys["north"])["items"]
    assert {"export"} <= {item["what"] for item in items}
    assert told(str(items)) == []


def test_a_fault_of_ours_is_logged_by_its_place_without_a_word(
    front_and_plan: Front, keys: dict[str, str], log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a route and in a worker: the error's kind, file and line; its message, which holds a canary, is not there."""

    async def broken(ask: Ask) -> Any:
        raise KeyError(f"{KEPT}\nERROR forged") from ValueError(KEPT)

    def work(task: Task) -> Any:
        raise ZeroDivisionError(KEPT)

    route = Route("GET", "/broken", broken, "", READ, {})
    front_and_plan.app.add_api_route("/broken", _endpoint(front_and_plan.house, route))
    assert front_and_plan.ask("GET", "/broken", key=keys["north"]).json()["code"] == "internal"
    monkeypatch.setitem(WORK, "plan", work)
    job = front_and_plan.planned(ward_of("y"), key=keys["north"])
    assert (job["state"], told(str(job["problem"]))) == ("failed", [])
    (asked,) = [line for line in log if "/broken: a fault of ours" in line]
    (worked,) = [line for line in log if f"{job['id']}: a fault of ours" in line]
    assert "KeyError at test_security_canaries.py:" in asked
    assert "after ValueError at " in asked
    assert "ZeroDivisionError at test_security_canaries.py:" in worked
    assert [line for line in log if told(line) or "forged" in line] == []


def test_a_place_is_told_even_of_an_error_that_was_never_raised() -> None:
    """Its kind alone."""
    assert whereabouts(KeyError("x")) == "KeyError at "


def test_folders_of_killed_processes_are_swept_and_those_in_use_stay(temporary: Path) -> None:
    """One that nobody holds and that is old goes; a young one and one that is held stay."""
    left, young = temporary / "wardwright-plan-left", temporary / "wardwright-plan-young"
    for each in (left, young):
        each.mkdir()
        (each / "plan.json").write_text(KEPT)
    past = time.time() - 2 * NEW_SECONDS
    os.utime(left, (past, past))
    with plan_folder({"plan.json": "{}"}) as held:
        os.utime(held, (past, past))
        assert sweep() == 1
        assert (left.exists(), young.exists(), held.exists()) == (False, True, True)
    for each in young.iterdir():
        each.unlink()
    young.rmdir()


def test_a_purge_leaves_nothing_of_a_canary(front_and_plan: Front, folder: Path) -> None:
    """Before it the store's folder holds some, plain and compressed; after it none, deleted pages and logs included."""
    assert carved(folder)
    back = 91 * 86_400
    for age in (
        update(JOBS).values(ended_at=JOBS.c.made_at - back, made_at=JOBS.c.made_at - back, state="done"),
        update(IDEMPOTENCY).values(made_at=IDEMPOTENCY.c.made_at - back),
    ):
        front_and_plan.store.write(lambda connection, age=age: connection.execute(age))
    assert purge(front_and_plan.store, 90).clean
    assert carved(folder) == []


def carved(place: Path) -> list[str]:
    """The files under a folder whose bytes, or anything that can be decompressed from any place in them, tell one."""
    return [path.name for path in place.rglob("*") if path.is_file() and any(told(each) for each in _pieces(path))]


def _pieces(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield content
    if path.name.endswith(".db"):  # a row that fills several pages is whole only when the database puts it together
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            for table in ("jobs", "files"):
                column = "request" if table == "jobs" else "data"
                yield from (zlib.decompress(row[0]) for row in database.execute(f"select {column} from {table}"))
        database.close()
    at = content.find(b"\x78\x9c")
    while at >= 0:
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[at : at + 65_536])
        at = content.find(b"\x78\x9c", at + 1)


def test_an_import_tells_no_canary(tmp_path: Path) -> None:
    """Names and numbers of an HL7 message are neither in tables nor in what is said, of good and broken messages."""
    person = f"PID|1||9434765919^^^NHS||{KEPT}^Alice||19510203|F"
    place = ["PV1", "1", "I", "AMU^B1", *[""] * 15, KEPT]
    good = "\r".join(["MSH|^~\\&|A|H|P|H|20260105||ADT^A01|1|P|2.5", "EVN|A01|20260105083000", person, "|".join(place)])
    for number, text in enumerate((good, good.replace("20260105083000", KEPT).replace("|20260105|", "||"))):
        file = tmp_path / f"{number}.hl7"
        file.write_text(text, encoding="utf-8", newline="")
        done = run("import", file, "-o", tmp_path / f"out{number}")
        made = [each.read_bytes() for each in (tmp_path / f"out{number}").glob("*")]
        assert told(done.output) == []
        assert [each for each in made if told(each) or b"19510203" in each] == []
