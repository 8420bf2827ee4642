"""Signed texts: what a session cookie holds and what a share link names, so that nobody can make one up.

The secret lies in the store, so that a restart ends no session and every process of one store signs alike.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Final

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection, insert, select

from api.service.schema import SEALS
from api.service.store import Store, now

NAME: Final = "web"
Said = Mapping[str, object]


class Sealer:
    """Seals what is said for a `purpose` until a moment (seconds since 1970), and reads it back."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    @classmethod
    def of(cls, store: Store) -> Sealer:
        """The sealer of a store, whose secret is made when it is first asked for. Raises StoreFailed."""
        known = store.read(_secret)
        return cls(known or store.write(_make))

    def seal(self, purpose: str, said: Said, until: float) -> str:
        """A text for an address or a cookie that says this until then."""
        return str(self._signer(purpose).dumps({**said, "until": round(until)}))

    def read(self, purpose: str, text: str, *, at: float | None = None) -> Said | None:
        """What a text says; None where it was not sealed here for this purpose, or its time has passed."""
        try:
            said = self._signer(purpose).loads(text)
        except BadData:
            return None
        passed = not isinstance(said, dict) or float(said["until"]) <= (time.time() if at is None else at)
        return None if passed else said

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._secret, salt=f"wardwright {purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )


def _secret(connection: Connection) -> str | None:
    found = connection.execute(select(SEALS.c.secret).where(SEALS.c.name == NAME)).scalar_one_or_none()
    return None if found is None else str(found)


def _make(connection: Connection) -> str:
    """The secret: a new one, unless another process was first (whose row a second try of this write finds)."""
    known = _secret(connection)
    if known is not None:
        return known
    made = secrets.token_urlsafe(48)
    connection.execute(insert(SEALS), {"name": NAME, "secret": made, "made_at": now(connection)})
    return made
