"""Forecasts: ordered, never negative, reproducible, and blind to what lies on or after the start."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forecasting
from forecasting import (
    FORECASTERS,
    QUANTILES,
    ForecastError,
    HistorySource,
    UnknownCalendar,
    UnknownForecaster,
    UnusableHistory,
    forecast,
    history_from_values,
    read_history,
)

WINTERS = Path(__file__).parent / "data" / "history" / "winters.csv"
FIRST = date(2022, 1, 3)  # a Monday
QUICK = ["seasonal_naive", "weekday_mean", "ridge", "fast"]

series = st.lists(st.one_of(st.none(), st.floats(0, 500)), min_size=40, max_size=120).filter(
    lambda values: sum(value is not None for value in values) >= 14
)


def noisy(days: int, seed: int = 0, around: float = 40.0) -> list[float]:
    """Poisson counts around a mean."""
    return np.random.default_rng(seed).poisson(around, days).astype(float).tolist()


def day(number: int) -> date:
    """The date `number` days after the first."""
    return FIRST + timedelta(days=number)


@settings(max_examples=25, deadline=None)
@given(series, st.sampled_from(QUICK), st.integers(1, 20))
def test_quantiles_are_ordered_and_never_negative(values, forecaster, days):
    """Whatever the history, gaps included."""
    told = forecast([history_from_values("a", FIRST, values)], start=day(len(values)), days=days, forecaster=forecaster)
    assert told.quantiles.shape == (1, days, len(QUANTILES))
    assert np.isfinite(told.quantiles).all()
    assert (np.diff(told.quantiles, axis=2) >= 0).all()
    assert told.quantiles.min() >= 0
    assert told.samples.min() >= 0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(QUICK), st.floats(0, 10_000))
def test_days_on_or_after_the_start_change_nothing(seed, forecaster, surprise):
    """Histories that agree before the start give the same bytes, whatever came later."""
    past = noisy(150, seed)
    short = history_from_values("a", FIRST, past)
    long = history_from_values("a", FIRST, [*past, *[surprise] * 30])
    one, other = (forecast([h], start=day(150), days=7, forecaster=forecaster) for h in (short, long))
    assert one.quantiles.tobytes() == other.quantiles.tobytes()
    assert one.samples.tobytes() == other.samples.tobytes()
    assert other.notes[0] == f"a: 30 days of history on or after {day(150)} are ignored"


@pytest.mark.parametrize("forecaster", list(FORECASTERS))
def test_equal_seeds_give_equal_bytes(forecaster):
    """Twice the same arguments, twice the same forecast; another seed, other samples of the same quantiles."""
    history = history_from_values("a", FIRST, noisy(120))
    one, two, other = (
        forecast([history], start=day(120), days=5, forecaster=forecaster, seed=seed) for seed in (1, 1, 2)
    )
    assert one.samples.tobytes() == two.samples.tobytes()
    assert one.samples.tobytes() != other.samples.tobytes()
    assert one.quantiles.tobytes() == other.quantiles.tobytes()


def test_the_mean_of_the_samples_is_the_mean():
    """Samples are drawn evenly over each day's distribution, so 200 of them miss its mean by under 1 %."""
    told = forecast([history_from_values("a", FIRST, noisy(200))], start=day(200), days=14)
    assert told.samples.mean(axis=0) == pytest.approx(told.mean, rel=0.01)


def test_a_constant_series_goes_on_without_doubt():
    """Seven patients every day: seven, and no interval to speak of."""
    told = forecast([history_from_values("a", FIRST, [7] * 150)], start=day(150), days=7)
    assert told.quantiles == pytest.approx(7.0)


def test_a_ward_closed_at_weekends_is_forecast_closed():
    """Ten on weekdays, none at weekends: day 154 is a Monday, so days 5 and 6 are the weekend."""
    values = [10.0 if number % 7 < 5 else 0.0 for number in range(154)]
    told = forecast([history_from_values("a", FIRST, values)], start=day(154), days=7)
    assert told.mean[0] == pytest.approx([10, 10, 10, 10, 10, 0, 0], abs=0.7)


def test_series_that_move_together_are_sampled_together():
    """b is a doubled, so their samples go up and down together."""
    values = noisy(200)
    pair = [history_from_values("a", FIRST, values), history_from_values("b", FIRST, [2 * v for v in values])]
    told = forecast(pair, start=day(200), days=3)
    assert np.corrcoef(told.samples[:, 0, 0], told.samples[:, 1, 0])[0, 1] > 0.95


def test_series_that_do_not_move_together_are_sampled_apart():
    """Independent histories: the correlation of 400 samples stays small."""
    pair = [history_from_values("a", FIRST, noisy(400, 1)), history_from_values("b", FIRST, noisy(400, 2))]
    told = forecast(pair, start=day(400), days=3, samples=400)
    assert abs(np.corrcoef(told.samples[:, 0, 0], told.samples[:, 1, 0])[0, 1]) < 0.35


