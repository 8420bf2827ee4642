"""From nothing to a good roster beside its proof: a first roster, prices and a bound, then part after part anew."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from optimizer.roster.ascending import relax
from optimizer.roster.beside import Beside, Lead, News, Task
from optimizer.roster.choosing import cost_of, legal
from optimizer.roster.finding import Finder
from optimizer.roster.firming import Dives
from optimizer.roster.generating import grain_of, whole_bound
from optimizer.roster.improving import PART_OF_GRAIN, Improver
from optimizer.roster.lightly import MOST_CELLS, too_large
from optimizer.roster.master import Column, Frame, Master, dear, roster_of
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Roster, RosterProblem
from optimizer.roster.proving import Proof, all_lines, settle
from optimizer.solution import Limits

SECONDS_A_CHOICE: Final = 5.0
SECONDS_A_TURN: Final = 1.5
"""How long a finder that works alone goes on between two exchanges."""

LAST_SECONDS: Final = 0.2
"""Before the end nothing is begun any more."""

SECONDS_ALONE: Final = 0.5
"""A search that ends sooner needs no second process."""

PIECES_AT_FIRST: Final = 4
"""Pieces of the finder's work before anything else."""

WORK_A_CHOICE: Final = 5
"""Pieces of a solver's work that a choice may take where work is counted, not time."""

POOLED: Final = 25
"""Lines a person that were near to the relaxation go into every part she is in."""

SECONDS_TO_CLOSE: Final = 15.0

SMALLER: Final = 0.8
"""All lines are asked for again when the slack has shrunk so far."""

MOST_WORK: Final = 10**6

ROUNDS_OF_WORK: Final = 25
"""Rounds of prices for the bound that a piece of work allows."""

SHARE_OF_PROOF: Final = 0.5
"""Of the time, at most, for the bound before anything else."""

Say = Callable[[float | None, float, float], None]
"""Hears the points of the best roster (None: none yet), the bound, and the seconds so far."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best roster found (None: none in time), its points, the bound proven, and seconds."""

    roster: Roster | None
    points: float | None
    bound: float
    seconds: float


