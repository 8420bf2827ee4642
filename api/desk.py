"""One solve at a time in a worker thread; a few requests wait in line, and more are asked to come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

from api.problems import ProblemError

T = TypeVar("T")
MOST_WAITING: Final = 4
RETRY_AFTER: Final = 30
"""Seconds after which it is worth while to ask again."""


class Desk:
    """A solver takes both cores and much memory, so this process runs one at a time."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.most_waiting = most_waiting
        self._turn = asyncio.Semaphore(1)
        self._inside = 0

    async def run(self, work: Callable[[float], T], patience: float) -> T:
        """Run `work` when it is its turn, told how many of the `patience` seconds are left.

        Raises ProblemError (busy) where too many wait already or the turn does not come in time.
        """
        if self._inside > self.most_waiting:
            raise _busy(f"{self._inside} requests are being worked on or waiting")
        began = time.monotonic()
        self._inside += 1
        try:
            await self._my_turn(patience)
            try:
                return await run_in_threadpool(work, max(0.1, patience - (time.monotonic() - began)))
            finally:
                self._turn.release()
        finally:
            self._inside -= 1

    async def _my_turn(self, patience: float) -> None:
        try:
            await asyncio.wait_for(self._turn.acquire(), patience)
        except TimeoutError as error:
            raise _busy("the turn did not come within the wait asked for") from error


def _busy(detail: str) -> ProblemError:
    return ProblemError("busy", detail, {"Retry-After": str(RETRY_AFTER)})
