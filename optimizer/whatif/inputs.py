"""What two scenarios are given that differs: each value by its path, as it was and as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from optimizer.scenario.faults import ScenarioError, dotted
from optimizer.scenario.load import Loaded
from optimizer.scenario.mixing import Path, differing
from optimizer.scenario.model import Scenario

WORDS_ONLY: Final = ("id", "name", "note", "why")
"""Keys that name and explain: they change no plan."""

MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Input:
    """A value that differs; `before` and `after` are plain data, None where nothing is said and nothing is usual.

    `data` is true where the same file is named and holds other figures (or a plan's demand was another one). `by` is
    the variant or option that makes it differ, "" where files do.
    """

    path: Path
    before: object
    after: object
    data: bool = False
    by: str = ""

    @property
    def weighs(self) -> bool:
        """Whether it may change a plan: names and notes do not."""
        return self.path[-1] not in WORDS_ONLY

    def __str__(self) -> str:
        return dotted(self.path)


def differing_inputs(before: Loaded[Scenario], after: Loaded[Scenario]) -> tuple[Input, ...]:
    """Every value that differs, in the order of the first scenario; what is only said otherwise is left out."""
    usual = _in_full(before), _in_full(after)
    found = []
    for path in _taken_apart(before.resolved, after.resolved, usual):
        values = _value(before.resolved, path, usual[0]), _value(after.resolved, path, usual[1])
        if values[0] != values[1] or _at(usual[0], path) != _at(usual[1], path):
            found.append(Input(path, *values, by=_laid_by(after, path) or _laid_by(before, path)))
    return (*found, *_other_data(before, after, {each.path for each in found}))


def _laid_by(loaded: Loaded[Scenario], path: Path) -> str:
    """The variant or option that laid the value at a path; "" where none did, or where nothing stands."""
    node = loaded.marks.node(path)
    return "" if node is None else node.at.by


def _in_full(loaded: Loaded[Scenario]) -> Mapping[str, object]:
    return loaded.value.model_dump(mode="json", by_alias=True)


def _taken_apart(before: object, after: object, usual: Sequence[object]) -> Iterator[Path]:
    """Paths that differ; a mapping that only one side writes out is taken apart where the other has it as usual."""
    for path in differing(before, after):
        sides = _at(before, path), _at(after, path)
        written = next((side for side in sides if isinstance(side, dict)), None)
        if MISSING in sides and written is not None and all(isinstance(_at(each, path), dict) for each in usual):
            yield from ((*path, key) for key in written)
        else:
            yield path


def _value(data: object, path: Path, usual: object) -> object:
    """What stands at a path, else what is usual there; None where neither is."""
    found = _at(data, path)
    found = _at(usual, path) if found is MISSING else found
    return None if found is MISSING else found


def _at(data: object, path: Path) -> object:
    for step in path:
        if isinstance(data, dict) and str(step) in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return MISSING
    return data


def _other_data(before: Loaded[Scenario], after: Loaded[Scenario], told: set[Path]) -> Iterator[Input]:
    """Files that both name alike and that hold something else."""
    if before.reach is None or after.reach is None:
        return
    for path, name in _named_files(after.resolved):
        if before.marks.node(path) is None or path in told:
            continue
        try:
            one, other = before.file(path), after.file(path)
        except ScenarioError:
            continue
        if one != other and _hash(one.read_bytes()) != _hash(other.read_bytes()):
            yield Input(path, name, name, data=True)


def data_files(loaded: Loaded[Scenario]) -> tuple[str, ...]:
    """Every file of data a scenario names, where it lies; by its name alone where no files are read."""
    return tuple(
        name if loaded.reach is None else str(loaded.file(path)) for path, name in _named_files(loaded.resolved)
    )


def _named_files(data: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Paths and values of keys that name a file."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("file", "events_file") and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _named_files(value, (*path, key))
    elif isinstance(data, list):
        for at, value in enumerate(data):
            yield from _named_files(value, (*path, at))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
