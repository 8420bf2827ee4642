"""What a scenario's parts must agree on: every name referred to exists, lists have the right length, prices are there.

Each check yields `Problem`s with the path of the cell at fault; all are gathered, so that a file is mended once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from optimizer.scenario.beside import beside_agrees
from optimizer.scenario.choices import closings_agree
from optimizer.scenario.faults import Problem
from optimizer.scenario.goals import goals_agree
from optimizer.scenario.horizon import OFF, ON_CALL
from optimizer.scenario.locked import locked_agrees
from optimizer.scenario.named import known, one_start
from optimizer.scenario.named import site_names as site_names
from optimizer.scenario.named import unit_names as unit_names
from optimizer.scenario.pathways import pathways_agree
from optimizer.scenario.prices import service_level_or_prices
from optimizer.scenario.told import duties_agree, out_of_use_agrees, published_agrees
from optimizer.scenario.uncertainty import uncertainty_agrees

if TYPE_CHECKING:
    from optimizer.scenario.cover import Cover
    from optimizer.scenario.model import Scenario

Check = Callable[["Scenario"], Iterator[Problem]]
Path = tuple[str | int, ...]


def problems_of(scenario: Scenario) -> list[Problem]:
    """Every disagreement between the scenario's parts, in the order of `CHECKS`."""
    return [problem for check in CHECKS for problem in check(scenario)]


def _shifts_agree(scenario: Scenario) -> Iterator[Problem]:
    for name, shift in scenario.shifts.items():
        base = scenario.shifts.get(shift.extends or "")
        if shift.extends is not None:
            yield from known(("shifts", name, "extends"), [shift.extends], scenario.shifts, "shift")
        if base is not None and base.extends is not None:
            yield Problem(("shifts", name, "extends"), f"{shift.extends} extends a shift itself; name that one")
        if base is not None and base.span_minutes + shift.span_minutes > 24 * 60:
            hours = (base.span_minutes + shift.span_minutes) / 60
            yield Problem(("shifts", name, "more_hours"), f"a shift may last at most 24 h, got {hours:g} h")


def _patterns_agree(scenario: Scenario) -> Iterator[Problem]:
    for name, pattern in scenario.patterns.items():
        for at, day in enumerate(pattern.days):
            if day not in (OFF, ON_CALL):
                yield from one_start(scenario, ("patterns", name, "days", at), day)
        if pattern.on_call is not None:
            yield from one_start(scenario, ("patterns", name, "on_call", "shift"), pattern.on_call.shift)


def _units_agree(scenario: Scenario) -> Iterator[Problem]:
    sites = site_names(scenario)
    for name, unit in scenario.units.items():
        path = ("units", name)
        yield from known((*path, "cares_for"), unit.cares_for, scenario.patients, "patient group")
        if unit.site is not None:
            yield from known((*path, "site"), [unit.site], sites, "site")
        elif len(sites) > 1:
            yield Problem(path, "must say its site: there is more than one")
        for at, closure in enumerate(unit.closures):
            if closure.beds > unit.beds:
                yield Problem((*path, "closures", at, "beds"), f"closes {closure.beds} of {unit.beds} beds")
            if scenario.horizon.cycle is not None:
                yield Problem((*path, "closures", at), "a cycle has no dates, so nothing can close on one")


def _patients_agree(scenario: Scenario) -> Iterator[Problem]:
    cared_for = {group for unit in scenario.units.values() for group in unit.cares_for}
    for name, group in scenario.patients.items():
        path = ("patients", name)
        yield from known((*path, "outlies_in"), group.outlies_in, scenario.units, "unit")
        yield from known((*path, "outlier_cost_at"), group.outlier_cost_at, group.outlies_in, "unit of outlies_in")
        if group.holding is not None:
            yield from known((*path, "holding"), [group.holding], scenario.units, "unit")
        if group.site is not None:
            yield from known((*path, "site"), [group.site], site_names(scenario), "site")
        elif len(site_names(scenario)) > 1:
            yield Problem(path, "must say its site: there is more than one")
        if name not in cared_for and not group.outlies_in:
            yield Problem(path, f"no unit cares for {name}", f"add {name} to the cares_for of a unit")


def _demand_has_a_figure_for_each_period(scenario: Scenario) -> Iterator[Problem]:
    periods = scenario.horizon.committed_days * scenario.horizon.periods_per_day
    for name, group in scenario.patients.items():
        for key in ("arrivals", "census"):
            yield from _length(("patients", name, "demand", key), getattr(group.demand, key, None), periods)
        if group.elective is not None and group.elective.cases:
            days = scenario.horizon.committed_days
            yield from _length(("patients", name, "elective", "cases"), group.elective.cases, days)
        if group.demand is not None and group.demand.history is not None and scenario.horizon.cycle is not None:
            yield Problem(("patients", name, "demand", "history"), "a cycle has no dates to forecast; give the figures")
    for at, cover in enumerate(scenario.cover):
        yield from _length(("cover", at, "people"), cover.people, periods)
    for name, device in scenario.devices.items():
        per_day = device.serving.per_day if device.serving else {}
        for group_name, figures in per_day.items():
            yield from _length(("devices", name, "serving", "per_day", group_name), figures, periods)


