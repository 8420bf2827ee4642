"""The pages laid on the application: who is let in, forms checked, every error told as a page."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.problems import plain_problem, problem_of
from api.service import telling
from api.service.house import House
from api.web.forms import form_of
from api.web.languages import COOKIE as LANGUAGE
from api.web.languages import Speech, wanted
from api.web.rendering import HEADERS, render
from api.web.sealing import Sealer
from api.web.shelf import Shelf
from api.web.table import PAGES, Page
from api.web.visiting import Session, Visit, sealer_of, visit


class Pages:
    """The pages of one house; what signs its cookies is read when it is first needed."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._sealer: Sealer | None = None
        self._shelf = Shelf()

    def lay_on(self, app: FastAPI) -> None:
        """Add every page to an application; they are no part of the API's description."""
        for page in PAGES:
            route = Route(page.path, self._endpoint(page), methods=[page.method], include_in_schema=False)
            app.router.routes.append(route)

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            began = time.perf_counter()
            response = await self._answered(page, request)
            response.headers.update(HEADERS)
            seconds = time.perf_counter() - began
            self._house.metrics.answered(page.method, page.path, response.status_code, seconds)
            telling.answered(page.method, page.path, response.status_code, seconds)
            return response

        return endpoint

    async def _answered(self, page: Page, request: Request) -> Response:
        here: Visit | None = None
        try:
            if self._sealer is None:
                self._sealer = await sealer_of(self._house)
            here = await visit(request, self._house, self._sealer, self._shelf)
            response = await _page(page, here)
            return here.keep(response) if page.session and not here.from_elsewhere else response
        except Exception as error:
            telling.broke(f"{page.method} {page.path}", error)
            return _trouble(here or _nobody(request, self._house), error)


async def _page(page: Page, here: Visit) -> Response:
    if page.session and here.from_elsewhere:
        return render(here, "again.html")
    if page.scope is not None and here.caller is None:
        return _to_sign_in(here)
    if page.changes:
        here.form = await form_of(here.request)
        here.must_be_ours()
    if page.scope is not None:
        here.known.must(page.scope)
    return await page.answer(here)


def _to_sign_in(here: Visit) -> Response:
    """Where nobody is known: the form to sign in, which leads back."""
    back = here.request.url.path if here.request.method == "GET" and not here.partial else "/"
    where = f"/sign-in?to={quote(back)}"
    if here.partial:
        return Response(None, 204, {"HX-Redirect": where})
    return RedirectResponse(where, 303)


def _nobody(request: Request, house: House) -> Visit:
    speech = Speech(wanted(request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")))
    return Visit(request, house, Sealer(""), speech, Session(""), None, fresh=False)


def _trouble(here: Visit, error: Exception) -> Response:
    """What went wrong, in words, with the status it has over HTTP."""
    found = (
        plain_problem(error.status_code, str(error.detail), error.headers)
        if isinstance(error, HTTPException)
        else problem_of(error)
    )
    response = render(here, "trouble.html", found.status, problem=found.body)
    response.headers.update(found.headers)
    return response
