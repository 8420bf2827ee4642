"""The table of forecasters, each in scikit-learn's manner. Each says the expected value; `intervals` adds doubt.

A constructor only stores; `fit` learns from a `Panel` and returns self; what is learned ends in `_`; `predict` changes
nothing and, at an origin, reads no value after it. A new forecaster is a class and a line in `LEARNERS`.
"""

from __future__ import annotations

from collections.abc import Callable

from forecasting.direct import Ridge
from forecasting.errors import UnknownForecaster, did_you_mean
from forecasting.learners import LEARNERS
from forecasting.naive import SeasonalNaive, WeekdayMean, same_weekday
from forecasting.protocol import Forecaster, Pooled, Settled

__all__ = [
    "FORECASTERS",
    "Forecaster",
    "Pooled",
    "Ridge",
    "SeasonalNaive",
    "Settled",
    "WeekdayMean",
    "new_forecaster",
    "same_weekday",
]

FORECASTERS: dict[str, Callable[..., Forecaster]] = {**LEARNERS}
"""Every forecaster by the name that a scenario uses."""


def new_forecaster(name: str) -> Forecaster:
    """A forecaster with its default settings.

    Raises:
        UnknownForecaster: the name is not in `FORECASTERS`.
    """
    if name not in FORECASTERS:
        raise UnknownForecaster(f"{name!r} is no forecaster{did_you_mean(name, FORECASTERS)}")
    return FORECASTERS[name]()
