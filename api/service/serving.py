"""The processes of `wardwright serve`: HTTP in this one, workers beside it, all ended in order by one signal."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

import uvicorn

from api.service.courier import Courier
from api.service.house import House
from api.service.purging import purge_regularly
from api.service.store import URL_VARIABLE

GRACE_SECONDS: Final = 6
"""Requests in hand may take so long once the service is told to stop; workers hand back what takes longer."""

WORKERS_SECONDS: Final = 8.5
"""A worker that has not ended so long after it was told to is killed; another takes its job up when the lease ends."""

YEAR_SECONDS: Final = 31_536_000
RESTART_SECONDS: Final = 1.0
TIED: Final = "WARDWRIGHT_TIED"
"""Set for a worker that must end when its standard input does: with the service that started it."""

PROGRAM: Final = "from api.cli import main; main(prog_name='wardwright')"
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Workers:
    """So many worker processes; one that dies is started again. What they are given goes through the environment."""

    count: int
    url: str
    options: tuple[str, ...] = ()
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    told_at: float | None = None

    def start(self) -> None:
        """Start them, and a thread that looks after them."""
        self.processes = [self._one() for _ in range(self.count)]
        threading.Thread(target=self._look_after, name="wardwright workers", daemon=True).start()

    def stop(self) -> None:
        """Tell them to end."""
        self.closing.set()
        self.told_at = self.told_at or time.monotonic()
        for process in self.processes:
            process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait until so long after they were told to end; then kill whoever has not."""
        until = (self.told_at or time.monotonic()) + seconds
        for process in self.processes:
            try:
                process.wait(max(until - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                _LOG.warning("worker %d did not end and is killed", process.pid)
                process.kill()
                process.wait()

    def _one(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PROGRAM, "worker", *self.options]
        told = {**os.environ, URL_VARIABLE: self.url, TIED: "1"}
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=told, start_new_session=True)

    def _look_after(self) -> None:
        while not self.closing.wait(RESTART_SECONDS):
            for at, process in enumerate(self.processes):
                if process.poll() is not None:
                    _LOG.warning("worker %d ended with %s; another is started", process.pid, process.returncode)
                    self.processes[at] = self._one()


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and with which certificate (none: plain HTTP)."""

    host: str
    port: int
    certificate: str | None = None
    key: str | None = None
    behind_proxy: bool = False

    @property
    def encrypted(self) -> bool:
        """Whether callers reach it by TLS, here or at a proxy."""
        return self.certificate is not None or self.behind_proxy


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us, so that being told to stop is a good end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing."""
        yield


def serve(house: House, address: Address, workers: Workers) -> None:
    """Answer until told to stop: no new connections, requests in hand finished, workers ended, within ten seconds."""
    from api.http import create_app

    server = _Server(_config(create_app(house), address))

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        house.closing.set()
        workers.stop()
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    workers.start()
    Courier(house.open_store, house.closing).start()
    if house.keep_days is not None:
        purge_regularly(house.open_store, house.keep_days, house.closing)
    try:
        server.run()
    finally:
        workers.stop()
        workers.wait(WORKERS_SECONDS)
        house.open_store.close()


def _config(app: object, address: Address) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=address.host,
        port=address.port,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
        headers=[("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")] if address.encrypted else [],
        server_header=False,
        access_log=False,  # it would show addresses as they were sent; `telling` shows routes
        proxy_headers=address.behind_proxy,
        forwarded_allow_ips="*" if address.behind_proxy else None,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=16_384,
    )
