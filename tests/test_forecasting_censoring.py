"""Demand is not occupancy: what wanted to come in is found on data whose full days were cut on purpose."""

from datetime import date

import numpy as np
import pytest

from forecasting import ForecastError, TooLittleHistory, history_from_values
from forecasting.censoring import wanted_beds
from forecasting.censoring_history import uncapped


def demand(days=728, mean=100.0, sd=8.0, keep=0.0, seed=0):
    """Normal demand with a weekday (6 more on five days than on two) and errors that last (`keep` of one day's)."""
    rng = np.random.default_rng(seed)
    errors = np.zeros(days)
    for day in range(days):
        errors[day] = (keep * errors[day - 1] if day else 0.0) + np.sqrt(1 - keep**2) * rng.standard_normal()
    weekday = np.where(np.arange(days) % 7 < 5, 6 * 2 / 7, -6 * 5 / 7)
    return mean + weekday + sd * errors


@pytest.mark.parametrize("beds", [108, 100, 96])
@pytest.mark.parametrize("keep", [0.0, 0.7])
def test_the_mean_is_recovered_where_beds_cut_it(beds, keep):
    """Cut at 108, 100 and 96 (a sixth, half and two thirds of days full): within 2 patients; counting misses more."""
    true = demand(keep=keep)
    told = wanted_beds(np.minimum(true, beds), beds, full_at=1.0)
    naive = abs(np.minimum(true, beds).mean() - true.mean())
    assert abs(told.expected.mean() - true.mean()) < min(2.0, 0.7 * naive)


def test_four_days_in_five_full():
    """Cut at 92.5, four in five days are full and counting misses 8 patients: the estimate is within 3."""
    true = demand(1456)
    told = wanted_beds(np.minimum(true, 92.5), 92.5, full_at=1.0)
    assert told.full.mean() == pytest.approx(0.8, abs=0.04)
    assert true.mean() - np.minimum(true, 92.5).mean() > 7.5
    assert told.expected.mean() == pytest.approx(true.mean(), abs=3.0)


def test_level_and_spread_are_those_demand_was_drawn_from():
    """Half the days cut: spread 8 within 1, and the weekday's 6 patients within 2."""
    told = wanted_beds(np.minimum(demand(), 100), 100, full_at=1.0)
    assert told.spread == pytest.approx(8.0, abs=1.0)
    busy = np.arange(728) % 7 < 5
    assert told.level[busy].mean() - told.level[~busy].mean() == pytest.approx(6.0, abs=2.0)


def test_a_level_that_drifts_is_followed():
    """Demand climbs from 80 to 120 against 100 beds: in the last quarter the estimate is within 4 patients of it."""
    true = demand(mean=0.0) + np.linspace(80, 120, 728)
    told = wanted_beds(np.minimum(true, 100), 100, full_at=1.0)
    assert told.expected[364:546].mean() == pytest.approx(true[364:546].mean(), abs=4.0)
    assert (np.minimum(true, 100)[546:].mean() - true[546:].mean()) < -10


def test_days_that_were_not_full_stay_as_counted():
    """Only full days are estimated, each above its count."""
    counts = np.minimum(demand(), 100)
    told = wanted_beds(counts, 100, full_at=1.0)
    assert told.expected[~told.full].tolist() == counts[~told.full].tolist()
    assert (told.expected[told.full] > 100).all()


def test_nothing_full_is_nothing_changed():
    """With beds to spare demand is what was counted, without a note."""
    told = wanted_beds([90.0] * 20, 120)
    assert told.expected.tolist() == [90.0] * 20
    assert told.notes == ()


def test_known_waiting_and_outlying_are_added():
    """Full with 4 waiting and 3 outlying: 107 wanted a bed, and nothing is estimated."""
    told = wanted_beds([100.0] * 20, 100, waiting=[4.0] * 20, outlying=[3.0] * 20)
    assert told.expected.tolist() == [107.0] * 20
    assert not told.full.any()


def test_where_waiting_is_unknown_the_day_is_censored():
    """Of two full days one has its queue recorded: that one is known, the other at least what was counted."""
    counts = np.minimum(demand(60), 100)
    counts[:2] = 100.0
    told = wanted_beds(counts, 100, waiting=np.where(np.arange(60) == 0, 5.0, np.nan), full_at=1.0)
    assert told.expected[0] == 105.0
    assert told.full[1]
    assert told.expected[1] > 100


