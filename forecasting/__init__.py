"""Forecasts of daily series with honest doubt: history -> features -> forecaster -> `Forecast`.

Names are loaded when first used, so that `import forecasting` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecasting.backtesting import backtest
    from forecasting.errors import (
        ForecastError,
        HistoryError,
        StayError,
        TooLittleHistory,
        UnknownCalendar,
        UnknownForecaster,
        UnusableHistory,
    )
    from forecasting.forecasters import FORECASTERS, Forecaster
    from forecasting.history import CleaningNote, History, HistorySource, history_from_values, read_history
    from forecasting.predicting import QUANTILES, Forecast, forecast
    from forecasting.scores import Scores
    from forecasting.stays import CensusFlow, arrivals_from_census, census_from_arrivals, survival

_HOMES = {
    "FORECASTERS": "forecasters",
    "QUANTILES": "predicting",
    "CensusFlow": "stays",
    "CleaningNote": "history",
    "Forecast": "predicting",
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
    "backtest": "backtesting",
    "census_from_arrivals": "stays",
    "forecast": "predicting",
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


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
