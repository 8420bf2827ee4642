"""scikit-learn's other learners over all series at once: Poisson, support vectors, a forest, quantiles, a small net.

All see the same: what `Pool.features` knows at an origin and how far ahead the target lies. They answer with the
target's distance from the level, in usual changes, and differ only in the learner.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from forecasting.errors import TooLittleHistory
from forecasting.history import Floats
from forecasting.panel import Ints, Panel
from forecasting.params import Settings
from forecasting.pooling import Learned, Pool, make_pool, pooled_origins

LEAST_ROWS = 200
"""Pairs of origin and target without which nothing is learned."""

BATCH = 20_000
"""Rows predicted at a time."""

TIMES_OF_WEEK = 2.0 * np.pi / 7.0


class Learner(Protocol):
    """A regressor as scikit-learn has it."""

    def fit(self, inputs: Floats, goal: Floats, /) -> Self:
        """Learn `goal` (N,) from `inputs` (N, F)."""
        ...

    def predict(self, inputs: Floats, /) -> Floats:
        """Answers (N,) to `inputs` (N, F)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of origin and target: `inputs` (N, F), `goal` (N,) in usual changes, `change` (N,) and `level` (N,)."""

    inputs: Floats
    goal: Floats
    change: Floats
    level: Floats


class PooledLearner(Settings):
    """The frame that the learners below share; of more than `most_rows` pairs an even, fixed choice teaches."""

    most_rows: int

    @abstractmethod
    def _learned(self, pairs: Pairs) -> None:
        """Fit the learner and keep it in attributes that end in `_`."""

    def answer(self, inputs: Floats, change: Floats) -> Floats:
        """What was learned, asked anew: distances (N,) in usual changes for `inputs` (N, F), as `pairs` has them."""
        return self._distance(inputs, change)

    @abstractmethod
    def _distance(self, inputs: Floats, change: Floats) -> Floats:
        """Distances (N,) in usual changes for inputs (N, F) of series that change so much (N,)."""

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn effects and one model for all series.

        Raises:
            TooLittleHistory: fewer than 200 pairs of origin and target.
        """
        self.horizons_ = horizons
        self.learned_ = Learned.of(panel)
        pairs = self.pairs(make_pool(panel, self.learned_))
        if len(pairs.goal) < LEAST_ROWS:
            raise TooLittleHistory(
                f"{type(self).__name__} needs {LEAST_ROWS} pairs of days to learn from, has {len(pairs.goal)}"
            )
        self._learned(pairs)
        return self

    def pairs(self, pool: Pool) -> Pairs:
        """At most `most_rows` known pairs of origin and target."""
        origins = pooled_origins(pool.panel, int(self.horizons_[0]), self.most_rows)
        inputs, goal = pool.features(origins), pool.targets(origins, self.horizons_)
        known = np.flatnonzero(np.isfinite(goal))
        if len(known) > self.most_rows:
            known = np.sort(np.random.default_rng(0).choice(known, self.most_rows, replace=False))
        pair, ahead = np.divmod(known, len(self.horizons_))
        rows = inputs.reshape(-1, inputs.shape[2])[pair]
        change, level = (one[:, origins].reshape(-1)[pair] for one in (pool.change, pool.level))
        return Pairs(_with_days(rows, self.horizons_[ahead]), goal.reshape(-1)[known], change, level)

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative; a few origins at a time, so that memory stays flat."""
        pool = make_pool(panel, self.learned_)
        told = [pool.values(self._from(pool, some), some, self.horizons_) for some in self._batches(pool, origins)]
        return np.concatenate(told, axis=1)

    def _batches(self, pool: Pool, origins: Ints) -> list[Ints]:
        """Origins in runs of about `BATCH` rows."""
        each = max(1, BATCH // (len(pool.level) * len(self.horizons_)))
        return [origins[at : at + each] for at in range(0, len(origins), each)]

    def _from(self, pool: Pool, origins: Ints) -> Floats:
        """Distances (S, O, H) from some origins."""
        rows, change = self._rows(pool, origins)
        return self._distance(rows, change).reshape(len(pool.level), len(origins), len(self.horizons_))

    def _rows(self, pool: Pool, origins: Ints) -> tuple[Floats, Floats]:
        """Inputs (S * O * H, F) and usual changes (S * O * H,)."""
        inputs, count = pool.features(origins), len(self.horizons_)
        rows = inputs.reshape(-1, inputs.shape[2])
        ahead = np.tile(self.horizons_, len(rows))
        return _with_days(np.repeat(rows, count, axis=0), ahead), np.repeat(pool.change[:, origins], count)

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How much each series usually changes at each origin (S, O): what past errors are measured in."""
        return make_pool(panel, self.learned_).scale(origins)


