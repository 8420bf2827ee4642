"""Hourly and shift series: whole days shared out, days of 23 and 25 hours, chance within the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from forecasting import Forecast, ForecastError, UnusableHistory
from forecasting.cleaning import Cleaned
from forecasting.hourly import forecast_slots
from forecasting.hourly_laws import Law
from forecasting.hourly_profiles import learned_profile
from forecasting.recording import Recording, assembled
from forecasting.steps import DAY, HOUR, Step

SHIFTS = Step("shift", (6 * 60, 14 * 60, 22 * 60))
MONDAY = date(2026, 1, 5)
RATES = 1.0 + 6.0 * np.sin(np.pi * np.arange(24) / 24.0) ** 2


def recorded(values: NDArray[np.float64], step: Step = HOUR, first: date = MONDAY) -> Recording:
    """Values (D, P) by day and slot from `first`, in a file without faults."""
    times = [
        datetime(first.year, first.month, first.day) + timedelta(days=day, minutes=minute)
        for day in range(len(values))
        for minute in step.starts
    ]
    return assembled("a.csv", "a", Cleaned(times, values.reshape(-1).tolist(), list(range(2, len(times) + 2))), step)


def arrivals(days: int, seed: int = 1) -> NDArray[np.float64]:
    """Independent Poisson arrivals by hour."""
    return np.random.default_rng(seed).poisson(RATES, (days, 24)).astype(np.float64)


def told(values: NDArray[np.float64], step: Step = HOUR, **asked: object) -> Forecast:
    """A forecast from the day after the last."""
    start = MONDAY + timedelta(days=len(values))
    return forecast_slots([recorded(values, step)], start=start, days=7, samples=50, **asked)  # type: ignore[arg-type]


def test_hours_add_up_to_the_days() -> None:
    """168 slots come; each is about its rate, and their sum about 7 times the day's."""
    found = told(arrivals(200))
    assert found.quantiles.shape == (1, 168, 9)
    assert found.samples.shape == (50, 1, 168)
    assert str(found.dates[25]) == "2026-07-25T01:00"
    assert found.mean[0].reshape(7, 24).mean(axis=0) == pytest.approx(RATES, rel=0.15)
    assert found.mean[0].sum() == pytest.approx(7 * RATES.sum(), rel=0.05)


def test_hours_scatter_like_chance_and_intervals_cover() -> None:
    """Of Poisson hours the 80 % interval covers about 80 %, not the 86 % that whole-number bounds would."""
    values = arrivals(400, seed=2)
    inside = []
    for cut in range(300, 393, 7):
        found = told(values[:cut])
        came = values[cut : cut + 7].reshape(-1)
        inside.append((came >= found.quantiles[0, :, 2]) & (came <= found.quantiles[0, :, 6]))
    assert 0.77 <= np.mean(inside) <= 0.83


def test_quantiles_never_cross_and_are_never_negative() -> None:
    """Nights of hardly anybody as well."""
    found = told(np.random.default_rng(3).poisson(0.05, (100, 24)).astype(np.float64))
    assert (np.diff(found.quantiles, axis=2) >= 0).all()
    assert (found.quantiles >= 0).all()
    assert (found.samples >= 0).all()


def test_shifts_are_told_by_their_starts() -> None:
    """Three shifts a day in shares 1, 2 and 1 stay so."""
    values = np.random.default_rng(4).poisson([20.0, 40.0, 20.0], (120, 3)).astype(np.float64)
    found = told(values, SHIFTS)
    assert found.quantiles.shape[1] == 21
    assert [str(time)[11:] for time in found.dates[:3]] == ["06:00", "14:00", "22:00"]
    assert found.mean[0, :3] == pytest.approx([20.0, 40.0, 20.0], rel=0.1)


def test_patients_present_scatter_less_than_arrivals() -> None:
    """A level that never strays from its profile has narrow intervals, and they are no whole numbers of events."""
    level = 300.0 + 20.0 * np.sin(2 * np.pi * np.arange(24) / 24.0)
    values = np.rint(level + np.random.default_rng(5).normal(0, 1.0, (120, 24)))
    found = told(values)
    width = found.quantiles[0, :, 6] - found.quantiles[0, :, 2]
    assert width.max() < 12.0  # independent events about 300 would span 44


@pytest.mark.parametrize(("start", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 24)])
def test_days_on_which_clocks_change(start: date, hours: int) -> None:
    """The hour that the clocks leave out is not forecast; the one they repeat is told once."""
    first = start - timedelta(days=100)
    found = forecast_slots(
        [recorded(arrivals(100), first=first)], start=start, days=1, samples=5, zone=ZoneInfo("Europe/London")
    )
    assert found.quantiles.shape[1] == hours
    assert ("01:00" in [str(time)[11:] for time in found.dates]) == (hours == 24)


