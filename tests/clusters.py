"""A real Dask cluster on this machine for tests: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.command import ROOT

_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_WORKER = "from distributed.cli.dask_worker import main; main()"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler listens, and the processes of the workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """So many workers of one thread, none of them started again when it dies; all gone at the end."""
    log = folder / "scheduler.log"
    started = [_start(_SCHEDULER, log, "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
    try:
        address = _address(log)
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        for number in range(workers):
            started.append(_start(_WORKER, folder / f"worker-{number}.log", address, *options))
        yield Cluster(address, started[1:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _start(program: str, log: Path, *words: str) -> subprocess.Popen[bytes]:
    """A process with its output in a log."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-c", code, *words], stdout=out, stderr=out, cwd=log.parent, env=environment
        )


def _address(log: Path) -> str:
    """Where the scheduler says that it listens."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        if found := re.search(r"tcp://127\.0\.0\.1:\d+", log.read_text()):
            return found[0]
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
