"""Progress for people: one line on a terminal's standard error, rewritten in place; nothing where it is piped."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TextIO

import click

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
    "price what is scarce": "pricing what is scarce",
    "find what clashes": "finding which rules clash",
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


LEADS: Final = ("Cost", "Key figures:", "Short in", "Short nowhere", "What limits most", "Demand:", "No plan")
"""How lines begin that say what follows; they are set bold where a terminal can."""
ALARMS: Final = ("RULES ARE BROKEN",)


def painted(text: str) -> str:
    """A text with its headings bold and what alarms red: on a terminal, unless NO_COLOR is set (no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    for alarm in ALARMS:
        text = text.replace(alarm, click.style(alarm, fg="red", bold=True))
    first, *lines = text.split("\n")
    return "\n".join([click.style(first, bold=True), *map(_led, lines)])


def _led(line: str) -> str:
    lead = next((lead for lead in LEADS if line.startswith(lead)), "")
    return click.style(lead, bold=True) + line[len(lead) :] if lead else line


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
