"""What follows in each future once the first decisions stand: its cost, and how other decisions would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Solution
from optimizer.solvers.warm import Warm
from optimizer.uncertainty.clock import NEVER, Until
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.rows import stacked

KEPT_ENTRIES: Final = 600_000
"""Up to so many entries of all futures together each future keeps a solver of its own, with its last basis; beyond, one
solver goes from future to future, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One future's least cost in currency, with its values (n,); `slope` (F,) is a subgradient by first decisions.

    `cost` is nan and the others None where nothing that may follow keeps every hard rule.
    """

    cost: float
    slope: Floats | None
    values: Floats | None


@dataclass(slots=True, eq=False)
class Recourse:
    """Solves futures from the basis of the answer before; one at a time, in this process."""

    futures: Futures
    limits: Limits = field(default_factory=Limits)
    _own: dict[int, Warm] = field(default_factory=dict)
    _going: Warm | None = None

    def answers(self, decided: Floats) -> Iterator[Answer]:
        """Every future in turn, where `decided` (F,) stands."""
        for number in range(len(self.futures)):
            yield self.answer(number, decided)

    def answer(self, number: int, decided: Floats) -> Answer:
        """One future."""
        found = self._solved(number, decided)
        if found.values is None or found.objective is None:
            return Answer(float("nan"), None, None)
        slope = None if found.duals is None else found.duals.columns[self._first]
        return Answer(found.objective, slope, found.values)

    @property
    def _first(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.futures.first)

    def _solved(self, number: int, decided: Floats) -> Solution:
        first = self._first
        if number in self._own:
            session = self._own[number]
            lower, upper = _held(session.program, first, decided)
            return session.change(lower=lower, upper=upper)
        program = self.futures.program(number)
        lower, upper = _held(program, first, decided)
        program = replace(program, lower=lower, upper=upper)
        if len(program.data) * len(self.futures) <= KEPT_ENTRIES:
            self._own[number] = Warm(program, self.limits)
            return self._own[number].solve()
        if self._going is None:
            self._going = Warm(program, self.limits)
            return self._going.solve()
        return self._going.to(program)


def foreseen(
    futures: Futures, limits: Limits | None = None, slopes: Floats | None = None, until: Until = NEVER
) -> Floats:
    """(S,) what each future costs at least if it alone were known from the start: wait and see.

    Where first decisions are paid `slopes` (S, F) by each future, what it costs at least beyond that: its cost is then
    at least this + slope @ decided, whatever is decided (dual decomposition: Caroe and Schultz 1999). nan where a
    future has no plan at all. From `until` on the prices of futures solved before bound the others, for want of time.
    """
    costs, session, prices = np.full(len(futures), np.nan), None, None
    for number in range(len(futures)):
        program = _paid(futures, number, slopes)
        if until.over() and number:
            costs[number] = priced(program, prices)
            continue
        if session is None:
            session = Warm(program, limits or Limits())
            answer = session.solve()
        else:
            answer = session.to(program)
        costs[number] = np.nan if answer.bound is None else answer.bound
        prices = answer.duals.rows if answer.duals is not None else prices
    return costs


def _paid(futures: Futures, number: int, slopes: Floats | None) -> Program:
    """One future by itself, with all rules of what is decided first, where that is paid the future's slopes."""
    alone = futures.program(number)
    rows, cost = stacked(futures.early, alone), alone.cost.copy()
    if slopes is not None:
        cost[np.flatnonzero(futures.first)] -= slopes[number]
    return replace(
        alone, cost=cost, indptr=rows.indptr, indices=rows.indices, data=rows.data, row_lower=rows.row_lower,
        row_upper=rows.row_upper, rows=rows.rows,
    )  # fmt: skip


def priced(program: Program, prices: Floats | None) -> float:
    """What a program costs at least, by any prices (m,) of its rows, none where they are not its own: weak duality."""
    rows = np.zeros(len(program.row_lower)) if prices is None or len(prices) != len(program.row_lower) else prices
    side = np.where(rows > 0.0, program.row_lower, program.row_upper)
    rows = np.where(np.isfinite(side), rows, 0.0)
    told = np.repeat(rows, np.diff(program.indptr)) * program.data
    cost = program.cost - np.bincount(program.indices, weights=told, minlength=len(program.cost))
    asked = np.where(rows == 0.0, 0.0, rows * np.where(rows == 0.0, 0.0, side)).sum()
    return float(asked + np.minimum(cost * program.lower, cost * program.upper).sum()) + program.offset


def _held(program: Program, first: NDArray[np.int64], decided: Floats) -> tuple[Floats, Floats]:
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[first] = upper[first] = decided
    return lower, upper
