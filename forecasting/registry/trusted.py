"""scikit-learn's learners as files, through skops: never pickle, and no type but those listed here.

A skops file is a zip of arrays and one `schema.json` that names every type in it. All of them are read and compared
with `TRUSTED` before anything is built; skops then audits the file a second time.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Final

from forecasting.errors import UntrustedModel

TRUSTED: Final = frozenset(
    {
        *(f"builtins.{name}" for name in ("bool", "dict", "float", "int", "list", "slice", "str", "tuple")),
        *(f"numpy.{name}" for name in ("bool", "dtype", "float32", "float64", "int32", "int64", "ndarray", "uint64")),
        "numpy.random._generator.Generator",
        "numpy.random.mtrand.RandomState",
        "scipy.sparse._csr.csr_matrix",
        *(
            f"sklearn._loss._loss.Cy{name}"
            for name in ("HalfBinomialLoss", "HalfPoissonLoss", "HalfSquaredError", "PinballLoss")
        ),
        *(f"sklearn._loss.link.{name}" for name in ("IdentityLink", "Interval", "LogLink", "LogitLink")),
        *(
            f"sklearn._loss.loss.{name}"
            for name in ("HalfBinomialLoss", "HalfPoissonLoss", "HalfSquaredError", "PinballLoss")
        ),
        "sklearn.calibration.CalibratedClassifierCV",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.ensemble._forest.RandomForestRegressor",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.isotonic.IsotonicRegression",
        "sklearn.linear_model._glm.glm.PoissonRegressor",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.linear_model._ridge.Ridge",
        "sklearn.neural_network._multilayer_perceptron.MLPRegressor",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._encoders.OneHotEncoder",
        "sklearn.preprocessing._label.LabelBinarizer",
        "sklearn.preprocessing._label.LabelEncoder",
        "sklearn.svm._classes.LinearSVC",
        "sklearn.svm._classes.SVC",
        "sklearn.svm._classes.SVR",
        "sklearn.tree._classes.DecisionTreeClassifier",
        "sklearn.tree._classes.DecisionTreeRegressor",
        "sklearn.tree._tree.Tree",
    }
)
"""Every type that a stored learner may hold. Add one only after reading what building it runs."""

LOADERS: Final = frozenset(
    f"{name}Node"
    for name in (
        "Bytes", "DType", "Dict", "Json", "List", "Loss", "NdArray", "Object", "RandomGenerator", "RandomState",
        "Slice", "SparseMatrix", "Tree", "Tuple", "Type",
    )
)  # fmt: skip
"""How skops may build parts of a file: none of these calls a function or method that the file names."""

SCHEMA: Final = "schema.json"
MOST_BYTES: Final = 2_000_000_000
"""A learner that unpacks to more is refused: no hospital's is near it."""


def learner_bytes(learner: object) -> bytes:
    """A fitted scikit-learn learner as the bytes of a skops file.

    Raises UntrustedModel for one that could not be loaded again because it holds a type that is not trusted.
    """
    from skops.io import dumps

    data: bytes = dumps(learner)
    check_types(data, type(learner).__name__)
    return data


def learner_from(data: bytes, name: str) -> object:
    """The learner in the bytes of a skops file called `name`. Raises UntrustedModel, before anything is built."""
    check_types(data, name)
    from skops.io import loads
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return loads(data, trusted=sorted(TRUSTED))
    except UntrustedTypesFoundException as error:
        raise UntrustedModel(f"{name}: {error}") from error


def check_types(data: bytes, name: str) -> None:
    """Compare every type that a skops file names with the trusted ones. Raises UntrustedModel."""
    strange = sorted(set(_strange(_schema(data, name))))
    if strange:
        raise UntrustedModel(f"{name}: holds what is not trusted, and is not loaded: {', '.join(strange)}")


def _schema(data: bytes, name: str) -> object:
    """The schema of a skops file. Raises UntrustedModel where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_BYTES:
                raise UntrustedModel(f"{name}: unpacks to more than {MOST_BYTES:,} bytes")
            return json.loads(packed.read(SCHEMA))
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        raise UntrustedModel(f"{name}: is no skops file") from error


def _strange(node: object) -> Iterator[str]:
    """Types and ways of building that a schema names and that are not trusted."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "__class__" in one and (called := f"{one.get('__module__')}.{one['__class__']}") not in TRUSTED:
                yield called
            if "__loader__" in one and one["__loader__"] not in LOADERS:
                yield str(one["__loader__"])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
