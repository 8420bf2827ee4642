"""People of a scenario as members of a team: their contract, leave, past duties and rota on the roster's days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from optimizer.roster.hospital_clock import Clock
from optimizer.roster.hospital_places import Placed, Spots
from optimizer.roster.hospital_problem import Member, Stint
from optimizer.scenario.horizon import WEEKDAYS
from optimizer.scenario.model import Scenario
from optimizer.scenario.named import unit_names
from optimizer.scenario.rostering import RosterPerson, Worked


def members_of(
    scenario: Scenario, people: Sequence[RosterPerson], worked: Sequence[Worked], clock: Clock, nights: frozenset[str],
    spots: Spots = MappingProxyType({}),
) -> tuple[Member, ...]:  # fmt: skip
    """Everybody, in the order told. Raises ScenarioError for names that nothing else knows."""
    faults = Placed(spots)
    _check(scenario, people, clock, faults)
    past = _past(people, worked, clock, nights, faults)
    faults.settle()
    days = scenario.horizon.committed_days
    return tuple(_member(scenario, person, past.get(person.id, ()), days) for person in people)


def _check(scenario: Scenario, people: Sequence[RosterPerson], clock: Clock, faults: Placed) -> None:
    units, shifts = set(unit_names(scenario)), set(clock.shifts)
    times = Counter(person.id for person in people)
    for at, person in enumerate(people, start=1):
        if times[person.id] > 1:
            faults.add("people", at, f"{times[person.id]} people are called {person.id}", "a pseudonym is one person's")
        wrong = [("unit", person.unit or "", units)] if person.unit else []
        wrong += [("unit", unit, units) for unit in person.units]
        wrong += [("shift", shift, shifts) for shift in person.shifts]
        wrong += [("shift", shift, shifts | {"off"}) for shift in person.rota]
        wrong += [("weekday", day, set(WEEKDAYS)) for day in person.weekdays]
        for kind, name, there in wrong:
            if name not in there:
                known = ", ".join(sorted(there)[:12])
                faults.add("people", at, f"{person.id}: no {kind} is called {name}", f"known: {known}")
        if person.unit is None and len(units) > 1:
            faults.add("people", at, f"{person.id}: must say a unit, for there are several")


def _past(
    people: Sequence[RosterPerson], worked: Sequence[Worked], clock: Clock, nights: frozenset[str], faults: Placed
) -> Mapping[str, tuple[Stint, ...]]:
    """Stints before the first day, by person, in order."""
    found: dict[str, list[Stint]] = defaultdict(list)
    known = {person.id for person in people}
    for at, each in enumerate(worked, start=1):
        day = (each.day - clock.first).days if clock.first is not None else 0
        if each.person not in known:
            faults.add("worked", at, f"nobody is called {each.person}")
        elif each.shift not in clock.shifts:
            faults.add("worked", at, f"no shift is called {each.shift}")
        elif day < 0:
            found[each.person].append(clock.stint(each.shift, day, nights))
    return {person: tuple(sorted(stints, key=lambda stint: stint.start)) for person, stints in found.items()}


def _member(scenario: Scenario, person: RosterPerson, past: tuple[Stint, ...], days: int) -> Member:
    group = scenario.staff.get(person.group)
    hours = person.hours_per_week
    if hours is None:
        hours = group.hours_per_week if group is not None and person.contract == "own" else 0.0
    usual = hours if person.weekly_hours_before is None else person.weekly_hours_before
    leave = frozenset(_days(scenario, person, days))
    return Member(
        person.id, person.group, person.unit or unit_names(scenario)[0], frozenset(person.units),
        frozenset(person.roles), frozenset(person.skills), person.grade, person.contract, round(hours * 60),
        round(usual * 60), round(person.hours_owed * 60), person.pay_per_hour, person.cost_per_shift,
        frozenset(person.shifts), leave | frozenset(_unavailable(scenario, person, days)), leave, past,
        person.nights_before, person.weekends_before, person.wishes_unmet_before, _rota(person, days),
        frozenset(_absent(scenario, person, days)),
    )  # fmt: skip


def _days(scenario: Scenario, person: RosterPerson, days: int) -> Iterator[int]:
    """Days of leave inside the roster."""
    for number, day in _dated(scenario, days):
        if any(stretch.first <= day <= stretch.last for stretch in person.leave):
            yield number


def _absent(scenario: Scenario, person: RosterPerson, days: int) -> Iterator[int]:
    """Days inside the roster on which she is away unlooked for."""
    for number, day in _dated(scenario, days):
        if any(stretch.first <= day <= stretch.last for stretch in person.absent):
            yield number


def _unavailable(scenario: Scenario, person: RosterPerson, days: int) -> Iterator[int]:
    for number, day in _dated(scenario, days):
        early = person.from_day is not None and day < person.from_day
        late = person.to_day is not None and day > person.to_day
        absent = any(stretch.first <= day <= stretch.last for stretch in person.absent)
        if absent or early or late or (person.weekdays and WEEKDAYS[day.weekday()] not in person.weekdays):
            yield number


def _dated(scenario: Scenario, days: int) -> Iterator[tuple[int, date]]:
    first = scenario.horizon.start or date(2024, 1, 1)
    return ((number, first + timedelta(number)) for number in range(days))


def _rota(person: RosterPerson, days: int) -> Mapping[int, str]:
    if not person.rota:
        return {}
    return {day: _worked(person.rota[day % len(person.rota)]) for day in range(days)}


def _worked(entry: str) -> str:
    return "" if entry == "off" else entry
