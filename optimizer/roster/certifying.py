"""Whether people can work a capacity plan: an anonymous roster of each pool over its own staff, as full as can be.

All people of a pool are alike, so the roster is a flow of people through states (the last days worked, the last shift):
exact, however many they are. Taken apart into lines, it is recounted like any other roster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.program import Program, ProgramBuilder, Term
from optimizer.roster.hospital_annealing import Annealer, as_roster
from optimizer.roster.hospital_clock import Clock
from optimizer.roster.hospital_problem import Member, Slot, Stint, TeamProblem, TeamRoster
from optimizer.roster.hospital_score import team_score
from optimizer.roster.making import RosterError
from optimizer.roster.placing import place
from optimizer.roster.planned import Pool
from optimizer.scenario.rostering import CountRule, HoursRule, RestRule, RosterRules
from optimizer.scenario.staff import Rest
from optimizer.solution import Limits
from optimizer.solvers.front import solve

WINDOW: Final = 7
LAW: Final = HoursRule(days=119, most=816.0, unknown="contract")
"""48 hours a week on average over 17 weeks."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Duties of a pool that none of its people can work."""

    slot: Slot
    people: int


@dataclass(frozen=True, slots=True)
class PoolRoster:
    """A pool's anonymous roster, recounted: duties planned and placed, and those that are not."""

    pool: Pool
    problem: TeamProblem
    roster: TeamRoster
    unplaced: tuple[Unplaced, ...]
    proven: bool

    @property
    def placed(self) -> int:
        """Duties that somebody works."""
        return self.pool.planned - sum(each.people for each in self.unplaced)


PIECES: Final = 30
"""Pieces of work spent on placing more duties move by move: about a second."""

State = tuple[int, str]
"""The last days worked as bits (yesterday is 1), and yesterday's shift ("" for none)."""


@dataclass(frozen=True, slots=True)
class _Move:
    """So many may go from a state on a day to another by a shift ("" for a day off)."""

    day: int
    source: State
    shift: str
    target: State


def pool_problem(
    pool: Pool, clock: Clock, days: int, heads: float, rest: Rest, last_night: Mapping[str, int]
) -> TeamProblem:
    """The pool with as many people at work as it has, net of leave and sickness; the part of a person works part of
    the days. Those of last night begin tired."""
    rules = RosterRules(
        rest=RestRule(hours=rest.hours), counts=(CountRule(days=WINDOW, most=int(rest.shifts_in_7_days)),), hours=(LAW,)
    )
    members = tuple(_members(pool, clock, days, heads, last_night))
    return TeamProblem(pool.name, days, pool.slots, members, rules, clock.first, clock.zone)


def _members(
    pool: Pool, clock: Clock, days: int, heads: float, last_night: Mapping[str, int]
) -> Iterator[Member]:  # fmt: skip
    whole, part = int(heads + 1e-9), heads - int(heads + 1e-9)
    tired = [shift for shift, people in last_night.items() for _ in range(people)]
    for at in range(whole + (part > 1e-6)):
        share = part if at == whole else 1.0
        away = frozenset(day for day in range(days) if int((day + 1) * share + 1e-9) == int(day * share + 1e-9))
        past: tuple[Stint, ...] = (clock.stint(tired[at], -1),) if at < len(tired) else ()
        yield Member(f"{pool.name}-{at + 1:03d}", pool.group, pool.unit, away=away, past=past)


def certify(problem: TeamProblem, pool: Pool, seconds: float = 60.0) -> PoolRoster:
    """The anonymous roster that places most duties. Raises RosterError where the recount finds it illegal.

    Day by day first; where that leaves a duty and there are `seconds`, move by move; and then by the flow, exactly.
    """
    roster, proven = place(problem, problem.rules.counts[0].most or WINDOW), False
    if placed(roster) < pool.planned and seconds > 0.0:
        roster = _moved(problem, roster)
    if placed(roster) < pool.planned and seconds > 0.0:
        flow = _Flow(problem)
        found = solve(flow.program(), solver="highs", limits=Limits(time_limit=seconds, gap=0.0, threads=1))
        exact = flow.roster(np.rint(found.values)) if found.values is not None else roster
        roster = max(roster, exact, key=placed)
        proven = found.gap is not None and found.gap <= 1e-9
    proven = proven or placed(roster) == pool.planned
    recounted = team_score(problem, roster)
    broken = [each for each in recounted.hard if each.rule != "people wanted"]
    if broken:
        raise RosterError(f"the anonymous roster of {pool.name} breaks a rule: {broken[0].rule}, {broken[0].what}")
    return PoolRoster(pool, problem, roster, tuple(_unplaced(problem, roster)), proven)


