"""Who may see and do what: keys, roles, tenants, rates and sizes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api.errors import Refused
from api.serve_command import Serving, refuse_unsafe
from api.service.asking import Route
from api.service.callers import ROLES
from api.service.errors import NoLogin, TooMany
from api.service.keys import Wanted, caller_of, create, listed, revoke
from api.service.rates import Rate, Rates
from api.service.schema import KEYS
from api.service.table import ROUTES
from tests import roster_ward
from tests.command import run
from tests.service_front import Front, front
from tests.small_ward import small_ward

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
NOBODY = "plan_" + "0" * 32
WITH_AN_ID = [route for route in ROUTES if "{id}" in route.path]
GUARDED = [route for route in ROUTES if route.scope is not None]


def name_of(route: Route) -> str:
    """A route as a test's name."""
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service that asks everybody for a key, with rates so high that no test meets them by chance."""
    with front("sqlite", tmp_path_factory.mktemp("security"), login=True) as found:
        found.house.gate.usual = Rates(Rate(1e6, 10**6))
        found.house.gate.failed = Rates(Rate(1e6, 10**6))
        yield found


@pytest.fixture(scope="module")
def keys(service: Front) -> dict[str, str]:
    """An administrator's key of each of two tenants."""
    return {tenant: service.key(tenant) for tenant in ("north", "south")}


@pytest.fixture(scope="module")
def norths(service: Front, keys: dict[str, str]) -> dict[str, str]:
    """What tenant north has of each kind, by the path it lives under."""
    swept = {**WARD, "sweep": {"staff.rn.own.W": [2]}}
    asked = {
        "/v1/plans": WARD,
        "/v1/forecasts": WARD,
        "/v1/comparisons": {"options": [{"scenario": WARD}, {"set": ["staff.rn.own.W=1"]}]},
        "/v1/sweeps": swept,
        "/v1/rosters": roster_ward.scenario(1, 1, needs=roster_ward.every(1, "early")),
    }
    found = {path: service.planned(body, path, key=keys["north"])["id"] for path, body in asked.items()}
    simulation = {"plan": found["/v1/plans"], "reps": 2}
    found["/v1/simulations"] = service.planned(simulation, "/v1/simulations", key=keys["north"])["id"]
    service.house.hook_hosts = frozenset({"rota.example"})
    hook = {"url": "https://rota.example/told", "events": ["superseded"]}
    made = service.ask("POST", "/v1/webhooks", key=keys["north"], json=hook)
    return {**found, "/v1/webhooks": made.json()["id"]}


def call(service: Front, route: Route, job_id: str, key: str | None) -> Any:
    """A request that a route could answer."""
    path = re.sub(r"{\w+}", "x", route.path.replace("{id}", job_id))
    headers = {"If-Match": "*"}
    body: dict[str, Any] = {} if route.body is None else {"json": WARD if route.body == "Scenario" else {}}
    return service.ask(route.method, path, key=key, headers=headers, **body)


@pytest.mark.parametrize("route", WITH_AN_ID, ids=name_of)
def test_another_tenant_s_id_answers_like_a_random_one(
    service: Front, keys: dict[str, str], norths: dict[str, str], route: Route
) -> None:
    """On every route with an id: the same status, headers and words, and the job is as it was."""
    path = next(path for path in norths if route.path.startswith(path))
    before = service.ask("GET", path, key=keys["north"])
    theirs, random = (call(service, route, job_id, keys["south"]) for job_id in (norths[path], NOBODY))
    assert random.status_code == 404
    assert (theirs.status_code, theirs.content, theirs.headers) == (404, random.content, random.headers)
    assert norths[path] in before.text
    assert service.ask("GET", path, key=keys["north"]).content == before.content


def test_a_list_shows_one_s_own_alone(service: Front, keys: dict[str, str], norths: dict[str, str]) -> None:
    """Another tenant's list is empty, with a page token of the first tenant's too, and so is its audit."""
    assert service.get("/v1/plans", key=keys["north"])["items"]
    token = "YmVmb3JlOjk5OTk5"  # before:99999
    for params in ({}, {"page_token": token}, {"state": "done"}):
        assert service.get("/v1/plans", key=keys["south"], params=params)["items"] == []
    service.ask("GET", f"/v1/plans/{norths['/v1/plans']}/export", key=keys["north"])
    assert service.get("/v1/audit", key=keys["north"])["items"]
    assert service.get("/v1/audit", key=keys["south"])["items"] == []


