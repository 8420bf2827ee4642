"""Shortfalls as a list to act on: where, when, who, how many, which rule gives way, the cheapest cure and its price."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.views.board import Board
from optimizer.plan import Shortfall
from optimizer.scenario.model import Scenario

RULES: Final[Mapping[str, str]] = {
    "person-hours": "cover is met",
    "patient-days": "patients fit open beds",
    "bed-days": "patients fit open beds",
    "devices": "patients have their devices",
    "device-days": "patients have their devices",
    "requests": "requests are served or wait",
}
"""The rule that a shortfall breaks at its price, by the measure it is told in."""

_DUTY: Final = re.compile(r"one more (own|overtime|bank|agency) duty at ([\d,]+)")


@dataclass(frozen=True, slots=True)
class Cure:
    """One more of something that would end a part of it, and its price in currency.

    `what` is duty, move, rent, bed or slot; `who` a contract, a kind of device or a unit; `within` is False where a
    limit of the scenario would have to give way first.
    """

    what: str
    who: str
    price: float
    within: bool


@dataclass(frozen=True, slots=True)
class Shortage:
    """A shortfall, the rule it breaks and its cheapest cure; None where none is priced."""

    short: Shortfall
    rule: str
    cure: Cure | None


def shortages(board: Board, prices: str) -> tuple[Shortage, ...]:
    """Every shortfall of a plan, the dearest first; `prices` is the text of its prices.csv."""
    book = _Book.of(board, prices)
    return tuple(
        Shortage(each, RULES.get(each.measure, ""), CURES.get(each.measure, _no_cure)(book, each))
        for each in board.said.shortfalls
    )


@dataclass(frozen=True, slots=True)
class _Book:
    """What cures are looked up in: `own` prices by resource, unit, who, day and shift; days by how they are said."""

    scenario: Scenario
    own: Mapping[tuple[str, ...], float]
    days: Mapping[str, str]

    @classmethod
    def of(cls, board: Board, prices: str) -> _Book:
        own: dict[tuple[str, ...], float] = {
            (row["resource"], row["unit"], row["who"], row["day"], row["shift"]): float(row["own_price"])
            for row in csv.DictReader(io.StringIO(prices))
            if row["own_price"]
        }
        grid = board.saved.case.grid
        labels = (grid.day_label(day) for day in range(grid.committed_days))
        days = {_said_day(grid.day(at)) if grid.dated else label: label for at, label in enumerate(labels)}
        return cls(board.saved.scenario, own, days)


def _said_day(day: object) -> str:
    """A day as shortfalls say it: Sun 26 Mar."""
    return f"{day:%a} {day.day} {day:%b}"  # type: ignore[attr-defined]


def _duty(book: _Book, short: Shortfall) -> Cure | None:
    """The cheapest duty that nothing but its price stops; else one more of the shift's, were a limit to give way."""
    priced = [(float(price.replace(",", "")), contract) for contract, price in _DUTY.findall(short.because)]
    if priced:
        price, contract = min(priced)
        return Cure("duty", contract, price, within=True)
    shift, _, day = short.when.partition(" of ")
    who = next((name for name in book.scenario.staff if f" {name} " in short.what), "")
    own = book.own.get(("duties", short.unit, who, book.days.get(day, day), shift))
    return None if own is None else Cure("duty", who, own, within=False)


def _bed(book: _Book, short: Shortfall) -> Cure | None:
    """The cheapest escalation bed anywhere on that day."""
    day = book.days.get(short.when, short.when)
    beds = [(price, unit) for (kind, unit, _, when, _), price in book.own.items() if (kind, when) == ("beds", day)]
    return Cure("bed", min(beds)[1], min(beds)[0], within=False) if beds else None


def _rent(book: _Book, short: Shortfall) -> Cure | None:
    """Moving one from the store where some stand there; else renting one more, where the kind can be rented."""
    for name, kind in book.scenario.devices.items():
        if name in short.what and ("moving one there" in short.because or "in store" in short.because):
            return Cure("move", name, kind.move_cost, within=True)
        if name in short.what and kind.rent is not None:
            return Cure("rent", name, kind.rent.cost_per_day, within="rented at most" not in short.because)
    return None


def _slot(book: _Book, short: Shortfall) -> Cure | None:
    """One more extra slot."""
    kind = book.scenario.devices.get(short.unit)
    if kind is None or kind.serving is None or not kind.serving.extra_slots_per_day:
        return None
    return Cure("slot", short.unit, kind.serving.extra_slot_cost, within=False)


def _no_cure(book: _Book, short: Shortfall) -> Cure | None:
    """None is priced."""
    del book, short
    return None


CURES: Final[Mapping[str, Callable[[_Book, Shortfall], Cure | None]]] = {
    "person-hours": _duty,
    "patient-days": _bed,
    "bed-days": _bed,
    "devices": _rent,
    "device-days": _rent,
    "requests": _slot,
}
"""Where the cure of a shortfall is looked for, by its measure."""
