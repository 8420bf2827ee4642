"""Progress for people: one line on a terminal's standard error, rewritten in place; nothing where it is piped."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TextIO

from api import words
from optimizer.solution import Progress

_CLEAR: Final = "\r\x1b[2K"

STEPS: Final = {
    "forecast": "forecasting demand",
    "build": "building the program",
    "solve": "solving",
    "read back": "reading the answer back",
    "check": "checking the plan",
    "explain": "explaining it",
}
"""What each step of planning is called while it runs."""


@dataclass(slots=True)
class Line:
    """One line of text on `stream` that is rewritten in place."""

    stream: TextIO
    name: str = ""

    def say(self, step: str) -> None:
        """Name the step that begins."""
        self._show(f"{self.name}{STEPS.get(step, step)} ...")

    def watch(self, progress: Progress) -> None:
        """Show how a solve stands."""
        parts = [f"{self.name}solving  {progress.seconds:.0f} s"]
        if progress.incumbent is not None:
            parts.append(f"best {words.money(progress.incumbent)}")
        if progress.bound is not None:
            parts.append(f"at least {words.money(progress.bound)}")
        if progress.gap is not None:
            parts.append(f"gap {words.percent_at_most(progress.gap)}")
        self._show("  ".join(parts))

    def clear(self) -> None:
        """Leave the line empty for whatever is printed next."""
        self._write(_CLEAR)

    def _show(self, text: str) -> None:
        self._write(_CLEAR + text[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


@contextmanager
def progress_line(name: str = "") -> Iterator[Line | None]:
    """The line on standard error, or None where that is no terminal; it is cleared at the end."""
    if not sys.stderr.isatty():
        yield None
        return
    line = Line(sys.stderr, f"{name}: " if name else "")
    try:
        yield line
    finally:
        line.clear()
