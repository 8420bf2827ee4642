"""The classifiers: scikit-learn's learners behind one preparation of the table; one more is a line in `CLASSIFIERS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from forecasting.history import Floats

Splits = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]

RAREST_KIND: Final = 20
"""A kind seen in fewer moments counts as any other rare one."""

TREES: Final = 80
LEAST_LEAF: Final = 20


class Learner(Protocol):
    """A classifier in scikit-learn's manner."""

    classes_: NDArray[np.bool_]

    def fit(self, X: object, y: ArrayLike, **settings: object) -> object:  # noqa: N803  (scikit-learn's own names)
        """Learn."""
        ...

    def predict_proba(self, X: object) -> Floats:  # noqa: N803
        """Chances (M, 2) of no and yes."""
        ...


@dataclass(frozen=True, slots=True)
class Classifier:
    """How to make one: `words` for a reader, `make` by seed, and whether its chances need calibrating."""

    words: str
    make: Callable[[int], object]
    calibrated: bool


def _logistic(_: int) -> object:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000)


def _support_vector(seed: int) -> object:
    """Linear, as kernels take time that grows with the square of the moments (Fan et al. 2008)."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=0.1, dual=False, random_state=seed, max_iter=5000)


def _forest(seed: int) -> object:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(TREES, min_samples_leaf=LEAST_LEAF, random_state=seed, n_jobs=1)


def _boosting(seed: int) -> object:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=120, min_samples_leaf=LEAST_LEAF, early_stopping=False, random_state=seed
    )


CLASSIFIERS: Final = {
    "logistic": Classifier("logistic regression", _logistic, calibrated=True),
    "support-vector": Classifier("support vector machine", _support_vector, calibrated=False),
    "forest": Classifier("random forest", _forest, calibrated=False),
    "boosting": Classifier("gradient boosting", _boosting, calibrated=False),
}
"""Every classifier there is."""


def fitted(
    name: str, shape: tuple[int, int], rows: object, yes: ArrayLike, weight: Floats, splits: Splits, seed: int
) -> Learner:
    """A classifier that has learned `yes` (M,) from `rows` (M, columns), `shape` telling (numbers, kinds) of them.

    One whose scores are no chances is calibrated by a sigmoid over `splits` of the moments (Platt 1999), which keep a
    patient's moments together.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.pipeline import Pipeline

    entry = CLASSIFIERS[name]
    learner = entry.make(seed)
    if not entry.calibrated:
        learner = CalibratedClassifierCV(learner, method="sigmoid", cv=list(splits), ensemble=False)
    whole = Pipeline([("prepare", _preparation(*shape)), ("learn", learner)])
    whole.fit(rows, yes, learn__sample_weight=weight)
    if not entry.calibrated:
        whole.named_steps["learn"].cv = len(splits)  # row numbers are of no use to whoever loads the learner
    return cast("Learner", whole)


def chances(learner: Learner, rows: object) -> Floats:
    """The chance of yes (M,)."""
    return np.asarray(learner.predict_proba(rows)[:, 1], dtype=np.float64)


def _preparation(numbers: int, kinds: int) -> object:
    """Numbers filled by their median and brought to one scale; kinds as columns of 0 and 1, rare ones together."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    scaled = Pipeline(
        [("fill", SimpleImputer(strategy="median", keep_empty_features=True)), ("scale", StandardScaler())]
    )
    parted = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RAREST_KIND, sparse_output=False)
    last = numbers + kinds
    steps = [("numbers", scaled, list(range(numbers))), ("kinds", parted, list(range(numbers, last)))]
    return ColumnTransformer([step for step in steps if step[2]])
