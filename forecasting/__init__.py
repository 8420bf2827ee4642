"""Forecasts of daily series with honest doubt: history -> features -> forecaster -> `Forecast`.

Names are loaded when first used, so that `import forecasting` costs nothing. `forecast` and `backtest` are functions
here and modules of the same name below; the function is what the package shows.
"""

# ruff: noqa: TC004  (the names in __all__ are loaded by _Room, not by the imports that type checkers read)

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecasting.backtest import backtest
    from forecasting.errors import (
        ForecastError,
        HistoryError,
        StayError,
        TooLittleHistory,
        UnknownCalendar,
        UnknownForecaster,
        UnusableHistory,
    )
    from forecasting.forecast import QUANTILES, Forecast, forecast
    from forecasting.forecasters import FORECASTERS, Forecaster
    from forecasting.history import CleaningNote, History, HistorySource, history_from_values, read_history
    from forecasting.scores import Scores
    from forecasting.stays import CensusFlow, arrivals_from_census, census_from_arrivals, survival

_HOMES = {
    "FORECASTERS": "forecasters",
    "QUANTILES": "forecast",
    "CensusFlow": "stays",
    "CleaningNote": "history",
    "Forecast": "forecast",
    "ForecastError": "errors",
    "Forecaster": "forecasters",
    "History": "history",
    "HistoryError": "errors",
    "HistorySource": "history",
    "Scores": "scores",
    "StayError": "errors",
    "TooLittleHistory": "errors",
    "UnknownCalendar": "errors",
    "UnknownForecaster": "errors",
    "UnusableHistory": "errors",
    "arrivals_from_census": "stays",
    "backtest": "backtest",
    "census_from_arrivals": "stays",
    "forecast": "forecast",
    "history_from_values": "history",
    "read_history": "history",
    "survival": "stays",
}
"""The module in which each public name lives."""

__all__ = [
    "FORECASTERS",
    "QUANTILES",
    "CensusFlow",
    "CleaningNote",
    "Forecast",
    "ForecastError",
    "Forecaster",
    "History",
    "HistoryError",
    "HistorySource",
    "Scores",
    "StayError",
    "TooLittleHistory",
    "UnknownCalendar",
    "UnknownForecaster",
    "UnusableHistory",
    "arrivals_from_census",
    "backtest",
    "census_from_arrivals",
    "forecast",
    "history_from_values",
    "read_history",
    "survival",
]


class _Room(ModuleType):
    """This package, whose public names win over submodules of the same name.

    Importing a submodule sets it as an attribute of its package; `forecasting.forecast` must stay the function.
    """

    def __getattr__(self, name: str) -> object:
        """Load a public name from its module on first use."""
        if name not in _HOMES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{self.__name__}.{_HOMES[name]}"), name)
        self.__dict__[name] = found
        return found

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Room
