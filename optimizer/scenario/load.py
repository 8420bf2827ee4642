"""Reads a scenario: files or data in, a validated model out, or every fault at its place.

In this order: `extends` (the base file is read first), the variants chosen, left to right, a point of the sweep,
`--set`, tables, the model. What stands in the way of the next step ends the reading; all else is gathered, so that a
planner mends a file once.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from optimizer.scenario.books import ENDINGS, read_book
from optimizer.scenario.faults import Fault, ScenarioError, Step, shown
from optimizer.scenario.headers import header_of
from optimizer.scenario.hints import Shape, explain
from optimizer.scenario.mending import faults_behind
from optimizer.scenario.overlay import (
    MAX_DEPTH,
    Entry,
    Keys,
    Marks,
    Node,
    Scalar,
    Unreadable,
    from_data,
    merge,
    plain,
)
from optimizer.scenario.source import read_yaml
from optimizer.scenario.tables import Reach, Tables, Unreachable, missing_column
from optimizer.scenario.texts import read_text
from optimizer.scenario.varying import OVER, SET, TOP_KEYS, Choice, vary

T = TypeVar("T", bound=BaseModel)
MAX_BYTES = 2_000_000
AS_IT_STANDS = Choice()


@dataclass(frozen=True)
class Loaded(Generic[T]):
    """A valid scenario and where it came from.

    `models` is the folder of the stored models that data without a file may name; None where it may name none.
    `variants` are those there are to choose from, `sweep` the values of each axis of its sweep. `resolved` is the
    plain data after extends, variants, sets and tables; `sha256` is taken over it in canonical JSON (keys sorted, whole
    floats as integers), so that it names what is planned, not how the files are laid out.
    """

    value: T
    sha256: str
    resolved: dict[str, object]
    files: tuple[Path, ...]
    marks: Marks
    variants: tuple[str, ...]
    sweep: Mapping[str, tuple[object, ...]]
    reach: Reach | None
    folders: Mapping[str, Path]
    models: Path | None = None

    def fault(self, path: Sequence[Step], message: str, hint: str = "") -> Fault:
        """A later finding, placed at the value at `path` (or the nearest key above it)."""
        return self.marks.value(path).fault(path, message, hint)

    def file(self, path: Sequence[Step]) -> Path:
        """The file named by the text at `path`, as seen from the scenario file in which that text stands.

        Raises ScenarioError where it lies outside the folders allowed or isn't there.
        """
        node = self.marks.node(path)
        name = node.value if isinstance(node, Scalar) else None
        if not isinstance(name, str):
            raise ScenarioError([self.fault(path, "must be the name of a file")])
        try:
            if self.reach is None:
                raise Unreachable("no files over HTTP")
            return self.reach.find(name, self.folders[self.marks.value(path).file])
        except Unreachable as error:
            raise ScenarioError([self.fault(path, str(error), error.hint)]) from error

    def check_csv(
        self, path: Sequence[Step], columns: Mapping[tuple[Step, ...], str], *, sheet: str | None = None
    ) -> tuple[Fault, ...]:
        """What is wrong with the table named at `path`: not there, not allowed, or without one of the `columns`.

        They are named by the path at which the scenario says each, where its fault is placed."""
        try:
            file = self.file(path)
            there = header_of(file, file.name, sheet)
        except ScenarioError as error:
            return error.faults
        except Unreadable as stop:
            return (stop.fault,)
        wrong = ((at, *missing_column(column, there, file.name)) for at, column in columns.items())
        return tuple(self.fault(at, message, hint) for at, message, hint in wrong if message)


def load(
    path: Path,
    model: type[T],
    *,
    root: Path | None = None,
    choice: Choice = AS_IT_STANDS,
    max_bytes: int = MAX_BYTES,
) -> Loaded[T]:
    """Read a scenario file into `model`.

    Parameters: files are read below the scenario's folder, and below `root` where given; `choice` says what is laid on
    it; larger files than `max_bytes` are refused unread. Raises ScenarioError with every fault. Nothing is written.
    """
    folder = path.parent.resolve()
    reading = _Reading(Reach((folder, root.resolve()) if root else (folder,)), max_bytes)
    return reading.finish(lambda: reading.chain(path, str(path), folder, ()), model, choice)


def parse(data: Mapping[str, object], model: type[T], *, choice: Choice = AS_IT_STANDS) -> Loaded[T]:
    """Read data that came without a file, such as JSON over HTTP, into `model`; tables and extends are refused.

    Faults have line 0 and a JSON pointer. Raises ScenarioError with every fault.
    """
    reading = _Reading(None, 0)
    return reading.finish(lambda: reading.data(data), model, choice)


def parse_text(text: str, name: str, model: type[T], *, choice: Choice = AS_IT_STANDS) -> Loaded[T]:
    """Read YAML text that came without a folder, called `name` in faults, into `model`; it may name no files.

    Raises ScenarioError with every fault at its line.
    """
    reading = _Reading(None, MAX_BYTES)
    return reading.finish(lambda: reading.document(text, name), model, choice)


def plain_text(text: str, name: str) -> dict[str, object]:
    """YAML text as plain data, its variants and knobs included. Raises ScenarioError where it can't be read."""
    reading = _Reading(None, MAX_BYTES)
    return reading.plainly(lambda: reading.document(text, name))


def file_data(path: Path) -> dict[str, object]:
    """What one scenario file itself says, `extends` and variants as they stand there. Raises ScenarioError."""
    reading, folder = _Reading(None, MAX_BYTES), path.parent.resolve()
    return reading.plainly(lambda: _mapping(reading.written(path, str(path), folder)))


