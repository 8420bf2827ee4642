"""Learners keep to one thread, whatever the machine has."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from forecasting import forecast, history_from_values
from forecasting.threads import one_thread
from forecasting.trees import Trees

FIRST = date(2023, 1, 2)


def threads() -> set[int]:
    """How many threads each library that is loaded may use now."""
    return {int(library["num_threads"]) for library in threadpool_info()}


def test_libraries_get_back_what_they_had() -> None:
    """Two threads before, one meanwhile, two again after."""
    with one_thread("trees"), threadpool_limits(2):
        before = threads()
        with one_thread():
            assert threads() == {1}
        assert threads() == before


@pytest.mark.parametrize("asked", [1, 2])
def test_trees_learn_and_tell_on_one_thread(asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was allowed around them, every library has one thread where trees are fitted and where they are read."""
    seen: list[set[int]] = []
    fit, tell = Trees.fit, Trees.predict
    monkeypatch.setattr(Trees, "fit", lambda *given: (seen.append(threads()), fit(*given))[1])
    monkeypatch.setattr(Trees, "predict", lambda *given: (seen.append(threads()), tell(*given))[1])
    values = np.random.default_rng(0).poisson(20.0, 200).astype(float).tolist()
    with one_thread("trees"), threadpool_limits(asked):
        history = history_from_values("ward", FIRST, values)
        forecast([history], start=FIRST + timedelta(days=200), days=7, forecaster="trees")
    assert len(seen) > 2
    assert set.union(*seen) == {1}
