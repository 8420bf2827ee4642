"""Logging in with a token of an identity provider (OpenID Connect): signed by it, meant for us, naming tenant and role.

The provider's keys are fetched from where its discovery document says, over TLS, and again when a token names a key
that is not among them. What a token may do is its role's, and no more than that.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from api.errors import Refused
from api.service.callers import ROLES, Caller
from api.service.errors import NoLogin
from api.service.keys import TENANT

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures taken: asymmetric ones alone, so that no public key can pass for a secret."""

LEEWAY_SECONDS: Final = 30
REFRESH_SECONDS: Final = 30.0
"""Keys are fetched at most this often, whatever keys tokens name."""

FETCH_SECONDS: Final = 5.0
MOST_BYTES: Final = 1_000_000
LONGEST_TOKEN: Final = 8_000
LOCAL: Final = ("localhost", "127.0.0.1", "::1")

Fetch = Callable[[str], Mapping[str, Any]]
"""From an address to the JSON object there. Raises NoLogin."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who issues tokens, for whom they must be meant, and the claims that hold tenant and role."""

    issuer: str
    audience: str
    tenant_claim: str = "tenant"
    role_claim: str = "role"

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise Refused(f"{self.issuer}: an issuer of tokens is reached by https")
        if not self.audience:
            raise Refused("--oidc-audience: say for whom tokens must be meant; those for others are not taken")


@dataclass(slots=True)
class Tokens:
    """Takes tokens of one provider. Safe to call from several threads."""

    provider: Provider
    fetch: Fetch = field(default_factory=lambda: fetch_json)
    _keys: KeySet | None = None
    _fetched: float = -REFRESH_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def caller(self, token: str) -> Caller:
        """Whose token it is. Raises NoLogin, without saying more than that it does not hold."""
        if len(token) > LONGEST_TOKEN:
            raise NoLogin("this token is too long")
        claims = self._claims(token)
        tenant, role = claims.get(self.provider.tenant_claim), self._role(claims)
        if not isinstance(tenant, str) or not TENANT.fullmatch(tenant):
            raise NoLogin("this token names no tenant")
        name = str(claims.get("email") or claims.get("preferred_username") or claims["sub"])[:200]
        return Caller(f"{tenant}/{claims['sub']}"[:200], tenant, name, ROLES[role])

    def _role(self, claims: Mapping[str, Any]) -> str:
        """The highest of the roles that the token names. Raises NoLogin where it names none of ours."""
        said = claims.get(self.provider.role_claim)
        named = said if isinstance(said, list) else [said]
        ours = [role for role in ROLES if role in named]
        if not ours:
            raise NoLogin("this token names no role of ours")
        return ours[-1]

    def _claims(self, token: str) -> dict[str, Any]:
        """What a token that holds says. Raises NoLogin."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        for again in (False, True):
            try:
                found = jwt.decode(token, self._known(again), algorithms=list(ALGORITHMS))
                claims.validate(found.claims)
                return dict(found.claims)
            except (JoseError, ValueError, KeyError, TypeError) as error:
                if again or not self._may_be_new(token):
                    raise NoLogin("this token does not hold") from error
        raise NoLogin("this token does not hold")

    def _may_be_new(self, token: str) -> bool:
        """Whether the token names a key that is not among those known: the provider may have a new one."""
        from joserfc import jws
        from joserfc.errors import JoseError

        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError, KeyError, TypeError):
            return False
        return self._keys is None or kid not in {key.kid for key in self._keys.keys}

    def _known(self, again: bool) -> KeySet:
        """The provider's keys, fetched first or `again` unless that was a moment ago. Raises NoLogin."""
        from joserfc.jwk import KeySet

        with self._lock:
            stale = time.monotonic() - self._fetched >= REFRESH_SECONDS
            if self._keys is None or (again and stale):
                if not stale:
                    raise NoLogin("the issuer's keys can't be had just now")
                self._fetched = time.monotonic()
                self._keys = KeySet.import_key_set(self._published())  # type: ignore[arg-type]
            return self._keys

    def _published(self) -> dict[str, Any]:
        base = self.provider.issuer.rstrip("/")
        told = self.fetch(f"{base}/.well-known/openid-configuration")
        if told.get("issuer") != self.provider.issuer:
            raise NoLogin("the issuer calls itself by another name")
        place = urlsplit(str(told.get("jwks_uri")))
        if place.scheme != "https" and place.hostname not in LOCAL:
            raise NoLogin("the issuer's keys are not reached by https")
        return dict(self.fetch(place.geturl()))


class _NoRedirect(HTTPRedirectHandler):
    """Goes nowhere but where it was sent."""

    def redirect_request(self, *_: object) -> None:
        """Nothing."""


def fetch_json(url: str) -> Mapping[str, Any]:
    """The JSON object at an address. Raises NoLogin."""
    try:
        with build_opener(_NoRedirect).open(Request(url), timeout=FETCH_SECONDS) as answer:
            found = json.loads(answer.read(MOST_BYTES))
    except (URLError, OSError, ValueError) as error:
        raise NoLogin("the issuer of tokens can't be reached just now") from error
    if not isinstance(found, dict):
        raise NoLogin("the issuer of tokens answers with something else")
    return found