def _with_days(rows: Floats, ahead: Ints) -> Floats:
    """Inputs (N, F + 4) with days ahead: straight, its root, and where in the week from the origin."""
    days = ahead.astype(np.float64)
    angle = TIMES_OF_WEEK * days
    return np.column_stack([rows, days, np.sqrt(days), np.sin(angle), np.cos(angle)])


class Poisson(PooledLearner):
    """Poisson regression with a log link (scikit-learn's PoissonRegressor), one for every week ahead.

    Learns the share of the level, each pair counting by its level: the log-likelihood of counts with the level as
    exposure (McCullagh and Nelder 1989, ch. 6).
    """

    def __init__(self, *, penalty: float = 0.003, most_rows: int = 60_000) -> None:
        self.penalty = penalty
        self.most_rows = most_rows

    def _learned(self, pairs: Pairs) -> None:
        self.models_ = {week: self._of_week(pairs, week) for week in self._weeks(pairs.inputs)}

    def _weeks(self, inputs: Floats) -> list[int]:
        return sorted(set(_week(inputs).tolist()))

    def _of_week(self, pairs: Pairs, week: int) -> Learner:
        from sklearn.linear_model import PoissonRegressor
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        mine = _week(pairs.inputs) == week
        share = np.maximum(1.0 + pairs.change[mine] * pairs.goal[mine], 0.0)
        model = make_pipeline(StandardScaler(), PoissonRegressor(alpha=self.penalty, max_iter=500))
        inputs = _in_shares(pairs.inputs[mine], pairs.change[mine])
        weight = pairs.level[mine] / pairs.level[mine].mean()
        fitted: Learner = model.fit(inputs, share, poissonregressor__sample_weight=weight)
        return fitted

    def _distance(self, inputs: Floats, change: Floats) -> Floats:
        share, week, rows = np.ones(len(inputs)), _week(inputs), _in_shares(inputs, change)
        known = np.array(list(self.models_))
        nearest = known[np.abs(week[:, None] - known).argmin(axis=1)]
        for one in np.unique(nearest):
            share[nearest == one] = self.models_[int(one)].predict(rows[nearest == one])
        return np.asarray((share - 1.0) / change)


