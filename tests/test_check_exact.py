"""Counts are compared exactly by the check, however large; only figures with a fraction may be off by a rounding."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.check.findings import Broken, above, differ, slack

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
