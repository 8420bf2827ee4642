"""A phrase such as "6 rn sick 2026-12-09 night at icu" taken apart into the names, days and numbers it holds.

Names are found whatever their case, with or without hyphens, in the plural too; little words are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Final

from optimizer.expansion.case import Case
from optimizer.replanning.errors import EventError
from optimizer.scenario.staff import CONTRACTS

LITTLE: Final = frozenset(
    ("a", "an", "and", "at", "bed", "beds", "day", "days", "each", "elective", "electives", "for", "in", "is", "list",
     "lists", "of", "on", "patient", "patients", "per", "shift", "shifts", "site", "staff", "the", "was", "were",
     "will")
)  # fmt: skip
"""Words that say nothing that the names do not."""

FROM, UNTIL = frozenset({"from", "since"}), frozenset({"to", "until", "till", "through"})
Names = Mapping[str, tuple[str, ...]]
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(%?)")


@dataclass(slots=True)
class Phrase:
    """What a phrase holds. `names` by kind (unit, staff, shift, group, device, site, contract), `words` the others.

    `first` and `last` are the days named: `last` None where the phrase names one day or only the first ("from").
    """

    text: str
    names: dict[str, list[str]] = field(default_factory=dict)
    numbers: list[float] = field(default_factory=list)
    percent: float | None = None
    bay: int | None = None
    words: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    open_ended: bool = False

    @property
    def first(self) -> date:
        """The first day named. Raises EventError where none is."""
        if not self.days:
            raise EventError(f'"{self.text}": on which day? Say it as 2026-12-09 or 9 Dec')
        return min(self.days)

    @property
    def last(self) -> date | None:
        """The last day named; None where only a beginning is."""
        return None if self.open_ended and len(self.days) == 1 else max(self.days, default=None)

    def every_day(self) -> list[date]:
        """Every day from the first to the last."""
        last = self.last or self.first
        return [self.first + timedelta(days=at) for at in range((last - self.first).days + 1)]

    def one(self, kind: str, asked: str) -> str:
        """The one name of a kind. Raises EventError where there is none or more than one."""
        found = self.names.get(kind, [])
        if len(found) != 1:
            told = "names " + " and ".join(found) if found else f"does not say {asked}"
            raise EventError(f'"{self.text}" {told}; {asked}?' if found else f'"{self.text}" {told}')
        return found[0]

    def count(self, default: int | None = None) -> int:
        """The whole number in it. Raises EventError where there is none, or it is no whole number above 0."""
        if not self.numbers and default is not None:
            return default
        if len(self.numbers) != 1 or self.numbers[0] != int(self.numbers[0]) or self.numbers[0] <= 0:
            raise EventError(f'"{self.text}": say how many, as one whole number')
        return int(self.numbers[0])


def names_by_kind(case: Case) -> dict[str, tuple[str, ...]]:
    """Every name that a phrase may hold, by kind."""
    return {
        "unit": case.units,
        "staff": case.staff,
        "shift": tuple(duty.name for duty in case.grid.duties),
        "group": case.groups,
        "device": tuple(case.scenario.devices),
        "site": case.sites,
        "contract": CONTRACTS,
    }


def read_phrase(text: str, case: Case, wanted: Iterable[str], words: Iterable[str]) -> Phrase:
    """Take `text` apart, looking for names of the kinds `wanted` and for `words`.

    Raises EventError naming the first part that is neither, with the names that come near it.
    """
    there = {kind: names for kind, names in names_by_kind(case).items() if kind in set(wanted)}
    known, found = frozenset(words), Phrase(text)
    parts = [part for part in re.split(r"[\s,;:]+|\.\.", text.strip()) if part]
    at = 0
    while at < len(parts):
        at += _take(parts[at:], found, there, known, case)
    return found


def _take(parts: list[str], found: Phrase, there: Names, known: frozenset[str], case: Case) -> int:
    """Read the first of the parts, and those that belong to it; how many were read."""
    part, low = parts[0], parts[0].lower()
    taken = _take_day(parts, found, case) or _take_bay(parts, found) or _take_number(parts, found)
    if taken:
        return taken
    kind, name = _named(part, there)
    if kind:
        found.names.setdefault(kind, []).append(name)
    elif low in known:
        found.words.append(low)
    elif low in FROM:
        found.open_ended = True
    elif low not in LITTLE | UNTIL:
        raise _not_understood(part, found.text, there, known)
    return 1


def _named(part: str, there: Names) -> tuple[str, str]:
    """The kind and the name that a part means: as it stands before any other case or plural; "" where none."""
    for same in (lambda name: name == part, lambda name: _bare(name) in _singular(part)):
        for kind, names in there.items():
            for name in names:
                if same(name):
                    return kind, name
    return "", ""


def _bare(name: str) -> str:
    return re.sub(r"[-_\s]", "", name.lower())


def _singular(part: str) -> set[str]:
    bare = _bare(part)
    return {bare, bare.removesuffix("s"), bare.removesuffix("es"), bare + "s"}


def _take_day(parts: list[str], found: Phrase, case: Case) -> int:
    """A day as 2026-12-09, 9 Dec, 9 December 2026 or Dec 9."""
    if _ISO.fullmatch(parts[0]):
        return _add_day(found, case, parts[0], *map(int, parts[0].split("-")), taken=1)
    for day, month in ((0, 1), (1, 0)):
        if len(parts) > 1 and parts[day].isdecimal() and parts[month][:3].lower() in MONTHS and parts[month].isalpha():
            said_year = len(parts) > 2 and re.fullmatch(r"\d{4}", parts[2])
            number = MONTHS.index(parts[month][:3].lower()) + 1
            year = int(parts[2]) if said_year else _year(case, number)
            said = " ".join(parts[: 3 if said_year else 2])
            return _add_day(found, case, said, year, number, int(parts[day]), taken=3 if said_year else 2)
    return 0


def _year(case: Case, month: int) -> int:
    """The year in which the horizon has such a month; else that of its first day."""
    months = {case.grid.day(day).month: case.grid.day(day).year for day in range(case.grid.committed_days)}
    return months.get(month, case.grid.first_day.year)


def _add_day(found: Phrase, case: Case, said: str, year: int, month: int, day: int, *, taken: int) -> int:
    first, last = case.grid.first_day, case.grid.day(case.grid.committed_days - 1)
    try:
        when = date(year, month, day)
    except ValueError as error:
        raise EventError(f'"{found.text}": {said} is no day of the calendar') from error
    if not first <= when <= last:
        raise EventError(f'"{found.text}": {said} lies outside the plan, which runs from {first} to {last}')
    found.days.append(when)
    return taken


def _take_bay(parts: list[str], found: Phrase) -> int:
    if parts[0].lower() == "bay" and len(parts) > 1 and parts[1].isdecimal():
        found.bay = int(parts[1])
        return 2
    return 0


def _take_number(parts: list[str], found: Phrase) -> int:
    said = _NUMBER.fullmatch(parts[0].lstrip("+"))
    if said is None:
        return 0
    after = parts[1].lower() if len(parts) > 1 else ""
    if said[2] or after in ("%", "percent"):
        found.percent = float(said[1])
        return 1 if said[2] else 2
    found.numbers.append(float(said[1]))
    return 1


def _not_understood(part: str, text: str, there: Names, known: frozenset[str]) -> EventError:
    names = {name.lower(): name for each in there.values() for name in each} | {word: word for word in known}
    close = [names[each] for each in get_close_matches(part.lower(), list(names), n=3, cutoff=0.5)]
    hint = f"did you mean {' or '.join(close)}?" if close else f"known here: {', '.join(sorted(names.values())[:12])}"
    return EventError(f'"{text}": {part} is not understood; {hint}')


def day_words(day: date | str) -> str:
    """Thu 16 Mar, in English whatever the machine's language is."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[when.weekday()]
    return f"{weekday} {when.day} {MONTHS[when.month - 1].title()}"
