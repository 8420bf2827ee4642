"""Counts are compared exactly by the check, however large; only figures with a fraction may be off by a rounding."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.check.findings import Broken, above, differ, slack
from optimizer.making import make_plan
from optimizer.scenario.files import open_data

HUGE = st.integers(-(2**53) + 1, 2**53 - 1)


def places(found: Iterator[Broken]) -> int:
    return sum(each.places for each in found)


@given(HUGE, HUGE)
def test_whole_figures_are_compared_as_integers_are(left: int, right: int) -> None:
    """As Python's exact integers say, up to 2^53: at 10^9 a millionth of the figure would forgive a thousand people."""
    here, there = np.array([float(left)]), np.array([float(right)])
    assert (places(above(here, there, str, "{left} > {right}")) == 1) is (left > right)
    assert (places(differ(here, there, str, "{left} is not {right}")) == 1) is (left != right)


@given(HUGE)
def test_one_more_is_one_too_many(count: int) -> None:
    """The nearest miss there is."""
    assert places(above(np.array([count + 1.0]), float(count), str, "{left} > {right}")) == 1


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [(12.00005, 12.0, True), (12.0002, 12.0, False), (5e6 + 0.5, 5e6 - 0.5, True), (0.3, 0.1 + 0.2, True)],
)
def test_figures_with_a_fraction_may_be_off_by_a_rounding(left: float, right: float, same: bool) -> None:
    """1e-4 and a millionth of their scale: 0.00005 of 12, 1 of 5 million, 5e-17 of .3; but not .0002 of 12."""
    assert bool(abs(left - right) <= slack(left, right)) is same


def test_parts_of_people_that_add_up_to_a_whole_one_are_enough() -> None:
    """3 patients at 2 a nurse need 2: one at home, one lent who is worth 0.9, and 0.1 short, which are 2 together.

    2 - 1.9 - 0.1 is 8e-17 as computers count, 2 - (1.9 + 0.1) is 0. The lent nurse saves 0.9 x 150 short and costs 100.
    """
    lent = {"routes": {"W": ["V"]}, "efficiency": 0.9, "cost_per_shift": 5}
    data = {
        "schema": 1, "id": "lent", "horizon": {"start": "2024-01-01", "days": 1},
        "shifts": {"D": {"start": "07:00", "hours": 10}},
        "units": {"W": {"beds": 4, "cares_for": ["med"]}, "V": {"beds": 6, "cares_for": ["sur"]}},
        "patients": {
            "med": {"demand": {"census": 2}, "boarding_cost_per_day": 400},
            "sur": {"demand": {"census": 3}, "boarding_cost_per_day": 400},
        },
        "staff": {
            "rn": {
                "paid": "per_shift", "cost_per_shift": 100, "own": {"W": 2, "V": 1}, "hours_per_week": 70,
                "rest": {"shifts_in_7_days": 7}, "float": lent, "short_cost_per_hour": 15,
            }
        },
        "cover": [{"unit": unit, "staff": "rn", "patients_per_person": 2, "during": ["D"]} for unit in "WV"],
        "solve": {"gap": 0},
    }  # fmt: skip
    plan = make_plan(open_data(data))
    # 3 shifts at 100, 5 for the lent one, 0.1 of a person short for 10 h at 15
    assert plan.objective == pytest.approx(300 + 5 + 15)
