"""Values laid at dotted paths, one by one, as the nested mappings they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from optimizer.scenario.overlay import Entry, Items, Keys, Node, Place


@dataclass(slots=True)
class Nest:
    """Mappings within mappings, being filled; `at` is where the first value of each stands."""

    at: Place
    inner: dict[str, Nest | Entry] = field(default_factory=dict)

    def put(self, steps: Sequence[str], entry: Entry) -> Place | None:
        """Lay a value at a path; where one stands in the way, its place, and nothing is laid."""
        there = self.inner.get(steps[0])
        if len(steps) == 1:
            if there is None:
                self.inner[steps[0]] = entry
            return None if there is None else there.at
        if there is None:
            there = self.inner[steps[0]] = Nest(entry.at)
        return there.put(steps[1:], entry) if isinstance(there, Nest) else there.at

    def keys(self) -> Keys:
        """The same as a tree."""
        entries = {
            key: Entry(each.at, each.keys()) if isinstance(each, Nest) else each for key, each in self.inner.items()
        }
        return Keys(self.at, entries)


def moved(node: Node, at: Place) -> Node:
    """The same tree, all of it in one cell."""
    if isinstance(node, Keys):
        return Keys(at, {key: Entry(at, moved(each.node, at)) for key, each in node.entries.items()})
    if isinstance(node, Items):
        return Items(at, tuple(moved(each, at) for each in node.items))
    return replace(node, at=at)
