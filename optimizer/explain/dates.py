"""Days in planners' words: 2026-12-09, 9 Dec, Wednesday 9 December 2026, or wednesday where the plan has only one."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from optimizer.expansion.case import Case
from optimizer.explain.cells import CellError
from optimizer.scenario.faults import either
from optimizer.scenario.horizon import WEEKDAYS
from optimizer.scenario.locked import Day

_ISO: Final = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")
_SPOKEN: Final = re.compile(
    r"\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s+(\d{4}))?\b",
    re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def take_day(case: Case, text: str) -> tuple[str, str | None]:
    """The text without its day, and the day's label: 2026-12-09, 9 Dec, Wednesday 9 December 2026, or wednesday."""
    for pattern, read in ((_ISO, _iso), (_SPOKEN, _spoken)):
        found = pattern.search(text)
        if found is not None:
            label = read(case, found)
            if label not in _labels(case):
                first, last = _labels(case)[0], _labels(case)[-1]
                raise CellError(f"{found[0]} is not a day of the plan, which goes from {first} to {last}")
            return text[: found.start()] + " " + text[found.end() :], label
    if len(_labels(case)) == 1:
        return re.sub(r"\bday\b", " ", text), _labels(case)[0]
    return _take_weekday(case, text)


def _take_weekday(case: Case, text: str) -> tuple[str, str | None]:
    """A weekday says which day where the plan has it once."""
    for word in re.findall(r"[A-Za-z]+", text):
        full = [name for name in WEEKDAYS if len(word) >= 3 and name.startswith(word.lower())]
        days = [at for at in range(case.grid.committed_days) if full and WEEKDAYS[case.grid.weekday(at)] == full[0]]
        if len(days) > 1:
            listed = [case.grid.day_label(at) for at in days]
            raise CellError(f"the plan has {len(days)} days called {word}: say {either(listed)}")
        if days:
            return re.sub(rf"\b{word}\b", " ", text, count=1), case.grid.day_label(days[0])
    return text, None


def _iso(case: Case, found: re.Match[str]) -> str:
    return found[1]


def _spoken(case: Case, found: re.Match[str]) -> str:
    """The year goes without saying where only one of the plan's fits."""
    day, month = int(found[1]), _MONTHS.index(found[2].lower()[:3]) + 1
    years = [int(found[3])] if found[3] else sorted({case.grid.day(at).year for at in range(case.grid.days)})
    labels = [f"{year:04d}-{month:02d}-{day:02d}" for year in years]
    return next((label for label in labels if label in _labels(case)), labels[0])


def _labels(case: Case) -> list[str]:
    return [case.grid.day_label(at) for at in range(case.grid.committed_days)]


def as_day(case: Case, label: str) -> Day:
    """The day of a label, as a scenario writes it."""
    if case.grid.dated:
        return date.fromisoformat(label)
    return next((name for name in WEEKDAYS if name == label), "day")


def day_words(case: Case, label: str) -> str:
    """The day of a label as planners say it: Wed 9 Dec."""
    if not case.grid.dated:
        return label
    day = date.fromisoformat(label)
    return f"{day:%a} {day.day} {day:%b}"
