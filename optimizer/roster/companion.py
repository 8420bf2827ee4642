"""What runs in the second process: a search that tells of every better roster and takes up those it is told of."""

from __future__ import annotations

import math
import os
import pickle
import queue
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Final, NoReturn

import numpy as np

from optimizer.roster.beside import Lead, News, Task
from optimizer.roster.choosing import cost_of, legal
from optimizer.roster.finding import Finder
from optimizer.roster.improving import Improver
from optimizer.roster.lightly import too_large
from optimizer.roster.master import Frame, dear
from optimizer.roster.pricing import Pricing
from optimizer.solution import Limits

SECONDS_A_TURN: Final = 0.4
"""How often rosters are exchanged while the finder works."""

SECONDS_A_CHOICE: Final = 5.0

SECONDS_TO_BEGIN: Final = 6.0
"""So long the finder works alone unless prices come sooner: what is easily gained, it gains."""

SHARE_OF_OTHER: Final = 0.15
"""Of the turns, for the way that gained less of late."""

MEMORY: Final = 0.8
"""What of a rate is left after a second of other news."""

FINDER: Final = 0
PARTS: Final = 1


def main() -> None:
    """Serve one task until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told: queue.SimpleQueue[News | Lead] = queue.SimpleQueue()
    task: Task = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_listen, args=(sys.stdin.buffer, told), daemon=True).start()
    _search(task, told, sys.stdout.buffer)


@dataclass(slots=True)
class Rates:
    """Points a second that the finder and the parts gained of late: whichever gains more has most of the turns."""

    draw: np.random.Generator
    of: list[float] = field(default_factory=lambda: [math.inf, -1.0])

    def parts_turn(self) -> bool:
        """Whether parts are next."""
        if self.of[PARTS] < 0.0:
            return False
        more = self.of[PARTS] >= self.of[FINDER]
        return more != (self.draw.random() < SHARE_OF_OTHER)

    def heed(self, way: int, gained: float, seconds: float) -> None:
        """Count what came of a turn."""
        now = gained / max(seconds, 1e-3)
        kept = MEMORY**seconds
        self.of[way] = now if math.isinf(self.of[way]) else kept * self.of[way] + (1.0 - kept) * now

    def open_parts(self) -> None:
        """Parts are tried, whatever came of them before."""
        self.of[PARTS] = math.inf


def _search(task: Task, told: queue.SimpleQueue[News | Lead], out: IO[bytes]) -> None:
    frame = Frame.of(task.problem)
    if too_large(task.problem):
        _search_lightly(Finder(frame, Pricing(task.problem, light=True), dear(frame), task.seed), told, out)
    pricing = Pricing(task.problem)
    finder = Finder(frame, pricing, dear(frame), task.seed)
    if not finder.begin():
        return
    improver = Improver(frame, pricing, finder.cover, task.seed)
    rates, begun = Rates(np.random.default_rng(task.seed)), time.monotonic()
    while True:
        with suppress(queue.Empty):
            while True:
                _heed(told.get_nowait(), finder, improver, rates)
        if rates.of[PARTS] < 0.0 and time.monotonic() - begun > SECONDS_TO_BEGIN:
            rates.open_parts()
        if _turn(finder, improver, rates):
            _tell(finder, out)


def _search_lightly(finder: Finder, told: queue.SimpleQueue[News | Lead], out: IO[bytes]) -> NoReturn:
    """The finder alone, until the process is ended."""
    while True:
        while not told.empty():
            news = told.get()
            if isinstance(news, News):
                finder.adopt(news.columns, news.points)
        begun = finder.best is None and finder.begin()
        if finder.work(SECONDS_A_TURN) or begun:
            _tell(finder, out)


def _tell(finder: Finder, out: IO[bytes]) -> None:
    pickle.dump(News(finder.columns(), finder.points), out, protocol=pickle.HIGHEST_PROTOCOL)
    out.flush()


def _heed(told: News | Lead, finder: Finder, improver: Improver, rates: Rates) -> None:
    """Go on from a better roster, or by better prices."""
    if isinstance(told, News):
        finder.adopt(told.columns, told.points)
    else:
        improver.proof, improver.pool = told.proof, told.pool
        rates.open_parts()


def _turn(finder: Finder, improver: Improver, rates: Rates) -> bool:
    """A turn of either way; whether the best roster is better."""
    before, began = finder.points, time.monotonic()
    parts = rates.parts_turn()
    if parts:
        columns = {column.person: column for column in finder.columns()}
        found = improver.step(columns, before, Limits(time_limit=SECONDS_A_CHOICE, threads=1))
        if found and legal(finder.frame, found):
            finder.adopt(sorted(found, key=lambda column: column.person), cost_of(finder.frame, found))
    else:
        finder.work(SECONDS_A_TURN)
    rates.heed(PARTS if parts else FINDER, before - finder.points, time.monotonic() - began)
    return finder.points < before


def _listen(source: IO[bytes], told: queue.SimpleQueue[News | Lead]) -> None:
    """Pass on what comes; the end of the input is the end of the process."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            told.put(pickle.load(source))
    os._exit(0)


if __name__ == "__main__":
    main()
