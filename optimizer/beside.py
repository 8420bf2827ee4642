"""What a scenario tells the forecast beside its histories, read and handed to forecasting."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from forecasting import Beside, Column, Event, ForecastError, HistoryError, TableSource, read_column, read_events
from optimizer.scenario.beside import DataColumn
from optimizer.scenario.faults import Fault, ScenarioError, Step
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario


def beside_of(loaded: Loaded[Scenario], rows: Mapping[str, int]) -> Beside:
    """Events and columns of a scenario; `rows` is the place of each patient group's history among all.

    Raises ScenarioError, naming file, line and column, where one can't be read or used.
    """
    events = tuple(_events(loaded, rows))
    columns = tuple(_column(loaded, at, column) for at, column in enumerate(loaded.value.forecast.columns))
    try:
        return Beside(events, columns)
    except ForecastError as error:
        raise ScenarioError([loaded.fault(("forecast", "columns"), str(error))]) from error


def _events(loaded: Loaded[Scenario], rows: Mapping[str, int]) -> Iterator[Event]:
    terms = loaded.value.forecast
    for at, told in enumerate(terms.events):
        place = loaded.fault(("forecast", "events", at, "groups"), "")
        series = _places(told.groups, rows, place)
        yield Event(told.kind, told.first, told.last or told.first, series, told.effect)
    if terms.events_file is not None:
        path = ("forecast", "events_file")
        try:
            found = read_events(TableSource(loaded.file(path)))
        except HistoryError as error:
            raise ScenarioError([_in_file(error)]) from error
        for event, line in found:
            place = Fault(terms.events_file, line, 1, "", "")
            series = _places(tuple(map(str, event.series)), rows, place)
            yield Event(event.kind, event.first, event.last, series, event.effect)


def _places(groups: Sequence[str], rows: Mapping[str, int], place: Fault) -> tuple[int, ...]:
    """Where the histories of some patient groups stand. Raises ScenarioError for a group that has none."""
    for group in groups:
        if group not in rows:
            message = f"{group} has no history that an event could move; known: {', '.join(rows) or 'none'}"
            raise ScenarioError([replace(place, message=message)])
    return tuple(sorted({rows[group] for group in groups}))


def _column(loaded: Loaded[Scenario], at: int, told: DataColumn) -> Column:
    path: tuple[Step, ...] = ("forecast", "columns", at)
    ahead, late = told.known == "ahead", told.delay_days
    try:
        if told.file is None and told.start is not None:
            values = np.array([math.nan if value is None else value for value in told.values])
            dates = np.datetime64(told.start, "D") + np.arange(len(values))
            return Column(told.called, dates, values, known_ahead=ahead, delay=late)
        file: Path = loaded.file((*path, "file"))
        return read_column(
            TableSource(file), told.column or "", date_column=told.date_column, name=told.called, known_ahead=ahead,
            delay=late,
        )  # fmt: skip
    except HistoryError as error:
        raise ScenarioError([_in_file(error)]) from error
    except ForecastError as error:
        raise ScenarioError([loaded.fault(path, str(error))]) from error


def _in_file(error: HistoryError) -> Fault:
    return Fault(error.file, error.line, error.column, "", error.message)
