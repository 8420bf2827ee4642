"""What must agree in duties told by name: who was on duty, what is published, who is absent, what is out of use."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from optimizer.scenario.cases import cases_agree
from optimizer.scenario.faults import Problem
from optimizer.scenario.named import Path, known, one_start, site_names, unit_names

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario
    from optimizer.scenario.staff import Contract, StaffGroup
    from optimizer.scenario.today import PublishedShift


def duties_agree(scenario: Scenario) -> Iterator[Problem]:
    """Everybody on duty before the plan, published or absent belongs to a unit, a staff group and a shift."""
    units, groups = unit_names(scenario), scenario.staff
    for at, duty in enumerate(scenario.today.on_duty):
        path: Path = ("today", "on_duty", at)
        yield from known((*path, "unit"), [duty.unit], units, "unit")
        yield from known((*path, "staff"), [duty.staff], groups, "staff group")
        yield from one_start(scenario, (*path, "shift"), duty.shift)
    for name, group in groups.items():
        for at, absence in enumerate(group.absences):
            path = ("staff", name, "absences", at)
            yield from known((*path, "unit"), [absence.unit], units, "unit")
            yield from known((*path, "shift"), [absence.shift], starts(scenario), "shift")


def published_agrees(scenario: Scenario) -> Iterator[Problem]:
    """What is published names units, staff, shifts, bays and groups that there are."""
    published = scenario.today.published
    if published is None:
        return
    there = {name: {*starts(scenario), *group.patterns} for name, group in scenario.staff.items()}
    for at, shift in enumerate(published.shifts):
        path: Path = ("today", "published", "shifts", at)
        yield from known((*path, "unit"), [shift.unit], unit_names(scenario), "unit")
        yield from known((*path, "staff"), [shift.staff], scenario.staff, "staff group")
        if shift.shift in scenario.shifts and shift.shift not in there.get(shift.staff, ()):
            yield from one_start(scenario, (*path, "shift"), shift.shift)
        elif shift.staff in there:
            yield from known((*path, "shift"), [shift.shift], there[shift.staff], "shift")
        yield from _fits_the_terms(scenario, path, shift)
    for at, bay in enumerate(published.bays or ()):
        path = ("today", "published", "bays", at)
        yield from known((*path, "unit"), [bay.unit], scenario.units, "unit")
        yield from bay_exists(scenario, path, bay.unit, bay.bay)
    yield from cases_agree(scenario, published.cases or ())


def out_of_use_agrees(scenario: Scenario) -> Iterator[Problem]:
    """Bays shut are there; broken devices stand at a site, and no more are broken than are owned."""
    for name, unit in scenario.units.items():
        for at, shut in enumerate(unit.escalation.shut if unit.escalation else ()):
            yield from bay_exists(scenario, ("units", name, "escalation", "shut", at), name, shut.bay)
    sites = site_names(scenario)
    for name, kind in scenario.devices.items():
        for at, broken in enumerate(kind.broken):
            path: Path = ("devices", name, "broken", at)
            if broken.site is not None:
                yield from known((*path, "site"), [broken.site], sites, "site")
            elif len(sites) > 1 and kind.serving is None:
                yield Problem(path, "must say its site: there is more than one")
            if broken.devices > sum(kind.owned.values()):
                yield Problem((*path, "devices"), f"{broken.devices} of {sum(kind.owned.values())} owned")


def bay_exists(scenario: Scenario, path: Path, unit: str, bay: int) -> Iterator[Problem]:
    """The unit has a bay of that number, counted from 1."""
    if unit in scenario.units:
        terms = scenario.units[unit].escalation
        bays = len(terms.bays) if terms is not None else 0
        if bay > bays:
            yield Problem((*path, "bay"), f"{unit} has {bays or 'no'} bay{'' if bays == 1 else 's'}")


def starts(scenario: Scenario) -> list[str]:
    """Every shift with one start by its name, every other one as name@HH:MM."""
    return [label for name, shift in scenario.shifts.items() for label in _labels(scenario, name, shift.extends)]


def _labels(scenario: Scenario, name: str, extends: str | None) -> tuple[str, ...]:
    base = scenario.shifts.get(extends or name)
    return () if base is None else base.start_labels(name, scenario.horizon)


def _fits_the_terms(scenario: Scenario, path: Path, shift: PublishedShift) -> Iterator[Problem]:
    """People are told of work that they may do: on a contract the group has, where it may work on it, whole people."""
    staff = scenario.staff.get(shift.staff)
    if staff is None:
        return
    terms = staff.temporary(shift.contract)
    if terms is not None and terms.people_per_shift is not None and shift.people > terms.people_per_shift:
        message = f"publishes {shift.people:g} where at most {terms.people_per_shift:g} may work one shift"
        yield Problem((*path, "people"), message)
    if shift.contract != "own" and terms is None:
        hint = f"say staff.{shift.staff}.{shift.contract}, or leave the shift out"
        yield Problem((*path, "contract"), f"{shift.staff} has no {shift.contract}", hint)
    elif shift.unit in unit_names(scenario) and shift.unit not in _workplaces(scenario, staff, shift.contract):
        hint = "name a unit that has some, or leave the shift out"
        yield Problem((*path, "unit"), f"{shift.unit} has no {shift.contract} {shift.staff}", hint)
    if scenario.whole and shift.people != round(shift.people):
        yield Problem((*path, "people"), f"{shift.people:g} is no whole number of people", "publish whole people")


def _workplaces(scenario: Scenario, staff: StaffGroup, contract: Contract) -> Collection[str]:
    """Units where people of the group may be told to start a shift on the contract."""
    units, terms = unit_names(scenario), staff.temporary(contract)
    if contract == "own" and staff.engages_freely:
        return units
    allowed = terms.units if terms is not None and terms.units else units
    return allowed if contract in ("bank", "agency") else staff.teams(units).keys() & set(allowed)
