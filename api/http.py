"""The HTTP face: `ROUTES` laid on FastAPI, everybody let in by the gate, every error told as a problem."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.routing import Route as Plain

from api.problems import ERRORS, ProblemError, plain_problem
from api.release import release
from api.service import telling
from api.service.asking import Ask, Route
from api.service.callers import ANYONE
from api.service.describing import described, matched_path, with_schemas
from api.service.gate import Gate
from api.service.house import House
from api.service.responding import problem_response, refused
from api.service.table import ROUTES
from api.web.mounting import Pages

POLLED = "/status"
"""How the routes end that are asked most."""


def create_app(house: House | None = None) -> FastAPI:
    """The application in front of a house; without one it can only be described."""
    inside = house or House(Gate(open=True))
    app = FastAPI(title="Wardwright", version=release(), docs_url=None, redoc_url=None)
    for error in (HTTPException, ProblemError, *ERRORS):
        app.add_exception_handler(error, _as_problem)
    for route in ROUTES:
        app.add_api_route(
            matched_path(route),
            _endpoint(inside, route),
            methods=[route.method],
            **described(route),
        )
    app.router.routes[:0] = [_polled(inside, route) for route in ROUTES if route.path.endswith(POLLED)]
    Pages(inside).lay_on(app)
    app.openapi = partial(with_schemas, app.openapi)  # type: ignore[method-assign]
    return app


def _polled(house: House, route: Route) -> BaseRoute:
    """What is polled is matched first, and past FastAPI, whose own route stays to describe it."""
    return Plain(matched_path(route), _endpoint(house, route), methods=[route.method])


def _endpoint(house: House, route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        began = time.perf_counter()
        response = await _answered(house, route, request)
        seconds = time.perf_counter() - began
        house.metrics.answered(route.method, route.path, response.status_code, seconds)
        telling.answered(route.method, route.path, response.status_code, seconds)
        return response

    return endpoint


async def _answered(house: House, route: Route, request: Request) -> Response:
    """The answer, or the problem in its place; of what nobody foresaw the log tells where it happened, and no word."""
    try:
        caller = ANYONE
        if route.scope is not None:
            caller = await house.gate.caller(request)
            caller.must(route.scope)
        return await route.answer(Ask(request, house, caller))
    except (HTTPException, ProblemError):
        raise
    except Exception as error:
        telling.broke(f"{route.method} {route.path}", error)
        return refused(error)


async def _as_problem(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return problem_response(plain_problem(error.status_code, error.detail, error.headers))
    return refused(error)
