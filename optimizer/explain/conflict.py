"""The smallest set of rules that clash: together nobody can keep them, without any one of them everybody can.

By implicit hitting sets (Ignatiev et al., "Smallest MUS extraction with minimal hitting set dualization", CP 2015):
every way to give rules up so that a plan exists has to touch every clashing set, so the smallest set that touches all
ways found so far either clashes, and then is a smallest one, or shows a way not seen yet. Ways are found by an elastic
program: least breaking of all other rules (Chinneck, "Feasibility and Infeasibility in Optimization", 2008).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from optimizer.explain.members import Clashable
from optimizer.explain.relax import Numbers, Relaxable
from optimizer.program import ABSENT, Bools, Program, ProgramBuilder, Term
from optimizer.solution import Limits, Solution, Status
from optimizer.solvers import solve
from optimizer.solvers.errors import SolverError
from optimizer.solvers.isolated import INTERRUPTED

FEW_WHOLE: Final = 1_500
"""Up to so many whole numbers every question is put to the whole program; above, to its relaxation first."""

MOST_ROUNDS: Final = 60
"""Sets tried before the smallest is given up and any minimal one will do."""


class Undecided(Exception):  # noqa: N818 - it never leaves this room
    """Time ran out, or no solver could tell."""


@dataclass(slots=True)
class Asking:
    """Puts programs to a solver until `seconds` are over, or Ctrl-C has `stopped` it; `asked` counts them."""

    seconds: float
    asked: int = 0
    stopped: bool = False
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.seconds - (time.monotonic() - self.began)

    def solve(self, program: Program) -> Solution:
        """The least breaking, or that there is none. Raises Undecided."""
        if self.left <= 0 or self.stopped:
            raise Undecided
        self.asked += 1
        limits = Limits(time_limit=max(1.0, self.left), gap=1e-6, threads=1)
        try:
            solution = solve(program, solver="highs", limits=limits)
        except SolverError as error:
            raise Undecided from error
        self.stopped = solution.message == INTERRUPTED
        if solution.values is None and solution.status is not Status.INFEASIBLE:
            raise Undecided
        return solution


@dataclass(frozen=True, slots=True)
class Found:
    """A clashing set of `groups`; `smallest` where none has fewer, `minimal` where each was shown to be needed."""

    groups: tuple[int, ...]
    smallest: bool
    minimal: bool


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Limits in groups (A,), ABSENT for those left out; asked of whole numbers or of their relaxation."""

    relaxable: Relaxable
    groups: Numbers
    whole: bool
    asking: Asking

    def among(self, groups: Sequence[int]) -> Bools:
        """(A,) limits of these groups."""
        return np.isin(self.groups, np.asarray(groups, dtype=np.int64))

    def given_up(self, kept: Sequence[int], soft: Sequence[int]) -> frozenset[int] | None:
        """Which of the groups `soft` a plan that keeps `kept` breaks; None where there is no such plan."""
        loose = self.among(soft)
        program = self.relaxable.elastic(self.among(kept), loose, whole=self.whole)
        solution = None if program is None else self.asking.solve(program)
        if solution is None or solution.values is None:
            return None
        own = solution.values[: len(self.relaxable.program.cost)]
        return frozenset(np.unique(self.groups[self.relaxable.broken(own) & loose]).tolist())

    def clashes(self, kept: Sequence[int]) -> bool:
        """Whether no plan keeps all of these groups."""
        return self.given_up(kept, ()) is None


def smallest_clash(question: Question) -> Found | None:
    """A smallest clashing set of groups; None where all of them can be kept. Raises Undecided."""
    everything = np.unique(question.groups[question.groups != ABSENT]).tolist()
    ways = _disjoint_ways(question, everything)
    if not ways:
        return None if ways is None else Found((), smallest=True, minimal=True)
    for _ in range(MOST_ROUNDS):
        try:
            chosen = _least_hitting(ways, question.asking)
            way = question.given_up(chosen, [each for each in everything if each not in chosen])
        except Undecided:
            break
        if way is None:
            return Found(tuple(chosen), smallest=True, minimal=True)
        ways.append(way)
    return pruned(question, sorted(frozenset().union(*ways)))


def _disjoint_ways(question: Question, everything: Sequence[int]) -> list[frozenset[int]] | None:
    """Ways to a plan, each keeping what the ones before gave up; together they clash. None where all can be kept.

    No ways at all: not even giving up everything helps.
    """
    ways: list[frozenset[int]] = []
    kept: list[int] = []
    while True:
        way = question.given_up(kept, [each for each in everything if each not in kept])
        if way is None or not way:
            return ways if way is None else None
        ways.append(way)
        kept.extend(way)


