"""Levers about people: temporary staff, teams, what is published or locked already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from optimizer.explain.lever import Books, Lever, Use, fewer, more, once
from optimizer.explain.lever_prices import Priced
from optimizer.explain.when_words import date_words
from optimizer.scenario.locked import Locked, LockedPeople
from optimizer.scenario.staff import CONTRACTS, StaffGroup, Team, Temporary

SHIFTS, HOURS, OWN = "temporary shifts are limited", "temporary hours are limited", "own shifts are kept"
"""Rows whose excess is paid for."""


def temporary_staff(books: Books) -> Iterator[Lever]:
    """More overtime, bank or agency in a week, over the horizon, in one shift; or sooner than their notice."""
    for name, group in books.scenario.staff.items():
        for contract in CONTRACTS[1:]:
            terms = group.temporary(contract)
            if terms is not None:
                yield from _terms(books, name, contract, terms)


def _terms(books: Books, name: str, contract: str, terms: Temporary) -> Iterator[Lever]:
    path, who = f"staff.{name}.{contract}", f"{contract} {name}"
    duty, hour = books.prices.duty(name, contract), books.prices.hour(name, contract)
    booked = Use((f"working.{name}.{contract}",), "used")
    figures = (
        ("shifts_per_week", f"{who} shift|s a week", duty, Use((SHIFTS,), "used")),
        ("shifts_per_horizon", f"{who} shift|s", duty, Use((SHIFTS,), "used")),
        ("hours_per_week", f"{contract} hour|s of {name} a week", hour, Use((HOURS,), "used")),
        ("people_per_shift", f"{who} in one shift", duty, booked),
    )
    for key, what, price, use in figures:
        now = getattr(terms, key)
        if now is not None:
            yield more(f"{path}.{key}", now, what, price, use)
    if terms.notice > timedelta(0):
        yield once(f"{path}.notice", "0h", f"{who} booked without notice", duty, booked)


def teams(books: Books) -> Iterator[Lever]:
    """More people employed, more shifts of a team, more hours owed."""
    units = tuple(books.scenario.units) or ("",)
    for name, group in books.scenario.staff.items():
        for unit, team in group.teams(units).items():
            yield from _team(books, name, unit, team)
        yield from _owed(books, name, group)


def _team(books: Books, name: str, unit: str, team: Team) -> Iterator[Lever]:
    named = isinstance(books.scenario.staff[name].own, dict)
    path, at = f"staff.{name}.own" + (f".{unit}" if named else ""), f" at {unit}" if unit else ""
    if team.people is not None:
        price = books.prices.person(name)
        yield more(books.holds(path, "people"), team.people, f"own {name} employed{at}", price)
    for key, span in (("shifts_per_week", " a week"), ("shifts_per_horizon", "")):
        now = getattr(team, key)
        if now is not None:
            price = books.prices.duty(name, "own")
            yield more(f"{path}.{key}", now, f"own {name} shift|s{span}{at}", price, Use((OWN,), "used"))


def _owed(books: Books, name: str, group: StaffGroup) -> Iterator[Lever]:
    if group.hours_owed is not None:
        path, price = f"staff.{name}.hours_owed.hours_per_person", books.prices.hour(name, "own")
        use = Use(("owed",), "used")
        yield more(path, group.hours_owed.hours_per_person, f"hour|s owed by each {name}", price, use)


def published(books: Books) -> Iterator[Lever]:
    """Fewer people than were told to come."""
    today = books.scenario.today
    for at, shift in enumerate(today.published.shifts if today.published else ()):
        what = f"{shift.contract} {shift.staff} published at {shift.unit}, {shift.shift} of {date_words(shift.day)}"
        price = books.prices.change(shift.staff, shift.contract)
        yield fewer(f"today.published.shifts.{at}.people", shift.people, what, price)


def changes(books: Books) -> Iterator[Lever]:
    """More changes of the published plan, or what was settled before a day left open."""
    terms = books.scenario.today.published
    if terms is not None and terms.most_changes is not None:
        path, price = "today.published.most_changes", books.prices.locked
        yield more(path, terms.most_changes, "change|s of what is published", price)
    if terms is not None and terms.locked_before is not None:
        what = f"what is published before {date_words(terms.locked_before)} may change"
        yield once("today.published.locked_before", "null", what, books.prices.locked)


def locked(books: Books) -> Iterator[Lever]:
    """Another figure in a locked cell."""
    for at, cell in enumerate(books.scenario.locked):
        price = books.prices.locked
        if isinstance(cell, LockedPeople):
            price = books.prices.change(cell.staff, cell.contract or "own")
        for key in ("least", "most", cell.FIGURE):
            yield from _cell(cell, f"locked.{at}.{key}", key, price)


def _cell(cell: Locked, path: str, key: str, price: Priced) -> Iterator[Lever]:
    now = getattr(cell, key)
    if now is None:
        return
    if isinstance(now, bool):
        yield once(path, str(not now).lower(), f"{_named(cell)} {'shut' if now else 'open'}, not as locked", price)
        return
    what = f"in the locked cell {_named(cell)}"
    if key != "most" and now > 0:
        yield fewer(path, now, what, price)
    if key != "least":
        yield more(path, now, what, price)


def _named(cell: Locked) -> str:
    """What a locked cell is called: its unit, staff group, shift, day and so on."""
    keys = [key for key in type(cell).model_fields if key not in ("least", "most", cell.FIGURE)]
    said = [getattr(cell, key) for key in keys]
    words = [date_words(each) if isinstance(each, date) else str(each) for each in said if each is not None]
    return " ".join(("bay" if hasattr(cell, "bay") else "", *words)).strip()
