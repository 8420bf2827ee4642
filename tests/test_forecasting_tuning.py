"""Settings searched by scikit-learn in order of time: what is tried, what is kept, and what a fold may know."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from forecasting import forecast, history_from_values
from forecasting.calendars import calendar_rows
from forecasting.forecasters import Tuned
from forecasting.learners import LEARNERS
from forecasting.mixing import Mixed, learner_of
from forecasting.panel import Panel
from forecasting.searching import FromOrigins, searched
from forecasting.tuning import GRIDS, tune

START = date(2022, 1, 3)
AHEAD = np.arange(1, 8)


def panel_of(values: np.ndarray) -> Panel:
    """Series by day from a Monday on."""
    dates = np.datetime64(START) + np.arange(values.shape[1] + 10)
    return Panel(dates[0], values, calendar_rows(dates, None, None))


def noisy(rows: int, days: int) -> np.ndarray:
    """Chance around one level: the longer the mean, the better."""
    return np.random.default_rng(0).poisson(50, (rows, days)).astype(float)


@pytest.mark.parametrize("name", list(LEARNERS))
def test_every_learner_has_settings_worth_trying(name: str) -> None:
    """Every name in a grid is a setting of the learner, whose own value is among those tried."""
    own = learner_of(name).get_params()
    assert GRIDS[name]
    assert all(setting in own and own[setting] in values for setting, values in GRIDS[name].items())


def test_where_nothing_lasts_the_longest_mean_wins() -> None:
    """Of 3 to 12 weeks the mean of twelve misses least around a steady level; all five are told, best first."""
    found = tune(panel_of(noisy(20, 300)), AHEAD, "weekday_mean")
    assert dict(found.chosen) == {"weeks": 12}
    errors = [error for _, error in found.tried]
    assert len(errors) == 5
    assert errors == sorted(errors)
    assert found.gap == 7


def test_settings_stay_where_nothing_is_gained() -> None:
    """A constant series is forecast without error by every setting: none is changed."""
    found = tune(panel_of(np.full((1, 200), 5.0)), AHEAD, "weekday_mean")
    assert found.chosen == ()
    assert "kept as it comes" in str(found)


def test_a_large_grid_is_searched_at_random_within_the_tries() -> None:
    """Of nine settings four are tried, the same ones each time."""
    panel = panel_of(noisy(1, 160))
    grid = {"weeks": tuple(range(1, 10))}
    one, origins = searched(learner_of("weekday_mean"), panel, AHEAD, grid, tries=4, folds=2)
    two, _ = searched(learner_of("weekday_mean"), panel, AHEAD, grid, tries=4, folds=2)
    assert len(one) == 4
    assert one == two
    assert origins > 0


def test_a_fold_learns_no_day_that_it_is_asked_for() -> None:
    """Told origins up to day 100, a week ahead, it learns days up to 107; the gap keeps tests beyond those."""
    from sklearn.model_selection import TimeSeriesSplit

    panel = panel_of(noisy(1, 160))
    fitted = FromOrigins(learner_of("fast"), panel, AHEAD).fit(np.arange(60, 101)[:, None])
    plain = learner_of("fast").fit(panel.until(107), AHEAD)
    origin = np.array([120])
    assert np.array_equal(fitted.predict(origin[:, None])[0], plain.predict(panel, origin)[0, 0])
    for learned, tested in TimeSeriesSplit(n_splits=3, test_size=10, gap=7).split(np.arange(150)):
        assert learned.max() + 7 < tested.min() + 1  # the last target learned lies before the first one asked for


def test_too_short_a_past_is_said_and_left_untuned() -> None:
    """Fifty days leave no folds for a ridge: it stays as it comes, and the sentence says so."""
    found = tune(panel_of(noisy(1, 50)), AHEAD, "ridge")
    assert found.tried == ()
    assert str(found).startswith("ridge is not tuned: the past is too short (")


def test_of_a_chooser_the_winners_are_tuned() -> None:
    """What was compared is told first, then what was tried; it can be made again with the settings found."""
    tuned = Tuned(forecaster="best", tries=3, folds=2).fit(panel_of(noisy(1, 200)), AHEAD)
    assert len(tuned.why()) == 2
    assert tuned.why()[1].startswith(f"{tuned.names_[0]} tuned over 3 settings, 2 folds in order of time, 7 days apart")
    again = tuned.again()
    assert not isinstance(again, Mixed)
    assert again.get_params() == tuned.settled_.get_params()


def test_a_forecast_tells_its_tuning() -> None:
    """`tuned=True` searches on the days before the start and says what came of it."""
    history = history_from_values("ed", START, noisy(1, 200)[0].tolist())
    start = START + timedelta(days=200)
    found = forecast([history], start=start, days=7, forecaster="weekday_mean", samples=20, tuned=True)
    assert found.forecaster == "weekday_mean"
    assert found.why[0].startswith("weekday_mean tuned over 5 settings, 3 folds in order of time, 7 days apart: ")
