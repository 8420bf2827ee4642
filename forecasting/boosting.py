"""Gradient-boosted trees over all series at once: direct, with the horizon as one of the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from forecasting.calendars import calendar_slopes, effects_on, winsorised
from forecasting.errors import TooLittleHistory
from forecasting.features import (
    echo_slopes,
    learning_origins,
    level_floor,
    origin_features,
    safe_level,
    targets,
    yearly,
)
from forecasting.history import Floats
from forecasting.panel import Ints, Panel
from forecasting.params import Settings

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor


class GradientBoosting(Settings):
    """One model for every series, on shares of the four-week level (scikit-learn's HistGradientBoostingRegressor).

    The trees learn what goes beyond an echo of the last day and week, as in `Ridge`.

    More than `most_rows` pairs of origin and target are thinned to every n-th origin; equal inputs give equal models.
    """

    def __init__(
        self, *, rounds: int = 40, learning_rate: float = 0.03, leaves: int = 8, most_rows: int = 30_000
    ) -> None:
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.most_rows = most_rows

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn effects by series and one model for all.

        Raises:
            TooLittleHistory: fewer than 200 pairs of origin and target.
        """
        self.horizons_ = horizons
        self.floor_ = level_floor(panel)
        self.calendar_slopes_ = calendar_slopes(panel)
        inputs, goal = self.pairs(panel)
        if len(goal) < 200:
            raise TooLittleHistory(f"gradient boosting needs 200 pairs of days to learn from, has {len(goal)}")
        self.model_ = self._empty_model()
        self.model_.fit(inputs, winsorised(goal))
        return self

    def pairs(self, panel: Panel) -> tuple[Floats, Floats]:
        """Inputs (N, F) and goals (N,) of about `most_rows` pairs of origin and target, once effects are known."""
        level = safe_level(panel, self.floor_)
        origins = learning_origins(panel, int(self.horizons_[0]))
        every = -(-len(origins) * len(self.horizons_) * len(level) // self.most_rows) or 1
        origins = origins[::-1][::every]
        inputs = self._inputs(panel, level, origins)
        goal = targets(panel, self._effects(panel), level, origins, self.horizons_).reshape(-1) - self._echo(inputs)
        seen = np.isfinite(goal)
        return inputs[seen], goal[seen]

    def _empty_model(self) -> HistGradientBoostingRegressor:
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(
            max_iter=self.rounds,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=40,
            early_stopping=False,
            random_state=0,
        )

    def _effects(self, panel: Panel) -> Floats:
        """The effect of each of the panel's calendar rows (S, D + ahead)."""
        return effects_on(self.calendar_slopes_, panel.calendar)

    def _inputs(self, panel: Panel, level: Floats, origins: Ints) -> Floats:
        """Rows (S * O * H, F): origin features, horizon, calendar effect and time of year of the target."""
        own = origin_features(panel, self._effects(panel), level, origins, short=False)
        days = origins[:, None] + self.horizons_
        shape = (len(level), *days.shape)
        parts = [
            np.broadcast_to(own[:, :, None], (*shape, own.shape[2])),
            np.broadcast_to(self.horizons_[:, None].astype(np.float64), (*shape, 1)),
            self._effects(panel)[:, days][..., None],
            np.broadcast_to(yearly(panel, days), (*shape, 4)),
        ]
        return np.concatenate(parts, axis=3).reshape(-1, own.shape[2] + 6)

    def _echo(self, inputs: Floats) -> Floats:
        """The smoothed continuation (rows,) that the trees correct."""
        return np.asarray(inputs @ echo_slopes(inputs.shape[1], short=False))

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        level = safe_level(panel, self.floor_)
        shape = (len(level), len(origins), len(self.horizons_))
        inputs = self._inputs(panel, level, origins)
        share = (np.asarray(self.model_.predict(inputs)) + self._echo(inputs)).reshape(shape)
        effects = self._effects(panel)[:, origins[:, None] + self.horizons_]
        return np.maximum(level[:, origins, None] * (1.0 + share + effects), 0.0)
