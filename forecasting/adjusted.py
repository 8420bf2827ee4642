"""Takes the effects of events and of columns known ahead out of the values, lets another forecast, and puts them back.

So every forecaster knows of a strike, the weekday mean too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Self

import numpy as np

from forecasting.adjusting import effects_of, shared_slopes
from forecasting.calendars import AROUND_WEEKS, HOLIDAY_PENALTY
from forecasting.errors import UnsuitableModel
from forecasting.history import Floats
from forecasting.inputs import Inputs
from forecasting.intervals import error_scale
from forecasting.linear import ridge_solve
from forecasting.panel import Ints, Panel, centred_mean, picked
from forecasting.params import Settings
from forecasting.protocol import Forecaster, Pooled

MEASURE_PENALTY = 30.0
"""Strength of the pull of a measure's effect to none, in days."""

OWN_TIMES = 3.0
"""How much harder a series' own effects are pulled to the shared ones than those to nothing."""

LOWEST_FACTOR = 0.2
"""No learned effect takes away more than four fifths."""


class Adjusted(Settings):
    """Another forecaster on values free of what the panel's inputs tell of each day.

    Effects are shares of the level, learned by ridge from the ratio to a centred five-week mean, calendar effects taken
    out: shared by all series first, then each one's own. Inputs are measured against their own five-week mean, so that
    a slow rise in the series is not mistaken for the effect of a slow rise in a column (Frisch and Waugh 1933).
    """

    def __init__(self, *, forecaster: Forecaster) -> None:
        self.forecaster = forecaster

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn effects, then let the other learn what is left.

        Raises:
            TooLittleHistory: the other has too little to learn from.
        """
        inputs = _inputs_of(panel)
        self.horizons_ = horizons
        self.names_known_ = inputs.names
        past = inputs.ahead[:, : panel.days]
        self.middle_, self.spread_ = _scales(past, inputs.measured)
        penalty = np.where(inputs.measured, MEASURE_PENALTY, HOLIDAY_PENALTY)
        self.slopes_ = _slopes(replace(panel, values=panel.values / inputs.stated[:, : panel.days]),
                               self._measures(past), penalty)  # fmt: skip
        self.inner_ = type(self.forecaster)(**self.forecaster.get_params()).fit(self.freed(panel), horizons)
        return self

    def _measures(self, ahead: Floats) -> Floats:
        """Inputs (S, D, A) as distances from their mean in standard deviations; events as they are; 0 where unknown."""
        return np.nan_to_num((ahead - self.middle_) / self.spread_)

    def _factors(self, panel: Panel) -> Floats:
        """By how much (S, D + ahead) each day's events and columns multiply it."""
        inputs = _inputs_of(panel)
        if inputs.names != self.names_known_:
            raise UnsuitableModel(
                f"the model was trained beside {_told(self.names_known_)}, not beside {_told(inputs.names)}"
            )
        moved = 1.0 + np.einsum("sda,sa->sd", self._measures(inputs.ahead), self.slopes_)
        return np.asarray(np.maximum(moved, LOWEST_FACTOR) * inputs.stated)

    def freed(self, panel: Panel) -> Panel:
        """The panel's values without the effects of events and columns known ahead."""
        return replace(panel, values=panel.values / self._factors(panel)[:, : panel.days])

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        told = self.inner_.predict(self.freed(panel), origins)
        return np.asarray(told * picked(self._factors(panel), origins[:, None] + self.horizons_))


class AdjustedPooled(Adjusted):
    """`Adjusted`, where the other forecaster pools series and so says how much each usually changes."""

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """What past errors are measured in (S, O), events taken out."""
        return error_scale(self.inner_, self.freed(panel), origins)


def knowing(forecaster: Forecaster) -> Adjusted:
    """A forecaster that knows of events, made from one that does not."""
    kind: Callable[..., Adjusted] = AdjustedPooled if isinstance(forecaster, Pooled) else Adjusted
    return kind(forecaster=forecaster)


def _inputs_of(panel: Panel) -> Inputs:
    if panel.inputs is None:
        raise UnsuitableModel("the model was trained beside events or columns: give them again")
    return panel.inputs


def _told(names: tuple[str, ...]) -> str:
    return ", ".join(names) if names else "nothing"


def _scales(past: Floats, measured: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Floats, Floats]:
    """Mean and standard deviation (A,) of each measure's past; 0 and 1 of an event."""
    known = np.isfinite(past)
    count = np.maximum(known.sum(axis=(0, 1)), 1)
    mean = np.where(known, past, 0.0).sum(axis=(0, 1)) / count
    spread = np.sqrt(np.where(known, (past - mean) ** 2, 0.0).sum(axis=(0, 1)) / count)
    return np.where(measured, mean, 0.0), np.where(measured & (spread > 0), spread, 1.0)


def _slopes(panel: Panel, measures: Floats, penalty: Floats) -> Floats:
    """Effects (S, A) of each input on each series."""
    series, _, count = measures.shape
    if not count:
        return np.zeros((series, 0))
    effects = effects_of(shared_slopes(panel), panel.calendar)[:, : panel.days]
    values = panel.values / (1.0 + effects)
    around = centred_mean(values, AROUND_WEEKS)
    ratio = np.divide(values, around, out=np.full_like(values, np.nan), where=around > 0) - 1.0
    moving = measures - np.stack([centred_mean(measures[..., at], AROUND_WEEKS) for at in range(count)], axis=2)
    seen = np.isfinite(ratio) & (np.abs(moving) > 0).any(axis=2)
    steady = _steadiness(ratio)
    root = np.broadcast_to(steady[:, None], ratio.shape)[seen]
    shared = _solved(moving[seen] * root[:, None], ratio[seen] * root, penalty)
    own = np.zeros((series, count))
    for at in range(series) if series > 1 else ():
        rows, goal = moving[at][seen[at]], ratio[at][seen[at]]
        own[at] = _solved(rows, goal - rows @ shared, penalty * OWN_TIMES)
    return np.asarray(shared + own)


def _steadiness(ratio: Floats) -> Floats:
    """How much each series counts (S,): the steadier, the more."""
    known = np.isfinite(ratio)
    count = np.maximum(known.sum(axis=1), 1)
    spread = np.sqrt(np.where(known, ratio**2, 0.0).sum(axis=1) / count)
    return np.asarray(np.median(spread) / np.maximum(spread, 1e-3))


def _solved(rows: Floats, goal: Floats, penalty: Floats) -> Floats:
    """Slopes (A,) by ridge without an intercept; zeros where there is nothing to learn from."""
    if not len(rows):
        return np.zeros(rows.shape[1])
    slopes, _ = ridge_solve(rows, goal[:, None], penalty, centred=False)
    return slopes[:, 0]
