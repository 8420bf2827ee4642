"""Webhooks: signed as receivers expect, told until they arrive, to nobody but hosts that were allowed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api.service.courier import Courier
from api.service.hooks import DELAYS, signature
from api.service.schema import DELIVERIES
from tests.service_front import STORES, Front, front
from tests.small_ward import small_ward

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)


class Receiver(HTTPServer):
    """Somebody who is told: keeps what comes, answers with `status`."""

    status = 204

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reading)
        self.got: list[tuple[dict[str, str], str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_port}"


class Reading(BaseHTTPRequestHandler):
    """Keeps one request."""

    server: Receiver

    def do_POST(self) -> None:
        """Keep it and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A new one."""
    found = Receiver()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture(params=STORES)
def service(request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver) -> Iterator[Front]:
    """A service that may tell the receiver."""
    with front(request.param, tmp_path) as found:
        found.house.hook_hosts = frozenset({receiver.host, "rota.example"})
        yield found


def hook(service: Front, receiver: Receiver, *events: str) -> dict[str, Any]:
    """The receiver, told of events."""
    answer = service.ask("POST", "/v1/webhooks", json={"url": f"http://{receiver.host}/told?a=1", "events": events})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def deliver(service: Front) -> int:
    """Tell all that is due; how many there were."""
    courier, count = Courier(service.store, threading.Event()), 0
    while courier.once():
        count += 1
    return count


def make_due(service: Front) -> None:
    """As if the delay were over."""
    again = update(DELIVERIES).where(DELIVERIES.c.due_at.is_not(None)).values(due_at=1.0)
    service.store.write(lambda connection: connection.execute(again))


def test_a_done_plan_is_told_with_a_signature_that_holds(service: Front, receiver: Receiver) -> None:
    """HMAC-SHA256 over id, time and body with the secret shown when the webhook was made; no figure of the plan."""
    secret = hook(service, receiver, "done")["secret"]
    job = service.planned(WARD)
    assert deliver(service) == 1
    ((headers, body),) = receiver.got
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(key) == 32
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}"
    expected = base64.b64encode(hmac.new(key, message.encode(), hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert told["type"] == "plan.done"
    assert told["data"] == {
        "id": job["id"], "kind": "plan", "event": "done", "outcome": "optimal", "scenario": "ward",
    }  # fmt: skip


def test_only_what_was_asked_for_is_told_and_once(service: Front, receiver: Receiver) -> None:
    """Cancelled and published are; done is not, and nothing is told twice."""
    hook(service, receiver, "cancelled", "published")
    plan, waits = service.planned(WARD), service.post(WARD)
    service.ask("POST", f"/v1/plans/{waits['id']}:cancel")
    service.ask("POST", f"/v1/plans/{plan['id']}:publish", headers={"If-Match": "*"})
    assert (deliver(service), deliver(service)) == (2, 0)
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["plan.cancelled", "plan.published"]


def test_what_does_not_arrive_is_told_again_and_then_given_up(service: Front, receiver: Receiver) -> None:
    """Once and seven times more, with the same id each time, so that a receiver can tell it has it already."""
    receiver.status = 500
    hook(service, receiver, "done")
    service.planned(WARD)
    for _ in range(len(DELAYS) + 1):
        assert deliver(service) == 1
        assert deliver(service) == 0
        make_due(service)
    assert deliver(service) == 0
    assert len(receiver.got) == len(DELAYS) + 1 == 8
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    rows = service.store.read(lambda connection: connection.execute(select(DELIVERIES)).all())
    assert [(row.status, row.due_at, row.attempts) for row in rows] == [("500", None, 8)]


def test_a_redirect_is_not_followed(service: Front, receiver: Receiver) -> None:
    """It counts as not arrived."""
    receiver.status = 302
    hook(service, receiver, "done")
    service.planned(WARD)
    assert deliver(service) == 1
    assert len(receiver.got) == 1


def test_a_receiver_that_is_away_does_not_stop_the_others(service: Front, receiver: Receiver) -> None:
    """One address refuses connections; the other is told all the same."""
    hook(service, receiver, "done")
    service.house.hook_hosts = frozenset({"127.0.0.1:1", receiver.host})
    service.ask("POST", "/v1/webhooks", json={"url": "http://127.0.0.1:1/", "events": ["done"]})
    service.planned(WARD)
    assert deliver(service) == 2
    assert len(receiver.got) == 1


def test_an_erased_webhook_is_told_nothing(service: Front, receiver: Receiver) -> None:
    """Neither what comes nor what was due."""
    made = hook(service, receiver, "done")
    service.planned(WARD)
    assert [item["id"] for item in service.get("/v1/webhooks")["items"]] == [made["id"]]
    assert "secret" not in service.get("/v1/webhooks")["items"][0]
    assert service.ask("DELETE", f"/v1/webhooks/{made['id']}").status_code == 204
    service.planned(WARD)
    assert (deliver(service), receiver.got) == (0, [])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://169.254.169.254/latest", "must be on a host that may be told"),
        ("https://rota.example:22/", "must be on a host that may be told"),
        ("https://x@rota.example/", "must be on a host that may be told"),
        ("https://rota.example.evil/", "must be on a host that may be told"),
        ("file:///etc/passwd", "must be on a host that may be told"),
        ("http://rota.example/", "must be https"),
        ("https://[rota.example/", "must be an address"),
    ],
)
def test_no_address_is_told_that_nobody_allowed(tmp_path: Path, url: str, words: str) -> None:
    """The service can't be made to ask whatever it can reach."""
    with front("sqlite", tmp_path) as service:
        service.house.hook_hosts = frozenset({"rota.example"})
        if "22" in url:
            service.house.hook_hosts = frozenset({"rota.example:443"})
        answer = service.ask("POST", "/v1/webhooks", json={"url": url, "events": ["done"]})
        assert answer.status_code == 422
        assert words in answer.json()["faults"][0]["message"]


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks specification's own libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert (
        signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
