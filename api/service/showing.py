"""A job's fields as answers show them: times in UTC, its problem taken apart."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from api.service.jobs import Job


def shown(job: Job) -> dict[str, Any]:
    """A job's own fields as they are shown; `problem` is parsed."""
    times = {name: moment(getattr(job, name)) for name in ("made_at", "started_at", "ended_at", "published_at")}
    told = {name: getattr(job, name) for name in _SAME}
    problem = None if job.problem is None else json.loads(job.problem)
    return {**told, "scenario": {"id": job.scenario, "sha256": job.sha256}, **times, "problem": problem}


_SAME = ("id", "kind", "state", "outcome", "variant", "parent", "made_by", "published_by")


def moment(seconds: float | None) -> datetime | None:
    """Seconds since 1970 as a time in UTC, to a millisecond."""
    if seconds is None:
        return None
    found = datetime.fromtimestamp(seconds, UTC)
    return found.replace(microsecond=found.microsecond // 1000 * 1000)
