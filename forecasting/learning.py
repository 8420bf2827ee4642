"""Learning from a panel: a fitted forecaster with what its like missed in the past. No more is needed to go on."""

from __future__ import annotations

from dataclasses import dataclass

from forecasting.errors import TooLittleHistory
from forecasting.forecasters import new_forecaster
from forecasting.intervals import PastErrors, past_errors
from forecasting.panel import Ints, Panel
from forecasting.protocol import Forecaster, Pooled

STAND_IN = "weekday_mean"
"""What forecasts where the chosen forecaster has too little to learn from: it needs nothing but two weeks."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What was learned of some series together.

    `rows` are the series' places among all that were given; `fitted` looks `horizons` (H,) days ahead; `missed` are
    past errors of these series (R, C, H), those of the stand-in where the forecaster has none; `shared` tells that the
    series share their doubt.
    """

    rows: tuple[int, ...]
    forecaster: str
    fitted: Forecaster
    horizons: Ints
    missed: PastErrors
    shared: bool
    note: str = ""


def learn(panel: Panel, names: tuple[str, ...], rows: tuple[int, ...], horizons: Ints, name: str) -> list[Learnt]:
    """Learn from one panel; where it is too little, from each series by itself, and at last by the stand-in.

    Raises UnknownForecaster for a name that is not in the table.
    """
    try:
        return [_learnt(panel, rows, horizons, name)]
    except TooLittleHistory as error:
        if len(names) == 1:
            note = f"{names[0]}: {error}; the weekday mean stands in"
            return [_learnt(panel, rows, horizons, STAND_IN, note)]
    alone = [Panel(panel.first, panel.values[at : at + 1], panel.calendar) for at in range(len(names))]
    each = zip(alone, names, rows, strict=True)
    return [found for one, who, row in each for found in learn(one, (who,), (row,), horizons, name)]


def _learnt(panel: Panel, rows: tuple[int, ...], horizons: Ints, name: str, note: str = "") -> Learnt:
    """Fit, and look back; errors are the stand-in's where there are none."""
    fitted = new_forecaster(name).fit(panel, horizons)
    missed = past_errors(lambda: new_forecaster(name), panel, horizons)
    shared = isinstance(fitted, Pooled) and len(missed.starts) > 0
    if not len(missed.starts):
        missed = past_errors(lambda: new_forecaster(STAND_IN), panel, horizons)
    return Learnt(rows, name, fitted, horizons, missed, shared, note)
