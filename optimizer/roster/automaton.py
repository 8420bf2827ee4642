"""A person's rules as an automaton: local states (what ran yesterday and for how long) and steps by shift or day off.

Runs of work, of rest and of one shift are the state; sums over all days (minutes or shifts, weekends) are counted
beside it by whoever walks it. Shifts that behave alike are one symbol.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from optimizer.roster.problem import ANY_NUMBER, Limits, Person, RosterProblem, ShiftKind

OFF: Final = -1
"""The symbol of a day off."""

FORBIDDEN: Final = math.inf


class UnfitRules(ValueError):  # noqa: N818 - said of the rules
    """Rules that this way of searching does not know together; the message says which."""


@dataclass(frozen=True, slots=True)
class Resting:
    """Days off so far in a row, up to a cap beyond which nothing changes."""

    run: int


@dataclass(frozen=True, slots=True)
class Working:
    """Days worked so far in a row and on the last shift, up to caps; `first` for a run that day 0 began."""

    kind: int
    run: int
    same: int
    first: bool


State = Resting | Working


@dataclass(frozen=True, slots=True)
class Contract:
    """What of a person's rules shapes the automaton: people with equal ones share it."""

    working: Limits
    resting: Limits
    same_shift: tuple[tuple[str, Limits], ...]
    minutes: Limits
    assignments: Limits
    weekends: Limits
    half_weekend: float
    open_start: bool

    @classmethod
    def of(cls, person: Person) -> Contract:
        """That of a person."""
        return cls(
            person.working, person.resting, tuple(sorted(person.same_shift.items())), person.minutes,
            person.assignments, person.weekends, person.half_weekend, person.open_start,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Symbol:
    """Shifts that behave alike: their kind (what may follow), and how much they add to the sum counted."""

    kind: int
    size: int
    shifts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From state number `source` to `target` at a cost."""

    source: int
    target: int
    cost: float


class Automaton:
    """The states and steps of a contract. Raises UnfitRules for rules it can't hold together."""

    def __init__(self, problem: RosterProblem, contract: Contract) -> None:
        self.contract = contract
        self.shifts = problem.shifts
        self._same = dict(contract.same_shift)
        self.kinds = self._kinds()
        self.unit, self.sums = self._measure(problem)
        self.symbols = tuple(self._symbols())
        self.states: tuple[State, ...] = tuple(self._states())
        self.number: Mapping[State, int] = {state: at for at, state in enumerate(self.states)}
        self.steps: Mapping[int, tuple[Step, ...]] = {
            at: tuple(self._steps(at)) for at in (OFF, *range(len(self.symbols)))
        }

    def start(self, person: Person) -> State | None:
        """The state before day 0; None where day 0 begins all runs."""
        before, contract = person.before, self.contract
        if contract.open_start:
            return None
        if before.working and before.shift:
            kind = next(at for at, kind in enumerate(self.kinds) if before.shift in kind)
            run, same = min(before.working, _cap(contract.working)), min(before.same_shift, self._same_cap(kind))
            return Working(kind, max(1, run), max(1, same), first=False)
        return Resting(
            min(max(1, before.resting), _cap(contract.resting)) if before.resting else _cap(contract.resting)
        )

    def first(self, symbol: int) -> State:
        """The state after day 0 where day 0 begins all runs."""
        if symbol == OFF:
            return Resting(_cap(self.contract.resting))
        return Working(self.symbols[symbol].kind, 1, 1, first=self._flags)

    def then(self, state: State, symbol: int) -> tuple[State, float]:
        """Where a state leads and at what cost; FORBIDDEN where it may not."""
        if symbol == OFF:
            return self._rest(state)
        kind = self.symbols[symbol].kind
        if isinstance(state, Resting):
            return Working(kind, 1, 1, first=False), _short(self.contract.resting, state.run)
        return self._work(state, kind)

    @property
    def _flags(self) -> bool:
        """Whether it matters that a run of work was begun by day 0."""
        return self.contract.open_start and self.contract.working.low > 1

    def _rest(self, state: State) -> tuple[State, float]:
        resting = self.contract.resting
        if isinstance(state, Working):
            short = 0.0 if state.first else _short(self.contract.working, state.run)
            return Resting(1), short + self._same_short(state)
        return Resting(min(state.run + 1, _cap(resting))), _long(resting, state.run)

    def _work(self, state: Working, kind: int) -> tuple[State, float]:
        names = self.kinds[state.kind]
        after = next(shift for shift in self.shifts if shift.name in names).not_before
        if after & self.kinds[kind]:
            return state, FORBIDDEN
        run = min(state.run + 1, _cap(self.contract.working))
        cost = _long(self.contract.working, state.run)
        if kind != state.kind or not self._same:
            return Working(kind, run, 1, state.first), cost + self._same_short(state)
        limits = self._limits(kind)
        same = min(state.same + 1, self._same_cap(kind))
        return Working(kind, run, same, state.first), cost + _long(limits, state.same)

    def _same_short(self, state: Working) -> float:
        return _short(self._limits(state.kind), state.same) if self._same else 0.0

    def _limits(self, kind: int) -> Limits:
        return self._same.get(next(iter(self.kinds[kind])), Limits())

    def _same_cap(self, kind: int) -> int:
        return _cap(self._limits(kind)) if self._same else 1

    def _kinds(self) -> tuple[frozenset[str], ...]:
        """Shifts that may be followed by, and may follow, the same ones; each by itself where its runs have limits."""
        if self._same:
            return tuple(frozenset({shift.name}) for shift in self.shifts)
        alike: dict[tuple[frozenset[str], frozenset[str]], set[str]] = {}
        for shift in self.shifts:
            before = frozenset(other.name for other in self.shifts if shift.name in other.not_before)
            alike.setdefault((shift.not_before, before), set()).add(shift.name)
        return tuple(map(frozenset, alike.values()))

    def _measure(self, problem: RosterProblem) -> tuple[int, Limits]:
        """The unit of the one sum that is counted in minutes (0: shifts), and its limits in units."""
        minutes, assignments = self.contract.minutes, self.contract.assignments
        counts_minutes, counts_shifts = minutes != Limits(), assignments != Limits()
        if counts_minutes and counts_shifts:
            raise UnfitRules("limits on minutes and on shifts in all can't be searched together; drop one")
        if not counts_minutes:
            return 0, assignments
        unit = reduce(math.gcd, (shift.minutes for shift in problem.shifts))
        low, high = -(-minutes.low // unit), min(minutes.high // unit, ANY_NUMBER)
        return unit, Limits(low, high, minutes.under, minutes.over)

    def _symbols(self) -> Iterator[Symbol]:
        alike: dict[tuple[int, int], list[int]] = {}
        for at, shift in enumerate(self.shifts):
            kind = next(number for number, names in enumerate(self.kinds) if shift.name in names)
            alike.setdefault((kind, self._size(shift)), []).append(at)
        for (kind, size), shifts in alike.items():
            yield Symbol(kind, size, tuple(shifts))

    def _size(self, shift: ShiftKind) -> int:
        return shift.minutes // self.unit if self.unit else int(self.contract.assignments != Limits())

    def _states(self) -> Iterator[State]:
        yield from (Resting(run) for run in range(1, _cap(self.contract.resting) + 1))
        for kind in range(len(self.kinds)):
            for run in range(1, _cap(self.contract.working) + 1):
                for same in range(1, self._same_cap(kind) + 1):
                    yield from (
                        Working(kind, run, same, first) for first in ((False, True) if self._flags else (False,))
                    )

    def _steps(self, symbol: int) -> Iterator[Step]:
        for at, state in enumerate(self.states):
            target, cost = self.then(state, symbol)
            if cost < FORBIDDEN:
                yield Step(at, self.number[target], cost)


def _cap(limits: Limits) -> int:
    """The longest run that is told from longer ones."""
    return max(1, limits.low, limits.high if limits.high < ANY_NUMBER else 0)


def _short(limits: Limits, run: int) -> float:
    """What ending a run costs."""
    missing = limits.missing(run)
    return 0.0 if not missing else FORBIDDEN if limits.under is None else missing * limits.under


def _long(limits: Limits, run: int) -> float:
    """What one more day of a run costs."""
    if run < limits.high:
        return 0.0
    return FORBIDDEN if limits.over is None else limits.over


def alike(people: Sequence[Person]) -> dict[Contract, list[int]]:
    """People by contract."""
    found: dict[Contract, list[int]] = {}
    for at, person in enumerate(people):
        found.setdefault(Contract.of(person), []).append(at)
    return found