def test_an_idempotency_key_of_another_tenant_is_free(service: Front, keys: dict[str, str]) -> None:
    """It neither finds the other's job nor says that it is taken."""
    answers = [
        service.ask("POST", "/v1/plans", key=keys[tenant], json=data, headers={"Idempotency-Key": "one"})
        for tenant, data in (("north", WARD), ("south", {**WARD, "id": "mine"}))
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert all("Idempotent-Replayed" not in answer.headers for answer in answers)


def test_a_plan_of_another_tenant_is_not_replanned_by_a_job(service: Front, norths: dict[str, str]) -> None:
    """The parent is looked for among one's own plans."""
    planner = service.key("south", "planner")
    answer = service.ask("POST", f"/v1/plans/{norths['/v1/plans']}:replan", key=planner, json={"events": []})
    assert answer.status_code == 404


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_nobody_gets_in_without_a_key(service: Front, route: Route) -> None:
    """401 with the way to log in, whatever else is wrong with the request."""
    for key in (None, "ww_" + "A" * 43, "nonsense"):
        answer = call(service, route, NOBODY, key)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["code"] == "no-login"


@pytest.mark.parametrize("route", GUARDED, ids=name_of)
def test_a_role_may_do_what_its_scopes_say_and_no_more(service: Front, route: Route) -> None:
    """403 for a key whose scopes lack the route's; whoever has it is not turned away for that."""
    without = tuple(sorted(ROLES["admin"] - {str(route.scope)}))
    few, right = service.key("north", scopes=without), service.key("north", scopes=(str(route.scope),))
    refused = call(service, route, NOBODY, few)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert call(service, route, NOBODY, right).status_code not in (401, 403)


def test_roles_grow_from_planner_to_administrator() -> None:
    """Each has what the one before has, and one thing more."""
    assert ROLES["planner"] < ROLES["publisher"] < ROLES["admin"]
    assert ROLES["publisher"] - ROLES["planner"] == {"publish"}


def test_only_who_may_publish_erases_what_is_published(service: Front) -> None:
    """A planner's DELETE of the plan that counts is refused."""
    planner, publisher = service.key("north", "planner"), service.key("north", "publisher")
    job = service.planned({**WARD, "id": "counts"}, key=planner)
    path = f"/v1/plans/{job['id']}"
    assert service.ask("POST", f"{path}:publish", key=publisher, headers={"If-Match": "*"}).status_code == 200
    assert service.ask("DELETE", path, key=planner).status_code == 403
    assert service.ask("DELETE", path, key=publisher).status_code == 204


def test_a_key_is_kept_as_a_hash_and_has_256_bits(service: Front) -> None:
    """43 characters of base64 hold 32 bytes; none of them stands in the store."""
    secret = service.key("north")
    assert len(secret.removeprefix("ww_")) == 43
    rows = service.store.read(lambda connection: connection.execute(select(KEYS)).all())
    assert secret not in str(rows)
    assert secret.removeprefix("ww_").encode() not in b"".join(
        path.read_bytes() for path in Path(str(service.store.engine.url.database)).parent.glob("store.db*")
    )


def test_revoked_and_expired_keys_open_nothing(service: Front) -> None:
    """Both are told the same as an unknown one."""
    store = service.store
    for ends in (True, False):
        key, secret = store.write(lambda connection: create(connection, Wanted("north", "x", "planner")))
        assert store.read(lambda connection, secret=secret: caller_of(connection, secret)).tenant == "north"
        if ends:
            store.write(lambda connection, key=key: revoke(connection, key.id))
        else:
            past = update(KEYS).where(KEYS.c.id == key.id).values(expires_at=1.0)
            store.write(lambda connection, past=past: connection.execute(past))
        with pytest.raises(NoLogin, match="unknown, expired or revoked"):
            store.read(lambda connection, secret=secret: caller_of(connection, secret))


def test_a_bucket_fills_steadily_and_holds_a_burst() -> None:
    """Two a second and three at once: the fourth is told to come back in a second, and is let in after half of one."""
    rates = Rates(Rate(2.0, 3))
    for _ in range(3):
        rates.take("a", at=0.0)
    with pytest.raises(TooMany) as caught:
        rates.take("a", at=0.0)
    assert caught.value.retry_after == 1
    rates.take("b", at=0.0)
    rates.take("a", at=0.5)
    with pytest.raises(TooMany):
        rates.take("a", at=0.6)


def test_who_asks_too_often_is_told_when_to_come_back(service: Front) -> None:
    """429 with Retry-After, before the body is read; others are not touched."""
    before, service.house.gate.usual = service.house.gate.usual, Rates(Rate(0.1, 2))
    try:
        busy, quiet = service.key("north"), service.key("north")
        answers = [service.ask("GET", "/v1/plans", key=busy) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].headers["Retry-After"] == "10"
        assert service.ask("GET", "/v1/plans", key=quiet).status_code == 200
    finally:
        service.house.gate.usual = before


def test_who_guesses_keys_is_slowed_down(service: Front) -> None:
    """After two wrong keys from one address: 429, and a right key still gets in."""
    right = service.key("north")
    before, service.house.gate.failed = service.house.gate.failed, Rates(Rate(0.1, 2))
    try:
        codes = [service.ask("GET", "/v1/plans", key=f"ww_{at}").status_code for at in range(4)]
        assert codes == [401, 401, 429, 429]
        assert service.ask("GET", "/v1/plans", key=right).status_code == 200
    finally:
        service.house.gate.failed = before


def test_a_body_said_to_be_too_large_is_not_read(service: Front) -> None:
    """413 by its Content-Length: not one piece of it is asked for."""
    asked = []

    async def body() -> AsyncIterator[bytes]:
        asked.append(1)
        yield b"{}"

    headers = {"Content-Length": "2000001", "Content-Type": "application/json"}
    answer = service.ask("POST", "/v1/plans", key=service.key("north"), headers=headers, content=body())
    assert (answer.status_code, asked) == (413, [])


def test_without_a_login_only_this_machine_s_own_names_are_answered(tmp_path: Path) -> None:
    """A web page of somebody else's can neither ask under a name of its own nor from its own origin."""
    with front("sqlite", tmp_path) as open_service:
        assert open_service.ask("GET", "/v1/plans").status_code == 200
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            assert open_service.ask("GET", "/v1/plans", headers=headers).status_code == 403
        assert open_service.ask("GET", "/v1/plans", headers={"Origin": "http://localhost:3000"}).status_code == 200


def test_a_log_is_not_written_by_its_reader(service: Front, caplog: pytest.LogCaptureFixture) -> None:
    """Line breaks in a path or a header never reach a log as such."""
    with caplog.at_level("DEBUG"):
        answer = service.ask("GET", "/v1/plans/x%0aERROR%20forged", key=service.key("north"))
    assert answer.status_code == 404
    assert not [record for record in caplog.records if "\n" in record.getMessage()]


def serving(**changes: Any) -> Serving:
    """What `serve` is given."""
    usual: dict[str, Any] = {
        "host": "127.0.0.1", "port": 8000, "store": None, "workers": 1, "models": Path("models"), "certificate": None,
        "key": None, "behind_proxy": False, "login": False, "hook_hosts": (),
        "oidc_issuer": None, "oidc_audience": "wardwright", "oidc_tenant_claim": "tenant", "oidc_role_claim": "role",
        "keep_days": None, "longest": 3600.0, "memory_gib": None,
    }  # fmt: skip
    return Serving(**{**usual, **changes})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "db.example"])