def test_a_day_of_23_hours_counts_whole() -> None:
    """A day without one of its hours is brought to the whole by the profile: the level does not dip."""
    values = np.tile(RATES, (60, 1))
    missing = values.copy()
    missing[-1, 12] = np.nan  # the busiest hour: 7 of 96 a day
    whole, cut = told(values), told(missing)
    assert cut.mean == pytest.approx(whole.mean, rel=1e-6)


def test_a_profile_of_one_weekday_is_learned() -> None:
    """Sundays of another shape keep theirs, drawn towards all days' by five days."""
    values = np.tile(np.array([1.0, 3.0]), (70, 1))
    kinds = np.arange(70) % 7
    values[kinds == 6] = [3.0, 1.0]
    shares = learned_profile(values, kinds).shares
    # All days: about (6 * 1 + 3) / 28 = .321; Sundays' 10 recent days at .75 and 5 common ones at .321 give about .6.
    assert shares[6, 0] == pytest.approx(0.6, abs=0.02)
    assert shares[0, 0] == pytest.approx((10 * 0.25 + 5 * 0.32) / 15, abs=0.02)


def test_counts_have_whole_medians_and_bounds_between() -> None:
    """A Poisson of mean 4 has median 4 and quartiles 3 and 5; its 10 % bound lies within the step of 2."""
    levels = np.array([0.1, 0.25, 0.5, 0.75])
    found = Law(1.0, counts=True).quantiles(np.array([4.0]), np.array([0.0]), levels)[0]
    assert found[1:].tolist() == [3.0, 4.0, 5.0]
    # P(X <= 1) = .0916, P(X = 2) = .1465: (.1 - .0916) / .1465 = .057 into the step from 1.5 to 2.5.
    assert found[0] == pytest.approx(1.557, abs=0.01)


def test_steps_may_not_mix() -> None:
    """Hours beside shifts are refused, and so are whole days, which `forecast` takes."""
    hours = recorded(arrivals(30))
    shifts = recorded(np.ones((30, 3)), SHIFTS)
    with pytest.raises(ForecastError, match=r"must have one step, but these mix hours .* shifts"):
        forecast_slots([hours, shifts], start=date(2026, 3, 1), days=1)
    with pytest.raises(ForecastError, match="days are no part of a day"):
        forecast_slots([recorded(np.ones((30, 1)), DAY)], start=date(2026, 3, 1), days=1)
    with pytest.raises(ForecastError, match="no series"):
        forecast_slots([], start=date(2026, 3, 1), days=1)


def test_nothing_before_the_start_is_said() -> None:
    """A start before the first value is no forecast."""
    with pytest.raises(UnusableHistory, match="no value before 2020-01-01"):
        forecast_slots([recorded(arrivals(30))], start=date(2020, 1, 1), days=1)


def test_equal_arguments_give_equal_bytes() -> None:
    """Samples included."""
    values = arrivals(60)
    assert told(values).samples.tobytes() == told(values).samples.tobytes()


def test_the_future_is_not_read() -> None:
    """Values on or after the start change nothing."""
    values = arrivals(100)
    changed = values.copy()
    changed[80:] *= 9.0
    start = MONDAY + timedelta(days=80)
    one, other = (
        forecast_slots([recorded(each)], start=start, days=7, samples=5).quantiles for each in (values, changed)
    )
    assert one.tobytes() == other.tobytes()


def test_hours_of_a_weekday_are_told_smoother_than_they_scattered() -> None:
    """With all weekdays alike, what the hours of one differ from the rest is chance: half of it is gone.

    Thirty patients a day: a weekday is seen on 20 days, with 25 patients in each of its hours; plainly counted, its
    shares scatter by a fifth.
    """
    values = np.random.default_rng(5).poisson(30.0 / 24.0, (140, 24)).astype(float)
    kinds = np.arange(140) % 7
    told = learned_profile(values, kinds).shares[:7]
    counted = np.stack([values[kinds == kind].sum(axis=0) for kind in range(7)])
    plain = counted / counted.sum(axis=1, keepdims=True)
    common = values.sum(axis=0) / values.sum()
    assert np.abs(told - common).mean() < np.abs(plain - common).mean() / 2.0
    assert told.sum(axis=1) == pytest.approx(1.0)


def test_shifts_are_not_smoothed_into_one_another() -> None:
    """Three shifts with all patients in the first on Mondays, in the last on other days: so they are told."""
    kinds = np.arange(700) % 7
    values = np.where((kinds == 0)[:, None], [20.0, 0.0, 0.0], [0.0, 0.0, 20.0])
    told = learned_profile(values, kinds).shares
    assert told[0, 0] > 0.9
    assert told[1, 2] > 0.9
