"""What each kind of event does to the scenario: functions from a phrase to an `Event`, listed in `events.EVENTS`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pydantic import BaseModel

from optimizer.expansion.case import Case
from optimizer.expansion.published import absent
from optimizer.replanning.errors import EventError
from optimizer.replanning.phrases import Phrase, day_words
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import CONTRACTS, Contract

DOWN: Final = frozenset({"down", "fewer", "less", "falls", "fall"})
"""Words that make a change of demand one for less."""

Item = dict[str, object]
Lists = dict[str, list[Item]]
"""Lists of the scenario that events changed, by path, as plain data."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: in words, from which day to which, and where (`units`; none: it may be anywhere).

    `nearest` is the reach of the first search for changes (`scope.near`): 1 where patients may be displaced.
    """

    text: str
    words: str
    day: date
    last: date
    units: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    nearest: int = 0


@dataclass(slots=True)
class Happening:
    """One event being read: its phrase, the plan's case, the people published, and the lists changed so far."""

    phrase: Phrase
    case: Case
    lists: Lists
    called_off: dict[str, set[str]]

    @property
    def scenario(self) -> Scenario:
        """The scenario that was planned."""
        return self.case.scenario

    def listed(self, path: str, now: tuple[BaseModel, ...]) -> list[Item]:
        """The list at a path with what earlier events made of it; `now` is what the scenario holds."""
        plain = [each.model_dump(mode="json", by_alias=True, exclude_defaults=True) for each in now]
        return self.lists.setdefault(path, plain)


def sick(at: Happening) -> Event:
    """People who were to work a shift and do not come."""
    phrase = at.phrase
    staff, unit = phrase.one("staff", "which staff group"), phrase.one("unit", "at which unit")
    shifts, people = phrase.names.get("shift", []), phrase.count(1)
    if not shifts:
        raise EventError(f'"{phrase.text}" does not say which shift')
    contract, most = _contract(phrase), 0
    absences = at.listed(f"staff.{staff}.absences", at.scenario.staff[staff].absences)
    for day in phrase.every_day():
        for shift in shifts:
            there = _published(at, staff, unit, contract, shift, day)
            if there < 1:
                raise EventError(f'"{phrase.text}": nobody of {contract} {staff} is on {shift} of {day} at {unit}')
            absences.append(_absence(unit, shift, day, min(people, int(there)), contract))
            most = max(most, min(people, int(there)))
    when = f"{' and '.join(shifts)} of {_span(phrase)}"
    fewer = f" ({people} said, but no more were on)" if most < people else ""
    words = f"{most} {'' if contract == 'own' else contract + ' '}{staff} sick at {unit}, {when}{fewer}"
    return Event(phrase.text, words, phrase.first, phrase.last or phrase.first, (unit,), (staff,))


def _absence(unit: str, shift: str, day: date, people: int, contract: Contract) -> Item:
    said: Item = {"unit": unit, "shift": shift, "date": day.isoformat(), "people": people, "why": "sick"}
    return said if contract == "own" else {**said, "contract": contract}


def _contract(phrase: Phrase) -> Contract:
    said = phrase.names.get("contract", ["own"])
    return next(contract for contract in CONTRACTS if contract == said[0])


def _published(at: Happening, staff: str, unit: str, contract: Contract, shift: str, day: date) -> float:
    """People published on a shift who have not been told absent yet, by the scenario or an event before this."""
    case, told = at.case, at.case.told
    if told is None:
        return 0.0
    cell = case.units.index(unit), case.staff.index(staff), CONTRACTS.index(contract)
    duty = next(number for number, each in enumerate(case.grid.duties) if each.name == shift)
    here = (*cell, duty, (day - case.grid.first_day).days)
    listed = at.listed(f"staff.{staff}.absences", at.scenario.staff[staff].absences)
    before = absent(case)[here]
    named = {"unit": unit, "shift": shift, "date": day.isoformat()}
    all_told = sum(
        float(str(each["people"]))
        for each in listed
        if named.items() <= each.items() and each.get("contract", "own") == contract
    )
    return float(told.people[here] + before - all_told)


def back(at: Happening) -> Event:
    """People told absent who come after all."""
    phrase = at.phrase
    staff, unit = phrase.one("staff", "which staff group"), phrase.one("unit", "at which unit")
    absences = at.listed(f"staff.{staff}.absences", at.scenario.staff[staff].absences)
    days = {day.isoformat() for day in phrase.every_day()}
    shifts = phrase.names.get("shift", [])
    meant = [
        each for each in absences
        if each["unit"] == unit and each["date"] in days and (not shifts or each["shift"] in shifts)
    ]  # fmt: skip
    if not meant:
        raise EventError(f'"{phrase.text}": nobody of {staff} is absent there and then')
    for each in meant:
        left = float(str(each["people"])) - (phrase.count() if phrase.numbers else float("inf"))
        each["people"] = max(left, 0.0)
    words = f"{staff} back at {unit}, {_span(phrase)}"
    return Event(phrase.text, words, phrase.first, phrase.last or phrase.first, (unit,), (staff,))


