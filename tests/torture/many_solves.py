"""Two thousand small plans by one worker: its memory grows by less than 5 %, and its descriptors stay as many.

`python -m tests.torture.many_solves [PLANS]`. A worker and its warm solver make plan after plan. Memory (private, of
the worker and of all it started) and open descriptors are taken after the first tenth, when all is loaded, and at the
end; each is the least of a few looks, as what is just being worked on comes and goes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import func, select

from api.service.accepting import Order, Quota, accept
from api.service.schema import JOBS
from api.service.store import Store, open_store
from optimizer.scenario.files import open_data
from tests.small_ward import small_ward
from tests.test_service_processes import PROGRAM

WARM = 0.1
MOST_GROWTH = 0.05
LOOKS = 10


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes of memory and open descriptors, of a worker and all it has started."""

    memory: int
    descriptors: int


def held(worker: int) -> Held:
    """The least of a few looks."""
    found = []
    for _ in range(LOOKS):
        one = psutil.Process(worker)
        family = [one, *one.children(recursive=True)]
        try:
            found.append(
                Held(sum(each.memory_full_info().uss for each in family), sum(each.num_fds() for each in family))
            )
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.1)
    return Held(min(each.memory for each in found), min(each.descriptors for each in found))


def ended(store: Store) -> int:
    """How many plans are done."""
    asked = select(func.count()).where(JOBS.c.state == "done", JOBS.c.outcome == "optimal")
    return int(store.read(lambda connection: connection.execute(asked).scalar_one()))


def wait_for(store: Store, worker: subprocess.Popen[bytes], count: int) -> None:
    """Until so many are done. Raises RuntimeError where the worker is gone."""
    while ended(store) < count:
        if worker.poll() is not None:
            raise RuntimeError(f"the worker ended with {worker.returncode}")
        time.sleep(0.2)


def main(plans: int = 2000) -> int:
    """Make so many plans; print how memory and descriptors grew."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/store.db"
        store = open_store(url)
        for number in range(plans):
            data = small_ward(own=2, agency=2.0 + number / plans, short=50.0, boarding=1000.0)
            loaded = open_data(data)
            order = Order("t", "torture", "plan", {"scenario": data}, "ward", loaded.sha256)
            accept(store, order, None, Quota(10**9, 10**9))
        told = {**os.environ, "WARDWRIGHT_STORE": url, "OMP_NUM_THREADS": "1"}
        with (Path(place) / "log").open("ab") as log:
            worker = subprocess.Popen([sys.executable, "-c", PROGRAM, "worker"], env=told, stdout=log, stderr=log)
        try:
            wait_for(store, worker, int(WARM * plans))
            first = held(worker.pid)
            wait_for(store, worker, plans)
            last = held(worker.pid)
        finally:
            worker.terminate()
            worker.wait(20)
            store.close()
    growth = last.memory / first.memory - 1.0
    bad = growth > MOST_GROWTH or last.descriptors > first.descriptors
    print(
        f"{plans} small plans in {time.monotonic() - began:.0f} s: memory {first.memory / 1e6:.0f} to "
        f"{last.memory / 1e6:.0f} MB ({100 * growth:+.1f} %, goal below {100 * MOST_GROWTH:.0f} %), "
        f"descriptors {first.descriptors} to {last.descriptors}"
    )
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
