"""What the program keeps for itself, spoiled: the service's store and the registry of models.

Whatever of a spoiled store is answered with 200 must be what was stored, byte for byte, and work taken from it must be
the work that was asked for; all else is told as a fault of the store. A model is loaded as it was stored, or refused.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import httpx

from api.http import create_app
from api.service.errors import StoreFailed
from api.service.gate import Gate
from api.service.house import House
from api.service.rates import Rate, Rates
from api.service.store import Store, open_store
from api.service.worker import Worker
from forecasting import Registry, StoredForecast, history_from_values, train
from tests.service_front import front
from tests.small_ward import small_ward
from tests.torture.mutating import REFUSED, SAME, Attempt, Wrong, judged, spoiled_bytes

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
LABELS = ("/v1/plans", "/status")
"""Where jobs are listed and followed without their plans: a spoiled label may show there."""

WAITED = "the plan that waited"
CELLS = (("jobs", ("request", "request", "sha256", "variant", "state", "kind")), ("files", ("data", "data", "name")))
"""Columns that plans come from or are told by."""

Answers = dict[str, tuple[int, str]]
"""Status and text of each answer, by path."""


def stores(folder: Path) -> Attempt:
    """The SQLite file of a service with a plan that is done and one that waits, with its bytes spoiled."""
    (folder / "sound").mkdir()
    with front("sqlite", folder / "sound") as service:
        done, waits = service.planned(WARD)["id"], service.post(WARD)["id"]
    raw, path = (folder / "sound" / "store.db").read_bytes(), folder / "spoiled" / "store.db"
    paths = [f"/v1/plans/{done}{end}" for end in ("", "/explanation", "/export?format=csv", "/status")]
    paths += ["/v1/plans", f"/v1/plans/{waits}/status"]
    sound = _asked(_laid(path, raw), paths)
    planned = _worked(_laid(path, raw), waits)

    def attempt(chance: random.Random) -> str:
        spoiled = (
            spoiled_bytes(raw, chance) if chance.random() < 0.5 else _spoiled_cell(raw, folder / "cell.db", chance)
        )
        found = _asked(_laid(path, spoiled), paths)
        after = _worked(_laid(path, spoiled), waits)
        return compared({**found, WAITED: after}, {**sound, WAITED: planned})

    return attempt


def _spoiled_cell(raw: bytes, path: Path, chance: random.Random) -> bytes:
    """The file with one stored value spoiled, as a bad disk would: the pages around it are sound."""
    path.write_bytes(raw)
    connection = sqlite3.connect(path, isolation_level=None)
    table, columns = chance.choice(CELLS)
    column = chance.choice(columns)
    row, value = chance.choice(connection.execute(f"select rowid, {column} from {table}").fetchall())
    if isinstance(value, bytes):
        value = spoiled_bytes(value, chance)
    else:
        value = spoiled_bytes(str(value).encode(), chance).decode("latin-1")
    connection.execute(f"update {table} set {column} = ? where rowid = ?", (value, row))
    connection.close()
    return path.read_bytes()


def compared(found: Answers, sound: Answers) -> str:
    """What came of it. Raises Wrong for an answer that is neither what was stored nor a fault in words."""
    ends = set()
    for path, (status, text) in found.items():
        if (status, text) == sound[path] or (status == 200 and path.endswith(LABELS)):
            ends.add(SAME)
        elif status == 200:
            raise Wrong(f"{path}: another answer without a word: {_first_difference(text, sound[path][1])}")
        elif '"internal"' in text:
            raise Wrong(f"{path}: {text[:300]}")
        else:
            ends.add(REFUSED)
    return REFUSED if REFUSED in ends else SAME


def _first_difference(text: str, sound: str) -> str:
    at = next((at for at, (one, other) in enumerate(zip(text, sound, strict=False)) if one != other), -1)
    return f"...{text[max(at - 40, 0) : at + 40]!r} for {sound[max(at - 40, 0) : at + 40]!r}"


def _laid(path: Path, raw: bytes) -> str:
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir()
    path.write_bytes(raw)
    return f"sqlite:///{path}"


def _opened(url: str) -> Store | None:
    try:
        return open_store(url)
    except StoreFailed:
        return None


def _asked(url: str, paths: list[str]) -> Answers:
    """Each path asked of a service on the store; a store that does not open answers nothing."""
    store = _opened(url)
    if store is None:
        return dict.fromkeys(paths, (503, "the store does not open"))
    gate = Gate(open=True, store=store, usual=Rates(Rate(1e9, 10**9)))
    app = create_app(House(gate, store))

    async def ask() -> Answers:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answers = [await client.get(path) for path in paths]
        return {path: (each.status_code, each.text) for path, each in zip(paths, answers, strict=True)}

    try:
        return asyncio.run(ask())
    finally:
        store.close()


def _worked(url: str, job: str) -> tuple[int, str]:
    """What becomes of the plan that waits: 200 and its answer, or its problem."""
    store = _opened(url)
    if store is None:
        return 503, "the store does not open"
    try:
        worker = Worker(store)
        worker.stopping.set()  # so that a store that fails for good is not tried again for a minute
        worker.once()
        return _answer(store, job)
    except StoreFailed as error:
        return 503, str(error)
    finally:
        store.close()


def _answer(store: Store, job: str) -> tuple[int, str]:
    from api.service.jobs import by_id, files_of

    found = store.read(lambda connection: by_id(connection, job))
    if found is None:
        return 404, "the job is gone"
    if found.state != "done":
        return 422, f"{found.state}: {found.problem}"
    return 200, store.read(lambda connection: files_of(connection, job, ("beds.csv", "staff.csv"))).__repr__()


def models(folder: Path) -> Attempt:
    """A registry with a trained forecast, with the bytes of one of its files spoiled, or files lost or exchanged."""
    sound = folder / "sound"
    drawn = random.Random(3)
    one = history_from_values(
        "ward", date(2022, 1, 3), [30.0 + (at % 7 < 5) * 6 + drawn.randrange(5) for at in range(230)]
    )
    start = one.dates[-1].item() + timedelta(days=1)
    trained = train([one], start=start, days=7, forecaster="ridge", place=("GB", None), from_first=True)
    Registry(sound).add(StoredForecast(trained, {"wape": 0.05}), "ward")
    expected = Registry(sound).load("ward@1")[1].to_files()
    files = sorted(path.relative_to(sound) for path in sound.rglob("*") if path.is_file() and path.name != ".lock")

    def attempt(chance: random.Random) -> str:
        spoiled = folder / "spoiled"
        shutil.rmtree(spoiled, ignore_errors=True)
        shutil.copytree(sound, spoiled)
        path, other = spoiled / chance.choice(files), spoiled / chance.choice(files)
        match chance.randrange(8):
            case 0:
                path.unlink()
            case 1:
                shutil.copyfile(other, path) if path != other else path.write_bytes(b"")
            case _:
                path.write_bytes(spoiled_bytes(path.read_bytes(), chance))
        try:
            card, model = Registry(spoiled).load("ward@1")
        except Exception as error:
            return judged(error)
        if model.to_files() != expected or card.reference != "ward@1":
            raise Wrong(f"{path.name}: another model without a word")
        return SAME

    return attempt
