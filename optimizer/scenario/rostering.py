"""What a scenario says of its roster: people by pseudonym, their wishes and pairs, and every rule with its price.

A `cost` of null makes a rule hard; a number is what each breach costs, in the scenario's currency (or points).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from optimizer.scenario.quantities import Amount, Count, Frozen, Name, Positive

Cost = Annotated[Amount | None, Field(description="null: may not be broken; else what each breach costs")]
Days = Annotated[int, Field(ge=1, le=366)]

PSEUDONYM: Final = r"^[A-Za-z0-9_\-]*\d[A-Za-z0-9_\-]*$"
Pseudonym = Annotated[
    str,
    Field(min_length=1, max_length=40, pattern=PSEUDONYM, description="a pseudonym with a figure in it, never a name"),
]


def _listed(value: object) -> object:
    """Cells of a table: things apart by blanks or semicolons."""
    return tuple(value.replace(";", " ").split()) if isinstance(value, str) else value


Texts = Annotated[tuple[Name, ...], BeforeValidator(_listed, json_schema_input_type=tuple[Name, ...] | str)]
"""A list, or a cell such as `iv; charge`."""


def _stretches(value: object) -> object:
    """`2026-01-05; 2026-01-08..2026-01-12` as first and last days."""
    parts = _listed(value)
    if not isinstance(parts, tuple | list):
        return parts
    return tuple(
        {"first": part.split("..")[0], "last": part.split("..")[-1]} if isinstance(part, str) else part
        for part in parts
    )


class Stretch(Frozen):
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins on {self.first}")
        return self


Stretches = Annotated[
    tuple[Stretch, ...], BeforeValidator(_stretches, json_schema_input_type=tuple[Stretch, ...] | str)
]


class RosterPerson(Frozen):
    """Somebody who can be given shifts; known by a pseudonym."""

    id: Pseudonym
    group: Name
    unit: Name | None = Field(None, description="home; left out where there is one unit")
    units: Texts = Field((), description="other units she may be sent to, at the price of floating")
    roles: Texts = Field((), description="other groups whose duties she may fill")
    skills: Texts = ()
    grade: Annotated[int, Field(ge=0, le=100)] = 0
    contract: Literal["own", "bank", "agency"] = "own"
    hours_per_week: Amount | None = Field(None, description="contract hours; default: her group's; 0: none owed")
    pay_per_hour: Amount = Field(0.0, description="only where hours are paid as they are worked")
    cost_per_shift: Amount = Field(0.0, description="of bank and agency: why they come last")
    shifts: Texts = Field((), description="shifts she may work; default: all")
    weekdays: Texts = Field((), description="weekdays she may work; default: all")
    leave: Stretches = Field((), description="days off that are promised")
    absent: Stretches = Field((), description="days away that change nothing about her hours: see hours_owed")
    from_day: date | None = Field(None, description="first day she is there")
    to_day: date | None = Field(None, description="last day she is there")
    nights_before: Count = Field(0, description="counted for fairness: worked before the roster begins")
    weekends_before: Count = 0
    wishes_unmet_before: Count = 0
    hours_owed: Annotated[float, Field(ge=-10_000, le=10_000)] = Field(
        0.0, description="hours she owes (worked too few); negative where she is owed some"
    )
    weekly_hours_before: Amount | None = Field(None, description="mean weekly hours in the weeks before what is known")
    rota: Texts = Field((), description="base rota from the first day on, repeated: early early off ...")


class Request(Frozen):
    """A wish: to work on a day (a shift, or any), or not to."""

    person: Pseudonym
    day: date
    shift: Name | None = None
    work: bool = False
    weight: Cost = 1.0


class Worked(Frozen):
    """A duty worked before the roster begins, or published: a row of an earlier roster.csv will do."""

    person: Pseudonym
    day: date
    shift: Name
    unit: Name | None = Field(None, description="where, if told")
    group: Name | None = Field(None, description="as what, if told")
    at: Annotated[str, Field(max_length=200)] = Field("", description="where the team sent her, if elsewhere")
    start: str | None = Field(None, max_length=5, description="of roster.csv; not looked at")
    end: str | None = Field(None, max_length=5, description="of roster.csv; not looked at")
    hours: Amount | None = Field(None, description="of roster.csv; not looked at")


class LockedDuty(Frozen):
    """A cell that is decided: the shift a person works that day, or none."""

    person: Pseudonym
    day: date
    shift: Name | None = None


class Pair(Frozen):
    """Two people whose duties are the same, or never on one shift of one unit."""

    people: tuple[Pseudonym, Pseudonym]
    together: bool = False
    cost: Cost = None


class StatedNeed(Frozen):
    """People wanted on a shift of a day; with `start` and `hours` a shift that only this day has."""

    day: date
    unit: Name | None = None
    group: Name | None = None
    shift: Name | None = None
    start: str | None = Field(None, pattern=r"^([01]?\d|2[0-3]):([0-5]\d)$")
    hours: Positive | None = None
    skill: Name | None = Field(None, description="without which nobody may work it")
    at: Annotated[str, Field(max_length=200)] = Field("", description="where the team sends who works it, if elsewhere")
    people: Count
    cost: Cost = Field(None, description="of each person missing")


class RestRule(Frozen):
    """Hours between two duties, with exceptions for pairs of shifts."""

    hours: Annotated[float, Field(ge=0, le=48)] = 11.0
    exceptions: tuple[RestException, ...] = ()
    cost: Cost = None


class RestException(Frozen):
    """Between these two shifts other hours of rest are enough."""

    after: Name
    before: Name
    hours: Annotated[float, Field(ge=0, le=48)]


class Forbidden(Frozen):
    """Not `before` on the day after `after`, whatever the hours between."""

    after: Name
    before: Name
    cost: Cost = None


class CountRule(Frozen):
    """Shifts (of some names, or any) in every `days` days in a row, or in the whole roster."""

    days: Days | None = Field(None, description="length of the rolling window; left out: the whole roster")
    shifts: Texts = ()
    least: Count = 0
    most: Count | None = None
    cost: Cost = None


class HoursRule(Frozen):
    """Hours in every `days` days in a row, or in the whole roster; duties before it count."""

    days: Days | None = None
    least: Amount = 0.0
    most: Amount | None = None
    cost: Cost = Field(None, description="of each hour")
    unknown: Literal["contract", "nothing"] = Field(
        "nothing", description="what was worked on days before the first known: her contract hours, or nothing"
    )


class ContractRule(Frozen):
    """Hours of the contract over the roster: what each hour less or more costs, and how many more are allowed."""

    less_cost: Cost = 1.0
    more_cost: Cost = 1.0
    more_at_most: Amount | None = Field(None, description="hours beyond the contract that nobody may pass")


class RunRule(Frozen):
    """Days in a row, at least and at most."""

    least: Days = 1
    most: Days | None = None
    cost: Cost = None


class NightRule(Frozen):
    """Nights come in blocks, then rest."""

    shifts: Texts = Field((), description="default: shifts with three hours or more between 23:00 and 06:00")
    least: Days = 1
    most: Days | None = None
    rest_hours: Amount = Field(0.0, description="between the last night of a block and the next duty")
    cost: Cost = None


class WeekendRule(Frozen):
    """Weekends whole, and weekends off."""

    whole_cost: Amount = Field(0.0, description="of each weekend of which one day is worked")
    most: Count | None = Field(None, description="weekends worked in the roster")
    off_in: Days | None = Field(None, description="at least one weekend off in so many in a row")
    cost: Cost = None


class MixRule(Frozen):
    """Of those on a shift at least (or at most) so many have a skill, or a grade in a range."""

    units: Texts = ()
    shifts: Texts = ()
    groups: Texts = ()
    skill: Name | None = None
    grade_from: Count = 0
    grade_to: Count | None = None
    at_least: Count = 0
    at_most: Count | None = None
    cost: Cost = None


class FairRule(Frozen):
    """Burdens are shared: what is beyond a fair share costs."""

    of: Literal["shifts", "nights", "weekends", "hours", "wishes"]
    by: Literal["spread", "deviation", "most_loaded"] = "spread"
    target: Amount | None = Field(None, description="of deviation: a figure for everybody; default: a fair share")
    cost: Amount = 1.0


class RosterRules(Frozen):
    """The rules of a roster; a rule left out does not hold, save rest, one shift a day and the 48-hour week."""

    one_shift_a_day: bool = True
    rest: RestRule = RestRule()
    forbidden: tuple[Forbidden, ...] = ()
    counts: tuple[CountRule, ...] = ()
    hours: tuple[HoursRule, ...] = (HoursRule(days=119, most=816.0, unknown="contract"),)
    contract: ContractRule | None = None
    working_run: RunRule | None = None
    resting_run: RunRule | None = None
    nights: NightRule | None = None
    weekends: WeekendRule | None = None
    mix: tuple[MixRule, ...] = ()
    fairness: tuple[FairRule, ...] = ()
    rota_cost: Cost = 1.0
    change_cost: Amount = Field(10.0, description="of each cell that differs from a published roster")
    float_cost: Amount = Field(5.0, description="of each duty away from home")
    short_cost: Cost = Field(100.0, description="of each person missing on a duty of a plan")
    over_cost: Amount = Field(1.0, description="of each person more than a shift wants")


class Rostering(Frozen):
    """People and rules of a roster."""

    people: tuple[RosterPerson, ...] = ()
    people_file: str | None = Field(None, description="a table of them, a column for each key")
    needs: tuple[StatedNeed, ...] = ()
    needs_file: str | None = None
    requests: tuple[Request, ...] = ()
    requests_file: str | None = None
    worked: tuple[Worked, ...] = ()
    worked_file: str | None = Field(None, description="duties before the first day; an earlier roster.csv will do")
    published: tuple[Worked, ...] = Field((), description="duties told before: each cell that differs has its price")
    published_file: str | None = Field(None, description="a table of them, such as an earlier roster.csv")
    locked: tuple[LockedDuty, ...] = ()
    pairs: tuple[Pair, ...] = ()
    rules: RosterRules | None = Field(None, description="default: usual ones, with rest as the staff groups have it")


RestRule.model_rebuild()
