"""The service's processes killed at random while clients go on asking: each accepted job must end exactly once.

`python -m tests.torture.service_killed [KILLS]`, 100 by default. Eight clients post small plans with idempotency keys,
and post again whatever was not answered, while the API or a worker is killed with signal 9 at random moments and
started again. At the end every key must stand for one job, every job must have ended once, and SQLite must find the
file sound. A job whose workers were killed three times is given up, which is an end with a code.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from api.service.store import open_store
from tests.small_ward import small_ward
from tests.test_service_processes import PROGRAM, free_port

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
CLIENTS = 8
PAUSE_SECONDS = 10.0
"""Between two jobs of a client, so that workers keep up."""

ENDED = ("done", "failed", "cancelled")


class Killed:
    """The API and two workers, each started again when it is gone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"sqlite:///{folder / 'store.db'}"
        words = [["serve", "--workers", "0", "--port", str(self.port)], ["worker"], ["worker"]]
        self.commands = [[sys.executable, "-c", PROGRAM, *each] for each in words]
        open_store(self.url).close()
        self.processes = [self.start(command) for command in self.commands]
        self.begun = len(self.processes)

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """One of them."""
        told = {**os.environ, "WARDWRIGHT_STORE": self.url, "OMP_NUM_THREADS": "1"}
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, env=told, stdout=log, stderr=log)

    def kill_one(self, which: int) -> None:
        """Kill one and start it again."""
        self.processes[which].send_signal(signal.SIGKILL)
        self.processes[which].wait()
        self.processes[which] = self.start(self.commands[which])
        self.begun += 1

    def all_up(self) -> bool:
        """Whether whatever was started has come up, by its own word in the log."""
        log = (self.folder / "log").read_text(encoding="utf-8")
        return log.count("waits for jobs") + log.count("startup complete") >= self.begun

    def stop(self) -> list[int]:
        """Tell all of them to end; how they did."""
        for process in self.processes:
            process.terminate()
        return [process.wait(20) for process in self.processes]


def post_until_answered(port: int, name: str, stop: threading.Event, got: dict[str, str]) -> None:
    """One client: a new job again and again, each until it is accepted."""
    number = 0
    while not stop.is_set():
        key, number = f"{name}-{number}", number + 1
        while key not in got:
            try:
                answer = httpx.post(
                    f"http://127.0.0.1:{port}/v1/plans", json=WARD, headers={"Idempotency-Key": key}, timeout=10
                )
                if answer.status_code == 202:
                    got[key] = answer.json()["id"]
                elif answer.status_code != 503:
                    time.sleep(1.0)
            except httpx.TransportError:
                time.sleep(0.2)
        stop.wait(PAUSE_SECONDS)


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is true, or the seconds are over."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.5)
    return true()


def processes_killed(kills: int, folder: Path, chance: random.Random) -> tuple[list[str], str]:
    """What went wrong while API and workers were killed, and how much was done meanwhile."""
    service, stop, got = Killed(folder), threading.Event(), dict[str, str]()
    clients = [
        threading.Thread(target=post_until_answered, args=(service.port, f"client{at}", stop, got))
        for at in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for number in range(kills):
        until(service.all_up, 60)
        time.sleep(chance.uniform(0.0, 4.0))
        service.kill_one(chance.randrange(3))
        if number % 10 == 9:
            print(f"  {number + 1} kills, {len(got)} jobs accepted", file=sys.stderr, flush=True)
    stop.set()
    for client in clients:
        client.join()
    query = "select count(*) from jobs where state in ('queued', 'running')"
    until(lambda: not ask(folder, query)[0][0], 900)
    codes = service.stop()
    wrong = [f"told to stop, they ended with {codes}"] if any(codes) else []
    more, words = found_wrong(folder, got)
    return wrong + more, words


def found_wrong(folder: Path, got: dict[str, str]) -> tuple[list[str], str]:
    """What the store says against what clients were told, and how much there is."""
    wrong = [f"the file is broken: {row[0]}" for row in ask(folder, "pragma integrity_check") if row[0] != "ok"]
    states = dict(ask(folder, "select id, state || coalesce(': ' || (problem ->> 'code'), '') from jobs"))
    wrong += [f"{key}: accepted, and not there" for key, job in got.items() if job not in states]
    wrong += [f"{job}: {state}" for job, state in states.items() if state not in ("done", GIVEN_UP)]
    ends = dict(ask(folder, f"select job, count(*) from events where name in {ENDED} group by job"))
    wrong += [f"{job}: ended {ends.get(job, 0)} times" for job in states if ends.get(job, 0) != 1]
    wrong += [f"{job}: no answer" for (job,) in ask(folder, _WITHOUT_ANSWER)]
    if len(states) != len(set(got.values())):
        wrong.append(f"{len(got)} keys accepted, {len(states)} jobs made")
    most, attempts = ask(folder, "select max(attempts), sum(attempts) from jobs")[0]
    given_up = sum(state == GIVEN_UP for state in states.values())
    return wrong, f"{len(states)} jobs, {attempts} attempts, at most {most} on one, {given_up} given up with a code"


GIVEN_UP = "failed: worker-lost"
_WITHOUT_ANSWER = (
    "select id from jobs where state = 'done' and not exists "
    "(select 1 from files where job = jobs.id and name = 'answer.json')"
)


def ask(folder: Path, query: str) -> list[tuple[object, ...]]:
    """What the file itself says."""
    connection = sqlite3.connect(folder / "store.db", timeout=60)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def main(kills: int = 100) -> int:
    """Kill so often; print and count what went wrong."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        wrong, told = processes_killed(kills, Path(place), random.Random(0))
    seconds = time.monotonic() - began
    print(
        f"API and workers killed {kills} times in {seconds:.0f} s: {told}, {len(wrong)} wrong", *wrong[:20], sep="\n  "
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
