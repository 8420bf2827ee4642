"""API keys: 256 random bits, shown once, kept as a hash, with a role, narrower scopes, an end and a way to revoke."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from api.service.audit import Deed, note
from api.service.callers import ANYONE, ROLES, Caller
from api.service.errors import NoLogin, NoSuch
from api.service.schema import KEYS
from api.service.store import now

PREFIX: Final = "ww_"
TENANT: Final = re.compile(rf"(?!{ANYONE.tenant}\Z)[a-z0-9][a-z0-9-]{{0,39}}")
"""What a tenant may be called; the name of whoever need not log in is nobody else's."""

DAY: Final = 86_400.0
CONSOLE: Final = Caller("console", "", "whoever runs wardwright keys", frozenset())
"""Who makes and revokes keys: somebody with the store in hand."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to make: for whom, what it may do (`scopes` empty: all of the role), for how many days (None: no end)."""

    tenant: str
    name: str
    role: str
    scopes: tuple[str, ...] = ()
    days: float | None = 365.0

    @property
    def granted(self) -> frozenset[str]:
        """The scopes it gets."""
        return frozenset(self.scopes) if self.scopes else ROLES[self.role]


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is listed; times are seconds since 1970."""

    id: str
    tenant: str
    name: str
    role: str
    scopes: str
    made_at: float
    expires_at: float | None
    revoked_at: float | None


_COLUMNS: Final = (
    KEYS.c.id, KEYS.c.tenant, KEYS.c.name, KEYS.c.role, KEYS.c.scopes, KEYS.c.made_at, KEYS.c.expires_at,
    KEYS.c.revoked_at,
)  # fmt: skip


def create(connection: Connection, wanted: Wanted) -> tuple[Key, str]:
    """Make a key; the secret is known to the caller alone from here on."""
    secret, at = PREFIX + secrets.token_urlsafe(32), now(connection)
    expires = None if wanted.days is None else at + wanted.days * DAY
    scopes = json.dumps(sorted(wanted.granted))
    key = Key(f"key_{secrets.token_hex(8)}", wanted.tenant, wanted.name, wanted.role, scopes, at, expires, None)
    row = {column.name: getattr(key, column.name) for column in _COLUMNS}
    connection.execute(insert(KEYS), {**row, "secret_sha256": hashed(secret)})
    note(connection, Deed(CONSOLE, "key made", key.id, "", f"{wanted.role} of {wanted.tenant}: {wanted.name}"))
    return key, secret


def revoke(connection: Connection, key_id: str) -> Key:
    """End a key at once. Raises NoSuch."""
    key = _one(connection, key_id)
    if key.revoked_at is None:
        connection.execute(update(KEYS).where(KEYS.c.id == key_id).values(revoked_at=now(connection)))
        note(connection, Deed(CONSOLE, "key revoked", key_id, "valid", "revoked"))
    return _one(connection, key_id)


def listed(connection: Connection, tenant: str | None = None) -> list[Key]:
    """Every key, or a tenant's, oldest first."""
    asked = select(*_COLUMNS).order_by(KEYS.c.made_at)
    if tenant is not None:
        asked = asked.where(KEYS.c.tenant == tenant)
    return [Key(*tuple(row)) for row in connection.execute(asked)]


def caller_of(connection: Connection, secret: str) -> Caller:
    """Whose key it is. Raises NoLogin for one that is unknown, expired or revoked, without saying which."""
    return _valid(connection, KEYS.c.secret_sha256 == hashed(secret))


def caller_by_id(connection: Connection, key_id: str) -> Caller:
    """Whose key has this id, for a session that began with it. Raises NoLogin as `caller_of` does."""
    return _valid(connection, KEYS.c.id == key_id)


def _valid(connection: Connection, which: ColumnElement[bool]) -> Caller:
    valid = or_(KEYS.c.expires_at.is_(None), KEYS.c.expires_at > now(connection))
    row = connection.execute(select(*_COLUMNS).where(which, KEYS.c.revoked_at.is_(None), valid)).one_or_none()
    if row is None:
        raise NoLogin("this key is unknown, expired or revoked")
    key = Key(*tuple(row))
    return Caller(key.id, key.tenant, key.name, frozenset(json.loads(key.scopes)))


def hashed(secret: str) -> str:
    """How a secret is kept: it is random enough that a plain hash can't be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _one(connection: Connection, key_id: str) -> Key:
    row = connection.execute(select(*_COLUMNS).where(KEYS.c.id == key_id)).one_or_none()
    if row is None:
        raise NoSuch(f"no key is called {key_id}; wardwright keys list shows those there are")
    return Key(*tuple(row))