def _moved(problem: TeamProblem, roster: TeamRoster) -> TeamRoster:
    """A roster in which more duties are placed, if moves find one; by no clock."""
    annealer = Annealer(problem)
    annealer.stopped = lambda: annealer.points <= 0.0
    annealer.adopt(roster)
    annealer.work(PIECES, hot=0.5)
    return as_roster(annealer.best)


def placed(roster: TeamRoster) -> int:
    """Duties that somebody works."""
    return sum(map(len, roster.duties))


def _unplaced(problem: TeamProblem, roster: TeamRoster) -> Iterator[Unplaced]:
    counts = np.zeros(len(problem.slots), dtype=np.int64)
    for duties in roster.duties:
        counts[sorted(duties)] += 1
    for slot, count in zip(problem.slots, counts, strict=True):
        if count < slot.wanted:
            yield Unplaced(slot, slot.wanted - int(count))


class _Flow:
    """People of a pool as a flow through states, day by day; those with the same days away and past are one kind."""

    def __init__(self, problem: TeamProblem) -> None:
        self.problem = problem
        self.most = problem.rules.counts[0].most or WINDOW
        self.first = {slot.shift: slot for slot in reversed(problem.slots)}
        self.follows = {(a, b): self._follows(a, b) for a in self.first for b in self.first}
        self.kinds: dict[tuple[frozenset[int], tuple[Stint, ...]], list[int]] = defaultdict(list)
        for at, member in enumerate(problem.members):
            self.kinds[member.away, member.past].append(at)
        self.moves: list[tuple[int, _Move]] = [
            (kind, move) for kind, (away, past) in enumerate(self.kinds) for move in self._moves(away, past)
        ]

    def program(self) -> Program:
        """Least duties unplaced: people are conserved in every state, no shift has more of them than it wants."""
        builder = ProgramBuilder(offset=float(sum(slot.wanted for slot in self.problem.slots)))
        sizes = [len(members) for members in self.kinds.values()]
        columns = builder.add_columns(
            "people", (len(self.moves),), cost=[-1.0 if move.shift else 0.0 for _, move in self.moves],
            upper=[float(sizes[kind]) for kind, _ in self.moves], integer=True,
        )  # fmt: skip
        into: dict[tuple[int, int, State], list[tuple[int, float]]] = defaultdict(list)
        cover: dict[tuple[int, str], list[tuple[int, float]]] = defaultdict(list)
        for column, (kind, move) in zip(columns, self.moves, strict=True):
            into[kind, move.day, move.source].append((int(column), -1.0))
            into[kind, move.day + 1, move.target].append((int(column), 1.0))
            if move.shift:
                cover[move.day, move.shift].append((int(column), 1.0))
        start = {(kind, 0, self._start(past)): -float(sizes[kind]) for kind, (_, past) in enumerate(self.kinds)}
        kept = {key: terms for key, terms in into.items() if key[1] < self.problem.days}
        _add(builder, "states", list(kept.values()), [start.get(key, 0.0) for key in kept], None)
        wanted = self._wanted()
        _add(builder, "shifts", list(cover.values()), None, [float(wanted.get(key, 0)) for key in cover])
        return builder.build()

    def roster(self, taken: np.ndarray) -> TeamRoster:
        """Lines of single people out of the flow, and each day's duties given to those who work its shift."""
        going: dict[tuple[int, int, State], list[tuple[_Move, int]]] = defaultdict(list)
        for people, (kind, move) in zip(taken, self.moves, strict=True):
            if people > 0.5:
                going[kind, move.day, move.source].append((move, int(people)))
        duties: list[set[int]] = [set() for _ in self.problem.members]
        left = {at: slot.wanted for at, slot in enumerate(self.problem.slots)}
        for kind, ((_, past), members) in enumerate(self.kinds.items()):
            states = {at: self._start(past) for at in members}
            for day in range(self.problem.days):
                states = self._step(kind, day, states, going, duties, left)
        return TeamRoster(tuple(map(frozenset, duties)))

    def _step(
        self, kind: int, day: int, states: Mapping[int, State],
        going: Mapping[tuple[int, int, State], list[tuple[_Move, int]]], duties: Sequence[set[int]],
        left: dict[int, int],
    ) -> dict[int, State]:  # fmt: skip
        """Where each member is a day later; who works a shift takes the duty of it that lacks most."""
        found: dict[int, State] = {}
        waiting: dict[State, list[int]] = defaultdict(list)
        for member, state in states.items():
            waiting[state].append(member)
        for state, members in waiting.items():
            moves = [move for move, people in going.get((kind, day, state), ()) for _ in range(people)]
            for at, member in enumerate(members):
                move = moves[at] if at < len(moves) else _Move(day, state, "", self._after(state, ""))
                found[member] = move.target
                slots = [n for n in self._on(day, move.shift) if left[n] > 0] if move.shift else []
                if slots:
                    best = max(slots, key=lambda n: left[n])
                    left[best] -= 1
                    duties[member].add(best)
        return found

    def _on(self, day: int, shift: str) -> list[int]:
        return [at for at, slot in enumerate(self.problem.slots) if (slot.day, slot.shift) == (day, shift)]

    def _wanted(self) -> Mapping[tuple[int, str], int]:
        found: dict[tuple[int, str], int] = defaultdict(int)
        for slot in self.problem.slots:
            found[slot.day, slot.shift] += slot.wanted
        return found

    def _moves(self, away: frozenset[int], past: tuple[Stint, ...]) -> Iterator[_Move]:
        """Every move that a person may make from where she may be."""
        wanted = self._wanted()
        there = {self._start(past)}
        for day in range(self.problem.days):
            after: set[State] = set()
            for state in sorted(there):
                for shift in ("", *self.first):
                    if shift and (day in away or (day, shift) not in wanted or not self._may(state, shift)):
                        continue
                    if shift and not self._rested(past, day, shift):
                        continue
                    move = _Move(day, state, shift, self._after(state, shift))
                    after.add(move.target)
                    yield move
            there = after

    def _may(self, state: State, shift: str) -> bool:
        bits, last = state
        return bits.bit_count() < self.most and (not last or self.follows.get((last, shift), True))

    def _after(self, state: State, shift: str) -> State:
        bits = ((state[0] << 1) | bool(shift)) & ((1 << (WINDOW - 1)) - 1)
        return bits, shift if self._matters(shift) else ""

    def _matters(self, shift: str) -> bool:
        return any(not self.follows[shift, other] for other in self.first) if shift in self.first else False

    def _follows(self, first: str, then: str) -> bool:
        """Whether one may be worked the day after the other, on any day of the roster: the shortest night counts."""
        wanted = round(self.problem.rules.rest.hours * 60)
        before = {slot.day: slot.end for slot in self.problem.slots if slot.shift == first}
        gaps = [slot.start - before[slot.day - 1] for slot in self.problem.slots
                if slot.shift == then and slot.day - 1 in before]  # fmt: skip
        return min(gaps, default=wanted) >= wanted

    def _start(self, past: tuple[Stint, ...]) -> State:
        """Days worked before the first; what that forbids on it is seen by the clock."""
        return sum(1 << (-stint.day - 1) for stint in past if -WINDOW < stint.day < 0), ""

    def _rested(self, past: tuple[Stint, ...], day: int, shift: str) -> bool:
        """Whether duties before the roster leave enough rest before a shift of a day."""
        rest = round(self.problem.rules.rest.hours * 60)
        starts = [slot.start for slot in self.problem.slots if (slot.day, slot.shift) == (day, shift)]
        return all(start - stint.end >= rest for start in starts for stint in past)


def _add(
    builder: ProgramBuilder, name: str, rows: Sequence[Sequence[tuple[int, float]]], equal: Sequence[float] | None,
    most: Sequence[float] | None,
) -> None:  # fmt: skip
    """Rows that equal something, or are at most something."""
    width = max(1, *(len(row) for row in rows)) if rows else 0
    if not width:
        return
    columns, weights = np.full((len(rows), width), -1, dtype=np.int32), np.zeros((len(rows), width))
    for at, row in enumerate(rows):
        for cell, (column, weight) in enumerate(row):
            columns[at, cell], weights[at, cell] = column, weight
    low = -np.inf if equal is None else np.array(equal)
    builder.add_rows(name, (len(rows),), [Term(columns, weights)], lower=low, upper=np.array(equal or most))
