"""Forecasts of daily series with honest doubt: history -> features -> forecaster -> `Forecast`.

Names are loaded when first used, so that `import forecasting` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forecasting.backtesting import backtest
    from forecasting.beside_files import read_column, read_events
    from forecasting.censoring import Wanted, wanted_beds
    from forecasting.censoring_history import uncapped
    from forecasting.census import Stream, census_paths, census_pmf, stream, with_known_chances
    from forecasting.census_curves import StayCurve, curve_from_census, doubtful_curves, stay_curve, stay_curves
    from forecasting.census_outlook import CensusOutlook, foresee_census
    from forecasting.census_stays import StaySource, StayTable, read_stays
    from forecasting.census_units import GroupCensus, UnitCensus, census_by_unit, given_census, queued_census
    from forecasting.describing.survey import Survey, survey
    from forecasting.errors import (
        ForecastError,
        HistoryError,
        StayError,
        TooLittleHistory,
        UnknownCalendar,
        UnknownForecaster,
        UnusableHistory,
    )
    from forecasting.events import Beside, Column, Event
    from forecasting.forecasters import FORECASTERS, Forecaster
    from forecasting.history import CleaningNote, History, HistorySource, history_from_values, read_history
    from forecasting.monitoring import Verdict, watch
    from forecasting.monitoring_record import Record
    from forecasting.predicting import QUANTILES, Forecast, forecast
    from forecasting.registry.forecasts import StoredForecast, open_forecast
    from forecasting.registry.store import INDEX, Registry
    from forecasting.sampling import sample_paths
    from forecasting.scores import Scores
    from forecasting.seasons import Season, taught
    from forecasting.shares import Shares, constructed_shares, estimated_shares, split_total
    from forecasting.sources import TableSource
    from forecasting.sources_layout import SeriesSource
    from forecasting.sources_many import SeriesRead, read_series
    from forecasting.stays import (
        CensusFlow,
        arrivals_from_census,
        census_from_arrivals,
        left_of_past,
        left_of_start,
        still_in_chances,
        survival,
    )
    from forecasting.trained import Trained, train

_HOMES = {
    "Beside": "events",
    "CensusFlow": "stays",
    "CensusOutlook": "census_outlook",
    "CleaningNote": "history",
    "Column": "events",
    "Event": "events",
    "FORECASTERS": "forecasters",
    "Forecast": "predicting",
    "ForecastError": "errors",
    "Forecaster": "forecasters",
    "GroupCensus": "census_units",
    "History": "history",
    "HistoryError": "errors",
    "HistorySource": "history",
    "INDEX": "registry.store",
    "QUANTILES": "predicting",
    "Record": "monitoring_record",
    "Registry": "registry.store",
    "Scores": "scores",
    "Season": "seasons",
    "SeriesRead": "sources_many",
    "SeriesSource": "sources_layout",
    "Shares": "shares",
    "StayCurve": "census_curves",
    "StayError": "errors",
    "StaySource": "census_stays",
    "StayTable": "census_stays",
    "StoredForecast": "registry.forecasts",
    "Stream": "census",
    "Survey": "describing.survey",
    "TableSource": "sources",
    "TooLittleHistory": "errors",
    "Trained": "trained",
    "UnitCensus": "census_units",
    "UnknownCalendar": "errors",
    "UnknownForecaster": "errors",
    "UnusableHistory": "errors",
    "Verdict": "monitoring",
    "Wanted": "censoring",
    "arrivals_from_census": "stays",
    "backtest": "backtesting",
    "census_by_unit": "census_units",
    "census_from_arrivals": "stays",
    "census_paths": "census",
    "census_pmf": "census",
    "constructed_shares": "shares",
    "curve_from_census": "census_curves",
    "doubtful_curves": "census_curves",
    "estimated_shares": "shares",
    "forecast": "predicting",
    "foresee_census": "census_outlook",
    "given_census": "census_units",
    "history_from_values": "history",
    "left_of_past": "stays",
    "left_of_start": "stays",
    "open_forecast": "registry.forecasts",
    "queued_census": "census_units",
    "read_column": "beside_files",
    "read_events": "beside_files",
    "read_history": "history",
    "read_series": "sources_many",
    "read_stays": "census_stays",
    "sample_paths": "sampling",
    "split_total": "shares",
    "stay_curve": "census_curves",
    "stay_curves": "census_curves",
    "still_in_chances": "stays",
    "stream": "census",
    "survey": "describing.survey",
    "survival": "stays",
    "taught": "seasons",
    "train": "trained",
    "uncapped": "censoring_history",
    "wanted_beds": "censoring",
    "watch": "monitoring",
    "with_known_chances": "census",
}
"""The module in which each public name lives."""

__all__ = [
    "FORECASTERS",
    "INDEX",
    "QUANTILES",
    "Beside",
    "CensusFlow",
    "CensusOutlook",
    "CleaningNote",
    "Column",
    "Event",
    "Forecast",
    "ForecastError",
    "Forecaster",
    "GroupCensus",
    "History",
    "HistoryError",
    "HistorySource",
    "Record",
    "Registry",
    "Scores",
    "Season",
    "SeriesRead",
    "SeriesSource",
    "Shares",
    "StayCurve",
    "StayError",
    "StaySource",
    "StayTable",
    "StoredForecast",
    "Stream",
    "Survey",
    "TableSource",
    "TooLittleHistory",
    "Trained",
    "UnitCensus",
    "UnknownCalendar",
    "UnknownForecaster",
    "UnusableHistory",
    "Verdict",
    "Wanted",
    "arrivals_from_census",
    "backtest",
    "census_by_unit",
    "census_from_arrivals",
    "census_paths",
    "census_pmf",
    "constructed_shares",
    "curve_from_census",
    "doubtful_curves",
    "estimated_shares",
    "forecast",
    "foresee_census",
    "given_census",
    "history_from_values",
    "left_of_past",
    "left_of_start",
    "open_forecast",
    "queued_census",
    "read_column",
    "read_events",
    "read_history",
    "read_series",
    "read_stays",
    "sample_paths",
    "split_total",
    "stay_curve",
    "stay_curves",
    "still_in_chances",
    "stream",
    "survey",
    "survival",
    "taught",
    "train",
    "uncapped",
    "wanted_beds",
    "watch",
    "with_known_chances",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
