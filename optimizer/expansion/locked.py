"""Locked cells by number: which cell of the plan each entry of `locked` is, for program and check alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.expansion.case import Case
from optimizer.scenario.locked import (
    Day,
    Locked,
    LockedBay,
    LockedBeds,
    LockedCases,
    LockedDevices,
    LockedPatients,
    LockedPeople,
    LockedRent,
    day_number,
)
from optimizer.scenario.staff import CONTRACTS, Contract

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """A cell of a plan held between `least` and `most` (perhaps infinite); `at` are its numbers, as `KINDS` tells.

    `contracts` are those whose people count together; empty where the cell is not about people.
    """

    kind: str
    at: Numbers
    least: float
    most: float
    words: str
    contracts: tuple[Contract, ...] = ()


def locks(case: Case) -> tuple[Lock, ...]:
    """Every locked cell of the case's scenario; one that names no period stands for each period of its day."""
    return tuple(lock for cell in case.scenario.locked for lock in _locks(case, cell))


def _locks(case: Case, cell: Locked) -> Iterator[Lock]:
    name, find = KINDS[type(cell)]
    contracts = _contracts(case, cell) if isinstance(cell, LockedPeople) else ()
    for at, words in find(case, cell):
        yield Lock(name, at, *cell.bounds, words, contracts)


Found = Iterator[tuple[Numbers, str]]


def _people(case: Case, cell: LockedPeople) -> Found:
    day = _day(case, cell.day)
    duty = next(at for at, duty in enumerate(case.grid.duties) if duty.name == cell.shift)
    words = f"{cell.unit} {cell.staff} {cell.contract or 'on any contract'} {cell.shift} {case.grid.day_label(day)}"
    yield (case.units.index(cell.unit), case.staff.index(cell.staff), duty, day), words


def _contracts(case: Case, cell: LockedPeople) -> tuple[Contract, ...]:
    there = case.contracts(case.staff.index(cell.staff))
    return tuple(each for each in CONTRACTS if each in there and cell.contract in (None, each))


def _bay(case: Case, cell: LockedBay) -> Found:
    day = _day(case, cell.day)
    yield (
        (case.units.index(cell.unit), cell.bay - 1, day),
        f"{cell.unit} bay {cell.bay} {case.grid.day_label(day)}",
    )


def _beds(case: Case, cell: LockedBeds) -> Found:
    day = _day(case, cell.day)
    yield (case.units.index(cell.unit), day), f"{cell.unit} escalation beds {case.grid.day_label(day)}"


def _patients(case: Case, cell: LockedPatients) -> Found:
    at = case.groups.index(cell.group), case.units.index(cell.unit)
    for period, words in _periods(case, cell.day, cell.period):
        yield (*at, period), f"{cell.group} in {cell.unit} {words}"


def _devices(case: Case, cell: LockedDevices) -> Found:
    at = list(case.scenario.devices).index(cell.device), case.units.index(cell.unit)
    for period, words in _periods(case, cell.day, cell.period):
        yield (*at, period), f"{cell.device} at {cell.unit} {words}"


def _rent(case: Case, cell: LockedRent) -> Found:
    at = list(case.scenario.devices).index(cell.device), case.sites.index(cell.site)
    for period, words in _periods(case, cell.day, cell.period):
        yield (*at, period), f"{cell.device} rented at {cell.site} {words}"


def _cases(case: Case, cell: LockedCases) -> Found:
    booked, done = _day(case, cell.booked), _day(case, cell.done)
    label = case.grid.day_label
    words = f"{cell.group} booked {label(booked)} done {label(done)}"
    yield (case.groups.index(cell.group), booked, done), words


def _periods(case: Case, day: Day, period: int | None) -> Iterator[tuple[int, str]]:
    per_day, number = case.grid.periods_per_day, _day(case, day)
    for at in range(per_day) if period is None else (period,):
        words = f"{case.grid.day_label(number)} period {at}" if per_day > 1 else case.grid.day_label(number)
        yield number * per_day + at, words


def _day(case: Case, day: Day) -> int:
    number = day_number(case.scenario, day)
    if number is None:
        raise ValueError(f"{day} is not a day of the horizon")
    return number


KINDS: Final[Mapping[type[Locked], tuple[str, Callable[..., Found]]]] = {
    LockedPeople: ("people", _people),
    LockedBay: ("bay", _bay),
    LockedBeds: ("beds", _beds),
    LockedPatients: ("patients", _patients),
    LockedDevices: ("devices", _devices),
    LockedRent: ("rented", _rent),
    LockedCases: ("cases", _cases),
}
"""By class of entry its kind, and how its cells are found.

Numbers of a cell by kind: people (unit, staff, duty, day), bay (unit, bay, day), beds (unit, day), patients (group,
unit, period), devices (kind, unit, period), rented (kind, site, period), cases (group, day booked, day done).
"""