@dataclass(slots=True)
class _Reading:
    """One scenario being read; everything wrong but not in the way is gathered in `faults`."""

    reach: Reach | None
    max_bytes: int
    faults: list[Fault] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    folders: dict[str, Path] = field(default_factory=dict)

    def finish(self, first: Callable[[], Keys], model: type[T], choice: Choice) -> Loaded[T]:
        """Take the tree that `first` reads through all steps to a validated model. Raises ScenarioError."""
        shape = Shape.of(model)
        try:
            varied = vary(first(), choice, shape, self.faults)
            tree = _mapping(Tables(self.reach, self.folders, self.faults, self.files).fill(varied.tree))
        except Unreadable as stop:
            raise ScenarioError([*self.faults, stop.fault]) from None
        resolved = {key: plain(entry.node) for key, entry in tree.entries.items()}
        value = validated(resolved, tree, model, self.faults)
        files, marks = tuple(dict.fromkeys(self.files)), Marks(tree)
        named, axes = varied.variants, varied.sweep
        return Loaded(value, digest(resolved), resolved, files, marks, named, axes, self.reach, self.folders)

    def plainly(self, first: Callable[[], Keys]) -> dict[str, object]:
        """The tree that `first` reads, as plain data. Raises ScenarioError."""
        try:
            tree = first()
        except Unreadable as stop:
            raise ScenarioError([*self.faults, stop.fault]) from None
        if self.faults:
            raise ScenarioError(self.faults)
        return {key: plain(entry.node) for key, entry in tree.entries.items()}

    def chain(self, path: Path, name: str, folder: Path, above: tuple[Path, ...]) -> Keys:
        """The file at `path`, called `name`, laid over the one it extends; `above` are the files that extend it."""
        own = _mapping(self.written(path, name, folder))
        here = path.resolve()
        self.files.append(here)
        self.folders[name] = folder
        for option in (SET, OVER):
            self.folders.setdefault(option.file, folder)
        if (entry := own.entries.get("extends")) is None:
            return own
        base = self._base(entry, folder, (*above, here))
        told = os.path.normpath(os.path.join(os.path.dirname(name), os.path.relpath(base, folder)))
        under = self.chain(base, told, base.parent, (*above, here))
        return _mapping(merge(under, _without(own, "extends")))

    def document(self, text: str, name: str) -> Keys:
        """The tree of YAML text that came without a folder."""
        if len(text.encode()) > self.max_bytes:
            raise Unreadable(Fault(name, 1, 1, "", f"has more than the {self.max_bytes:,} bytes read"))
        return self._alone(_mapping(self._tree(text, name)))

    def data(self, data: Mapping[str, object]) -> Keys:
        """The tree of data that came without a file."""
        return self._alone(_mapping(from_data(data, self.faults)))

    def _alone(self, tree: Keys) -> Keys:
        """The tree of a scenario that can't extend another."""
        if entry := tree.entries.get("extends"):
            self.faults.append(entry.at.fault(("extends",), "no files over HTTP", "send the whole scenario"))
        return _without(tree, "extends")

    def _base(self, entry: Entry, folder: Path, above: tuple[Path, ...]) -> Path:
        name = entry.node.value if isinstance(entry.node, Scalar) else None
        at, where = entry.node.at, ("extends",)
        if not isinstance(name, str) or self.reach is None:
            raise Unreadable(at.fault(where, "must be the name of one file"))
        try:
            base = self.reach.find(name, folder)
        except Unreachable as error:
            raise Unreadable(at.fault(where, str(error), error.hint)) from error
        if base in above:
            circle = ", ".join(each.name for each in (*above[above.index(base) :], base))
            raise Unreadable(at.fault(where, f"runs in a circle: {circle}"))
        if len(above) > MAX_DEPTH:
            raise Unreadable(at.fault(where, f"more than {MAX_DEPTH} files extend one another"))
        return base

    def written(self, path: Path, name: str, folder: Path) -> Node:
        """What stands in a file: YAML, or a workbook."""
        if path.suffix.lower() not in ENDINGS:
            return self._tree(read_text(path, name, self.max_bytes), name)
        book = read_book(path, name, self.faults)
        self.folders.update(dict.fromkeys(book.sheets, folder))
        return book.tree

    def _tree(self, text: str, name: str) -> Node:
        tree = read_yaml(text, name, self.faults)
        if tree is None or (isinstance(tree, Scalar) and tree.value is None and not tree.broken):
            raise Unreadable(Fault(name, 1, 1, "", "the file is empty"))
        return tree


def validated(data: Mapping[str, object], tree: Keys, model: type[T], faults: Sequence[Fault] = ()) -> T:
    """Validate as JSON, so that a file and a request mean the same.

    Raises ScenarioError with all faults, those found before included.
    """
    try:
        value = model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        found = [*faults, *explain(error, model, tree, TOP_KEYS)]
        found += faults_behind(error, data, tree, model, TOP_KEYS)
        raise ScenarioError(found) from None
    if faults:
        raise ScenarioError(faults)
    return value


def _mapping(node: Node) -> Keys:
    if isinstance(node, Keys):
        return node
    raise Unreadable(node.at.fault((), "must be a mapping (key: value)", f"it holds {shown(plain(node))}"))


def _without(tree: Keys, key: str) -> Keys:
    return replace(tree, entries={name: entry for name, entry in tree.entries.items() if name != key})


def digest(data: object) -> str:
    """The hash of plain data in canonical JSON."""
    text = json.dumps(_canonical(data), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(data: object) -> object:
    if isinstance(data, dict):
        return {key: _canonical(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_canonical(value) for value in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data
