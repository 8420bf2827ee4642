"""What the readers of roster files share: lines with their numbers, and faults gathered until the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.scenario.faults import Fault, ScenarioError

MOST_BYTES = 64 * 2**20


@dataclass(slots=True)
class Faults:
    """Everything wrong with a file, told at once."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, line: int, column: int, message: str, hint: str = "") -> None:
        """One more, at its place (both from 1)."""
        self.found.append(Fault(self.file, line, column, "", message, hint))

    def settle(self) -> None:
        """Raises ScenarioError if there are any."""
        if self.found:
            raise ScenarioError(self.found)

    def whole(self, line: int, column: int, text: str, what: str) -> int:
        """A whole number of 0 or more; 0 with a fault where it is none."""
        if text.isdecimal():
            return int(text)
        self.add(line, column, f"{what} must be a whole number of 0 or more, got {text!r}")
        return 0


def lines_of(path: Path) -> list[str]:
    """A text file's lines. Raises ScenarioError where it can't be read."""
    faults = Faults(path.name)
    try:
        if path.stat().st_size > MOST_BYTES:
            faults.add(1, 1, f"is over {MOST_BYTES // 2**20} MiB, too large for a roster")
        else:
            return path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        faults.add(1, 1, f"cannot be opened: {error.strerror or error}")
    except UnicodeDecodeError as error:
        faults.add(1, 1, f"is not UTF-8 text (byte {error.start})")
    raise ScenarioError(faults.found)


def cells(line: str, apart: str = ",") -> Iterator[tuple[int, str]]:
    """Each cell of a line with the column it begins in, blanks around it left out."""
    at = 1
    for cell in line.split(apart):
        yield at + len(cell) - len(cell.lstrip()), cell.strip()
        at += len(cell) + len(apart)
