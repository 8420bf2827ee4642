"""Many series on one scale, so that one model can learn from all of them.

Every value is told as its distance from its own four-week level, calendar effects taken out, in units of how much that
series usually changes in a week. A day of a large calm hospital and one of a small restless ward then look alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.adjusting import effects_of, shared_slopes
from forecasting.features import YEAR, level_floor
from forecasting.history import Floats
from forecasting.lagged import seen_features
from forecasting.panel import LEVEL_DAYS, Ints, Panel, carried_forward, picked, trailing_mean

LAGS = 7
WINDOWS = (3, 7, 14, 56, 91)
WEEKS = 6
"""Lags in days, trailing means in days, and weeks over which a weekday's own habit is averaged."""

NEAR_DAYS, YEAR_DAYS = 14, 365
UNSEEN_CHANGE, LEAST_CHANGE, WILDEST_CHANGE = 0.1, 0.005, 5.0
"""The usual change is the geometric mean of the last `NEAR_DAYS` days' and of the last year's, by level."""

NEAR_DOUBT = 0.3
"""The share (in the exponent) of the last days' change in what errors are measured in, the rest being the year's.

Errors grow less than the last days' change: regressing one's logarithm on the other's gave 0 to 0.3 on wards,
departments and states.
"""

LEAST_KNOWN = 14
"""Known days among the last 28 that make a day fit to learn from."""

SEASON_DAYS = 730
"""A time of year is learned only from series known on two years' days: one spring is no season."""

