"""Weekly series: level, time of year and public holidays, with doubt from what was missed before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import ForecastError, UnusableHistory
from forecasting.cleaning import Cleaned
from forecasting.recording import Recording, assembled
from forecasting.steps import DAY, Step
from forecasting.weekly import forecast_weeks

MONDAY = date(2019, 1, 7)
FROM_MONDAY = Step("week", days=7, anchor=4)
"""The first of January 1970 was a Thursday: the Monday after it came four days later."""


def weeks(values: list[float], first: date = MONDAY, name: str = "ward", step: Step = FROM_MONDAY) -> Recording:
    """A recording of one value a week."""
    times = [datetime(first.year, first.month, first.day) + timedelta(days=7 * at) for at in range(len(values))]
    return assembled(name, name, Cleaned(times, values, list(range(2, len(values) + 2))), step)


def after(count: int, first: date = MONDAY) -> date:
    """The day on which the week after `count` weeks begins."""
    return first + timedelta(days=7 * count)


def poisson(mean: float, count: int, seed: int = 0) -> list[float]:
    """Independent counts."""
    return np.random.default_rng(seed).poisson(mean, count).astype(float).tolist()


def test_weeks_ahead_begin_when_weeks_begin() -> None:
    """100 weeks from Monday 7 January 2019 end on 6 December 2020; the next ones begin on the 7th and 14th."""
    told = forecast_weeks([weeks(poisson(50.0, 100))], start=after(100), weeks=2)
    assert told.dates.tolist() == [date(2020, 12, 7), date(2020, 12, 14)]


def test_a_start_within_a_week_waits_for_the_next() -> None:
    """The week begun on Monday 7 December is read, though asked for from Wednesday 9; the 14th is the first ahead."""
    told = forecast_weeks([weeks(poisson(50.0, 101))], start=date(2020, 12, 9), weeks=1)
    assert told.dates.tolist() == [date(2020, 12, 14)]
    assert told.days_used == 101


def test_a_constant_series_stays_what_it_is() -> None:
    """Thirty weeks of 20 patients: 20, with an interval of hardly any width."""
    told = forecast_weeks([weeks([20.0] * 30)], start=after(30), weeks=4)
    assert told.mean == pytest.approx(np.full((1, 4), 20.0), abs=0.3)
    assert np.ptp(told.quantiles[0], axis=1).max() < 1.0


def test_a_time_of_year_is_learned() -> None:
    """100 in summer, 140 in winter, for five years: from May on the next 13 weeks fall, and a flat line would not."""
    at = np.arange(278)
    values = 120.0 + 20.0 * np.cos(2 * np.pi * 7 * at / 365.25) + np.random.default_rng(0).normal(0.0, 3.0, 278)
    told = forecast_weeks([weeks((values[:-13]).tolist())], start=after(265), weeks=13)
    flat = np.abs(values[-13:] - values[-21:-13].mean()).mean()
    assert np.abs(told.mean[0] - values[-13:]).mean() < flat / 2


def test_a_holiday_takes_from_its_week() -> None:
    """Operations fall by a tenth with each public holiday: Christmas week of 2022 has one, the next three."""
    count, first = 206, MONDAY
    days = [first + timedelta(days=7 * at) for at in range(count + 1)]
    import holidays

    off = set(holidays.country_holidays("GB", subdiv="ENG", years=range(2018, 2024)))
    values = [100.0 - 10.0 * sum(day + timedelta(days=one) in off for one in range(7)) for day in days]
    told = forecast_weeks([weeks(values[:count])], start=after(count), weeks=2, country="GB", subdivision="ENG")
    plain = forecast_weeks([weeks(values[:count])], start=after(count), weeks=2)
    # Sunday 25 December in the first; Monday 26, Tuesday 27 (for the Sunday) and Sunday 1 January in the second.
    wanted = np.array([90.0, 70.0])
    assert np.abs(told.mean[0] - wanted).sum() < np.abs(plain.mean[0] - wanted).sum()


def test_nothing_after_the_start_is_read() -> None:
    """The same forecast whether later weeks are there, wild, or not."""
    values = poisson(30.0, 120)
    one = forecast_weeks([weeks(values[:100])], start=after(100), weeks=8)
    other = forecast_weeks([weeks(values[:100] + [9_000.0] * 20)], start=after(100), weeks=8)
    assert np.array_equal(one.quantiles, other.quantiles)
    assert np.array_equal(one.samples, other.samples)


def test_intervals_hold_what_they_say() -> None:
    """Twenty wards of independent counts: on the four weeks that came, 80 % intervals hold 65 to 95 of 80 in 100."""
    wards = [poisson(40.0, 164, seed) for seed in range(20)]
    told = forecast_weeks([weeks(one[:160], name=str(at)) for at, one in enumerate(wards)], start=after(160), weeks=4)
    came = np.array([one[160:] for one in wards])
    inside = (came >= told.quantiles[:, :, 2]) & (came <= told.quantiles[:, :, 6])
    assert 0.65 <= inside.mean() <= 0.95
    assert told.backtest is not None
    assert 0.7 <= told.backtest.coverage80 <= 0.9


def test_series_that_end_apart_are_seen_from_their_own_ends() -> None:
    """One ward's last two weeks are not in yet: they are forecast too, and that is said."""
    late, full = weeks(poisson(30.0, 98), name="late"), weeks(poisson(30.0, 100, 1), name="full")
    told = forecast_weeks([late, full], start=after(100), weeks=2)
    assert told.names == ("late", "full")
    assert next(note for note in told.notes if "2 after it are forecast too" in note).startswith("late:")


