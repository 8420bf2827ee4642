"""The cheapest line of every person under given prices of shifts: one walk over the days, people side by side."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.automaton import OFF, Automaton, Contract, State, Step, Symbol, Working, alike
from optimizer.roster.problem import Limits, Person, RosterProblem

Floats = NDArray[np.float64]

NO_SHIFT = -1


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A person's line as shift numbers (NO_SHIFT for a day off), and what it costs under the prices."""

    person: int
    shifts: tuple[int, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class _Into:
    """Where a symbol leads: to state `target` from states `sources` at `costs`."""

    target: int
    sources: NDArray[np.intp]
    costs: Floats


class Pricing:
    """Lines of the people of a problem. Raises UnfitRules for rules that can't be searched so."""

    def __init__(self, problem: RosterProblem) -> None:
        self.problem = problem
        self.teams = [_Team(problem, contract, members) for contract, members in alike(problem.people).items()]
        self._chosen: tuple[frozenset[int], list[_Team]] = frozenset(), []

    def cheapest(self, prices: Floats, rest: Floats, only: frozenset[int] | None = None) -> list[PricedLine]:
        """One line for each person (of `only`) who has a legal one, by person.

        `prices` (P, D, S) of working a shift on a day, inf where she may not; `rest` (P, D) of a day off.
        """
        teams = self.teams if only is None else self._some(only)
        found = [line for team in teams for line in team.cheapest(prices, rest)]
        return sorted(found, key=lambda line: line.person)

    def _some(self, only: frozenset[int]) -> list[_Team]:
        """Teams of some people; the last such choice is kept, for it is asked many times over."""
        if self._chosen[0] != only:
            teams = [team.of(only) for team in self.teams]
            self._chosen = only, [team for team in teams if team.members]
        return self._chosen[1]


class _Team:
    """People who share an automaton."""

    def __init__(self, problem: RosterProblem, contract: Contract, members: Sequence[int]) -> None:
        self.members = list(members)
        self.people = [problem.people[at] for at in members]
        self.problem = problem
        self.automaton = Automaton(problem, contract)
        self.days = problem.days
        self.weekend = _weekend_days(problem)
        self.sums = _size(self.automaton.sums, self.days * max((s.size for s in self.automaton.symbols), default=0))
        self.weekends = _weekends(contract.weekends, len(problem.weekends()), [p.before.weekends for p in self.people])
        self.into = {symbol: _into(steps) for symbol, steps in self.automaton.steps.items()}

    def of(self, only: frozenset[int]) -> _Team:
        """The same with some of its members."""
        found = copy(self)
        found.members = [at for at in self.members if at in only]
        found.people = [self.problem.people[at] for at in found.members]
        return found

    def cheapest(self, prices: Floats, rest: Floats) -> list[PricedLine]:
        """The cheapest line of each member."""
        mine, off = prices[self.members], rest[self.members]
        best = np.stack([mine[:, :, list(symbol.shifts)].min(axis=2) for symbol in self.automaton.symbols], axis=2)
        tables = [self._begin(best[:, 0], off[:, 0])]
        for day in range(1, self.days):
            tables.append(self._next(tables[-1], day, best[:, day], off[:, day]))
        ends = tables[-1] + self._end_cost()[None]
        return [
            line for at in range(len(self.members)) if (line := self._line(at, ends, tables, mine, off)) is not None
        ]

    def _begin(self, best: Floats, off: Floats) -> Floats:
        """(state, person, sum, weekends) after day 0."""
        table = self._empty()
        for at, person in enumerate(self.people):
            start = self.automaton.start(person)
            for symbol in (OFF, *range(len(self.automaton.symbols))):
                price = float(off[at] if symbol == OFF else best[at, symbol])
                state, cost = (
                    (self.automaton.first(symbol), 0.0) if start is None else self.automaton.then(start, symbol)
                )
                if np.isfinite(price + cost):
                    size, weekend, half = self._adds(symbol, 0, working=start is not None and _works(start))
                    cell = self.automaton.number[state], at, size, weekend
                    if size < self.sums and weekend < self.weekends:
                        table[cell] = min(table[cell], price + cost + half)
        return table

    def _next(self, table: Floats, day: int, best: Floats, off: Floats) -> Floats:
        """The table a day later."""
        found = self._empty()
        working = np.array([_works(state) for state in self.automaton.states], dtype=np.bool_)
        for symbol, into in self.into.items():
            price = off if symbol == OFF else best[:, symbol]
            for each in into:
                for was in (False, True):
                    pick = working[each.sources] == was
                    if pick.any():
                        size, weekend, half = self._adds(symbol, day, working=was)
                        least = (table[each.sources[pick]] + each.costs[pick][:, None, None, None]).min(axis=0)
                        self._lay(found[each.target], least + (price + half)[:, None, None], size, weekend)
        return found

    def _lay(self, target: Floats, values: Floats, size: int, weekend: int) -> None:
        """Into a state's cells, `size` and `weekend` further on."""
        into = target[:, size:, weekend:]
        np.minimum(into, values[:, : self.sums - size, : self.weekends - weekend], out=into)

    def _adds(self, symbol: int, day: int, *, working: bool) -> tuple[int, int, float]:
        """What a symbol adds to the sum and the weekends, and what half a weekend costs; `working` the day before."""
        weekend, second = self.weekend[day]
        half = self.automaton.contract.half_weekend
        if symbol == OFF:
            return 0, 0, half if second and working else 0.0
        size = self.automaton.symbols[symbol].size
        if not weekend or (second and working):
            return size, 0, 0.0
        return size, 1, half if second else 0.0

    def _empty(self) -> Floats:
        return np.full((len(self.automaton.states), len(self.members), self.sums, self.weekends), np.inf)

    def _end_cost(self) -> Floats:
        """(person, sum, weekends) what the sums cost in the end."""
        sums, weekends = self.automaton.sums, self.automaton.contract.weekends
        found = np.zeros((len(self.people), self.sums, self.weekends))
        for at, person in enumerate(self.people):
            before = 0 if self.automaton.unit else person.before.assignments
            found[at] += np.array([_cost(sums, before + each, each) for each in range(self.sums)])[:, None]
            worked = [_cost(weekends, person.before.weekends + each, each) for each in range(self.weekends)]
            found[at] += np.array(worked)[None, :]
        return found

    def _line(self, at: int, ends: Floats, tables: Sequence[Floats], prices: Floats, off: Floats) -> PricedLine | None:
        """The cheapest line of member `at`, walked back from its end."""
        state, total, weekends = (int(each) for each in np.unravel_index(int(ends[:, at].argmin()), ends[:, at].shape))
        cost = float(ends[state, at, total, weekends])
        if not np.isfinite(cost):
            return None
        shifts: list[int] = []
        cell = state, total, weekends
        for day in range(self.days - 1, -1, -1):
            symbol, cell = self._back(at, day, cell, tables, prices, off)
            shifts.append(self._shift(symbol, prices[at, day]))
        return PricedLine(self.members[at], tuple(reversed(shifts)), cost)

    def _back(
        self, at: int, day: int, cell: tuple[int, int, int], tables: Sequence[Floats], prices: Floats, off: Floats
    ) -> tuple[int, tuple[int, int, int]]:
        """The symbol of a day and the cell of the day before (of no meaning for day 0)."""
        value = float(tables[day][cell[0], at, cell[1], cell[2]])
        nearest: tuple[float, int, tuple[int, int, int]] | None = None
        for symbol, before, cost in self._ways(at, day, cell, tables, prices, off):
            away = abs(cost - value)
            if nearest is None or away < nearest[0]:
                nearest = away, symbol, before
        if nearest is None:
            raise AssertionError("a cell that nothing leads to has a cost")
        return nearest[1], nearest[2]

    def _ways(
        self, at: int, day: int, cell: tuple[int, int, int], tables: Sequence[Floats], prices: Floats, off: Floats
    ) -> list[tuple[int, tuple[int, int, int], float]]:
        """Every symbol that leads to a cell, from where, and the cost it would give."""
        state, total, weekends = cell
        found = []
        for symbol in (OFF, *range(len(self.automaton.symbols))):
            price = float(off[at, day] if symbol == OFF else self._price(symbol, prices[at, day]))
            if not np.isfinite(price):
                continue
            for source, was, cost in self._sources(at, day, symbol, state):
                size, weekend, half = self._adds(symbol, day, working=was)
                before = source, total - size, weekends - weekend
                if before[1] >= 0 and before[2] >= 0:
                    earlier = 0.0 if day == 0 else float(tables[day - 1][source, at, before[1], before[2]])
                    fits = day > 0 or (before[1] == 0 and before[2] == 0)
                    found += [(symbol, before, earlier + cost + price + half)] if fits else []
        return found

    def _sources(self, at: int, day: int, symbol: int, state: int) -> list[tuple[int, bool, float]]:
        """States from which a symbol leads to `state`, whether they work, and the step's cost."""
        if day > 0:
            steps = [step for step in self.automaton.steps[symbol] if step.target == state]
            return [(step.source, _works(self.automaton.states[step.source]), step.cost) for step in steps]
        start = self.automaton.start(self.people[at])
        then, cost = (self.automaton.first(symbol), 0.0) if start is None else self.automaton.then(start, symbol)
        reached = np.isfinite(cost) and self.automaton.number[then] == state
        return [(0, start is not None and _works(start), cost)] if reached else []

    def _price(self, symbol: int, prices: Floats) -> float:
        return float(prices[list(self.automaton.symbols[symbol].shifts)].min())

    def _shift(self, symbol: int, prices: Floats) -> int:
        if symbol == OFF:
            return NO_SHIFT
        alike_shifts: Symbol = self.automaton.symbols[symbol]
        return min(alike_shifts.shifts, key=lambda shift: float(prices[shift]))


def _works(state: State) -> bool:
    return isinstance(state, Working)


def _into(steps: Sequence[Step]) -> list[_Into]:
    targets: dict[int, list[Step]] = {}
    for step in steps:
        targets.setdefault(step.target, []).append(step)
    return [
        _Into(target, np.array([s.source for s in found]), np.array([s.cost for s in found]))
        for target, found in targets.items()
    ]


def _weekend_days(problem: RosterProblem) -> list[tuple[bool, bool]]:
    """Of each day whether it is of a weekend, and whether it is the second day of one that is whole."""
    found = [(False, False)] * problem.days
    for days in problem.weekends():
        for at, day in enumerate(days):
            found[day] = True, at == 1
    return found


def _size(limits: Limits, most: int) -> int:
    """How many sums are told apart: up to the hard limit, or all there can be."""
    return min(limits.high if limits.over is None else most, most) + 1


def _weekends(limits: Limits, count: int, before: Sequence[int]) -> int:
    """How many numbers of weekends are told apart."""
    if limits.over is not None:
        return count + 1
    return min(count, max(0, limits.high - min(before, default=0))) + 1


def _cost(limits: Limits, count: int, inside: int) -> float:
    """What a sum costs; too many count only as far as they lie inside."""
    missing, excess = limits.missing(count), min(limits.excess(count), inside)
    under = 0.0 if not missing else np.inf if limits.under is None else missing * limits.under
    over = 0.0 if not excess else np.inf if limits.over is None else excess * limits.over
    return under + over


def person_prices(problem: RosterProblem, person: Person) -> tuple[Floats, Floats]:
    """(D, S) what a person's wishes make each shift cost, inf where she may not work it; (D,) a day off."""
    numbers = {shift.name: at for at, shift in enumerate(problem.shifts)}
    prices, rest = np.zeros((problem.days, len(problem.shifts))), np.zeros(problem.days)
    for wish in (each for each in problem.wishes if each.person == person.name):
        asked = np.ones(len(problem.shifts), dtype=np.bool_)
        if wish.shift:
            asked = np.arange(len(problem.shifts)) == numbers[wish.shift]
        if wish.working:
            prices[wish.day, ~asked] += wish.weight
            rest[wish.day] += wish.weight
        else:
            prices[wish.day, asked] += wish.weight
    for day in person.days_off:
        prices[day] = np.inf
    for shift, most in person.most_of.items():
        if most == 0:
            prices[:, numbers[shift]] = np.inf
    return prices, rest
