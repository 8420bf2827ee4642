"""Logging in with an identity provider's tokens: real keys and signatures, and every way a token can lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from api.errors import Refused
from api.service.callers import ROLES
from api.service.errors import NoLogin
from api.service.oidc import Provider, Tokens, fetch_json
from tests.service_front import Front, front

ISSUER = "https://login.example/realms/north"
PROVIDER = Provider(ISSUER, "wardwright")
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
NEXT = ECKey.generate_key("P-256", {"kid": "two"}, private=True)


class Documents:
    """What the provider publishes: its discovery document and its keys. Counts how often they are fetched."""

    def __init__(self) -> None:
        self.keys: list[Any] = [KEY]
        self.told: dict[str, Any] = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"}
        self.fetched = 0

    def __call__(self, url: str) -> Mapping[str, Any]:
        """The document at an address."""
        self.fetched += 1
        if url == f"{ISSUER}/.well-known/openid-configuration":
            return self.told
        assert url == f"{ISSUER}/certs"
        return KeySet(self.keys).as_dict(private=False)


@pytest.fixture
def documents() -> Documents:
    """A provider with one key."""
    return Documents()


@pytest.fixture
def tokens(documents: Documents) -> Tokens:
    """The service's side."""
    return Tokens(PROVIDER, documents)


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says; None leaves a claim out."""
    said = {"iss": ISSUER, "aud": "wardwright", "sub": "u1", "exp": time.time() + 600, "tenant": "north"}
    return {name: value for name, value in {**said, "role": "planner", **changes}.items() if value is not None}


def signed(key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    """A token."""
    return jwt.encode({"alg": algorithm, "kid": key.kid}, claims(**changes), key, algorithms=[algorithm])


def unpadded(data: bytes) -> str:
    """Base64 as tokens write it."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_good_token_opens_what_its_role_does(tokens: Tokens) -> None:
    """Tenant, name and scopes are the token's; of several roles the highest counts."""
    caller = tokens.caller(signed(email="ana@north.example"))
    assert (caller.tenant, caller.name, caller.scopes) == ("north", "ana@north.example", ROLES["planner"])
    assert tokens.caller(signed(role=["planner", "x", "publisher"])).scopes == ROLES["publisher"]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "payroll"},
        {"aud": None},
        {"exp": 1.0},
        {"exp": None},
        {"nbf": 9_000_000_000.0},
        {"sub": None},
        {"tenant": None},
        {"tenant": "../south"},
        {"tenant": ["north", "south"]},
        {"role": None},
        {"role": "king"},
        {"role": []},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_opens_nothing(tokens: Tokens, changes: dict[str, Any]) -> None:
    """Another issuer or audience, expired, not yet good, without subject, tenant or role."""
    with pytest.raises(NoLogin):
        tokens.caller(signed(**changes))


def test_a_token_signed_by_somebody_else_opens_nothing(tokens: Tokens) -> None:
    """Not even under the name of a known key."""
    strange = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    with pytest.raises(NoLogin, match="does not hold"):
        tokens.caller(signed(strange))


def test_a_token_changed_by_one_letter_opens_nothing(tokens: Tokens) -> None:
    """In its claims or in its signature."""
    head, said, signature = signed().split(".")
    other = unpadded(json.dumps(claims(tenant="south")).encode())
    for token in (f"{head}.{other}.{signature}", f"{head}.{said}.{signature[:-8]}AAAAAAAA", f"{head}.{said}."):
        with pytest.raises(NoLogin):
            tokens.caller(token)


def test_a_token_signed_with_the_public_key_as_a_secret_opens_nothing(tokens: Tokens) -> None:
    """HS256 with what anybody may read, and no signature at all."""
    for algorithm in ("HS256", "none"):
        head = unpadded(json.dumps({"alg": algorithm, "kid": "one"}).encode())
        said = unpadded(json.dumps(claims()).encode())
        made = hmac.new(KEY.as_pem(private=False), f"{head}.{said}".encode(), hashlib.sha256).digest()
        with pytest.raises(NoLogin):
            tokens.caller(f"{head}.{said}.{unpadded(made) if algorithm == 'HS256' else ''}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a" * 9000, "\u00e9.\u00e9.\u00e9", "...", "a.b.c.d.e"])
