"""Responses: JSON documents, ETags, problems."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel
from starlette.responses import Response

from api.documents import json_text
from api.problems import MEDIA_TYPE, Problem, problem_of
from api.service.jobs import Job
from api.service.shapes import JobShape

JSON = "application/json"
PRIVATE = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
"""For the caller's eyes, and to be asked for anew each time (an ETag makes that cheap)."""


def document(shape: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A model as JSON."""
    return Response(shape.model_dump_json(by_alias=True), status, {**PRIVATE, **(headers or {})}, JSON)


def with_answer(job: Job, answer: str | None, headers: Mapping[str, str] | None = None) -> Response:
    """A job with its answer, which is JSON already and is laid in as it is."""
    told = JobShape.of(job).model_dump_json()
    text = f'{told[:-1]},"answer":{answer or "null"}}}'
    return Response(text, 200, {**PRIVATE, "ETag": job.etag, **(headers or {})}, JSON)


def unchanged(job: Job) -> Response:
    """The caller has this version already."""
    return Response(None, 304, {**PRIVATE, "ETag": job.etag})


def refused(error: Exception) -> Response:
    """An error as problem details."""
    return problem_response(problem_of(error))


def problem_response(problem: Problem) -> Response:
    """A problem as it is sent."""
    return Response(json_text(problem.body), problem.status, {**PRIVATE, **problem.headers}, MEDIA_TYPE)
