"""Back-tests: rolling origins that never see past themselves, on a real hospital."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from forecasting import ForecastError, HistorySource, TooLittleHistory, backtest, history_from_values, read_history
from forecasting.backtesting import backtest_starts

WINTERS = Path(__file__).parent / "data" / "history" / "winters.csv"
FIRST = date(2022, 1, 3)


@pytest.fixture(scope="module")
def hospital():
    """Six winters of one English hospital's occupied beds."""
    return read_history(HistorySource(WINTERS, "ga_occ"))


def test_origins_step_back_from_the_end():
    """100 days, horizon 10, three origins: the last horizons begin on days 70, 80 and 90."""
    history = history_from_values("a", FIRST, [5] * 100)
    starts = backtest_starts(history, horizon=10, origins=3, step=10)
    assert starts == [FIRST + timedelta(days=n) for n in (70, 80, 90)]


def test_origins_keep_clear_of_gaps(hospital):
    """No horizon begins in a summer that nobody recorded."""
    starts = backtest_starts(hospital, horizon=14, origins=40, step=14)
    assert len(starts) > 20
    assert all(start.month in {11, 12, 1, 2, 3} for start in starts)


def test_ridge_beats_what_hospitals_do(hospital):
    """Over 24 fortnights ridge misses by 3 to 4.5 % and less than seasonal naive and the weekday mean."""
    by = {
        name: backtest(hospital, forecaster=name, horizon=14, origins=24, country="GB", subdivision="ENG")
        for name in ("ridge", "seasonal_naive", "weekday_mean")
    }
    assert by["ridge"].wape < 0.045
    assert by["ridge"].wape < min(by["seasonal_naive"].wape, by["weekday_mean"].wape)
    assert by["ridge"].pinball < min(by["seasonal_naive"].pinball, by["weekday_mean"].pinball)


def test_intervals_hold_what_they_say(hospital):
    """The 80 % interval holds 75 to 90 % of days over 24 fortnights of five winters."""
    scores = backtest(hospital, forecaster="ridge", horizon=14, origins=24, country="GB", subdivision="ENG")
    assert 0.75 <= scores.coverage80 <= 0.90
    assert scores.coverage95 >= 0.90


def test_a_constant_series_is_forecast_without_error():
    """Nothing to miss: error 0, everything covered, and no variance of which to explain a share."""
    scores = backtest(history_from_values("a", FIRST, [5] * 150), forecaster="weekday_mean", horizon=7, origins=4)
    assert (scores.mae, scores.coverage80, scores.origins, scores.days) == (0.0, 1.0, 4, 28)


def test_a_history_too_short_to_test_is_refused():
    """Thirty days leave no origin with four weeks before it and a fortnight after."""
    with pytest.raises(TooLittleHistory, match="a: too short for a back-test 14 days ahead"):
        backtest(history_from_values("a", FIRST, [5] * 30), forecaster="ridge", horizon=14)


def test_a_step_that_goes_nowhere_is_refused():
    """Origins must move."""
    with pytest.raises(ForecastError, match="must be 1 or more, got 14, 8 and 0"):
        backtest(history_from_values("a", FIRST, [5] * 90), forecaster="ridge", horizon=14, step=0)
