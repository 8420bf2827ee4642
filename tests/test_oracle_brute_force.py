"""The capacity program against trying everything, on tiny hospitals; and the independent check on what it finds."""

import math

import pytest
from hypothesis import HealthCheck, given, settings

from optimizer.capacity.build import build
from optimizer.capacity.tables import read_tables
from optimizer.check import check
from optimizer.solution import Limits
from optimizer.solvers import solve
from tests.oracle_brute_force import TinyHospital
from tests.oracle_tiny import Data, tiny_hospitals
from tests.oracles import least_cost, make_case, same

quietly = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _ward(**more: object) -> Data:
    """One ward of 2 beds, two days with 3 and 1 patients, one nurse for 2 patients by day; nurses cost 100 a shift."""
    ward: Data = {
        "schema": 1,
        "id": "ward",
        "horizon": {"start": "2024-01-01", "days": 2},
        "shifts": {"D": {"start": "07:00", "hours": 12}},
        "units": {
            "A": {
                "beds": 2,
                "cares_for": ["med"],
                "escalation": {"bays": [2], "cost_per_bay_day": 45, "opening_cost": 20},
            }
        },
        "patients": {"med": {"demand": {"census": [3, 1]}, "whole": True, "boarding_cost_per_day": 500}},
        "staff": {
            "rn": {
                "paid": "per_shift",
                "cost_per_shift": {"D": 100},
                "own": {"A": {"shifts_per_horizon": 1}},
                "bank": {"multiplier": 1.25, "people_per_shift": 1},
                "short_cost_per_hour": 40,
            }
        },
        "cover": [{"unit": "A", "staff": "rn", "patients_per_person": {"D": 2}, "during": ["D"]}],
    }
    return ward | more


def test_brute_force_agrees_with_a_ward_reckoned_by_hand() -> None:
    """The oracle itself: the third patient opens the bay, and three shifts are needed, one of them own."""
    # Day 1: 3 patients in 2 beds + bay (20 + 45); ceil(3 / 2) = 2 nurses. Day 2: 1 patient, 1 nurse.
    # One own shift at 100; bank at 125 for the others, one a day: the own one stands on day 1 beside a bank one.
    assert TinyHospital(_ward()).least_cost() == pytest.approx(20 + 45 + 100 + 125 + 125)


def test_brute_force_gives_a_night_worker_her_rest() -> None:
    """One person can work a night and then a night, or a day and then a night, but no day after a night; two can."""
    shifts = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}}
    night_then_day = ((0, 1), (1, 0))
    hospital = TinyHospital(_ward(shifts=shifts))
    assert len(hospital.rosters(1)) == 3 * 3 - 1
    assert night_then_day not in hospital.rosters(1)
    assert night_then_day in hospital.rosters(2)


@settings(quietly, max_examples=60)
@given(tiny_hospitals())
def test_highs_finds_what_trying_everything_finds(data: Data) -> None:
    """Named people, whole beds and bays, every one of them tried: no plan costs less, and none is overlooked."""
    brute = TinyHospital(data).least_cost()
    found = least_cost(build(make_case(data)).program)
    assert same(found, None if brute == math.inf else brute), f"program {found}, brute force {brute}"


@pytest.mark.parametrize("solver", ["cbc", "scip"])
@settings(quietly, max_examples=12)
@given(data=tiny_hospitals())
def test_every_solver_finds_what_trying_everything_finds(solver: str, data: Data) -> None:
    """The optimum is the program's, not the solver's."""
    brute = TinyHospital(data).least_cost()
    found = least_cost(build(make_case(data)).program, solver)
    assert same(found, None if brute == math.inf else brute), f"{solver} {found}, brute force {brute}"


@settings(quietly, max_examples=20)
@given(tiny_hospitals())
def test_the_check_accepts_the_best_plan(data: Data) -> None:
    """A plan that costs what trying everything says also recounts to it from its tables alone."""
    case = make_case(data)
    built = build(case)
    solution = solve(built.program, solver="highs", limits=Limits(gap=0.0))
    if solution.values is None or solution.objective is None:
        return
    cost = built.layout.cost(built.program.cost, solution.values, case.grid.committed_days)
    checked = check(case, read_tables(case, built, solution.values), objective=solution.objective, cost=cost)
    assert checked.violations == ()
    assert sum(checked.cost.values()) == pytest.approx(TinyHospital(data).least_cost(), abs=0.01)
