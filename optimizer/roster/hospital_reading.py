"""From a scenario to roster problems: its shifts, people, needs (stated, or of a plan), wishes and rules.

Every fault is told with its table's file, line and column, or with the number of the entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from optimizer.planning import plan_grid
from optimizer.roster.hospital_clock import Clock, ShiftTimes, is_night
from optimizer.roster.hospital_people import members_of
from optimizer.roster.hospital_places import Placed, Spots, spots_of
from optimizer.roster.hospital_problem import OFF, Member, Slot, TeamProblem, Tied, Wished
from optimizer.roster.hospital_tables import read_entries
from optimizer.scenario.faults import Fault, ScenarioError, did_you_mean
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.named import unit_names
from optimizer.scenario.quantities import clock as clock_text
from optimizer.scenario.rostering import (
    ContractRule,
    CountRule,
    FairRule,
    NightRule,
    Request,
    RestRule,
    Rostering,
    RosterPerson,
    RosterRules,
    StatedNeed,
    WeekendRule,
    Worked,
)

Entry = TypeVar("Entry", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Told:
    """All that a scenario and its tables say of a roster."""

    scenario: Scenario
    clock: Clock
    nights: frozenset[str]
    people: tuple[RosterPerson, ...] = ()
    needs: tuple[StatedNeed, ...] = ()
    requests: tuple[Request, ...] = ()
    worked: tuple[Worked, ...] = ()
    published: tuple[Worked, ...] = ()
    roster: Rostering = field(default_factory=Rostering)
    spots: Spots = field(default_factory=dict)

    @property
    def rules(self) -> RosterRules:
        """Those of the scenario, or the usual ones."""
        return self.roster.rules or usual_rules(self.scenario)

    def number(self, day: date) -> int:
        """A date as a day of the roster; a cycle's days are those of the week that begins on 1 January 2024."""
        return (day - (self.clock.first or date(2024, 1, 1))).days


def read_told(loaded: Loaded[Scenario], people: Path | None = None) -> Told:
    """What a scenario says of its roster; `people` is a table of them that stands above the scenario's own.

    Raises ScenarioError with every fault of a table.
    """
    scenario = loaded.value
    roster = scenario.roster or Rostering()
    clock = clock_of(scenario)
    rules = roster.rules or usual_rules(scenario)
    nights = frozenset(rules.nights.shifts if rules.nights else ())
    faults: list[ScenarioError] = []

    def both(inline: tuple[Entry, ...], key: str, kind: type[Entry], above: Path | None = None) -> tuple[Entry, ...]:
        named = getattr(roster, f"{key}_file")
        try:
            if above is not None:
                return read_entries(above, kind)
            return inline if named is None else (*inline, *read_entries(loaded.file(("roster", f"{key}_file")), kind))
        except ScenarioError as error:
            faults.append(error)
            return inline

    told = Told(
        scenario, clock, nights, both(roster.people, "people", RosterPerson, people),
        both(roster.needs, "needs", StatedNeed), both(roster.requests, "requests", Request),
        both(roster.worked, "worked", Worked), both(roster.published, "published", Worked), roster,
        spots_of(loaded, people),
    )  # fmt: skip
    if faults:
        raise ScenarioError(fault for error in faults for fault in error.faults)
    return told


def usual_rules(scenario: Scenario) -> RosterRules:
    """What holds where a scenario states no rules: its groups' rest, their days in seven, contract hours, fair nights.

    The 48-hour week, at most four nights in a row and 46 hours after them are what British wards keep.
    """
    rests = [group.rest for group in scenario.staff.values()]
    return RosterRules(
        rest=RestRule(hours=max((rest.hours for rest in rests), default=11.0)),
        counts=(CountRule(days=7, most=int(min((rest.shifts_in_7_days for rest in rests), default=5))),),
        contract=ContractRule(less_cost=1.0, more_cost=2.0, more_at_most=15.0),
        nights=NightRule(most=4, rest_hours=46.0),
        weekends=WeekendRule(whole_cost=2.0),
        fairness=(FairRule(of="nights", cost=2.0), FairRule(of="weekends", cost=2.0)),
    )


