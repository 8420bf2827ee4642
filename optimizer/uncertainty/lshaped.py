"""The L-shaped method (Van Slyke and Wets 1969), a cut for every future (Birge and Louveaux 1988).

What is decided first is found under cuts that bound each future's cost from below; each future, solved where those
decisions stand, adds a cut. First in fractions within a box about the best so far (Linderoth and Wright 2003), which
keeps early cuts near where they matter; then whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from optimizer.program import Floats
from optimizer.scenario.uncertainty import Risk
from optimizer.solution import Limits, Progress, Status, Watch, relative_gap
from optimizer.solvers import solve
from optimizer.solvers.scaling import SMALLEST
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.known import Known
from optimizer.uncertainty.master import Cut, Master
from optimizer.uncertainty.recourse import Recourse
from optimizer.uncertainty.risk import weighed
from optimizer.uncertainty.rounding import nearest, within

FULL: Final = 20
FULL_COLUMNS: Final = 12_000
"""At most so many futures, half of them, and so many columns stand in full beside the cuts."""

FEW_FULL: Final = 5
"""Fewer in full tell too little for the room they take."""

LIFTED: Final = 0.15
"""The part of the time left in which whole numbers may lift the bound, before the best is searched around."""

AROUND: Final = 0.2
"""The part of the time left that one search around the best may take."""

STEPS: Final = 16.0
"""How far from the best whole decision others are looked for at first: one more or fewer of one thing is a step."""

BETWEEN: Final = 0.3
"""The part of the time left that a first visit in fractions may take, where one of whole numbers is to follow."""

NEAREST: Final = 0.2
FIRST_BOUND: Final = 0.4
"""The part of the time left that what is whole near fractions may take, and the first bound."""

LEAST_SECONDS: Final = 1.0
"""What the master may take at least, even where the time is up."""

TRIED: Final = 3
"""After so many futures it is told how long a visit to all will take."""

STEP: Final = 0.5
LIFT: Final = 0.05
"""How far towards what the master wants a visit goes; less than this share of what is left to lift is hardly lifted."""

KEPT: Final = 0.4
"""The share of the time that is kept for whole numbers."""

NO_TIME: Final = "the time was up"
DEAD_END: Final = "hard rules leave some future no way to go on from what was decided"

SHARE_OF_GAP: Final = 0.3
"""The master is solved to this share of the gap asked for, so that cuts can close the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """`decided` (F,) with the `costs` (S,) of every future, what is made least, and its proven least; in currency."""

    decided: Floats
    costs: Floats
    objective: float
    bound: float
    rounds: int = 0
    message: str = ""


