"""The disk full at every write: a service whose store and temporary files lie on a small tmpfs that is filled up.

`python -m tests.torture.disk_full [PAGES]`. With 0, 1, 2, ... pages of 4 KiB left, plans are asked for, made,
published, exported and erased, and the store is closed and opened. An answer is good, or says that the store failed;
what was answered with 202 is there afterwards. Then there is room again: what waited is done, and the file is sound.
A tmpfs needs root; where none can be mounted, this says so and tries nothing.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import update

from api.http import create_app
from api.service.errors import StoreFailed
from api.service.gate import Gate
from api.service.house import House
from api.service.rates import Rate, Rates
from api.service.schema import JOBS
from api.service.store import open_store
from api.service.worker import Worker
from tests.service_front import Front
from tests.small_ward import small_ward

SIZE, PAGE = 16 << 20, 4096
WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
ERASED_IN_PART = 503
"""The plan may be gone, and its bytes not overwritten yet."""

SAID = {"store-failed", "not-found", "not-now", "stale", "worker-lost", "solver-failed"}
"""What may be answered: the first, and what follows when an earlier step was refused."""


class Refused(Exception):  # noqa: N818 - says what happened
    """No tmpfs can be mounted here."""


@contextmanager
def small_disk(size: int = SIZE) -> Iterator[Path]:
    """A tmpfs of so many bytes. Raises Refused."""
    with tempfile.TemporaryDirectory() as place:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
            raise Refused("no tmpfs can be mounted here (it needs root)")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "-l", place], check=True)


@dataclass(slots=True)
class Found:
    """What came of it."""

    accepted: list[str] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def fill(disk: Path, left: int) -> None:
    """Leave so many bytes on the disk."""
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with (disk / "filler").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(free - left, 1))


@contextmanager
def opened(disk: Path) -> Iterator[Front]:
    """The service on the disk's store. Raises StoreFailed."""
    url = f"sqlite:///{disk / 'store.db'}"
    store = open_store(url)
    house = House(Gate(open=True, store=store, usual=Rates(Rate(1e9, 10**9))), store, models=disk / "models")
    try:
        yield Front(store, house, create_app(house), url)
    finally:
        store.close()


def asked(service: Front, found: Found, method: str, path: str, **request: object) -> tuple[int, str]:
    """One request, with its id where it made a job. Whatever is neither good nor said well is noted as wrong."""
    try:
        answer = service.ask(method, path, **request)
    except Exception as error:
        found.wrong.append(f"{method} {path}: {type(error).__name__}: {error}")
        return 500, ""
    code = "" if answer.is_success else answer.json()["code"]
    found.statuses[f"{answer.status_code} {code}".strip()] += 1
    if code and code not in SAID:
        found.wrong.append(f"{method} {path}: {answer.text[:200]}")
    return answer.status_code, answer.json().get("id", "") if method == "POST" and answer.is_success else ""


def life(service: Front, found: Found) -> None:
    """A plan from its beginning to its end."""
    status, job = asked(
        service, found, "POST", "/v1/plans", json=WARD, headers={"Idempotency-Key": os.urandom(8).hex()}
    )
    if status != 202:
        return
    work(service, found)
    asked(service, found, "GET", f"/v1/plans/{job}")
    asked(service, found, "POST", f"/v1/plans/{job}:publish", headers={"If-Match": "*"})
    asked(service, found, "GET", f"/v1/plans/{job}/export")
    asked(service, found, "POST", f"/v1/plans/{job}:cancel")
    if len(found.accepted) % 2 or asked(service, found, "DELETE", f"/v1/plans/{job}")[0] not in (204, ERASED_IN_PART):
        found.accepted.append(job)


def work(service: Front, found: Found) -> None:
    """One job, by a worker that does not wait for the store to come back."""
    worker = Worker(service.store)
    worker.stopping.set()
    try:
        worker.once()
    except StoreFailed:
        found.statuses["worker: store-failed"] += 1
    except Exception as error:
        found.wrong.append(f"the worker: {type(error).__name__}: {error}")


def with_room(disk: Path, found: Found) -> None:
    """There is room again: everything goes on by itself, and what was accepted is done."""
    (disk / "filler").unlink(missing_ok=True)
    with opened(disk) as service:
        run_out = update(JOBS).where(JOBS.c.state == "running").values(lease_until=1.0)
        service.store.write(lambda connection: connection.execute(run_out))
        service.work()
        for job in found.accepted:
            answer = service.ask("GET", f"/v1/plans/{job}")
            told = answer.json()
            said = (told.get("problem") or {}).get("code") in SAID
            if answer.status_code != 200 or not (told["state"] in ("done", "cancelled") or said):
                found.wrong.append(f"{job}: accepted, and now {answer.text[:200]}")
        if service.planned(WARD)["answer"]["objective"] != 600.0:
            found.wrong.append("with room again, another plan")
        for job in found.accepted:
            service.ask("DELETE", f"/v1/plans/{job}")
        found.accepted.clear()
    connection = sqlite3.connect(disk / "store.db")
    found.wrong += [f"the file: {word}" for (word,) in connection.execute("pragma integrity_check") if word != "ok"]
    connection.close()


def tried(disk: Path, pages: int, found: Found) -> None:
    """A plan's life, and opening and closing the store, with so many pages left."""
    try:
        with opened(disk) as service:
            service.work()
            fill(disk, pages * PAGE)
            life(service, found)
        with opened(disk) as service:
            life(service, found)
    except StoreFailed:
        found.statuses["open: store-failed"] += 1
    except Exception as error:
        found.wrong.append(f"{type(error).__name__}: {error}")


def main(most: int = 120) -> int:
    """Try with 0 to so many pages left; print and count what went wrong."""
    logging.disable(logging.CRITICAL)
    found, began, count = Found(), time.monotonic(), 0
    try:
        with small_disk() as disk:
            os.environ["TMPDIR"] = tempfile.tempdir = str(disk)
            for pages in range(most):
                before = len(found.wrong)
                tried(disk, pages, found)
                with_room(disk, found)
                found.wrong[before:] = [f"{pages} pages left: {each}" for each in found.wrong[before:]]
                count += 1
            tempfile.tempdir = None
    except Refused as error:
        print(f"disk full: not tried, {error}")
        return 0
    told = ", ".join(f"{each} {times} times" for each, times in sorted(found.statuses.items()))
    seconds = time.monotonic() - began
    print(
        f"disk full with 0 to {count - 1} pages left, {seconds:.0f} s: {told}; {len(found.wrong)} wrong",
        *found.wrong[:20], sep="\n  ",
    )  # fmt: skip
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