@dataclass(slots=True)
class Search:
    """One search; `say` hears the points of the best roster and the bound whenever either changes."""

    problem: RosterProblem
    seed: int = 0
    say: Say | None = None
    gap: float = 0.0
    best: float = math.inf
    bound: float = 0.0  # no rule earns points
    columns: dict[int, Column] = field(default_factory=dict)
    begun: float = 0.0
    until: float = math.inf
    work: int | None = None
    beside: Beside | None = None
    most_cells: int = MOST_CELLS
    frame: Frame = field(init=False)
    pricing: Pricing = field(init=False)
    grain: int = 0
    proof: Proof | None = None
    closed: float = math.inf
    pool: dict[int, list[Column]] = field(default_factory=dict)

    def run(self, seconds: float, work: int | None = None) -> Found:
        """Search for so long, or until the gap asked for is proven; Ctrl-C ends with the best so far.

        With `work` it stops after so many pieces of work and by no clock, in one process: the same search twice ends
        with the same roster.
        """
        self.begun = time.monotonic()
        self.until, self.work = (self.begun + seconds if work is None else math.inf), work
        try:
            with suppress(KeyboardInterrupt):
                self._search(seconds)
        finally:
            if self.beside is not None:
                self.beside.end()
        roster = roster_of(self.problem, list(self.columns.values())) if self.best < math.inf else None
        return Found(roster, self.best if roster else None, self.bound, time.monotonic() - self.begun)

    def _search(self, seconds: float) -> None:
        self.frame, self.grain = Frame.of(self.problem), grain_of(self.problem)
        if too_large(self.problem, self.most_cells):
            self._search_lightly()
        else:
            self._search_exactly(seconds)

    def _search_lightly(self) -> None:
        """Where exact walks would be too large: finders alone, until the end; what they miss is never proven."""
        finder = Finder(self.frame, Pricing(self.problem, light=True), dear(self.frame), self.seed)
        pieces = 0
        while not self.done and not self._late() and pieces < (self.work or math.inf):
            pieces += 1
            if finder.best is None and not finder.begin():
                continue
            news = self._exchange(finder)
            if news:
                finder.adopt(news, self.best)
            finder.work(SECONDS_A_TURN) if self.timed else finder.step()
            if self._take(finder.columns()):
                self._share(finder)

    def _search_exactly(self, seconds: float) -> None:
        """Prices and a bound, then dive after dive and part after part."""
        self.pricing = Pricing(self.problem)
        finder = Finder(self.frame, self.pricing, dear(self.frame), self.seed)
        if not finder.begin():
            return
        for _ in range(PIECES_AT_FIRST):
            finder.step()
        self._take(finder.columns())
        master = Master(self.frame, dear(self.frame))
        for column in finder.columns():
            master.add(column)
        until = self.begun + seconds * SHARE_OF_PROOF if self.timed else math.inf
        made = relax(
            self.frame, self.pricing, master, finder.columns(), until=until,
            most=ROUNDS_OF_WORK * (self.work or MOST_WORK), say=lambda _, bound: self._heed(master, finder, bound),
        )  # fmt: skip
        self.proof = Proof(made.prices, made.bound) if made.prices is not None else None
        self.pool = master.nearest(POOLED)
        self._close(finder)
        if self.beside is not None:
            self.beside.tell(Lead(self.proof, self.pool))
        self._improve(finder)

    @property
    def timed(self) -> bool:
        """Whether a clock ends the search, not work."""
        return self.work is None

    @property
    def done(self) -> bool:
        """Whether nothing better can be."""
        return self.best - self.bound <= max(1e-6, self.gap * self.best)

    def _late(self) -> bool:
        return time.monotonic() > self.until - LAST_SECONDS

    def _prove(self, bound: float) -> None:
        whole = whole_bound(self.frame, bound)
        if whole > self.bound + 1e-9:
            self.bound = whole
            self._tell()

    def _heed(self, master: Master, finder: Finder, bound: float) -> None:
        """Between two rounds of prices: the bound so far, and news of better rosters."""
        self._prove(bound)
        for column in self._exchange(finder):
            master.add(column)

    def _exchange(self, finder: Finder) -> list[Column]:
        """A better roster from beside us, or from the finder where there is nobody: its columns, if it is one."""
        if self.timed and self.beside is None and time.monotonic() > self.begun + SECONDS_ALONE:
            self.beside = Beside.start(Task(self.problem, self.seed + 1))
            self.beside.tell(News(finder.columns(), finder.points))
        if self.beside is None:
            news = News(finder.columns(), finder.points) if finder.step() else None
        else:
            news = self.beside.news()
        if news is None:
            return []
        self._take(news.columns)
        return news.columns

    def _take(self, columns: Sequence[Column]) -> bool:
        """Keep a roster that is legal and better."""
        if len(columns) < len(self.problem.people) or not legal(self.frame, columns):
            return False
        cost = cost_of(self.frame, columns)
        if cost >= self.best - 1e-6:
            return False
        self.best, self.columns = cost, {column.person: column for column in columns}
        self._tell()
        return True

    def _tell(self) -> None:
        if self.say is not None:
            self.say(self.best if self.best < math.inf else None, self.bound, time.monotonic() - self.begun)

    def _close(self, finder: Finder) -> None:
        """Where all lines of better rosters are few, choose among all: the best of them, or the proof of ours."""
        if self.proof is None or not self.columns or self.done or self._late():
            return
        slack = self.best - PART_OF_GRAIN * self.grain - self.proof.bound
        if slack >= SMALLER * self.closed:
            return
        self.closed = slack
        lines = all_lines(self.frame, finder.cover, self.pricing, self.proof, slack)
        if lines is None:
            return
        held = [self.columns[at] for at in sorted(self.columns)]
        chosen, bound = settle(self.frame, lines, held, self.best, self._limits(SECONDS_TO_CLOSE))
        if chosen is not None and self._take(list(chosen.columns.values())):
            self._share(finder)
        self._prove(bound)

    def _share(self, finder: Finder) -> None:
        columns = [self.columns[at] for at in sorted(self.columns)]
        finder.adopt(columns, self.best)
        if self.beside is not None:
            self.beside.tell(News(columns, self.best))

    def _limits(self, seconds: float) -> Limits:
        """What a choice may take."""
        if self.timed:
            return Limits(time_limit=max(0.1, min(seconds, self.until - time.monotonic())), threads=1)
        return Limits(time_limit=1e6, threads=1, work=WORK_A_CHOICE)

    def _improve(self, finder: Finder) -> None:
        """Dive after dive, part after part, until nothing better can be or the time is over."""
        improver = Improver(self.frame, self.pricing, finder.cover, self.seed, self.proof, self.pool)
        dives = self._dives(finder)
        pieces = 0
        while not self.done and not self._late() and pieces < (self.work or math.inf):
            pieces += 1
            self._exchange(finder)
            if dives is not None and dives.due():
                self._dive(dives, improver, finder)
            elif not self.columns:
                finder.step()
                self._take(finder.columns())
            elif self._take(improver.step(self.columns, self.best, self._limits(SECONDS_A_CHOICE))):
                self._share(finder)
                self._close(finder)

    def _dives(self, finder: Finder) -> Dives | None:
        """Dives, where there are prices to dive from."""
        if self.proof is None:
            return None
        return Dives(self.frame, self.pricing, self.proof.prices, finder.columns(), self.seed, self.until)

    def _dive(self, dives: Dives, improver: Improver, finder: Finder) -> None:
        """A roster straight out of the relaxation, and what a finder makes of it."""
        columns = dives.mended(finder, dives.step())
        better = self._take(columns)
        dives.heed(better=better)
        improver.pool = dives.kept(improver.pool, columns)
        if better:
            self._share(finder)
            self._close(finder)