def test_a_gap_before_the_start_is_forecast_through():
    """The history ends ten days early: the first day told is the start, and a note says so."""
    told = forecast([history_from_values("a", FIRST, noisy(200))], start=day(210), days=7)
    assert told.dates[0] == np.datetime64(day(210))
    assert any("history ends on 2022-07-21, 10 days before 2022-08-01" in note for note in told.notes)


def test_series_may_end_on_different_days():
    """Each is forecast from its own last day."""
    pair = [
        history_from_values("a", FIRST, noisy(200, around=50)),
        history_from_values("b", FIRST, noisy(180, around=5)),
    ]
    told = forecast(pair, start=day(200), days=7)
    assert told.names == ("a", "b")
    assert told.mean.mean(axis=1) == pytest.approx([50, 5], rel=0.25)


def test_a_short_history_falls_back_and_says_so():
    """Three weeks cannot teach a ridge: the weekday mean stands in by name."""
    told = forecast([history_from_values("a", FIRST, noisy(21))], start=day(21), days=7)
    assert told.forecaster == "weekday_mean"
    assert any("the weekday mean stands in" in note for note in told.notes)
    assert any("intervals are partly assumed" in note for note in told.notes)


def test_months_never_seen_are_named():
    """January to March are known; April is not."""
    told = forecast([history_from_values("a", FIRST, noisy(85))], start=day(85), days=14)
    assert any(note.startswith("a: no history covers April;") for note in told.notes)


def test_public_holidays_are_learned():
    """Each 25 December had half the patients: with the country's calendar the next is told within a fifth of it."""
    values = [50.0 if (day(n).month, day(n).day) == (12, 25) else 100.0 for n in range(3 * 365)]
    history = history_from_values("a", FIRST, values[: (date(2024, 12, 20) - FIRST).days])
    plain, knowing = (forecast([history], start=date(2024, 12, 20), days=7, country=c) for c in (None, "GB"))
    assert plain.mean[0, 5] > 95
    assert knowing.mean[0, 5] < 90
    assert knowing.mean[0, 0] == pytest.approx(100, rel=0.05)


def test_a_forecast_of_a_real_series_carries_its_back_test():
    """Past forecasts of this hospital miss by under 4.5 % and their 80 % intervals hold about what they say."""
    history = read_history(HistorySource(WINTERS, "ga_occ"))
    told = forecast([history], start=date(2023, 3, 13), days=14, country="GB", subdivision="ENG")
    assert told.forecaster == "ridge"
    assert told.backtest is not None
    assert told.backtest.wape < 0.045
    assert 0.70 <= told.backtest.coverage80 <= 0.92


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"days": 0}, ForecastError, "days must be 1 to 400, got 0"),
        ({"samples": 0}, ForecastError, "samples must be 1 or more, got 0"),
        ({"forecaster": "rigde"}, UnknownForecaster, "'rigde' is no forecaster; did you mean ridge"),
        ({"country": "XX"}, UnknownCalendar, "no public holidays are known for XX"),
        ({"country": "GB", "subdivision": "ZZ"}, UnknownCalendar, "no public holidays are known for GB, ZZ"),
        ({"start": day(10)}, UnusableHistory, "10 usable days before 2022-01-13, but at least 14 are needed"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(changed, error, message):
    """The message states the rule and the offender."""
    asked = {"start": day(60), "days": 7, **changed}
    with pytest.raises(error, match=message):
        forecast([history_from_values("a", FIRST, noisy(60))], **asked)


def test_no_history_is_refused():
    """An empty list has nothing to forecast."""
    with pytest.raises(ForecastError, match="there is no history"):
        forecast([], start=FIRST, days=7)


def test_the_room_costs_nothing_to_import():
    """Neither numpy nor anything slower is loaded before a name is used."""
    code = "import sys, forecasting; print(sorted({'numpy', 'pandas', 'sklearn', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_a_history_loads_no_learner():
    """scikit-learn, scipy and pandas wait until something is learned."""
    code = (
        "import sys, datetime, forecasting as f\n"
        "h = f.history_from_values('a', datetime.date(2022, 1, 3), [5, 6, 7, 8] * 40)\n"
        "f.read_history, f.survival(mean_days=3)\n"
        "print(sorted({'pandas', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_there():
    """The front door is what it says, and functions are not hidden by modules of the same name."""
    assert all(getattr(forecasting, name) is not None for name in forecasting.__all__)
    assert callable(forecasting.forecast)
    assert callable(forecasting.backtest)


def test_an_unknown_name_is_an_attribute_error():
    """As in any module."""
    with pytest.raises(AttributeError, match="has no attribute 'prophecy'"):
        _ = forecasting.prophecy
