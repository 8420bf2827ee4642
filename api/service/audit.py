"""The audit: rows that are only ever added, each sealed by a hash over itself and the seal before it.

One changed, removed or exchanged row breaks the chain there; cut off at the end, it ends before the number that
somebody wrote down (`wardwright audit verify --last`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text

from api.service.callers import Caller
from api.service.schema import AUDIT

NOTHING_BEFORE: Final = "0" * 64
LOCK: Final = 7_234_020
"""PostgreSQL's advisory lock of whoever adds a row."""

_SEALED: Final = ("number", "at", "tenant", "who", "what", "target", "before", "after", "previous")


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to what, and how that was before and after."""

    caller: Caller
    what: str
    target: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What checking the audit found: how many rows, the last seal, and what is wrong where."""

    rows: int
    last: str
    broken: tuple[str, ...]


def note(connection: Connection, deed: Deed) -> None:
    """Add a row, in the transaction of what it tells of."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))
    newest = select(AUDIT.c.number, AUDIT.c.digest).order_by(AUDIT.c.number.desc()).limit(1)
    last = connection.execute(newest).one_or_none()
    row = {
        "number": 1 if last is None else last.number + 1,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "tenant": deed.caller.tenant,
        "who": f"{deed.caller.name} ({deed.caller.id})",
        "what": deed.what,
        "target": deed.target,
        "before": deed.before,
        "after": deed.after,
        "previous": NOTHING_BEFORE if last is None else last.digest,
    }
    connection.execute(insert(AUDIT), {**row, "digest": seal(row)})


def seal(row: Mapping[str, Any]) -> str:
    """The hash over a row and the seal before it."""
    return hashlib.sha256(json.dumps([row[name] for name in _SEALED]).encode()).hexdigest()


def verify(connection: Connection, last: str | None = None) -> Chain:
    """Recount the whole chain, in which the seal `last` must be found where one is given."""
    count, previous, broken, found = 0, NOTHING_BEFORE, [], last is None
    for row in map(dict, connection.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings()):
        count += 1
        broken += list(_faults(row, count, previous))
        previous = row["digest"]
        found = found or previous == last
    if not found:
        broken.append(f"the seal {last} is not there: rows are missing at the end")
    return Chain(count, previous, tuple(broken))


def _faults(data: Mapping[str, Any], number: int, previous: str) -> Iterator[str]:
    if data["number"] != number:
        yield f"row {number} is missing: the next one is {data['number']}"
    elif data["previous"] != previous:
        yield f"row {number} does not follow the row before it"
    if data["digest"] != seal(data):
        yield f"row {data['number']} was changed after it was written"


def deeds(connection: Connection, tenant: str, *, before: int | None, size: int) -> list[dict[str, object]]:
    """A tenant's rows, the newest first."""
    asked = select(AUDIT).where(AUDIT.c.tenant == tenant)
    if before is not None:
        asked = asked.where(AUDIT.c.number < before)
    return [dict(row) for row in connection.execute(asked.order_by(AUDIT.c.number.desc()).limit(size)).mappings()]
