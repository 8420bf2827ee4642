"""Series that are hardly any, and days that are unlike others: each has one defined answer."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from forecasting import Forecast, UnusableHistory, forecast, history_from_values
from forecasting.cleaning import Cleaned
from forecasting.hourly import forecast_slots
from forecasting.recording import assembled
from forecasting.steps import HOUR

FIRST = date(2023, 1, 2)
NAMES = ("fast", "ridge")


def told(
    values: list[float | None], forecaster: str, days: int = 28, first: date = FIRST, country: str | None = None
) -> Forecast:
    """The forecast from the day after the last value."""
    history = history_from_values("ward", first, values)
    start = first + timedelta(days=len(values))
    return forecast([history], start=start, days=days, forecaster=forecaster, samples=3, country=country)


def whole(found: Forecast) -> bool:
    """Whether a forecast is finite, ordered and never negative."""
    quantiles = found.quantiles
    return bool(np.isfinite(quantiles).all() and (quantiles >= 0).all() and (np.diff(quantiles, axis=2) >= 0).all())


@pytest.mark.parametrize(
    ("values", "usable"),
    [([], 0), ([None] * 40, 0), ([math.nan] * 40, 0), ([12.0], 1), ([None] * 30 + [12.0], 1), ([-3.0] * 40, 0)],
)
def test_hardly_any_day_is_refused(values: list[float | None], usable: int) -> None:
    """Empty, all missing, one observation, nothing but negative counts: each says how many days there are."""
    with pytest.raises(UnusableHistory, match=f"{usable} usable days in 'ward', but at least 14 are needed"):
        history_from_values("ward", FIRST, values)


@pytest.mark.parametrize("forecaster", NAMES)
@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_constant_series_stays(forecaster: str, value: float) -> None:
    """Every day alike, nobody at all among them: the same goes on, with next to no doubt."""
    found = told([value] * 200, forecaster)
    assert whole(found)
    assert found.quantiles == pytest.approx(np.full(found.quantiles.shape, value), abs=0.2)


@pytest.mark.parametrize("forecaster", NAMES)
def test_twenty_days_asked_for_four_weeks(forecaster: str) -> None:
    """Too short for a model: the weekday mean stands in, says so, and says that its doubt is assumed."""
    found = told([20.0 + day % 7 for day in range(20)], forecaster)
    assert found.quantiles.shape == (1, 28, 9)
    assert whole(found)
    assert any("the weekday mean stands in" in note for note in found.notes)
    assert any("intervals are partly assumed" in note for note in found.notes)
    assert found.mean[0].mean() == pytest.approx(23.0, abs=2.0)  # the mean of 20 to 26


@pytest.mark.parametrize("forecaster", NAMES)
def test_some_negative_counts_are_missing_days(forecaster: str) -> None:
    """They are noted as missing, and pull nothing down."""
    good = np.random.default_rng(1).poisson(30.0, 150).astype(float).tolist()
    bad = [-5.0 if day % 20 == 3 else value for day, value in enumerate(good)]
    history = history_from_values("ward", FIRST, bad)
    assert any("negative" in note.message for note in history.notes)
    found = told(bad, forecaster)
    assert whole(found)
    assert found.mean.mean() == pytest.approx(30.0, rel=0.1)


def test_one_wild_day_bends_nothing() -> None:
    """A day of a million is no reason to expect another."""
    values = np.random.default_rng(2).poisson(30.0, 200).astype(float)
    values[150] = 1e6
    assert told(values.tolist(), "fast").quantiles[0, :, 4].max() < 60.0


@pytest.mark.parametrize(
    ("first", "count"),
    [(date(2023, 6, 1), 270), (date(2020, 3, 2), 300)],
    ids=["over a leap day", "into a year of 53 weeks"],
)
def test_odd_years_have_every_day_once(first: date, count: int) -> None:
    """29 February 2024 and the 53rd week of 2020 are days like others: none is missing and none comes twice."""
    values = [20.0 + 4.0 * ((first + timedelta(days=day)).weekday() < 5) for day in range(count)]
    found = told(values, "fast", days=14, first=first)
    days = [day.item() for day in found.dates]
    assert days == [first + timedelta(days=count + ahead) for ahead in range(14)]
    weekday = np.array([20.0 + 4.0 * (day.weekday() < 5) for day in days])
    assert found.quantiles[0, :, 4] == pytest.approx(weekday, abs=1.0)


def test_a_leap_day_can_be_forecast() -> None:
    """It is the 60th day of its year, and its weekday counts."""
    first = date(2023, 12, 1)
    values = [10.0 + (first + timedelta(days=day)).weekday() for day in range(87)]
    found = told(values, "fast", days=7, first=first)  # from 26 February, a Monday
    assert found.dates[3].item() == date(2024, 2, 29)
    assert found.quantiles[0, 3, 4] == pytest.approx(13.0, abs=0.7)


@pytest.mark.parametrize(("missing", "doubled"), [(1, False), (1, True)])
def test_days_of_23_and_25_hours_keep_the_level(missing: int, doubled: bool) -> None:
    """An hour left out is no quiet hour, and an hour that comes twice is no busy one."""
    start = datetime(2026, 1, 5)
    times = [start + timedelta(hours=hour) for hour in range(24 * 60)]
    at = 24 * 59 + missing
    times = [*times[: at + 1], *times[at:]] if doubled else [*times[:at], *times[at + 1 :]]
    cleaned = Cleaned(times, [4.0] * len(times), list(range(2, len(times) + 2)))
    found = forecast_slots([assembled("a.csv", "a", cleaned, HOUR)], start=date(2026, 3, 6), days=2, samples=2)
    assert found.mean == pytest.approx(np.full((1, 48), 4.0), rel=1e-6)


@pytest.mark.parametrize("forecaster", NAMES)
def test_series_of_unlike_lengths_are_forecast_together(forecaster: str) -> None:
    """A new ward of three weeks beside an old one, and one that stopped reporting a month ago."""
    rng = np.random.default_rng(3)
    old = history_from_values("old", FIRST, rng.poisson(40.0, 300).astype(float).tolist())
    new = history_from_values("new", FIRST + timedelta(days=279), rng.poisson(8.0, 21).astype(float).tolist())
    late = history_from_values("late", FIRST, rng.poisson(20.0, 270).astype(float).tolist())
    found = forecast([old, new, late], start=FIRST + timedelta(days=300), days=14, forecaster=forecaster, samples=2)
    assert whole(found)
    assert found.mean.mean(axis=1) == pytest.approx([40.0, 8.0, 20.0], rel=0.25)
    assert any(note.startswith("late: history ends on 2023-09-28, 30 days before") for note in found.notes)