def clock_of(scenario: Scenario) -> Clock:
    """When the scenario's shifts begin and end."""
    duties = plan_grid(scenario).duties if scenario.shifts else ()
    horizon = scenario.horizon
    return Clock(horizon.start, horizon.timezone, {duty.name: ShiftTimes.of(duty) for duty in duties})


def stated_slots(told: Told) -> tuple[Slot, ...]:
    """The duties that the scenario states. Raises ScenarioError for one that can't be."""
    faults, found = Placed(told.spots), []
    for at, need in enumerate(told.needs, start=1):
        slot = _stated(told, need, at, faults)
        if slot is not None:
            found.append(slot)
    if faults.found:
        faults.found += _other_faults(told)
    faults.settle()
    return tuple(found)


def _other_faults(told: Told) -> tuple[Fault, ...]:
    """What is wrong besides needs, so that all is told at once; cells that hang on needs are not looked at."""
    try:
        team_problem(replace(told, roster=told.roster.model_copy(update={"locked": ()})), ())
    except ScenarioError as error:
        return tuple(error.faults)
    return ()


def _stated(told: Told, need: StatedNeed, at: int, faults: Placed) -> Slot | None:
    units, day = unit_names(told.scenario), told.number(need.day)
    if not 0 <= day < told.scenario.horizon.committed_days:
        faults.add("needs", at, f"{need.day} is none of the roster's days")
        return None
    times = _times(told, need, at, faults)
    groups = tuple(told.scenario.staff) or tuple(dict.fromkeys(person.group for person in told.people))
    for kind, name, there in (("unit", need.unit, units), ("group", need.group, groups)):
        if (name is None and len(there) != 1) or (name is not None and name not in there):
            faults.add("needs", at, f"must name a {kind}: {', '.join(there[:12])}; got {name or 'none'}")
    if times is None:
        return None
    name = need.shift or f"{clock_text(times.start)}-{clock_text(times.start + times.span)}"
    stint = told.clock.timed(name, day, times, night=name in told.nights if told.nights else times.night)
    over = told.rules.over_cost
    return Slot(
        stint.day, stint.shift, stint.start, stint.end, stint.paid, stint.night, need.unit or units[0],
        need.group or groups[0], need.people, need.cost, over, need.skill or "", need.at,
    )  # fmt: skip


def _times(told: Told, need: StatedNeed, at: int, faults: Placed) -> ShiftTimes | None:
    if need.start is not None and need.hours is not None:
        hour, minute = map(int, need.start.split(":"))
        span = round(need.hours * 60)
        return ShiftTimes(hour * 60 + minute, span, span, is_night(hour * 60 + minute, span))
    if need.shift is None or need.shift not in told.clock.shifts:
        known = ", ".join(told.clock.shifts)
        faults.add("needs", at, f"must say a shift ({known}), or start and hours; got {need.shift or 'none'}")
        return None
    return told.clock.shifts[need.shift]


def team_problem(told: Told, slots: Sequence[Slot], members: Sequence[Member] | None = None) -> TeamProblem:
    """The whole problem of some duties, with everybody told (or the members given).

    Raises ScenarioError where a wish, a pair or a locked cell names somebody or a day that is not there.
    """
    faults = Placed(told.spots)
    if members is None:
        members = _members(told, faults)
    names = [each.id for each in members] if members else [each.id for each in told.people]
    number = {name: at for at, name in enumerate(names)}
    problem = TeamProblem(
        told.scenario.id, told.scenario.horizon.committed_days, tuple(slots), tuple(members), told.rules,
        told.scenario.horizon.start, told.scenario.horizon.timezone, _wishes(told, number, faults),
        _ties(told, number, faults),
    )  # fmt: skip
    if number and not members:
        faults.settle()
    locked, published = _locked(told, problem, number, faults), _published(told, problem, number, faults)
    faults.settle()
    return replace(problem, locked=locked, published=published)


