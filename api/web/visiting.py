"""Who looks at a page, in which language, and the session that a cookie stands for."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.service.callers import Caller
from api.service.errors import NoLogin, NotAllowed
from api.service.house import House
from api.service.keys import PREFIX, caller_by_id
from api.web.languages import COOKIE as LANGUAGE
from api.web.languages import Speech, wanted
from api.web.sealing import Sealer
from api.web.shelf import Shelf

COOKIE: Final = "ww_session"
PURPOSE: Final = "session"
HOURS: Final = 12
"""A session ends so long after its sign-in, and with its key."""

FIELD: Final = "csrf"
"""The field of every form that says the form is ours."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie says: who signed in (the id of a key; None for nobody), and the token that forms carry."""

    token: str
    key: str | None = None
    until: float = 0.0

    @classmethod
    def new(cls, key: str | None = None) -> Session:
        """A session that begins now."""
        return cls(secrets.token_urlsafe(24), key, time.time() + HOURS * 3600)

    def sealed(self, sealer: Sealer) -> str:
        """The cookie's text."""
        return sealer.seal(PURPOSE, {"token": self.token, "key": self.key}, self.until)

    @classmethod
    def read(cls, sealer: Sealer, text: str | None) -> Session | None:
        """The session of a cookie; None where it is none of ours or has ended."""
        said = sealer.read(PURPOSE, text or "")
        if said is None:
            return None
        key = said["key"]
        return cls(str(said["token"]), None if key is None else str(key), float(str(said["until"])))


@dataclass(slots=True)
class Visit:
    """A request for a page. `caller` is None where nobody has signed in; `fresh` says the cookie is to be set anew.

    `shared` is the plan that a share link shows, with the path under which its pages stand.
    """

    request: Request
    house: House
    sealer: Sealer
    speech: Speech
    session: Session
    caller: Caller | None
    fresh: bool
    shelf: Shelf = field(default_factory=Shelf)
    shared: str | None = None
    form: Mapping[str, object] = field(default_factory=dict)

    @property
    def known(self) -> Caller:
        """Who asks. Raises NoLogin."""
        if self.caller is None:
            raise NoLogin("sign in first")
        return self.caller

    @property
    def id(self) -> str:
        """The id in the path."""
        return str(self.request.path_params["id"])

    @property
    def address(self) -> str:
        """Where the reader is, to come back to; the start page where that was a form's answer."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path if self.request.method == "GET" else "/"

    @property
    def from_elsewhere(self) -> bool:
        """Whether a link of another site led here: then the browser keeps the session to itself until asked again."""
        request = self.request
        led = request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site"
        return led and not self.house.gate.open and COOKIE not in request.cookies

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, scope: str) -> bool:
        """Whether whoever asks may do such things."""
        return self.caller is not None and self.shared is None and scope in self.caller.scopes

    def must_be_ours(self) -> None:
        """Raise NotAllowed for a form that did not come from a page of this session."""
        given = str(self.form.get(FIELD, ""))
        if not hmac.compare_digest(given.encode(), self.session.token.encode()):
            raise NotAllowed("this form is too old or not ours: go back, load the page anew and send it again")

    def keep(self, response: Response) -> Response:
        """The response with the session's cookie, where that is new."""
        if self.fresh:
            response.set_cookie(
                COOKIE,
                self.session.sealed(self.sealer),
                max_age=HOURS * 3600,
                path="/",
                secure=self.request.url.scheme == "https",
                httponly=True,
                samesite="strict",
            )
        return response


async def visit(request: Request, house: House, sealer: Sealer, shelf: Shelf) -> Visit:
    """The visit that a request is. Raises NotAllowed for a foreign page in front of an open service, and TooMany."""
    speech = Speech(wanted(request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")))
    found = Session.read(sealer, request.cookies.get(COOKIE))
    session = found or Session.new()
    caller = await _caller(request, house, session)
    return Visit(request, house, sealer, speech, session, caller, fresh=found is None, shelf=shelf)


async def _caller(request: Request, house: House, session: Session) -> Caller | None:
    if house.gate.open:
        return await house.gate.caller(request)
    if session.key is None:
        return None
    key = session.key
    try:
        caller = await house.read(lambda connection: caller_by_id(connection, key))
    except NoLogin:
        return None
    house.gate.usual.take(caller.id)
    return caller


async def signed_in(here: Visit, secret: str) -> Caller:
    """The caller whose key this is; the visit goes on as theirs. Raises NoLogin, and TooMany after many wrong ones."""
    host = here.request.client.host if here.request.client else ""
    if not secret.startswith(PREFIX):  # tokens of an identity provider end too soon to hold a session
        here.house.gate.failed.take(host)
        raise NoLogin("a key begins with ww_; wardwright keys create makes one")
    caller = await here.house.gate.caller_with(secret, host)
    here.session, here.fresh, here.caller = Session.new(caller.id), True, caller
    return caller


async def sealer_of(house: House) -> Sealer:
    """The sealer of the house's store. Raises StoreFailed."""
    return await run_in_threadpool(Sealer.of, house.open_store)
