"""The HTTP face: scenarios in, plans and forecasts out, by the same functions as the command line."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final, cast

from fastapi import FastAPI, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.desk import Desk
from api.documents import json_text, plan_with_tables
from api.forecast_command import Foreseen
from api.plan_command import Terms
from api.problems import ERRORS, KINDS, MEDIA_TYPE, Problem, ProblemError, plain_problem, problem_of
from api.release import release
from api.schema import scenario_schema
from optimizer.making import make_plan
from optimizer.scenario.files import open_data
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.varying import composed

MAX_BODY: Final = 2_000_000
LONGEST_WAIT: Final = 600.0
"""Seconds that a request may take at most, waiting in line included."""

Variant = Annotated[str | None, Query(description="a variant, or several (`a,b`) laid left to right on the scenario")]
Json = dict[str, object]


def create_app() -> FastAPI:
    """The application, with its own line of work: one solve at a time."""
    app = FastAPI(title="Wardwright", version=release(), docs_url=None, redoc_url=None)
    desk = Desk()
    for error in (HTTPException, ProblemError, *ERRORS):
        app.add_exception_handler(error, _as_problem)
    app.add_api_route("/healthz", healthz, methods=["GET"], summary="Whether the service answers")
    app.add_api_route("/problems/{kind}", problem_kind, methods=["GET"], summary="What a kind of problem means")
    _add_work(app, "/v1/plans", partial(_answer, desk, _plan), "Plan a scenario; answered when done")
    _add_work(app, "/v1/forecasts", partial(_answer, desk, _forecast), "Forecast a scenario's demand")
    app.openapi = partial(_described, app.openapi)  # type: ignore[method-assign]
    return app


def _described(openapi: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The API's description, with the scenario's own schema among its components."""
    found = openapi()
    schema = scenario_schema(reference="#/components/schemas/{model}")
    parts = cast("dict[str, object]", schema.pop("$defs"))
    del schema["$schema"]
    known = found.get("components", {}).get("schemas", {})
    return {**found, "components": {"schemas": {**known, **parts, "Scenario": schema}}}


Work = Callable[[Loaded[Scenario], str | None, float], Json]
"""From a scenario, its variant's name and the seconds left to an answer."""

Answer = Callable[[Request, str | None], Awaitable[Response]]
"""From a request and the variant it names to a response."""


def _add_work(app: FastAPI, path: str, answer: Answer, summary: str) -> None:
    async def endpoint(request: Request, variant: Variant = None) -> Response:
        return await answer(request, composed(variant))

    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Scenario"}}}, "required": True}
    problems: dict[int | str, dict[str, Any]] = {
        kind.status: {"description": kind.title, "content": {MEDIA_TYPE: {}}} for kind in KINDS.values()
    }
    app.post(path, summary=summary, responses=problems, openapi_extra={"requestBody": body})(endpoint)


async def healthz() -> Json:
    """Answer at once, whatever is being solved."""
    return {"status": "ok", "version": release()}


async def problem_kind(kind: str) -> Json:
    """What a problem's type means."""
    if kind not in KINDS:
        raise HTTPException(404)
    return {"type": f"/problems/{kind}", "status": KINDS[kind].status, "title": KINDS[kind].title}


async def _answer(desk: Desk, work: Work, request: Request, variant: str | None) -> Response:
    """Read the body, do the work in turn, and answer; `Prefer: wait=SECONDS` bounds the whole."""
    data = scenario_of(await _body(request))
    loaded = await run_in_threadpool(partial(open_data, data, variant=variant))
    asked = preferred_wait(request.headers.getlist("prefer"))
    patience = LONGEST_WAIT if asked is None else min(asked, LONGEST_WAIT)
    found = await desk.run(lambda left: json_text(work(loaded, variant, left)), patience)
    applied = {} if asked is None else {"Preference-Applied": f"wait={patience:.0f}"}
    return Response(found, media_type="application/json", headers=applied)


def _plan(loaded: Loaded[Scenario], variant: str | None, left: float) -> Json:
    limits = Terms(time_limit=min(loaded.value.solve.time_limit, left)).limits(loaded.value)
    return plan_with_tables(make_plan(loaded, variant=variant, limits=limits))


def _forecast(loaded: Loaded[Scenario], variant: str | None, left: float) -> Json:
    return Foreseen.of(loaded, variant).to_json()


async def _body(request: Request) -> bytes:
    """The whole body. Raises ProblemError where it is too large or says that it is something else than JSON."""
    media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise ProblemError("wrong-media-type", f"got {media}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise ProblemError("too-large", f"more than {MAX_BODY:,} bytes")
    return bytes(body)


def scenario_of(body: bytes) -> Json:
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


async def _as_problem(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return _response(plain_problem(error.status_code, error.detail, error.headers))
    return _response(problem_of(error))


def _response(problem: Problem) -> Response:
    return Response(json_text(problem.body), problem.status, problem.headers, MEDIA_TYPE)
