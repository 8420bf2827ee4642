"""Webhooks: what happens to a tenant's jobs is told to addresses of its choice, signed, and again until it arrives.

What is to be told is written in the transaction of what it tells of, so that neither is without the other. It is signed
as the Standard Webhooks specification says (standardwebhooks.com), for which receivers find libraries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from api.service.audit import Deed, note
from api.service.callers import Caller
from api.service.errors import NoSuch, TooMany
from api.service.jobs import ENDED, Job
from api.service.schema import DELIVERIES, HOOKS
from api.service.store import now
from optimizer.scenario.faults import Fault, ScenarioError

EVENTS: Final = (*ENDED, "published", "superseded")
"""What can be told of a job."""

DELAYS: Final = (5.0, 30.0, 120.0, 600.0, 3_600.0, 21_600.0, 86_400.0)
"""Seconds until it is tried again, by how often it was tried; then it is given up."""

HELD_SECONDS: Final = 60.0
"""A delivery in hand is nobody else's for so long."""

MOST: Final = 20
PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told of some events."""

    id: str
    url: str
    events: tuple[str, ...]
    made_at: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something to be told now; `attempts` counts this one."""

    number: int
    id: str
    url: str
    secret: str
    body: str
    attempts: int


def add(
    connection: Connection, caller: Caller, url: str, events: tuple[str, ...], hosts: Collection[str]
) -> tuple[Hook, str]:
    """Tell a tenant's events to an address from now on; the secret is shown this once.

    Raises ScenarioError where the address is not https on one of the `hosts` allowed, TooMany past twenty.
    """
    if fault := _fault(url, hosts):
        raise ScenarioError([fault])
    if len(listed(connection, caller.tenant)) >= MOST:
        raise TooMany(f"{MOST} webhooks are the most a tenant may have; delete one", 3600)
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    hook = Hook(f"hook_{secrets.token_hex(16)}", url, events, now(connection))
    row = {"id": hook.id, "tenant": caller.tenant, "url": url, "events": json.dumps(events), "secret": secret}
    connection.execute(insert(HOOKS), {**row, "made_at": hook.made_at})
    note(connection, Deed(caller, "webhook made", hook.id, "", urlsplit(url).hostname or ""))
    return hook, secret


def listed(connection: Connection, tenant: str) -> list[Hook]:
    """A tenant's webhooks, oldest first."""
    asked = select(HOOKS.c.id, HOOKS.c.url, HOOKS.c.events, HOOKS.c.made_at).where(HOOKS.c.tenant == tenant)
    found = connection.execute(asked.order_by(HOOKS.c.made_at))
    return [Hook(hook_id, url, tuple(json.loads(events)), made_at) for hook_id, url, events, made_at in found]


def remove(connection: Connection, caller: Caller, hook_id: str) -> None:
    """Tell it nothing more. Raises NoSuch."""
    mine = HOOKS.c.id == hook_id, HOOKS.c.tenant == caller.tenant
    if connection.execute(delete(HOOKS).where(*mine)).rowcount != 1:
        raise NoSuch("nothing here has this id")
    note(connection, Deed(caller, "webhook erased", hook_id, "", ""))


def announce(connection: Connection, job: Job, event: str, outcome: str | None) -> None:
    """Write down what is to be told of a job: its id and how it stands, no figure of it."""
    for hook in listed(connection, job.tenant):
        if event in hook.events:
            delivery, at = f"msg_{secrets.token_hex(16)}", now(connection)
            told = {"id": job.id, "kind": job.kind, "event": event, "outcome": outcome, "scenario": job.scenario}
            body = json.dumps({"type": f"{job.kind}.{event}", "timestamp": at, "data": told})
            row = {"hook": hook.id, "id": delivery, "body": body, "made_at": at, "attempts": 0, "due_at": at}
            connection.execute(insert(DELIVERIES), row)


def due(connection: Connection) -> Delivery | None:
    """The delivery that has been due for longest, taken in hand; None where none is due."""
    at = now(connection)
    asked = select(DELIVERIES.c.number).where(DELIVERIES.c.due_at <= at).order_by(DELIVERIES.c.due_at).limit(1)
    number = connection.execute(asked.with_for_update(skip_locked=True)).scalar_one_or_none()
    if number is None:
        return None
    held = {"due_at": at + HELD_SECONDS, "attempts": DELIVERIES.c.attempts + 1}
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.number == number).values(**held))
    columns = DELIVERIES.c.number, DELIVERIES.c.id, HOOKS.c.url, HOOKS.c.secret, DELIVERIES.c.body
    found = select(*columns, DELIVERIES.c.attempts).join(HOOKS, HOOKS.c.id == DELIVERIES.c.hook)
    return Delivery(*tuple(connection.execute(found.where(DELIVERIES.c.number == number)).one()))


def any_due(connection: Connection) -> bool:
    """Whether anything is due; looking takes no lock."""
    asked = select(DELIVERIES.c.number).where(DELIVERIES.c.due_at <= now(connection)).limit(1)
    return connection.execute(asked).first() is not None


def told(connection: Connection, delivery: Delivery, status: str, *, arrived: bool) -> None:
    """Note how a delivery went: done with, to be tried again, or given up."""
    left = arrived or delivery.attempts > len(DELAYS)
    due_at = None if left else now(connection) + DELAYS[delivery.attempts - 1]
    done = update(DELIVERIES).where(DELIVERIES.c.number == delivery.number)
    connection.execute(done.values(due_at=due_at, status=status[:100]))


def signature(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """`webhook-signature` of a message: HMAC-SHA256 over id, time and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _fault(url: str, hosts: Collection[str]) -> Fault | None:
    """What is wrong with an address: a service must not be made to ask whatever it can reach."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Fault("", 0, 0, "/url", "must be an address such as https://rota.example/told")
    place = host if port is None else f"{host}:{port}"
    if parts.scheme not in ("https", "http") or parts.username or not {host, place} & set(hosts):
        known = ", ".join(sorted(hosts)) or "none: start the service with --webhook-host"
        return Fault("", 0, 0, "/url", f"must be on a host that may be told; these are {known}")
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        return Fault("", 0, 0, "/url", "must be https")
    return None
