"""Taking work on: a job, the client's key for it and its first event are written in one transaction, or none is."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from api.service.errors import Erased, KeyReused, TooMany
from api.service.jobs import QUEUED, RUNNING, Job, by_id, new_job, packed
from api.service.schema import EVENTS, IDEMPOTENCY, JOBS
from api.service.store import Store, now

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
        asked = [self.kind, self.parent, self.variant, self.request]
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


def accept(store: Store, order: Order, key: str | None, quota: Quota) -> Accepted:
    """Take an order on, or find the job that the client's key stands for; it is durable when this returns.

    The quota is looked at before, by each asker for itself: a few who ask at one moment may pass it together.
    Raises KeyReused for a key that stands for another request, Erased where its job is gone, TooMany over the quota.
    """
    entry = _Entry.of(order, key)
    known = store.read(lambda connection: entry.known_or_room(connection, quota))
    return known or store.write(entry.write)


@dataclass(frozen=True, slots=True)
class _Entry:
    """The rows of an order, made ready by whoever asks, so that the one who writes has little to do."""

    order: Order
    key_sha256: str | None
    fingerprint: str
    row: Mapping[str, Any]

    @classmethod
    def of(cls, order: Order, key: str | None) -> _Entry:
        hashed = None if key is None else hashlib.sha256(key.encode()).hexdigest()
        return cls(order, hashed, order.fingerprint, _row(order))

    def known_or_room(self, connection: Connection, quota: Quota) -> Accepted | None:
        """The job that the key made before; for a new one there must be room. Raises as `accept` does."""
        known = self.known(connection)
        if known is None:
            _must_have_room(connection, self.order.tenant, quota)
        return known

    def known(self, connection: Connection) -> Accepted | None:
        """The job that the client's key made before. Raises KeyReused or Erased."""
        if self.key_sha256 is None:
            return None
        mine = {"tenant": self.order.tenant, "key": self.key_sha256}
        found = connection.execute(_KNOWN, mine).one_or_none()
        if found is None:
            return None
        if found.fingerprint != self.fingerprint:
            raise KeyReused("this Idempotency-Key came with another request before; take a new one")
        job = by_id(connection, found.job)
        if job is None:
            raise Erased("what this Idempotency-Key made was erased; take a new one to make it again")
        return Accepted(job, again=True)

    def write(self, connection: Connection) -> Accepted:
        """Write job, key and first event; another's who came first with the key is found instead."""
        row = {**self.row, "made_at": now(connection)}
        if self.key_sha256 is not None and not self._key_taken(connection, row):
            known = self.known(connection)
            if known is not None:
                return known
        number = connection.execute(_INSERT_JOB, row).inserted_primary_key
        event = {"job": row["id"], "number": 1, "name": QUEUED, "data": _QUEUED, "at": row["made_at"]}
        connection.execute(_INSERT_EVENT, event)
        return Accepted(new_job({**row, "number": None if number is None else number[0]}), again=False)

    def _key_taken(self, connection: Connection, row: Mapping[str, Any]) -> bool:
        """Whether the client's key now stands for this job."""
        mine = {"tenant": row["tenant"], "key_sha256": self.key_sha256, "fingerprint": self.fingerprint}
        told = {**mine, "job": row["id"], "made_at": row["made_at"]}
        return connection.execute(_INSERT_KEY[connection.dialect.name], told).first() is not None


_UNFINISHED: Final = func.count(case((or_(JOBS.c.state == QUEUED, JOBS.c.state == RUNNING), 1)))
_COUNTS: Final = select(_UNFINISHED, func.count()).where(JOBS.c.tenant == bindparam("tenant"))
_KNOWN: Final = select(IDEMPOTENCY.c.fingerprint, IDEMPOTENCY.c.job).where(
    IDEMPOTENCY.c.tenant == bindparam("tenant"), IDEMPOTENCY.c.key_sha256 == bindparam("key")
)
_INSERT_JOB: Final = insert(JOBS)
_INSERT_EVENT: Final = insert(EVENTS)
_INSERT_KEY: Final = {
    "sqlite": sqlite.insert(IDEMPOTENCY).on_conflict_do_nothing().returning(IDEMPOTENCY.c.job),
    "postgresql": postgresql.insert(IDEMPOTENCY).on_conflict_do_nothing().returning(IDEMPOTENCY.c.job),
}
_QUEUED: Final = json.dumps({"state": QUEUED})


def _must_have_room(connection: Connection, tenant: str, quota: Quota) -> None:
    """Raise TooMany where a tenant has as much as it may."""
    waiting, kept = connection.execute(_COUNTS, {"tenant": tenant}).one()
    if waiting >= quota.unfinished:
        raise TooMany(f"{waiting} jobs wait or run already; come back when some have ended", COME_BACK)
    if kept >= quota.kept:
        raise TooMany(f"{kept} results are kept already; delete some", DELETE_FIRST)


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": f"{order.kind}_{secrets.token_hex(16)}",
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
        "cancel": False,
        "attempts": 0,
    }