def _members(told: Told, faults: Placed) -> tuple[Member, ...]:
    """Everybody told; nobody where that has faults."""
    try:
        return members_of(told.scenario, told.people, told.worked, told.clock, told.nights, told.spots)
    except ScenarioError as error:
        faults.found += error.faults
        return ()


def _who(number: Mapping[str, int], person: str, key: str, at: int, faults: Placed) -> int | None:
    if person not in number:
        faults.add(key, at, f"nobody is called {person}", did_you_mean(person, sorted(number)))
    return number.get(person)


def _wishes(told: Told, number: Mapping[str, int], faults: Placed) -> tuple[Wished, ...]:
    found = []
    for at, wish in enumerate(told.requests, start=1):
        who, day = _who(number, wish.person, "requests", at, faults), told.number(wish.day)
        if wish.shift is not None and wish.shift not in told.clock.shifts:
            faults.add("requests", at, f"no shift is called {wish.shift}")
        if who is not None and 0 <= day < told.scenario.horizon.committed_days:
            found.append(Wished(who, day, wish.shift or "", wish.work, wish.weight))
    return tuple(found)


def _ties(told: Told, number: Mapping[str, int], faults: Placed) -> tuple[Tied, ...]:
    found = []
    for at, pair in enumerate(told.roster.pairs, start=1):
        first, second = (_who(number, person, "pairs", at, faults) for person in pair.people)
        if first is not None and second is not None:
            found.append(Tied(first, second, pair.together, pair.cost))
    return tuple(found)


def _locked(
    told: Told, problem: TeamProblem, number: Mapping[str, int], faults: Placed
) -> Mapping[tuple[int, int], frozenset[int]]:
    """Locked cells by person and day, as the duty there that she may work."""
    found: dict[tuple[int, int], frozenset[int]] = {}
    by_day = problem.by_day()
    for at, lock in enumerate(told.roster.locked, start=1):
        who, day = _who(number, lock.person, "locked", at, faults), told.number(lock.day)
        if who is None or not 0 <= day < problem.days:
            continue
        mine = [
            slot for slot in by_day[day]
            if problem.slots[slot].shift == lock.shift and problem.members[who].may(problem.slots[slot])
        ]  # fmt: skip
        if lock.shift is not None and not mine:
            faults.add("locked", at, f"{lock.person} can't work {lock.shift} on {lock.day}")
        found[who, day] = frozenset(mine[:1]) if lock.shift is not None else OFF
    return found


def _published(
    told: Told, problem: TeamProblem, number: Mapping[str, int], faults: Placed
) -> Mapping[tuple[int, int], frozenset[int]]:
    """What was told before, by person and day: of whoever has a duty in it every day between its first and last."""
    days = [told.number(each.day) for each in told.published]
    known = range(max(0, min(days, default=0)), min(problem.days - 1, max(days, default=-1)) + 1)
    found: dict[tuple[int, int], frozenset[int]] = {}
    by_day = problem.by_day()
    for at, each in enumerate(told.published, start=1):
        who, day = _who(number, each.person, "published", at, faults), told.number(each.day)
        if who is None or day not in known:
            continue
        for other in known:
            found.setdefault((who, other), OFF)
        mine = [n for n in by_day[day] if _is(problem.slots[n], each) and problem.members[who].may(problem.slots[n])]
        found[who, day] |= frozenset(mine[:1])
    return found


def _is(slot: Slot, told: Worked) -> bool:
    """Whether a duty is the one told, as far as that says."""
    return (
        slot.shift == told.shift and told.unit in (None, slot.unit) and told.group in (None, slot.role)
        and told.at == slot.place
    )  # fmt: skip
