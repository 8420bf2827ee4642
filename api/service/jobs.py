"""`Job`: a piece of work as the store holds it; finding, listing and reading jobs. Every question names a tenant."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from api.service.errors import Damaged, NoSuch
from api.service.manifest import MANIFEST, hold_to, manifest
from api.service.schema import EVENTS, FILES, JOBS
from api.service.store import now

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ENDED: Final = (DONE, FAILED, CANCELLED)
"""States that a job stays in."""

STATES: Final = (QUEUED, RUNNING, *ENDED)
_SHA256: Final = re.compile("[0-9a-f]{64}")

PLANS: Final = ("plan", "replan")
"""Kinds of job whose answer is a plan folder."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job without what it was asked and what it made; times are seconds since 1970, money is the scenario's."""

    number: int
    id: str
    tenant: str
    kind: str
    state: str
    version: int
    scenario: str
    sha256: str
    variant: str | None
    parent: str | None
    made_by: str
    made_at: float
    started_at: float | None
    ended_at: float | None
    cancel: bool
    attempts: int
    worker: str | None
    step: str | None
    incumbent: float | None
    bound: float | None
    gap: float | None
    outcome: str | None
    problem: str | None
    published_at: float | None
    published_by: str | None

    @property
    def labels(self) -> dict[str, object]:
        """What its answer belongs to, which never changes."""
        return {"id": self.id, "scenario": self.scenario, "sha256": self.sha256, "variant": self.variant}

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in ENDED

    @property
    def etag(self) -> str:
        """What names this version of it to HTTP caches and If-Match."""
        return f'"{self.id[-12:]}-{self.version}"'


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a job."""

    number: int
    name: str
    data: str


_COLUMNS: Final = tuple(JOBS.c[each.name] for each in fields(Job))
_BY_ID: Final = select(*_COLUMNS).where(JOBS.c.id == bindparam("id"))
_FIND: Final = _BY_ID.where(JOBS.c.tenant == bindparam("tenant"))
"""Made once: to make a question takes longer than to ask it."""


def job_of(row: Row[Any]) -> Job:
    """A row of `COLUMNS` as a job. Raises Damaged for one that can't have been written."""
    job = Job(*tuple(row))
    if job.state not in STATES or not job.id.startswith(f"{job.kind}_") or not _SHA256.fullmatch(job.sha256):
        raise Damaged("a job")
    return job


def new_job(row: Mapping[str, Any]) -> Job:
    """The job of a row just written; what the row does not say is None."""
    return Job(*(row.get(each.name) for each in fields(Job)))  # type: ignore[arg-type]


def find(connection: Connection, tenant: str, job_id: str, kinds: Sequence[str]) -> Job:
    """A tenant's job. Raises Damaged, and NoSuch, the same for one of another tenant as for one that never was."""
    row = connection.execute(_FIND, {"id": job_id, "tenant": tenant}).one_or_none()
    job = None if row is None else job_of(row)
    if job is None or job.kind not in kinds:
        raise NoSuch("nothing here has this id")
    return job


def by_id(connection: Connection, job_id: str) -> Job | None:
    """A job for those who do the work, whoever it belongs to. Raises Damaged."""
    row = connection.execute(_BY_ID, {"id": job_id}).one_or_none()
    return None if row is None else job_of(row)


def listing(
    connection: Connection,
    tenant: str,
    kinds: Sequence[str],
    *,
    before: int | None,
    size: int,
    state: str | None = None,
) -> list[Job]:
    """Up to `size` of a tenant's jobs, the newest first, older than number `before`."""
    asked = select(*_COLUMNS).where(JOBS.c.tenant == tenant, JOBS.c.kind.in_(kinds))
    if before is not None:
        asked = asked.where(JOBS.c.number < before)
    if state is not None:
        asked = asked.where(JOBS.c.state == state)
    return [job_of(row) for row in connection.execute(asked.order_by(JOBS.c.number.desc()).limit(size))]


def files_of(connection: Connection, job_id: str, names: Sequence[str] = ()) -> dict[str, str]:
    """What a job made: text by file name, all of it or the names asked for. Raises Damaged."""
    asked = select(FILES.c.name, FILES.c.data).where(FILES.c.job == job_id)
    if names:
        asked = asked.where(FILES.c.name.in_((*names, MANIFEST)))
    found = {name: unpacked(data) for name, data in connection.execute(asked.order_by(FILES.c.name))}
    listed, job = found.pop(MANIFEST, None), by_id(connection, job_id)
    if job is not None:
        hold_to(listed, found, names, job.labels)
    if job is not None and job.state == DONE and not found and listed is None:
        raise Damaged("the answer of this job")
    return found


def keep_files(connection: Connection, job: Job, files: Mapping[str, str]) -> None:
    """Store what a job made, with a list of it."""
    if files:
        kept = {**files, MANIFEST: manifest(files, job.labels)}
        rows = [{"job": job.id, "name": name, "data": packed(text)} for name, text in kept.items()]
        connection.execute(insert(FILES), rows)


def request_of(connection: Connection, job_id: str) -> dict[str, Any]:
    """What a job was asked."""
    data = connection.execute(select(JOBS.c.request).where(JOBS.c.id == job_id)).scalar_one()
    found: dict[str, Any] = json.loads(unpacked(data))
    return found


def happenings(connection: Connection, job_id: str, after: int) -> list[Happening]:
    """A job's events that came after number `after`."""
    asked = select(EVENTS.c.number, EVENTS.c.name, EVENTS.c.data)
    asked = asked.where(EVENTS.c.job == job_id, EVENTS.c.number > after).order_by(EVENTS.c.number)
    return [Happening(*row) for row in connection.execute(asked)]


def happened(connection: Connection, job_id: str, name: str, data: Mapping[str, object]) -> None:
    """Add an event to a job's own."""
    last = select(func.coalesce(func.max(EVENTS.c.number), 0)).where(EVENTS.c.job == job_id)
    number = 1 + connection.execute(last).scalar_one()
    row = {"job": job_id, "number": number, "name": name, "data": json.dumps(data), "at": now(connection)}
    connection.execute(insert(EVENTS), row)


def change(connection: Connection, job: Job, **values: object) -> None:
    """Change a job and its version."""
    connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(version=JOBS.c.version + 1, **values))


def packed(text: str) -> bytes:
    """Text as it is stored."""
    return zlib.compress(text.encode(), 6)


def unpacked(data: bytes) -> str:
    """Stored text, which carries a checksum. Raises Damaged."""
    try:
        return zlib.decompress(data).decode()
    except (zlib.error, TypeError, UnicodeDecodeError) as error:
        raise Damaged("a record") from error