def test_a_day_without_a_count_stays_unknown():
    """NaN is no demand of nought."""
    counts = np.minimum(demand(), 100)
    counts[50] = np.nan
    assert np.isnan(wanted_beds(counts, 100, full_at=1.0).expected[50])


def test_beds_may_differ_by_day():
    """100 beds in one half, 110 in the other: a count of 100 is full only where 100 are open."""
    true = demand()
    beds = np.where(np.arange(728) < 364, 100.0, 110.0)
    told = wanted_beds(np.minimum(true, beds), beds, full_at=1.0)
    assert told.full[:364].mean() > told.full[364:].mean() + 0.2
    assert told.expected.mean() == pytest.approx(true.mean(), abs=1.0)


def test_draws_of_full_days_lie_above_the_count():
    """And their mean is the expected demand; other days are as counted."""
    told = wanted_beds(np.minimum(demand(200), 100), 100, full_at=1.0)
    drawn = told.draws(4000, np.random.default_rng(0))
    assert (drawn[:, told.full] >= 100).all()
    assert drawn.mean(axis=0) == pytest.approx(told.expected, abs=0.5)


def test_the_note_says_how_much_was_wanted():
    """A reader sees how many days were full and what that hid."""
    told = wanted_beds(np.minimum(demand(), 100), 100, full_at=1.0)
    assert f"{told.full.sum()} of 728 days were full; some " in told.notes[0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"occupied": [-1.0], "beds": 5}, "must be 0 or more"),
        ({"occupied": [1.0, 2.0], "beds": [1.0, 2.0, 3.0]}, "must have the 2 days of occupied"),
        ({"occupied": [1.0], "beds": 5, "full_at": 0}, "full_at must be above 0"),
    ],
)
def test_counts_that_are_none_are_refused(given, message):
    """The message states the rule."""
    with pytest.raises(ForecastError, match=message):
        wanted_beds(**given)


def test_always_full_tells_nothing():
    """Without days that were not full nobody can say what was wanted."""
    with pytest.raises(TooLittleHistory, match="60 of 60 days were full"):
        wanted_beds([100.0] * 60, 100)


def as_history(name, values, start=date(2023, 1, 1)):
    """A daily history."""
    return history_from_values(name, start, [None if np.isnan(value) else float(value) for value in values])


def test_a_history_of_full_days_becomes_one_of_demand():
    """Cut at 100 half the time: mean and spread of the new history are demand's within 1, and a note says so."""
    true = demand()
    capped = as_history("occupied", np.minimum(true, 100))
    told = uncapped(capped, as_history("beds", np.full(728, 100.0)), full_at=1.0)
    assert told.values.mean() == pytest.approx(true.mean(), abs=1.0)
    assert told.values.std() == pytest.approx(true.std(), abs=1.0)
    assert "728 days were full" in str(told.notes[-1])


def test_nothing_from_the_start_on_is_read_or_changed():
    """Other counts after the first year change nothing before it and stay as they are."""
    counts = np.minimum(demand(), 100)
    other = counts.copy()
    other[365:] = 50.0
    beds = as_history("beds", np.full(728, 100.0))
    day = date(2024, 1, 1)
    one, changed = (uncapped(as_history("occupied", each), beds, before=day, full_at=1.0) for each in (counts, other))
    assert one.values[:365].tobytes() == changed.values[:365].tobytes()
    assert changed.values[365:].tolist() == [50.0] * 363


def test_a_history_may_begin_where_its_beds_do_not():
    """Beds known from the tenth day on, waiting on some days only: days are matched by date."""
    counts = np.full(60, 90.0)
    counts[20] = 100.0
    beds = as_history("beds", np.full(50, 100.0), date(2023, 1, 11))
    waiting = as_history("waiting", np.full(30, 7.0), date(2023, 1, 11))
    outlying = as_history("outlying", np.zeros(30), date(2023, 1, 11))
    told = uncapped(as_history("occupied", counts), beds, waiting=waiting, outlying=outlying)
    assert told.values[[5, 20, 55]].tolist() == [90.0, 107.0, 90.0]
