"""Writes of many threads gathered into one commit, and short questions over one connection that is always there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

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
        """Do `work` in a transaction that others may share. Where one of them fails, `work` is done anew by itself."""
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
        """All in one transaction; where one fails, none was done, and each gets a transaction of its own."""
        try:
            with self._engine.begin() as connection:
                answers = [work(connection) for work, _ in batch]
        except BaseException as error:  # it is the asker's, who is waiting for it
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for each in batch:
                self._write([each])
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)


class Looking:
    """Asks short questions one at a time, without a transaction: each sees what was committed last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def __call__(self, work: Callable[[Connection], T]) -> T:
        """What `work` finds. A connection that failed is not used again."""
        with self._lock:
            self._connection = connection = self._connection or self._engine.connect()
            try:
                return work(connection)
            except SQLAlchemyError:
                self._close()
                raise

    def close(self) -> None:
        """End the connection."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
