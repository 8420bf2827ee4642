"""What came, read from a table laid out as the histories of a plan's scenario were."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from api.errors import Refused
from forecasting import HistorySource, Record, read_history
from forecasting.errors import ForecastError
from forecasting.history import Floats
from optimizer.histories import named_histories
from optimizer.saved import SavedPlan, open_plan
from optimizer.scenario.patients import History

FORECAST = "forecast.json"


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """A plan of the past, its forecast, and what came: by series name, in the order of the scenario's histories.

    `notes` say what was cured in what came, `doubts` where it does not count what was forecast.
    """

    saved: SavedPlan
    record: Record
    came: dict[str, dict[date, float]]
    notes: tuple[str, ...]
    doubts: tuple[str, ...]

    def grid(self) -> Floats:
        """(S, D) what came by history and day planned; NaN where it is not known."""
        first, days = self.record.start, self.saved.case.grid.days
        each = [[one.get(first + timedelta(days=at), math.nan) for at in range(days)] for one in self.came.values()]
        return np.array(each, dtype=np.float64).reshape(len(each), days)


def read_past(folder: Path, actuals: Path) -> Past:
    """A plan folder with what came. Raises PlanFolderError, HistoryError, or Refused where there is no forecast."""
    saved = open_plan(folder)
    record = _record(folder)
    came: dict[str, dict[date, float]] = {}
    notes: list[str] = []
    doubts: list[str] = []
    for one, history in zip(record.series, named_histories(saved.scenario)[0], strict=True):
        # a plan's days may be few: the least that can be compared is one
        read = read_history(_source(actuals, one.name, history), least=1)
        came[one.name] = {
            day: value for day, value in zip(read.dates.tolist(), read.values.tolist(), strict=True) if value == value
        }
        notes += map(str, read.notes)
        doubts += _censored(one.name, history)
    return Past(saved, record, came, tuple(dict.fromkeys(notes)), tuple(doubts))


def _record(folder: Path) -> Record:
    path = folder / FORECAST
    try:
        return Record.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        message = f"{folder}: holds no {FORECAST}: its demand was given, or it was made without a forecast of its own"
        raise Refused(message) from error
    except (OSError, ValueError, ForecastError) as error:
        raise Refused(f"{path}: can't be read: {error}") from error


def _source(actuals: Path, name: str, history: History) -> HistorySource:
    """The table read as the history was; of one given in place, the column of the series' name."""
    return HistorySource(
        actuals, history.column or name, history.date_column, tuple(history.where.items()), history.capacity_column,
        history.impossible_rows, hour_column=history.hour_column, timezone=history.timezone, daily=history.daily,
        date_format=history.date_format,
    )  # fmt: skip


def _censored(name: str, history: History) -> Iterator[str]:
    if history.full_days == "demand":
        yield f"{name}: forecast was what wanted to come in; what came counts beds taken, which full days hold down"
