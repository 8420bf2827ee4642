"""`Worker`: takes one job after another from the store and does it, in this process's main thread."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from api.problems import problem_of
from api.service.callers import folder_of
from api.service.errors import Damaged, StoreFailed
from api.service.exporting import sweep
from api.service.jobs import CANCELLED, FAILED, Job, files_of, request_of
from api.service.leasing import Ending, claim, end, hand_back, waiting
from api.service.pulse import Pulse
from api.service.store import Store
from api.service.task import ANSWER, Bounds, Task
from api.service.work import done

IDLE_SECONDS: Final = 0.2
"""How often an idle worker looks for work."""

TIDY_SECONDS: Final = 30.0
OUTAGE_SECONDS: Final = 2.0
KEEP_TRYING: Final = 60.0
"""Seconds for which the end of a job is tried to be written while the store fails."""

_LOG = logging.getLogger(__name__)


def nobody() -> None:
    """Nothing to interrupt."""


class Worker:
    """Does jobs until `stopping` is set. `bounds` hold each job; stored forecasts lie in `models`.

    What it learns of jobs goes to the log by id alone.
    """

    def __init__(self, store: Store, bounds: Bounds | None = None, models: Path = Path("models")) -> None:
        self.stopping = threading.Event()
        self._store, self._bounds, self._models = store, bounds or Bounds(), models
        self._name = f"{socket.gethostname()[:60]}-{os.getpid()}"
        self._busy, self._tidied = False, -TIDY_SECONDS
        self._interrupt: Callable[[], None] = nobody
        self._leave: Callable[[], None] = nobody

    def heed_signals(self) -> None:
        """SIGTERM and Ctrl-C end this worker; SIGUSR1, sent by itself, ends the job in hand with the best there is."""
        main = threading.main_thread().ident
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        signal.signal(signal.SIGUSR1, self._cut_off)
        self._interrupt = lambda: None if main is None else signal.pthread_kill(main, signal.SIGUSR1)
        self._leave = lambda: os._exit(0)

    def run(self) -> None:
        """Do jobs until told to stop; a store that fails is tried again."""
        _LOG.info("worker %s waits for jobs", self._name)
        while not self.stopping.is_set():
            self._tidy()
            try:
                if not self.once():
                    self.stopping.wait(IDLE_SECONDS)
            except StoreFailed as error:
                _LOG.warning("%s", error)
                self.stopping.wait(OUTAGE_SECONDS)
        _LOG.info("worker %s stopped", self._name)

    def _tidy(self) -> None:
        """Now and then: remove what workers that were killed have left in the folder of temporary files."""
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            self._tidied = time.monotonic()
            if count := sweep():
                _LOG.info("%d folders of processes that were killed are removed", count)

    def once(self) -> bool:
        """Do one job if there is one."""
        if not self._store.read(waiting):
            return False
        job = self._store.write(lambda connection: claim(connection, self._name))
        if job is None:
            return False
        began = time.monotonic()
        with Pulse(self._store, job, self.stopping, self._interrupt, self._leave) as pulse:
            ending = self._do(job, pulse)
        if pulse.lost:
            _LOG.warning("job %s is not ours any more", job.id)
        elif pulse.handed_back:
            self._store.write(lambda connection: hand_back(connection, job))
        else:
            self._end(job, ending)
            _LOG.info("job %s %s after %.1f s", job.id, ending.state, time.monotonic() - began)
        return True

    def _do(self, job: Job, pulse: Pulse) -> Ending:
        try:
            asked, parent = self._store.read(lambda connection: _taken_from(connection, job))
        except Damaged as error:
            return Ending(FAILED, problem=problem_of(error).body)
        models = folder_of(self._models, job.tenant)
        self._busy = True
        try:
            return done(Task(job, asked, parent, self._bounds, pulse.say, pulse.watch, models))
        except KeyboardInterrupt:  # came between the end of the work and the next line
            return Ending(CANCELLED)
        finally:
            self._busy = False

    def _end(self, job: Job, ending: Ending) -> None:
        until = time.monotonic() + KEEP_TRYING
        while True:
            try:
                self._store.write(lambda connection: end(connection, job, ending))
                return
            except StoreFailed:
                if time.monotonic() > until or self.stopping.is_set():
                    raise
                time.sleep(OUTAGE_SECONDS)

    def _cut_off(self, *_: object) -> None:
        if self._busy:
            raise KeyboardInterrupt


def _taken_from(connection: Connection, job: Job) -> tuple[dict[str, Any], dict[str, str]]:
    """What a job was asked, and the files of the plan it starts from. Raises Damaged."""
    parent = {} if job.parent is None else files_of(connection, job.parent)
    parent.pop(ANSWER, None)
    return request_of(connection, job.id), parent
