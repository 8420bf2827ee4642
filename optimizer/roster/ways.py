"""Everybody's automaton as flat arrays, so that compiled code walks it: teams one after another, then their members."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.automaton import OFF, Automaton, Contract, State, Working, alike
from optimizer.roster.problem import ANY_NUMBER, Limits, Person, RosterProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NO_STATE: Final = -1

NO_SHIFT: Final = -1
"""A day off in a line of shift numbers."""


class Ways(NamedTuple):
    """The walks of all people; T teams, D days, S shifts, P people; `_at` arrays tell where things in a row begin.

    `team` (P,). By team: `states`, `sums` (T,) and `weekends` (T, D) sizes; `symbol_at` (T + 1,) symbols, the last of
    each a day off, `symbol_size` what each adds to the sum, `symbol_of` (T, S + 1) the symbol of a shift (and of a day
    off) from its team's first; `group_at` (T + 1,) groups of arcs that share target, kind and whether the day before
    was worked, with `group_first` and `group_last` their symbols; `arc_at` arcs of each group with source and cost.
    `low`, `high` (T, D) the sums that can matter after each day. `add` and `half` (T, D, 2, 2) weekends counted and
    the price of half a one, by whether the day is off and the day before was worked. By person: `begin` (P, Y) state
    after day 0 by symbol, `begin_cost`, `worked` the day before day 0, `end` (P, weekends, sums) the cost of the sums.
    """

    team: Ints
    states: Ints
    sums: Ints
    weekends: Ints
    symbol_at: Ints
    symbol_size: Ints
    symbol_of: Ints
    group_at: Ints
    group_target: Ints
    group_worked: Ints
    group_first: Ints
    group_last: Ints
    arc_at: Ints
    arc_source: Ints
    arc_cost: Floats
    low: Ints
    high: Ints
    add: Ints
    half: Floats
    begin: Ints
    begin_cost: Floats
    worked: Ints
    end: Floats


class Room(NamedTuple):
    """Where a walk is worked out: tables (D, states, weekends, sums) and lesser things of the like; used again."""

    tables: Floats
    alive: NDArray[np.bool_]
    merged: Floats
    price: Floats
    pick: Ints
    line: Ints


def ways_of(problem: RosterProblem) -> Ways:
    """The walks of a problem's people. Raises UnfitRules for rules that can't be searched so."""
    teams = [_Team(problem, contract, members) for contract, members in alike(problem.people).items()]
    team, groups = np.zeros(len(problem.people), dtype=np.int64), [list(each.groups()) for each in teams]
    for at, each in enumerate(teams):
        team[each.members] = at
    arcs = [group[4] for found in groups for group in found]
    first = _starts([len(each.symbols) for each in teams])
    columns = [np.array([g[at] for found in groups for g in found], dtype=np.int64) for at in range(4)]
    shift = np.repeat(first[:-1], [len(found) for found in groups])
    begins = _begins(problem, teams)
    return Ways(
        team, _sizes(teams, "states"), _sizes(teams, "sums"), np.stack([each.reached for each in teams]),
        first, np.array([size for each in teams for size in each.sizes], dtype=np.int64),
        np.array([each.symbol_of for each in teams], dtype=np.int64), _starts([len(found) for found in groups]),
        columns[0], columns[1], columns[2] + shift, columns[3] + shift, _starts([len(each) for each in arcs]),
        np.array([source for each in arcs for source, _ in each], dtype=np.int64),
        np.array([cost for each in arcs for _, cost in each], dtype=np.float64),
        np.stack([each.corridor[0] for each in teams]), np.stack([each.corridor[1] for each in teams]),
        np.stack([each.adds()[0] for each in teams]), np.stack([each.adds()[1] for each in teams]),
        begins[0], begins[1], begins[2], _ends(problem, teams),
    )  # fmt: skip


def cells_of(problem: RosterProblem) -> int:
    """How many numbers the table of its walks holds, at most: days by states by weekends by sums."""
    teams = [_Team(problem, contract, members) for contract, members in alike(problem.people).items()]
    sizes = ("states", "weekends", "sums")
    return problem.days * math.prod(max((int(getattr(team, name)) for team in teams), default=0) for name in sizes)


def _sizes(teams: Sequence[_Team], name: str) -> Ints:
    return np.array([getattr(team, name) for team in teams], dtype=np.int64)


def room_for(ways: Ways) -> Room:
    """Room for any walk; of long tables only what a walk reaches is ever touched."""
    days, states = ways.low.shape[1], int(ways.states.max())
    weekends, sums = int(ways.weekends.max()), int(ways.sums.max())
    symbols = int(np.diff(ways.symbol_at).max())
    return Room(
        np.empty((days, states, weekends, sums)), np.zeros((days, states), dtype=np.bool_),
        np.full((weekends, sums), np.inf), np.zeros((days, symbols)), np.zeros((days, symbols), dtype=np.int64),
        np.zeros(days, dtype=np.int64),
    )  # fmt: skip


class _Team:
    """People who share an automaton, and what of it is counted."""

    def __init__(self, problem: RosterProblem, contract: Contract, members: Sequence[int]) -> None:
        self.members = list(members)
        self.problem = problem
        self.automaton = Automaton(problem, contract)
        self.symbols = (*range(len(self.automaton.symbols)), OFF)
        self.sizes = [*(symbol.size for symbol in self.automaton.symbols), 0]
        self.states = len(self.automaton.states)
        before = [problem.people[at].before.weekends for at in members]
        self.weekends = _weekends(contract.weekends, len(problem.weekends()), before)
        begun = [sum(days[0] <= day for days in problem.weekends()) for day in range(problem.days)]
        self.reached = np.minimum(np.array(begun, dtype=np.int64) + 1, self.weekends)
        self.corridor = _corridor(
            self.automaton, problem.days, max(problem.people[at].before.assignments for at in members)
        )
        self.sums = int(self.corridor[1].max()) + 1
        self.symbol_of = [
            next(at for at, symbol in enumerate(self.automaton.symbols) if shift in symbol.shifts)
            for shift in range(len(problem.shifts))
        ] + [len(self.symbols) - 1]

    def groups(self) -> Iterator[tuple[int, int, int, int, list[tuple[int, float]]]]:
        """Target, whether the day before was worked, first symbol and the one past the last, sources with costs."""
        symbols = self.automaton.symbols
        kinds = sorted({symbol.kind for symbol in symbols})
        for kind in (*kinds, OFF):
            mine = [at for at, symbol in enumerate(symbols) if symbol.kind == kind] or [len(symbols)]
            found: dict[tuple[int, int], list[tuple[int, float]]] = {}
            for step in self.automaton.steps[OFF if kind == OFF else mine[0]]:
                key = step.target, int(_works(self.automaton.states[step.source]))
                found.setdefault(key, []).append((step.source, step.cost))
            yield from ((*key, mine[0], mine[-1] + 1, sources) for key, sources in found.items())

    def adds(self) -> tuple[Ints, Floats]:
        """(D, 2, 2) weekends that a day adds, and the price of half a one, by whether it is off and the last worked."""
        price = self.automaton.contract.half_weekend
        count = np.zeros((self.problem.days, 2, 2), dtype=np.int64)
        half = np.zeros((self.problem.days, 2, 2))
        counted = int(self.automaton.contract.weekends != Limits())
        for days in self.problem.weekends():
            count[days[0], 0, :] = counted
            if len(days) == 2:
                count[days[1], 0, 0] = counted
                half[days[1], 0, 0] = half[days[1], 1, 1] = price
        return count, half

    def begin(self, person: Person) -> Iterator[tuple[int, float]]:
        """State and cost after day 0 by symbol."""
        start = self.automaton.start(person)
        for symbol in self.symbols:
            state, cost = (self.automaton.first(symbol), 0.0) if start is None else self.automaton.then(start, symbol)
            yield (self.automaton.number[state], cost) if np.isfinite(cost) else (NO_STATE, np.inf)


def _begins(problem: RosterProblem, teams: Sequence[_Team]) -> tuple[Ints, Floats, Ints]:
    most = max(len(each.symbols) for each in teams)
    state = np.full((len(problem.people), most), NO_STATE, dtype=np.int64)
    cost, worked = np.full(state.shape, np.inf), np.zeros(len(problem.people), dtype=np.int64)
    for team in teams:
        for at in team.members:
            person = problem.people[at]
            start = team.automaton.start(person)
            worked[at] = start is not None and _works(start)
            for symbol, (target, price) in enumerate(team.begin(person)):
                state[at, symbol], cost[at, symbol] = target, price
    return state, cost, worked


def _ends(problem: RosterProblem, teams: Sequence[_Team]) -> Floats:
    """(P, weekends, sums) what the sums cost in the end."""
    found = np.full((len(problem.people), max(e.weekends for e in teams), max(e.sums for e in teams)), np.inf)
    for team in teams:
        sums, weekends = team.automaton.sums, team.automaton.contract.weekends
        for at in team.members:
            before = problem.people[at].before
            shifts = 0 if team.automaton.unit else before.assignments
            totals = [_cost(sums, shifts + each, each) for each in range(team.sums)]
            worked = [_cost(weekends, before.weekends + each, each) for each in range(team.weekends)]
            found[at, : team.weekends, : team.sums] = np.array(worked)[:, None] + np.array(totals)[None, :]
    return found


def _corridor(automaton: Automaton, days: int, before: int) -> tuple[Ints, Ints]:
    """(D,) each: the least and most of the sum after each day that a legal end can still come of.

    `before` are the most shifts that anybody worked before day 0, where shifts are summed.
    """
    limits, contract = automaton.sums, automaton.contract
    needed = limits.low - (0 if automaton.unit else before)
    largest = max((symbol.size for symbol in automaton.symbols), default=0)
    worked = np.array([_most_worked(contract, day) for day in range(days + 1)], dtype=np.int64)
    high = largest * worked[1:] if contract.open_start else largest * np.arange(1, days + 1)
    if limits.over is None:
        high = np.minimum(high, limits.high)
    low = np.zeros(days, dtype=np.int64)
    if limits.under is None:
        low = np.maximum(0, needed - largest * worked[:days][::-1])
    return np.minimum(low, high).astype(np.int64), high.astype(np.int64)


def _most_worked(contract: Contract, days: int) -> int:
    """The most days that can be worked out of so many in a row."""
    working, resting = contract.working, contract.resting
    if working.over is not None or working.high >= ANY_NUMBER:
        return days
    rest = max(1, resting.low if resting.under is None else 1)
    whole, left = divmod(days, working.high + rest)
    return whole * working.high + min(left, working.high)


def _weekends(limits: Limits, count: int, before: Sequence[int]) -> int:
    """How many numbers of weekends are told apart."""
    if limits == Limits():
        return 1
    if limits.over is not None:
        return count + 1
    return min(count, max(0, limits.high - min(before, default=0))) + 1


def _cost(limits: Limits, count: int, inside: int) -> float:
    """What a sum costs; too many count only as far as they lie inside."""
    missing, excess = limits.missing(count), min(limits.excess(count), inside)
    under = 0.0 if not missing else np.inf if limits.under is None else missing * limits.under
    over = 0.0 if not excess else np.inf if limits.over is None else excess * limits.over
    return under + over


def _works(state: State) -> bool:
    return isinstance(state, Working)


def _starts(lengths: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