def _whole_patients_have_whole_figures(scenario: Scenario) -> Iterator[Problem]:
    """Fractions of expected patients can't be placed as whole ones: only given whole figures without stays can."""
    for name, group in scenario.patients.items():
        demand = group.demand
        if group.whole and (group.length_of_stay is not None or demand is None or demand.history is not None):
            message = "counts whole patients, but stays and forecasts give fractions"
            yield Problem(
                ("patients", name, "whole"), message, "give whole figures of arrivals or census, without stays"
            )
        elif group.whole and demand is not None:
            factor = demand.share * (1.0 + demand.uplift)
            given = demand.arrivals if demand.arrivals is not None else demand.census
            figures = given if isinstance(given, tuple) else (given or 0.0,)
            if any(abs(figure * factor - round(figure * factor)) > 1e-9 for figure in figures):
                yield Problem(("patients", name, "whole"), "counts whole patients, but its demand is in fractions")


def _length(path: Path, figures: object, periods: int) -> Iterator[Problem]:
    if isinstance(figures, tuple) and len(figures) != periods:
        yield Problem(path, f"needs {periods} figures, one for each period, got {len(figures)}")


def _staff_agree(scenario: Scenario) -> Iterator[Problem]:
    units = unit_names(scenario)
    for name, group in scenario.staff.items():
        path = ("staff", name)
        if isinstance(group.own, dict):
            yield from known((*path, "own"), group.own, units, "unit")
        elif group.own not in (None, "unlimited") and len(units) > 1:
            yield Problem((*path, "own"), "must name the units these people belong to: there is more than one")
        yield from known((*path, "can_work_as"), group.can_work_as, scenario.staff, "staff group")
        yield from known((*path, "shifts"), group.shifts, scenario.shifts, "shift")
        yield from known((*path, "patterns"), group.patterns, scenario.patterns, "pattern")
        if isinstance(group.cost_per_shift, dict):
            yield from known((*path, "cost_per_shift"), group.cost_per_shift, scenario.shifts, "shift")
            missing = sorted(set(group.shifts or scenario.shifts) - set(group.cost_per_shift))
            if missing:
                yield Problem((*path, "cost_per_shift"), f"has no cost for {', '.join(missing)}")


def _float_agrees(scenario: Scenario) -> Iterator[Problem]:
    for name, group in scenario.staff.items():
        routes = group.floating.routes if group.floating else {}
        for home, targets in routes.items():
            path = ("staff", name, "float", "routes")
            yield from known(path, [home], scenario.units, "unit")
            if targets != "any":
                yield from known((*path, home), targets, scenario.units, "unit")
        for contract in ("overtime", "bank", "agency"):
            terms = getattr(group, contract)
            if terms is not None:
                yield from known(("staff", name, contract, "units"), terms.units, scenario.units, "unit")


def _cover_agrees(scenario: Scenario) -> Iterator[Problem]:
    for at, cover in enumerate(scenario.cover):
        path: Path = ("cover", at)
        yield from known((*path, "unit"), cover.unit, unit_names(scenario), "unit")
        if not cover.unit and len(unit_names(scenario)) > 1:
            yield Problem(path, "must say its unit: there is more than one")
        yield from known((*path, "staff"), [cover.staff], scenario.staff, "staff group")
        yield from known((*path, "during"), cover.during, scenario.shifts, "shift")
        for key in ("patients_per_person", "smallest_team"):
            by_shift = getattr(cover, key)
            if isinstance(by_shift, dict):
                yield from known((*path, key), by_shift, scenario.shifts, "shift")
        if cover.skill_mix is not None:
            yield from known((*path, "skill_mix", "of"), cover.skill_mix.of, scenario.staff, "staff group")
        yield from _acuity_agrees(scenario, path, cover)


def _acuity_agrees(scenario: Scenario, path: Path, cover: Cover) -> Iterator[Problem]:
    if cover.acuity_hours is None:
        return
    yield from known((*path, "acuity_hours"), [cover.acuity_hours], scenario.acuity, "acuity scale")
    scale = scenario.acuity.get(cover.acuity_hours)
    if scale is None:
        return
    for unit in cover.unit or unit_names(scenario):
        for name in scenario.units[unit].cares_for if unit in scenario.units else ():
            group = scenario.patients.get(name)
            if group is not None and not group.acuity:
                yield Problem(("patients", name), f"needs its acuity mix: {unit} is covered by acuity hours")
            elif group is not None:
                yield from known(("patients", name, "acuity"), group.acuity, scale.levels, "acuity level")


