"""Where each entry of a roster's scenario stands: its line in the scenario, or its row in a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from optimizer.roster.reading import lines_of
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

ENTRIES: Final[Mapping[str, str]] = {
    "people": "person", "needs": "need", "requests": "request", "worked": "duty before the roster",
    "published": "published duty", "pairs": "pair", "locked": "locked cell",
}  # fmt: skip
"""Keys that hold entries, and what one of them is called."""

Spots = Mapping[str, Sequence[Fault]]
"""By key the place of each entry: a fault that says nothing yet."""


def spots_of(loaded: Loaded[Scenario], above: Path | None) -> Spots:
    """Where every entry stands; `above` is a table of people that stands for the scenario's own."""
    return {key: tuple(_spots(loaded, key, above if key == "people" else None)) for key in ENTRIES}


def _spots(loaded: Loaded[Scenario], key: str, above: Path | None) -> Iterator[Fault]:
    roster = loaded.value.roster
    if above is None:
        for at in range(len(getattr(roster, key, ()))):
            yield loaded.fault(("roster", key, at), "")
    try:
        named = getattr(roster, f"{key}_file", None)
        path = above or (loaded.file(("roster", f"{key}_file")) if named else None)
        rows = csv.reader(lines_of(path)) if path is not None else iter(())
    except ScenarioError:
        return  # told by whoever reads the table
    for line, cells in enumerate(rows, start=1):
        if line > 1 and any(cells) and path is not None:
            yield Fault(path.name, line, 1, "", "")


@dataclass(slots=True)
class Placed:
    """Everything wrong with entries, told at once, each at its place."""

    spots: Spots = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    def add(self, key: str, number: int, message: str, hint: str = "") -> None:
        """One more, of the entry with this number, from 1."""
        there = self.spots.get(key, ())
        if number <= len(there):
            self.found.append(replace(there[number - 1], message=message, hint=hint))
        else:
            self.found.append(Fault("", 0, 0, "", f"{ENTRIES[key]} {number}: {message}", hint))

    def settle(self) -> None:
        """Raises ScenarioError if there are any."""
        if self.found:
            raise ScenarioError(self.found)
