"""How many are needed: care hours by acuity, ratios, hours per patient-day, smallest teams, coordinators, skill mix."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from optimizer.scenario.quantities import Amount, Clock, Frozen, Name, Names, PerPeriod, Positive, Share

RULE_KEYS = ("patients_per_person", "acuity_hours", "hours_per_patient_day", "smallest_team", "people", "skill_mix")
"""Keys of a cover entry that each state a need; the largest of them counts."""


class AcuityScale(Frozen):
    """Care a patient of each acuity level takes: hours a patient-day, or whole-time equivalents a patient."""

    hours: dict[Name, Amount] = {}
    wte: dict[Name, Amount] = {}

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if bool(self.hours) == bool(self.wte):
            raise ValueError("must say exactly one of hours and wte")
        return self

    @property
    def levels(self) -> tuple[str, ...]:
        """The acuity levels the scale knows."""
        return tuple(self.hours or self.wte)


class SkillMix(Frozen):
    """At least this share of everyone on duty from the groups named."""

    at_least: Share
    of: Names


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Cover(Frozen):
    """What one staff group must give at some units. Every need stated holds; a coordinator comes on top."""

    unit: Annotated[Names, BeforeValidator(_one_or_many, json_schema_input_type=Name | Names)] = Field(
        (), description="may be left out where there is one"
    )
    staff: Name
    patients_per_person: Positive | dict[Name, Positive] | None = Field(
        None, description="ratio, rounded up to whole people; by shift where it differs"
    )
    acuity_hours: Name | None = Field(None, description="name of an acuity scale")
    share: Share = Field(1.0, description="this group's share of the acuity hours")
    hours_per_patient_day: Amount | None = None
    rounding: Literal["none", "nearest", "up"] = Field(
        "none", description="care hours as whole people on duty: not rounded, to the nearest, or up"
    )
    spread: dict[str, Positive] = Field(
        {}, description='how care hours fall over the day: {"07:00": 1.2, "21:00": 0.7}, each from its hour on'
    )
    smallest_team: Amount | dict[Name, Amount] | None = None
    people: PerPeriod | None = Field(None, description="people needed, by period")
    skill_mix: SkillMix | None = None
    coordinator: Amount = Field(0.0, description="supernumerary people in charge, in every interval")
    during: Names = Field((), description="shifts in which this cover is asked for; default: always")
    hard: bool = Field(False, description="true: must be met, and no plan exists where it can't be")
    short_cost_per_hour: Amount | None = Field(None, description="per person-hour short; default: the staff group's")

    @model_validator(mode="after")
    def _states_a_need(self) -> Self:
        if all(getattr(self, key) is None for key in RULE_KEYS):
            raise ValueError(f"states no need: say one or more of {', '.join(RULE_KEYS)}")
        if self.hard and self.short_cost_per_hour is not None:
            raise ValueError("hard cover has no short_cost_per_hour: it may never be short")
        return self

    @property
    def spread_steps(self) -> tuple[tuple[int, float], ...]:
        """(minute of the day, weight) in order of time."""
        return tuple(sorted((_minutes(text), weight) for text, weight in self.spread.items()))


class _ClockText(Frozen):
    at: Clock


def _minutes(text: str) -> int:
    return _ClockText(at=text).at
