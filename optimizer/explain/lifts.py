"""Limits of a scenario that stand in no row of their own: how each is lifted, and what tells one from another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import StaffGroup

NOTICE: Final = "notice"
PUBLISHED: Final = "published shifts"
TOLD_BEFORE: Final = "published before"


def _each_staff(scenario: Scenario, change: Callable[[StaffGroup], StaffGroup]) -> Scenario:
    return scenario.model_copy(update={"staff": {name: change(group) for name, group in scenario.staff.items()}})


def _temporary(group: StaffGroup, **update: object) -> StaffGroup:
    kinds = ("overtime", "bank", "agency")
    terms = {kind: getattr(group, kind).model_copy(update=update) for kind in kinds if getattr(group, kind)}
    return group.model_copy(update=terms)


def _without_notice(scenario: Scenario) -> Scenario:
    now = timedelta(0)
    return _each_staff(scenario, lambda group: _temporary(group, notice=now).model_copy(update={"notice": now}))


def _any_number_a_shift(scenario: Scenario) -> Scenario:
    return _each_staff(scenario, lambda group: _temporary(group, people_per_shift=None))


def _bays_at_once(scenario: Scenario) -> Scenario:
    units = {}
    for name, unit in scenario.units.items():
        terms = unit.escalation and unit.escalation.model_copy(update={"notice": timedelta(0)})
        units[name] = unit.model_copy(update={"escalation": terms})
    return scenario.model_copy(update={"units": units})


def _without_closures(scenario: Scenario) -> Scenario:
    units = {name: unit.model_copy(update={"closures": ()}) for name, unit in scenario.units.items()}
    return scenario.model_copy(update={"units": units})


def _without_reserve(scenario: Scenario) -> Scenario:
    devices = {
        name: kind.model_copy(update={"reserve": 0, "reserve_share": 0.0}) for name, kind in scenario.devices.items()
    }
    return scenario.model_copy(update={"devices": devices})


def _any_rent(scenario: Scenario) -> Scenario:
    devices = {}
    for name, kind in scenario.devices.items():
        more = kind.rent and kind.rent.model_copy(update={"at_most": kind.rent.at_most + 1000, "notice": timedelta(0)})
        devices[name] = kind.model_copy(update={"rent": more})
    return scenario.model_copy(update={"devices": devices})


def _nothing_told_before(scenario: Scenario) -> Scenario:
    published = scenario.today.published
    free = published and published.model_copy(update={"locked_before": None})
    return scenario.model_copy(update={"today": scenario.today.model_copy(update={"published": free})})


def _nobody_absent(scenario: Scenario) -> Scenario:
    return _each_staff(scenario, lambda group: group.model_copy(update={"absences": ()}))


def _no_bay_shut(scenario: Scenario) -> Scenario:
    units = {}
    for name, unit in scenario.units.items():
        terms = unit.escalation and unit.escalation.model_copy(update={"shut": ()})
        units[name] = unit.model_copy(update={"escalation": terms})
    return scenario.model_copy(update={"units": units})


def _nothing_broken(scenario: Scenario) -> Scenario:
    devices = {name: kind.model_copy(update={"broken": ()}) for name, kind in scenario.devices.items()}
    return scenario.model_copy(update={"devices": devices})


def _nobody_last_night(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"today": scenario.today.model_copy(update={"on_duty": ()})})


def _any_hours_owed(scenario: Scenario) -> Scenario:
    def change(group: StaffGroup) -> StaffGroup:
        terms = group.hours_owed and group.hours_owed.model_copy(update={"hours_per_person": 168.0})
        return group.model_copy(update={"hours_owed": terms})

    return _each_staff(scenario, change)


LIFTS: Final[Mapping[str, Callable[[Scenario], Scenario]]] = {
    TOLD_BEFORE: _nothing_told_before,
    NOTICE: _without_notice,
    "people a shift": _any_number_a_shift,
    "hours owed": _any_hours_owed,
    "notice of bays": _bays_at_once,
    "bays shut": _no_bay_shut,
    "closures": _without_closures,
    "broken": _nothing_broken,
    "reserve": _without_reserve,
    "rent": _any_rent,
    "absences": _nobody_absent,
    "last night": _nobody_last_night,
}
"""Limits that stand in no row of their own, in the order in which they are lifted: the scenario without them."""

LIFT_AXES: Final[Mapping[str, tuple[str, ...]]] = {
    TOLD_BEFORE: ("unit", "staff", "contract", "group"),
    NOTICE: ("unit", "staff", "contract"),
    PUBLISHED: ("unit", "staff", "contract"),
    "people a shift": ("unit", "staff", "contract"),
    "hours owed": ("unit", "staff"),
    "notice of bays": ("unit",),
    "bays shut": ("unit",),
    "closures": ("unit",),
    "broken": ("device", "site"),
    "reserve": ("device", "site"),
    "rent": ("device",),
    "absences": ("unit", "staff"),
    "last night": ("unit", "staff"),
}
"""What tells one member of a lifted limit from another."""
