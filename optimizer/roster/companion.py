"""What runs in the second process: a search that tells of every better roster and takes up those it is told of."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
from contextlib import suppress
from typing import IO, Final

from optimizer.roster.beside import News, Task
from optimizer.roster.finding import Finder
from optimizer.roster.master import Frame, dear
from optimizer.roster.pricing import Pricing

SECONDS_A_TURN: Final = 0.2
"""How often rosters are exchanged."""


def main() -> None:
    """Serve one task until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told: queue.SimpleQueue[News] = queue.SimpleQueue()
    task: Task = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_listen, args=(sys.stdin.buffer, told), daemon=True).start()
    _search(task, told, sys.stdout.buffer)


def _search(task: Task, told: queue.SimpleQueue[News], out: IO[bytes]) -> None:
    frame = Frame.of(task.problem)
    finder = Finder(frame, Pricing(task.problem), dear(frame), task.seed)
    if not finder.begin():
        return
    while True:
        with suppress(queue.Empty):
            while True:
                news = told.get_nowait()
                finder.adopt(news.columns, news.points)
        if finder.work(SECONDS_A_TURN):
            pickle.dump(News(finder.columns(), finder.points), out, protocol=pickle.HIGHEST_PROTOCOL)
            out.flush()


def _listen(source: IO[bytes], told: queue.SimpleQueue[News]) -> None:
    """Pass on what comes; the end of the input is the end of the process."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            told.put(pickle.load(source))
    os._exit(0)


if __name__ == "__main__":
    main()
