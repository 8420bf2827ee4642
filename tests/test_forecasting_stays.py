"""Stays, arrivals and census: the M_t/G/infinity queue comes out exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import StayError, arrivals_from_census, census_from_arrivals, survival

counts = st.lists(st.floats(0, 100), min_size=1, max_size=12)
drops = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def falling(shares):
    """A survival curve that begins at 1."""
    return np.concatenate([[1.0], np.cumprod(shares)])


def test_a_mean_stay_is_a_geometric_curve():
    """A mean of 4 days leaves three in four each day."""
    curve = survival(mean_days=4)
    assert curve[:3] == pytest.approx([1.0, 0.75, 0.5625])
    assert curve.sum() == pytest.approx(4.0, abs=1e-6)


def test_a_mean_below_a_day_is_the_share_ever_counted():
    """Half a bed-day a patient: one in two is there at the count."""
    assert survival(mean_days=0.5).tolist() == [0.5]


def test_observed_stays_are_counted():
    """Of 1, 2, 2, 5 nights: all stay one night, three a second, one a third to fifth; the sum is the mean, 2.5."""
    curve = survival(stays=[1, 2, 2, 5])
    assert curve.tolist() == [1.0, 0.75, 0.25, 0.25, 0.25]
    assert curve.sum() == 2.5


def test_patients_still_in_are_censored():
    """One of the two at 2 days has not left: of the 3 at risk one leaves (.75 x 2/3); the longest then keeps .5."""
    curve = survival(stays=[1, 2, 2, 5], still_in=[False, False, True, False])
    assert curve == pytest.approx([1.0, 0.75, 0.5, 0.5, 0.5])


def test_a_given_curve_can_be_cut():
    """`days` leaves the first two days."""
    assert survival(curve=[1, 0.5, 0.2], days=2).tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({}, "give exactly one of mean_days, curve and stays"),
        ({"mean_days": 2, "curve": [1]}, "give exactly one"),
        ({"mean_days": 0}, "a mean stay must be above 0 days, got 0"),
        ({"curve": [1, 0.5, 0.6]}, "must not rise, got 0.6 after 0.5 at day 2"),
        ({"curve": [1.5]}, "must lie within 0 and 1, got 1.5 at day 0"),
        ({"curve": [0.0]}, "must begin above 0"),
        ({"curve": []}, "a list of one share or more"),
        ({"stays": [2, -1]}, "observed stays must be numbers of 0 or more days"),
        ({"stays": [2, 3], "still_in": [True]}, "must mark each of the 2 stays, got 1 marks"),
    ],
)
def test_what_is_no_stay_is_refused(given_, message):
    """The message states the rule and the offender."""
    with pytest.raises(StayError, match=message):
        survival(**given_)


@settings(max_examples=50, deadline=None)
@given(counts, drops)
def test_the_census_is_the_sum_over_all_arrivals_still_in(arrivals, shares):
    """Against a plain double loop over days and stays."""
    curve = falling(shares)
    plain = [
        sum(arrivals[day - stay] * curve[stay] for stay in range(min(day + 1, len(curve))))
        for day in range(len(arrivals))
    ]
    assert census_from_arrivals(arrivals, curve) == pytest.approx(plain, abs=1e-9)


def test_those_present_at_the_start_leave_by_steady_ages():
    """Curve 1, .5 (sum 1.5): a third of those present came the day before yesterday and is gone today."""
    # of 30 present 20 are in for their first day, half of whom stay: 10 today, none tomorrow
    assert census_from_arrivals([0, 0], [1, 0.5], 30.0) == pytest.approx([10.0, 0.0])


def test_a_geometric_stay_keeps_the_same_share_of_those_present():
    """With no memory three in four stay, whatever their ages."""
    assert census_from_arrivals([0, 0], survival(mean_days=4), 16.0) == pytest.approx([12.0, 9.0], rel=1e-6)


def test_what_remains_can_be_given():
    """All ten are known to leave on the second day."""
    assert census_from_arrivals([1, 1], [1.0], 10.0, remaining=[1, 0]).tolist() == [11.0, 1.0]


@settings(max_examples=50, deadline=None)
@given(counts, drops, st.floats(0, 100))
def test_arrivals_give_the_census_back_wherever_no_excess_is_told(census, shares, start):
    """Census plus excess is what the arrivals make, day by day."""
    curve = falling(shares)
    flow = arrivals_from_census(census, curve, present_at_start=start)
    assert (flow.arrivals >= 0).all()
    made = census_from_arrivals(flow.arrivals, curve, start)
    assert made == pytest.approx(np.array(census) + flow.excess, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(counts, drops, st.floats(0, 100))
def test_arrivals_are_recovered_from_their_census(arrivals, shares, start):
    """A census made by arrivals needs those arrivals and has no excess."""
    curve = falling(shares)
    flow = arrivals_from_census(census_from_arrivals(arrivals, curve, start), curve, present_at_start=start)
    assert flow.arrivals == pytest.approx(arrivals, abs=1e-6)
    assert flow.excess == pytest.approx(0, abs=1e-6)


def test_the_chance_to_stay_moves_the_stock():
    """Present tomorrow = chance x present today + arrivals: the compact form of the same flow."""
    flow = arrivals_from_census([10, 12, 11, 13], [1, 0.6, 0.5, 0.1])
    present = np.array([10.0, 10, 12, 11])
    assert flow.stay_chance * present + flow.arrivals == pytest.approx([10, 12, 11, 13])


def test_a_census_that_falls_faster_than_patients_leave_is_told():
    """Of 16 three in four stay: 12 are left where 5 were asked for, 7 too many."""
    flow = arrivals_from_census([16, 5], survival(mean_days=4), present_at_start=16)
    assert flow.arrivals == pytest.approx([4, 0], rel=1e-6)
    assert flow.excess == pytest.approx([0, 7], rel=1e-6)


@pytest.mark.parametrize(
    ("census", "message"),
    [([], "census must be a list of one number or more"), ([1, -2], "census must be 0 or more, got -2 at day 1")],
)
def test_what_is_no_census_is_refused(census, message):
    """Empty or negative."""
    with pytest.raises(StayError, match=message):
        arrivals_from_census(census, [1.0])
