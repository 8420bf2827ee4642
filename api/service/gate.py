"""The gate: who is asking, and whether they may ask so often. It looks at headers alone, before any body is read."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.service.callers import ANYONE, Caller
from api.service.errors import NoLogin, NotAllowed
from api.service.keys import PREFIX, caller_of, hashed
from api.service.oidc import Tokens
from api.service.rates import Rate, Rates
from api.service.store import Store

TRUST_SECONDS: Final = 1.0
"""A key that was good is taken as good for so long: a revoked one is refused after a second at the latest."""

MOST_TRUSTED: Final = 1000
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
USUAL: Final = Rate(50.0, 200)
FAILED_LOGINS: Final = Rate(1.0, 20)


@dataclass(slots=True)
class Gate:
    """Lets callers in, by keys and, where there are `tokens`, by those of an identity provider.

    `open` asks for no login, which is only for a service that this machine alone can reach.
    """

    open: bool
    store: Store | None = None
    usual: Rates = field(default_factory=lambda: Rates(USUAL))
    failed: Rates = field(default_factory=lambda: Rates(FAILED_LOGINS))
    trusted: dict[str, tuple[Caller, float]] = field(default_factory=dict)
    tokens: Tokens | None = None

    async def caller(self, request: Request) -> Caller:
        """Who asks. Raises NoLogin, TooMany, or NotAllowed for a web page that asks behind its reader's back."""
        caller = _local(request) if self.open else await self._with_key(request)
        self.usual.take(caller.id)
        return caller

    async def _with_key(self, request: Request) -> Caller:
        return await self.caller_with(_bearer(request), request.client.host if request.client else "")

    async def caller_with(self, secret: str, host: str) -> Caller:
        """Whose key or token this is; `host` is held to how often it may be wrong. Raises NoLogin or TooMany."""
        known = self.trusted.get(hashed(secret))
        if known is not None and known[1] > time.monotonic():
            return known[0]
        try:
            caller = await run_in_threadpool(self._look_up, secret)
        except NoLogin:
            self.failed.take(host)
            raise
        if len(self.trusted) >= MOST_TRUSTED:
            self.trusted.clear()
        self.trusted[hashed(secret)] = (caller, time.monotonic() + TRUST_SECONDS)
        return caller

    def _look_up(self, secret: str) -> Caller:
        if not secret.startswith(PREFIX):
            return self._token(secret)
        if self.store is None:
            raise NoLogin("no store is open, so no key is known")
        return self.store.read(lambda connection: caller_of(connection, secret))

    def _token(self, secret: str) -> Caller:
        if self.tokens is None:
            raise NoLogin("send a key: Authorization: Bearer ww_...")
        return self.tokens.caller(secret)


def _bearer(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NoLogin("send a key: Authorization: Bearer ww_...")
    return secret.strip()


def _local(request: Request) -> Caller:
    """Whoever is at this machine, but no web page of somebody else's that his browser happens to show."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    origin = request.headers.get("origin")
    if host not in LOCAL_NAMES or (origin is not None and urlsplit(origin).hostname not in LOCAL_NAMES):
        raise NotAllowed("only this machine may ask, by the name localhost or 127.0.0.1")
    return ANYONE
