"""One ridge regression for all series at once: the quick forecaster, learned in seconds for a thousand series."""

from __future__ import annotations

from typing import Self

import numpy as np

from forecasting.errors import TooLittleHistory
from forecasting.history import Floats
from forecasting.linear import ridge_solve
from forecasting.panel import Ints, Panel
from forecasting.params import Settings
from forecasting.pooling import Learned, make_pool, pooled_origins

LONGEST_OVERLAP = 14
"""Days ahead beyond which the pull to the level grows no more."""

WEEK = 7
"""Days ahead that share one solve: the pull, and which past origins are known far enough ahead, change by week."""

LEAST_KNOWN_SHARE = 0.5
"""A past week ahead teaches when at least this share of its days is known; the others count as their mean."""


class Fast(Settings):
    """Direct ridge over all series: every day ahead its own slopes on what `Pool.features` knows at the origin.

    Slopes are pulled to nothing, that is to the four-week level with its calendar effects, and the more so the further
    ahead: targets h days ahead overlap, so that N pairs are worth about N / h.
    """

    def __init__(self, *, penalty: float = 300.0, least_pairs: int = 40, most_pairs: int = 150_000) -> None:
        self.penalty = penalty
        self.least_pairs = least_pairs
        self.most_pairs = most_pairs

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn effects and one model for all series.

        Raises:
            TooLittleHistory: fewer than `least_pairs` pairs of origin and target.
        """
        self.horizons_ = horizons
        self.learned_ = Learned.of(panel)
        pool = make_pool(panel, self.learned_)
        origins = pooled_origins(panel, int(horizons[0]), self.most_pairs)
        inputs, goal = pool.features(origins), pool.targets(origins, horizons)
        if np.isfinite(goal).any(axis=2).sum() < self.least_pairs:
            raise TooLittleHistory(f"fast needs {self.least_pairs} past days to learn from")
        inputs = inputs.reshape(-1, inputs.shape[2])
        goal = goal.reshape(-1, len(horizons))
        weeks = [slice(at, at + WEEK) for at in range(0, len(horizons), WEEK)]
        solved = [self._solved(inputs, goal[:, week], horizons[week]) for week in weeks]
        self.slopes_ = np.concatenate([slopes for slopes, _ in solved], axis=1)
        self.intercepts_ = np.concatenate([intercepts for _, intercepts in solved])
        return self

    def _solved(self, inputs: Floats, goal: Floats, ahead: Ints) -> tuple[Floats, Floats]:
        """Slopes (F, W) and intercepts (W,) of a week ahead; zeros where no past reaches so far."""
        known = np.isfinite(goal)
        taught = known.mean(axis=1) >= LEAST_KNOWN_SHARE
        if taught.sum() < self.least_pairs:
            return np.zeros((inputs.shape[1], goal.shape[1])), np.zeros(goal.shape[1])
        rows, week = inputs[taught], goal[taught]
        week = np.where(known[taught], week, np.nanmean(week, axis=1, keepdims=True))
        pull = self.penalty * min(float(ahead.mean()), LONGEST_OVERLAP)
        return ridge_solve(rows, week, pull * np.maximum(rows.var(axis=0), 1e-6))

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        pool = make_pool(panel, self.learned_)
        distance = pool.features(origins) @ self.slopes_ + self.intercepts_
        return pool.values(distance, origins, self.horizons_)

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How much each series usually changes at each origin (S, O): what past errors are measured in."""
        return make_pool(panel, self.learned_).scale(origins)