def pruned(question: Question, groups: Sequence[int]) -> Found:
    """A minimal clashing set out of groups that clash, the first ones first; all of them where time runs out.

    By halves (QuickXplain: Junker, AAAI 2004).
    """
    try:
        return Found(tuple(sorted(_needed(question, [], groups, fresh=False))), smallest=False, minimal=True)
    except Undecided:
        return Found(tuple(groups), smallest=False, minimal=False)


def _needed(question: Question, kept: Sequence[int], groups: Sequence[int], *, fresh: bool) -> list[int]:
    """The groups that clash with `kept`; `fresh` where `kept` has grown since it was asked whether it does alone."""
    if fresh and question.clashes(kept):
        return []
    if len(groups) <= 1:
        return list(groups)
    first, rest = groups[: len(groups) // 2], groups[len(groups) // 2 :]
    later = _needed(question, [*kept, *first], rest, fresh=bool(first))
    return [*_needed(question, [*kept, *later], first, fresh=bool(later)), *later]


def _least_hitting(ways: Sequence[frozenset[int]], asking: Asking) -> list[int]:
    """The fewest groups that touch every way, the first ones of equals."""
    names = sorted(frozenset().union(*ways))
    if all(len(way) == 1 for way in ways):
        return names
    builder = ProgramBuilder()
    rank = np.arange(len(names)) / (1000.0 * len(names))
    columns = builder.add_columns("chosen", (len(names),), cost=1.0 + rank, upper=1.0, integer=True)
    for way in ways:
        at = np.array([names.index(each) for each in sorted(way)])
        builder.add_rows("touched", (1,), [Term(columns[at][None, :])], lower=1.0)
    values = asking.solve(builder.build()).values
    if values is None:
        raise Undecided
    return [name for name, taken in zip(names, values, strict=True) if taken > 0.5]


@dataclass(frozen=True, slots=True)
class Clash:
    """Numbers of the members that clash, and by member the slots that are enough for it.

    `smallest` and `minimal` as in `Found`; `others` where rules clash besides, though all of these were given up.
    """

    members: tuple[int, ...]
    slots: dict[int, tuple[int, ...]]
    smallest: bool
    minimal: bool
    others: bool = False


def find_clash(found: Clashable, asking: Asking, say: Callable[[str], None] | None = None) -> Clash | None:
    """The smallest set of rules that clash, and the days of each that are enough; None where time ran out first."""
    atoms, relaxable = found.relaxable.atoms, found.relaxable
    whole = int(relaxable.program.integer.sum())
    try:
        clash = None
        for asked_whole in (False, True) if whole > FEW_WHOLE else (True,):
            question = Question(relaxable, atoms.member, asked_whole, asking)
            clash = smallest_clash(question)
            if clash is not None:
                break
    except Undecided:
        return None
    if clash is None:
        return None
    if whole and not asked_whole:
        clash = pruned(replace(question, whole=True), clash.groups)
    return _with_slots(found, clash, replace(question, whole=asked_whole), asking)


def _with_slots(found: Clashable, clash: Found, question: Question, asking: Asking) -> Clash:
    """The fewest days of each rule that clash; all of its days where time ran out."""
    atoms = found.relaxable.atoms
    inside = np.isin(atoms.member, clash.groups)
    pairs, number = np.unique(np.stack((atoms.member, atoms.slot), axis=1)[inside], axis=0, return_inverse=True)
    groups = np.full(len(atoms.member), ABSENT, dtype=np.int64)
    groups[inside] = number.ravel()
    picked = pairs[list(pruned(replace(question, groups=groups), range(len(pairs))).groups)]
    slots = {member: tuple(picked[picked[:, 0] == member, 1].tolist()) for member in clash.groups}
    others = _clash_besides(replace(question, groups=atoms.member), clash.groups)
    members = tuple(each for each in clash.groups if slots[each])
    return Clash(members, slots, clash.smallest, clash.minimal, others)


def _clash_besides(question: Question, groups: Sequence[int]) -> bool:
    """Whether all the other groups clash too; False where time ran out before that was known."""
    rest = np.setdiff1d(question.groups, np.append(np.asarray(groups), ABSENT))
    try:
        return question.clashes(rest.tolist())
    except Undecided:
        return False
