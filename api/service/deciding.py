"""What callers decide about jobs: cancel, erase, publish. Each is one transaction with its line in the audit."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, select, update

from api.service.audit import Deed, note
from api.service.callers import PUBLISH, Caller
from api.service.errors import NotNow, Stale, Unconditional
from api.service.hooks import announce
from api.service.jobs import CANCELLED, PLANS, QUEUED, Job, change, find, happened
from api.service.schema import JOBS
from api.service.store import now

ANYTHING: Final = "*"
"""If-Match: * means whatever version there is."""


def cancel(connection: Connection, caller: Caller, job_id: str, kinds: tuple[str, ...]) -> Job:
    """Ask that a job end with the best it has; one that has not begun ends at once, one that ended stays so."""
    job = find(connection, caller.tenant, job_id, kinds)
    if job.ended or job.cancel:
        return job
    if job.state == QUEUED:
        change(connection, job, cancel=True, state=CANCELLED, ended_at=now(connection))
        happened(connection, job.id, CANCELLED, {"state": CANCELLED, "outcome": None})
        announce(connection, job, CANCELLED, None)
    else:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(cancel=True))
    note(connection, Deed(caller, "cancel", job.id, job.state, CANCELLED))
    return find(connection, caller.tenant, job_id, kinds)


def erase(connection: Connection, caller: Caller, job_id: str, kinds: tuple[str, ...], match: str | None) -> None:
    """Remove a job with all it made; a worker at it stops. A published plan takes the right to publish.

    Raises Stale where `match` names another version.
    """
    job = _held(connection, caller, job_id, kinds)
    _same(job, match)
    if job.published_at is not None:
        caller.must(PUBLISH)
    connection.execute(delete(JOBS).where(JOBS.c.id == job.id))
    note(connection, Deed(caller, "erase", job.id, job.state, ""))


def publish(connection: Connection, caller: Caller, job_id: str, match: str | None) -> Job:
    """Make a plan the one that counts for its scenario, in place of the one that did.

    Raises Unconditional without If-Match, Stale where the plan has changed, NotNow where there is no plan to publish.
    """
    job = _held(connection, caller, job_id, PLANS)
    if match is None:
        raise Unconditional("say which version is meant: If-Match with the ETag that GET answered")
    _same(job, match)
    if not job.ended or job.incumbent is None:
        raise NotNow("there is no plan to publish yet" if not job.ended else "no plan was found, so none is published")
    if job.published_at is not None:
        return job
    for other in _published(connection, job):
        change(connection, other, published_at=None, published_by=None)
        happened(connection, other.id, "superseded", {"by": job.id})
        announce(connection, other, "superseded", other.outcome)
    change(connection, job, published_at=now(connection), published_by=caller.name)
    happened(connection, job.id, "published", {"by": caller.name})
    announce(connection, job, "published", job.outcome)
    note(connection, Deed(caller, "publish", job.id, "draft", "published"))
    return find(connection, caller.tenant, job_id, PLANS)


def _published(connection: Connection, job: Job) -> list[Job]:
    """The plans that counted for the job's scenario so far; names are compared here, for the store may encrypt them."""
    asked = select(JOBS.c.id, JOBS.c.scenario).where(JOBS.c.tenant == job.tenant, JOBS.c.published_at.is_not(None))
    rows = connection.execute(asked.with_for_update()).all()
    return [find(connection, job.tenant, each, PLANS) for each, scenario in rows if scenario == job.scenario]


def _held(connection: Connection, caller: Caller, job_id: str, kinds: tuple[str, ...]) -> Job:
    """A job that nobody else changes until this transaction ends."""
    mine = JOBS.c.id == job_id, JOBS.c.tenant == caller.tenant
    connection.execute(select(JOBS.c.id).where(*mine).with_for_update()).first()
    return find(connection, caller.tenant, job_id, kinds)


def _same(job: Job, match: str | None) -> None:
    tags = [] if match is None else [each.strip() for each in match.split(",")]
    if tags and ANYTHING not in tags and job.etag not in tags:
        raise Stale("it has changed since; GET it again and look before you decide")
