"""The capacity program against the same model written in PuLP by hand: the optima must be equal."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from optimizer.capacity.build import build
from optimizer.capacity.tables import read_tables
from optimizer.check import check
from optimizer.expansion.case import Case
from optimizer.planning import foresee, plan_grid
from optimizer.scenario.load import load
from optimizer.scenario.model import Scenario
from optimizer.scenario.varying import Choice
from optimizer.solution import Limits
from optimizer.solvers import solve
from tests.benchmarks.naive_pulp import build_naive, solve_naive
from tests.oracle_cases import HAND_WORKED
from tests.oracle_hospitals import Data, hospitals
from tests.oracles import as_program, consistent, least_cost, make_case, proven, same

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"


@pytest.mark.parametrize("name", HAND_WORKED)
def test_the_program_finds_the_optimum_worked_out_by_hand(name: str) -> None:
    """Each case's reckoning stands beside it in `oracle_cases`."""
    found = least_cost(build(make_case(HAND_WORKED[name].scenario())).program)
    assert found == pytest.approx(HAND_WORKED[name].cost), HAND_WORKED[name].why


@pytest.mark.parametrize("name", HAND_WORKED)
def test_the_naive_model_finds_the_optimum_worked_out_by_hand(name: str) -> None:
    """CBC on the scalar model: the second opinion is one only if it is right itself."""
    found = solve_naive(build_naive(make_case(HAND_WORKED[name].scenario())))
    assert found == pytest.approx(HAND_WORKED[name].cost), HAND_WORKED[name].why


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hospitals())
def test_both_models_have_the_same_optimum(data: Data) -> None:
    """Blocks of arrays with cuts and tight bounds, and one scalar at a time without: one truth."""
    case = make_case(data)
    ours, naive = proven(build(case).program), proven(as_program(build_naive(case)))
    assert consistent(ours, naive), f"arrays say {ours}, PuLP says {naive}"


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hospitals())
def test_the_check_accepts_what_the_program_finds(data: Data) -> None:
    """A plan of the program, good enough for a start, stands up to a recount from its tables alone."""
    case = make_case(data)
    built = build(case)
    solution = solve(built.program, solver="highs", limits=Limits(gap=0.05))
    if solution.values is None or solution.objective is None:
        return
    cost = built.layout.cost(built.program.cost, solution.values, case.grid.committed_days)
    checked = check(case, read_tables(case, built, solution.values), objective=solution.objective, cost=cost)
    assert checked.violations == ()


@pytest.mark.parametrize(("name", "sets"), [("quickstart", ()), ("hospital450", ("whole=false",))])
def test_the_scenarios_that_ship_cost_the_same_in_both_models(name: str, sets: tuple[str, ...]) -> None:
    """One ward in whole people, and the 450-bed hospital in fractions (its whole numbers take minutes to prove)."""
    loaded = load(SCENARIOS / f"{name}.yaml", Scenario, choice=Choice(sets=tuple(sets)))
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    assert same(least_cost(build(case).program), least_cost(as_program(build_naive(case))))
