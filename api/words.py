"""How figures and things are called in what planners read: tables of words, and numbers as people write them."""

from __future__ import annotations

import math
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

WIDTH: Final = 100
"""Columns that every printed line fits into."""
NARROWEST: Final = 60
"""Columns below which a terminal has to break lines itself."""

COSTS: Final[Mapping[str, str]] = {
    "staff.own": "own shifts",
    "staff.engaged": "people engaged",
    "staff.overtime": "overtime",
    "staff.bank": "bank",
    "staff.agency": "agency",
    "staff.float": "floating",
    "staff.hours_owed": "hours owed",
    "staff.changes": "changed shifts",
    "beds.changes": "changed bays",
    "electives.changes": "changed operating days",
    "staff.short": "staff short",
    "beds.escalation": "escalation",
    "beds.opening": "opening bays",
    "beds.overflow": "beds beyond those open",
    "patients.boarded": "boarding",
    "patients.outliers": "outliers",
    "patients.moved": "moving patients",
    "patients.diverted": "diverting",
    "electives.postponed": "postponing",
    "electives.cancelled": "cancelling",
    "electives.backlog": "elective backlog",
    "devices.rent": "rent",
    "devices.moves": "moving devices",
    "devices.short": "devices short",
    "services.extra": "extra slots",
    "services.backlog": "slot backlog",
    "beyond_horizon": "days beyond the horizon",
    "other_futures": "other futures than the expected",
}
"""What each cost item is called."""


def cost_name(item: str) -> str:
    """A cost item in words; one that `COSTS` does not know keeps its last name."""
    return COSTS.get(item, item.rpartition(".")[2].replace("_", " "))


def money(value: float) -> str:
    """1,284,310 or 20.75: whole units from a hundred on."""
    if abs(value) >= 100 or abs(value - round(value)) < 0.005:
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def percent_at_most(share: float) -> str:
    """A share in per cent, rounded up to two digits so that it never promises too much: 0.01832 is 1.9 %."""
    if share <= 0:
        return "0 %"
    digits = max(0, 1 - math.floor(math.log10(share * 100)))
    step = 10.0**-digits
    return f"{math.ceil(round(share * 100 / step, 6)) * step:.{digits}f} %"


def percent(share: float, digits: int = 0) -> str:
    """A share in per cent: 0.7926 is 79 %."""
    return f"{share * 100:.{digits}f} %"


def day_name(day: date) -> str:
    """13 Mar 2023, in English whatever the machine's language is."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day} {months[day.month - 1]} {day.year}"


def day_of(label: str, *, year: bool = False) -> str:
    """A day's label in tables as people read it: 13 Mar (2023); the weekday of a cycle as it is."""
    try:
        said = day_name(date.fromisoformat(label))
    except ValueError:
        return label
    return said if year else said.rpartition(" ")[0]


def count(number: int, thing: str) -> str:
    """1 day, 14 days."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def width() -> int:
    """Columns for lines that are printed now: as many as a narrower terminal has, else WIDTH."""
    if not sys.stdout.isatty():
        return WIDTH
    return min(WIDTH, max(NARROWEST, shutil.get_terminal_size((WIDTH, 24)).columns))


def shown_width(text: str) -> int:
    """Columns a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int) -> str:
    """A text with blanks up to so many columns."""
    return text + " " * max(0, columns - shown_width(text))


def columned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows of cells, each padded to the widest of its column, the last one as it is."""
    widths = [max(map(shown_width, column)) for column in zip(*rows, strict=True)]
    return [[*(padded(cell, width) for cell, width in zip(row[:-1], widths, strict=False)), row[-1]] for row in rows]


def figured(rows: Sequence[Sequence[str]], apart: str = "  ") -> list[str]:
    """Rows of cells as lines: names to the left, figures to the right of their column."""
    widths = [max(map(shown_width, column)) for column in zip(*rows, strict=True)]
    return [
        apart.join(
            [padded(row[0], widths[0]), *(each.rjust(width) for each, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]


def wrapped(text: str, indent: str = "", hanging: str = "") -> list[str]:
    """A text broken into lines that fit, later ones under `hanging`; what has no blanks is broken anywhere."""
    lines, apart, most = [indent], "", width()
    for word in _pieces(text, most - max(len(indent), len(hanging))):
        if shown_width(lines[-1]) + len(apart) + shown_width(word) <= most:
            lines[-1] += apart + word
        else:
            lines.append(hanging + word)
        apart = " "
    return lines


def _pieces(text: str, most: int) -> Iterator[str]:
    """The words of a text, a figure with its per cent sign as one, those wider than `most` columns cut into pieces."""
    for word in re.split(r"\s+(?!%)", text.strip()):
        piece = ""
        for letter in word:
            if shown_width(piece + letter) > most:
                yield piece
                piece = ""
            piece += letter
        yield piece


def cut(text: str, most: int | None = None) -> str:
    """A text on one line of at most so many columns (those there are), its end left out where it does not fit."""
    most = width() if most is None else most
    if shown_width(text) <= most:
        return text
    while shown_width(text) > most - 4:
        text = text[:-1]
    return f"{text.rstrip()} ..."


def joined(head: str, parts: Iterable[str], hanging: str = "") -> list[str]:
    """A heading and parts beside one another, two blanks apart, broken between parts only."""
    lines, apart, most = [cut(head)], " ", width()
    for each in parts:
        part = cut(each, most - len(hanging))
        if shown_width(lines[-1]) + len(apart) + shown_width(part) <= most:
            lines[-1] += apart + part
        else:
            lines.append(hanging + part)
        apart = "  "
    return lines
