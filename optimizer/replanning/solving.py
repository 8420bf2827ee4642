"""Finding the plan that changes little at little cost: first nothing, then what is near the event, then the rest.

`Changing` stands in for the solver when a plan is made (`make_plan(..., method=)`). It asks, in turn: do the published
decisions still serve, at no more cost than before? Then they stay. Else: what is the best that changes near what
happened can do? On small programs the whole of it is open, and the answer proven; on large ones the bound is that of
the whole program's linear relaxation.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.capacity.refill import values_of, with_whole_fixed
from optimizer.expansion.case import Case
from optimizer.program import ABSENT, Bools, Floats, Program
from optimizer.replanning.guided import guided, relaxation
from optimizer.replanning.happenings import Event
from optimizer.replanning.scope import fixed, following, near, past_held, published_values
from optimizer.saved import SavedPlan
from optimizer.solution import Limits, Solution, Status, Watch, relative_gap
from optimizer.solvers import solve

SMALL: Final = 2_000
"""Programs of so few whole columns are opened as a whole."""

ELSEWHERE: Final = 0.01
"""Of equally good changes those where it happened are taken: one elsewhere counts so much more of its price."""

_FINE: Final = 0.01
_FINEST: Final = 1e-6
"""The search ends when it is within this part of what the event costs, or of the plan's cost."""

_SAME: Final = 1e-6
_KEPT_SHARE: Final = 0.3
_KEPT_GAP: Final = 1e-5
"""What an unchanged plan comes to may take this part of the time, and need be no nearer to the least than this."""

_SHARES: Final = (0.35, 0.9)
"""The parts of what is left of the time that searches nearer to and further from the events may take."""


@dataclass(slots=True)
class Changing:
    """A method for one published plan and the events against it.

    `before` is the plan's cost when it was made, `kept` what it comes to after the events if nothing is changed, both
    in currency without the price of changes; `kept` is None where the plan can't be carried out any more.
    """

    saved: SavedPlan
    events: tuple[Event, ...]
    before: float
    kept: float | None = None
    wide: bool = False

    def __call__(self, case: Case, built: Built, limits: Limits, watch: Watch | None = None) -> Solution:
        """The answer as a solver gives it, with the bound of the whole program."""
        begun = time.monotonic()
        start = starting_point(self.saved, case, built)
        program = past_held(case, built.program, start, self.events)
        if not self.events:
            self.kept = self.before
            return self._unchanged(start, program, limits, begun)
        kept = self._kept(replace(built, program=program), start, _within(limits, _KEPT_SHARE, begun))
        self.kept = money_of(built, kept.values)
        if self._serves(self.kept):
            return self._bounded(kept, program, limits, begun, "the published plan still serves, at no more cost")
        found = self._search(case, replace(built, program=program), kept, limits, begun, watch)
        return self._bounded(found, program, limits, begun, self._told(built.program))

    def _kept(self, built: Built, start: Floats, limits: Limits) -> Solution:
        """The published decisions with what follows from them put right: patients, needs and devices.

        It has no bound: what is proven with decisions held says nothing of what changing some could save.
        """
        program = built.program
        kept = solve(with_whole_fixed(program, start), limits=limits)
        held = fixed(program, program.integer & ~following(built), start)
        if self._serves(money_of(built, kept.values)):
            return replace(kept, bound=None)
        if kept.values is None:
            kept = solve(held, limits=replace(limits, gap=_KEPT_GAP))
        elif held.is_whole:
            kept = _cheaper(kept, guided(held, kept.values, replace(limits, gap=_KEPT_GAP)))
        return replace(kept, bound=None)

    def _serves(self, money: float | None) -> bool:
        """Whether the published plan is no dearer than it was."""
        return money is not None and money <= self.before + _SAME * max(1.0, abs(self.before))

    def _unchanged(self, start: Floats, program: Program, limits: Limits, begun: float) -> Solution:
        """The published plan, with what was proven of it (of a plan that was itself a change, with what is now)."""
        facts, published = self.saved.facts, self.saved.scenario.today.published
        why = "nothing happened, so nothing changes"
        seconds = time.monotonic() - begun
        found = Solution(facts.status, self.before, facts.bound, None, start, "none", "", why, seconds)
        if published is not None:
            return self._bounded(replace(found, bound=None), program, limits, begun, why)
        return judged(found, limits.gap)

    def _search(
        self, case: Case, built: Built, kept: Solution, limits: Limits, begun: float, watch: Watch | None
    ) -> Solution:
        """The best of the changes open; where the published decisions can't stand, of all changes."""
        self.wide = kept.values is None or int(built.program.integer.sum()) <= SMALL
        if self.wide:
            allowed = replace(_within(limits, 1.0, begun), hint=kept.values, gap=self._fine(limits))
            found = solve(built.program, limits=allowed, watch=watch)
            return found if kept.values is None else replace(_cheaper(kept, found), bound=found.bound)
        best = replace(kept, bound=self._least(built.program, limits, begun))
        nearest = max(event.nearest for event in self.events)
        for reach, share in enumerate(_SHARES, nearest):
            best = self._near(case, built, best, reach, _within(limits, share, begun), watch)
        return best

    def _near(
        self, case: Case, built: Built, best: Solution, reach: int, limits: Limits, watch: Watch | None
    ) -> Solution:
        """The best found with what is near the events open, all else as in the best so far; costed as it is."""
        if best.values is None:
            return best
        shut = built.program.integer & ~near(case, built, self.events, reach)
        program = _preferring(case, built, fixed(built.program, shut, best.values), self.events)
        solution = guided(program, best.values, replace(limits, gap=self._fine(limits)), watch)
        if solution.values is None:
            return best
        costed = replace(solution, objective=built.program.objective(solution.values))
        return replace(_cheaper(best, costed), bound=best.bound)

    def _fine(self, limits: Limits) -> float:
        """The gap at which the search may stop: what the event costs is far less than the plan, and is to be saved."""
        harm = abs((self.kept or self.before) - self.before)
        return min(limits.gap, max(_FINEST, _FINE * harm / max(1.0, abs(self.before))))

    def _bounded(self, found: Solution, program: Program, limits: Limits, begun: float, why: str) -> Solution:
        """The answer beside the least that any plan can cost, as far as that is proven."""
        if found.values is None:
            return replace(found, why=why)
        bound = self._least(program, limits, begun) if found.bound is None else found.bound
        return judged(replace(found, bound=bound, why=why), limits.gap)

    def _least(self, program: Program, limits: Limits, begun: float) -> float | None:
        """The least that any plan can cost, as its relaxation tells."""
        return solve(relaxation(program), limits=_within(limits, 1.0, begun)).bound

    def _told(self, program: Program) -> str:
        whole = int(program.integer.sum())
        return "every decision was open" if self.wide else f"decisions near the event were open, of {whole:,} in all"


