"""The duties of a capacity plan's own people, pool by pool: what a roster of them has to cover.

A pool is a staff group of one home unit. Bank and agency duties are booked by themselves and left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from optimizer.roster.hospital_clock import Clock
from optimizer.roster.hospital_problem import Slot
from optimizer.saved import SavedPlan
from optimizer.scenario.horizon import OFF, ON_CALL
from optimizer.scenario.model import Scenario
from optimizer.tables import Table

EMPLOYED: Final = ("own", "overtime")
"""Contracts on which a team's own people work."""

Key = tuple[str, str, str, int]
"""Staff group, home unit, shift, day."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A staff group of one home unit, with the duties planned for it."""

    group: str
    unit: str
    slots: tuple[Slot, ...]

    @property
    def name(self) -> str:
        """As files and summaries call it."""
        return f"{self.unit}-{self.group}"

    @property
    def planned(self) -> int:
        """Duties planned in all."""
        return sum(slot.wanted for slot in self.slots)


def pools(saved: SavedPlan, clock: Clock, under: float | None, over: float) -> tuple[Pool, ...]:
    """Every pool that has duties on the days committed to; each person missing costs `under`, each too many `over`."""
    duties: dict[Key, float] = defaultdict(float)
    for key, people in _employed(saved):
        duties[key] += people
    away = _away(saved)
    slots: dict[tuple[str, str], list[Slot]] = defaultdict(list)
    for (group, unit, shift, day), people in sorted(duties.items(), key=lambda pair: (pair[0][3], pair[0])):
        left = people
        for place, moved in away.get((group, unit, shift, day), {}).items():
            moved = min(moved, left)
            left -= moved
            slots[unit, group] += _slots(clock, (group, unit, shift, day), moved, place, under, over)
        slots[unit, group] += _slots(clock, (group, unit, shift, day), left, "", under, over)
    return tuple(Pool(group, unit, tuple(found)) for (unit, group), found in slots.items() if found)


def _slots(
    clock: Clock, key: Key, people: float, place: str, under: float | None, over: float
) -> Iterator[Slot]:  # fmt: skip
    group, unit, shift, day = key
    if round(people, 6) >= 1:
        stint = clock.stint(shift, day)
        yield Slot(
            stint.day, stint.shift, stint.start, stint.end, stint.paid, stint.night, unit, group,
            int(round(people, 6)), under, over, "", place,
        )  # fmt: skip


def _employed(saved: SavedPlan) -> Iterator[tuple[Key, float]]:
    """People of each pool who start each shift on each day, lines of several days laid out."""
    scenario, table = saved.scenario, saved.tables.get("staff")
    for row in table.records() if isinstance(table, Table) else ():
        if row["contract"] not in EMPLOYED:
            continue
        for offset, shift in enumerate(_shifts(scenario, str(row["line"]))):
            day = day_number(scenario, str(row["day"])) + offset
            if shift not in (OFF, ON_CALL) and 0 <= day < scenario.horizon.committed_days:
                yield (str(row["staff"]), str(row["unit"]), shift, day), float(row["people"])


def _shifts(scenario: Scenario, line: str) -> tuple[str, ...]:
    pattern = scenario.patterns.get(line)
    return tuple(pattern.days) if pattern is not None else (line,)


def day_number(scenario: Scenario, label: str) -> int:
    """A day of a table as a number; a cycle's days are told by their names."""
    if scenario.horizon.start is not None:
        return (date.fromisoformat(label) - scenario.horizon.start).days
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return names.index(label) if label in names else 0


def _away(saved: SavedPlan) -> Mapping[Key, Mapping[str, float]]:
    """People of each pool who work a shift elsewhere, or in a lower role, by where and as what."""
    found: dict[Key, dict[str, float]] = defaultdict(dict)
    table = saved.tables.get("on_duty")
    for row in table.records() if isinstance(table, Table) else ():
        group, home, unit, role = (str(row[name]) for name in ("staff", "home", "unit", "role"))
        place = " as ".join((unit,) if role == group else (unit, role))
        key = group, home, str(row["shift"]), day_number(saved.scenario, str(row["day"]))
        found[key][place] = found[key].get(place, 0.0) + float(row["people"])
    return found
