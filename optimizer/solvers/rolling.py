"""Long linear programs window by window, forwards for a plan and backwards for a bound that proves how good it is.

Forwards, each window is solved with a look ahead, and its own part is fixed. Backwards, each window is solved with the
rows that it shares with later windows priced as those priced them, so that the prices of all windows together are
prices of the whole program: with column bounds finite, any prices give a bound on its least cost (Lagrange). Each round
looks further than the one before, and knows what its rows were worth.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Event
from typing import Final

import numpy as np

from optimizer.program import TIME, Floats, Program
from optimizer.solution import Limits, Progress, Solution, Status, Watch, relative_gap
from optimizer.solvers.attempt import package_version, plain_claim
from optimizer.solvers.errors import UnsuitableSolver
from optimizer.solvers.mathopt import highs
from optimizer.solvers.rolling_cut import PIECE_COLUMNS, Cut, cut
from optimizer.solvers.rolling_piece import Pieces, Priced, dual_bound
from optimizer.solvers.session import SESSION
from optimizer.solvers.verify import Claim, Run, broken, settle, tidied

AHEAD: Final = 0.3
"""The first look ahead, as a share of a window."""

BEHIND: Final = 0.5
"""How far a window looks back when prices are sought, as a share of the look ahead."""


def rolling(program: Program, limits: Limits, watch: Watch | None = None, *, piece: int = PIECE_COLUMNS) -> Solution:
    """Roll over windows of about `piece` columns until the gap asked for is proven or the time is up.

    Raises UnsuitableSolver for whole-number columns, and for programs whose columns do not say when they are.
    """
    if program.is_whole:
        raise UnsuitableSolver("rolling: it prices windows, and some columns must be whole numbers")
    if not any(TIME in block.labels for block in program.columns):
        raise UnsuitableSolver("rolling: no column says when it is")
    roll = _Roll(program, limits, watch, piece)
    with SESSION.stoppable(roll.stop.set):
        claim = plain_claim(program) or roll.run()
    run = Run("rolling", f"OR-Tools {package_version('ortools')}", roll.seconds, tuple(roll.history))
    return settle(program, claim, limits, run)


@dataclass(slots=True)
class _Roll:
    """One run: the best plan and bound so far, and the prices of rows that gave it."""

    program: Program
    limits: Limits
    watch: Watch | None
    piece: int
    stop: Event = field(default_factory=Event)
    history: list[Progress] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    best: Floats | None = None
    incumbent: float | None = None
    bound: float | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def run(self) -> Claim:
        """Rounds of forwards and backwards, each looking further ahead, until one holds the whole horizon."""
        plan, prices, share = cut(self.program, self.piece), None, AHEAD
        try:
            while True:
                plan, values = self._forwards(plan, prices, share)
                self._offer(values)
                prices = self._backwards(plan, values, share * BEHIND)
                self._prove(prices)
                share *= 2.0
                gap = relative_gap(self.incumbent, self.bound)
                if gap is None or gap <= self.limits.gap or share > len(plan.starts) - 1:
                    break
        except _ImpossibleError as error:
            return Claim(Status.INFEASIBLE, message=str(error))
        except _EndedError as error:
            return Claim(Status.TIME_LIMIT, self.best, self.bound, str(error))
        told = f"rolled over {len(plan.starts) - 1} windows, {plan.parts} parts each"
        return Claim(Status.TIME_LIMIT, self.best, self.bound, told)

    def _forwards(self, plan: Cut, prices: Floats | None, share: float) -> tuple[Cut, Floats]:
        """A plan, window by window; one that what was fixed leaves no room joins the window before it."""
        pieces, window = Pieces(self.program, plan), 0
        while window < len(plan.starts) - 1:
            start, end = plan.starts[window : window + 2]
            ahead = min(plan.starts[-1], end + _reach(end - start, share))
            jobs = [pieces.ahead(part, start, ahead, prices) for part in range(plan.parts)]
            found = self._solved(jobs)
            if found is None:
                plan, window = _joined(plan, window)
                pieces.forget(plan, plan.starts[window])
                continue
            for job, solution in zip(jobs, found, strict=True):
                pieces.fix(job, solution, end)
            window += 1
        return plan, pieces.values

    def _backwards(self, plan: Cut, values: Floats, share: float) -> Floats:
        """Prices (m,) of all rows, from the last window to the first."""
        pieces, prices = Pieces(self.program, plan, values), np.zeros(len(self.program.row_lower))
        for start, end in reversed(list(pairwise(plan.starts))):
            back = max(0, start - _reach(end - start, share))
            jobs = [pieces.behind(part, back, end, prices) for part in range(plan.parts)]
            found = self._solved(jobs)
            if found is None:
                raise _EndedError("a window of a plan that holds was found impossible")
            for job, solution in zip(jobs, found, strict=True):
                pieces.price(job, solution, start, prices)
        return prices

    def _solved(self, jobs: Sequence[Priced]) -> list[Solution] | None:
        """The answers, or None if one is impossible. Raises _EndedError when time is up or a solver fails."""
        left = self.limits.time_limit - self.seconds
        if left <= 0.0 or self.stop.is_set():
            raise _EndedError("the time was up before all windows were solved")
        limits = replace(self.limits, time_limit=left, threads=1, hint=None, memory_gib=None)
        with ThreadPoolExecutor(max(1, self.limits.threads)) as pool:
            found = list(pool.map(lambda job: highs(job.program, limits), jobs))
        if any(each.status is Status.INFEASIBLE for each in found):
            return None
        if any(each.values is None or each.duals is None for each in found):
            failed = next(each for each in found if each.values is None or each.duals is None)
            raise _EndedError(f"a window ended as {failed.status}: {failed.message}")
        return found

    def _offer(self, values: Floats) -> None:
        """Take a plan that holds as a whole and is better; raises _EndedError for one that does not hold."""
        tidy = tidied(self.program, values)
        fault = broken(self.program, tidy)
        if fault:
            raise _EndedError(f"windows that hold one by one do not hold together: {fault}")
        cost = self.program.objective(tidy)
        if self.incumbent is None or cost < self.incumbent:
            self.best, self.incumbent = tidy, cost
            SESSION.keep(tidy)
        self._report()

    def _prove(self, prices: Floats) -> None:
        found = dual_bound(self.program, prices)
        self.bound = found if self.bound is None else max(self.bound, found)
        self._report()

    def _report(self) -> None:
        progress = Progress(self.seconds, self.incumbent, self.bound)
        self.history.append(progress)
        if self.watch is not None:
            self.watch(progress)


class _EndedError(Exception):
    """Nothing more will come of this run."""


class _ImpossibleError(Exception):
    """A relaxation of the whole program has no plan."""


def _reach(length: int, share: float) -> int:
    return max(1, round(length * share))


def _joined(plan: Cut, window: int) -> tuple[Cut, int]:
    """What to try after a window was impossible: first with the one before it, at last all parts together."""
    if window:
        return plan.without(window), window - 1
    if plan.parts > 1:
        return plan.whole(), 0
    raise _ImpossibleError("the first window alone has no plan, whatever the later ones do")
