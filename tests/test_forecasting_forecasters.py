"""Every forecaster keeps the contract; the simple ones are worked out by hand."""

from datetime import date

import numpy as np
import pytest

from forecasting.calendars import calendar_rows
from forecasting.errors import TooLittleHistory
from forecasting.forecasters import FORECASTERS, Ridge, SeasonalNaive, WeekdayMean, new_forecaster
from forecasting.linear import ridge_solve
from forecasting.panel import Panel, centred_mean, trailing_mean

AHEAD = np.array([1, 2, 3])


def panel(values, first="2022-01-03"):
    """A panel of rows of values from a Monday on, with weekdays for ten more days."""
    grid = np.atleast_2d(np.asarray(values, dtype=float))
    start = np.datetime64(first)
    return Panel(start, grid, calendar_rows(start + np.arange(grid.shape[1] + 10), None, None))


def noisy(rows, days):
    return np.random.default_rng(0).poisson(30, (rows, days)).astype(float)


@pytest.mark.parametrize("name", list(FORECASTERS))
def test_a_prediction_reads_nothing_after_its_origin(name):
    """A forecaster fitted on the past answers the same whether the panel goes on after the origin or not."""
    values = noisy(2, 160)
    fitted = new_forecaster(name).fit(panel(values).until(119), AHEAD)
    changed = values.copy()
    changed[:, 131:] = 1e6
    before = fitted.predict(panel(values), np.array([125, 130]))
    after = fitted.predict(panel(changed), np.array([125, 130]))
    assert before.shape == (2, 2, 3)
    assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("name", list(FORECASTERS))
def test_a_prediction_changes_nothing(name):
    """Asking twice gives the same answer."""
    known = panel(noisy(1, 120))
    fitted = new_forecaster(name).fit(known, AHEAD)
    assert np.array_equal(fitted.predict(known, np.array([119])), fitted.predict(known, np.array([119])))


@pytest.mark.parametrize("name", ["fast", "trees", "blend"])
def test_settings_are_read_and_changed_by_name(name):
    """As scikit-learn's clone and search expect; an unknown name is refused."""
    made = new_forecaster(name)
    settings = made.get_params()
    assert type(made)(**settings).get_params() == settings
    with pytest.raises(ValueError, match="has no setting 'wings'"):
        made.set_params(wings=2)


def test_seasonal_naive_repeats_the_weekday():
    """Two weeks 0..13 from a Monday: next Monday, Tuesday, Wednesday are as in the second week: 7, 8, 9."""
    known = panel(np.arange(14))
    assert SeasonalNaive().fit(known, AHEAD).predict(known, np.array([13])).tolist() == [[[7.0, 8.0, 9.0]]]


def test_seasonal_naive_looks_a_week_further_back_for_a_missing_day():
    """The second Monday is unknown: the first, 0, stands in."""
    values = np.arange(14.0)
    values[7] = np.nan
    assert SeasonalNaive().fit(panel(values), AHEAD).predict(panel(values), np.array([13]))[0, 0, 0] == 0.0


def test_weekday_mean_averages_the_weekday():
    """Mondays 0 and 7, Tuesdays 1 and 8, Wednesdays 2 and 9: means 3.5, 4.5, 5.5."""
    known = panel(np.arange(14))
    assert WeekdayMean().fit(known, AHEAD).predict(known, np.array([13])).tolist() == [[[3.5, 4.5, 5.5]]]


def test_a_weekday_never_seen_is_the_level():
    """Mondays are always missing; the level is the mean of the others, 5."""
    values = np.where(np.arange(28) % 7 == 0, np.nan, 5.0)
    assert WeekdayMean().fit(panel(values), AHEAD).predict(panel(values), np.array([27]))[0, 0, 0] == 5.0


def test_no_lag_reaches_across_a_gap_as_if_it_were_contiguous():
    """After a gap of 60 days the old piece is no lag: ridge starts from the new piece's level."""
    values = np.concatenate([np.full(150, 100.0), np.full(60, np.nan), np.full(10, 50.0)])
    known = panel(values)
    told = Ridge().fit(known, AHEAD).predict(known, np.array([219]))
    assert told[0, 0] == pytest.approx([50, 50, 50], rel=0.1)


def test_ridge_refuses_what_it_cannot_learn_from():
    """Twenty days leave too few pairs of origin and target."""
    with pytest.raises(TooLittleHistory, match="ridge needs 20 past days"):
        Ridge().fit(panel(noisy(1, 20)), AHEAD)


def test_a_penalty_by_input_solves_its_normal_equations():
    """Slopes solve (X'X + diag(penalty)) w = X'y on centred data, a penalty of nothing among them."""
    rng = np.random.default_rng(0)
    inputs, outputs = rng.normal(size=(50, 4)), rng.normal(size=(50, 3))
    penalty = np.array([2.5, 0.0, 10.0, 1.0])
    slopes, intercepts = ridge_solve(inputs, outputs, penalty)
    centred, goal = inputs - inputs.mean(axis=0), outputs - outputs.mean(axis=0)
    assert (centred.T @ centred + np.diag(penalty)) @ slopes == pytest.approx(centred.T @ goal, abs=1e-6)
    assert intercepts == pytest.approx(outputs.mean(axis=0) - inputs.mean(axis=0) @ slopes)


def test_a_trailing_mean_skips_what_is_missing():
    """Window 2 over 1, -, 3: 1, then 1, then 3; a window of nothing is unknown."""
    means = trailing_mean(np.array([[1.0, np.nan, 3.0, np.nan, np.nan]]), 2)
    assert means[0, :4].tolist() == [1.0, 1.0, 3.0, 3.0]
    assert np.isnan(means[0, 4])


def test_a_centred_mean_is_cut_at_the_ends():
    """Window 3 over 1, 2, 6: 1.5, 3, 4."""
    assert centred_mean(np.array([[1.0, 2.0, 6.0]]), 3)[0].tolist() == [1.5, 3.0, 4.0]


def test_calendar_rows_know_the_weekday_and_the_holiday():
    """25 December 2023 was a Monday but counts as a Sunday: -1 throughout, and the holiday's own columns are set."""
    rows = calendar_rows(np.array([date(2023, 12, 25), date(2023, 12, 10)], dtype="datetime64[D]"), "GB", "ENG")
    assert (rows[0, :6] == -1.0).all()
    assert rows[0, 6:].sum() >= 2
    assert rows[1, 6:].sum() == 0