def _week(inputs: Floats) -> Ints:
    """Which week ahead (0, 1, ...) each row asks for."""
    return np.asarray((inputs[:, -4] - 1) // 7, dtype=np.int64)


def _in_shares(inputs: Floats, change: Floats) -> Floats:
    """Inputs with distances in shares of the level, as a log link wants them; time of year and days ahead stay."""
    rows = inputs.copy()
    rows[:, :-8] *= change[:, None]
    return rows


class SupportVector(PooledLearner):
    """Support vector regression with a radial kernel on standardised inputs (scikit-learn's SVR)."""

    def __init__(self, *, cost: float = 0.3, tube: float = 0.3, most_rows: int = 1_500) -> None:
        self.cost = cost
        self.tube = tube
        self.most_rows = most_rows

    def _learned(self, pairs: Pairs) -> None:
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.svm import SVR

        wide = 0.2 / pairs.inputs.shape[1]
        model = SVR(C=self.cost, epsilon=self.tube, gamma=wide)
        self.model_ = make_pipeline(StandardScaler(), model).fit(pairs.inputs, pairs.goal)

    def _distance(self, inputs: Floats, change: Floats) -> Floats:
        return np.asarray(self.model_.predict(inputs))


class RandomForest(PooledLearner):
    """A random forest (scikit-learn's RandomForestRegressor), single-threaded and seeded."""

    def __init__(self, *, trees: int = 60, least_leaf: int = 20, most_rows: int = 8_000) -> None:
        self.trees = trees
        self.least_leaf = least_leaf
        self.most_rows = most_rows

    def _learned(self, pairs: Pairs) -> None:
        from sklearn.ensemble import RandomForestRegressor

        self.model_ = RandomForestRegressor(
            n_estimators=self.trees, min_samples_leaf=self.least_leaf, max_features=0.4, random_state=0, n_jobs=1
        ).fit(pairs.inputs, pairs.goal)

    def _distance(self, inputs: Floats, change: Floats) -> Floats:
        return np.asarray(self.model_.predict(inputs))


class NeuralNet(PooledLearner):
    """A small neural network, one hidden layer (scikit-learn's MLPRegressor), stopped early on a tenth held back."""

    def __init__(self, *, hidden: int = 16, penalty: float = 1.0, most_rows: int = 20_000) -> None:
        self.hidden = hidden
        self.penalty = penalty
        self.most_rows = most_rows

    def _learned(self, pairs: Pairs) -> None:
        from sklearn.neural_network import MLPRegressor
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        net = MLPRegressor(
            hidden_layer_sizes=(self.hidden,),
            alpha=self.penalty,
            learning_rate_init=0.003,
            early_stopping=True,
            n_iter_no_change=5,
            max_iter=2_000,
            random_state=0,
        )
        self.model_ = make_pipeline(StandardScaler(), net).fit(pairs.inputs, pairs.goal)

    def _distance(self, inputs: Floats, change: Floats) -> Floats:
        return np.asarray(self.model_.predict(inputs))


SPREAD, LEAST_SPREAD = 2.563, 0.1
"""Standard deviations between a normal distribution's 10 % and 90 % quantiles; at least so many usual changes."""


class QuantileBoosting(PooledLearner):
    """Gradient boosting of the 10 %, 50 % and 90 % quantiles (scikit-learn's HistGradientBoostingRegressor).

    What is expected is the mean of the three; how far the outer two lie apart is what past errors are measured in, so
    that intervals widen where the trees are less sure (conformalised quantile regression, Romano et al. 2019).
    """

    def __init__(self, *, rounds: int = 60, learning_rate: float = 0.06, most_rows: int = 20_000) -> None:
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.most_rows = most_rows

    def _learned(self, pairs: Pairs) -> None:
        from sklearn.ensemble import HistGradientBoostingRegressor

        self.models_ = [
            HistGradientBoostingRegressor(
                loss="quantile",
                quantile=level,
                max_iter=self.rounds,
                learning_rate=self.learning_rate,
                max_leaf_nodes=8,
                min_samples_leaf=60,
                l2_regularization=20.0,
                early_stopping=False,
                random_state=0,
            ).fit(pairs.inputs, pairs.goal)
            for level in (0.1, 0.5, 0.9)
        ]

    def _distance(self, inputs: Floats, change: Floats) -> Floats:
        return np.asarray(np.mean([model.predict(inputs) for model in self.models_], axis=0))

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How far the quantiles lie apart at each origin (S, O), over all days ahead, in the series' units."""
        pool = make_pool(panel, self.learned_)
        low, high = self.models_[0], self.models_[-1]
        spread = []
        for some in self._batches(pool, origins):
            rows, _ = self._rows(pool, some)
            apart = np.abs(high.predict(rows) - low.predict(rows)).reshape(len(pool.level), len(some), -1)
            spread.append(np.maximum(apart.mean(axis=2) / SPREAD, LEAST_SPREAD))
        return np.asarray(pool.unit(origins) * np.concatenate(spread, axis=1))
