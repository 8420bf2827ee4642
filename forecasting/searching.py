"""scikit-learn's own search over a forecaster's settings, in order of time. Loaded late: it needs scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV, ParameterGrid, RandomizedSearchCV, TimeSeriesSplit

from forecasting.features import learning_origins
from forecasting.history import Floats
from forecasting.intervals import usual_change
from forecasting.panel import Ints, Panel, picked
from forecasting.protocol import Forecaster

MOST_IN_FOLD = 40
"""Origins in a fold's test at most."""


class FromOrigins(BaseEstimator):  # type: ignore[misc]  # scikit-learn says no types
    """A forecaster as scikit-learn's search sees it: rows are origins (O, 1), answers the values that came (O, S * H).

    Told to learn up to an origin, it learns from no day that a later origin beyond the gap will be asked for.
    """

    def __init__(self, forecaster: Forecaster, panel: Panel, horizons: Ints) -> None:
        self.forecaster = forecaster
        self.panel = panel
        self.horizons = horizons

    def __sklearn_clone__(self) -> FromOrigins:
        return FromOrigins(clone(self.forecaster), self.panel, self.horizons)

    def fit(self, origins: Ints, came: Floats | None = None) -> Self:
        """Learn from the days that the targets of these origins reach to.

        Raises TooLittleHistory.
        """
        reach = int(origins.max()) + int(self.horizons[-1])
        self.fitted_ = self.forecaster.fit(self.panel.until(reach), self.horizons)
        return self

    def predict(self, origins: Ints) -> Floats:
        """Expected values (O, S * H)."""
        told = self.fitted_.predict(self.panel, origins.reshape(-1))
        return told.transpose(1, 0, 2).reshape(len(origins), -1)


def searched(
    make: Forecaster, panel: Panel, horizons: Ints, grid: Mapping[str, Sequence[object]], *, tries: int, folds: int
) -> tuple[list[tuple[dict[str, object], float]], int]:
    """Each setting tried with its error, best first, and the number of origins compared.

    The error is the mean absolute one over each series' usual change. `TimeSeriesSplit` with a gap of the horizon: no
    fold learns from a day that it is asked for. A grid of more than `tries` settings is searched at random (seed 0).

    Raises:
        TooLittleHistory: a fold is too short to learn from.
        ValueError: too few origins for so many folds (as scikit-learn says it).
    """
    reach = int(horizons[-1])
    origins = learning_origins(panel, reach)
    size = max(1, min(MOST_IN_FOLD, (len(origins) - reach) // (2 * folds)))
    split = TimeSeriesSplit(n_splits=folds, test_size=size, gap=reach)
    change = usual_change(panel)
    spaces = {f"forecaster__{name}": list(values) for name, values in grid.items()}

    def score(fitted: FromOrigins, rows: Ints, came: Floats) -> float:
        missed = np.abs(fitted.predict(rows) - came).reshape(len(rows), len(panel.values), -1)
        scaled = missed / change[:, rows.reshape(-1)].T[..., None]
        return -float(np.nanmean(scaled)) if np.isfinite(scaled).any() else -np.inf

    setting = {"scoring": score, "cv": split, "refit": False, "error_score": "raise"}
    estimator = FromOrigins(make, panel, horizons)
    if len(ParameterGrid(spaces)) <= tries:
        search = GridSearchCV(estimator, spaces, **setting)
    else:
        search = RandomizedSearchCV(estimator, spaces, n_iter=tries, random_state=0, **setting)
    came = picked(panel.values, origins[:, None] + horizons).transpose(1, 0, 2).reshape(len(origins), -1)
    search.fit(origins[:, None], came)
    return _ranked(search.cv_results_), size * folds


def _ranked(results: Mapping[str, Sequence[object]]) -> list[tuple[dict[str, object], float]]:
    """Settings and errors, best first; of equals the one tried first."""
    errors = -np.asarray(results["mean_test_score"], dtype=np.float64)
    tried = [
        {str(key).removeprefix("forecaster__"): value for key, value in one.items()}
        for one in results["params"]
        if isinstance(one, dict)
    ]
    return [(tried[at], float(errors[at])) for at in np.argsort(errors, kind="stable").tolist()]
