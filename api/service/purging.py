"""Forgetting what is old: jobs with all they made, clients' keys for them, messages told, expired logins."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Delete, and_, delete, or_

from api.service.audit import Deed, note
from api.service.callers import Caller
from api.service.errors import StoreFailed
from api.service.schema import DELIVERIES, IDEMPOTENCY, JOBS, KEYS
from api.service.store import Store, now

DAY: Final = 86_400.0
LOOK_SECONDS: Final = 3600.0
"""How often a service that keeps results for some days looks for older ones."""

_LOG = logging.getLogger(__name__)
KEEPER: Final = Caller("retention", "", "the service itself", frozenset())


@dataclass(frozen=True, slots=True)
class Purged:
    """How much of what was forgotten; `clean` says that the log of an SQLite store was emptied too."""

    jobs: int
    others: int
    clean: bool


def purge(store: Store, days: float) -> Purged:
    """Forget what ended more than so many days ago, published plans aside, and leave no byte of it in the files.

    The audit stays: it holds ids and deeds, nothing of what was planned. `clean` is False where another process was
    reading just then; purging again finishes it.
    """
    jobs, others = store.write(lambda connection: _forget(connection, days))
    return Purged(jobs, others, store.scrub())


def _forget(connection: Connection, days: float) -> tuple[int, int]:
    before = now(connection) - days * DAY
    jobs = connection.execute(
        delete(JOBS).where(JOBS.c.ended_at < before, JOBS.c.published_at.is_(None))
    ).rowcount  # fmt: skip
    others = sum(connection.execute(each).rowcount for each in _stale(before))
    if jobs or others:
        note(connection, Deed(KEEPER, "purge", f"older than {days:g} days", f"{jobs} jobs", ""))
    return jobs, others


def _stale(before: float) -> tuple[Delete, ...]:
    kept = JOBS.select().with_only_columns(JOBS.c.id)
    gone = and_(IDEMPOTENCY.c.made_at < before, IDEMPOTENCY.c.job.not_in(kept))
    over = or_(KEYS.c.expires_at < before, KEYS.c.revoked_at < before)
    told = and_(DELIVERIES.c.made_at < before, DELIVERIES.c.due_at.is_(None))
    return delete(IDEMPOTENCY).where(gone), delete(DELIVERIES).where(told), delete(KEYS).where(over)


def purge_regularly(store: Store, days: float, closing: threading.Event) -> None:
    """Forget what is older than so many days, now and every hour until `closing` is set, in a thread of its own."""

    def run() -> None:
        while True:
            try:
                done = purge(store, days)
                if done.jobs:
                    _LOG.info("%d jobs older than %g days were forgotten", done.jobs, days)
            except StoreFailed as error:
                _LOG.warning("%s", error)
            if closing.wait(LOOK_SECONDS):
                return

    threading.Thread(target=run, name="wardwright retention", daemon=True).start()
