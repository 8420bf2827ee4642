"""Writes of many threads to one SQLite file, gathered into one commit: one wait for the disk serves them all."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
MOST: Final = 64
"""Writes of one commit at most, so that none waits long."""

Write = tuple[Callable[[Connection], Any], "Future[Any]"]


class Together:
    """A thread that writes. Calling it waits until the work is on the disk, and raises whatever went wrong."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(writes=True)
        self._asked: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="wardwright store", daemon=True)
        self._thread.start()

    def __call__(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction that others may share; a failure of theirs does not touch it."""
        future: Future[T] = Future()
        self._asked.put((work, future))
        return future.result()

    def close(self) -> None:
        """Finish what was asked for, then end."""
        self._asked.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (batch := self._batch()) is not None:
            self._write(batch)

    def _batch(self) -> list[Write] | None:
        """Whatever has gathered; None at the end."""
        first = self._asked.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < MOST and not self._asked.empty():
            more = self._asked.get()
            if more is None:
                self._asked.put(None)
                break
            batch.append(more)
        return batch

    def _write(self, batch: list[Write]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self._engine.begin() as connection:
                for work, future in batch:
                    try:
                        with connection.begin_nested():
                            done.append((future, work(connection)))
                    except BaseException as error:  # it is the asker's, who is waiting for it
                        future.set_exception(error)
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for future, answer in done:
            future.set_result(answer)
