"""`locked`: cells of the plan that are decided already: exactly so many, at least so many or at most so many.

A cell is named by the columns of the plan's own tables: people by unit, staff, contract, shift and day; a bay by unit,
bay and day; and so on. Each kind of cell is a class with the one figure that it fixes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from optimizer.scenario.cases import has_a_list
from optimizer.scenario.faults import Problem
from optimizer.scenario.horizon import WEEKDAYS, Weekday
from optimizer.scenario.named import Path, known, site_names, unit_names
from optimizer.scenario.quantities import Amount, Frozen, Name
from optimizer.scenario.staff import Contract

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario

Day = date | Weekday | Literal["day"]
"""A date; in a cycle, which has none, a weekday, or `day` where it has only one."""


class _Locked(Frozen):
    """A figure fixed, or held between `least` and `most`."""

    FIGURE: ClassVar[str]
    least: Amount | None = None
    most: Amount | None = None

    @model_validator(mode="after")
    def _says_how_many(self) -> Self:
        exact, bounded = getattr(self, self.FIGURE) is not None, (self.least, self.most) != (None, None)
        if exact == bounded:
            raise ValueError(f"must say {self.FIGURE}, or instead least, most or both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"asks for at least {self.least:g} and at most {self.most:g}")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and most; the latter infinite where only the least is said."""
        exact = getattr(self, self.FIGURE)
        if exact is not None:
            return float(exact), float(exact)
        return self.least or 0.0, math.inf if self.most is None else self.most


class LockedPeople(_Locked):
    """People who start a shift at a unit, on one contract or on all of them together."""

    FIGURE: ClassVar[str] = "people"
    unit: Name
    staff: Name
    shift: Name = Field(description="a shift; night@20:00 where it has several starts")
    day: Day
    contract: Contract | None = Field(None, description="default: all contracts together")
    people: Amount | None = None


class LockedBay(_Locked):
    """Escalation bay number `bay` of a unit open or shut."""

    FIGURE: ClassVar[str] = "open"
    unit: Name
    bay: Annotated[int, Field(ge=1)]
    day: Day
    open: bool | None = None


class LockedBeds(_Locked):
    """Escalation beds open at a unit."""

    FIGURE: ClassVar[str] = "escalation"
    unit: Name
    day: Day
    escalation: Amount | None = None


class LockedPatients(_Locked):
    """Patients of a group present in a unit."""

    FIGURE: ClassVar[str] = "present"
    group: Name
    unit: Name
    day: Day
    period: Annotated[int, Field(ge=0, le=23)] | None = Field(None, description="default: every period of the day")
    present: Amount | None = None


class LockedDevices(_Locked):
    """Devices of a kind held at a unit."""

    FIGURE: ClassVar[str] = "held"
    device: Name
    unit: Name
    day: Day
    period: Annotated[int, Field(ge=0, le=23)] | None = Field(None, description="default: every period of the day")
    held: Amount | None = None


class LockedRent(_Locked):
    """Devices of a kind rented at a site."""

    FIGURE: ClassVar[str] = "rented"
    device: Name
    site: Name
    day: Day
    period: Annotated[int, Field(ge=0, le=23)] | None = Field(None, description="default: every period of the day")
    rented: Amount | None = None


class LockedCases(_Locked):
    """Elective cases of a group booked for one day and done on it or on a later one."""

    FIGURE: ClassVar[str] = "cases"
    group: Name
    booked: Day
    done: Day
    cases: Amount | None = None


Locked = LockedPeople | LockedBay | LockedBeds | LockedPatients | LockedDevices | LockedRent | LockedCases


def day_number(scenario: Scenario, day: Day) -> int | None:
    """Number of a committed day from 0; None where the plan has no such day."""
    horizon = scenario.horizon
    if isinstance(day, date):
        number = (day - horizon.start).days if horizon.start is not None else -1
    else:
        names = {"day": ("day",), "week": WEEKDAYS, None: ()}[horizon.cycle]
        number = names.index(day) if day in names else -1
    return number if 0 <= number < horizon.committed_days else None


def locked_agrees(scenario: Scenario) -> Iterator[Problem]:
    """Every locked cell is one that the plan has."""
    names = {
        "unit": unit_names(scenario), "staff": tuple(scenario.staff), "group": tuple(scenario.patients),
        "device": tuple(scenario.devices), "site": site_names(scenario),
    }  # fmt: skip
    words = {"staff": "staff group", "group": "patient group"}
    for at, cell in enumerate(scenario.locked):
        path = ("locked", at)
        for key in type(cell).model_fields:
            said = getattr(cell, key)
            if key in names:
                yield from known((*path, key), [said], names[key], words.get(key, key))
            elif key in ("day", "booked", "done") and day_number(scenario, said) is None:
                yield Problem((*path, key), f"{said} is not a day of the horizon")
        yield from _period_exists(scenario, (*path, "period"), getattr(cell, "period", None))
        yield from _kind_agrees(scenario, path, cell)


def _period_exists(scenario: Scenario, path: Path, period: int | None) -> Iterator[Problem]:
    if period is not None and period >= scenario.horizon.periods_per_day:
        last = scenario.horizon.periods_per_day - 1
        yield Problem(path, f"periods of a day are numbered from 0 to {last}, got {period}")


def _kind_agrees(scenario: Scenario, path: Path, cell: Locked) -> Iterator[Problem]:
    if isinstance(cell, LockedPeople):
        yield from known((*path, "shift"), [cell.shift], _starts(scenario), "shift")
        staff = scenario.staff.get(cell.staff)
        if staff is not None and cell.contract not in (None, "own") and staff.temporary(cell.contract) is None:
            yield Problem((*path, "contract"), f"{cell.staff} has no {cell.contract}")
    elif isinstance(cell, LockedBay) and cell.unit in scenario.units:
        terms = scenario.units[cell.unit].escalation
        bays = len(terms.bays) if terms is not None else 0
        if cell.bay > bays:
            yield Problem((*path, "bay"), f"{cell.unit} has {bays or 'no'} bay{'' if bays == 1 else 's'}")
    elif isinstance(cell, LockedDevices | LockedRent):
        device = scenario.devices.get(cell.device)
        if device is not None and device.serving is not None:
            yield Problem((*path, "device"), f"{cell.device} serves by slots: nobody holds or rents it")
    elif isinstance(cell, LockedCases):
        yield from has_a_list(scenario, (*path, "group"), cell.group)


def _starts(scenario: Scenario) -> list[str]:
    """Every start there is: a shift with one start by its name, of others name@HH:MM."""
    found: list[str] = []
    for name, shift in scenario.shifts.items():
        base = scenario.shifts.get(shift.extends or name)
        found.extend(base.start_labels(name, scenario.horizon) if base is not None else ())
    return found
