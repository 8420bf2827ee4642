"""Prices of random hospitals against brute force: between the costs of one more and one fewer, and solved again."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.documents import plan_files
from optimizer import make_plan, open_data
from optimizer.capacity.build import build
from optimizer.expansion.case import Case
from optimizer.explain.prices import LINEAR, price_plan
from optimizer.explain.scene import Scene
from optimizer.explain.story import tell
from optimizer.explain.worth import relieved
from optimizer.planning import foresee, plan_grid
from optimizer.program import Program
from optimizer.saved import open_plan
from optimizer.solvers import solve
from tests.oracle_hospitals import hospitals

Data = Mapping[str, Any]

STEP = 1e-3
"""A step too short to reach the next kink of these small figures, but longer than prices are nudged."""


def least_cost(program: Program) -> float:
    """The least cost of a linear program; infinite where there is no plan."""
    found = solve(program, solver="highs").objective
    return np.inf if found is None else found


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(hospitals())
def test_a_dual_lies_between_what_one_more_saves_and_one_fewer_costs(data: dict[str, Any]) -> None:
    """In fractions, by solving again with a little more and a little less of the dearest things."""
    loaded = open_data({**data, "whole": False})
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    built = build(case)
    plan = solve(built.program, solver="highs")
    if plan.values is None:
        return
    prices = price_plan(Scene(case, built, plan.values))
    more = prices.duals[LINEAR].more
    assert more is not None or not prices.things
    for at in np.argsort(-more)[:3].tolist() if more is not None else ():
        costs = [
            least_cost(relieved(built.program, [prices.things[at].relief], np.array([step])))
            for step in (-STEP, 0.0, STEP)
        ]
        saved, lost = (costs[1] - costs[2]) / STEP, (costs[0] - costs[1]) / STEP
        assert saved - 0.01 * (1 + saved) <= more[at] <= lost + 0.01 * (1 + lost)


@st.composite
def two_wards(draw: st.DrawFn) -> dict[str, Any]:
    """Two wards that lend nurses to each other, with agency nurses at a price and a limit, for one shift of 10 h."""
    return {
        "needed": [draw(st.integers(0, 4)) for _ in "AB"],
        "own": [draw(st.integers(0, 3)) for _ in "AB"],
        "short": [draw(st.sampled_from([3, 20, 31])) for _ in "AB"],
        "float": draw(st.sampled_from([0, 25, 90])),
        "agency": draw(st.sampled_from([50, 120, 280])),
        "limit": draw(st.integers(0, 2)),
    }


def scenario(wards: Data) -> dict[str, Any]:
    """The wards as a scenario."""
    cover = [
        {"unit": unit, "staff": "rn", "people": people, "during": ["D"], "short_cost_per_hour": price}
        for unit, people, price in zip("AB", wards["needed"], wards["short"], strict=True)
    ]
    nurse = {
        "paid": "per_shift",
        "cost_per_shift": wards["agency"],
        "own": {unit: {"shifts_per_horizon": people} for unit, people in zip("AB", wards["own"], strict=True)},
        "agency": {"multiplier": 1, "people_per_shift": wards["limit"]},
        "float": {"routes": {"A": "any", "B": "any"}, "cost_per_shift": wards["float"]},
    }
    return {
        "schema": 1,
        "id": "wards",
        "horizon": {"start": "2024-01-01", "days": 1},
        "shifts": {"D": {"start": "07:00", "hours": 10}},
        "units": {"A": {"beds": 1, "cares_for": ["med"]}, "B": {"beds": 1}},
        "patients": {"med": {"demand": {"census": 0}, "boarding_cost_per_day": 1}},
        "staff": {"rn": nurse},
        "cover": cover,
    }


def cheapest(wards: Data, given_free: tuple[int, int] = (0, 0)) -> float:
    """The least cost by trying every number of own, agency and lent nurses; `given_free` are there for nothing."""
    own = [range(people + 1) for people in wards["own"]]
    temporary = range(wards["limit"] + 1)
    best = np.inf
    for a, b, agency_a, agency_b in itertools.product(*own, temporary, temporary):
        for lent in range(-b, a + 1):  # to B where above 0, to A where below
            there = a + agency_a - lent + given_free[0], b + agency_b + lent + given_free[1]
            short = [max(0, need - people) for need, people in zip(wards["needed"], there, strict=True)]
            cost = (a + b + agency_a + agency_b) * wards["agency"] + abs(lent) * wards["float"]
            best = min(best, cost + sum(10 * s * price for s, price in zip(short, wards["short"], strict=True)))
    return float(best)


@settings(max_examples=12)
@given(two_wards())
def test_solving_again_says_what_brute_force_says(wards: dict[str, Any]) -> None:
    """In whole people: the least cost less the least cost with one more nurse there for nothing."""
    loaded = open_data(scenario(wards))
    plan = make_plan(loaded, solver="highs")
    assert plan.objective == pytest.approx(cheapest(wards))
    with TemporaryDirectory() as name:
        for file, text in plan_files(plan, loaded).items():
            (Path(name) / file).write_text(text, encoding="utf-8")
        story = tell(open_plan(Path(name)), top=10, seconds=10.0)
    for price in story.again:
        if price.resource == "duties":
            more = (1, 0) if price.unit == "A" else (0, 1)
            assert price.worth == pytest.approx(cheapest(wards) - cheapest(wards, more), abs=1e-4)
