"""Gradient-boosted trees for all series at once, on the common scale: they find what a straight line can't."""

from __future__ import annotations

from typing import Self

import numpy as np

from forecasting.errors import TooLittleHistory
from forecasting.history import Floats
from forecasting.panel import Ints, Panel
from forecasting.params import Settings
from forecasting.pooling import Learned, Pool, make_pool, pooled_origins


class Trees(Settings):
    """Direct boosting over all series, the day ahead one of its inputs (scikit-learn's HistGradientBoostingRegressor).

    Of more than `most_rows` pairs of origin and target an even, fixed choice teaches: equal inputs, equal models.
    """

    def __init__(
        self,
        *,
        rounds: int = 80,
        learning_rate: float = 0.06,
        leaves: int = 15,
        least_leaf: int = 60,
        most_rows: int = 40_000,
    ) -> None:
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.leaves = leaves
        self.least_leaf = least_leaf
        self.most_rows = most_rows

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn effects and one model for all series.

        Raises:
            TooLittleHistory: fewer than 200 pairs of origin and target.
        """
        from sklearn.ensemble import HistGradientBoostingRegressor

        self.horizons_ = horizons
        self.learned_ = Learned.of(panel)
        inputs, goal = self.pairs(make_pool(panel, self.learned_))
        if len(goal) < 200:
            raise TooLittleHistory(f"trees need 200 pairs of days to learn from, have {len(goal)}")
        self.model_ = HistGradientBoostingRegressor(
            max_iter=self.rounds,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_leaf,
            l2_regularization=20.0,
            max_features=0.5,
            early_stopping=False,
            random_state=0,
        ).fit(inputs, goal)
        return self

    def pairs(self, pool: Pool) -> tuple[Floats, Floats]:
        """Inputs (N, F + 1) and distances (N,) of at most `most_rows` known pairs of origin and target."""
        origins = pooled_origins(pool.panel, int(self.horizons_[0]), self.most_rows)
        inputs, goal = pool.features(origins), pool.targets(origins, self.horizons_)
        known = np.flatnonzero(np.isfinite(goal))
        if len(known) > self.most_rows:
            known = np.sort(np.random.default_rng(0).choice(known, self.most_rows, replace=False))
        pair, ahead = np.divmod(known, len(self.horizons_))
        rows = inputs.reshape(-1, inputs.shape[2])[pair]
        return np.column_stack([rows, self.horizons_[ahead]]), goal.reshape(-1)[known]

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative; one origin at a time, so that memory stays flat."""
        pool = make_pool(panel, self.learned_)
        return np.concatenate([self._from(pool, origins[at : at + 1]) for at in range(len(origins))], axis=1)

    def _from(self, pool: Pool, origin: Ints) -> Floats:
        """Expected values (S, 1, H) from one origin."""
        inputs, count = pool.features(origin)[:, 0], len(self.horizons_)
        ahead = np.tile(self.horizons_.astype(np.float64), len(inputs))
        rows = np.column_stack([np.repeat(inputs, count, axis=0), ahead])
        distance = np.asarray(self.model_.predict(rows)).reshape(len(inputs), 1, count)
        return pool.values(distance, origin, self.horizons_)

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How much each series usually changes at each origin (S, O): what past errors are measured in."""
        return make_pool(panel, self.learned_).scale(origins)
