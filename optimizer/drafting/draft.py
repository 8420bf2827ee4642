"""A first scenario out of a hospital's own tables: wards with their series, teams, and every figure assumed named."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from optimizer.drafting import assumptions as a
from optimizer.drafting.assumptions import Assumed

Data = dict[str, object]

SHIFTS: Final[Mapping[str, Mapping[str, object]]] = {
    "early": {"start": "07:00", "hours": 7.5},
    "late": {"start": "14:00", "hours": 7.5},
    "night": {"start": "21:00", "hours": 10.5},
}
"""Three shifts with half an hour of handover."""


@dataclass(frozen=True, slots=True)
class Ward:
    """A series of patients present: where it lies, its mean and 95th percentile of late in patients, beds if known."""

    name: str
    history: Mapping[str, object]
    mean: float
    busy: float
    beds: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """People of one staff group employed on a ward; pay in currency an hour and contracted hours a week if known."""

    ward: str
    staff: str
    people: float
    pay_per_hour: float | None = None
    hours_per_week: float | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario as data, and what was assumed in it."""

    data: Data
    assumed: tuple[Assumed, ...]


def draft(name: str, start: date, days: int, wards: Sequence[Ward], groups: Sequence[Group]) -> Draft:
    """The scenario of wards and their teams over `days` from `start`.

    Every ward is the home of one patient group of its own. Where an average day's patients are cared for by the people
    employed today, care hours are what those people give; other needs are the planner's to say.
    """
    keys = keys_of([ward.name for ward in wards])
    assumed: list[Assumed] = [
        Assumed(("shifts",), "three shifts with half an hour of handover"),
    ] * bool(groups)
    data: Data = {"schema": 1, "id": key_of(name), "name": name, "horizon": {"start": start.isoformat(), "days": days}}
    if groups:
        data["shifts"] = {shift: dict(told) for shift, told in SHIFTS.items()}
    data["patients"] = {keys[ward.name]: _patients(ward, keys[ward.name], assumed) for ward in wards}
    data["units"] = {keys[ward.name]: _unit(ward, keys[ward.name], assumed) for ward in wards}
    if groups:
        staff = keys_of([group.staff for group in groups])
        data["staff"] = {key: _staff(key, [g for g in groups if staff[g.staff] == key], keys, assumed) for key in
                         dict.fromkeys(staff.values())}  # fmt: skip
        data["cover"] = list(_cover(wards, groups, keys, staff, assumed))
    return Draft(data, tuple(assumed))


def key_of(name: str) -> str:
    """A name as a scenario's key: without blanks, dots, commas, slashes, brackets."""
    return re.sub(r"[\s.,;/\\=\[\]{}]+", "-", name.strip()).strip("-")[:80] or "unnamed"


def keys_of(names: Sequence[str]) -> dict[str, str]:
    """A key for every name, no two alike."""
    found: dict[str, str] = {}
    for name in names:
        key, at = key_of(name), 2
        while name not in found and key in found.values():
            key, at = f"{key_of(name)}-{at}", at + 1
        found.setdefault(name, key)
    return found


def _patients(ward: Ward, key: str, assumed: list[Assumed]) -> Data:
    where: tuple[str | int, ...] = ("patients", key)
    assumed.append(Assumed((*where, "length_of_stay"), "wardwright stays makes your own of a table of stays"))
    assumed.append(Assumed((*where, "boarding_cost_per_day"), "what a patient without a bed is worth avoiding"))
    return {
        "demand": {"history": dict(ward.history)},
        "length_of_stay": {"mean_days": a.MEAN_STAY_DAYS},
        "boarding_cost_per_day": a.BOARDING_COST,
    }


def _unit(ward: Ward, key: str, assumed: list[Assumed]) -> Data:
    beds = ward.beds
    if beds is None:
        beds = max(a.LEAST_BEDS, math.ceil(ward.busy))
        assumed.append(Assumed(("units", key, "beds"), "as many as were filled on the busiest days in twenty of late"))
    named = {"name": ward.name} if ward.name != key else {}
    return {**named, "beds": round(beds), "cares_for": [key]}


def _staff(key: str, groups: Sequence[Group], keys: Mapping[str, str], assumed: list[Assumed]) -> Data:
    pay = _known([group.pay_per_hour for group in groups], [group.people for group in groups])
    hours = _known([group.hours_per_week for group in groups], [group.people for group in groups])
    people = sum(group.people for group in groups)
    shifts = people * (hours or a.HOURS_PER_WEEK) * (1 - a.HEADROOM) / a.SHIFT_HOURS
    why = {
        "headroom": "share lost to leave, sickness and study",
        "short_cost_per_hour": f"{a.SHORT_TIMES_PAY:g} hours of pay, so that shortfalls come last",
        "bank": f"{a.BANK_SHARE * 100:g} % of the team's shifts at {a.BANK_MULTIPLIER:g} times their pay",
        "agency": f"{a.AGENCY_SHARE * 100:g} % of the team's shifts at {a.AGENCY_MULTIPLIER:g} times their pay",
        **({} if pay is not None else {"pay_per_hour": "no pay_per_hour in the staff table"}),
        **({} if hours is not None else {"hours_per_week": "no hours_per_week in the staff table"}),
    }
    assumed += [Assumed(("staff", key, field), words) for field, words in why.items()]
    named = {"name": groups[0].staff} if groups[0].staff != key else {}
    rate = a.PAY_PER_HOUR if pay is None else pay
    return {
        **named,
        "pay_per_hour": round(rate, 2),
        "own": {keys[group.ward]: _tidy(sum(g.people for g in groups if g.ward == group.ward)) for group in groups},
        "hours_per_week": _tidy(a.HOURS_PER_WEEK if hours is None else hours),
        "headroom": a.HEADROOM,
        "bank": {"multiplier": a.BANK_MULTIPLIER, "shifts_per_week": math.ceil(a.BANK_SHARE * shifts), "notice": "1d"},
        "agency": {
            "multiplier": a.AGENCY_MULTIPLIER, "shifts_per_week": math.ceil(a.AGENCY_SHARE * shifts), "notice": "1d",
        },
        "short_cost_per_hour": round(a.SHORT_TIMES_PAY * rate, 2),
    }  # fmt: skip


def _cover(
    wards: Sequence[Ward], groups: Sequence[Group], keys: Mapping[str, str], staff: Mapping[str, str],
    assumed: list[Assumed],
) -> Iterator[Data]:  # fmt: skip
    """Care hours a patient day that the people employed give an average day's patients."""
    hours: dict[tuple[str, str], float] = {}
    for group in groups:
        week = group.people * (group.hours_per_week or a.HOURS_PER_WEEK) * (1 - a.HEADROOM)
        place = group.ward, staff[group.staff]
        hours[place] = hours.get(place, 0.0) + week / 7
    means = {ward.name: ward.mean for ward in wards}
    for (ward, key), daily in hours.items():
        if daily > 0 and means[ward] > 0:
            at = sum(each.path[0] == "cover" for each in assumed)
            why = "what the people employed give an average day's patients; put in your own"
            assumed.append(Assumed(("cover", at, "hours_per_patient_day"), why))
            yield {"unit": keys[ward], "staff": key, "hours_per_patient_day": round(daily / means[ward], 2)}


def _known(figures: Sequence[float | None], people: Sequence[float]) -> float | None:
    """The mean of those known, weighed by people; None where none is."""
    known = [(figure, count) for figure, count in zip(figures, people, strict=True) if figure is not None]
    weight = sum(count for _, count in known)
    if not known or weight <= 0:
        return known[0][0] if known else None
    return sum(figure * count for figure, count in known) / weight


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)
