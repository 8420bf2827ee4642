"""`Registry`: a folder of models, several versions of each, of which at most one is in production.

On disk: `NAME/VERSION/` holds a sealed `card.json` and the model's files, and never changes; `NAME/index.json` (sealed)
says each version's status, its card's hash and what was done to it. A lock makes writers wait for one another, so
that none is lost; readers need none, as every file is there whole or not at all.
"""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from forecasting.errors import DamagedModel, RegistryError, UnknownModel, did_you_mean
from forecasting.registry.card import Card, Reference, Status, checked_name, sealed, sha256, unsealed
from forecasting.registry.index import Deed, Index
from forecasting.registry.kinds import Storable, kind_of
from forecasting.registry.storing import read_file, read_files, write_file, write_folder

CARD: Final = "card.json"
INDEX: Final = "index.json"
LOCK: Final = ".lock"
PATIENCE: Final = 60.0
"""Seconds to wait for another writer."""

LIBRARIES: Final = ("wardwright", "numpy", "scipy", "scikit-learn", "skops", "holidays")
BOUND_BY: Final = "scikit-learn"
"""Learners are read only by the minor version that wrote them: in another their insides may mean something else."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A version as it stands in the registry."""

    card: Card
    status: Status


@dataclass(frozen=True, slots=True)
class Registry:
    """The models in a folder; nothing is read or written before a method is called."""

    folder: Path

    def add(self, model: Storable, name: str, *, by: str | None = None, now: datetime | None = None) -> Entry:
        """Store a model as the next version of `name`, a candidate.

        Raises RegistryError for a name that can't be, a disk that fails, or a model that can't be stored.
        """
        files = model.to_files()
        with self._writing(checked_name(name)) as place:
            index = self._index(name) if (place / INDEX).exists() else Index()
            number = 1 + max([*index.versions, *_folders(place)], default=0)
            made_at = _stamp(now)
            hashes = {file: sha256(data) for file, data in files.items()}
            card = Card(name, number, model.kind, by or _user(), made_at, model.facts(), _libraries(), hashes)
            told = sealed(card.to_json())
            write_folder(place / str(number), {**files, CARD: told})
            self._write(name, index.added(number, sha256(told), made_at, card.made_by))
        return Entry(card, "candidate")

    def entries(self) -> list[Entry]:
        """Every version of every model, by name and version."""
        return [entry for name in self.names() for entry in self.versions(name)]

    def names(self) -> list[str]:
        """The models' names, in order."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{INDEX}"))

    def versions(self, name: str) -> list[Entry]:
        """Every version of a model, oldest first. Raises UnknownModel."""
        index = self._index(name)
        return [Entry(self._card(name, number, index), index.status(number)) for number in index.versions]

    def entry(self, reference: str) -> Entry:
        """The version that `name@version` means, or the one in production for `name`. Raises UnknownModel."""
        asked = Reference.of(reference)
        index = self._index(asked.name)
        number = index.production if asked.version is None else asked.version
        if number is None:
            newest = max(index.versions)
            raise UnknownModel(
                f"no version of {asked.name} is in production: name one, such as {asked.name}@{newest}, or promote it"
            )
        if number not in index.versions:
            known = ", ".join(f"{asked.name}@{each}" for each in index.versions)
            raise UnknownModel(f"there is no {asked.name}@{number}; known: {known}")
        return Entry(self._card(asked.name, number, index), index.status(number))

    def deeds(self, name: str) -> tuple[Deed, ...]:
        """What was done to the versions of a model, oldest first. Raises UnknownModel."""
        return self._index(name).deeds

    def load(self, reference: str) -> tuple[Card, Storable]:
        """A stored model, ready to use, every file checked before any is read.

        Raises UnknownModel, DamagedModel for a changed file, UntrustedModel for a learner of a strange type.
        """
        card = self.entry(reference).card
        place = self.folder / card.name / str(card.version)
        files = read_files(place, card.files)
        _check_libraries(card)
        try:
            return card, kind_of(card.kind).from_files(files)
        except DamagedModel as error:
            raise DamagedModel(f"{place}: {error}") from error

    def promote(self, reference: str, *, by: str | None = None, now: datetime | None = None) -> Entry:
        """Put a version into production, in place of the one there. Raises UnknownModel."""
        name = Reference.of(reference).name
        if Reference.of(reference).version is None:
            raise UnknownModel(
                f"say which version of {name} to promote, such as {name}@{max(self._index(name).versions)}"
            )
        with self._writing(name):
            entry = self.entry(reference)
            self._write(name, self._index(name).promoted(entry.card.version, _stamp(now), by or _user()))
        return replace(entry, status="production")

    def roll_back(self, name: str, *, by: str | None = None, now: datetime | None = None) -> Entry:
        """Put back into production the version that was there before. Raises RegistryError where there was none."""
        with self._writing(Reference.of(name).name):
            index = self._index(name).rolled_back(_stamp(now), by or _user())
            if index is None:
                raise RegistryError(f"{name}: no version was in production before, so there is none to go back to")
            self._write(name, index)
        return self.entry(name)

    @contextmanager
    def _writing(self, name: str) -> Iterator[Path]:
        """The folder of a model, kept from other writers meanwhile. Raises RegistryError after `PATIENCE` seconds."""
        from filelock import FileLock, Timeout

        place = self.folder / name
        try:
            place.mkdir(parents=True, exist_ok=True)
            with FileLock(place / LOCK, timeout=PATIENCE):
                yield place
        except Timeout as error:
            raise RegistryError(
                f"{place}: another run has been writing for {PATIENCE:.0f} s; try again later"
            ) from error
        except OSError as error:
            raise RegistryError(f"{place}: can't be written: {error.strerror}") from error

    def _index(self, name: str) -> Index:
        path = self.folder / name / INDEX
        if not path.is_file():
            hint = did_you_mean(name, self.names()) if self.names() else f": {self.folder} holds none"
            raise UnknownModel(f"no model is called {name!r}{hint}")
        return Index.from_json(unsealed(read_file(path), str(path)))

    def _write(self, name: str, index: Index) -> None:
        write_file(self.folder / name / INDEX, sealed(index.to_json()))

    def _card(self, name: str, number: int, index: Index) -> Card:
        path = self.folder / name / str(number) / CARD
        (text,) = read_files(path.parent, {CARD: index.versions[number]}).values()
        card = Card.from_json(unsealed(text, str(path)))
        if (card.name, card.version) != (name, number):
            raise DamagedModel(f"{path}: is the card of {card.reference}, laid here from elsewhere")
        return card


def _folders(place: Path) -> list[int]:
    """Version folders that are there, listed or not."""
    return [int(path.name) for path in place.iterdir() if path.name.isdecimal()]


def _stamp(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def _libraries() -> dict[str, str]:
    """Versions of Python and of what a model's numbers depend on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _check_libraries(card: Card) -> None:
    """Raises RegistryError where learners were written by another minor version of scikit-learn."""
    made, here = (str(each.get(BOUND_BY, "")) for each in (card.libraries, _libraries()))
    if any(file.endswith(".skops") for file in card.files) and made.split(".")[:2] != here.split(".")[:2]:
        raise RegistryError(f"{card.reference} was trained with {BOUND_BY} {made}, here is {here}: train it again")


def facts_of(entry: Entry) -> Mapping[str, object]:
    """A version as one mapping: its card and its status."""
    return {**entry.card.to_json(), "status": entry.status}
