"""Scores, each against numbers worked out by hand."""

import math

import numpy as np
import pytest

from forecasting import scores

ACTUAL = np.array([10.0, 20.0, 30.0, np.nan])
EXPECTED = np.array([12.0, 20.0, 26.0, 5.0])


def test_mae_is_the_mean_of_the_known_errors():
    """Errors 2, 0, 4: six thirds."""
    assert scores.mae(ACTUAL, EXPECTED) == pytest.approx(2.0)


def test_rmse_squares_them():
    """Squares 4, 0, 16: the root of 20 / 3."""
    assert scores.rmse(ACTUAL, EXPECTED) == pytest.approx(math.sqrt(20 / 3))


def test_r2_compares_with_the_mean():
    """The variance about 20 is 200 / 3, the mean square 20 / 3: nine tenths are explained."""
    assert scores.r2(ACTUAL, EXPECTED) == pytest.approx(0.9)


def test_wape_is_a_share_of_all_that_came():
    """Six of sixty."""
    assert scores.wape(ACTUAL, EXPECTED) == pytest.approx(0.1)


def test_mase_compares_with_a_week_ago():
    """A past that rises by 4 a week has a weekly error of 4; ours is 2."""
    past = np.repeat([0.0, 4.0, 8.0], 7)
    assert scores.mase(ACTUAL, EXPECTED, past) == pytest.approx(0.5)


def test_pinball_weighs_misses_by_the_level():
    """At level .9, 10 above 8 costs .9 x 2 and 10 below 13 costs .1 x 3: mean 1.05."""
    actual, quantiles = np.array([10.0, 10.0]), np.array([[8.0], [13.0]])
    assert scores.pinball(actual, quantiles, np.array([0.9])) == pytest.approx(1.05)


def test_coverage_counts_the_ends_as_inside():
    """10 lies on the edge, 20 outside, 30 inside; the unknown day does not count: two of three."""
    low, high = np.array([10.0, 21.0, 0.0, 0.0]), np.array([11.0, 22.0, 40.0, 9.0])
    assert scores.coverage(ACTUAL, low, high) == pytest.approx(2 / 3)


def test_an_undefined_score_is_nan():
    """Nothing came, so there is no share of it."""
    assert math.isnan(scores.wape(np.zeros(3), np.ones(3)))
