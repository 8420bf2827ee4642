"""One day of a forecast explained: for every series, the parts that sum to what is expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from forecasting.errors import ForecastError
from forecasting.events import NOTHING, Beside
from forecasting.history import History
from forecasting.parts import NAMES, parts_of
from forecasting.parts_importance import Importance, importance_of
from forecasting.predicting import Forecast
from forecasting.trained import Trained, View
from forecasting.trimming import before

DOUBT: Final = "doubt"
"""What is left: past errors are seldom even, so that their mean moves what is expected a little."""

OF_LEARNER: Final = "learner"


@dataclass(frozen=True, slots=True)
class DayParts:
    """Why a series is expected to be what it is on one day.

    `parts` sum to `expected`, which is the forecast's mean; `origin` is the last known day; `importance` tells what the
    part of a learner that is no straight line leans on, by the share that its error would grow.
    """

    series: str
    day: date
    origin: date
    forecaster: str
    expected: float
    low80: float
    high80: float
    parts: dict[str, float]
    importance: Importance


def explain_day(
    forecast: Forecast, model: Trained, histories: Sequence[History], day: date, *, beside: Beside = NOTHING
) -> tuple[DayParts, ...]:
    """Take one day of a `forecast` apart, that `model` made from `histories`; series in its order.

    Raises ForecastError where the day is not one of the forecast's.
    """
    start, days = forecast.dates[0].item(), len(forecast.dates)
    at = (day - start).days
    if not 0 <= at < days:
        raise ForecastError(f"{day} is not forecast: days from {start} to {forecast.dates[-1]} are")
    past = [before(history, start) for history in histories]
    found: dict[int, DayParts] = {}
    for view in model.views(past, start=start, days=days, beside=beside):
        found.update(_of_view(forecast, view, at))
    return tuple(found[place] for place in sorted(found))


def _of_view(forecast: Forecast, view: View, at: int) -> dict[int, DayParts]:
    """Every series of a view, by its place in the forecast."""
    origin = np.array([view.panel.days - 1])
    parts = parts_of(view.part.fitted, view.panel, origin, view.columns.start + at)
    importance = importance_of(view.part.fitted, view.panel) if OF_LEARNER in parts else {}
    last = view.panel.dates()[origin[0]].item()
    return {
        place: _one(forecast, (place, at), {name: float(amounts[row]) for name, amounts in parts.items()}, last,
                    (view.part.forecaster, importance))
        for place, row in view.rows.items()
    }  # fmt: skip


def _one(
    forecast: Forecast, cell: tuple[int, int], parts: dict[str, float], origin: date, by: tuple[str, Importance]
) -> DayParts:
    place, at = cell
    expected = float(forecast.mean[place, at])
    ordered: dict[str, float] = {name: parts[name] for name in NAMES if name in parts}
    low, high = (int(np.argmin(np.abs(forecast.levels - level))) for level in (0.1, 0.9))
    return DayParts(
        series=forecast.names[place],
        day=forecast.dates[at].item(),
        origin=origin,
        forecaster=by[0],
        expected=expected,
        low80=float(forecast.quantiles[place, at, low]),
        high80=float(forecast.quantiles[place, at, high]),
        parts={**ordered, DOUBT: expected - sum(ordered.values())},
        importance=by[1],
    )
