"""What of a store is encrypted, if a key is in the environment: scenarios, plans, all that tells what is in them.

`WARDWRIGHT_STORE_KEY` holds a key of `wardwright encrypt --new-key`, or several, parted by commas: the first encrypts,
all of them decrypt, so that keys can be changed (Fernet of the cryptography package: AES-128-CBC with HMAC-SHA256). A
value that is not encrypted is read as it is: a store may be older than its key, until `wardwright encrypt` has run.
Ids, tenants, states, times, names of keys and the audit stay readable, for without them nobody could look after it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Engine, LargeBinary, String, Table, Text, TypeDecorator, select, update
from sqlalchemy.types import TypeEngine

from api.service.errors import StoreFailed

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

VARIABLE: Final = "WARDWRIGHT_STORE_KEY"
MARK: Final = b";sealed;1;"
"""Begins what is encrypted; neither JSON, compressed data nor a name begins so."""

AT_ONCE: Final = 50
"""Rows encrypted in one transaction."""


@dataclass(frozen=True, slots=True)
class Cipher:
    """Encrypts and decrypts; without keys it leaves everything as it is."""

    keys: MultiFernet | None = None

    def shut(self, data: bytes) -> bytes:
        """Encrypted, where there is a key."""
        return data if self.keys is None else MARK + self.keys.encrypt(data)

    def opened(self, data: bytes) -> bytes:
        """Decrypted, where it is encrypted. Raises StoreFailed without the right key."""
        if not data.startswith(MARK):
            return data
        if self.keys is None:
            raise StoreFailed(f"the store is encrypted: set {VARIABLE} to the key it was written with")
        from cryptography.fernet import InvalidToken

        try:
            return self.keys.decrypt(data.removeprefix(MARK))
        except InvalidToken as error:
            raise StoreFailed(
                f"the store is encrypted with another key than {VARIABLE} holds; name that one too, parted by a comma"
            ) from error


_CIPHERS: Final[WeakKeyDictionary[Dialect, Cipher]] = WeakKeyDictionary()
"""By the dialect of each open store, which is all that a column's type gets to see of it."""

_PLAIN: Final = Cipher()


def use(engine: Engine, cipher: Cipher) -> None:
    """Encrypt and decrypt with this from now on."""
    _CIPHERS[engine.dialect] = cipher


def has_key(engine: Engine) -> bool:
    """Whether what is written now is encrypted."""
    return _CIPHERS.get(engine.dialect, _PLAIN).keys is not None


def cipher_of_environment() -> Cipher:
    """The cipher of the keys in the environment. Raises StoreFailed for what is no key."""
    told = [key.strip() for key in os.environ.get(VARIABLE, "").split(",") if key.strip()]
    if not told:
        return _PLAIN
    try:
        from cryptography.fernet import Fernet, MultiFernet
    except ImportError as error:
        raise StoreFailed("an encrypted store needs one more package: pip install 'wardwright[encryption]'") from error
    try:
        return Cipher(MultiFernet([Fernet(key) for key in told]))
    except ValueError as error:
        raise StoreFailed(f"{VARIABLE}: holds no key; wardwright encrypt --new-key makes one") from error


def new_key() -> str:
    """A key for the environment: 256 random bits."""
    try:
        from cryptography.fernet import Fernet
    except ImportError as error:
        raise StoreFailed("this needs one more package: pip install 'wardwright[encryption]'") from error
    return Fernet.generate_key().decode()


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted where there is a key. PostgreSQL enforces lengths, so there it has none."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As the database keeps it."""
        short = self.length is not None and dialect.name != "postgresql"
        return String(self.length) if short else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is written."""
        cipher = _CIPHERS.get(dialect, _PLAIN)
        return value if value is None or cipher.keys is None else cipher.shut(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was meant; what is no text (a damaged file) is left to its reader. Raises StoreFailed."""
        if not isinstance(value, str) or not value.startswith(_TEXT_MARK):
            return value
        return _CIPHERS.get(dialect, _PLAIN).opened(value.encode()).decode()


_TEXT_MARK: Final = MARK.decode()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that are encrypted where there is a key."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """As they are written."""
        return None if value is None else _CIPHERS.get(dialect, _PLAIN).shut(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """As they were meant; what is no bytes is left to their reader. Raises StoreFailed."""
        return _CIPHERS.get(dialect, _PLAIN).opened(value) if isinstance(value, bytes) else value


def encrypted_columns(table: Table) -> list[str]:
    """Which columns of a table are encrypted where there is a key."""
    return [each.name for each in table.columns if isinstance(each.type, EncryptedText | EncryptedBytes)]


def must_open(connection: Connection, tables: Sequence[Table]) -> None:
    """Read one value of each table, the oldest: it takes the right key. Raises StoreFailed."""
    for table in tables:
        for name in encrypted_columns(table)[:1]:
            connection.execute(select(table.c[name]).order_by(*table.primary_key).limit(1)).first()


def anew(connection: Connection, table: Table, after: Sequence[object] | None) -> list[object] | None:
    """Write the next rows of a table as they are: under the first key. The last one's key; None where none is left."""
    keys, names = list(table.primary_key), encrypted_columns(table)
    asked = select(*keys, *(table.c[name] for name in names)).order_by(*keys).limit(AT_ONCE).with_for_update()
    if after is not None:
        asked = asked.where(_after(keys, after))
    rows = connection.execute(asked).all()
    for row in rows:
        which = [key == row[at] for at, key in enumerate(keys)]
        values = dict(zip(names, row[len(keys) :], strict=True))
        connection.execute(update(table).where(*which).values(**values))
    return list(rows[-1][: len(keys)]) if rows else None


def _after(keys: Sequence[Any], last: Sequence[object]) -> Any:
    from sqlalchemy import tuple_

    return keys[0] > last[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*last)
