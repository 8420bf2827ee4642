"""What was imported as tables to plan from: counts by unit and day, stays by pseudonym, teams, beds, today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import fmean

from api.importing.records import Bed, Duty, Imported, Movement
from optimizer.drafting.draft import keys_of
from optimizer.tables import Cell, Table


def together(parts: Sequence[Imported]) -> Imported:
    """Several files as one."""
    return Imported(
        [each for part in parts for each in part.movements], [each for part in parts for each in part.beds],
        [each for part in parts for each in part.duties], [each for part in parts for each in part.notes],
        max((_until(part) for part in parts if part.movements), default=None),
    )  # fmt: skip


def files(found: Imported) -> Mapping[str, str]:
    """Each table by file name; only those that there is something for."""
    made: dict[str, str] = {}
    if found.movements:
        made["census.csv"] = _table("census", ("date", "unit", "patients"), census_rows(found))
        made["stays.csv"] = _table("stays", ("visit", "unit", "admitted", "discharged"), stay_rows(found.movements))
        made["today.yaml"] = today_text(found)
    if found.beds:
        made["beds.csv"] = _table("beds", ("unit", "beds", "open", "occupied"), bed_rows(found.beds))
    if found.duties:
        made["staff.csv"] = _table("staff", ("unit", "staff", "people", "hours_per_week"), team_rows(found.duties))
        heads = ("unit", "staff", "date", "start", "end", "contract", "status", "people")
        made["duties.csv"] = _table("duties", heads, duty_rows(found.duties))
    return made


def census_rows(found: Imported) -> Iterator[tuple[Cell, ...]]:
    """Patients in each unit at the midnight that ends each day, from the first day to the last that is whole."""
    movements = found.movements
    first, last = min(each.begins for each in movements).date(), _until(found).date()
    units = sorted({each.unit for each in movements})
    coming: Counter[tuple[int, str]] = Counter()
    for each in movements:
        coming[(each.begins.date() - first).days, each.unit] += 1
        if each.ends is not None:
            coming[(each.ends.date() - first).days, each.unit] -= 1
    there = dict.fromkeys(units, 0)
    for number in range((last - first).days):
        for unit in units:
            there[unit] += coming[number, unit]
            yield (first + timedelta(days=number)).isoformat(), unit, there[unit]


def _until(found: Imported) -> datetime:
    """When the files end; that day is not whole."""
    return max(found.until or datetime.min, *(each.ends or each.begins for each in found.movements))


def stay_rows(movements: Sequence[Movement]) -> Iterator[tuple[Cell, ...]]:
    """Each visit from its first bed to its last; no day of discharge while it lasts."""
    visits: dict[str, list[Movement]] = {}
    for each in sorted(movements, key=lambda movement: movement.begins):
        visits.setdefault(each.visit, []).append(each)
    for visit, parts in visits.items():
        ends = [part.ends for part in parts]
        gone = "" if None in ends else max(end for end in ends if end is not None).date().isoformat()
        yield visit, parts[0].unit, parts[0].begins.date().isoformat(), gone


def today_text(found: Imported) -> str:
    """Who is in as the file ends, to paste into a scenario drafted from its census: each ward its own patient group."""
    movements = found.movements
    keys = keys_of(sorted({each.unit for each in movements}))
    last = _until(found).date()
    begun: dict[str, date] = {}
    for each in movements:
        begun[each.visit] = min(begun.get(each.visit, last), each.begins.date())
    lines, days = ["today:", "  census:"], ["  days_in:"]
    for unit, key in keys.items():
        there = [each for each in movements if each.unit == unit and each.ends is None]
        if there:
            lines.append(f"    {key}: {{{key}: {len(there)}}}")
            days.append(f"    {key}: {sorted((last - begun[each.visit]).days for each in there)}")
    return "\n".join([*lines, *days] if len(lines) > 2 else ["today: {}"]) + "\n"


def bed_rows(beds: Sequence[Bed]) -> Iterator[tuple[Cell, ...]]:
    """Beds of each unit: all, open, occupied."""
    for unit in sorted({each.unit for each in beds}):
        own = [each for each in beds if each.unit == unit]
        yield unit, len(own), sum(each.open for each in own), sum(each.occupied for each in own)


def team_rows(duties: Sequence[Duty]) -> Iterator[tuple[Cell, ...]]:
    """Own people by unit and grade, heads, and their mean hours a week ("" where the export has none)."""
    people: dict[tuple[str, str], dict[str, float | None]] = {}
    for each in duties:
        if each.contract == "own" and each.person:
            people.setdefault((each.unit, each.grade), {})[each.person] = each.weekly_hours
    for (unit, grade), team in sorted(people.items()):
        hours = [each for each in team.values() if each is not None]
        yield unit, grade, len(team), round(fmean(hours), 2) if hours else ""


def duty_rows(duties: Sequence[Duty]) -> Iterator[tuple[Cell, ...]]:
    """How many duties of each kind."""
    counted = Counter((d.unit, d.grade, d.day.isoformat(), d.begins, d.ends, d.contract, d.standing) for d in duties)
    yield from ((*kind, count) for kind, count in sorted(counted.items()))


def _table(name: str, header: Sequence[str], rows: Iterable[tuple[Cell, ...]]) -> str:
    return Table(name, tuple(header), tuple(rows)).to_csv()
