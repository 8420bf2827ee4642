"""What is true of a model's versions today: each one's card by its hash, and which is and was in production."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from forecasting.registry.card import Status, read_as


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done to a version at a time (UTC), by whom: it was added, promoted or rolled back."""

    what: str
    version: int
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Index:
    """`versions` are the SHA-256 of each card; `line` are those in production, oldest first: the last one is now."""

    versions: Mapping[int, str] = field(default_factory=dict)
    line: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    deeds: tuple[Deed, ...] = ()

    @property
    def production(self) -> int | None:
        """The version in production, if any is."""
        return self.line[-1] if self.line else None

    def status(self, number: int) -> Status:
        """Whether a version is in production, was, or never was."""
        if number == self.production:
            return "production"
        return "archived" if number in self.line or number in self.left else "candidate"

    def added(self, number: int, card: str, at: str, by: str) -> Index:
        """With one more version, a candidate."""
        return replace(self, versions={**self.versions, number: card}, deeds=self._done("added", number, at, by))

    def promoted(self, number: int, at: str, by: str) -> Index:
        """With a version in production; nothing changes where it is there already."""
        if number == self.production:
            return self
        return replace(self, line=(*self.line, number), deeds=self._done("promoted", number, at, by))

    def rolled_back(self, at: str, by: str) -> Index | None:
        """With the version before the present one in production; None where there was none."""
        if len(self.line) < 2:
            return None
        left = (*self.left, self.line[-1])
        return replace(self, line=self.line[:-1], left=left, deeds=self._done("rolled back", self.line[-1], at, by))

    def _done(self, what: str, number: int, at: str, by: str) -> tuple[Deed, ...]:
        return (*self.deeds, Deed(what, number, at, by))

    def to_json(self) -> dict[str, object]:
        """The index as data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Index:
        """The index that `to_json` told. Raises DamagedModel."""
        return read_as(cls, data)
