"""`Store`: where jobs are kept, in SQLite (one file, many processes) or PostgreSQL (many machines), by the same code.

SQLite runs in WAL mode with synchronous=FULL: what `write` returned from is on the disk. Writers of one process share
one thread, which commits whatever has gathered at once; PostgreSQL gathers commits by itself. The log is taken over
into the file every 64 MB, so that hardly any write waits for that, and whenever something was to leave no trace.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from api.service import encrypting
from api.service.errors import StoreFailed
from api.service.schema import ENCRYPTED
from api.service.together import Looking, Together

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

T = TypeVar("T")
PATIENCE: Final = 30
"""Seconds to wait for another writer of an SQLite file."""

TRIES: Final = 5
"""How often a write is tried that PostgreSQL sent back because another was in its way."""

CONNECTIONS: Final = 40
"""Connections kept open: as many as threads may ask at once, for opening one costs more than asking."""

URL_VARIABLE: Final = "WARDWRIGHT_STORE"
DEFAULT_URL: Final = "sqlite:///wardwright.db"
_SENT_BACK: Final = ("40001", "40P01", "23505")
"""PostgreSQL's words for: serialisation failed, deadlock, and somebody else wrote the same key a moment ago."""
_PRAGMAS: Final = (
    "journal_mode=wal",
    "synchronous=full",
    "foreign_keys=on",
    "secure_delete=on",
    "temp_store=memory",
    "wal_autocheckpoint=16000",
    f"busy_timeout={1000 * PATIENCE}",
)


@dataclass(frozen=True, slots=True)
class Store:
    """An open store; `close` ends its connections."""

    engine: Engine
    together: Together | None
    looking: Looking

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` finds, all of one moment. Raises StoreFailed."""
        with _told(), self.engine.connect() as connection:
            return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` whole or not at all; it is durable when this returns.

        `work` may be run again where others were in its way. Raises what `work` raises, and StoreFailed.
        """
        with _told():
            return self._directly(work) if self.together is None else self.together(work)

    def _directly(self, work: Callable[[Connection], T]) -> T:
        for left in reversed(range(TRIES)):
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not left or getattr(error.orig, "sqlstate", "") not in _SENT_BACK:
                    raise
                time.sleep(0.01 * (TRIES - left))
        raise StoreFailed("the store is too busy")

    def look(self, work: Callable[[Connection], T]) -> T:
        """What one short question finds, with no transaction around it. Raises StoreFailed."""
        with _told():
            return self.looking(work)

    def scrub(self) -> bool:
        """Leave no trace of what was deleted: take SQLite's log over into the file, which is overwritten, and empty it.

        False where another process was reading just then and the log is not empty. Raises StoreFailed.
        """
        if self.together is None:
            return True
        return self.look(lambda connection: not connection.exec_driver_sql("pragma wal_checkpoint(truncate)").one()[0])

    @property
    def quick(self) -> bool:
        """Whether a short question is answered sooner than a thread would be found to ask it."""
        return self.together is not None

    def close(self) -> None:
        """End the writer and every connection."""
        if self.together is not None:
            self.together.close()
        self.looking.close()
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the store at an SQLAlchemy URL and bring its tables up to date, with the key in the environment, if any.

    Raises StoreFailed.
    """
    engine = _engine(url)
    try:
        encrypting.use(engine, encrypting.cipher_of_environment())
        with _told():
            _make_ready(engine)
    except StoreFailed:
        engine.dispose()
        raise
    return Store(engine, Together(engine) if engine.dialect.name == "sqlite" else None, Looking(engine))


def _make_ready(engine: Engine) -> None:
    from api.service.migrating import migrate

    migrate(engine)
    with engine.connect() as connection:
        encrypting.must_open(connection, ENCRYPTED)


def store_url(given: str | None) -> str:
    """The URL asked for, or that in the environment, or a file in the working folder."""
    return given or os.environ.get(URL_VARIABLE) or DEFAULT_URL


def now(connection: Connection) -> float:
    """Seconds since 1970 by the store's own clock, so that machines need not agree on the time."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.execute(text("select extract(epoch from clock_timestamp())")).scalar_one())


def _engine(url: str) -> Engine:
    try:
        place = make_url(url)
        backend = place.get_backend_name()
        if backend == "sqlite":
            return _sqlite(place)
        if backend == "postgresql":
            return create_engine(place.set(drivername="postgresql+psycopg"), pool_size=CONNECTIONS, pool_pre_ping=True)
    except ArgumentError as error:
        raise StoreFailed("the store's URL can't be read; it reads like sqlite:///wardwright.db") from error
    except (NoSuchModuleError, ImportError) as error:
        raise StoreFailed("PostgreSQL needs one more package: pip install 'wardwright[postgres]'") from error
    raise StoreFailed(f"a store lies in SQLite or PostgreSQL, not in {backend}")


def _sqlite(place: URL) -> Engine:
    if place.database in (None, "", ":memory:"):
        raise StoreFailed("a store in SQLite needs a file, such as sqlite:///wardwright.db")
    _private(Path(str(place.database)))
    engine = create_engine(place, pool_size=CONNECTIONS)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _private(path: Path) -> None:
    """A new file that nobody else on this machine may read. Raises StoreFailed."""
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreFailed(f"{path}: {error.strerror or error}; name another place with --store") from error


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says, not where the driver guesses
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("begin immediate" if options.get("writes", False) else "begin")


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the database in words that show neither its address nor what was being written."""
    try:
        yield
    except DBAPIError as error:
        raise StoreFailed(f"the store failed: {type(error.orig).__name__}: {_first_line(error.orig)}") from error
    except (SQLAlchemyError, UnicodeDecodeError) as error:  # the latter: a driver that tells of bytes it can't read
        raise StoreFailed(f"the store failed: {type(error).__name__}") from error


def _first_line(error: object) -> str:
    lines = str(error).splitlines()
    return lines[0][:200] if lines else ""
