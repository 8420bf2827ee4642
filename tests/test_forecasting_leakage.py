"""No look-ahead: what comes after an origin, in the values or in columns that nobody knew, moves no forecast."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting import FORECASTERS, Beside, Column, Event, forecast, history_from_values
from forecasting.adjusted import knowing
from forecasting.calendars import calendar_rows
from forecasting.forecasters import Tuned, new_forecaster
from forecasting.panel import Panel
from forecasting.protocol import Forecaster

FIRST = date(2022, 1, 3)
DAYS, ORIGIN, AHEAD = 170, 139, np.array([1, 2, 3])
STRIKES = tuple(
    Event("strike", FIRST + timedelta(days=at), FIRST + timedelta(days=at + 1)) for at in (40, 90, ORIGIN + 2)
)


def panel_of(values: np.ndarray, flu: np.ndarray) -> Panel:
    """A panel of values (2, DAYS) beside strikes and a column that comes two days late."""
    dates = np.datetime64(FIRST) + np.arange(DAYS + 10)
    beside = Beside(STRIKES, (Column("flu", dates[:DAYS], flu, delay=2),))
    inputs = beside.inputs({0: "a", 1: "b"}, dates, DAYS)
    return Panel(dates[0], values, calendar_rows(dates, None, None), inputs)


def past_and_futures() -> tuple[Panel, Panel]:
    """Two panels that agree up to the origin, and a column up to what was known of it there, and in nothing after."""
    rng = np.random.default_rng(0)
    values, flu = rng.poisson(30, (2, DAYS)).astype(float), rng.normal(100, 20, DAYS)
    other, wild = values.copy(), flu.copy()
    other[:, ORIGIN + 1 :] = rng.poisson(900, other[:, ORIGIN + 1 :].shape)
    wild[ORIGIN - 1 :] = 1e5  # with two days' delay the value of ORIGIN - 1 is known on ORIGIN + 1
    return panel_of(values, flu), panel_of(other, wild)


def told(forecaster: Forecaster, panel: Panel) -> bytes:
    """What is said from the origin, learned up to it, with the future lying about."""
    fitted = forecaster.fit(panel.until(ORIGIN), AHEAD)
    return fitted.predict(panel, np.array([ORIGIN - 20, ORIGIN])).tobytes()


@pytest.mark.parametrize("name", list(FORECASTERS))
def test_the_future_moves_no_forecast(name: str) -> None:
    """Learned up to an origin and asked there, a forecaster says the same whatever comes after."""
    one, other = past_and_futures()
    assert told(knowing(new_forecaster(name)), one) == told(knowing(new_forecaster(name)), other)


@pytest.mark.parametrize("name", ["ridge", "fast"])
def test_the_future_moves_no_tuning(name: str) -> None:
    """Nor does a search of settings look past the origin."""
    one, other = past_and_futures()
    assert told(Tuned(forecaster=name), one) == told(Tuned(forecaster=name), other)


@pytest.mark.parametrize("name", ["weekday_mean", "ridge", "fast"])
def test_a_column_known_only_as_it_comes_moves_what_it_may(name: str) -> None:
    """The test above can fail: a value known at the origin does move the forecasts of those who read columns."""
    one, _ = past_and_futures()
    assert one.inputs is not None
    seen = one.inputs.seen.copy()
    seen[:, ORIGIN] *= 2
    other = replace(one, inputs=replace(one.inputs, seen=seen))
    fitted = new_forecaster(name).fit(one.until(ORIGIN), AHEAD)
    same = np.array_equal(fitted.predict(one, np.array([ORIGIN])), fitted.predict(other, np.array([ORIGIN])))
    assert same == (name == "weekday_mean")


@pytest.mark.parametrize(("name", "tuned"), [("ridge", False), ("fast", True), ("best", False)])
def test_a_whole_forecast_is_blind_to_the_future(name: str, tuned: bool) -> None:
    """Intervals, samples and the choice too: histories and columns that agree before the start give the same bytes."""
    rng = np.random.default_rng(1)
    values, flu = rng.poisson(30, 200).astype(float), rng.normal(100, 20, 200)
    start = FIRST + timedelta(days=170)
    dates = np.datetime64(FIRST) + np.arange(200)

    def made(after: float) -> tuple[bytes, bytes, tuple[str, ...]]:
        changed, column = values.copy(), flu.copy()
        changed[170:] += after
        column[170:] += after
        beside = Beside(STRIKES[:2], (Column("flu", dates, column),))
        history = history_from_values("a", FIRST, changed.tolist())
        found = forecast([history], start=start, days=5, forecaster=name, samples=20, tuned=tuned, beside=beside)
        return found.quantiles.tobytes(), found.samples.tobytes(), found.why

    assert made(0.0) == made(500.0)
