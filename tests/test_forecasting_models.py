"""The learners: estimators in scikit-learn's manner that learn what is there, and weekdays that nobody records."""

from __future__ import annotations

import numpy as np
import pytest

from forecasting import FORECASTERS, TooLittleHistory
from forecasting.calendars import calendar_rows
from forecasting.estimators import PooledLearner
from forecasting.forecasters import CLASSES, new_forecaster
from forecasting.learners import LEARNERS
from forecasting.mixing import Mixed
from forecasting.panel import Panel

START = np.datetime64("2022-01-03")  # a Monday
AHEAD = np.arange(1, 8)
POOLED = [name for name, made in LEARNERS.items() if isinstance(made(), PooledLearner)]
WEEK = np.array([120.0, 110.0, 105.0, 100.0, 100.0, 60.0, 50.0])
"""Monday to Sunday: the mean of the week is 645 / 7 = 92.1."""


def panel_of(*rows: np.ndarray, country: str | None = None) -> Panel:
    """A panel of series from a Monday on, with weekdays for ten more days."""
    dates = START + np.arange(len(rows[0]) + 10)
    return Panel(START, np.stack(rows).astype(float), calendar_rows(dates, country, None))


def weekly(days: int, seed: int = 0, *, never: int | None = None) -> np.ndarray:
    """The week over and over with 2 % of noise; one weekday may never be recorded."""
    weekday = np.arange(days) % 7
    values = WEEK[weekday] * (1 + np.random.default_rng(seed).normal(0, 0.02, days))
    return np.where(weekday == never, np.nan, values) if never is not None else values


@pytest.mark.parametrize("name", list(FORECASTERS))
def test_a_forecaster_can_be_cloned_and_set(name: str) -> None:
    """scikit-learn's own clone copies it, settings survive, and an unknown setting is refused."""
    from sklearn.base import clone

    made = new_forecaster(name)
    copied = clone(made)
    assert copied is not made
    assert copied.get_params() == made.get_params()
    first = next(iter(made.get_params()))
    assert copied.set_params(**{first: made.get_params()[first]}) is copied
    with pytest.raises(ValueError, match="has no setting 'wings'"):
        made.set_params(wings=2)


def test_every_class_can_be_made_again_by_its_name() -> None:
    """The class of every forecaster stands in the table under its own name."""
    assert {type(new_forecaster(name)).__name__ for name in FORECASTERS} <= set(CLASSES)
    assert all(getattr(made, "__name__", "") == name for name, made in CLASSES.items())


@pytest.mark.parametrize("name", list(LEARNERS))
def test_a_learner_finds_the_weekday(name: str) -> None:
    """After 20 weeks of one weekly pattern the next week is within 6 %, and what was learned ends in an underscore."""
    values = weekly(140)
    fitted = new_forecaster(name).fit(panel_of(values), AHEAD)
    told = fitted.predict(panel_of(values), np.array([139]))
    assert told[0, 0] == pytest.approx(WEEK, rel=0.06)
    assert all(kept in fitted.get_params() or kept.endswith("_") for kept in vars(fitted))


@pytest.mark.parametrize("name", POOLED)
def test_a_pooled_learner_follows_what_lasts(name: str) -> None:
    """Series that stay above their level for a while are forecast above it: a sixth of 100 lasts a month."""
    rng = np.random.default_rng(3)
    steps = np.repeat(rng.choice([85.0, 115.0], (4, 9)), 28, axis=1)
    values = steps + rng.normal(0, 2, steps.shape)
    values[:, -7:] += 115.0 - steps[:, -7:]
    values[:, -35:-7] += 85.0 - steps[:, -35:-7]
    fitted = new_forecaster(name).fit(panel_of(*values), AHEAD)
    told = fitted.predict(panel_of(*values), np.array([values.shape[1] - 1]))
    level = values[:, -28:].mean(axis=1)  # 21 days of 85 and 7 of 115: 92.5
    assert told.mean() > level.mean() + 5.0


@pytest.mark.parametrize("name", POOLED)
def test_a_learner_refuses_what_it_cannot_learn_from(name: str) -> None:
    """Three weeks hold too few pairs of days."""
    with pytest.raises(TooLittleHistory, match="needs 200 pairs of days to learn from"):
        new_forecaster(name).fit(panel_of(weekly(21)), AHEAD)


def test_doubt_of_quantile_boosting_widens_where_series_are_restless() -> None:
    """Of two series with one mean, the one with three times the noise is less sure."""
    rng = np.random.default_rng(0)
    values = np.stack([100 + rng.normal(0, 3, 200), 100 + rng.normal(0, 9, 200)])
    fitted = new_forecaster("quantile_boosting").fit(panel_of(*values), AHEAD)
    calm, restless = fitted.scale(panel_of(*values), np.array([199]))[:, 0]  # type: ignore[attr-defined]
    assert restless > 2 * calm


@pytest.mark.parametrize("never", [0, 6])
@pytest.mark.parametrize("name", ["ridge", "fast", "poisson", "weekday_mean"])
def test_a_weekday_never_recorded_is_the_mean_of_the_others(name: str, never: int) -> None:
    """Alone, a series says nothing of it; the days that are recorded are forecast as ever.

    Without Mondays the others' mean is 525 / 6 = 87.5, without Sundays 595 / 6 = 99.2.
    """
    values = weekly(210, never=never)
    fitted = new_forecaster(name).fit(panel_of(values), AHEAD)
    told = fitted.predict(panel_of(values), np.array([209]))[0, 0]
    expected = WEEK.copy()
    expected[never] = np.delete(WEEK, never).mean()
    assert told == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("never", [0, 3, 6])
@pytest.mark.parametrize(("neighbours", "country"), [(1, None), (3, "GB")])
@pytest.mark.parametrize("name", ["fast", "poisson"])
def test_a_weekday_never_recorded_is_as_the_neighbours_have_it(
    name: str, neighbours: int, country: str | None, never: int
) -> None:
    """Beside series of the same pattern, a tenth as large, its missing weekday is forecast as theirs."""
    others = [weekly(210, seed) / 10 for seed in range(1, neighbours + 1)]
    panel = panel_of(*others, weekly(210, never=never), country=country)
    told = new_forecaster(name).fit(panel, AHEAD).predict(panel, np.array([209]))[-1, 0]
    assert told == pytest.approx(WEEK, rel=0.07)


def test_mixed_learners_forecast_their_own_series() -> None:
    """Each row is what its learner says by itself; the weekday mean is not asked of the ridge's series."""
    values = np.stack([weekly(150, 1), weekly(150, 2), weekly(150, 3)])
    panel, origin = panel_of(*values), np.array([149])
    mixed = Mixed(names=("fast", "weekday_mean", "fast"), settings={"weekday_mean": {"weeks": 2}}).fit(panel, AHEAD)
    told = mixed.predict(panel, origin)
    fast = LEARNERS["fast"]().fit(panel, AHEAD).predict(panel, origin)
    mean = LEARNERS["weekday_mean"](weeks=2).fit(panel, AHEAD).predict(panel, origin)
    assert np.array_equal(told, np.stack([fast[0], mean[1], fast[2]]))
    assert mixed.scale(panel, origin).shape == (3, 1)
