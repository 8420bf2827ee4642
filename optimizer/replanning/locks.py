"""Cells to lock as they are published, told in words: "icu night 2026-12-09", "rn at med-a 2026-12-09"."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.expansion.case import Case
from optimizer.expansion.published import bay_names
from optimizer.replanning.errors import EventError
from optimizer.replanning.phrases import Phrase, read_phrase
from optimizer.scenario.staff import CONTRACTS
from optimizer.tables import figure

Item = dict[str, object]
_GRAMMAR = "icu night 2026-12-09  (or: agency rn at med-a 2026-12-09 to 2026-12-11; bay 2 of med-a 2026-12-09)"


def locked_cells(texts: tuple[str, ...], case: Case) -> list[Item]:
    """Entries of the scenario's `locked` that hold the cells as `case` has them published.

    Raises EventError for what is not understood.
    """
    found: list[Item] = []
    for text in texts:
        try:
            phrase = read_phrase(text, case, ("unit", "staff", "shift", "contract"), ("bays", "people", "all"))
            found.extend(_bays(phrase, case) if phrase.bay is not None else _people(phrase, case))
        except EventError as error:
            raise EventError(f"{error}\n  a lock reads like: {_GRAMMAR}") from error
    return found


def _bays(phrase: Phrase, case: Case) -> Iterator[Item]:
    unit = phrase.one("unit", "which unit")
    names = bay_names(case.scenario)
    if (unit, (phrase.bay or 0) - 1) not in names:
        raise EventError(f'"{phrase.text}": {unit} has no bay {phrase.bay}')
    at = names.index((unit, (phrase.bay or 0) - 1))
    for day in phrase.every_day():
        told = case.told.bays if case.told is not None else None
        is_open = bool(told is not None and told[at, (day - case.grid.first_day).days])
        yield {"unit": unit, "bay": phrase.bay, "day": day.isoformat(), "open": is_open}


def _people(phrase: Phrase, case: Case) -> Iterator[Item]:
    """Every cell of people that the phrase leaves open: all staff, shifts, contracts and units it does not name."""
    if not any(phrase.names.values()):
        raise EventError(f'"{phrase.text}": lock what? Name a unit, a staff group or a shift')
    units, staff = (phrase.names.get(kind) or names for kind, names in (("unit", case.units), ("staff", case.staff)))
    contracts = phrase.names.get("contract") or CONTRACTS
    for day in phrase.every_day():
        for unit in units:
            for group in staff:
                for contract in contracts:
                    yield from _shifts(phrase, case, (unit, group, contract), (day - case.grid.first_day).days)


def _shifts(phrase: Phrase, case: Case, names: tuple[str, str, str], day: int) -> Iterator[Item]:
    unit, staff = case.units.index(names[0]), case.staff.index(names[1])
    at = next(at for at, contract in enumerate(CONTRACTS) if contract == names[2])
    if CONTRACTS[at] not in case.contracts(staff) or not case.may_be_booked(staff, CONTRACTS[at], unit):
        return
    for number, duty in enumerate(case.grid.duties):
        if case.grid.allowed[number, day] and duty.name in phrase.names.get("shift", [duty.name]):
            people = float(case.told.people[unit, staff, at, number, day]) if case.told is not None else 0.0
            yield {
                "unit": names[0], "staff": names[1], "contract": names[2], "shift": duty.name,
                "day": case.grid.day_label(day), "people": figure(people),
            }  # fmt: skip
