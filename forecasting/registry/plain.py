"""Fitted state as plain JSON values, exactly: a number read back is the number written, a NaN is null.

What is no number, text, array or list is written by its name from a table (`forecaster_types`, `RECORDS`); nothing else
can be read back, so a file can't name code of its own. scikit-learn's learners go to skops files beside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import DamagedModel, RegistryError
from forecasting.params import Settings
from forecasting.pooling import Learned
from forecasting.protocol import Forecaster
from forecasting.registry.trusted import learner_bytes, learner_from

RECORDS: Final[Mapping[str, type]] = {"Learned": Learned}
"""Values of fields that a forecaster's state may hold."""

DTYPES: Final = ("float64", "int64", "bool", "datetime64[D]")
LIMITS: Final[Mapping[str, float]] = {"inf": math.inf, "-inf": -math.inf}


@dataclass(slots=True)
class Packing:
    """State on its way to files: learners are laid aside as skops bytes by file name."""

    learners: dict[str, bytes] = field(default_factory=dict)

    def plain(self, value: object) -> object:
        """A value as JSON holds it. Raises RegistryError where that can't be."""
        if value is None or isinstance(value, bool | int | str):
            return value
        for kind, tell in _TELLERS:
            if isinstance(value, kind):
                return tell(self, value)
        if type(value).__module__.startswith("sklearn."):
            return {"learner": self._laid_aside(value)}
        if type(value) in RECORDS.values():
            told = {each.name: self.plain(getattr(value, each.name)) for each in fields(value)}  # type: ignore[arg-type]
            return {"record": type(value).__name__, "fields": told}
        raise RegistryError(f"a {type(value).__name__} can't be stored")

    def _laid_aside(self, learner: object) -> str:
        name = f"learner-{len(self.learners)}.skops"
        self.learners[name] = learner_bytes(learner)
        return name


def _float(_: Packing, value: object) -> object:
    number = float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return {"float": None}
    return number if math.isfinite(number) else {"float": str(number)}


def _array(_: Packing, value: object) -> object:
    array = np.asarray(value)
    name = str(array.dtype)
    if name not in DTYPES:
        raise RegistryError(f"an array of {name} can't be stored")
    flat = (array.astype(np.int64) if name.startswith("datetime64") else array).reshape(-1)
    return {"array": name, "shape": list(array.shape), "values": _numbers(flat)}


def _numbers(flat: NDArray[np.generic]) -> list[object]:
    values: list[object] = flat.tolist()
    if flat.dtype.kind == "f" and not np.isfinite(flat).all():
        return [each if math.isfinite(each) else _limit(each) for each in values]  # type: ignore[arg-type]
    return values


def _limit(value: object) -> str | None:
    return None if math.isnan(value) else str(value)  # type: ignore[arg-type]


def _sequence(packing: Packing, value: object) -> object:
    told = [packing.plain(each) for each in value]  # type: ignore[attr-defined]
    return {"tuple": told} if isinstance(value, tuple) else told


def _mapping(packing: Packing, value: object) -> object:
    pairs = value.items()  # type: ignore[attr-defined]
    return {"mapping": [[packing.plain(key), packing.plain(each)] for key, each in pairs]}


def _forecaster(packing: Packing, value: object) -> object:
    known: object = forecaster_types().get(type(value).__name__)
    if not isinstance(value, Settings) or known is not type(value):
        raise RegistryError(f"a {type(value).__name__} can't be stored: CLASSES does not list it")
    settings = value.get_params()
    learned = {name: each for name, each in vars(value).items() if name not in settings}
    return {
        "forecaster": type(value).__name__,
        "settings": {name: packing.plain(each) for name, each in settings.items()},
        "learned": {name: packing.plain(each) for name, each in learned.items()},
    }


_TELLERS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Packing, object], object]], ...]] = (
    ((float, np.floating), _float),
    (np.bool_, lambda _, value: bool(value)),
    (np.integer, lambda _, value: int(value)),  # type: ignore[call-overload]
    (np.ndarray, _array),
    ((list, tuple), _sequence),
    (dict, _mapping),
    (Settings, _forecaster),
)
"""How each type is told; the first that fits counts."""


def forecaster_types() -> dict[str, Callable[..., Forecaster]]:
    """Every class that a fitted forecaster may be or hold, by its name."""
    from forecasting.forecasters import CLASSES

    return CLASSES


@dataclass(frozen=True, slots=True)
class Unpacking:
    """State on its way back from files: `learners` are skops bytes by file name."""

    learners: Mapping[str, bytes]

    def value(self, plain: object) -> object:
        """The value that was told. Raises DamagedModel where nothing that is known was."""
        if isinstance(plain, list):
            return [self.value(each) for each in plain]
        if not isinstance(plain, dict):
            return plain
        try:
            return next(make for key, make in _MAKERS.items() if key in plain)(self, plain)
        except (StopIteration, KeyError, TypeError, ValueError) as error:
            raise DamagedModel("holds what this version can't read") from error


Told = Mapping[str, object]


def _made_array(_: Unpacking, told: Told) -> object:
    name, shape, values = str(told["array"]), told["shape"], told["values"]
    if name not in DTYPES or not isinstance(values, list) or not isinstance(shape, list):
        raise ValueError(name)
    if name == "datetime64[D]":
        return np.array(values, dtype=np.int64).astype(name).reshape(shape)
    if name == "float64" and any(not isinstance(each, float) for each in values):
        values = [_made_float(each) for each in values]
    return np.array(values, dtype=name).reshape(shape)


def _made_float(told: object) -> float:
    if told is None:
        return math.nan
    return LIMITS[told] if isinstance(told, str) else float(told)  # type: ignore[arg-type]


def _made_record(unpacking: Unpacking, told: Told) -> object:
    parts = told["fields"]
    return RECORDS[str(told["record"])](**{name: unpacking.value(each) for name, each in parts.items()})  # type: ignore[attr-defined]


def _made_forecaster(unpacking: Unpacking, told: Told) -> object:
    settings: Told = told["settings"]  # type: ignore[assignment]
    learned: Told = told["learned"]  # type: ignore[assignment]
    made = forecaster_types()[str(told["forecaster"])](**{key: unpacking.value(each) for key, each in settings.items()})
    for name, each in learned.items():
        if not name.endswith("_") or name.startswith("_"):
            raise ValueError(name)
        setattr(made, name, unpacking.value(each))
    return made


def _made_mapping(unpacking: Unpacking, told: Told) -> object:
    pairs: list[list[object]] = told["mapping"]  # type: ignore[assignment]
    return {unpacking.value(key): unpacking.value(each) for key, each in pairs}


_MAKERS: Final[Mapping[str, Callable[[Unpacking, Told], object]]] = {
    "array": _made_array,
    "float": lambda _, told: _made_float(told["float"]),
    "tuple": lambda unpacking, told: tuple(unpacking.value(each) for each in told["tuple"]),  # type: ignore[attr-defined]
    "mapping": _made_mapping,
    "record": _made_record,
    "forecaster": _made_forecaster,
    "learner": lambda unpacking, told: learner_from(unpacking.learners[str(told["learner"])], str(told["learner"])),
}
"""How each thing told is made again, by the key that tells it."""
