"""A solve that wants more memory than it may have: the API answers meanwhile, and the next job succeeds.

`python -m tests.torture.memory_blown_up [PROBES]`. A service with one worker, whose solves may have a tenth of a GiB,
is asked for /status by one client every few milliseconds: first while nothing is done, then while a hospital is planned
that needs more. That job ends out of memory with a code, the API's 99th percentile stays within three times that of an
idle service, and a small plan asked for afterwards is made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np

from tests.small_ward import small_ward
from tests.test_service_processes import PROGRAM, free_port, long_scenario

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
MEMORY_GIB = "0.1"
WORKER = (
    "from api.serve_command import log; from api.service.store import open_store, store_url; "
    "from api.service.task import Bounds; from api.service.worker import Worker; "
    f"log(); worker = Worker(open_store(store_url(None)), Bounds(3600.0, {MEMORY_GIB})); "
    "worker.heed_signals(); worker.run()"
)
"""A worker with less memory for a solve than the command line takes, so that it is soon at an end."""

SOLVER = "search"
"""One that says when its memory is at an end; left to itself, planning would go on with another."""

PAUSE = 0.025
MOST = 3.0
ENDED = ("done", "failed", "cancelled")


def greedy() -> dict[str, object]:
    """A hospital over eight weeks: more columns than a tenth of a GiB holds."""
    data = long_scenario(60.0)
    return {**data, "horizon": {**data["horizon"], "days": 56}, "solve": {**data["solve"], "solver": SOLVER}}


def probed(client: httpx.Client, path: str, until: Callable[[int], bool]) -> list[float]:
    """Milliseconds of each request until enough were made."""
    found: list[float] = []
    while not until(len(found)):
        began = time.perf_counter()
        client.get(path).raise_for_status()
        found.append(1e3 * (time.perf_counter() - began))
        time.sleep(PAUSE)
    return found


def ready(client: httpx.Client) -> None:
    """Wait until the service answers. Raises TimeoutError."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the service did not come up")


def made(client: httpx.Client, data: object) -> str:
    """The path of a plan asked for."""
    return str(client.post("/v1/plans", json=data).raise_for_status().headers["Location"])


def finished(client: httpx.Client, path: str, seconds: float = 180.0) -> dict[str, object]:
    """A plan's status once it has ended. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found: dict[str, object] = client.get(f"{path}/status").raise_for_status().json()
        if found["state"] in ENDED:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"{path} has not ended")


def raced(client: httpx.Client, probes: int) -> tuple[list[float], list[float], str, str]:
    """Milliseconds while idle and while a solve blows up, how that one ended, and the next."""
    first = made(client, WARD)
    finished(client, first)
    idle = probed(client, f"{first}/status", lambda count: count >= probes)
    big = made(client, greedy())
    ended = {"at": 0.0}

    def over(count: int) -> bool:
        if count % 40 == 39 and client.get(f"{big}/status").json()["state"] in ENDED:
            ended["at"] = time.monotonic()
        return bool(ended["at"])

    busy = probed(client, f"{first}/status", over)
    whole = client.get(big).json()
    problem = whole["problem"] or {}
    told = f"{problem['code']}, {problem.get('detail')}" if problem else whole["outcome"]
    after = made(client, WARD)
    finished(client, after)
    return idle, busy, f"{whole['state']} ({told})", str(client.get(after).json()["outcome"])


def main(probes: int = 400) -> int:
    """Race both; print the percentiles and how the jobs ended."""
    with tempfile.TemporaryDirectory() as place:
        port = free_port()
        commands = ([PROGRAM, "serve", "--port", str(port), "--workers", "0"], [WORKER])
        told = {**os.environ, "WARDWRIGHT_STORE": f"sqlite:///{place}/store.db", "OMP_NUM_THREADS": "1"}
        with (Path(place) / "log").open("ab") as log:
            both = [
                subprocess.Popen([sys.executable, "-c", *each], env=told, stdout=log, stderr=log) for each in commands
            ]
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                ready(client)
                idle, busy, big, following = raced(client, probes)
        finally:
            for each in both:
                each.terminate()
            for each in both:
                each.wait(20)
    before, during = np.percentile(idle, 99), np.percentile(busy, 99)
    bad = during > MOST * before or following != "optimal" or "out of memory" not in big
    print(
        f"a solve beyond {MEMORY_GIB} GiB ended {big}: API p99 {before:.1f} ms idle, {during:.1f} ms meanwhile "
        f"({during / before:.1f} times over {len(busy)} requests, goal at most {MOST:g}); the next job: {following}"
    )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
