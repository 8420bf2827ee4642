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
from optimizer.uncertainty.hands import in_order
from optimizer.uncertainty.rows import stacked

KEPT_ENTRIES: Final = 600_000
"""Up to so many entries of all futures together each future keeps a solver of its own, with its last basis; beyond, one
solver goes from future to future, so that memory does not grow with their number."""


LARGE_ENTRIES: Final = 10_000
"""From so many entries on a future is worth a thread; smaller ones are done before it has begun."""


def hands_for(futures: Futures, limits: Limits) -> int:
    """How many futures are solved at a time."""
    large = len(futures) > 1 and len(futures.program(0).data) >= LARGE_ENTRIES
    return min(limits.threads, len(futures)) if large else 1


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
    """Solves futures from the basis of the answer before; several at a time where they are large, in this process."""

    futures: Futures
    limits: Limits = field(default_factory=Limits)
    _own: dict[int, Warm] = field(default_factory=dict)
    _going: dict[int, Warm] = field(default_factory=dict)

    def answers(self, decided: Floats) -> Iterator[Answer]:
        """Every future in turn, where `decided` (F,) stands."""
        hands = hands_for(self.futures, self.limits)
        return in_order(len(self.futures), hands, lambda hand, number: self.answer(number, decided, hand))

    def answer(self, number: int, decided: Floats, hand: int = 0) -> Answer:
        """One future, by one of the hands that share them; each hand works on one at a time."""
        found = self._solved(number, decided, hand)
        if found.values is None or found.objective is None:
            return Answer(float("nan"), None, None)
        slope = None if found.duals is None else found.duals.columns[self._first]
        return Answer(found.objective, slope, found.values)

    @property
    def _first(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.futures.first)

    def _solved(self, number: int, decided: Floats, hand: int) -> Solution:
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
        if hand not in self._going:
            self._going[hand] = Warm(program, self.limits)
            return self._going[hand].solve()
        return self._going[hand].to(program)


def foreseen(
    futures: Futures, limits: Limits | None = None, slopes: Floats | None = None, until: Until = NEVER
) -> Floats:
    """(S,) what each future costs at least if it alone were known from the start: wait and see.

    Where first decisions are paid `slopes` (S, F) by each future, what it costs at least beyond that: its cost is then
    at least this + slope @ decided, whatever is decided (dual decomposition: Caroe and Schultz 1999). nan where a
    future has no plan at all. From `until` on the prices of futures solved before bound the others, for want of time.
    """
    allowed = limits or Limits()
    sessions: dict[int, Warm] = {}
    prices: dict[int, Floats] = {}

    def least(hand: int, number: int) -> float:
        program = _paid(futures, number, slopes)
        if until.over() and hand in sessions:
            return priced(program, prices.get(hand))
        if hand not in sessions:
            sessions[hand] = Warm(program, allowed)
            answer = sessions[hand].solve()
        else:
            answer = sessions[hand].to(program)
        if answer.duals is not None:
            prices[hand] = answer.duals.rows
        return float("nan") if answer.bound is None else answer.bound

    return np.array(list(in_order(len(futures), hands_for(futures, allowed), least)))


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