def l_shaped(
    futures: Futures,
    start: Floats | None,
    known: Known,
    *,
    lean: Floats | None = None,
    risk: Risk | None = None,
    whole: bool = True,
    full: int | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Found | None:
    """The best first decisions from `start` (F,) on, until the gap or the time of `limits` is reached.

    `known` bounds every future's cost from below. `lean` (F,) in fractions, if given, is nearly the best of all such:
    then `start` may be left out. So many futures stand in `full` beside the cuts, as many as fit unless told. None
    where some future finds no way to go on from either, as hard rules may make it.
    """
    search = _Search(futures, risk, limits or Limits(), watch, known, in_full(futures) if full is None else full)
    is_whole = whole and bool(futures.built.program.integer[futures.first].any())
    if lean is not None:
        search.from_fractions(lean, is_whole and start is None)
    if start is not None:
        search.visit(start, None)
    if search.decided is None:
        return None
    search.in_fractions(KEPT if is_whole else 0.0)
    if is_whole:
        search.in_whole()
    return search.found()


def in_full(futures: Futures) -> int:
    """How many futures stand in full beside the cuts: none where they would be too few to tell much."""
    most = FULL_COLUMNS // max(int((~futures.first).sum()), 1)
    return 0 if most < FEW_FULL else min(FULL, most, (len(futures) + 1) // 2)


_Best = tuple[float, Floats | None, Floats | None]
"""What a decision costs, the decision (F,), and its costs by future (S,)."""

_NONE: Final[_Best] = (np.inf, None, None)


@dataclass(slots=True, eq=False)
class _Search:
    """The best decision so far with what it costs in every future, and the least that any can cost.

    At first that is what is `known` of each future by itself.
    """

    futures: Futures
    risk: Risk | None
    limits: Limits
    watch: Watch | None
    known: Known
    full: int
    best: float = np.inf
    bound: float = -np.inf
    decided: Floats | None = None
    costs: Floats | None = None
    rounds: int = 0
    message: str = ""
    whole: _Best = _NONE
    _master: Master = field(init=False)
    _recourse: Recourse = field(init=False)
    _others: frozenset[int] = frozenset()
    _begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._master = Master(self.futures, range(self.full), self.risk)
        self._others = frozenset(self._master.others)
        self._recourse = Recourse(self.futures, replace(Limits(), threads=self.limits.threads))
        self.bound = self.known.alone(self.futures.weights, self.risk)
        for number in self._others:
            self._master.cuts.append(Cut(number, self.known.heights[number], self.known.slopes[number]))

    def found(self) -> Found | None:
        """What was found; None where nothing was."""
        if self.decided is None or self.costs is None:
            return None
        bound = min(self.bound, self.best)
        return Found(self.decided, self.costs, self.best, bound, self.rounds, self.message)

    def from_fractions(self, lean: Floats, whole: bool) -> None:
        """Visit what is nearly best in fractions, and what is whole near it."""
        for in_whole in (False, True)[: 1 + whole]:
            limits = self._limits(part=NEAREST)
            near = nearest(self._master.program(whole=in_whole, cuts=False), lean, limits)
            if near is not None:
                self.visit(near, BETWEEN if whole and not in_whole else None)
            if not in_whole:
                self._wanted(FIRST_BOUND)

    def visit(self, decided: Floats, part: float | None = 1.0) -> bool:
        """Solve every future where `decided` stands and keep what is learned; whether all can go on from there.

        Given up where it would take more than this `part` of the time left; None: whatever it takes."""
        costs, begun = np.empty(len(self.futures)), time.monotonic()
        for number, answer in enumerate(self._recourse.answers(decided)):
            if answer.slope is None:
                self.message = DEAD_END
                return False
            costs[number] = answer.cost
            if number == TRIED and part is not None and self._too_long(time.monotonic() - begun, part):
                self.message = NO_TIME
                return False
            if number in self._others:
                self._master.cuts.append(self._cut(number, answer.cost, answer.slope, decided))
        self.rounds += 1
        self._keep((weighed(costs, self.futures.weights, self.risk), decided, costs))
        if self.watch is not None:
            bound = self.bound if np.isfinite(self.bound) else None
            self.watch(Progress(time.monotonic() - self._begun, self.best, bound))
        return True

    def _keep(self, found: _Best) -> None:
        """Keep the best, and the best of those that are whole where they must be."""
        integer, decided = self.futures.built.program.integer[self.futures.first], found[1]
        if found[0] < self.best:
            self.best, self.decided, self.costs = found
        if found[0] < self.whole[0] and decided is not None and bool((decided == np.round(decided))[integer].all()):
            self.whole = found

    def _cut(self, number: int, cost: float, slope: Floats, decided: Floats) -> Cut:
        """A cut without slopes too small for solvers: what they may take away at most is taken off its height."""
        template, first = self.futures.built.program, self.futures.first
        small = np.abs(slope) < SMALLEST
        taken = np.minimum(slope * template.lower[first], slope * template.upper[first])[small].sum()
        steep = np.where(small, 0.0, slope)
        return Cut(number, cost - float(slope @ decided) + float(taken), steep, self.rounds + 1)

    def in_fractions(self, kept: float) -> None:
        """Down to the gap, or until a share of the time is left (`kept`).

        Each visit lies between the best and what the master wants. Cuts from between hold where both are (Ben-Ameur and
        Neto 2007); where they no longer lift the bound, the visit is where the master wants it.
        """
        step = STEP
        while self._left() > kept * self.limits.time_limit and self.decided is not None:
            before, values = self.bound, self._wanted()
            if values is None:
                return
            lifted, gap = self.bound - before, relative_gap(self.best, self.bound)
            if gap is not None and gap <= self.limits.gap * SHARE_OF_GAP:
                return
            hardly = lifted <= LIFT * (self.best - self.bound)
            if hardly and not self.full:
                return
            step = 1.0 if hardly else STEP
            self._master.trim(values)
            wanted = self._master.decided(values)
            if not self.visit(self.decided + step * (wanted - self.decided), 1.0 - kept):
                return

    def _wanted(self, part: float = 1.0) -> Floats | None:
        """What the master wants in fractions, whose cost is a bound; None where it is not solved in time."""
        answer = solve(self._master.program(whole=False), limits=self._limits(part=part))
        self.message = answer.message
        if answer.values is None or answer.bound is None or answer.status is Status.TIME_LIMIT:
            return None
        self._lift(answer.bound)
        return answer.values

    def in_whole(self) -> None:
        """The master in whole numbers, until its bound meets the best, a decision comes twice, or the time is up.

        Where no future stands in full beside the cuts they hold near the best alone: then it is searched around that.
        """
        self.best, self.decided, self.costs = self.whole
        around, seen = not self.full and self.decided is not None, set[bytes]()
        while (self._left() > 0.0 and not self._is_near()) or self.decided is None:
            answer = solve(self._master.program(whole=True), limits=self._limits(SHARE_OF_GAP, part=LIFTED * around))
            if answer.bound is not None:
                self._lift(answer.bound)
            if around:
                return self.around()
            if answer.values is None:
                self.message = answer.message
                return None
            decided = self._master.decided(answer.values)
            if decided.tobytes() in seen:
                return None
            seen.add(decided.tobytes())
            if not self.visit(decided, 1.0 if self.decided is not None else None):
                return None
        return None

    def around(self) -> None:
        """Ever better whole decisions, each within some steps of the best (Fischetti and Lodi 2003), ever fewer."""
        steps = STEPS
        while self._left() > 0.0 and steps >= 1.0 and self.decided is not None and not self._is_near():
            program = within(self._master.program(whole=True, together=self.risk is None), self.decided, steps)
            answer, before = solve(program, limits=self._limits(SHARE_OF_GAP, part=AROUND)), self.best
            if answer.values is None or not self.visit(self._master.decided(answer.values)):
                return
            self._master.trim(answer.values)
            steps = steps if self.best < before else steps / 2.0

    def _too_long(self, tried: float, part: float) -> bool:
        """Whether all futures would take more than a part of the time left, by what the first took in seconds."""
        return tried * len(self.futures) / (TRIED + 1) > part * (self._left() + tried)

    def _is_near(self) -> bool:
        gap = relative_gap(self.best, self.bound)
        return gap is not None and gap <= self.limits.gap

    def _lift(self, bound: float) -> None:
        self.bound = max(self.bound, bound / self._master.scale)

    def _left(self) -> float:
        return self.limits.time_limit - (time.monotonic() - self._begun)

    def _limits(self, share: float = 1.0, part: float = 0.0) -> Limits:
        """A `share` of the gap, and a `part` of the time that is left, or all of it."""
        seconds = max((part or 1.0) * self._left(), LEAST_SECONDS)
        return replace(self.limits, time_limit=seconds, gap=self.limits.gap * share, hint=None)
