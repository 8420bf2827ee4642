"""Second opinions on the optimum: cases built from plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.demand import Demand, elective_cases, per_period, starting_state
from optimizer.expansion.grid import make_grid
from optimizer.program import Program, ProgramBuilder, Term
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits, Status
from optimizer.solvers import solve

if TYPE_CHECKING:
    import pulp

NO_END: Final = 1e6


def make_case(data: Mapping[str, object]) -> Case:
    """A case from data whose demand is given; arrivals stay geometrically for `mean_days`, a census is placed anew."""
    scenario = Scenario.model_validate(data)
    grid = make_grid(scenario, beyond_days=scenario.horizon.beyond_days or 0)
    arrivals = np.zeros((len(scenario.patients), grid.periods))
    stays = np.zeros_like(arrivals)
    for row, group in enumerate(scenario.patients.values()):
        if group.demand is not None:
            given = group.demand.arrivals if group.demand.arrivals is not None else group.demand.census
            arrivals[row] = per_period(given, grid)
        if group.length_of_stay is not None:
            stays[row] = (1.0 - 1.0 / group.length_of_stay.mean) ** (1.0 / grid.periods_per_day)
    state, cases = starting_state(scenario), elective_cases(scenario, grid)
    return Case(scenario, grid, Demand(arrivals, stays, *state, cases, cyclic=grid.cyclic))


def as_program(problem: pulp.LpProblem) -> Program:
    """A PuLP problem as arrays, so that one solver can be asked about both. Variables without an end get 1e6."""
    import pulp

    builder = ProgramBuilder()
    variables = problem.variables()
    at = {variable.name: number for number, variable in enumerate(variables)}
    objective = {variable.name: price for variable, price in problem.objective.items()}
    builder.add_columns(
        "x",
        (len(variables),),
        cost=[objective.get(variable.name, 0.0) for variable in variables],
        lower=[variable.lowBound for variable in variables],
        upper=[NO_END if variable.upBound is None else variable.upBound for variable in variables],
        integer=[variable.cat == pulp.LpInteger for variable in variables],
    )
    for number, constraint in enumerate(problem.constraints()):
        columns = np.array([[at[variable.name] for variable in constraint]], dtype=np.int32).reshape(1, -1)
        term = Term(columns, np.array([list(constraint.values())]).reshape(1, -1))
        end = -constraint.constant
        lower = -np.inf if constraint.sense == pulp.LpConstraintLE else end
        upper = np.inf if constraint.sense == pulp.LpConstraintGE else end
        builder.add_rows(f"row{number}", (1,), [term], lower=lower, upper=upper)
    return builder.build()


def least_cost(program: Program, solver: str = "highs") -> float | None:
    """The proven optimum, None where there is no plan. Raises TimeoutError where neither was proven in 30 s."""
    solution = solve(program, solver=solver, limits=Limits(gap=0.0, time_limit=30.0))
    if solution.status is Status.INFEASIBLE:
        return None
    if solution.status is not Status.OPTIMAL or solution.objective is None:
        raise TimeoutError(f"{solution.status}: {solution.message}")
    return solution.objective


def proven(program: Program, *, seconds: float = 5.0) -> tuple[float, float] | None:
    """Between what costs the optimum lies, as far as proven in time: (bound, best plan); None without any plan."""
    solution = solve(program, solver="highs", limits=Limits(gap=0.0, time_limit=seconds))
    if solution.status is Status.INFEASIBLE:
        return None
    low = -math.inf if solution.bound is None else solution.bound
    return low, math.inf if solution.objective is None else solution.objective


def consistent(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    """Whether both may have the same optimum: two proven ones are equal, or the spans of two unproven ones meet."""
    if one is None or other is None:
        return one is other
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return low <= high + 0.01 + 1e-6 * abs(high)


def same(one: float | None, other: float | None) -> bool:
    """Whether two optima agree: both none, or within what a solver's tolerance on rows is worth in money."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 0.01 + 1e-6 * abs(one)