def test_what_is_no_token_opens_nothing(tokens: Tokens, token: str) -> None:
    """Whatever it is, the answer is 401 and not a fault of ours."""
    with pytest.raises(NoLogin):
        tokens.caller(token)


def test_a_new_key_of_the_provider_is_fetched_once_it_is_used(tokens: Tokens, documents: Documents) -> None:
    """And not at every unknown key name: after one fetch the next waits half a minute."""
    tokens.caller(signed())
    assert documents.fetched == 2
    documents.keys = [KEY, NEXT]
    with pytest.raises(NoLogin):
        tokens.caller(signed(NEXT, "ES256"))
    assert documents.fetched == 2
    tokens._fetched -= 31.0
    assert tokens.caller(signed(NEXT, "ES256")).tenant == "north"
    assert documents.fetched == 4


@pytest.mark.parametrize("told", [{"issuer": "https://other.example"}, {"jwks_uri": "http://login.example/certs"}])
def test_a_provider_that_is_not_itself_is_not_believed(
    tokens: Tokens, documents: Documents, told: dict[str, str]
) -> None:
    """Its document must name the issuer asked for, and its keys must come over TLS."""
    documents.told |= told
    with pytest.raises(NoLogin):
        tokens.caller(signed())


def test_an_issuer_is_reached_by_https_and_an_audience_is_said() -> None:
    """Else the service does not start."""
    with pytest.raises(Refused, match="by https"):
        Provider("http://login.example", "wardwright")
    with pytest.raises(Refused, match="for whom"):
        Provider(ISSUER, "")


@pytest.fixture
def service(tmp_path: Path, tokens: Tokens) -> Iterator[Front]:
    """A service that takes tokens beside keys."""
    with front("sqlite", tmp_path, login=True) as found:
        found.house.gate.tokens = tokens
        yield found


def test_tokens_and_keys_log_in_over_http(service: Front) -> None:
    """A planner's token reads and may not see the audit; what is no token is 401; keys go on working."""
    assert service.ask("GET", "/v1/plans", key=signed()).status_code == 200
    assert service.ask("GET", "/v1/audit", key=signed()).status_code == 403
    assert service.ask("GET", "/v1/audit", key=signed(role="admin")).status_code == 200
    assert service.ask("GET", "/v1/plans", key=service.key("north")).status_code == 200
    assert service.ask("GET", "/v1/plans", key="x.y.z").status_code == 401


class Published(BaseHTTPRequestHandler):
    """A provider on this machine: its two documents, and a redirect that is not to be followed."""

    def do_GET(self) -> None:
        """Answer with a document."""
        issuer = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        told = {"issuer": issuer, "jwks_uri": f"{issuer}/certs"}
        found = KeySet([KEY]).as_dict(private=False) if self.path == "/certs" else told
        self.send_response(302 if self.path.startswith("/moved") else 200)
        self.send_header("Location", f"{issuer}/certs")
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_provider_is_asked_over_the_network() -> None:
    """Its documents are fetched and its tokens taken; a redirect, and an address where nobody answers, are not."""
    server = HTTPServer(("127.0.0.1", 0), Published)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    issuer = f"http://127.0.0.1:{server.server_port}"
    assert Tokens(Provider(issuer, "wardwright")).caller(signed(iss=issuer)).tenant == "north"
    with pytest.raises(NoLogin, match="can't be reached"):
        fetch_json(f"{issuer}/moved")
    server.shutdown()
    server.server_close()
    with pytest.raises(NoLogin, match="can't be reached"):
        Tokens(Provider(issuer, "wardwright")).caller(signed(iss=issuer))
