"""From nothing to a good roster beside its proof: prices and a bound, a dive to a first roster, part after part."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from optimizer.roster.choosing import Chosen, choose, cost_of
from optimizer.roster.generating import generate, whole_bound
from optimizer.roster.master import Column, Frame, Master, roster_of
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Roster, RosterProblem
from optimizer.solution import Limits

PART: Final = 8
"""People whose lines are sought anew at once, to begin with."""

ROUNDS_A_PART: Final = 12
ROUNDS_A_DIVE: Final = 4
SECONDS_A_CHOICE: Final = 8.0
DIVE_SHARE: Final = 0.15
"""Lines fixed at once in a dive, as a share of the people."""

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
    bound: float = -math.inf
    columns: dict[int, Column] = field(default_factory=dict)
    begun: float = 0.0

    def run(self, seconds: float) -> Found:
        """Search for so long, or until the gap asked for is proven; Ctrl-C ends with the best so far."""
        self.begun = time.monotonic()
        with suppress(KeyboardInterrupt):
            self._search(self.begun + seconds)
        roster = roster_of(self.problem, list(self.columns.values())) if self.best < math.inf else None
        return Found(roster, self.best if roster else None, self.bound, time.monotonic() - self.begun)

    def _search(self, until: float) -> None:
        seconds = until - self.begun
        frame, pricing = Frame.of(self.problem), Pricing(self.problem)
        master = Master(frame, _missing(frame))
        made = generate(
            frame, pricing, master, until=self.begun + seconds * 0.5, say=lambda _, bound: self._prove(frame, bound)
        )
        self._prove(frame, made.bound)
        self._dive(frame, pricing, master, until)
        self._pick(frame, master, min(until, time.monotonic() + 2 * SECONDS_A_CHOICE))
        self._improve(frame, pricing, until)

    @property
    def done(self) -> bool:
        """Whether nothing better can be."""
        return self.best - self.bound <= max(1e-6, self.gap * self.best)

    def _prove(self, frame: Frame, bound: float) -> None:
        whole = whole_bound(frame, bound)
        if whole > self.bound + 1e-9:
            self.bound = whole
            self._tell()

    def _take(self, frame: Frame, columns: Sequence[Column]) -> bool:
        """Keep a roster that is legal and better."""
        if len(columns) < len(self.problem.people) or not legal(frame, columns):
            return False
        cost = cost_of(frame, columns)
        if cost >= self.best - 1e-6:
            return False
        self.best, self.columns = cost, {column.person: column for column in columns}
        self._tell()
        return True

    def _tell(self) -> None:
        if self.say is not None:
            self.say(self.best if self.best < math.inf else None, self.bound, time.monotonic() - self.begun)

    def _dive(self, frame: Frame, pricing: Pricing, master: Master, until: float) -> None:
        """Fix the lines that the relaxation is surest of, ask for lines that suit them, and so on to the end."""
        fixed: dict[int, int] = {}
        people = len(self.problem.people)
        while len(fixed) < people and not self.done and (time.monotonic() < until or not self.columns):
            generate(frame, pricing, master, until=until, most=ROUNDS_A_DIVE)
            _, _, taken = master.solve()
            surest = [
                at for at in np.argsort(-taken)
                if master.columns[at].person not in fixed and taken[at] > 1e-6 and self._may(frame, master.columns[at])
            ]  # fmt: skip
            if not surest:
                break
            some = max(1, int(DIVE_SHARE * people))
            for at in surest:
                column = master.columns[at]
                if column.person not in fixed and (some > 0 or taken[at] > 0.999):
                    fixed[column.person], some = int(at), some - 1
                    master.fix(int(at))
        self._take(frame, [master.columns[at] for at in fixed.values()])
        master.free()

    def _may(self, frame: Frame, column: Column) -> bool:
        return all(
            column.shifts.count(shift) <= most for person, shift, most in frame.limits if person == column.person
        )

    def _pick(self, frame: Frame, master: Master, until: float) -> None:
        """The best roster out of the lines there are."""
        left = until - time.monotonic()
        if not self.done and left > 0.2:
            chosen = choose(frame, master.columns, [], Limits(time_limit=left, threads=1))
            if chosen is not None:
                self._take(frame, list(chosen.columns.values()))

    def _improve(self, frame: Frame, pricing: Pricing, until: float) -> None:
        """Free some people, ask for lines that suit the others, choose anew; free more where that gains nothing."""
        draw = np.random.default_rng(self.seed)
        size, idle = PART, 0
        while self.columns and not self.done and time.monotonic() < until - 0.3:
            free = self._part(draw, min(size, len(self.problem.people)))
            if self._rearrange(frame, pricing, free, until):
                idle = 0
            else:
                idle += 1
                if idle % 12 == 0:
                    size += 2

    def _rearrange(self, frame: Frame, pricing: Pricing, free: frozenset[int], until: float) -> bool:
        others = [column for person, column in self.columns.items() if person not in free]
        master = Master(frame, _missing(frame))
        for at, column in enumerate([*others, *(self.columns[person] for person in sorted(free))]):
            master.add(column)
            if at < len(others):
                master.fix(at)
        grown = _grow(frame, pricing, master, free, until)
        mine = [column for column in grown if column.person in free]
        left = min(SECONDS_A_CHOICE, until - time.monotonic())
        if left < 0.1:
            return False
        chosen: Chosen | None = choose(frame, mine, others, Limits(time_limit=left, threads=1))
        return chosen is not None and self._take(frame, [*others, *chosen.columns.values()])

    def _part(self, draw: np.random.Generator, size: int) -> frozenset[int]:
        """People drawn by what their lines cost beyond their share, around a day that costs much."""
        people = len(self.problem.people)
        weight = np.array([1.0 + self.columns[at].cost for at in range(people)])
        weight = np.sqrt(weight / weight.sum()) + 0.3 / people
        return frozenset(int(at) for at in draw.choice(people, size, replace=False, p=weight / weight.sum()))


def _grow(frame: Frame, pricing: Pricing, master: Master, free: frozenset[int], until: float) -> list[Column]:
    """Lines of some people that suit the others' as they are."""
    for _ in range(ROUNDS_A_PART):
        if time.monotonic() > until:
            break
        _, prices, _ = master.solve()
        lines = pricing.cheapest(frame.prices(prices), frame.rest, free)
        if not any([master.add(frame.column(line, prices)) for line in lines]):
            break
    return master.columns


def legal(frame: Frame, columns: Sequence[Column]) -> bool:
    """Whether lines that are legal one by one are so together: least cover, and no shift too often."""
    there = np.zeros(len(frame.least))
    for column in columns:
        np.add.at(there, list(column.serves), 1.0)
    by_person = {column.person: column for column in columns}
    return bool((there >= frame.least).all()) and all(
        by_person[person].shifts.count(shift) <= most for person, shift, most in frame.limits
    )


def _missing(frame: Frame) -> float:
    """A price above what any roster's part could cost."""
    dear = float((frame.under * frame.wanted).max(initial=0.0) + frame.over.max(initial=0.0))
    own = frame.own[np.isfinite(frame.own)]
    return 1000.0 + 20.0 * (dear + float(own.max(initial=0.0)))
