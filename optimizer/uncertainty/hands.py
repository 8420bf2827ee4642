"""Many like pieces of work on a few threads, for solvers that let other threads run while they do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

_Done = TypeVar("_Done")

_Box = SimpleQueue[tuple[list[_Done], BaseException | None]]
"""What a hand has done, one piece at a time in a list, or what ended it."""


def in_order(count: int, hands: int, work: Callable[[int, int], _Done]) -> Iterator[_Done]:
    """What ``work(hand, number)`` comes to for each number below `count`, in order.

    Hand h takes the numbers h, h + hands, h + 2 hands, ... one after another in a thread of its own, so that what a
    hand keeps from one to the next is the same in every run. Whatever a piece raises is raised here; whoever stops
    asking ends the threads after their present piece.
    """
    if hands <= 1:
        yield from (work(0, number) for number in range(count))
        return
    boxes: list[_Box[_Done]] = [SimpleQueue() for _ in range(hands)]
    stop = threading.Event()
    threads = [
        threading.Thread(target=_run, args=(box, range(hand, count, hands), partial(work, hand), stop), daemon=True)
        for hand, box in enumerate(boxes)
    ]
    for thread in threads:
        thread.start()
    try:
        yield from (_taken(boxes[number % hands]) for number in range(count))
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _run(box: _Box[_Done], numbers: Iterable[int], work: Callable[[int], _Done], stop: threading.Event) -> None:
    for number in numbers:
        if stop.is_set():
            return
        try:
            box.put(([work(number)], None))
        except BaseException as error:  # whatever it is, who waits for it must hear
            box.put(([], error))
            return


def _taken(box: _Box[_Done]) -> _Done:
    done, error = box.get()
    if error is not None:
        raise error
    return done[0]
