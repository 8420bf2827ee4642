"""A solve that wants more memory than it may have: the API answers meanwhile, and the next job succeeds.

`python -m tests.torture.memory_blown_up [PROBES]`. A service with one worker, whose solves may have a quarter of a GiB,
is asked for /status by one client every few milliseconds: first while nothing is done, then while a hospital is planned
that needs more. That job ends with a plan or with a code, the API's 99th percentile stays within three times that of
an idle service, and a small plan asked for afterwards is made.
"""

from __future__ import annotations

import json
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
MEMORY_GIB = "0.25"
PAUSE = 0.025
MOST = 3.0
ENDED = ("done", "failed", "cancelled")


def greedy() -> dict[str, object]:
    """A hospital over eight weeks: more columns than a quarter of a GiB holds."""
    data = long_scenario(60.0)
    return {**data, "horizon": {**data["horizon"], "days": 56}}


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
    code = (whole["problem"] or {}).get("code", "") if whole["state"] == "failed" else whole["outcome"]
    after = made(client, WARD)
    finished(client, after)
    return idle, busy, f"{whole['state']} ({code})", str(client.get(after).json()["outcome"])


def main(probes: int = 400) -> int:
    """Race both; print the percentiles and how the jobs ended."""
    with tempfile.TemporaryDirectory() as place:
        port = free_port()
        words = ["serve", "--port", str(port), "--memory-gib", MEMORY_GIB]
        told = {**os.environ, "WARDWRIGHT_STORE": f"sqlite:///{place}/store.db", "OMP_NUM_THREADS": "1"}
        with (Path(place) / "log").open("ab") as log:
            service = subprocess.Popen([sys.executable, "-c", PROGRAM, *words], env=told, stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                ready(client)
                idle, busy, big, following = raced(client, probes)
        finally:
            service.terminate()
            service.wait(20)
    before, during = np.percentile(idle, 99), np.percentile(busy, 99)
    bad = during > MOST * before or following != "optimal" or "internal" in json.dumps(big)
    print(
        f"a solve beyond {MEMORY_GIB} GiB ended {big}: API p99 {before:.1f} ms idle, {during:.1f} ms meanwhile "
        f"({during / before:.1f} times over {len(busy)} requests, goal at most {MOST:g}); the next job: {following}"
    )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
