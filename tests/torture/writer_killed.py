"""The store's writer killed with signal 9 in the middle of commits: no job that was accepted may be lost or halved.

`python -m tests.torture.writer_killed [KILLS]`, 1,000 by default. Each process accepts jobs from eight threads and ends
others with three files each, tells what the store has returned from, and is killed at a random moment; the next goes on
with the same file. At the end every id told is there and every record is whole.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event

from api.service.accepting import Order, Quota, accept
from api.service.jobs import DONE
from api.service.leasing import Ending, claim, end
from api.service.store import Store, open_store

THREADS = 8
LONGEST = 0.1
"""Seconds that a writer lives at most once its first job is accepted."""

FILES = {"plan.json": "{}", "beds.csv": "unit\n", "answer.json": "{}"}
ACCEPTED, ENDED, BEGAN = "accepted", "ended", "commit"
HALF = {
    # the fourth file is the list of the three
    "a job without its first event": "select id from jobs where not exists "
    "(select 1 from events where job = id and number = 1 and name = 'queued')",
    "a job without its client's key": "select id from jobs where not exists (select 1 from idempotency where job = id)",
    "a client's key without its job": "select job from idempotency where job not in (select id from jobs)",
    "an event without its job": "select job from events where job not in (select id from jobs)",
    "done without all its files": "select id from jobs where (state = 'done') != "
    "((select count(*) from files where job = id) = 4)",
    "done without one event that says so": "select id from jobs where (state = 'done') != "
    "((select count(*) from events where job = id and name = 'done') = 1)",
}
"""What must not be found, by what it is."""


@dataclass(slots=True)
class Told:
    """What writers told before they were killed, and how many of them were in the middle of a commit."""

    accepted: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    in_commit: int = 0

    def add(self, words: list[str]) -> None:
        """The lines of one writer, the last of which may be cut."""
        for line in words:
            what, _, job = line.partition(" ")
            if what == ACCEPTED:
                self.accepted.add(job)
            elif what == ENDED:
                self.ended.add(job)
        self.in_commit += words[-1:] == [BEGAN]


def write(url: str) -> None:
    """Accept and end jobs until killed, and tell each once the store has returned from it."""
    store = open_store(url)
    event.listen(store.engine, "commit", lambda _: tell(BEGAN))
    for number in range(THREADS):
        threading.Thread(target=_accept, args=(store, f"{os.getpid()}-{number}"), daemon=True).start()
    _end(store)


def tell(words: str) -> None:
    """One line, whole, at once."""
    os.write(1, f"{words}\n".encode())


def _accept(store: Store, tenant: str) -> None:
    while True:
        order = Order(tenant, "torture", "plan", {"noise": random.random()}, "ward", "0" * 64)
        tell(f"{ACCEPTED} {accept(store, order, os.urandom(8).hex(), Quota(10**9, 10**9)).job.id}")


def _end(store: Store) -> None:
    while True:
        job = store.write(lambda connection: claim(connection, str(os.getpid())))
        if job is not None:
            store.write(lambda connection, job=job: end(connection, job, Ending(DONE, FILES)))
            tell(f"{ENDED} {job.id}")


def lines_of_one(url: str, chance: random.Random) -> list[str]:
    """Start a writer, kill it a random while after its first word; the whole lines that it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.dup2(writing, 1)
        try:
            write(url)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        first = b""
        while ACCEPTED not in (line := told.readline()).decode():
            first += line
            if not line:
                raise RuntimeError("a writer ended before it accepted anything")
        first += line
        time.sleep(chance.uniform(0.0, LONGEST))
        os.kill(child, signal.SIGKILL)
        words = (first + told.read()).decode()
    status = os.waitpid(child, 0)[1]
    if os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"a writer ended by itself with {status}")
    return words[: words.rfind("\n")].splitlines()


def wrong_in(path: Path, told: Told) -> Iterator[str]:
    """What the file itself says against what was told."""
    connection = sqlite3.connect(path)
    there: dict[str, str] = dict(connection.execute("select id, state from jobs"))
    yield from (f"{job}: accepted and lost" for job in told.accepted if job not in there)
    yield from (f"{job}: ended and {there.get(job, 'lost')}" for job in told.ended if there.get(job) != DONE)
    for what, query in HALF.items():
        yield from (f"{job}: {what}" for (job,) in connection.execute(query))
    yield from (f"the file: {word}" for (word,) in connection.execute("pragma integrity_check") if word != "ok")
    connection.close()


def main(kills: int = 1000) -> int:
    """Kill so many writers; print and count what was lost or halved."""
    chance, told, began = random.Random(0), Told(), time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "store.db"
        open_store(f"sqlite:///{path}").close()
        for number in range(kills):
            told.add(lines_of_one(f"sqlite:///{path}", chance))
            if number % 100 == 99:
                print(f"  {number + 1} writers killed, {len(told.accepted)} jobs accepted", file=sys.stderr, flush=True)
        wrong = list(wrong_in(path, told))
    print(
        f"{kills} writers killed, {told.in_commit} of them in a commit, in {time.monotonic() - began:.0f} s: "
        f"{len(told.accepted)} jobs accepted, {len(told.ended)} ended, {len(wrong)} lost or halved",
        *wrong[:20], sep="\n  ",
    )  # fmt: skip
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
