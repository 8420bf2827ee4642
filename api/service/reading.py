"""Reading requests: bodies bounded before they are parsed, headers and query parameters as values."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.importing.identities import faults_in, gives_nobody_away
from api.problems import ProblemError
from api.service.errors import BadQuestion
from optimizer.scenario.faults import Fault, ScenarioError, pointer, say

MAX_BODY: Final = 2_000_000
LONGEST_WAIT: Final = 600.0
"""Seconds that a request may wait for its job at most."""

LONGEST_KEY: Final = 255
M = TypeVar("M", bound=BaseModel)
Json = dict[str, Any]


async def json_body(request: Request) -> Json:
    """The JSON object in the body. Raises ProblemError where it is too large, of another kind, or no object, and
    ScenarioError where it names a person."""
    body = await _body(request)
    data = object_of(body)
    if not gives_nobody_away(body):
        refuse(await run_in_threadpool(faults_in, data))
    return data


def asked(request: Request, name: str) -> list[str]:
    """What a query parameter says, each time it is said. Raises ScenarioError where it names a person."""
    said = request.query_params.getlist(name)
    refuse([replace(fault, file=f"--{name}", where=f"item {fault.where[1:]}") for fault in faults_in(said)])
    return said


def refuse(faults: Sequence[Fault]) -> None:
    """Raise ScenarioError with the faults, if there are any."""
    if faults:
        raise ScenarioError(faults)


async def model_body(request: Request, model: type[M]) -> M:
    """The body as a model. Raises ProblemError, and ScenarioError with every fault."""
    data = await json_body(request)
    try:
        return model.model_validate_json(json.dumps(data), strict=True)  # by JSON's types: false is no number
    except ValidationError as error:
        raise ScenarioError([_fault_of(each) for each in error.errors()]) from error


def _fault_of(error: Any) -> Fault:
    message = say(error["type"], error.get("ctx", {}), error.get("input"), error["msg"])
    return Fault("", 0, 0, pointer(error["loc"]), message)


async def _body(request: Request) -> bytes:
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise ProblemError("wrong-media-type", f"got {media[:100]}")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise ProblemError("wrong-media-type", "compressed bodies are not taken")
    said = request.headers.get("content-length", "0")
    if said.isdecimal() and int(said[:20]) > MAX_BODY:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise _too_large()
    return bytes(body)


def _too_large() -> ProblemError:
    return ProblemError("too-large", f"more than {MAX_BODY:,} bytes")


def object_of(body: bytes) -> Json:
    """The JSON object in a body. Raises ProblemError for anything else, NaN, infinities and doubled keys included."""
    try:
        data = json.loads(body, parse_constant=_refuse_constant, object_pairs_hook=_no_doubles)
    except RecursionError as error:
        raise ProblemError("not-json", "nested too deeply") from error
    except ValueError as error:
        raise ProblemError("not-json", str(error)) from error
    if not isinstance(data, dict):
        raise ProblemError("not-json", "the body must be an object that holds a scenario")
    return data


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _no_doubles(pairs: list[tuple[str, object]]) -> Json:
    data: Json = {}
    for key, value in pairs:
        if key in data:
            raise ValueError(f"the key {key} comes twice in one object")
        data[key] = value
    return data


def preferred_wait(headers: list[str]) -> float | None:
    """Seconds of `Prefer: wait=` (RFC 7240); None where it is not said or can't be understood, which is no error."""
    for preference in ",".join(headers).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait" and value.strip().isdecimal() and int(value) > 0:
            return float(min(int(value), 10**6))
    return None


def idempotency_key(request: Request) -> str | None:
    """The client's own key for this request. Raises BadQuestion for one that can't be a key."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise BadQuestion("Idempotency-Key", f"Idempotency-Key: must be 1 to {LONGEST_KEY} printable characters")
    return key


def page_size(request: Request, usual: int = 20, most: int = 100) -> int:
    """How many to list. Raises BadQuestion."""
    return whole_number(request, "page_size", usual, most)


def whole_number(request: Request, name: str, usual: int, most: int) -> int:
    """A query parameter from 1 to `most`. Raises BadQuestion."""
    said = request.query_params.get(name, str(usual))
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= most):
        raise BadQuestion(name, f"{name}: must be a whole number from 1 to {most}")
    return int(said)


def yes_or_no(request: Request, name: str) -> bool:
    """A query parameter that is true or false, which it is where it is not said. Raises BadQuestion."""
    said = request.query_params.get(name, "false")
    if said not in ("true", "false"):
        raise BadQuestion(name, f"{name}: must be true or false")
    return said == "true"


def page_token(number: int) -> str:
    """What asks for the page after the job with this number."""
    return base64.urlsafe_b64encode(f"before:{number}".encode()).decode().rstrip("=")


def page_start(request: Request) -> int | None:
    """The number that a page token names; None on the first page. Raises BadQuestion."""
    token = request.query_params.get("page_token")
    if not token:
        return None
    try:
        name, _, number = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise _bad_token() from error
    if name != "before" or not number.isdecimal() or len(number) > 18:
        raise _bad_token()
    return int(number)


def _bad_token() -> BadQuestion:
    return BadQuestion("page_token", "page_token: this did not come from a page before; begin without one")


def last_event_id(request: Request) -> int:
    """The last event that the client has seen, 0 for none. Raises BadQuestion."""
    said = request.headers.get("last-event-id", "").strip() or "0"
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise BadQuestion("Last-Event-ID", "Last-Event-ID: must be the id of an event of this stream")
    return int(said)