def beds_closed(at: Happening) -> Event:
    """Beds, or a bay, out of use."""
    phrase = at.phrase
    unit = phrase.one("unit", "at which unit")
    last = phrase.last or at.case.grid.day(at.case.grid.committed_days - 1)
    span: Item = {"from": phrase.first.isoformat(), "to": last.isoformat()}
    terms = at.scenario.units[unit]
    if phrase.bay is not None:
        if terms.escalation is None or phrase.bay > len(terms.escalation.bays):
            raise EventError(f'"{phrase.text}": {unit} has no bay {phrase.bay}')
        at.listed(f"units.{unit}.escalation.shut", terms.escalation.shut).append({"bay": phrase.bay, **span})
        what = f"bay {phrase.bay} of {unit} shut"
    else:
        beds = phrase.count(terms.beds or None)
        if beds > terms.beds:
            raise EventError(f'"{phrase.text}": {unit} has {terms.beds} beds')
        at.listed(f"units.{unit}.closures", terms.closures).append({"beds": beds, **span})
        what = f"{beds} beds closed at {unit}"
    return Event(phrase.text, f"{what}, {_days(phrase.first, last)}", phrase.first, last, (unit,), nearest=1)


def beds_opened(at: Happening) -> Event:
    """Beds on top."""
    phrase = at.phrase
    unit = phrase.one("unit", "at which unit")
    last = phrase.last or at.case.grid.day(at.case.grid.committed_days - 1)
    more = {"beds": phrase.count(), "from": phrase.first.isoformat(), "to": last.isoformat()}
    at.listed(f"units.{unit}.extra_beds", at.scenario.units[unit].extra_beds).append(more)
    words = f"{more['beds']} more beds at {unit}, {_days(phrase.first, last)}"
    return Event(phrase.text, words, phrase.first, last, (unit,))


def demand(at: Happening) -> Event:
    """More or fewer patients of a group from a day on."""
    phrase = at.phrase
    group = phrase.one("group", "which patients")
    terms = at.scenario.patients[group].demand
    if terms is None:
        raise EventError(f'"{phrase.text}": {group} comes by an elective list; cancel lists instead')
    sign = -1.0 if set(phrase.words) & DOWN else 1.0
    surge: Item = {"from": phrase.first.isoformat()}
    if len(phrase.days) > 1 or not phrase.open_ended:
        surge["to"] = (phrase.last or phrase.first).isoformat()
    if phrase.percent is not None:
        surge["uplift"], amount = sign * phrase.percent / 100, f"{phrase.percent:g} %"
    elif len(phrase.numbers) == 1:
        surge["per_day"], amount = sign * phrase.numbers[0], f"{phrase.numbers[0]:g} a day"
    else:
        raise EventError(f'"{phrase.text}": by how much? Say 10 % or 5 patients')
    at.listed(f"patients.{group}.demand.surges", terms.surges).append(surge)
    until = _days(phrase.first, _end(at, surge)) if "to" in surge else f"from {day_words(phrase.first)}"
    words = f"{group} {'down' if sign < 0 else 'up'} {amount}, {until}"
    return Event(phrase.text, words, phrase.first, _end(at, surge), _homes(at, group), nearest=1)


def _end(at: Happening, item: Item) -> date:
    """The last day of an entry; the plan's last where it says none."""
    last = at.case.grid.day(at.case.grid.committed_days - 1)
    return date.fromisoformat(str(item["to"])) if "to" in item else last


def _homes(at: Happening, group: str) -> tuple[str, ...]:
    """Units that care for the group."""
    caring = at.case.can_care[at.case.groups.index(group)]
    return tuple(unit for unit, cares in zip(at.case.units, caring, strict=True) if cares)


def broken(at: Happening) -> Event:
    """Devices out of use."""
    phrase = at.phrase
    name = phrase.one("device", "which devices")
    kind = at.scenario.devices[name]
    if kind.serving is None and not kind.moves:
        raise EventError(f'"{phrase.text}": {name} does not move, so a broken one can\'t be taken to its store')
    last = phrase.last
    broken: Item = {"devices": phrase.count(1), "from": phrase.first.isoformat()}
    broken |= {"to": last.isoformat()} if last is not None else {}
    if phrase.names.get("site"):
        broken["site"] = phrase.one("site", "at which site")
    if "site" not in broken and len(at.case.sites) > 1 and kind.serving is None:
        raise EventError(f'"{phrase.text}" does not say at which site')
    at.listed(f"devices.{name}.broken", kind.broken).append(broken)
    until = _days(phrase.first, last) if last is not None else f"from {day_words(phrase.first)}"
    words = f"{broken['devices']} {name} broken, {until}"
    return Event(phrase.text, words, phrase.first, _end(at, broken))


def mended(at: Happening) -> Event:
    """Broken devices that are back from a day on."""
    phrase = at.phrase
    name = phrase.one("device", "which devices")
    broken = at.listed(f"devices.{name}.broken", at.scenario.devices[name].broken)
    day = phrase.first
    meant = [each for each in broken if str(each.get("to", date.max)) >= day.isoformat() > str(each["from"])]
    if not meant:
        raise EventError(f'"{phrase.text}": no {name} is broken then')
    for each in meant:
        each["to"] = (day - timedelta(days=1)).isoformat()
    return Event(phrase.text, f"{name} back from {day_words(day)}", day, _end(at, {}))


def list_cancelled(at: Happening) -> Event:
    """No elective case of a group on some days."""
    phrase = at.phrase
    group = phrase.one("group", "whose list")
    terms = at.scenario.patients[group].elective
    if terms is None:
        raise EventError(f'"{phrase.text}": {group} has no elective list')
    path = f"patients.{group}.elective.called_off"
    before = at.called_off.setdefault(path, {day.isoformat() for day in terms.called_off})
    before.update(day.isoformat() for day in phrase.every_day())
    units = _homes(at, group)
    return Event(phrase.text, f"no {group} list, {_span(phrase)}", phrase.first, phrase.last or phrase.first, units)


def _span(phrase: Phrase) -> str:
    return _days(phrase.first, phrase.last or phrase.first)


def _days(first: date, last: date) -> str:
    return day_words(first) if first == last else f"{day_words(first)} to {day_words(last)}"
