"""A hospital's roster made better move by move: hot enough to leave what is only near the best, then ever cooler.

How hot is found from how many moves are made: nothing hangs on a ward's size or on what its rules cost.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from optimizer.roster.hospital_arrays import DAY_OFF, Ints, Ward
from optimizer.roster.hospital_laying import laid_out
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.scenario.rostering import RosterRules

MOVES: Final = 20_000
"""Moves of a piece of work: a few hundredths of a second."""

FIRST_PIECES: Final = 5
"""Pieces of work that end in a first roster."""

HOT: Final = 0.02
"""Where a cycle begins such a share of moves is made."""

COOLS: Final = 40.0
"""By how much it cools over a cycle."""

FIRST_CYCLE: Final = 2.0
LONGER: Final = 3.0
"""Seconds of the first cycle, and by how much each is longer than the last."""

HARD: Final = 1_000.0
DEARER: Final = 10.0
"""What a hard breach weighs at least, and in what any one cell may cost."""


@dataclass(slots=True)
class _Going:
    """One thread's roster, and its chances."""

    cells: Ints
    draw: np.random.Generator
    heat: float = 0.0


@dataclass(slots=True, eq=False)
class Annealer:
    """The best roster so far, as cells (M, D), and what makes it better; several threads may.

    `points` are with every hard breach at `weight`; `heard` is told of a better one, with its hard breaches and points.
    """

    problem: TeamProblem
    seed: int = 0
    heard: Callable[[TeamRoster, tuple[float, float]], object] = lambda roster, rank: None
    stopped: Callable[[], bool] = lambda: False
    points: float = np.inf
    weight: float = HARD
    ward: Ward = field(init=False)
    best: Ints = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.ward = laid_out(self.problem)
        self.best = np.full((len(self.problem.members), self.problem.days), DAY_OFF, dtype=np.int64)
        self.weight = max(HARD, DEARER * dearest(self.ward))
        self.adopt(as_roster(self.best))

    def adopt(self, roster: TeamRoster) -> None:
        """Begin from a roster, or go on from a better one."""
        from optimizer.roster.hospital_floor import floor_for, points_of

        cells = np.full_like(self.best, DAY_OFF)
        for who, duties in enumerate(roster.duties):
            for at in duties:
                cells[who, self.problem.slots[at].day] = at
        self._offer(cells, points_of(floor_for(self.ward, cells), self.weight))

    def begin(self, until: float) -> None:
        """A first roster: moves that cost next to nothing, until it is legal or not to be had so."""
        going = self._going(0)
        for _ in range(FIRST_PIECES):
            if time.monotonic() < until and not self.stopped():
                self._piece(going, 1e-3 * self.weight, 5e-4 * self.weight)

    def pursue(self, until: float, turn: int = 0) -> None:
        """Cycle after cycle until the time is over or somebody says stop; threads by `turn`."""
        length, going = FIRST_CYCLE, self._going(turn)
        while time.monotonic() < until and not self.stopped():
            left = until - time.monotonic()
            length = left if left < (1.0 + LONGER) * length else length
            self._cycle(going, length)
            length *= LONGER

    def work(self, pieces: int, hot: float | None = None) -> None:
        """So many pieces of work as one cycle, by no clock; as hot as is said, or as is found to be right."""
        going = self._going(0)
        if hot is None:
            self._warm(going)
        going.heat = hot or going.heat
        for piece in range(pieces):
            if self.stopped():
                return
            self._piece(going, *(going.heat * COOLS ** (-share / pieces) for share in (piece, piece + 1)))

    def _cycle(self, going: _Going, seconds: float) -> None:
        """From hot to cold in so many seconds."""
        begun = time.monotonic()
        going.cells = self._copied()
        self._warm(going)
        while (share := (time.monotonic() - begun) / seconds) < 1.0 and not self.stopped():
            heat = going.heat * COOLS**-share
            self._piece(going, heat, heat)

    def _warm(self, going: _Going) -> None:
        """From far too hot down to where few enough moves are made."""
        going.heat = 0.1 * self.weight
        while self._piece(going, going.heat, going.heat) > HOT and going.heat > 1e-6 and not self.stopped():
            going.heat /= 1.5

    def _going(self, turn: int) -> _Going:
        return _Going(self._copied(), np.random.default_rng([self.seed, turn]))

    def _copied(self) -> Ints:
        with self.lock:
            return self.best.copy()

    def _piece(self, going: _Going, hot: float, cold: float) -> float:
        """A piece of work; the share of moves made."""
        from optimizer.roster.hospital_floor import floor_for
        from optimizer.roster.hospital_moves import anneal

        floor, best = floor_for(self.ward, going.cells), self._copied()
        points, made = anneal(self.ward, floor, best, self.points, self.weight, MOVES, hot, cold, going.draw)
        going.cells = floor.cells
        self._offer(best, points)
        return made / MOVES

    def _offer(self, cells: Ints, points: float) -> None:
        from optimizer.roster.hospital_floor import breaches, floor_for
        from optimizer.roster.hospital_moves import tidy

        if points >= self.points - 1e-6:
            return
        floor = floor_for(self.ward, cells)
        tidy(self.ward, floor, self.weight)
        with self.lock:
            better = points < self.points - 1e-6
            if better:
                self.best, self.points = floor.cells, points
        if better:
            hard = breaches(floor)
            self.heard(as_roster(floor.cells), (hard, points - self.weight * hard))


def as_roster(cells: Ints) -> TeamRoster:
    """Cells (M, D) as a roster."""
    return TeamRoster(tuple(frozenset(int(at) for at in row if at != DAY_OFF) for row in cells))


def dearest(ward: Ward) -> float:
    """What the dearest single breach of a rule costs."""
    prices = [ward.cells.own, ward.cells.off, ward.duties.under, ward.duties.over, ward.near.soft, ward.mix.soft,
              ward.ties.soft, ward.runs.soft]  # fmt: skip
    return max(float(each.max(initial=0.0)) for each in prices)


def warm_up() -> None:
    """Go once through everything that is compiled, for nobody on one day."""
    Annealer(TeamProblem("warm", 1, (), (), RosterRules())).work(1)
