"""What a replan changed, in the words that go to those concerned, read back from the folder's `changes.csv`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from optimizer.replanning.differences import COLUMNS, Difference
from optimizer.replanning.story import Told, story
from optimizer.saved import PlanFolderError

CHANGES: Final = "changes.csv"


def changes(folder: Path) -> tuple[Told, ...]:
    """One line for each thing to tell somebody, by day; none for a plan that replaces no other.

    Raises PlanFolderError where the file is not as it was written.
    """
    path = folder / CHANGES
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file)) or [[]]
    if tuple(header) != COLUMNS:
        raise PlanFolderError(f"{path}: line 1: must be {','.join(COLUMNS)}; replan again")
    return tuple(story([_difference(path, line, row) for line, row in enumerate(rows, start=2)]))


def _difference(path: Path, line: int, row: list[str]) -> Difference:
    try:
        kind, place, who, contract, shift, day, before, absent, after, _ = row
        figures = float(before), float(after), float(absent)
    except ValueError as error:
        raise PlanFolderError(f"{path}: line {line}: can't be read; replan again") from error
    return Difference(kind, place, who, contract, shift, day, *figures)
