"""Goals sought in turn: each is made as small as it can be, then held while the next is (lexicographic programming).

What is held is what was proven: a goal within the gap asked for may rise by what that gap leaves open and no further,
so that the finished plan is within the gap of the least in every goal, given those before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.goals.weights import Counted, beyond, counted, with_row
from optimizer.plan import Reached
from optimizer.program import Floats, Program
from optimizer.scenario.goals import goals_of
from optimizer.solution import Limits, Solution, Status, Watch, relative_gap
from optimizer.solvers import solve
from optimizer.solvers.isolated import CANCELLED, INTERRUPTED

SHARE: Final = 0.5
"""Of the time that is left a goal may take so much; the last takes all."""

SLACK: Final = 1e-8
"""A goal held may rise by this part, so that rounding does not rule out the plan that reached it."""

PROVEN: Final = 1e-6
"""A gap up to here counts as none: it is what solvers themselves leave open."""

Say = Callable[[str], None]


def by_goals(
    case: Case, built: Built, *, solver: str, limits: Limits, watch: Watch | None = None, say: Say | None = None
) -> tuple[Solution, tuple[Reached, ...]]:
    """Seek the scenario's goals in turn; the plan, and what was reached of each and proven.

    The solution's objective is the plan's cost at the scenario's prices, its bound None: the least cost was not sought.
    """
    search = _Search(built.program, solver, limits, watch)
    goals = counted(case, built, goals_of(case.scenario))
    for at, goal in enumerate(goals):
        if say is not None:
            say(f"solve for {goal.goal}")
        answer = search.seek(goal, last=at == len(goals) - 1)
        if search.values is None:
            return answer, ()
    reached = tuple(_told(case, built, stage, search.values) for stage in search.stages)
    return search.answer(built.program, reached), reached


@dataclass(frozen=True, slots=True)
class _Stage:
    """A goal sought: the least proven, None where nothing was; the solver's word on it."""

    goal: Counted
    bound: float | None
    status: Status


@dataclass(slots=True)
class _Search:
    """The program with every goal before held, and the best plan so far."""

    program: Program
    solver: str
    limits: Limits
    watch: Watch | None
    begun: float = field(default_factory=time.monotonic)
    values: Floats | None = None
    stages: list[_Stage] = field(default_factory=list)
    answers: list[Solution] = field(default_factory=list)

    def seek(self, goal: Counted, *, last: bool) -> Solution:
        """Make one goal as small as it can be, and hold it."""
        sought = replace(self.program, cost=goal.weights, offset=0.0)
        if self._is_nothing(sought, goal):
            stage, answer = _Stage(goal, 0.0, Status.OPTIMAL), self.answers[-1]
        elif self._given_up():
            stage, answer = _Stage(goal, None, Status.TIME_LIMIT), self.answers[-1]
        else:
            answer = solve(sought, solver=self.solver, limits=self._share(last), watch=self.watch)
            self.answers.append(answer)
            stage = self._taken(goal, answer)
        self.stages.append(stage)
        if self.values is not None:
            self.program = with_row(self.program, f"{goal.goal} is held", goal.weights, upper=self._held(stage))
        return answer

    def _is_nothing(self, sought: Program, goal: Counted) -> bool:
        """Whether the plan so far has nothing of the goal, and none can have less."""
        least = float(np.minimum(sought.cost * sought.lower, sought.cost * sought.upper).sum())
        return self.values is not None and goal.value(self.values) <= max(least, 0.0)

    def _given_up(self) -> bool:
        if self.values is None:
            return False
        left = self.limits.time_limit - (time.monotonic() - self.begun)
        return left <= 0.0 or self.answers[-1].message in (INTERRUPTED, CANCELLED)

    def _share(self, last: bool) -> Limits:
        left = self.limits.time_limit - (time.monotonic() - self.begun)
        return replace(self.limits, time_limit=max(0.1, left if last else SHARE * left), hint=self.values)

    def _taken(self, goal: Counted, answer: Solution) -> _Stage:
        """The better of what was found and what there was, with what is proven of it."""
        found = [each for each in (answer.values, self.values) if each is not None]
        if not found:
            return _Stage(goal, None, answer.status)
        self.values = min(found, key=goal.value)
        gap = relative_gap(goal.value(self.values), answer.bound)
        if gap is not None and gap <= max(self.limits.gap, PROVEN):
            return _Stage(goal, answer.bound, Status.OPTIMAL if gap <= PROVEN else Status.WITHIN_GAP)
        status = answer.status if answer.status is Status.OPTIMAL and answer.values is not None else Status.TIME_LIMIT
        return _Stage(goal, answer.bound, status)

    def _held(self, stage: _Stage) -> float:
        """The most a goal may come to from here on."""
        value = stage.goal.value(self.values) if self.values is not None else 0.0
        allowed = value if stage.bound is None else stage.bound / (1.0 - min(self.limits.gap, 0.5))
        return max(value + SLACK * max(1.0, abs(value)), allowed)

    def answer(self, program: Program, reached: tuple[Reached, ...]) -> Solution:
        """The plan at the scenario's prices, with a status that every goal supports."""
        last = self.answers[-1]
        worst = max((each.status for each in reached), key=_ORDER.index)
        objective = None if self.values is None else program.objective(self.values)
        why = f"goals in turn: {', '.join(each.goal for each in reached)}; {last.why}"
        return replace(
            last, status=worst, objective=objective, bound=None, gap=None, values=self.values, why=why, duals=None,
            progress=(), seconds=time.monotonic() - self.begun,
        )  # fmt: skip


def come_to(case: Case, built: Built, values: Floats) -> tuple[Reached, ...]:
    """What a plan (n,) comes to in the scenario's goals, where nothing is proven of it."""
    stages = [_Stage(goal, None, Status.TIME_LIMIT) for goal in counted(case, built, goals_of(case.scenario))]
    return tuple(_told(case, built, stage, values) for stage in stages)


_ORDER: Final = (Status.OPTIMAL, Status.WITHIN_GAP, Status.TIME_LIMIT)


def _told(case: Case, built: Built, stage: _Stage, values: Floats | None) -> Reached:
    """What the finished plan comes to in a goal, and how near that is to the least there can be."""
    values = np.zeros(built.program.shape[1]) if values is None else values
    value = stage.goal.value(values)
    after = float((stage.goal.weights * values)[beyond(case, built.program)].sum())
    bound = None if stage.bound is None else min(stage.bound, value)
    status, gap = _proven(stage, value, bound), relative_gap(value, bound)
    return Reached(stage.goal.goal, stage.goal.measure, value, after, bound, gap, status)


def _proven(stage: _Stage, value: float, bound: float | None) -> Status:
    """What is proven of a goal in the finished plan, where it may have risen by what the gap allowed."""
    risen = bound is None or value - bound > PROVEN * max(1.0, abs(value))
    return Status.WITHIN_GAP if stage.status is Status.OPTIMAL and risen else stage.status
