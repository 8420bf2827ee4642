"""Doing jobs: a worker takes one on lease, renews it while it works, and ends it once. A lease run out is anyone's.

Whatever a worker writes holds only while the lease is still its own (same worker, same attempt), so that a worker that
was thought dead can't end a job a second time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from api.service.errors import Damaged
from api.service.hooks import announce
from api.service.jobs import CANCELLED, FAILED, QUEUED, RUNNING, Job, by_id, happened, keep_files
from api.service.schema import JOBS
from api.service.store import now

LEASE_SECONDS: Final = 15.0
MOST_ATTEMPTS: Final = 3
"""A job whose workers died so often is given up: it may be what kills them."""

GAVE_UP: Final = {
    "code": "worker-lost",
    "title": "The workers that tried this ended without a word",
    "hint": "it may need more memory than there is; try a smaller scenario, or look into the worker's log",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job in hand stands: still ours, and whether its caller wants no more of it."""

    ours: bool
    cancel: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What a worker has found out so far; money is the scenario's, None where nothing is known."""

    step: str | None = None
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended: its state, files by name, the plan's own status, and a problem where it failed."""

    state: str
    files: Mapping[str, str] = field(default_factory=dict)
    outcome: str | None = None
    problem: Mapping[str, object] | None = None
    known: Known = Known()


def claim(connection: Connection, worker: str) -> Job | None:
    """The oldest job that waits or whose worker is gone, now leased to this worker; None where there is none."""
    at = now(connection)
    while True:
        asked = select(JOBS.c.id).where(_free(at)).order_by(JOBS.c.number).limit(1)
        job_id = connection.execute(asked.with_for_update(skip_locked=True)).scalar_one_or_none()
        job = None if job_id is None else _sound(connection, job_id)
        if job_id is None:
            return None
        if job is None:
            continue
        if job.cancel:
            _end(connection, job, Ending(CANCELLED))
        elif job.attempts >= MOST_ATTEMPTS:
            _end(connection, job, Ending(FAILED, problem=GAVE_UP))
        else:
            return _leased(connection, job, worker, at)


def _sound(connection: Connection, job_id: str) -> Job | None:
    """The job; None for one that is damaged, which has failed then and is in nobody's way."""
    try:
        return by_id(connection, job_id)
    except Damaged as error:
        problem = json.dumps({"code": "store-failed", "title": str(error)})
        ended = {"state": FAILED, "problem": problem, "ended_at": now(connection), "lease_until": None}
        connection.execute(update(JOBS).where(JOBS.c.id == job_id).values(version=JOBS.c.version + 1, **ended))
        happened(connection, job_id, FAILED, {"state": FAILED, "outcome": None})
        return None


def waiting(connection: Connection) -> bool:
    """Whether there is anything to claim; looking takes no lock."""
    return connection.execute(select(JOBS.c.id).where(_free(now(connection))).limit(1)).first() is not None


def beat(connection: Connection, job: Job, known: Known, told: Known) -> Standing:
    """Renew the lease and say what is known, as an event where that is news."""
    values = {"lease_until": now(connection) + LEASE_SECONDS, **_figures(known)}
    renewed = connection.execute(update(JOBS).where(_ours(job)).values(**values))
    if renewed.rowcount != 1:
        return Standing(ours=False, cancel=True)
    if known != told:
        happened(connection, job.id, "progress", {"step": known.step, **_figures(known)})
    found = by_id(connection, job.id)
    return Standing(ours=True, cancel=found is None or found.cancel)


def end(connection: Connection, job: Job, ending: Ending) -> bool:
    """End a job with what it made; False where it is not ours any more, and nothing is written."""
    held = connection.execute(select(JOBS.c.id).where(_ours(job)).with_for_update()).first()
    if held is None:
        return False
    _end(connection, job, ending)
    return True


def hand_back(connection: Connection, job: Job) -> None:
    """Put a job back into the queue because its worker is told to stop; that is no failed attempt.

    What was known of its best plan is forgotten with that plan: there is nothing to publish.
    """
    values: dict[str, Any] = {"state": QUEUED, "worker": None, "lease_until": None, "attempts": job.attempts - 1}
    values |= _figures(Known())
    version = JOBS.c.version + 1
    if connection.execute(update(JOBS).where(_ours(job)).values(**values, version=version)).rowcount == 1:
        happened(connection, job.id, QUEUED, {"state": QUEUED, "why": "its worker was told to stop"})


def _free(at: float) -> ColumnElement[bool]:
    lost = and_(JOBS.c.state == RUNNING, JOBS.c.lease_until < at)
    return or_(JOBS.c.state == QUEUED, lost)


def _ours(job: Job) -> ColumnElement[bool]:
    same = and_(JOBS.c.worker == job.worker, JOBS.c.attempts == job.attempts)
    return and_(JOBS.c.id == job.id, JOBS.c.state == RUNNING, same)


def _leased(connection: Connection, job: Job, worker: str, at: float) -> Job | None:
    values = {"state": RUNNING, "worker": worker, "attempts": job.attempts + 1, "lease_until": at + LEASE_SECONDS}
    started = {"started_at": at, "version": JOBS.c.version + 1}
    connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(**values, **started, **_figures(Known())))
    happened(connection, job.id, RUNNING, {"state": RUNNING, "attempt": job.attempts + 1})
    return by_id(connection, job.id)


def _end(connection: Connection, job: Job, ending: Ending) -> None:
    problem = None if ending.problem is None else json.dumps(ending.problem)
    values: dict[str, Any] = {"state": ending.state, "outcome": ending.outcome, "problem": problem, "step": None}
    figures = {name: value for name, value in _figures(ending.known).items() if name != "step"}
    lease: dict[str, Any] = {"ended_at": now(connection), "lease_until": None, "version": JOBS.c.version + 1}
    connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(**values, **figures, **lease))
    keep_files(connection, job, ending.files)
    announce(connection, job, ending.state, ending.outcome)
    happened(connection, job.id, ending.state, {"state": ending.state, "outcome": ending.outcome, **figures})


def _figures(known: Known) -> dict[str, Any]:
    return {"step": known.step, "incumbent": known.incumbent, "bound": known.bound, "gap": known.gap}
