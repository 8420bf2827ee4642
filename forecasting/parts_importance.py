"""What moves a learner that is no straight line: by how much its error grows when one thing it reads is shuffled.

Permutation importance (Breiman 2001) by scikit-learn, on the newest pairs of day and target that it may learn from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Self, cast

import numpy as np

from forecasting.adjusted import Adjusted
from forecasting.blends import Blend
from forecasting.boosting import GradientBoosting
from forecasting.estimators import Learner, PooledLearner
from forecasting.features import LAGS, WINDOWS
from forecasting.history import Floats
from forecasting.mixing import Mixed
from forecasting.panel import Panel
from forecasting.parts import HARMONICS, pooled_groups
from forecasting.pooling import make_pool
from forecasting.protocol import Forecaster
from forecasting.threads import on_one_thread
from forecasting.trees import Trees

MOST_PAIRS: Final = 2_000
TIMES: Final = 5
"""Pairs that are shuffled, and how often."""

AHEAD: Final = "ahead"
"""How many days ahead the target lies."""

DAYS_AHEAD: Final = 4
"""Columns in which a pooled learner is told that."""

Importance = dict[str, float]
"""By what is read: how much larger the mean error gets without it, as a share of the error with it."""


class _Answering:
    """A learner as scikit-learn's inspection wants it; the last column is each row's usual change."""

    def __init__(self, learner: PooledLearner) -> None:
        self.learner = learner

    def fit(self, inputs: Floats, goal: Floats) -> Self:
        """There is nothing to learn any more."""
        del inputs, goal
        return self

    def predict(self, inputs: Floats) -> Floats:
        """Answers (N,) to inputs (N, F + 1)."""
        return self.learner.answer(inputs[:, :-1], inputs[:, -1])


@on_one_thread
def importance_of(fitted: Forecaster, panel: Panel) -> Importance:
    """What a fitted forecaster's learner leans on, most first; empty for one that comes apart by itself."""
    for kind in type(fitted).__mro__:
        if kind in LEANING:
            return LEANING[kind](fitted, panel)
    return {}


def _of_trees(given: Forecaster, panel: Panel) -> Importance:
    fitted = cast("Trees", given)
    inputs, goal = fitted.pairs(make_pool(panel, fitted.learned_))
    return _shuffled(fitted.model_, inputs, goal, (*pooled_groups(inputs.shape[1] - 1), AHEAD))


def _of_pooled(given: Forecaster, panel: Panel) -> Importance:
    fitted = cast("PooledLearner", given)
    pairs = fitted.pairs(make_pool(panel, fitted.learned_))
    groups = (*pooled_groups(pairs.inputs.shape[1] - DAYS_AHEAD), *(AHEAD,) * DAYS_AHEAD, "")
    return _shuffled(_Answering(fitted), np.column_stack([pairs.inputs, pairs.change]), pairs.goal, groups)


def _of_boosting(given: Forecaster, panel: Panel) -> Importance:
    fitted = cast("GradientBoosting", given)
    inputs, goal = fitted.pairs(panel)
    seen = inputs.shape[1] - len(LAGS) - len(WINDOWS) - 2 - HARMONICS
    groups = ("recent",) * len(LAGS) + ("trend",) * len(WINDOWS) + ("covariates",) * seen
    return _shuffled(fitted.model_, inputs, goal, (*groups, AHEAD, "weekday", *("yearly",) * HARMONICS))


def _of_mixed(given: Forecaster, panel: Panel) -> Importance:
    """Of the first of its learners that is no straight line."""
    fitted = cast("Mixed", given)
    each = (importance_of(one, panel.rows(fitted.seen(name))) for name, one in fitted.learners_.items())
    return next((found for found in each if found), {})


def _of_adjusted(given: Forecaster, panel: Panel) -> Importance:
    fitted = cast("Adjusted", given)
    return importance_of(fitted.inner_, fitted.freed(panel))


LEANING: Final[Mapping[type, Callable[[Forecaster, Panel], Importance]]] = {
    Trees: _of_trees,
    PooledLearner: _of_pooled,
    GradientBoosting: _of_boosting,
    Blend: lambda fitted, panel: importance_of(cast("Blend", fitted).trees_, panel),
    Mixed: _of_mixed,
    Adjusted: _of_adjusted,
}
"""How it is found for each class of forecaster that holds a learner; a subclass as its nearest base."""


def _less_error(learner: Learner, inputs: Floats, goal: Floats) -> float:
    """Minus the mean absolute error."""
    return -float(np.abs(goal - np.asarray(learner.predict(inputs))).mean())


def _shuffled(learner: Learner, inputs: Floats, goal: Floats, groups: tuple[str, ...]) -> Importance:
    """Growth of the mean absolute error by group: the sum over its columns, never below nothing."""
    from sklearn.inspection import permutation_importance

    rows, came = inputs[-MOST_PAIRS:], goal[-MOST_PAIRS:]
    error = -_less_error(learner, rows, came)
    found = permutation_importance(
        learner, rows, came, scoring=_less_error, n_repeats=TIMES, random_state=0, n_jobs=1
    ).importances_mean
    each = np.array(groups)
    sums = {name: float(max(found[each == name].sum(), 0.0)) for name in dict.fromkeys(groups) if name}
    shares = {name: round(amount / max(error, 1e-12), 4) for name, amount in sums.items()}
    return dict(sorted(shares.items(), key=lambda pair: -pair[1]))