def test_an_address_beyond_this_machine_wants_tls_or_a_proxy(host: str) -> None:
    """Else nothing is bound, and the cure is told."""
    with pytest.raises(Refused, match="--tls-cert and --tls-key, say --behind-proxy"):
        refuse_unsafe(serving(host=host))
    refuse_unsafe(serving(host=host, behind_proxy=True))
    refuse_unsafe(serving(host=host, certificate=Path("c"), key=Path("k")))
    with pytest.raises(Refused, match="belong together"):
        refuse_unsafe(serving(host=host, certificate=Path("c")))


def test_workers_are_told_what_a_solve_may_use() -> None:
    """The bounds of `serve` are those of the workers that it starts."""
    assert serving().bounds == ("--longest", "3600.0")
    assert serving(longest=60.0, memory_gib=2.0).bounds == ("--longest", "60.0", "--memory-gib", "2.0")


def test_a_service_that_others_can_reach_always_asks_for_a_key() -> None:
    """Behind a proxy even at a loopback address; only this machine alone may go without."""
    assert not serving().reachable
    assert not serving(host="::1").reachable
    assert serving(behind_proxy=True).reachable
    assert serving(host="0.0.0.0").reachable


def test_keys_are_made_listed_and_revoked_on_the_command_line(tmp_path: Path) -> None:
    """The secret is printed once; the list shows whose, which role and that it is revoked."""
    store = f"sqlite:///{tmp_path / 'keys.db'}"
    made = run("keys", "create", "rota system", "--tenant", "north", "--role", "publisher", "--store", store)
    assert made.exit_code == 0
    (key_id,) = re.findall(r"key_\w+", made.output)
    (secret,) = re.findall(r"ww_[\w-]{43}", made.output)
    shown = run("keys", "list", "--store", store).output
    assert secret not in shown
    assert f"{key_id}  north  publisher  made " in shown
    assert run("keys", "revoke", key_id, "--store", store).exit_code == 0
    assert "revoked" in run("keys", "list", "--store", store).output
    audit = run("audit", "verify", "--store", store)
    assert (audit.exit_code, audit.output.startswith("2 rows, unbroken")) == (0, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--tenant", "No Such"), "a tenant is named in small letters"),
        (("--tenant", "north", "--role", "king"), "there are the roles planner, publisher, admin"),
        (("--tenant", "north", "--scope", "publish"), "not among the scopes of a planner"),
    ],
)
def test_a_key_that_can_t_be_made_says_why(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    """Exit 2, and no key."""
    store = f"sqlite:///{tmp_path / 'keys.db'}"
    done = run("keys", "create", "x", *words, "--store", store)
    assert (done.exit_code, told in done.output) == (2, True)
    assert "No keys" in run("keys", "list", "--store", store).output


def test_revoking_a_key_that_is_not_there_says_so(tmp_path: Path) -> None:
    """Exit 2."""
    done = run("keys", "revoke", "key_x", "--store", f"sqlite:///{tmp_path / 'keys.db'}")
    assert (done.exit_code, "no key is called key_x" in done.output) == (2, True)


def test_keys_of_all_tenants_are_listed_or_of_one(service: Front) -> None:
    """By the store, oldest first."""
    service.key("west")
    assert [key.tenant for key in service.store.read(lambda connection: listed(connection, "west"))] == ["west"]
