"""Which forecaster is taken, for which series, and in which words."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from forecasting import ForecastError, forecast, history_from_values
from forecasting.calendars import calendar_rows
from forecasting.choosing import Best, Choice, choose
from forecasting.panel import Panel
from forecasting.protocol import Settled

START = date(2022, 1, 3)
AHEAD = np.arange(1, 8)


def panel_of(values: np.ndarray) -> Panel:
    """Series by day from a Monday on."""
    dates = np.datetime64(START) + np.arange(values.shape[1] + 10)
    return Panel(dates[0], values, calendar_rows(dates, None, None))


def weekday_series(rows: int, days: int, around: float = 60.0) -> np.ndarray:
    """Counts with a strong weekday and nothing else to learn."""
    week = np.array([1.3, 1.1, 1.0, 1.0, 1.0, 0.9, 0.7])
    return np.random.default_rng(0).poisson(around * week[np.arange(days) % 7], (rows, days)).astype(float)


def test_what_lasts_is_not_left_to_the_weekday_mean() -> None:
    """A wandering level: the last day's value beats the mean of six weeks, and is chosen."""
    steps = np.random.default_rng(1).normal(0, 3, (2, 400))
    (choice,) = choose(panel_of(300 + np.cumsum(steps, axis=1)), AHEAD, ("weekday_mean", "fast"))
    assert choice.chosen == "fast"
    assert dict(choice.scores)["fast"] < 0.8 * dict(choice.scores)["weekday_mean"]
    assert choice.origins == 8


def test_of_near_equals_the_plainer_is_taken() -> None:
    """Fast and ridge by name: equal scores would go to the earlier one in the table."""
    found = choose(panel_of(weekday_series(1, 200)), AHEAD, ("weekday_mean", "seasonal_naive"))
    assert found[0].chosen == "weekday_mean"  # six weeks' mean beats one day's value where nothing lasts
    assert [name for name, _ in found[0].scores] == ["weekday_mean", "seasonal_naive"]


def test_kinds_of_series_are_chosen_for_apart() -> None:
    """Ten series: wandering large ones and small ones of pure chance get their own forecaster."""
    rng = np.random.default_rng(2)
    large = 300 + np.cumsum(rng.normal(0, 3, (5, 420)), axis=1)
    small = weekday_series(5, 420, around=3.0)
    best = Best(candidates=("weekday_mean", "fast")).fit(panel_of(np.concatenate([large, small])), AHEAD)
    assert best.names_[:5] == ("fast",) * 5
    kinds = [choice.kind for choice in best.choices_]
    assert kinds == [
        "5 series of 10 a day or more, a year or more known",
        "5 series of under 10 a day, a year or more known",
    ]
    assert [choice.rows for choice in best.choices_] == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]


def test_a_choice_is_told_in_words() -> None:
    """Best first with the score, the others beside it, the number of origins, and who had too little history."""
    choice = Choice("all 9 series", tuple(range(9)), "ridge", (("ridge", 0.31), ("trees", 0.334)), 8, ("blend",))
    assert (
        choice.told()
        == "all 9 series: ridge, sWIS .310 against .334 trees over 8 origins; too little history for blend"
    )
    few = Choice("all 2 series", (0, 1), "ridge", (("ridge", 1.25),), 1)
    assert few.told(["amu", "ed"]) == "amu, ed: ridge, sWIS 1.250 over 1 origin"


def test_too_short_a_past_is_said_and_forecast_plainly() -> None:
    """Thirty days leave nothing to compare: the weekday mean, and the sentence says why."""
    best = Best().fit(panel_of(weekday_series(1, 30)), AHEAD)
    assert best.names_ == ("weekday_mean",)
    assert best.why()[0].startswith("1 series: weekday_mean, as the past is too short to compare forecasters")


def test_an_unknown_candidate_is_refused() -> None:
    """A chooser can't be its own candidate either."""
    with pytest.raises(ForecastError, match="'best' can't be a candidate"):
        choose(panel_of(weekday_series(1, 60)), AHEAD, ("best",))


def test_what_was_chosen_can_be_made_again() -> None:
    """Fitting `again()` gives the forecasts of what the chooser settled on, without choosing."""
    panel = panel_of(weekday_series(2, 200))
    best = Best(candidates=("weekday_mean", "seasonal_naive")).fit(panel, AHEAD)
    assert isinstance(best, Settled)
    again = best.again().fit(panel, AHEAD)
    origin = np.array([199])
    assert np.array_equal(again.predict(panel, origin), best.predict(panel, origin))


def test_a_forecast_says_why_its_forecaster_was_chosen() -> None:
    """The forecaster chosen is named, with a sentence that gives its score and the others'."""
    values = weekday_series(1, 220)[0].tolist()
    found = forecast(
        [history_from_values("ed", START, values)],
        start=START + timedelta(days=220),
        days=7,
        forecaster="best",
        samples=20,
    )
    assert found.why[0].startswith(f"ed: {found.forecaster}, sWIS .")
    assert "weekday_mean over 8 origins" in found.why[0] or "against" in found.why[0]
    assert forecast(
        [history_from_values("ed", START, values)], start=START + timedelta(days=220), days=7, samples=20
    ).why == ()  # fmt: skip


def test_equal_panels_are_chosen_for_equally() -> None:
    """Nothing is left to chance."""
    panel = panel_of(weekday_series(1, 200))
    one, two = (Best(candidates=("weekday_mean", "fast", "neural_net")).fit(panel, AHEAD) for _ in range(2))
    assert one.why() == two.why()


def test_for_many_series_dear_learners_are_no_candidates() -> None:
    """Three series where two are many: the ridge, whose cost grows with each, is left out."""
    best = Best(candidates=("weekday_mean", "ridge"), most_dear=2).fit(panel_of(weekday_series(3, 120)), AHEAD)
    assert [name for name, _ in best.choices_[0].scores] == ["weekday_mean"]


def test_wardwright_forecast_tells_why() -> None:
    """In words under the back-test, and as a list in JSON."""
    from api.forecast_command import Foreseen
    from optimizer import open_data

    history = {"start": str(START), "values": weekday_series(1, 120)[0].tolist()}
    scenario = {
        "schema": 1,
        "id": "told",
        "horizon": {"start": str(START + timedelta(days=120)), "days": 7, "beyond_days": 0},
        "patients": {"med": {"demand": {"history": history}, "boarding_cost_per_day": 1}},
        "units": {"W": {"beds": 99, "cares_for": ["med"]}},
        "forecast": {"forecaster": "weekday_mean", "tune": True, "samples": 20},
    }
    told = Foreseen.of(open_data(scenario), None)
    assert "\nWhy: weekday_mean tuned over 5 settings" in told.to_text()
    assert told.to_json()["why"][0].startswith("weekday_mean tuned over 5 settings")  # type: ignore[index]
