"""What kinds of model can be stored: the seam, and the table of those there are.

A kind is a class with `to_files` and `from_files`, and a line in `KINDS`. Its files are JSON, arrays (`.npz`, without
pickle) or learners (`trusted.learner_bytes`); the registry names, hashes, dates and checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar, Final, Protocol, Self, cast

from forecasting.errors import DamagedModel
from forecasting.registry.card import Facts


class Storable(Protocol):
    """A trained model as the registry sees it."""

    kind: ClassVar[str]

    def facts(self) -> Facts:
        """What a reader should know of the model without loading it."""
        ...

    def to_files(self) -> dict[str, bytes]:
        """Everything needed to use the model, by file name. Raises RegistryError for what can't be stored."""
        ...

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """The model that `to_files` told. Raises DamagedModel or UntrustedModel."""
        ...


KINDS: Final[Mapping[str, str]] = {
    "forecast": "forecasting.registry.forecasts:StoredForecast",
    "discharges": "forecasting.discharges.stored:StoredDischarges",
}
"""Where the class of each kind lives, as module:class; it is imported when a model of that kind is loaded."""


def kind_of(name: str) -> type[Storable]:
    """The class of a kind. Raises DamagedModel for one that this version does not know."""
    if name not in KINDS:
        raise DamagedModel(f"is a model of the kind {name!r}, which this version does not know")
    module, _, found = KINDS[name].partition(":")
    return cast("type[Storable]", getattr(import_module(module), found))
