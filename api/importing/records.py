"""What hospital systems tell, once names and numbers of persons are gone: movements, beds and duties."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Contract = Literal["own", "bank", "agency"]
Standing = Literal["worked", "vacant", "sick", "leave"]


@dataclass(frozen=True, slots=True)
class Movement:
    """A visit's time on one unit, by the hospital's clock; `ends` is None while it lasts. `visit` is a pseudonym."""

    visit: str
    unit: str
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Bed:
    """A bed of a unit: whether it can be used, and whether somebody lies in it."""

    unit: str
    open: bool
    occupied: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A shift of a roster; `person` is a pseudonym, "" where nobody is on it; `weekly_hours` those of the contract."""

    unit: str
    grade: str
    person: str
    weekly_hours: float | None
    day: date
    begins: str
    ends: str
    contract: Contract
    standing: Standing


@dataclass(frozen=True, slots=True)
class Imported:
    """All that files of a format tell. `notes` name, with file and line, what could not be used and why.

    `until` is the moment of the last thing heard; None where that is the last movement.
    """

    movements: Sequence[Movement] = ()
    beds: Sequence[Bed] = ()
    duties: Sequence[Duty] = ()
    notes: Sequence[str] = ()
    until: datetime | None = None

    def words(self) -> set[str]:
        """Every text that goes on into tables as it was told."""
        placed: list[Movement | Bed | Duty] = [*self.movements, *self.beds, *self.duties]
        return {each.unit for each in placed}.union(*({each.grade, each.begins, each.ends} for each in self.duties))


@dataclass(frozen=True, slots=True)
class Text:
    """A file's name and what stands in it."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Ids that mean nothing outside: a keyed hash (HMAC-SHA-256, RFC 2104) of whatever a system calls somebody."""

    key: bytes

    def of(self, *names: str) -> str:
        """The same for the same names under the same key, and nothing else."""
        return hmac.new(self.key, "\x1f".join(names).encode(), hashlib.sha256).hexdigest()[:16]


class Importing(ValueError):  # noqa: N818 - the room's one error
    """A file that holds nothing of use; the message names it and the cure."""
