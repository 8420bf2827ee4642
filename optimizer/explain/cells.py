"""Cells of a plan: the people of a group on a shift, a bay, devices at a unit; `KINDS` lists every kind there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.errors import PlanningError
from optimizer.scenario.locked import (
    Day,
    Locked,
    LockedBay,
    LockedBeds,
    LockedDevices,
    LockedPatients,
    LockedPeople,
    LockedRent,
)
from optimizer.scenario.staff import CONTRACTS, Contract

Names = Mapping[str, str]
"""By axis the name meant."""


class CellError(PlanningError):
    """Words that name no cell of the plan; the message says which word, what was perhaps meant, and the grammar."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a cell is held to: at least and at most so many, None where there is no such end."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class CellKind:
    """A kind of cell: the axes that name it, those that may be left out, how it is written and said, its entry."""

    needs: tuple[str, ...]
    may: tuple[str, ...]
    grammar: str
    thing: str
    say: Callable[[Names], str]
    entry: Callable[[Names, Day, Bounds], Locked]


def _contract(names: Names) -> Contract | None:
    return next((each for each in CONTRACTS if each == names.get("contract")), None)


KINDS: Final[Mapping[str, CellKind]] = {
    "people": CellKind(
        ("staff", "unit", "shift", "day"), ("contract",), "[CONTRACT] STAFF on UNIT SHIFT DAY", "{staff}",
        lambda names: " ".join(filter(None, (names.get("contract"), names["staff"]))),
        lambda names, day, hold: LockedPeople(
            unit=names["unit"], staff=names["staff"], shift=names["shift"], day=day, contract=_contract(names),
            least=hold.least, most=hold.most,
        ),
    ),
    "bay": CellKind(
        ("bay", "unit", "day"), (), "bay NUMBER of UNIT on DAY", "bay",
        lambda names: f"bay {names['bay']}",
        lambda names, day, hold: LockedBay(
            unit=names["unit"], bay=int(names["bay"]), day=day, least=hold.least, most=hold.most
        ),
    ),
    "beds": CellKind(
        ("beds", "unit", "day"), (), "escalation beds on UNIT on DAY", "escalation bed",
        lambda names: "escalation beds",
        lambda names, day, hold: LockedBeds(unit=names["unit"], day=day, least=hold.least, most=hold.most),
    ),
    "devices": CellKind(
        ("device", "unit", "day"), (), "DEVICE at UNIT on DAY", "{device}",
        lambda names: names["device"],
        lambda names, day, hold: LockedDevices(
            device=names["device"], unit=names["unit"], day=day, least=hold.least, most=hold.most
        ),
    ),
    "rented": CellKind(
        ("device", "rented", "site", "day"), (), "DEVICE rented at SITE on DAY", "{device} rented",
        lambda names: f"rented {names['device']}",
        lambda names, day, hold: LockedRent(
            device=names["device"], site=names["site"], day=day, least=hold.least, most=hold.most
        ),
    ),
    "patients": CellKind(
        ("group", "unit", "day"), (), "PATIENT-GROUP in UNIT on DAY", "{group} patient",
        lambda names: f"{names['group']} patients",
        lambda names, day, hold: LockedPatients(
            group=names["group"], unit=names["unit"], day=day, least=hold.least, most=hold.most
        ),
    ),
}  # fmt: skip
"""Every kind of cell, by the name that `optimizer.expansion.locked` gives it."""


@dataclass(frozen=True, slots=True)
class PlanCell:
    """One cell of a plan: its kind, the names that make it up, and the day."""

    kind: str
    names: Names
    day: Day
    where: str

    @property
    def thing(self) -> str:
        """What is counted in it, one of them: rn, bay, escalation bed, pump."""
        return KINDS[self.kind].thing.format_map(dict(self.names))

    def __str__(self) -> str:
        """As planners say it: agency rn on ICU, night of Wed 9 Dec."""
        return f"{KINDS[self.kind].say(self.names)} {self.where}"

    def held(self, bounds: Bounds) -> Locked:
        """The scenario's entry that holds the cell to these bounds."""
        return KINDS[self.kind].entry(self.names, self.day, bounds)
