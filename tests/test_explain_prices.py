"""Prices: what one more of a scarce thing is worth, worked out by hand, in fractions and in whole people and bays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from optimizer import make_plan, open_data
from optimizer.explain.prices import FIXED, LINEAR, RELAXED
from optimizer.explain.story import tell
from optimizer.plan import Plan, Price
from tests.small_ward import saved_plan

Data = Mapping[str, Any]

MONDAY: Final[Data] = {
    "schema": 1,
    "id": "prices",
    "horizon": {"start": "2024-01-01", "days": 1},
    "shifts": {"D": {"start": "07:00", "hours": 7}},
    "units": {"A": {"beds": 10, "cares_for": ["med"]}, "B": {"beds": 10}},
    "patients": {"med": {"demand": {"census": 0}, "boarding_cost_per_day": 900}},  # nobody is ill
}

# Three nurses are needed for 7 hours, two on A and one on B; each unit has one, who may float. An hour short is 9 on A
# and 5 on B, so the nurse of B goes to A and B is short: 7 x 5 = 35. One more on B ends that. One more on A lets B's
# nurse stay at home: 35 too, not the 63 of a nurse missing on A. One fewer on A: nobody is left to come, 7 x 9 = 63.
TWO_UNITS: Final[Data] = {
    **MONDAY,
    "staff": {
        "rn": {
            "paid": "per_shift",
            "cost_per_shift": 0,
            "own": {"A": {"shifts_per_horizon": 1}, "B": {"shifts_per_horizon": 1}},
            "float": {"routes": {"A": "any", "B": "any"}},
        }
    },
    "cover": [
        {"unit": "A", "staff": "rn", "people": 2, "during": ["D"], "short_cost_per_hour": 9},
        {"unit": "B", "staff": "rn", "people": 1, "during": ["D"], "short_cost_per_hour": 5},
    ],
}


def plan_of(data: Data, **parts: object) -> Plan:
    """The best plan."""
    return make_plan(open_data({**data, **parts}), solver="highs")


def priced(plan: Plan, method: str) -> dict[tuple[str, str, str, str], Price]:
    """Prices by resource, unit, day and shift, by one method."""
    return {(each.resource, each.unit, each.day, each.shift): each for each in plan.prices if each.method == method}


def on_duty(plan: Plan, method: str, unit: str) -> Price:
    """The price of one more nurse on the day shift."""
    return priced(plan, method)["duties", unit, "2024-01-01", "D"]


@pytest.mark.parametrize("unit", ["A", "B"])
def test_the_next_nurse_is_worth_35_in_fractions(unit: str) -> None:
    """Wherever she comes, it is the shortfall on B that ends."""
    assert on_duty(plan_of(TWO_UNITS, whole=False), LINEAR, unit).worth == pytest.approx(35)


def test_one_fewer_costs_more_than_one_more_saves() -> None:
    """At the kink: one nurse more on A saves 35, one fewer costs 63."""
    price = on_duty(plan_of(TWO_UNITS, whole=False), LINEAR, "A")
    assert (price.worth, price.one_fewer) == (pytest.approx(35), pytest.approx(63))


def solved_again(data: Data, folder: Path, **parts: object) -> dict[tuple[str, str, str, str], Price]:
    """Prices of the best plan, read back from its folder, by solving again with one more."""
    story = tell(saved_plan(folder, {**data, **parts}, solver="highs"), top=10, seconds=10.0)
    return {(each.resource, each.unit, each.day, each.shift): each for each in story.again}


@pytest.mark.parametrize("unit", ["A", "B"])
def test_the_next_nurse_is_worth_35_in_whole_people(unit: str, tmp_path: Path) -> None:
    """Solved again with her, whole people as they are."""
    assert solved_again(TWO_UNITS, tmp_path)["duties", unit, "2024-01-01", "D"].worth == pytest.approx(35)


def test_whole_plans_tell_every_method_by_its_name() -> None:
    """On A the dropped whole numbers say 35; fixed ones 0, for the nurse of B can't stay at home then."""
    plan = plan_of(TWO_UNITS)
    told = {method: on_duty(plan, method, "A").worth for method in (RELAXED, FIXED)}
    assert told == {RELAXED: pytest.approx(35), FIXED: pytest.approx(0)}
