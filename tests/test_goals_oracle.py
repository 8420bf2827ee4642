"""Goals in turn against the same model written in PuLP by hand: each goal's least value must be equal."""

from __future__ import annotations

import pulp
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from optimizer.capacity.build import build
from optimizer.goals.solving import by_goals
from optimizer.solution import Limits, Status
from tests.benchmarks.naive_pulp import write_naive
from tests.oracle_hospitals import Data, hospitals
from tests.oracles import as_program, make_case, proven

EXACT = Limits(10.0, 0.0, threads=1)
HELD = 1e-6


def naive_goals(data: Data) -> tuple[float, float] | None:
    """The least harm and the least cost with so much harm, by the scalar model; None where there is no plan.

    Examples that are not proven in seconds are passed over.
    """
    model = write_naive(make_case(data))
    problem, harm = model.finish(), pulp.lpSum(model.lacking)
    money = pulp.lpSum(model.paid[True] + model.paid[False])
    values = []
    for number, goal in enumerate((harm, money)):
        unnamed = problem.copy()
        unnamed.setObjective(goal)
        found = proven(as_program(unnamed))
        if found is None:
            return None
        assume(found[1] - found[0] <= 1e-6 * max(1.0, abs(found[1])))
        values.append(found[1])
        if number == 0:
            problem.addConstraint(harm <= found[1] + HELD)
    return values[0], values[1]


def _without(part: object, key: str) -> Data:
    """A part of a scenario less one of its keys."""
    return {name: value for name, value in part.items() if name != key} if isinstance(part, dict) else {}


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hospitals(), st.sampled_from([None, 500, 3000]))
def test_both_models_reach_the_same_in_each_goal(data: Data, budget: float | None) -> None:
    """Harm first, then cost: two programs that share nothing but the scenario agree on both.

    For the one a budget is a limit, for the other part of what is sought.
    """
    today, limits = (_without(data.get(key), name) for key, name in (("today", "published"), ("limits", "budget")))
    goals: Data = {"goals": ["harm", "cost"]}
    data = {**data, "today": today, "limits": limits, "solve": goals | ({"budget": budget} if budget else {})}
    expected = naive_goals({**data, "limits": limits | {"budget": budget}, "solve": goals})
    case = make_case(data)
    solution, reached = by_goals(case, build(case), solver="highs", limits=EXACT)
    if expected is None:
        assert solution.status is Status.INFEASIBLE
        return
    harm, cost = reached
    assume(harm.status is Status.OPTIMAL and cost.status is Status.OPTIMAL)
    assert abs(harm.value - expected[0]) <= 0.01 + 1e-6 * abs(expected[0])
    assert abs(cost.value - expected[1]) <= 0.05 + 1e-5 * abs(expected[1])
