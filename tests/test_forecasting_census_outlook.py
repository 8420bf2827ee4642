"""From recorded arrivals and a recorded census to the census ahead."""

import numpy as np
import pytest

from forecasting import StayError, TooLittleHistory, survival
from forecasting.census_curves import StayCurve, curve_from_census, stay_curve
from forecasting.census_outlook import expected_census, foresee_census
from forecasting.census_trend import ArrivalsTrend, weekday_shares

SEVEN_DAYS = survival(mean_days=7, days=40)


def queue(days=300, rate=20.0, seed=1):
    """Poisson arrivals and the census that their stays make, drawn patient by patient; 60 days before are left out."""
    rng = np.random.default_rng(seed)
    came = rng.poisson(rate, days + 60)
    present = np.zeros(days + 60)
    leaving = np.append(-np.diff(SEVEN_DAYS), SEVEN_DAYS[-1])
    for day, count in enumerate(came):
        for nights in rng.choice(len(leaving), count, p=leaving / leaving.sum()) + 1:
            present[day : day + nights] += 1
    return came[60:].astype(float), present[60:]


def test_the_curve_is_found_from_arrivals_and_census():
    """Made exactly by a curve that is a mix of stays of 1, 3 and 10 days, the census gives that curve back."""
    curve = np.array([1.0, 0.6, 0.6] + [0.2] * 7)
    rng = np.random.default_rng(0)
    came = rng.uniform(5, 30, 120)
    present = np.convolve(came, curve)[:120]
    found = curve_from_census(came, present, longest=40)
    assert found.survival[:10] == pytest.approx(curve, abs=1e-6)
    assert found.mean_days == pytest.approx(3.6, abs=1e-5)  # 1 + .6 + .6 + 7 x .2


def test_arrivals_recorded_by_half_are_told():
    """Two patients counted for each arrival recorded: the curve begins at 1 and `recorded` is 2."""
    came = np.random.default_rng(0).uniform(5, 30, 100)
    found = curve_from_census(came, 2 * came, longest=10)
    assert found.survival.tolist() == pytest.approx([1.0])
    assert found.recorded == pytest.approx(2.0)


def test_steady_arrivals_make_a_steady_census():
    """Ten a day for half a day and two days more: 25 every day, from today's anchor."""
    told, arrivals, curve, anchor = expected_census([10.0] * 60, [25.0] * 60, days=5)
    assert told == pytest.approx([25.0] * 5, rel=1e-6)
    assert arrivals == pytest.approx([10.0] * 5, rel=1e-6)
    assert curve.mean_days * curve.recorded == pytest.approx(2.5, rel=1e-3)
    assert anchor == pytest.approx(1.0, rel=1e-6)


def test_todays_census_anchors_the_forecast():
    """Twice what arrivals and curve explain today is twice the forecast."""
    curve = stay_curve([2.0, 2.0])
    told, *_, anchor = expected_census([10.0] * 59, [20.0] * 58 + [40.0], days=3, curve=curve)
    assert anchor == pytest.approx(2.0)
    assert told == pytest.approx([40.0] * 3)


def test_arrivals_that_grow_go_on_growing_ever_more_slowly():
    """Arrivals up 3 % a day: tomorrow's are above today's, and each day adds a smaller share than the last."""
    told = ArrivalsTrend(levels=()).fit(20 * 1.03 ** np.arange(100.0), 14).predict(20 * 1.03 ** np.arange(100.0))
    growth = told[1:] / told[:-1]
    assert told[0] > 20 * 1.03**99
    assert (growth > 1).all()
    assert (np.diff(growth) < 0).all()


def test_a_weekday_keeps_its_share():
    """No arrivals on every seventh day: forecasts are near none there too, and the others share the rest."""
    week = np.array([14.0, 14, 14, 14, 14, 14, 0])
    came = np.tile(week, 20)
    assert weekday_shares(came) == pytest.approx([7 / 6] * 6 + [0], abs=0.02)
    told = ArrivalsTrend().fit(came, 14).predict(came)
    assert told == pytest.approx(np.tile(week, 2), abs=0.4)


def test_a_census_ahead_is_as_doubtful_as_it_was():
    """In a queue drawn patient by patient some four in five of what comes lie within the 80 % interval."""
    came, present = queue()
    inside, all_days = 0, 0
    for end in range(220, 286, 6):
        told = foresee_census(came[:end], present[:end], days=14, samples=20)
        low, high = told.quantiles[:, 2], told.quantiles[:, 6]
        inside += int(((low <= present[end : end + 14]) & (present[end : end + 14] <= high)).sum())
        all_days += 14
    assert 0.6 < inside / all_days < 0.95


def test_nothing_after_the_origin_is_read():
    """The past forecasts that doubt is learned from are the same whether or not later days are known to the caller."""
    came, present = queue(200)
    one = foresee_census(came[:150], present[:150], days=7, samples=20)
    changed = np.concatenate([present[:150], np.full(50, 9999.0)])
    other = foresee_census(came[:150], changed[:150], days=7, samples=20)
    assert one.quantiles.tobytes() == other.quantiles.tobytes()


def test_equal_seeds_give_equal_bytes():
    """Samples depend on the seed and on nothing else."""
    came, present = queue(150)
    one, same, other = (foresee_census(came, present, days=7, samples=30, seed=seed).samples for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_sixteen_weeks_can_be_asked_for():
    """112 days ahead: quantiles are ordered, finite, and wider at the end than at the beginning."""
    came, present = queue(400)
    told = foresee_census(came, present, days=112, samples=20)
    assert np.isfinite(told.quantiles).all()
    assert (np.diff(told.quantiles, axis=1) >= 0).all()
    assert told.quantiles[-1, -1] / told.median[-1] > told.quantiles[0, -1] / told.median[0]


def test_too_little_past_is_told():
    """Thirty days have no past forecasts: the spread is assumed, and the outlook says so."""
    came, present = queue(100)
    assert foresee_census(came[:30], present[:30], days=7, samples=20).thin


def test_no_curve_from_a_fortnight():
    """A curve of a week needs three weeks."""
    with pytest.raises(TooLittleHistory, match="needs 21 days of arrivals and census or more, has 20"):
        expected_census([1.0] * 20, [1.0] * 20, days=3)


def test_series_must_cover_the_same_days():
    """One is a day longer."""
    with pytest.raises(StayError, match="same 40 days or more, got 50 and 51"):
        curve_from_census([1.0] * 50, [1.0] * 51, longest=20)


def test_a_census_without_arrivals_has_no_curve():
    """Patients are present and nobody came."""
    with pytest.raises(StayError, match="no curve explains the census"):
        curve_from_census([0.0] * 50, [5.0] * 50, longest=20)


def test_a_curve_not_learned_from_stays_has_no_draws_of_its_own():
    """It is repeated as it is."""
    curve = StayCurve("all", np.array([1.0, 0.5]), np.zeros(2), 10, 0, "arrivals and census")
    assert curve.draws(3, np.random.default_rng(0)).tolist() == [[1.0, 0.5]] * 3
