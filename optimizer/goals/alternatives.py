"""Near-equal alternatives: plans hardly dearer than a given one that differ from it, and from each other, most."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built, build
from optimizer.capacity.refill import values_of, with_whole_fixed
from optimizer.expansion.case import Case
from optimizer.goals.apart import apart, can_be_exact, decisions, furthest
from optimizer.goals.parts import Apart, by_parts
from optimizer.goals.solving import by_goals
from optimizer.goals.weights import counted, with_row
from optimizer.making import make_plan
from optimizer.plan import DemandNote, Plan
from optimizer.planning import Outlook
from optimizer.program import Bools, Floats, Program
from optimizer.replanning.differences import Difference, differences
from optimizer.saved import SavedPlan
from optimizer.scenario.goals import goals_of
from optimizer.solution import Limits, Solution, Status, Watch, relative_gap
from optimizer.solvers import solve

POLISH: Final = 0.2
"""Of an alternative's time so much is left to make it cheap once it is far from the others."""

_ONE_SIDED: Final = 0.4
"""Of the rest, where both sides can be searched, so much goes into a quick search of one side of each decision."""

ROUNDING: Final = 1e-6
"""A plan's own cost may be off by this part: its folder holds six decimals."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """A plan hardly dearer: by how many decisions it differs from each plan before it, the given one first.

    `most` is the largest least distance that any plan within the cost can have, as far as proven; None where only
    one side of each decision was searched. `changes` are the cells that differ from the given plan.
    """

    plan: Plan
    apart: tuple[float, ...]
    most: float | None
    changes: tuple[Difference, ...]

    @property
    def proven(self) -> bool:
        """Whether no plan within the cost is further from those before."""
        return self.most is not None and self.most < min(self.apart) + 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """The plan given, what the others may cost (by goals: the part by which each goal may be worse), and the others.

    `ended` says in words why there are fewer than asked for, empty where there are as many; `none_left` that no more
    can be.
    """

    saved: SavedPlan
    within: float
    plans: tuple[Alternative, ...]
    ended: str = ""
    none_left: bool = False


def alternatives(
    saved: SavedPlan,
    *,
    count: int = 3,
    within: float = 0.01,
    limits: Limits | None = None,
    say: Say | None = None,
    watch: Watch | None = None,
) -> Alternatives:
    """`count` plans at most `within` (a share) dearer than a saved one, each as far as can be from all before it.

    Where the plan was made by goals each goal may be worse by that share. `limits` are for all together; every plan is
    read back and checked as any other. Raises CheckFailed where one breaks a rule.
    """
    limits = limits or Limits(60.0, saved.scenario.solve.gap, saved.facts.seed)
    built = build(saved.case)
    ground, start = _ground(saved, built, within, limits)
    others, begun = [start], time.monotonic()
    found: list[Alternative] = []
    for number in range(1, count + 1):
        if say is not None:
            say(f"alternative {number}")
        left = max(1.0, limits.time_limit - (time.monotonic() - begun)) / (count - number + 1)
        looking = _Looking(ground, tuple(others))
        plan = _planned(saved, looking, replace(limits, time_limit=left), watch)
        if looking.values is None or not plan.exists:
            return Alternatives(saved, within, tuple(found), looking.told, looking.none_left)
        changes = differences(saved.case, saved.tables, plan.tables)
        found.append(Alternative(plan, looking.distances(looking.values), looking.most, changes))
        others.append(looking.values)
    return Alternatives(saved, within, tuple(found))


def _planned(saved: SavedPlan, looking: _Looking, limits: Limits, watch: Watch | None) -> Plan:
    outlook = Outlook(saved.case.demand, DemandNote(horizon_days=saved.case.grid.days))
    return make_plan(
        saved.loaded, variant=saved.facts.variant, limits=limits, watch=watch, outlook=outlook, method=looking
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """What every alternative shares: `told` (n,) the decisions that count, `near` the program with the cost held."""

    saved: SavedPlan
    built: Built
    told: Bools
    within: float
    near: Program


def _ground(saved: SavedPlan, built: Built, within: float, limits: Limits) -> tuple[_Ground, Floats]:
    """The ground, and the given plan in its program: exactly, where its folder holds six decimals."""
    start = values_of(saved.case, built, saved.tables)
    near = _near(saved, built, start, within)
    exact = solve(with_whole_fixed(near, start), limits=replace(limits, hint=None)).values
    return _Ground(saved, built, decisions(saved.case, built), within, near), start if exact is None else exact


def _near(saved: SavedPlan, built: Built, start: Floats, within: float) -> Program:
    """The program with the plan's cost, or each of its goals, held to at most `within` more."""
    program = built.program
    if not saved.scenario.solve.by_goals:
        most = _more(saved.facts.objective, within) - program.offset
        return with_row(program, "nearly as good", program.cost, upper=most)
    for goal in counted(saved.case, built, goals_of(saved.scenario)):
        program = with_row(program, "nearly as good", goal.weights, upper=_more(goal.value(start), within))
    return program


def _more(value: float, within: float) -> float:
    return value + within * abs(value) + ROUNDING * max(1.0, abs(value))


