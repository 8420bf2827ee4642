"""The best first decisions for many futures: extensive form where it is quick, the L-shaped method beyond."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.program import Floats
from optimizer.scenario.uncertainty import Risk
from optimizer.solution import Limits, Status, Watch, relative_gap
from optimizer.solvers import solve
from optimizer.uncertainty.clock import Until
from optimizer.uncertainty.errors import NoDecision, NoneInTime, UncertaintyError
from optimizer.uncertainty.extensive import cost_bounds, extensive
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.guide import every_slope, guided
from optimizer.uncertainty.known import Known
from optimizer.uncertainty.lshaped import in_full, l_shaped
from optimizer.uncertainty.recourse import Recourse, foreseen
from optimizer.uncertainty.risk import weighed

EXTENSIVE_COLUMNS: Final = 100_000
"""Up to so many columns the extensive form is the quicker way."""

START_FUTURES: Final = 40
START_COLUMNS: Final = 30_000
"""The L-shaped method starts from what is best for so many of the futures, at most so many columns, in this share of
the time, at least so many seconds."""

START_TIME: Final = 0.25

GUIDE_TIME: Final = 0.4
GUIDE_TIME_BESIDE: Final = 0.2
"""Of the time, what a rough answer to all futures may take: alone, and beside such a start."""

SLOPES_TIME: Final = 0.3
HEIGHTS_TIME: Final = 0.5
"""Of the time left then, what the slopes and then the heights of a first bound of every future may take."""

LEAST_SECONDS: Final = 1.0

METHODS: Final = ("auto", "extensive", "l_shaped")


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """`decided` (F,): every column of the first stage. `costs` (S,) is what each future then costs in all, in currency.

    `objective` is what was made least, `bound` the least it can be for these futures, as far as proven; `status` says
    what that proves at the gap asked for, `why` the method and its reason, `seconds` what it took.
    """

    futures: Futures
    decided: Floats
    costs: Floats
    objective: float
    bound: float | None
    status: Status
    method: str
    why: str
    seconds: float

    @property
    def gap(self) -> float | None:
        """How far the objective can be above the least, as a share of it."""
        return relative_gap(self.objective, self.bound)

    @property
    def columns(self) -> Floats:
        """(n,) the program's columns with what is decided first, 0 for the rest."""
        values = np.zeros(len(self.futures.first))
        values[self.futures.first] = self.decided
        return values


def decide(
    futures: Futures,
    *,
    risk: Risk | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
    method: str = "auto",
) -> Decided:
    """The first decisions that cost least over all futures, those that may be whole in whole numbers.

    Raises NoDecision where none lets every future keep the hard rules, NoneInTime where none was found in the time.
    """
    allowed, begun = limits or Limits(), time.monotonic()
    picked, why = _picked(futures, method)
    found = (_by_extensive if picked == "extensive" else _by_cuts)(replace(futures, tight=True), risk, allowed, watch)
    objective = weighed(found[1], futures.weights, risk)
    bound = None if found[2] is None or not np.isfinite(found[2]) else min(found[2], objective)
    status = _status(objective, bound, allowed.gap)
    seconds = time.monotonic() - begun
    return Decided(futures, found[0], found[1], objective, bound, status, picked, why, seconds)


def cost_of(futures: Futures, decided: Floats, limits: Limits | None = None) -> Floats:
    """(S,) what each future costs where `decided` (F,) stands; nan where hard rules leave it no way to go on."""
    return np.array([answer.cost for answer in Recourse(futures, limits or Limits()).answers(decided)])


def _picked(futures: Futures, method: str) -> tuple[str, str]:
    columns = int(futures.first.sum()) + len(futures) * int((~futures.first).sum())
    if method != "auto":
        return method, f"{method} was asked for"
    if columns <= EXTENSIVE_COLUMNS:
        return "extensive", f"{len(futures)} futures side by side, {columns:,} columns"
    return "l_shaped", f"{columns:,} columns side by side are too many: future by future, with cuts"


_Raw = tuple[Floats, Floats, float | None]
"""What is decided (F,), what each future costs (S,), and the bound."""


def _by_extensive(futures: Futures, risk: Risk | None, limits: Limits, watch: Watch | None) -> _Raw:
    form = extensive(futures, risk)
    answer = solve(form.program, solver="highs", limits=replace(limits, hint=None), watch=watch)
    if answer.values is None:
        raise _no_plan(answer.status, answer.message)
    width, bound = len(futures.first), None if answer.bound is None else answer.bound / form.scale
    costs = [float(futures.cost(s) @ form.in_future(answer.values, s, width)) for s in range(len(futures))]
    return form.decided(answer.values), np.array(costs) + futures.built.program.offset, bound


def _by_cuts(futures: Futures, risk: Risk | None, limits: Limits, watch: Watch | None) -> _Raw:
    until, large = Until.after(limits.time_limit), not in_full(futures)
    start = None if large else _start(futures, risk, limits)
    seconds = min((GUIDE_TIME if large else GUIDE_TIME_BESIDE) * limits.time_limit, until.left())
    guide = guided(futures, risk, replace(limits, time_limit=max(seconds, LEAST_SECONDS)))
    slopes = every_slope(futures, guide, until.part(SLOPES_TIME))
    heights = foreseen(futures, slopes=slopes, until=until.part(HEIGHTS_TIME))
    known = Known.sure(heights, slopes, cost_bounds(futures)[0])
    if large and (guide is None or not known.has_plans):
        start = _start(futures, risk, replace(limits, time_limit=max(until.left(), LEAST_SECONDS)))
    left = replace(limits, time_limit=max(until.left(), LEAST_SECONDS))
    lean = None if guide is None else guide.decided
    found = l_shaped(futures, start, known, lean=lean, risk=risk, limits=left, watch=watch)
    if found is None:
        raise NoneInTime("no first decision was found in the time from which every future can go on")
    return found.decided, found.costs, found.bound


def _start(futures: Futures, risk: Risk | None, limits: Limits) -> Floats:
    """(F,) what is best for a few of the futures, ever fewer until a plan for them is found in time."""
    until = Until.after(limits.time_limit)
    few = min(START_FUTURES, len(futures), max(START_COLUMNS // max(int((~futures.first).sum()), 1), 1))
    while True:
        form = extensive(futures.part(range(few)), risk)
        seconds = max(START_TIME * until.left(), LEAST_SECONDS)
        answer = solve(form.program, solver="highs", limits=replace(limits, time_limit=seconds))
        if answer.values is not None:
            return form.decided(answer.values)
        if few == 1 or answer.status is Status.INFEASIBLE:
            raise _no_plan(answer.status, answer.message)
        few = max(few // 4, 1)


def _no_plan(status: Status, message: str) -> UncertaintyError:
    if status is Status.INFEASIBLE:
        said = (
            "no first decision lets every future keep the hard rules: put a price in place of hard: true, or give room"
        )
        return NoDecision(said)
    return NoneInTime(f"no plan for all futures was found: {message or status}")


def _status(objective: float, bound: float | None, gap: float) -> Status:
    left = relative_gap(objective, bound)
    if left is None or left > gap:
        return Status.TIME_LIMIT
    return Status.OPTIMAL if left <= 1e-6 else Status.WITHIN_GAP
