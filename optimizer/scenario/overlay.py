"""The tree of data that remembers where everything stands, and how one tree is laid over another.

Trees are never changed in place: laying one over another makes a new tree that shares what stays.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from optimizer.scenario.faults import Fault, Step, dotted, pointer

MAX_DEPTH = 50
"""Levels of nesting read; no scenario comes near, and everything after may recurse."""
MAX_WHOLE = 2**63
"""Whole numbers from here on are refused."""

Value = str | int | float | bool | None


class Place(NamedTuple):
    """Where something stands; line and column count from 1, line 0 is no file. `by` is the variant or option that
    laid it there, "" where it stands in the scenario itself.
    """

    file: str
    line: int
    column: int
    by: str = ""

    def fault(self, path: Sequence[Step], message: str, hint: str = "") -> Fault:
        """A fault that stands here; `path` is written as a JSON pointer where there is no file."""
        return Fault(self.file, self.line, self.column, dotted(path) if self.line else pointer(path), message, hint)


NOWHERE = Place("", 0, 0)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `broken` marks a stand-in for something already reported."""

    at: Place
    value: Value
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    at: Place
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of numbers from a table; every number knows its cell (line and column, one each a number)."""

    at: Place
    file: str
    values: Sequence[float]
    lines: Sequence[int]
    columns: Sequence[int]
    broken: bool = False


class Entry(NamedTuple):
    """A key's place and what it holds."""

    at: Place
    node: "Node"


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping."""

    at: Place
    entries: Mapping[str, Entry]


Node = Scalar | Items | Cells | Keys


class Unreadable(Exception):  # noqa: N818 - it carries a fault and never leaves this room
    """Reading can't go on."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


def child(node: Node | None, step: Step) -> Entry | None:
    """What stands one step below, with its key's place (an item's own place); None where nothing does."""
    if isinstance(node, Keys):
        return node.entries.get(str(step))
    if not isinstance(step, int) or step < 0:
        return None
    if isinstance(node, Items) and step < len(node.items):
        return Entry(node.items[step].at, node.items[step])
    if isinstance(node, Cells) and step < len(node.values):
        at = Place(node.file, node.lines[step], node.columns[step])
        return Entry(at, Scalar(at, node.values[step]))
    return None


def made_by(node: Node, by: str) -> Node:
    """The same tree, every place in it saying what laid it there."""
    at = node.at._replace(by=by)
    if isinstance(node, Keys):
        entries = {key: Entry(each.at._replace(by=by), made_by(each.node, by)) for key, each in node.entries.items()}
        return replace(node, at=at, entries=entries)
    if isinstance(node, Items):
        return replace(node, at=at, items=tuple(made_by(item, by) for item in node.items))
    return replace(node, at=at)


