"""Any number of series: a chunk at a time, memory flat, one bad series no reason to stop."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting import ForecastError, History, history_from_values
from forecasting.streaming import forecast_stream

FIRST = date(2024, 1, 1)
START = FIRST + timedelta(days=120)


def series(count: int) -> Iterator[History]:
    """Restless wards, one after the other, none kept."""
    for at in range(count):
        values = np.random.default_rng(at).poisson(50.0, 120).astype(float)
        yield history_from_values(f"ward {at}", FIRST, values.tolist())


def test_chunks_come_in_order_and_each_is_whole() -> None:
    """Seven series, three at a time: 3, 3 and 1."""
    found = [one.forecast for one in forecast_stream(series(7), start=START, days=3, chunk=3)]
    assert [one.names for one in found if one] == [
        ("ward 0", "ward 1", "ward 2"),
        ("ward 3", "ward 4", "ward 5"),
        ("ward 6",),
    ]


def test_memory_does_not_grow_with_the_number_of_series() -> None:
    """Eight chunks need no more than two: nothing of an earlier one is kept."""

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in forecast_stream(series(count), start=START, days=3, chunk=5, forecaster="weekday_mean"):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(5)
    assert peak(40) < 1.5 * peak(10)


def test_a_bad_series_is_named_and_the_rest_goes_on() -> None:
    """A series that begins after the start holds no day before it."""
    good, bad = list(series(2))
    bad = replace(bad, dates=bad.dates + np.timedelta64(400, "D"))
    found = list(forecast_stream([good, bad], start=START, days=3))
    assert len(found) == 1
    assert found[0].forecast is not None
    assert found[0].forecast.names == ("ward 0",)
    assert [name for name, _ in found[0].left_out] == ["ward 1"]
    assert "0 usable days before 2024-04-30" in found[0].left_out[0][1]


def test_a_chunk_of_nothing_but_bad_series_has_no_forecast() -> None:
    """And the next one comes all the same."""
    found = list(forecast_stream(series(2), start=FIRST, days=3, chunk=1))
    assert [one.forecast for one in found] == [None, None]


def test_chunks_hold_at_least_one() -> None:
    """Nought at a time never ends."""
    with pytest.raises(ForecastError, match="1 series or more, got 0"):
        next(forecast_stream(series(1), start=START, days=3, chunk=0))
