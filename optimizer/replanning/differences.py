"""What differs between two plans, counted from their tables alone: who is to be told, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.expansion.case import Case
from optimizer.tables import Table, figure

SMALLEST: Final = 1e-6
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that differs: `before` and `after` in people, bays or cases, `missing` of them absent by the events.

    `kind` is shift, bay or case; `place` a unit or patient group; `who` a staff group, a bay or the day booked;
    `contract` and `shift` are empty save for people. `changes` is what it counts as: for people and bays the difference
    from those told who do come, for a case only where it is missing.
    """

    kind: str
    place: str
    who: str
    contract: str
    shift: str
    day: str
    before: float
    after: float
    missing: float = 0.0

    @property
    def changes(self) -> float:
        """How many changes it is: people, bay-days or cases."""
        told = max(self.before - self.missing, 0.0)
        return max(told - self.after, 0.0) if self.kind == "case" else abs(self.after - told)


def differences(case: Case, before: Mapping[str, Table], after: Mapping[str, Table]) -> tuple[Difference, ...]:
    """Every cell on committed days that differs, or in which somebody is absent; `case` is that of the plan after."""
    found: list[Difference] = []
    missing = _missing(case)
    committed = {case.grid.day_label(day) for day in range(case.grid.committed_days)}
    for kind, cells in CELLS.items():
        old, new = (dict(cells(tables)) for tables in (before, after))
        gone = missing if kind == "shift" else {}
        for key in sorted({*old, *new, *gone}, key=lambda key: (key[-1], key)):
            place, who, contract, shift, day = key
            figures = old.get(key, 0.0), new.get(key, 0.0), gone.get(key, 0.0)
            each = Difference(kind, place, who, contract, shift, day, *figures)
            if day in committed and (abs(each.after - each.before) > SMALLEST or each.missing > 0):
                found.append(each)
    return tuple(found)


def count(found: tuple[Difference, ...]) -> float:
    """How many changes there are."""
    return round(sum(each.changes for each in found), 6)


def uncounted(case: Case, before: Mapping[str, Table], after: Mapping[str, Table]) -> dict[str, int]:
    """How many figures that nobody was told differ on committed days, by table: duties away from home, device moves."""
    committed = {case.grid.day_label(day) for day in range(case.grid.committed_days)}
    found = {}
    for name, value in UNCOUNTED.items():
        old, new = (_figures(tables, name, value, committed) for tables in (before, after))
        found[name] = sum(abs(new.get(key, 0.0) - old.get(key, 0.0)) > SMALLEST for key in {*old, *new})
    return {name: differing for name, differing in found.items() if differing}


UNCOUNTED: Final = {"on_duty": "people", "device_moves": "devices"}
"""Tables of what is decided from shift to shift, with their figure: no change of what was published."""


def _figures(tables: Mapping[str, Table], name: str, value: str, days: set[str]) -> dict[Key, float]:
    rows = tables[name].records() if name in tables else ()
    return {
        tuple(str(cell) for column, cell in row.items() if column != value): float(row[value])
        for row in rows
        if str(row["day"]) in days
    }


def _missing(case: Case) -> dict[Key, float]:
    """People absent, by (unit, staff, contract, shift, day)."""
    return {
        (each.unit, name, each.contract, each.shift, each.day.isoformat()): each.people
        for name, group in case.scenario.staff.items()
        for each in group.absences
    }


def _shifts(tables: Mapping[str, Table]) -> Iterator[tuple[Key, float]]:
    for row in tables["staff"].records() if "staff" in tables else ():
        key = (row["unit"], row["staff"], row["contract"], row["line"], row["day"])
        yield tuple(map(str, key)), float(row["people"])


def _bays(tables: Mapping[str, Table]) -> Iterator[tuple[Key, float]]:
    for row in tables["bays"].records() if "bays" in tables else ():
        if float(row["open"]) > 0:
            yield (str(row["unit"]), f"bay {row['bay']}", "", "", str(row["day"])), float(row["open"])


def _cases(tables: Mapping[str, Table]) -> Iterator[tuple[Key, float]]:
    for row in tables["electives"].records() if "electives" in tables else ():
        yield (str(row["group"]), f"booked {row['booked']}", "", "", str(row["done"])), float(row["cases"])


CELLS: Final = {"shift": _shifts, "bay": _bays, "case": _cases}
"""Cells that people are told of, by kind: the table they stand in, read as figures by key."""


def rows(found: tuple[Difference, ...]) -> tuple[tuple[str | float | int, ...], ...]:
    """Rows of `changes.csv`, in the columns of `COLUMNS`."""
    return tuple(
        (
            each.kind, each.place, each.who, each.contract, each.shift, each.day, figure(each.before),
            figure(each.missing), figure(each.after), figure(each.changes),
        )
        for each in found
    )  # fmt: skip


COLUMNS: Final = ("what", "place", "who", "contract", "shift", "day", "before", "absent", "after", "changes")
