"""E-roster exports as tables of duties, with English or Chinese columns, in UTF-8 or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from api.importing.records import Contract, Duty, Imported, Importing, Pseudonyms, Standing, Text

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("unit", "ward", "病区", "科室"),
    "person": ("staff_no", "employee_no", "payroll_no", "工号"),
    "grade": ("grade", "band", "staff_group", "职称"),
    "hours": ("contracted_hours", "hours_per_week", "周工时"),
    "day": ("duty_date", "date", "日期"),
    "begins": ("start", "开始"),
    "ends": ("end", "结束"),
    "standing": ("status", "状态"),
    "source": ("fill_source", "contract", "来源"),
}
"""What each column may be called. Any other column, such as a name, is never read."""

NEEDED: Final = ("unit", "grade", "day", "begins", "ends")

STANDINGS: Final[Mapping[str, Standing]] = {
    "assigned": "worked", "worked": "worked", "在岗": "worked", "": "worked",
    "vacant": "vacant", "unfilled": "vacant", "空缺": "vacant",
    "sick": "sick", "sickness": "sick", "病假": "sick",
}  # fmt: skip
"""Of a status in lower case; any other is taken as leave."""

SOURCES: Final[Mapping[str, Contract]] = {"bank": "bank", "agency": "agency"}
"""Of a fill source in lower case; any other is the own staff."""

DATES: Final = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d")


def is_roster(text: str) -> bool:
    """Whether the first line of a table names a unit, a day and when a duty begins and ends."""
    found = _columns(next(csv.reader(io.StringIO(text.lstrip("\ufeff"))), []))
    return all(name in found for name in NEEDED)


def read_roster(texts: Sequence[Text], pseudonyms: Pseudonyms) -> Imported:
    """Duties out of an export. Raises Importing where no row can be used."""
    notes: list[str] = []
    duties = [duty for each in texts for duty in _duties(each, pseudonyms, notes)]
    if not duties:
        raise Importing(f"{texts[0].file}: no duty that can be used; {'; '.join(notes[:3])}")
    return Imported(duties=duties, notes=notes)


def _columns(header: list[str]) -> dict[str, int]:
    named = {name.strip().lower().replace(" ", "_"): at for at, name in enumerate(header)}
    return {
        what: next(named[name] for name in names if name in named)
        for what, names in COLUMNS.items()
        if any(name in named for name in names)
    }


def _duties(export: Text, pseudonyms: Pseudonyms, notes: list[str]) -> Iterator[Duty]:
    rows = csv.reader(io.StringIO(export.text.lstrip("\ufeff")))
    columns = _columns(next(rows, []))
    for line, cells in enumerate(rows, start=2):
        told = {what: cells[at].strip() if at < len(cells) else "" for what, at in columns.items()}
        if not any(told.values()):
            continue
        day = _day(told["day"])
        if day is None or not told["unit"]:
            lacking = "unit" if not told["unit"] else "date such as 2026-01-05 or 05/01/2026"
            notes.append(
                f"{export.file}:{line}:{columns['day' if told['unit'] else 'unit'] + 1}: no {lacking}; row left out"
            )
            continue
        person = told.get("person", "")
        yield Duty(
            told["unit"], told["grade"], pseudonyms.of(person) if person else "", _hours(told.get("hours", "")), day,
            told["begins"], told["ends"], SOURCES.get(told.get("source", "").lower(), "own"),
            STANDINGS.get(told.get("standing", "").lower(), "leave"),
        )  # fmt: skip


def _day(text: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _hours(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