def test_a_year_of_53_weeks_shifts_nothing() -> None:
    """2020 has 53 ISO weeks: every week ahead still begins seven days after the one before."""
    told = forecast_weeks([weeks(poisson(30.0, 90))], start=date(2020, 12, 14), weeks=8)
    assert set(np.diff(told.dates).astype(int).tolist()) == {7}
    assert str(told.dates[2]) == "2020-12-28"


@pytest.mark.parametrize(
    ("recordings", "options", "words"),
    [
        ([], {}, "no series to forecast from"),
        ([weeks([5.0] * 30), weeks([5.0] * 30, step=Step("week", days=7, anchor=5))], {}, "begin on the same day"),
        ([weeks([5.0] * 30, step=DAY)], {}, "ward has days, not weeks"),
        ([weeks([5.0] * 30)], {"weeks": 105}, "weeks must be 1 to 104, got 105"),
        ([weeks([5.0] * 30)], {"samples": 0}, "samples must be 1 or more, got 0"),
        ([weeks([5.0] * 30)], {"country": "XX"}, "no public holidays are known for XX"),
    ],
)
def test_what_can_not_be_asked(recordings: list[Recording], options: dict[str, object], words: str) -> None:
    """Each with its reason."""
    with pytest.raises(ForecastError, match=words):
        forecast_weeks(recordings, start=after(40), **{"weeks": 4, **options})  # type: ignore[arg-type]


def test_thirteen_weeks_are_no_history() -> None:
    """Fourteen are needed."""
    with pytest.raises(UnusableHistory, match="13 usable weeks before 2019-04-08, but at least 14 are needed"):
        forecast_weeks([weeks([5.0] * 13)], start=after(13), weeks=1)


def test_few_weeks_say_that_intervals_are_assumed() -> None:
    """After fourteen weeks there is nothing to judge by, and the reader is told."""
    told = forecast_weeks([weeks(poisson(30.0, 14))], start=after(14), weeks=2)
    assert any("intervals are partly assumed" in note for note in told.notes)
    assert told.quantiles[0, 0, 6] > told.quantiles[0, 0, 2] + 2.0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1e6), st.just(float("nan"))), min_size=40, max_size=70), st.integers(1, 12))
def test_quantiles_never_cross_and_are_never_negative(values: list[float], ahead: int) -> None:
    """Whatever came: wild weeks, weeks of nothing, missing ones."""
    values = [8.0] * 14 + values
    told = forecast_weeks([weeks(values)], start=after(len(values)), weeks=ahead, samples=5)
    assert (np.diff(told.quantiles, axis=2) >= 0).all()
    assert (told.quantiles >= 0).all()
    assert np.isfinite(told.quantiles).all()
    assert np.isfinite(told.samples).all()
