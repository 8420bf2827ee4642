"""The relaxation of a program too large to be solved at once, window by window: forwards for a point that holds,
backwards for prices of all rows, which prove a bound (rolling.py tells why).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Solution
from optimizer.solvers.rolling_cut import Cut, cut
from optimizer.solvers.rolling_piece import Pieces, Priced, dual_bound
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.slices import placed
from optimizer.solvers.search.standing import Standing

WINDOWS: Final = {20_000: 20.0, 10_000: 8.0, 5_000: 3.0}
"""Columns in a window, for each part, and about the seconds that rolling 100,000 columns takes by it.

At 210,000 columns these came within 1, 3 and 6 % of the relaxation, which took a minute itself.
"""

STEADY_WINDOW: Final = 10_000
"""The window where no clock may decide; bounds are sought by it, too."""

ROLL_SHARE: Final = 0.1
"""Rolling forwards should take no more than this part of the time."""

HUGE: Final = 400_000
"""A program of more columns needs everybody to roll it."""

AHEAD, BEHIND = 0.3, 0.15
"""How far a window looks beyond what it decides, forwards and backwards, as a share of its length."""

JOINT_WINDOW: Final = 15_000
"""Columns in a window of all parts together."""

BOUND_SHARE: Final = 0.1
"""Better bounds are sought, each looking twice as far as the one before, for this part of the time."""


@dataclass(slots=True)
class Rolled:
    """One relaxation: `point` (n,) holds where it is not None."""

    standing: Standing
    program: Program
    workers: int
    point: Floats | None = None
    prices: Floats | None = None

    @classmethod
    def of(cls, standing: Standing, map_: Map) -> Rolled:
        """Ready to roll."""
        return cls(standing, placed(map_), 1 if standing.steady else max(1, standing.limits.threads))

    def forwards(self) -> Floats | None:
        """A point that holds, window by window; None where there is none, or the time is up."""
        self.point = self._rolled(cut(self.program, self._window()), AHEAD)
        return self.point

    def prove(self) -> None:
        """Bounds for the standing; where columns join parts, with all parts together, for else nobody prices those."""
        if self.point is None:
            return
        plan = cut(self.program, STEADY_WINDOW)
        if plan.parts > 1 and bool((plan.part < 0).any()):
            plan = cut(self.program, max(1, JOINT_WINDOW // plan.parts)).whole()
        self._prove(plan, self.point)

    def _prove(self, plan: Cut, point: Floats) -> None:
        """Again and again, each looking twice as far as the one before, until that has taken its share of the time."""
        share = 1.0
        while True:
            begun = self.standing.left()
            prices = self._priced(plan, point, share * BEHIND)
            if prices is None:
                return
            self.standing.prove(dual_bound(self.program, prices))
            share *= 2.0
            spent = begun - self.standing.left()
            limit = BOUND_SHARE * self.standing.limits.time_limit
            if self.standing.steady or share > len(plan.starts) - 1 or 3.0 * spent > limit:
                return
            self.prices = prices
            again = self._rolled(plan, share * AHEAD)
            if again is None:
                return
            point = again

    def _window(self) -> int:
        """The largest window for which rolling is likely to take no more than its share of the time."""
        standing = self.standing
        if standing.steady:
            return STEADY_WINDOW
        workers = min(self.workers, cut(self.program).parts)
        left = ROLL_SHARE * standing.left() * workers
        return next(
            (size for size, each in WINDOWS.items() if each * len(self.program.cost) / 1e5 <= left), min(WINDOWS)
        )

    def _rolled(self, plan: Cut, share: float) -> Floats | None:
        """Window by window; one that what was fixed leaves no room joins the window before it."""
        pieces, window = Pieces(self.program, plan), 0
        while window < len(plan.starts) - 1:
            start, end = plan.starts[window : window + 2]
            ahead = min(plan.starts[-1], end + _reach(end - start, share))
            jobs = [pieces.ahead(part, start, ahead, self.prices) for part in range(plan.parts)]
            found = self._solved(jobs)
            if found is None:
                if self.standing.over or (window == 0 and plan.parts == 1):
                    return None
                plan, window = (plan.without(window), window - 1) if window else (plan.whole(), 0)
                pieces.forget(plan, plan.starts[window])
                continue
            for job, solution in found:
                pieces.fix(job, solution, end)
            window += 1
        return np.clip(pieces.values, self.program.lower, self.program.upper)

    def _priced(self, plan: Cut, point: Floats, share: float) -> Floats | None:
        """Prices (m,) of all rows, from the last window to the first; None if one was not solved."""
        pieces, prices = Pieces(self.program, plan, point.copy()), np.zeros(len(self.program.row_lower))
        for start, end in reversed(list(pairwise(plan.starts))):
            back = max(0, start - _reach(end - start, share))
            jobs = [pieces.behind(part, back, end, prices) for part in range(plan.parts)]
            found = self._solved(jobs)
            if found is None:
                return None
            for job, solution in found:
                pieces.price(job, solution, start, prices)
        return prices

    def _solved(self, jobs: Sequence[Priced]) -> list[tuple[Priced, Solution]] | None:
        """The answers to all, or None if one is impossible or not solved in time."""
        self.standing.work()
        with ThreadPoolExecutor(self.workers) as pool:
            found = list(pool.map(lambda job: self._answer(job.program), jobs))
        if any(each is None or each.values is None or each.duals is None for each in found):
            return None
        return [(job, each) for job, each in zip(jobs, found, strict=True) if each is not None]

    def _answer(self, program: Program) -> Solution | None:
        if self.standing.over:
            return None
        limits = replace(self.standing.limits, time_limit=max(0.0, self.standing.left()), hint=None)
        return run_highs(program, limits, {})


def _reach(length: int, share: float) -> int:
    return max(1, round(length * share))
