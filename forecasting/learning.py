"""Learning from a panel: a fitted forecaster with what its like missed in the past. No more is needed to go on."""

from __future__ import annotations

from dataclasses import dataclass

from forecasting.adjusted import knowing
from forecasting.errors import TooLittleHistory
from forecasting.forecasters import Tuned, new_forecaster
from forecasting.intervals import PastErrors, past_errors
from forecasting.panel import Ints, Panel
from forecasting.protocol import Forecaster, Maker, Pooled, Settled
from forecasting.threads import one_thread

STAND_IN = "weekday_mean"
"""What forecasts where the chosen forecaster has too little to learn from: it needs nothing but two weeks."""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What was learned of some series together.

    `rows` are the series' places among all that were given; `fitted` looks `horizons` (H,) days ahead; `missed` are
    past errors of these series (R, C, H), those of the stand-in where the forecaster has none; `shared` tells that the
    series share their doubt; `why` says what was chosen or tuned, and against what.
    """

    rows: tuple[int, ...]
    forecaster: str
    fitted: Forecaster
    horizons: Ints
    missed: PastErrors
    shared: bool
    note: str = ""
    why: tuple[str, ...] = ()


def learn(
    panel: Panel, names: tuple[str, ...], rows: tuple[int, ...], horizons: Ints, name: str, *, tuned: bool = False
) -> list[Learnt]:
    """Learn from one panel; where it is too little, from each series by itself, and at last by the stand-in.

    With `tuned` the forecaster's settings are searched first, inside the panel.

    Raises UnknownForecaster for a name that is not in the table.
    """
    try:
        with one_thread(_maker(name)[0]):
            return [_learnt(panel, (names, rows), horizons, _maker(name, tuned=tuned))]
    except TooLittleHistory as error:
        if len(names) == 1:
            note = f"{names[0]}: {error}; the weekday mean stands in"
            return [_learnt(panel, (names, rows), horizons, _maker(STAND_IN), note)]
    alone = [panel.rows([at]) for at in range(len(names))]
    each = zip(alone, names, rows, strict=True)
    return [found for one, who, row in each for found in learn(one, (who,), (row,), horizons, name, tuned=tuned)]


def _maker(name: str, *, tuned: bool = False) -> tuple[str, Maker]:
    """A name with what makes its forecaster. Raises UnknownForecaster."""
    new_forecaster(name)
    return name, (lambda: Tuned(forecaster=name)) if tuned else (lambda: new_forecaster(name))


def _learnt(
    panel: Panel,
    series: tuple[tuple[str, ...], tuple[int, ...]],
    horizons: Ints,
    made: tuple[str, Maker],
    note: str = "",
) -> Learnt:
    """Fit, and look back; errors are the stand-in's where there are none. What was chosen is not chosen again."""
    (names, rows), (name, make) = series, made
    fitted: Forecaster
    if panel.inputs is not None and panel.inputs.move:
        adjusted = knowing(make()).fit(panel, horizons)
        name, plain, adjusted.inner_, why = _settled(adjusted.inner_, names, name, make)
        fitted, make = adjusted, lambda: knowing(plain())
    else:
        name, make, fitted, why = _settled(make().fit(panel, horizons), names, name, make)
    missed = past_errors(make, panel, horizons)
    shared = isinstance(fitted, Pooled) and len(missed.starts) > 0
    if not len(missed.starts):
        missed = past_errors(lambda: new_forecaster(STAND_IN), panel, horizons)
    return Learnt(rows, name, fitted, horizons, missed, shared, note, why)


def _settled(
    fitted: Forecaster, names: tuple[str, ...], name: str, make: Maker
) -> tuple[str, Maker, Forecaster, tuple[str, ...]]:
    """What a forecaster came to: its name, how to make it again, itself fitted, and why."""
    if not isinstance(fitted, Settled):
        return name, make, fitted, ()
    one = fitted.names_[0] if len(set(fitted.names_)) == 1 else name
    return one, fitted.again, fitted.settled_, fitted.why(names)
