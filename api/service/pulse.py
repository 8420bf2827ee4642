"""While a job is done: its lease is renewed, progress is told, and a cancel or a stop reaches whoever is at work."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Self

from api.service.errors import StoreFailed
from api.service.jobs import Job, by_id
from api.service.leasing import LEASE_SECONDS, Known, beat, hand_back
from api.service.store import Store
from optimizer.solution import Progress

LOOK_SECONDS: Final = 0.25
"""How often a cancel or a stop is looked for."""

RENEW_SECONDS: Final = LEASE_SECONDS / 4
NEWS_SECONDS: Final = 1.0
"""So long at least between two words of progress."""

FINISH_SECONDS: Final = 3.0
"""A worker told to stop may go on for so long, to finish what it has; then it hands the job back."""

INSIST_SECONDS, LEAVE_SECONDS = 5.0, 7.0
"""A solver that takes its time is cut off without its plan then, and a process that still does not hear is left."""

KEEPS: Final = ("read back", "check", "explain", "price what is scarce")
"""Steps with a plan in hand: they are not cut off, or the plan would be lost."""

_LOG = logging.getLogger(__name__)


class Pulse:
    """A thread beside a job. `interrupt` makes whoever is at work end with the best there is (a second one: with
    nothing), `leave` ends the process at once.

    Afterwards `lost` says that the job is not ours any more, `handed_back` that it was cut off by a stop.
    """

    def __init__(
        self,
        store: Store,
        job: Job,
        stopping: threading.Event,
        interrupt: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        self.lost = self.handed_back = False
        self._store, self._job, self._stopping = store, job, stopping
        self._interrupt, self._leave = interrupt, leave
        self._known, self._told = Known(), Known()
        self._done, self._cut, self._insisted = threading.Event(), False, False
        self._renewed = self._spoke = time.monotonic()
        self._stopped_at: float | None = None
        self._thread = threading.Thread(target=self._go, name="wardwright pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def say(self, step: str) -> None:
        """A step of planning begins."""
        self._known = replace(self._known, step=step[:40])

    def watch(self, progress: Progress) -> None:
        """How the solve stands."""
        self._known = replace(self._known, incumbent=progress.incumbent, bound=progress.bound, gap=progress.gap)

    def _go(self) -> None:
        while not self._done.wait(LOOK_SECONDS):
            try:
                self._look(time.monotonic())
            except StoreFailed as error:
                _LOG.warning("%s", error)
                self.lost = time.monotonic() - self._renewed > LEASE_SECONDS
            if self.lost:
                self._end()

    def _look(self, at: float) -> None:
        news = self._known != self._told and at - self._spoke >= NEWS_SECONDS
        if news or at - self._renewed >= RENEW_SECONDS:
            self._beat(at)
        else:
            job = self._store.read(lambda connection: by_id(connection, self._job.id))
            self._heed(ours=job is not None, cancel=job is not None and job.cancel)
        if self._stopping.is_set():
            self._stopped_at = self._stopped_at or at
            self._stop(at - self._stopped_at)

    def _stop(self, seconds: float) -> None:
        """The worker was told to stop so long ago."""
        if seconds > LEAVE_SECONDS:
            self._store.write(lambda connection: hand_back(connection, self._job))
            self._leave()
        elif seconds > FINISH_SECONDS and not self._cut:
            self.handed_back = self._cut = True
            self._interrupt()
        elif seconds > INSIST_SECONDS and not self._insisted:
            self._insisted = True
            self._interrupt()

    def _beat(self, at: float) -> None:
        known, told = self._known, self._told
        found = self._store.write(lambda connection: beat(connection, self._job, known, told))
        self._told, self._renewed, self._spoke = known, at, at
        self._heed(ours=found.ours, cancel=found.cancel)

    def _heed(self, *, ours: bool, cancel: bool) -> None:
        self.lost = self.lost or not ours
        if cancel or self.lost:
            self._end()

    def _end(self) -> None:
        """Cut the work off, once, unless its plan is already in hand."""
        if not self._cut and self._known.step not in KEEPS:
            self._cut = True
            self._interrupt()
