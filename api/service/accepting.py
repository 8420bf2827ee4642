"""Taking work on: a job, the client's key for it and its first event are written in one transaction, or none is."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from api.service.errors import Erased, KeyReused, TooMany
from api.service.jobs import ENDED, QUEUED, Job, by_id, happened, packed
from api.service.schema import IDEMPOTENCY, JOBS
from api.service.store import now

COME_BACK: Final = 30
"""Seconds after which a tenant with too much work waiting may ask again."""

DELETE_FIRST: Final = 3600
"""The same for one who keeps too much."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, and by whom. `request` goes to the worker as it is; `parent` is the plan it starts from."""

    tenant: str
    made_by: str
    kind: str
    request: Mapping[str, Any]
    scenario: str
    sha256: str
    variant: str | None = None
    parent: str | None = None

    @property
    def fingerprint(self) -> str:
        """A hash over all that is asked for: equal requests have equal ones."""
        asked = [self.kind, self.parent, self.request]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Quota:
    """What one tenant may have: jobs waiting or running, and jobs kept altogether."""

    unfinished: int = 200
    kept: int = 20_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job, and whether the client's key had made it before."""

    job: Job
    again: bool


def accept(connection: Connection, order: Order, key: str | None, quota: Quota) -> Accepted:
    """Take an order on, or find the job that the client's key stands for.

    Raises KeyReused for a key that stands for another request, Erased where its job is gone, TooMany over the quota.
    """
    if key is not None:
        known = _known(connection, order, key)
        if known is not None:
            return Accepted(known, again=True)
    _within(connection, order.tenant, quota)
    job_id = f"{order.kind}_{secrets.token_hex(16)}"
    at = now(connection)
    if key is not None:
        row = {"tenant": order.tenant, "key_sha256": _hashed(key), "fingerprint": order.fingerprint}
        connection.execute(insert(IDEMPOTENCY), {**row, "job": job_id, "made_at": at})
    connection.execute(insert(JOBS), _row(order, job_id, at))
    happened(connection, job_id, QUEUED, {"state": QUEUED})
    job = by_id(connection, job_id)
    if job is None:
        raise LookupError("a row just written is not there")
    return Accepted(job, again=False)


def _known(connection: Connection, order: Order, key: str) -> Job | None:
    asked = select(IDEMPOTENCY.c.fingerprint, IDEMPOTENCY.c.job)
    asked = asked.where(IDEMPOTENCY.c.tenant == order.tenant, IDEMPOTENCY.c.key_sha256 == _hashed(key))
    found = connection.execute(asked).one_or_none()
    if found is None:
        return None
    if found.fingerprint != order.fingerprint:
        raise KeyReused("this Idempotency-Key came with another request before; take a new one")
    job = by_id(connection, found.job)
    if job is None:
        raise Erased("what this Idempotency-Key made was erased; take a new one to make it again")
    return job


def _within(connection: Connection, tenant: str, quota: Quota) -> None:
    counted = select(JOBS.c.state, func.count()).where(JOBS.c.tenant == tenant).group_by(JOBS.c.state)
    counts: dict[str, int] = {state: count for state, count in connection.execute(counted)}
    waiting = sum(count for state, count in counts.items() if state not in ENDED)
    if waiting >= quota.unfinished:
        raise TooMany(f"{waiting} jobs wait or run already; come back when some have ended", COME_BACK)
    if (kept := sum(counts.values())) >= quota.kept:
        raise TooMany(f"{kept} results are kept already; delete some", DELETE_FIRST)


def _row(order: Order, job_id: str, at: float) -> dict[str, object]:
    return {
        "id": job_id,
        "tenant": order.tenant,
        "kind": order.kind,
        "state": QUEUED,
        "version": 1,
        "request": packed(json.dumps(order.request)),
        "scenario": order.scenario[:200],
        "sha256": order.sha256,
        "variant": order.variant,
        "parent": order.parent,
        "made_by": order.made_by,
        "made_at": at,
        "cancel": False,
        "attempts": 0,
    }


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
