"""How quickly the service takes work on, and tells how it stands, beside the least that either could be.

`make bench-api`. Accepting: 16 threads, each waiting for its job to be on the disk, beside 16 threads that insert the
same bytes into a bare SQLite table through one group-committing writer. Polling: `/status` of a done plan beside a GET
of a bare FastAPI that answers a constant, both served by uvicorn to 4 clients with a connection each. Rounds alternate,
so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI

from api.http import create_app
from api.service.accepting import Order, Quota, accept
from api.service.gate import Gate
from api.service.house import House
from api.service.jobs import DONE
from api.service.keys import Wanted, create
from api.service.leasing import Ending, Known, claim, end
from api.service.rates import Rate, Rates
from api.service.store import Store, open_store

CLIENTS, EACH, ROUNDS = 16, 100, 5
POLLERS, SECONDS = 4, 3.0
QUOTA = Quota()


class Bare:
    """One thread that inserts what has gathered and commits it at once: the least that a durable insert costs here."""

    def __init__(self, path: Path, body: str) -> None:
        self.asked: queue.SimpleQueue[threading.Event] = queue.SimpleQueue()
        self.path, self.body = path, body
        threading.Thread(target=self._serve, daemon=True).start()

    def __call__(self) -> None:
        """Insert one row; it is on the disk when this returns."""
        done = threading.Event()
        self.asked.put(done)
        done.wait()

    def _serve(self) -> None:
        connection = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=full"):
            connection.execute(f"pragma {pragma}")
        connection.execute("create table if not exists jobs (id text primary key, body text)")
        while True:
            batch = [self.asked.get()]
            while not self.asked.empty():
                batch.append(self.asked.get())
            connection.execute("begin immediate")
            for _ in batch:
                connection.execute("insert into jobs values (?, ?)", (uuid.uuid4().hex, self.body))
            connection.execute("commit")
            for done in batch:
                done.set()


def times(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each call, by all clients at once."""
    found: list[float] = []

    def go() -> None:
        for _ in range(EACH):
            began = time.perf_counter()
            work()
            found.append(1e3 * (time.perf_counter() - began))

    threads = [threading.Thread(target=go) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def accepting(store: Store, folder: Path) -> None:
    """The race of durable writes."""
    body = json.dumps({"noise": "".join(f"{at * at % 9973:x}" for at in range(2000))})
    bare = Bare(folder / "bare.db", body)
    number = count()

    def ours() -> None:
        key, tenant = uuid.uuid4().hex, f"tenant-{next(number) // 100}"
        order = Order(tenant, "bench", "plan", {"scenario": {"body": body}}, "ward", "0" * 64)
        accept(store, order, key, QUOTA)

    got: dict[str, list[float]] = {"bare insert": [], "accepted job": []}
    for _ in range(ROUNDS):
        got["bare insert"] += times(bare)
        got["accepted job"] += times(ours)
    for name, found in got.items():
        p50, p99 = np.percentile(found, [50, 99])
        print(f"  {name:14} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms")
    ratio = np.percentile(got["accepted job"], 99) / np.percentile(got["bare insert"], 99)
    print(f"  accepted / bare at p99: {ratio:.2f} (goal: at most 2)")


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[None]:
    """The application, listening, in a process of its own."""
    child = os.fork()
    if not child:
        uvicorn.run(app, port=port, log_level="critical", access_log=False)
        os._exit(0)
    try:
        _wait_for(port)
        yield
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def _wait_for(port: int) -> None:
    for _ in range(400):
        try:
            http.client.HTTPConnection("127.0.0.1", port).connect()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nobody listens at {port}")


def per_second(port: int, path: str, headers: dict[str, str]) -> float:
    """Requests answered a second."""
    until, counts = time.monotonic() + SECONDS, []

    def go() -> None:
        connection, answered = http.client.HTTPConnection("127.0.0.1", port), 0
        while time.monotonic() < until:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}")
            answered += 1
        counts.append(answered)

    threads = [threading.Thread(target=go) for _ in range(POLLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def polling(url: str) -> None:
    """The race of polls."""
    store = open_store(url)
    order = Order("bench", "bench", "plan", {}, "ward", "0" * 64)
    job = accept(store, order, None, QUOTA).job
    secret = store.write(lambda connection: create(connection, Wanted("bench", "bench", "planner")))[1]
    while (held := store.write(lambda connection: claim(connection, "bench"))) is not None:
        store.write(lambda connection, held=held: end(connection, held, Ending(DONE, known=Known(incumbent=1.0))))
        if held.id == job.id:
            break
    store.close()
    bare = FastAPI()

    async def constant() -> dict[str, object]:
        return {"id": job.id, "state": "done", "incumbent": 1.0}

    bare.get("/status")(constant)
    headers, path = {"Authorization": f"Bearer {secret}"}, f"/v1/plans/{job.id}/status"
    got: dict[str, list[float]] = {"bare GET": [], "status": []}
    with served(bare, 8951), served(_Lazy(url).app, 8952):
        for _ in range(ROUNDS):
            got["bare GET"].append(per_second(8951, "/status", {}))
            got["status"].append(per_second(8952, path, headers))
    for name, found in got.items():
        print(f"  {name:14} {np.median(found):6.0f} a second")
    print(f"  status / bare: {np.median(got['status']) / np.median(got['bare GET']):.2f} (goal: at least 0.5)")


class _Lazy:
    """A service whose store is opened where it is used: connections do not survive a fork."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def app(self) -> FastAPI:
        """The application; its store opens with the first request."""
        house = House(Gate(open=False))
        house.gate.usual = Rates(Rate(1e9, 10**9))
        app = create_app(house)

        async def opened(scope: object, receive: object, send: object) -> None:
            if house.store is None:
                house.store = house.gate.store = open_store(self.url)
            await app(scope, receive, send)  # type: ignore[arg-type]

        return opened  # type: ignore[return-value]


def main() -> int:
    """Both races."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'store.db'}"
        store = open_store(url)
        print(f"Accepting, {CLIENTS} clients, {ROUNDS * CLIENTS * EACH} writes each:")
        accepting(store, folder)
        store.close()
        print(f"Polling, {POLLERS} clients:")
        polling(f"sqlite:///{folder / 'polled.db'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