@dataclass(slots=True)
class _Looking:
    """A method for one alternative: far from the others first, then as cheap as those decisions allow."""

    ground: _Ground
    others: tuple[Floats, ...]
    values: Floats | None = None
    most: float | None = None
    told: str = ""

    def __call__(self, case: Case, built: Built, limits: Limits, watch: Watch | None = None) -> Solution:
        """The alternative as a solver gives it, at its true cost; a plan that differs in nothing is none."""
        if can_be_exact(self.ground.near, self.ground.told, self.others):
            solution, found = self._far(limits, self.others[0], watch, share=_ONE_SIDED, exact=False)
            solution, found = self._far(limits, found, watch, share=1.0 - _ONE_SIDED, exact=True)
            self.most = None if solution.bound is None else -solution.bound
        else:
            solution, found = self._in_parts(limits)
        if min(self.distances(found)) < 1.0:
            self.told = self._why_none(solution)
            return replace(solution, status=Status.TIME_LIMIT, objective=None, bound=None, gap=None, values=None)
        self.values = self._cheap(case, found, limits)
        return self._costed(solution, self.values)

    def _far(
        self, limits: Limits, start: Floats, watch: Watch | None, *, share: float, exact: bool
    ) -> tuple[Solution, Floats]:
        """The furthest plan found in a share of the time: the one to start from where no other is as far."""
        far = furthest(self.ground.near, self.ground.told, self.others, exact=exact)
        seconds = share * (1.0 - POLISH) * limits.time_limit
        allowed = replace(limits, time_limit=seconds, hint=far.start(start, self.ground.told))
        solution = solve(far.program, limits=allowed, watch=watch)
        if solution.values is None:
            return solution, start
        found = solution.values[: len(start)]
        return solution, max((start, found), key=lambda values: min(self.distances(values)))

    def _in_parts(self, limits: Limits) -> tuple[Solution, Floats]:
        """Unit after unit, where the whole is too large; nothing is proven of how far a plan can be."""
        ground, begun = self.ground, time.monotonic()
        ceilings = len(ground.near.row_lower) - len(ground.built.program.row_lower)
        sought = Apart(ground.near, ceilings, ground.told, self.others)
        start = self.others[-1]
        allowed = replace(limits, time_limit=(1.0 - POLISH) * limits.time_limit)
        found = by_parts(sought, start, allowed)
        why, seconds = "unit after unit", time.monotonic() - begun
        return Solution(Status.TIME_LIMIT, None, None, None, found, "highs", "", why, seconds), found

    def distances(self, values: Floats) -> tuple[float, ...]:
        """By how many decisions a plan (n,) differs from each of the others."""
        return tuple(apart(self.ground.told, values, other) for other in self.others)

    @property
    def none_left(self) -> bool:
        """Whether it is proven that no other plan differs in a whole decision."""
        return self.most is not None and self.most < 1.0

    def _why_none(self, solution: Solution) -> str:
        share = f"{100 * self.ground.within:g} %"
        if self.none_left:
            return f"no other plan within {share} differs in a whole decision"
        return f"no other plan within {share} was found ({solution.message or 'the time was up'})"

    def _cheap(self, case: Case, found: Floats, limits: Limits) -> Floats:
        """The same decisions with all else as good as it can be, found in the time kept for it."""
        ground = self.ground
        held = np.where(ground.told, np.round(found), 0.0)
        program = replace(
            ground.near,
            lower=np.where(ground.told, held, ground.near.lower),
            upper=np.where(ground.told, held, ground.near.upper),
        )
        allowed = replace(limits, time_limit=max(1.0, POLISH * limits.time_limit), hint=found)
        if case.scenario.solve.by_goals:
            better, _ = by_goals(case, replace(ground.built, program=program), solver="auto", limits=allowed)
        else:
            better = solve(program, limits=allowed)
        return found if better.values is None else better.values

    def _costed(self, solution: Solution, values: Floats) -> Solution:
        """At the scenario's prices, beside the least that was proven when the given plan was made."""
        facts = self.ground.saved.facts
        objective = self.ground.built.program.objective(values)
        bound = None if facts.bound is None else min(facts.bound, objective)
        gap = relative_gap(objective, bound)
        why = f"as different as can be at no more than {100 * self.ground.within:g} % above the plan given"
        return replace(
            solution, status=Status.WITHIN_GAP, objective=objective, bound=bound, gap=gap, values=values, why=why,
            progress=(), duals=None,
        )  # fmt: skip


def table(found: Alternatives) -> Iterator[tuple[str | float | int, ...]]:
    """Rows of `alternatives.csv`, in the columns of `COLUMNS`: the given plan first."""
    yield "as planned", round(found.saved.facts.objective, 6), "", "", "", ""
    for number, each in enumerate(found.plans, 1):
        cost = each.plan.objective or 0.0
        most = "" if each.most is None else round(each.most, 6)
        yield (
            f"alternative {number}", round(cost, 6), round(cost - found.saved.facts.objective, 6), each.apart[0],
            min(each.apart), most,
        )  # fmt: skip


COLUMNS: Final = ("plan", "cost", "dearer", "differs_from_plan", "differs_from_nearest", "most_possible")
