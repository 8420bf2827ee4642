"""Why a forecast is what it is: parts that sum to it, each worth what it should be worth."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import ForecastError, History, forecast, history_from_values, train
from forecasting.events import NOTHING, Beside, Column, Event
from forecasting.learners import LEARNERS
from forecasting.parts import NAMES, TAKERS, parts_of
from forecasting.parts_day import DOUBT, DayParts, explain_day
from forecasting.parts_importance import importance_of
from forecasting.trained import View

FIRST = date(2021, 1, 4)  # a Monday
AHEAD = 9
LINEAR = ["seasonal_naive", "weekday_mean", "ridge", "fast"]
SLOW = ["random_forest", "support_vector", "quantile_boosting", "neural_net"]


def series(days: int = 400, *, seed: int = 0, around: float = 30.0) -> History:
    """Counts with a weekly pattern, a slow year and noise."""
    at = np.arange(days)
    mean = around * (1.0 + 0.2 * (at % 7 < 5) + 0.1 * np.sin(at / 58.0))
    return history_from_values(f"ward {seed}", FIRST, np.random.default_rng(seed).poisson(mean).astype(float).tolist())


def seen(forecaster: str, *histories: History, beside: Beside = NOTHING, country: str | None = "GB") -> View:
    """What a forecaster learned, and what it sees from the last day."""
    start = histories[0].dates[-1].item() + timedelta(days=1)
    model = train(
        histories, start=start, days=AHEAD, forecaster=forecaster, place=(country, None), beside=beside
    )  # fmt: skip
    return next(model.views(histories, start=start, days=AHEAD, beside=beside))


def off_by(view: View) -> float:
    """The largest difference between the sum of parts and what is expected, over series and days ahead."""
    origin = np.array([view.panel.days - 1])
    expected = view.part.fitted.predict(view.panel, origin)[:, 0]
    sums = [sum(parts_of(view.part.fitted, view.panel, origin, at).values()) for at in range(AHEAD)]
    return float(np.abs(np.stack(sums, axis=1) - expected).max())


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=60, max_size=160).filter(
        lambda values: sum(value is not None for value in values) > 40
    ),
    st.sampled_from(LINEAR),
)
def test_parts_of_linear_forecasters_sum_to_the_forecast(values: list[float | None], forecaster: str) -> None:
    """Whatever the history, gaps and zeros included, within 1e-9; every part is one that has a name."""
    view = seen(forecaster, history_from_values("ward", FIRST, values))
    assert off_by(view) < 1e-9
    parts = parts_of(view.part.fitted, view.panel, np.array([view.panel.days - 1]), 0)
    assert set(parts) <= set(NAMES)


@pytest.mark.parametrize("forecaster", sorted(set(LEARNERS) - set(SLOW)))
def test_parts_of_several_series_over_christmas_sum_to_the_forecast(forecaster: str) -> None:
    """Two wards, seen from 22 December, holidays ahead: trees too, whose own part is one of them."""
    wards = [series(718, seed=1), series(718, seed=2, around=8.0)]
    assert wards[0].dates[-1].item() == date(2022, 12, 22)
    assert off_by(seen(forecaster, *wards)) < 1e-9


def test_every_forecaster_comes_apart() -> None:
    """Each class in `LEARNERS`, or a base of it, has a line in `TAKERS`."""
    kinds = {name: type(make()) for name, make in LEARNERS.items()}
    assert [name for name, kind in kinds.items() if not set(kind.__mro__) & set(TAKERS)] == []


def test_a_forecaster_that_nobody_takes_apart_is_said() -> None:
    """Its class is named."""

    class Guess:
        """Says nothing."""

    view = seen("weekday_mean", series(60))
    with pytest.raises(ForecastError, match="Guess: TAKERS does not say how to take it apart"):
        parts_of(Guess(), view.panel, np.array([59]), 0)  # type: ignore[arg-type]


def test_the_weekday_mean_by_hand() -> None:
    """Tens, but 17 on Mondays: the four-week level is (24 * 10 + 4 * 17) / 28 = 11, and a Monday lies 6 above it."""
    values = [17.0 if at % 7 == 0 else 10.0 for at in range(56)]
    view = seen("weekday_mean", history_from_values("ward", FIRST, values))
    monday = parts_of(view.part.fitted, view.panel, np.array([55]), 0)
    sunday = parts_of(view.part.fitted, view.panel, np.array([55]), 6)
    assert (monday["level"][0], monday["weekday"][0]) == pytest.approx((11.0, 6.0))
    assert (sunday["level"][0], sunday["weekday"][0]) == pytest.approx((11.0, -1.0))


@pytest.mark.parametrize("forecaster", ["ridge", "fast"])
def test_a_weekday_is_told_as_the_weekday(forecaster: str) -> None:
    """Without noise, half as many on Sundays: the level is (6 * 30 + 15) / 7 = 27.857, and Sundays lie 12.857 below."""
    values = [15.0 if at % 7 == 6 else 30.0 for at in range(420)]
    view = seen(forecaster, history_from_values("ward", FIRST, values), country=None)
    parts = parts_of(view.part.fitted, view.panel, np.array([419]), 6)
    assert parts["level"][0] == pytest.approx(27.857, rel=0.02)
    assert parts["weekday"][0] == pytest.approx(-12.857, rel=0.15)
    assert sum(abs(parts[name][0]) for name in ("recent", "trend", "yearly")) < 1.5


@pytest.mark.parametrize("forecaster", ["ridge", "fast"])
def test_a_holiday_is_told_as_the_holiday(forecaster: str) -> None:
    """Ten fewer of forty on every Christmas Day and Boxing Day: 26 December 2022 is fewer for that, not as a Monday.

    Mondays are like every other day: the weekday's part is nearly nothing.
    """
    first = date(2019, 1, 1)
    days = [first + timedelta(days=at) for at in range((date(2022, 12, 23) - first).days)]
    values = [30.0 if (each.month, each.day) in ((12, 25), (12, 26)) else 40.0 for each in days]
    view = seen(forecaster, history_from_values("ward", first, values))
    parts = parts_of(view.part.fitted, view.panel, np.array([len(days) - 1]), 3)
    assert -10.0 < parts["holiday"][0] < -3.0
    assert abs(parts["weekday"][0]) < 0.5


def test_events_and_columns_have_parts_of_their_own() -> None:
    """A strike ahead takes patients away; on the day after it nothing is the strike's."""
    rng = np.random.default_rng(0)
    strikes = [date(2021, month, 10) for month in (3, 5, 7, 9, 11)] + [date(2022, 2, 8)]
    values = [float(rng.poisson(18.0 if FIRST + timedelta(days=at) in strikes else 30.0)) for at in range(400)]
    events = tuple(Event("strike", day, day) for day in [*strikes, date(2022, 2, 10)])
    weather = Column("cold", np.datetime64(FIRST) + np.arange(400), rng.normal(5.0, 2.0, 400))
    beside = Beside(events, (weather,))
    view = seen("ridge", history_from_values("ward", FIRST, values), beside=beside)
    assert off_by(view) < 1e-9
    origin = np.array([399])
    strike, after = (parts_of(view.part.fitted, view.panel, origin, at) for at in (2, 3))
    assert strike["events"][0] < -3.0
    assert after["events"][0] == pytest.approx(0.0, abs=1e-9)
    assert "covariates" in strike


