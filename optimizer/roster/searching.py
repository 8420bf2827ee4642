"""From nothing to a good roster beside its proof: prices and a bound, a dive to a first roster, part after part."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.choosing import choose, cost_of
from optimizer.roster.generating import generate, whole_bound
from optimizer.roster.master import Column, Frame, Master, roster_of
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Roster, RosterProblem
from optimizer.solution import Limits

ROUNDS_A_PART: Final = 15
ROUNDS_A_DIVE: Final = 6
SECONDS_A_CHOICE: Final = 5.0
SURE: Final = 1e-6
NEARLY_WHOLE: Final = 0.9
"""Lines of which the relaxation takes more are fixed along with the surest one."""

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
        everybody = frozenset(range(len(self.problem.people)))
        while len(fixed) < len(everybody) and not self.done and (time.monotonic() < until or not self.columns):
            generate(frame, pricing, master, until=until, most=ROUNDS_A_DIVE, only=everybody - fixed.keys())
            _, _, taken = master.solve()
            surest = [
                int(at) for at in np.argsort(-taken)
                if master.columns[at].person not in fixed and taken[at] > SURE and self._may(frame, master.columns[at])
            ]  # fmt: skip
            if not surest:
                break
            for at in surest:
                column = master.columns[at]
                if column.person not in fixed and (at == surest[0] or taken[at] > NEARLY_WHOLE):
                    fixed[column.person] = at
                    master.fix(at)
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
        """Free a part, ask for lines that suit the rest, choose anew; a kind of part that gains is drawn more often."""
        draw = np.random.default_rng(self.seed)
        kinds = tuple(Part(part, size) for part, size in PARTS)
        while self.columns and not self.done and time.monotonic() < until - 0.3:
            gains = np.array([kind.gains for kind in kinds])
            kind = kinds[int(draw.choice(len(kinds), p=gains / gains.sum()))]
            allowed, free = kind.part(self, draw, kind.size)
            better = self._rearrange(frame.within(allowed), pricing, free, until)
            kind.heed(better=better)

    def _rearrange(self, frame: Frame, pricing: Pricing, free: frozenset[int], until: float) -> bool:
        """The best that the lines of some people can be made to, within a frame that allows few."""
        master = Master(frame, _missing(frame))
        others = [self.columns[person] for person in self.columns if person not in free]
        for at, column in enumerate([*others, *(self.columns[person] for person in sorted(free))]):
            master.add(column)
            if at < len(others):
                master.fix(at)
        generate(frame, pricing, master, until=until, most=ROUNDS_A_PART, only=free)
        mine = [column for column in master.columns if column.person in free]
        left = min(SECONDS_A_CHOICE, until - time.monotonic())
        if left < 0.1:
            return False
        chosen = choose(frame, mine, others, Limits(time_limit=left, threads=1))
        return chosen is not None and self._take(frame, [*others, *chosen.columns.values()])

    def cells(self) -> NDArray[np.bool_]:
        """(P, D, S + 1) what the best roster does on each day, a day off last."""
        problem = self.problem
        found = np.zeros((len(problem.people), problem.days, len(problem.shifts) + 1), dtype=np.bool_)
        for person, column in self.columns.items():
            found[person, np.arange(problem.days), list(column.shifts)] = True  # NO_SHIFT counts from the end
        return found


def some_people(search: Search, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """Some people all days, drawn by what their lines cost."""
    people = len(search.problem.people)
    weight = np.sqrt([1.0 + search.columns[at].cost for at in range(people)])
    weight = weight / weight.sum() + 1.0 / people
    free = draw.choice(people, min(size, people), replace=False, p=weight / weight.sum())
    allowed = search.cells()
    allowed[free] = True
    return allowed, frozenset(int(at) for at in free)


def some_days(search: Search, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """Everybody on some days in a row, around a day whose cover costs."""
    frame_days = search.problem.days
    first = int(draw.integers(1 - size // 2, max(2 - size // 2, frame_days - size // 2)))
    allowed = search.cells()
    allowed[:, max(0, first) : first + size] = True
    return allowed, frozenset(range(len(search.problem.people)))


def some_of_both(search: Search, draw: np.random.Generator, size: int) -> tuple[NDArray[np.bool_], frozenset[int]]:
    """Half of the people on about half of the days, and a few of them throughout."""
    people, days = len(search.problem.people), search.problem.days
    free = draw.choice(people, max(2, people // 2), replace=False)
    first = int(draw.integers(0, max(1, days - days // 2)))
    allowed = search.cells()
    allowed[free, first : first + days // 2] = True
    allowed[free[:size]] = True
    return allowed, frozenset(int(at) for at in free)


PARTS: Final = ((some_people, 8), (some_people, 12), (some_days, 5), (some_days, 8), (some_of_both, 4))
"""Kinds of parts with their size."""


@dataclass(slots=True)
class Part:
    """A kind of part and how well it did of late."""

    part: Callable[[Search, np.random.Generator, int], tuple[NDArray[np.bool_], frozenset[int]]]
    size: int
    gains: float = 1.0

    def heed(self, *, better: bool) -> None:
        """Count what came of it; no kind is ever given up."""
        self.gains = max(0.2, 0.8 * self.gains + (1.0 if better else 0.0))


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
