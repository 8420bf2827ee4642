"""A first plan: pieces that hardly touch are made whole near the relaxation, one after another, all else as it says.

Where nothing says what the pieces are, the relaxation is rounded down, then searched near. The relaxation of a program
too large for that is rolled, window by window; where it can't be, what lies between pieces is left at its least.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.program import Floats
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.improve import NODES, PARTS, linear
from optimizer.solvers.search.links import Index
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.piecewise import RADII, WHOLE, Pieces, within
from optimizer.solvers.search.rolled import HUGE, Rolled
from optimizer.solvers.search.slices import all_whole, slices, timed
from optimizer.solvers.search.standing import Standing

AT_ONCE = 80_000
"""Up to so many columns the whole relaxation steers the pieces; beyond that it would take longer than they do."""

SOON = 2_000
"""From here on any plan is made while that is being solved."""

FIRST_SHARE = 0.5
"""While there is no plan at all, the first rounding may take this part of the time limit."""

ROOT_WORTH = 4.0
"""The root's cuts take some times as long as the relaxation: they are left out where less than this is left."""

FIRST_GAP = 0.05
"""A first plan need not be better than this: neighbourhoods improve it faster than rounding does."""


@dataclass(slots=True)
class Beginning:
    """The way to a first plan, by a thread that leads (`begin`) and perhaps another (`help`).

    `rolled` is the relaxation of a program too large for one (of more columns than `at_once`), once there; `seconds` is
    what any other took.
    """

    standing: Standing
    map: Map
    seed: int
    at_once: int = AT_ONCE
    rolled: Rolled | None = None
    seconds: float = 0.0
    rounds: list[Pieces] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Find a plan: piece by piece where there are pieces, else around the relaxation of all."""
        try:
            if self.standing.plan is None:
                self.rounds = self._rounds()
        finally:
            self.ready.set()
        for pieces in self.rounds:
            pieces.help()
        if self.standing.plan is None and not any(pieces.at_work for pieces in self.rounds):
            self._round_down()
        if self.standing.plan is None or not self.map.cuts:
            self._round()

    def help(self) -> None:
        """Any plan soon, while the relaxation of a larger program is solved; then help with the pieces.

        Of a program too large for a relaxation at once, prove a bound as soon as there is a plan.
        """
        if SOON < len(self.standing.program.cost) <= HUGE and self.standing.plan is None:
            for pieces in self._unsteered():
                pieces.help()
        self.ready.wait()
        for at, pieces in enumerate(self.rounds):
            if at:
                self.bound()
            pieces.help()
        if len(self.rounds) < 2:
            self.bound()

    def bound(self) -> None:
        """Prove a bound for a program too large for its root, unless that was done."""
        if self._steers or self.standing.over or self.standing.bound is not None:
            return
        if self.rolled is None:
            self._rolled()
        if self.rolled is not None:
            self.rolled.prove()

    @property
    def root_pays(self) -> bool:
        """Whether the whole program's root is worth its time, or the only way left to a plan."""
        if self.standing.plan is None:
            return True
        left = self.standing.left()
        return self._steers and (self.standing.steady or ROOT_WORTH * self.seconds <= left)

    @property
    def _steers(self) -> bool:
        return len(self.standing.program.cost) <= self.at_once

    def _pieces(self) -> list[Index]:
        """What hardly touches, by the label that couples least; nothing where no label does."""
        axis = main_axis(self.map)
        return [] if axis is None else private(self.map, self.map.axes[axis])

    def _unsteered(self) -> list[Pieces]:
        pieces = self._pieces()
        return [Pieces.unsteered(self.standing, self.map, self.seed, pieces)] if pieces else []

    def _rounds(self) -> list[Pieces]:
        """Around the relaxation, or a rolled one; where pieces are long, rounded down first, which is quicker."""
        pieces = self._pieces()
        if not pieces:
            return []
        relaxed = self._relaxed() if self._steers else self._rolled()
        if relaxed is None:
            return self._unsteered()
        cut = slices(self.map, pieces)
        found = [Pieces.around(self.standing, self.map, self.seed, relaxed, cut)]
        if len(cut) > len(pieces):
            whole = all_whole(self.standing.program, pieces)
            found.insert(0, Pieces.around(self.standing, self.map, self.seed, relaxed, whole, down=True))
        return found

    def _rolled(self) -> Floats | None:
        if not timed(self.map):
            return None  # no windows
        self.rolled = Rolled.of(self.standing, self.map)
        return self.rolled.forwards()

    def _round_down(self) -> None:
        """The floor of the relaxation, if that can be."""
        relaxed = self._relaxed()
        if relaxed is not None and not self.standing.over:
            floor = np.floor(relaxed + WHOLE)
            self._offered_within(floor, floor, 1.0)

    def _relaxed(self) -> Floats | None:
        """The relaxation's values, solved for if they are not known yet."""
        if self.standing.relaxed is None and not self.standing.over:
            solution = run_highs(linear(self.standing.program), _limits(self.standing, self.seed, 1.0), {})
            self.seconds = solution.seconds
            self.standing.relaxed = solution.values
            self.standing.prove(solution.bound)
        return self.standing.relaxed

    def _round(self) -> None:
        """Whole columns between floor and ceiling (RENS: Berthold, 2014), or a little beyond."""
        relaxed = self._relaxed()
        if relaxed is None:
            return
        low, high = np.floor(relaxed + WHOLE), np.ceil(relaxed - WHOLE)
        for radius in RADII:
            share = 1.0 / PARTS if self.standing.plan is not None else FIRST_SHARE
            if self.standing.over or self._offered_within(low - radius, high + radius, share):
                return

    def _offered_within(self, low: Floats, high: Floats, time_share: float) -> bool:
        """Solve with whole columns (n,) between `low` and `high`; whether a plan came of it."""
        self.standing.work()
        part = within(self.standing.program, low, high)
        limits = replace(_limits(self.standing, self.seed, time_share), gap=FIRST_GAP)
        solution = run_highs(part.program, limits, _options(self.standing))
        if solution.values is not None:
            self.standing.offer(part.widen(solution.values))
        return solution.values is not None


def _limits(standing: Standing, seed: int, time_share: float) -> Limits:
    """Limits for one solve: a part of the time limit."""
    seconds = standing.left()
    if not standing.steady:
        seconds = min(seconds, time_share * standing.limits.time_limit)
    return replace(standing.limits, time_limit=max(0.0, seconds), seed=seed, hint=None)


def _options(standing: Standing) -> dict[str, int]:
    return {"mip_max_nodes": 10 * NODES} if standing.steady else {}
