"""The learner of weekly series: level, last weeks and time of year, in one ridge over all of them.

It sees a panel whose columns are weeks. There are few weeks, so little is asked of them: every week ahead has its own
slopes, pulled to nothing, that is to the level of the last two months.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from forecasting.history import Floats
from forecasting.linear import ridge_solve
from forecasting.panel import Ints, Panel, carried_forward, picked, trailing_mean
from forecasting.params import Settings

LEVEL_WEEKS, YEAR_WEEKS = 8, 52
WINDOWS = (4, 26)
LAGS = (0, 1, 2)

LEAST_CHANGE, UNSEEN_CHANGE = 0.005, 0.1
"""The usual change from week to week as a share of the level: at least, and before any is seen."""

LEAST_KNOWN = 6
"""Known weeks among the last 28 that make a week fit to learn from."""

SEASON_WEEKS = 104
"""A time of year is learned only from series known for two years."""

REACH = 8.0
"""Distances are cut off at this many usual changes."""


class Weekly(Settings):
    """Direct ridge over all weekly series, on distances from the level in usual changes."""

    def __init__(self, *, penalty: float = 30.0, least_pairs: int = 30) -> None:
        self.penalty = penalty
        self.least_pairs = least_pairs

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn slopes for every week ahead; none where fewer than `least_pairs` pairs of weeks teach it."""
        self.horizons_ = horizons
        self.floor_ = _floor(panel)
        self.seasonal_ = (np.isfinite(panel.values).sum(axis=1) >= SEASON_WEEKS) * 1.0
        self.solved_ = [self._learned(panel, int(ahead)) for ahead in horizons]
        return self

    def _learned(self, panel: Panel, ahead: int) -> tuple[Floats, float]:
        """Slopes (F,) and intercept for one week ahead."""
        fit = (panel.known() >= LEAST_KNOWN) & np.isfinite(panel.values)
        origins = np.flatnonzero(np.asarray(fit.any(axis=0))[: max(panel.days - ahead, 0)])
        level, change = self._level(panel), self._change(panel)
        rows = self._features(panel, origins, ahead)
        came = picked(panel.values, origins + ahead) / level[:, origins] - 1.0
        goal = np.clip(came / change[:, origins], -REACH, REACH)
        taught = np.isfinite(goal) & fit[:, origins]
        if taught.sum() < self.least_pairs:
            return np.zeros(rows.shape[2]), 0.0
        seen = rows[taught]
        pull = self.penalty * np.maximum(seen.var(axis=0), 1e-6)
        slopes, intercepts = ridge_solve(seen, goal[taught][:, None], pull)
        return slopes[:, 0], float(intercepts[0])

    def _features(self, panel: Panel, origins: Ints, ahead: int) -> Floats:
        """What is known at each origin (S, O, F) of the week `ahead`: last weeks, last year's, time of year, holidays.

        Calendar columns are those of the week ahead, less their mean over the weeks that make the level.
        """
        level, change = self._level(panel), self._change(panel)
        at = level[:, origins]
        columns = [picked(panel.values, origins - lag) / at - 1.0 for lag in LAGS]
        columns += [trailing_mean(panel.values, window)[:, origins] / at - 1.0 for window in WINDOWS]
        then = trailing_mean(panel.values, 3)
        columns.append(picked(then, origins + ahead - YEAR_WEEKS + 1) / picked(level, origins - YEAR_WEEKS) - 1.0)
        recent = np.stack(columns, axis=2) / change[:, origins, None]
        recent = np.clip(np.nan_to_num(recent), -REACH, REACH)
        usual = trailing_mean(panel.calendar.T, LEVEL_WEEKS).T
        calendar = panel.calendar[origins + ahead] - usual[origins]
        calendar = np.where(np.arange(calendar.shape[1]) > 0, self.seasonal_[:, None, None], 1.0) * calendar
        return np.concatenate([recent, calendar], axis=2)

    def _level(self, panel: Panel) -> Floats:
        level = np.nan_to_num(carried_forward(trailing_mean(panel.values, LEVEL_WEEKS)))
        return np.asarray(np.maximum(level, self.floor_[:, None]))

    def _change(self, panel: Panel) -> Floats:
        """Shares of the level (S, D) by which each series moves in a week, over the last year."""
        share = np.full_like(panel.values, np.nan)
        share[:, 1:] = np.abs(np.diff(panel.values, axis=1)) / self._level(panel)[:, 1:]
        year = carried_forward(trailing_mean(share, YEAR_WEEKS))
        return np.asarray(np.maximum(np.nan_to_num(year, nan=UNSEEN_CHANGE), LEAST_CHANGE))

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        told = [
            self._features(panel, origins, int(ahead)) @ slopes + intercept
            for ahead, (slopes, intercept) in zip(self.horizons_, self.solved_, strict=True)
        ]
        share = 1.0 + self._change(panel)[:, origins, None] * np.stack(told, axis=2)
        return np.asarray(np.maximum(self._level(panel)[:, origins, None] * share, 0.0))

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How much each series usually changes in a week at each origin (S, O), in its own units."""
        return np.asarray((self._level(panel) * self._change(panel))[:, origins])


def _floor(panel: Panel) -> Floats:
    """A twentieth of each series' mean (S,), and a speck for a series of zeros."""
    known = np.isfinite(panel.values)
    mean = np.where(known, panel.values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray(np.maximum(mean / 20.0, 1e-9))
