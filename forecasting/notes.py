"""What was wrong with a history and how it was cured: notes with a place, long runs of equal ones folded into one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

FOLD_AFTER = 3
"""More equal notes than this become one note with a count and the first rows."""

CUTS = "cuts into pieces"
"""The kind of fault that is never folded: each piece of a series matters by itself."""


@dataclass(frozen=True, slots=True)
class CleaningNote:
    """One cured fault. `line` counts from 1 with the header as line 1; `column` is the cell's first character."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}  warning: {self.message}"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault before folding: faults of one `kind` (say ``rows with no value``) are folded together.

    `when` is the day or time it concerns, `before` what stood there and `after` what is read instead ("" is nothing).
    """

    line: int
    column: int
    kind: str
    message: str
    when: str = ""
    before: str = ""
    after: str = ""


def fold(file: str, faults: Iterable[Fault]) -> tuple[CleaningNote, ...]:
    """Notes in file order, where a kind that occurs more than `FOLD_AFTER` times is one note at its first place."""
    by_kind = groupby(sorted(faults, key=lambda fault: (fault.kind, fault.line)), key=lambda fault: fault.kind)
    notes = [note for kind, same in by_kind for note in _folded(file, kind, list(same))]
    return tuple(sorted(notes, key=lambda note: (note.line, note.column, note.message)))


def _folded(file: str, kind: str, same: list[Fault]) -> list[CleaningNote]:
    """The notes of one kind: each by itself when few, else one that counts them and names the first lines."""
    if len(same) <= FOLD_AFTER or kind == CUTS:
        return [CleaningNote(file, fault.line, fault.column, fault.message) for fault in same]
    first = same[0]
    lines = ", ".join(str(fault.line) for fault in same[:FOLD_AFTER])
    message = f"{len(same)} {kind}, at lines {lines} and on; the first: {first.message}"
    return [CleaningNote(file, first.line, first.column, message)]