def _every_unit_can_be_staffed(scenario: Scenario) -> Iterator[Problem]:
    for at, cover in enumerate(scenario.cover):
        if cover.staff in scenario.staff:
            for unit in cover.unit or unit_names(scenario):
                if not any(may_serve(scenario, name, unit, cover.staff) for name in scenario.staff):
                    message = f"nobody may staff {unit} as {cover.staff}"
                    yield Problem(("cover", at), message, f"give staff.{cover.staff}.own a team at {unit}, or bank")


def may_serve(scenario: Scenario, staff: str, unit: str, role: str) -> bool:
    """Whether anybody of group `staff` could be on duty at `unit` in `role`."""
    group = scenario.staff[staff]
    if staff != role and role not in group.can_work_as:
        return False
    homes = set(group.teams(unit_names(scenario)))
    if unit in homes or group.engages_freely:
        return True
    temporary = [terms for terms in (group.bank, group.agency) if terms is not None]
    if staff == role and any(not terms.units or unit in terms.units for terms in temporary):
        return True
    routes = group.floating.routes if group.floating else {}
    return any(home in homes and (to == "any" or unit in to) for home, to in routes.items())


def _devices_agree(scenario: Scenario) -> Iterator[Problem]:
    places = {*unit_names(scenario), *site_names(scenario)}
    for name, device in scenario.devices.items():
        path = ("devices", name)
        yield from known((*path, "owned"), device.owned, places, "unit or site")
        yield from known((*path, "need"), device.need, scenario.patients, "patient group")
        yield from known((*path, "need_at"), device.need_at, scenario.units, "unit")
        if device.serving is not None:
            for key in ("per_day", "per_arrival", "per_elective"):
                groups = getattr(device.serving, key)
                yield from known((*path, "serving", key), groups, scenario.patients, "patient group")


def _transfers_agree(scenario: Scenario) -> Iterator[Problem]:
    for at, pair in enumerate(scenario.transfers.distances):
        for end in ("a", "b"):
            path = ("transfers", "distances", at, end)
            yield from known(path, [getattr(pair, end)], site_names(scenario), "site")


def _today_agrees(scenario: Scenario) -> Iterator[Problem]:
    today = scenario.today
    for name, units in today.census.items():
        yield from known(("today", "census"), [name], scenario.patients, "patient group")
        yield from known(("today", "census", name), units, scenario.units, "unit")
    yield from known(("today", "waiting"), today.waiting, scenario.patients, "patient group")
    yield from known(("today", "open_bays"), today.open_bays, scenario.units, "unit")
    yield from known(("today", "devices"), today.devices, scenario.devices, "device")
    for name, places in today.devices.items():
        anywhere = {*unit_names(scenario), *site_names(scenario)}
        yield from known(("today", "devices", name), places, anywhere, "unit or site")
    yield from known(("today", "backlog"), today.backlog, scenario.devices, "device")


def _patients_lie_where_they_are_cared_for(scenario: Scenario) -> Iterator[Problem]:
    for name, units in scenario.today.census.items():
        group = scenario.patients.get(name)
        for unit in units:
            terms = scenario.units.get(unit)
            if group is not None and terms is not None and name not in terms.cares_for and unit not in group.outlies_in:
                hint = f"add {name} to the cares_for of {unit}, or {unit} to the outlies_in of {name}"
                yield Problem(("today", "census", name, unit), f"{unit} can't care for {name}", hint)


def _no_more_bays_are_open_than_there_are(scenario: Scenario) -> Iterator[Problem]:
    for name, count in scenario.today.open_bays.items():
        terms = scenario.units[name].escalation if name in scenario.units else None
        if terms is not None and count > len(terms.bays):
            yield Problem(("today", "open_bays", name), f"{name} has {len(terms.bays)} bays, {count} can't be open")


CHECKS: Final[tuple[Check, ...]] = (
    _shifts_agree,
    _patterns_agree,
    _units_agree,
    _patients_agree,
    _demand_has_a_figure_for_each_period,
    _whole_patients_have_whole_figures,
    _staff_agree,
    _float_agrees,
    _cover_agrees,
    _every_unit_can_be_staffed,
    _devices_agree,
    _transfers_agree,
    _today_agrees,
    _patients_lie_where_they_are_cared_for,
    _no_more_bays_are_open_than_there_are,
    duties_agree,
    published_agrees,
    out_of_use_agrees,
    locked_agrees,
    service_level_or_prices,
    uncertainty_agrees,
    closings_agree,
    pathways_agree,
    goals_agree,
    beside_agrees,
)
