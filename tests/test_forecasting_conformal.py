"""Doubt that series share: intervals made from past errors cover what is still to come."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting.conformal import independent_series, recalibration, shared_doubt


def errors(starts: int, growth: float = 0.0, seed: int = 1, series: int = 4, days: int = 7) -> np.ndarray:
    """Independent normal errors (S, C, T) that grow by `growth` from the first start to the last."""
    size = 1.0 + growth * np.arange(starts) / starts
    return np.random.default_rng(seed).standard_normal((series, starts, days)) * size[:, None]


def test_steady_errors_are_left_as_they_are() -> None:
    """Over 700 starts, a hundred weeks, only the Student's share is left: 1 + .66 / (100 * root of 4)."""
    assert recalibration(errors(700), 1.0) == pytest.approx(1.0033, abs=0.02)


def test_errors_that_grew_widen_what_is_to_come() -> None:
    """Errors that doubled on the way are larger at the end than all the earlier ones say."""
    assert recalibration(errors(700, growth=1.0), 1.0) > 1.15


def test_errors_that_shrank_narrow_it() -> None:
    """A forecaster that has learned meanwhile is not held to what it did not know at first."""
    assert recalibration(errors(700, growth=-0.6), 1.0) < 0.9


def test_few_stretches_add_doubt() -> None:
    """Three weeks of 7-day errors are three looks at what moves all series: 1 + .66 / 3, and no interval to hold to."""
    assert recalibration(errors(21, series=1), 1.0) == pytest.approx(1.22, abs=0.2)
    assert recalibration(errors(21, series=1), 7.0) < recalibration(errors(21, series=1), 1.0)


def test_unknown_errors_do_not_count() -> None:
    """Starts of which nothing is known change nothing, and nothing known at all is no fault."""
    known = errors(700)
    assert recalibration(np.full((2, 30, 7), np.nan), 1.0) == pytest.approx(1.33)
    gappy = np.concatenate([known, np.full((4, 5, 7), np.nan)], axis=1)
    assert recalibration(gappy, 1.0) == pytest.approx(recalibration(known, 1.0), abs=0.02)


def test_a_restless_series_is_given_wider_intervals() -> None:
    """One series of three times the error has about three times the factor of the others."""
    scaled = errors(700)
    scaled[0] *= 3.0
    factors = shared_doubt(scaled).factors
    assert factors[0] / factors[1:].mean() == pytest.approx(3.0, rel=0.2)


def test_what_changed_lately_counts_most() -> None:
    """Errors of twice the size over the last fourth widen more than the same errors in the fourth before it."""
    late, earlier = errors(800), errors(800)
    late[:, 600:] *= 2.0
    earlier[:, 400:600] *= 2.0
    assert recalibration(late, 1.0) > recalibration(earlier, 1.0) + 0.1


def test_alike_series_are_one_series() -> None:
    """Four series with errors of their own are worth four; four with the same errors, one."""
    own = np.abs(errors(7_000))
    assert independent_series(own, 7) == pytest.approx(4.0, abs=0.3)
    assert independent_series(np.repeat(own[:1], 4, axis=0), 7) == pytest.approx(1.0)


def test_nothing_known_is_worth_one_series() -> None:
    """Series of which no stretch is known, or but one, say nothing of how they move together."""
    assert independent_series(np.full((3, 20, 7), np.nan), 7) == 1.0
    assert independent_series(np.abs(errors(7)), 7) == 1.0
