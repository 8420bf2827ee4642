"""What is known of a stored model without loading it: a card beside its files, sealed by its own hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Literal, TypeVar

from forecasting.errors import DamagedModel, RegistryError, UnknownModel

Status = Literal["candidate", "production", "archived"]
"""A version is a candidate until it is promoted, and archived when another takes its place."""

T = TypeVar("T")

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model tells of itself when it is stored.

    `settings` name what it was asked to be, `features` what it reads, `scores` how it did on the past; `data_sha256` is
    the hash of the data it was learned from, and `learned_from` those data in words.
    """

    data_sha256: str
    learned_from: str
    features: tuple[str, ...]
    settings: Mapping[str, object]
    scores: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Card:
    """One version of a model.

    `made_at` is UTC (ISO 8601), `libraries` version by name, `files` SHA-256 by file name.
    """

    name: str
    version: int
    kind: str
    made_by: str
    made_at: str
    facts: Facts
    libraries: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """How a scenario names it: name@version."""
        return f"{self.name}@{self.version}"

    def to_json(self) -> dict[str, object]:
        """The card as data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Card:
        """The card that `to_json` told. Raises DamagedModel."""
        return read_as(cls, data)


@dataclass(frozen=True, slots=True)
class Reference:
    """A model by name, and by version unless the one in production is meant."""

    name: str
    version: int | None

    @classmethod
    def of(cls, text: str) -> Reference:
        """Read `name@version` or `name`. Raises UnknownModel for anything else."""
        name, at, version = text.strip().partition("@")
        if not NAME.fullmatch(name) or (at and not (version.isdecimal() and version.isascii())):
            raise UnknownModel(f"{text!r} names no model: it must be name@version, such as ward@2, or a name")
        return cls(name, int(version) if at else None)


def read_as(kind: type[T], data: Mapping[str, object]) -> T:
    """Data from a file as a value of fields, each of its declared type. Raises DamagedModel."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_json(json.dumps(data))
    except ValidationError as error:
        raise DamagedModel("holds what this version can't read") from error


def checked_name(name: str) -> str:
    """A name that a model may have. Raises RegistryError."""
    if not NAME.fullmatch(name):
        raise RegistryError(f"{name!r} can't name a model: use small letters, figures, '.', '-' and '_', at most 64")
    return name


def sealed(data: Mapping[str, object]) -> bytes:
    """JSON with a hash of itself, so that a changed byte is noticed."""
    return _written({**data, "sha256": sha256(_written(data))})


def unsealed(text: bytes, name: str) -> dict[str, object]:
    """The data that `sealed` wrote. Raises DamagedModel where a byte differs."""
    try:
        data = json.loads(text)
        seal = data.pop("sha256")
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise DamagedModel(f"{name}: is not what was stored; restore it from a copy") from error
    if sha256(_written(data)) != seal or sealed(data) != text:
        raise DamagedModel(f"{name}: was changed since it was stored; restore it from a copy")
    found: dict[str, object] = data
    return found


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _written(data: Mapping[str, object]) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
