"""Warnings: what a scenario may say, but a planner hardly means, perverse prices above all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from optimizer.scenario.cover import Cover
from optimizer.scenario.faults import Fault, Step
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import PatientGroup
from optimizer.scenario.places import Escalation
from optimizer.scenario.staff import StaffGroup

Path = tuple[Step, ...]
Warned = Iterator[tuple[Path, str, str]]


def warnings_of(loaded: Loaded[Scenario]) -> tuple[Fault, ...]:
    """Every warning at its place, in the order of `WARNINGS`. None of them keeps a plan from being made.

    Where goals are sought in turn, prices of different goals are not weighed and can't be perverse.
    """
    told = [warn for warn in WARNINGS if not (loaded.value.solve.by_goals and warn in BETWEEN_GOALS)]
    return tuple(loaded.fault(path, message, hint) for warn in told for path, message, hint in warn(loaded.value))


def _boarding_cheaper_than_a_bed(scenario: Scenario) -> Warned:
    """Boarding that costs less than the bed, and the care, that would end it."""
    for name, group in scenario.patients.items():
        for unit_name in _places(scenario, name, group):
            terms = scenario.units[unit_name].escalation
            if terms is not None and group.boarding_cost_per_day is not None:
                care = 0.0 if scenario.boarded_need_care else _care_cost(scenario, unit_name)
                price = _bed_day(terms) + care
                if group.boarding_cost_per_day < price:
                    yield (
                        ("patients", name, "boarding_cost_per_day"),
                        f"boarding at {group.boarding_cost_per_day:g} a day is cheaper than the bed and nurse that "
                        f"would end it ({price:.0f} in {unit_name}): patients will be boarded beside closed beds",
                        "price a boarded day above that",
                    )
                    break


def _outlying_dearer_than_boarding(scenario: Scenario) -> Warned:
    for name, group in scenario.patients.items():
        boarding = group.boarding_cost_per_day
        cheapest = min(map(group.outlying_at, group.outlies_in), default=0.0)
        if boarding is not None and group.outlies_in and cheapest >= boarding:
            message = f"a day as an outlier ({cheapest:g}) costs no less than a boarded day ({boarding:g})"
            yield ("patients", name, "outlier_cost_per_day"), message, "nobody will be placed off home"


def _shortfall_cheaper_than_staff(scenario: Scenario) -> Warned:
    """A missing person who costs less than the cheapest one who could come."""
    for name, group in scenario.staff.items():
        cheapest = _cheapest_hour(group)
        if group.short_cost_per_hour is not None and cheapest is not None and group.short_cost_per_hour < cheapest:
            message = f"{group.short_cost_per_hour:g} an hour short is cheaper than someone who comes ({cheapest:.2f})"
            yield ("staff", name, "short_cost_per_hour"), message, "nobody will be booked: price it above that"


def _device_cheaper_to_lack_than_to_rent(scenario: Scenario) -> Warned:
    for name, device in scenario.devices.items():
        short, rent = device.short_cost_per_day, device.rent
        if short is not None and rent is not None and short < rent.cost_per_day:
            message = f"lacking one ({short:g} a day) is cheaper than renting one ({rent.cost_per_day:g} a day)"
            yield ("devices", name, "short_cost_per_day"), message, "none will be rented"


def _cancelling_cheaper_than_postponing(scenario: Scenario) -> Warned:
    for name, group in scenario.patients.items():
        terms = group.elective
        if terms is not None and terms.cancel_cost is not None and terms.cancel_cost < terms.postpone_cost_per_day:
            message = f"cancelling a case ({terms.cancel_cost:g}) is cheaper than postponing it by a day"
            yield ("patients", name, "elective", "cancel_cost"), message, "no case will ever be postponed"


def _holidays_of_no_country(scenario: Scenario) -> Warned:
    """A premium for public holidays where nobody knows which days those are."""
    for name, group in scenario.staff.items():
        for premium, terms in group.premium.items():
            if "holiday" in terms.days and scenario.forecast.country is None:
                message = "public holidays earn nothing: no country says which days they are"
                yield ("staff", name, "premium", premium), message, "give forecast.country, such as GB"


def _nothing_published_inside_notice(scenario: Scenario) -> Warned:
    for name, group in scenario.staff.items():
        if group.notice > timedelta(0) and scenario.today.published is None:
            message = "own shifts have a notice, but no published shifts are given: they are planned as if free"
            yield ("staff", name, "notice"), message, "give today.published.shifts"


def _clocks_change(scenario: Scenario) -> Warned:
    """A night on which the clocks change is planned at its usual length."""
    horizon = scenario.horizon
    if horizon.start is None or horizon.timezone is None:
        return
    zone = ZoneInfo(horizon.timezone)
    noon = datetime(horizon.start.year, horizon.start.month, horizon.start.day, 12, tzinfo=zone)
    for day in range(horizon.committed_days):
        if (noon + timedelta(days=day)).utcoffset() != (noon + timedelta(days=day + 1)).utcoffset():
            night = (noon + timedelta(days=day)).date()
            yield ("horizon", "timezone"), f"the clocks change in the night of {night}, planned at its usual length", ""


def _places(scenario: Scenario, name: str, group: PatientGroup) -> list[str]:
    return [unit for unit, terms in scenario.units.items() if name in terms.cares_for or unit in group.outlies_in]


def _bed_day(terms: Escalation) -> float:
    """Cheapest price of one escalation bed for a day."""
    return min(terms.bay_day_cost(bay) / beds for bay, beds in enumerate(terms.bays))


def _care_cost(scenario: Scenario, unit: str) -> float:
    """Currency a patient-day of care costs at a unit, at each group's cheapest temporary hour."""
    total = 0.0
    for cover in scenario.cover:
        group = scenario.staff[cover.staff]
        if not cover.unit or unit in cover.unit:
            total += _hours_per_patient_day(cover) * (_cheapest_hour(group) or group.pay_per_hour or 0.0)
    return total


def _hours_per_patient_day(cover: Cover) -> float:
    if cover.hours_per_patient_day is not None:
        return cover.hours_per_patient_day
    ratio = cover.patients_per_person
    if ratio is None:
        return 0.0
    ratios = list(ratio.values()) if isinstance(ratio, dict) else [ratio]
    return sum(24.0 / each for each in ratios) / len(ratios)


def _cheapest_hour(group: StaffGroup) -> float | None:
    """Currency for an hour of the cheapest contract beyond the own one, without premiums; None where it has none."""
    terms = [each for each in (group.overtime, group.bank, group.agency) if each is not None]
    if group.pay_per_hour is None or not terms:
        return None
    return group.pay_per_hour * min(each.multiplier for each in terms)


WARNINGS: Final[tuple[Callable[[Scenario], Warned], ...]] = (
    _boarding_cheaper_than_a_bed,
    _outlying_dearer_than_boarding,
    _shortfall_cheaper_than_staff,
    _device_cheaper_to_lack_than_to_rent,
    _cancelling_cheaper_than_postponing,
    _holidays_of_no_country,
    _nothing_published_inside_notice,
    _clocks_change,
)

BETWEEN_GOALS: Final = frozenset(
    {_boarding_cheaper_than_a_bed, _shortfall_cheaper_than_staff, _device_cheaper_to_lack_than_to_rent}
)
"""Warnings that weigh the price of a shortfall against money."""
