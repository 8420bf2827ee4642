"""Independent solves side by side, as many as a solver's two threads would be: each runs in a process of its own.

What comes out is the same in whatever order they end. Ctrl-C cancels them all, and each says so in its own answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Final, TypeVar

WORKERS: Final = 2

T = TypeVar("T")


def side_by_side(tasks: Sequence[Callable[[Event], T]]) -> list[T]:
    """What each task returns, in their order; each is given what is set when all are to give up."""
    cancel = Event()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        running: list[Future[T]] = [pool.submit(task, cancel) for task in tasks]
        try:
            wait(running)
        except KeyboardInterrupt:
            cancel.set()
    return [each.result() for each in running]