def test_below_zero_nothing_is_forecast_and_a_part_says_so() -> None:
    """A ward that shuts at weekends and has just been empty for three days: one day's parts would sum below zero."""
    values = ([20.0] * 5 + [0.0] * 2) * 50 + [20.0] * 4 + [0.0] * 3
    view = seen("ridge", history_from_values("ward", FIRST, values))
    origin = np.array([view.panel.days - 1])
    each = [parts_of(view.part.fitted, view.panel, origin, at) for at in range(AHEAD)]
    expected = view.part.fitted.predict(view.panel, origin)[0, 0]
    assert off_by(view) < 1e-9
    assert (expected == 0.0).any()
    assert [parts["floor"][0] > 0.0 for parts in each] == (expected == 0.0).tolist()


def explained(forecaster: str = "ridge", day: int = 2, **terms: object) -> tuple[float, DayParts]:
    """The forecast's mean on a day, and its explanation."""
    one = series()
    start = one.dates[-1].item() + timedelta(days=1)
    model = train([one], start=start, days=AHEAD, forecaster=forecaster, place=("GB", None))
    told = forecast([one], start=start, days=AHEAD, model=model)
    found = explain_day(told, model, [one], start + timedelta(days=day))
    return float(told.mean[0, day]), found[0]


@pytest.mark.parametrize("forecaster", ["ridge", "fast", "weekday_mean", "gradient_boosting"])
def test_a_day_is_explained_to_the_mean_that_plans_use(forecaster: str) -> None:
    """All parts, past errors among them, sum to the forecast's mean; the last known day is named."""
    mean, found = explained(forecaster)
    assert sum(found.parts.values()) == pytest.approx(mean, abs=1e-9)
    assert found.expected == mean
    assert found.origin == FIRST + timedelta(days=399)
    assert found.low80 < found.expected < found.high80
    assert list(found.parts)[-1] == DOUBT


def test_a_day_that_is_not_forecast_is_refused() -> None:
    """The days that are forecast are said."""
    with pytest.raises(ForecastError, match="2022-02-17 is not forecast: days from 2022-02-08 to 2022-02-16 are"):
        explained(day=AHEAD)


def test_permutation_importance_finds_what_matters() -> None:
    """Trees on a series that swings by a slow wave, the same on all weekdays, lean on its level, not on the weekday."""
    at = np.arange(500)
    wave = 100.0 + 40.0 * np.sin(at / 12.0)
    view = seen("gradient_boosting", history_from_values("ward", FIRST, wave.tolist()))
    found = importance_of(view.part.fitted, view.panel)
    assert list(found) == sorted(found, key=lambda name: -found[name])
    assert found["recent"] + found["trend"] > 5 * found["weekday"]
    assert importance_of(seen("ridge", series(120)).part.fitted, view.panel) == {}