def plain(node: Node) -> object:
    """The data without places: dicts, lists, text, numbers, booleans, None."""
    if isinstance(node, Keys):
        return {key: plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return list(node.values) if isinstance(node, Cells) else node.value


def has_broken(node: Node) -> bool:
    """Whether a stand-in for something already reported lies anywhere in the tree."""
    if isinstance(node, Keys):
        return any(has_broken(entry.node) for entry in node.entries.values())
    return any(map(has_broken, node.items)) if isinstance(node, Items) else node.broken


@dataclass(frozen=True, slots=True)
class Marks:
    """Finds the place of any path in the data."""

    tree: Node

    def value(self, path: Sequence[Step]) -> Place:
        """Where the value at `path` starts; where nothing stands, the nearest key above it."""
        found = self._along(path)
        return found[-1].node.at if len(found) == len(path) + 1 else found[-1].at

    def key(self, path: Sequence[Step]) -> Place:
        """Where the key at `path` stands (an item: the item itself); where nothing stands, the nearest key above."""
        return self._along(path)[-1].at

    def node(self, path: Sequence[Step]) -> Node | None:
        """What stands at `path`, None where nothing does."""
        found = self._along(path)
        return found[-1].node if len(found) == len(path) + 1 else None

    def depth(self, path: Sequence[Step]) -> int:
        """How many steps of `path` lead to something."""
        return len(self._along(path)) - 1

    def broken(self, path: Sequence[Step]) -> bool:
        """Whether a stand-in for something already reported lies on `path`."""
        node = self._along(path)[-1].node
        return isinstance(node, Scalar | Cells) and node.broken

    def _along(self, path: Sequence[Step]) -> list[Entry]:
        found = [Entry(self.tree.at, self.tree)]
        for step in path:
            if (entry := child(found[-1].node, step)) is None:
                break
            found.append(entry)
        return found


def unusable(value: object) -> str:
    """Why a scalar can't be used (no finite number, too large a one, half a character), or ""."""
    if isinstance(value, str) and not value.isascii() and value.encode("utf-8", "ignore").decode("utf-8") != value:
        return "holds an escape that is no character"
    if isinstance(value, float) and not math.isfinite(value):
        return "must be a finite number"
    if isinstance(value, int) and abs(value) >= MAX_WHOLE:
        return f"must be a number below {MAX_WHOLE}"
    return ""


def from_data(data: object, faults: list[Fault], path: tuple[Step, ...] = ()) -> Node:
    """The tree of data that came without a file, such as JSON; what JSON can't hold is a fault at its pointer."""
    if len(path) > MAX_DEPTH:
        raise Unreadable(NOWHERE.fault(path[:3], f"nested more than {MAX_DEPTH} levels deep"))
    if isinstance(data, Mapping):
        inner = {str(key): Entry(NOWHERE, from_data(each, faults, (*path, str(key)))) for key, each in data.items()}
        faults.extend(NOWHERE.fault(path, f"a key {problem}") for key in inner if (problem := unusable(key)))
        return Keys(NOWHERE, {key: entry for key, entry in inner.items() if not unusable(key)})
    if isinstance(data, list | tuple):
        return Items(NOWHERE, tuple(from_data(each, faults, (*path, at)) for at, each in enumerate(data)))
    if data is not None and not isinstance(data, str | int | float):
        problem = f"can't hold {type(data).__name__}"
    elif not (problem := unusable(data)):
        return Scalar(NOWHERE, data)
    faults.append(NOWHERE.fault(path, problem))
    return Scalar(NOWHERE, None, broken=True)


class Known(Protocol):
    """What a model knows about one place in its data."""

    def names(self) -> tuple[str, ...]:
        """The keys the model has a field for; none where keys are free or unknown."""

    def child(self, step: Step) -> "Known":
        """What is known one step below."""


def merge(base: Node, over: Node) -> Node:
    """Lay `over` on `base`: mappings merge, anything else replaces, an empty value (null) removes the key below it."""
    if not (isinstance(base, Keys) and isinstance(over, Keys)):
        return over
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        if key not in entries:
            # An empty value under a new key stays: the model then says whether the key exists at all.
            entries[key] = entry
        elif isinstance(entry.node, Scalar) and entry.node.value is None and not entry.node.broken:
            del entries[key]
        else:
            entries[key] = Entry(entry.at, merge(entries[key].node, entry.node))
    return Keys(over.at, entries)


@dataclass(frozen=True, slots=True)
class Change:
    """One value to lay at a dotted path: `units.med-a.beds`, `cover.0.smallest_team`.

    Each step but the last must exist already or be a field of the model, so that a typo never makes a new unit. A key
    that holds dots is met by its whole name. `suggest` words what was meant, from a name and the names there are.
    """

    path: str
    entry: Entry
    suggest: Callable[[str, Sequence[str]], str]

    def lay(self, node: Node, known: Known) -> Node:
        """The tree with this change made. Raises Unreadable where the path leads nowhere."""
        steps = self.path.split(".")
        if len(steps) > MAX_DEPTH:
            raise self._stop(f"a path of more than {MAX_DEPTH} steps")
        return self._lay(node, steps, known, "")

    def _lay(self, node: Node, steps: list[str], known: Known, above: str) -> Node:
        if isinstance(node, Items):
            return self._lay_item(node, steps, known, above)
        if not isinstance(node, Keys):
            raise self._stop(f"{above} is no mapping, so it has no {steps[0]}")
        key, rest = _longest(node, steps)
        if not rest:
            return merge(node, Keys(node.at, {key: self.entry}))
        if key not in node.entries and key not in known.names():
            raise self._stop(f"unknown key {key}", self.suggest(key, sorted({*node.entries, *known.names()})))
        there = node.entries.get(key, Entry(self.entry.at, Keys(self.entry.at, {})))
        inner = self._lay(there.node, rest, known.child(key), f"{above}.{key}" if above else key)
        return replace(node, entries={**node.entries, key: Entry(there.at, inner)})

    def _lay_item(self, node: Items, steps: list[str], known: Known, above: str) -> Node:
        step, rest = steps[0], steps[1:]
        if not (step.isdecimal() and len(step) < 10 and int(step) < len(node.items)):
            raise self._stop(f"{above} is a list of {len(node.items)}; its items are numbered from 0")
        at = int(step)
        below = (known.child(at), f"{above}.{step}")
        inner = self._lay(node.items[at], rest, *below) if rest else merge(node.items[at], self.entry.node)
        return replace(node, items=(*node.items[:at], inner, *node.items[at + 1 :]))

    def _stop(self, message: str, hint: str = "") -> Unreadable:
        return Unreadable(self.entry.at.fault(self.path.split("."), message, hint))


def _longest(node: Keys, steps: list[str]) -> tuple[str, list[str]]:
    """The longest run of steps that is one key here, else the first step; and the steps after it."""
    for end in range(len(steps), 1, -1):
        if (key := ".".join(steps[:end])) in node.entries:
            return key, steps[end:]
    return steps[0], steps[1:]