REACH = 8.0
"""Distances are cut off at this many usual changes: one wild day must not bend a model."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What the common scale takes from the past, fixed when a forecaster is fitted.

    `slopes` (S, K) are the effects of the calendar's columns, as shares of the level; `floor` (S,) is the lowest level;
    `seasonal` (S,) is 1.0 for series that may learn a time of year.
    """

    slopes: Floats
    floor: Floats
    seasonal: Floats

    @classmethod
    def of(cls, panel: Panel) -> Learned:
        """Learned from all the values of a panel."""
        known = np.isfinite(panel.values).sum(axis=1)
        return cls(shared_slopes(panel), level_floor(panel), (known >= SEASON_DAYS) * 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """A panel on the common scale: `adjusted` values, their `level` and usual `change` (all S, D).

    Errors are measured in the change as `restless` (S, D) has it, which heeds the last days less. What the scale itself
    was learned from (`learned`) may end earlier than the panel. `effects` (S, D + ahead) are shares of the level, by
    calendar row.
    """

    panel: Panel
    learned: Learned
    effects: Floats
    adjusted: Floats
    level: Floats
    change: Floats
    restless: Floats

    def fit_to_learn(self, origins: Ints) -> Floats:
        """1.0 where a series is known well enough at an origin (S, O), else NaN."""
        fit = (self.panel.known() >= LEAST_KNOWN) & np.isfinite(self.panel.values)
        return np.where(fit[:, origins], 1.0, np.nan)

    def features(self, origins: Ints) -> Floats:
        """What is known at each origin (S, O, F): days, trailing means, weekday habits, time of year."""
        level = self.level[:, origins]
        columns = [picked(self.adjusted, origins - lag) / level - 1.0 for lag in range(LAGS)]
        columns += [trailing_mean(self.adjusted, window)[:, origins] / level - 1.0 for window in WINDOWS]
        columns.append(picked(self.level, origins - LEVEL_DAYS) / level - 1.0)
        habits = _weekday_habits(self.adjusted / self.level - 1.0)
        columns += [picked(habits, origins - lag) for lag in range(7)]
        columns += seen_features(self.panel, origins)
        recent = np.stack(columns, axis=2) / self.change[:, origins, None]
        recent = np.clip(np.nan_to_num(recent), -REACH, REACH)
        season = self.learned.seasonal[:, None, None] * _time_of_year(self.panel.first, origins)
        return np.concatenate([recent, season], axis=2)

    def targets(self, origins: Ints, horizons: Ints) -> Floats:
        """What came (S, O, H) as distances in usual changes; NaN where unknown or the origin is unfit."""
        days = origins[:, None] + horizons
        came = picked(self.panel.values, days) / (1.0 + picked(self.effects, days))
        distance = (came / self.level[:, origins, None] - 1.0) / self.change[:, origins, None]
        return np.asarray(np.clip(distance, -REACH, REACH) * self.fit_to_learn(origins)[..., None])

    def values(self, distance: Floats, origins: Ints, horizons: Ints) -> Floats:
        """Distances (S, O, H) back to values, never negative."""
        share = 1.0 + self.change[:, origins, None] * distance
        effects = picked(self.effects, origins[:, None] + horizons)
        return np.asarray(np.maximum(self.level[:, origins, None] * share * (1.0 + np.nan_to_num(effects)), 0.0))

    def unit(self, origins: Ints) -> Floats:
        """What a distance of 1 is worth at each origin (S, O), in the series' own units."""
        return np.asarray(self.level[:, origins] * self.change[:, origins])

    def scale(self, origins: Ints) -> Floats:
        """How much each series usually changes at each origin (S, O), in its own units: the measure of its errors."""
        return np.asarray(self.level[:, origins] * self.restless[:, origins])


def make_pool(panel: Panel, learned: Learned) -> Pool:
    """The panel on the common scale that was learned from it or from its earlier part."""
    effects = effects_of(learned.slopes, panel.calendar)
    adjusted = panel.values / (1.0 + effects[:, : panel.days])
    level = np.nan_to_num(carried_forward(trailing_mean(adjusted, LEVEL_DAYS)))
    level = np.maximum(level, learned.floor[:, None])
    return Pool(panel, learned, effects, adjusted, level, *_usual_changes(adjusted, level))


def _usual_changes(adjusted: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Shares of the level (S, D) by which a series moves in a week, as models and as errors are told in them."""
    share = np.full_like(adjusted, np.nan)
    share[:, 7:] = np.minimum(np.abs(adjusted[:, 7:] - adjusted[:, :-7]) / level[:, 7:], WILDEST_CHANGE)
    near, year = (carried_forward(trailing_mean(share, window)) for window in (NEAR_DAYS, YEAR_DAYS))
    mixed = (near**weight * year ** (1.0 - weight) for weight in (0.5, NEAR_DOUBT))
    change, restless = (np.maximum(np.nan_to_num(one, nan=UNSEEN_CHANGE), LEAST_CHANGE) for one in mixed)
    return change, restless


def _weekday_habits(distance: Floats) -> Floats:
    """Mean distance (S, D) of each day's weekday over its last `WEEKS` weeks; NaN where none is known."""
    total, count = np.zeros_like(distance), np.zeros_like(distance)
    for week in range(WEEKS):
        past = distance[:, : max(distance.shape[1] - 7 * week, 0)]
        known = np.isfinite(past)
        total[:, 7 * week :] += np.where(known, past, 0.0)
        count[:, 7 * week :] += known
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _time_of_year(first: np.datetime64, days: Ints) -> Floats:
    """First two yearly harmonics (O, 4)."""
    date = (first + days.astype("timedelta64[D]")).astype("datetime64[D]").astype(np.float64)
    angle = 2.0 * np.pi * date[:, None] / YEAR * np.array([1.0, 2.0])
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def pooled_origins(panel: Panel, reach: int, most: int) -> Ints:
    """Days (O,) to learn from, thinned evenly to about `most` pairs of series and origin, never to one weekday."""
    fit = (panel.known() >= LEAST_KNOWN) & np.isfinite(panel.values)
    origins = np.flatnonzero(np.asarray(fit.any(axis=0))[: max(panel.days - reach, 0)])
    every = max(1, -(-len(origins) * len(panel.values) // most))
    return origins[::-1][:: every + (every % 7 == 0)][::-1]
