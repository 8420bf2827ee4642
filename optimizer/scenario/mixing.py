"""Between two scenarios: where they differ, and the scenario that takes some of its values from the other.

Places are kept, so that a history named by either file is looked for beside the file that names it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel

from optimizer.scenario.faults import Step
from optimizer.scenario.load import Loaded, digest, validated
from optimizer.scenario.overlay import Entry, Items, Keys, Marks, Node, plain
from optimizer.scenario.tables import Reach

T = TypeVar("T", bound=BaseModel)
Path = tuple[Step, ...]


def differing(before: object, after: object, path: Path = ()) -> Iterator[Path]:
    """Paths at which two plain values differ, as deep as both have the same form; lists are taken apart where their
    items are mappings and as many.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            if key in before and key in after:
                yield from differing(before[key], after[key], (*path, key))
            else:
                yield (*path, key)
    elif isinstance(before, list) and isinstance(after, list) and _alike(before, after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differing(one, other, (*path, at))
    elif isinstance(before, bool) != isinstance(after, bool) or before != after:
        yield path


def mixed(base: Loaded[T], other: Loaded[T], paths: Sequence[Path]) -> Loaded[T]:
    """`base` with the values of `other` at `paths`; what stands at one of them in `base` alone is left out.

    Raises ScenarioError where such a scenario does not hang together.
    """
    tree: Node = base.marks.tree
    for path in paths:
        tree = _replaced(tree, path, other.marks.node(path))
    if not isinstance(tree, Keys):
        raise TypeError("a scenario is a mapping")
    resolved = {key: plain(entry.node) for key, entry in tree.entries.items()}
    return replace(
        base,
        value=validated(resolved, tree, type(base.value)),
        sha256=digest(resolved),
        resolved=resolved,
        files=tuple(dict.fromkeys((*base.files, *other.files))),
        marks=Marks(tree),
        reach=_joined(base.reach, other.reach),
        folders={**other.folders, **base.folders},
    )


def _alike(before: list[object], after: list[object]) -> bool:
    """Whether both hold as many items, all of them mappings."""
    return bool(before) and len(before) == len(after) and all(isinstance(each, dict) for each in (*before, *after))


def _replaced(node: Node, path: Path, new: Node | None) -> Node:
    """The tree with `new` at `path`; None takes away what stands there."""
    if not path:
        return node if new is None else new
    step, rest = path[0], path[1:]
    if isinstance(node, Items) and isinstance(step, int):
        return replace(
            node, items=tuple(_replaced(item, rest, new) if at == step else item for at, item in enumerate(node.items))
        )
    if not isinstance(node, Keys):
        return node
    key, entries = str(step), dict(node.entries)
    if not rest and new is None:
        entries.pop(key, None)
        return replace(node, entries=entries)
    there = entries.get(key, Entry(node.at, Keys(node.at, {})))
    return replace(node, entries={**entries, key: Entry(there.at, _replaced(there.node, rest, new))})


def _joined(one: Reach | None, other: Reach | None) -> Reach | None:
    """What either may read."""
    if one is None or other is None:
        return one or other
    return Reach(tuple(dict.fromkeys((*one.roots, *other.roots))))