def _cheaper(one: Solution, other: Solution) -> Solution:
    """The cheaper of two; the first where they cost the same or the other has no plan."""
    if one.objective is None or other.objective is None:
        return one if other.objective is None else other
    return other if other.objective < one.objective else one


def judged(found: Solution, gap: float) -> Solution:
    """A plan with the status its bound supports: proven within the gap asked for, or stopped short of it."""
    apart = relative_gap(found.objective, found.bound)
    status = Status.TIME_LIMIT
    if apart is not None and apart <= max(gap, _SAME):
        status = Status.OPTIMAL if apart <= _SAME else Status.WITHIN_GAP
    return replace(found, gap=apart, status=status)


def starting_point(saved: SavedPlan, case: Case, built: Built) -> Floats:
    """(n,) the published plan in the columns of the changed program, less those who are absent."""
    tables = {name: table for name, table in saved.tables.items() if not name.endswith("_changes")}
    values = published_values(case, built.layout, values_of(case, built, tables))
    return np.clip(values, built.program.lower, built.program.upper)


def money_of(built: Built, values: Floats | None) -> float | None:
    """What a plan costs without the price of its changes, in currency."""
    if values is None:
        return None
    changed = change_columns(built)
    return built.program.objective(values) - float((built.program.cost * values)[changed].sum())


def change_columns(built: Built) -> Bools:
    """(n,) columns that count changes."""
    found = np.zeros(built.program.shape[1], dtype=np.bool_)
    for block in (built.layout.changes.staff, built.layout.changes.bays, built.layout.changes.cases):
        found[block[block != ABSENT]] = True
    return found


def _preferring(case: Case, built: Built, program: Program, events: tuple[Event, ...]) -> Program:
    """The program in which a change of people elsewhere costs a little more than one where something happened."""
    changed = built.layout.changes.staff
    elsewhere = np.ones(len(case.units), dtype=np.bool_)
    elsewhere[[case.units.index(unit) for event in events for unit in event.units]] = False
    columns = changed[elsewhere]
    cost = program.cost.copy()
    cost[columns[columns != ABSENT]] *= 1.0 + ELSEWHERE
    return replace(program, cost=cost)


def _within(limits: Limits, share: float, begun: float) -> Limits:
    """Limits with a share of the time that is left."""
    left = limits.time_limit - (time.monotonic() - begun)
    return replace(limits, time_limit=max(1.0, share * left), hint=None)
