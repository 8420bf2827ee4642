"""How things stand when the plan starts: patients, beds, devices, who is on duty, and what is published."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from optimizer.scenario.quantities import Amount, Count, Frozen, Name, Share
from optimizer.scenario.staff import Contract


class OnDuty(Frozen):
    """People who started a shift on the day before the horizon."""

    unit: Name
    staff: Name
    shift: Name
    people: Amount


class PublishedShift(Frozen):
    """People already told to work: within its notice this can't be changed, beyond it a change has a price."""

    unit: Name
    staff: Name
    shift: Name = Field(description="a shift (night@20:00 where it has several starts), or a pattern begun that day")
    day: date = Field(alias="date")
    people: Amount
    contract: Contract = "own"


class PublishedBay(Frozen):
    """Escalation bay number `bay` of a unit, told to be open on a day."""

    unit: Name
    bay: Annotated[int, Field(ge=1)]
    day: date = Field(alias="date")


class PublishedCases(Frozen):
    """Elective cases told when they will be done."""

    group: Name
    booked: date
    done: date
    cases: Amount


class Published(Frozen):
    """The published plan. What it says of is changed at a price, or not at all; other decisions are free."""

    shifts: tuple[PublishedShift, ...]
    bays: tuple[PublishedBay, ...] | None = Field(None, description="open bays; left out: bays are not published")
    cases: tuple[PublishedCases, ...] | None = Field(None, description="left out: elective days are not published")
    contracts: tuple[Contract, ...] = Field(("own",), description="contracts on which a change is counted")
    change_cost_per_shift: Amount = Field(0.0, description="per person more or fewer on a shift")
    change_cost_per_bay_day: Amount = Field(0.0, description="per bay and day open or shut otherwise than published")
    change_cost_per_case: Amount = Field(0.0, description="per elective case not done on the day told")
    most_changes: Count | None = Field(None, description="at most so many of the changes that have a price")
    locked_before: date | None = Field(None, description="before this day everything published stays as it is")


class Leaving(Frozen):
    """Chances of each patient to leave within 24, 48 and 72 hours, in one order."""

    within_24h: tuple[Share, ...]
    within_48h: tuple[Share, ...]
    within_72h: tuple[Share, ...]

    @model_validator(mode="after")
    def _never_falls(self) -> Self:
        if not len(self.within_24h) == len(self.within_48h) == len(self.within_72h):
            raise ValueError("within_24h, within_48h and within_72h must tell of the same patients")
        each = zip(self.within_24h, self.within_48h, self.within_72h, strict=True)
        for number, (first, second, third) in enumerate(each, start=1):
            if not first <= second <= third:
                raise ValueError(f"patient {number} is less likely to leave within more hours")
        return self


class Today(Frozen):
    """The state before the first period. What is left out is taken as: patients placed afresh, nothing open."""

    census: dict[Name, dict[Name, Amount]] = Field({}, description="patients present, by group and unit")
    waiting: dict[Name, Amount] = Field({}, description="boarded patients, by group")
    days_in: dict[Name, tuple[Annotated[int, Field(ge=0, le=36_500)], ...]] = Field(
        {}, description="days since arrival of each patient present or waiting, by group; default: a steady mix"
    )
    leaving: dict[Name, Leaving] = Field(
        {}, description="chances to leave of each patient present or waiting, by group, in the order of days_in"
    )
    open_bays: dict[Name, Count] = Field({}, description="escalation bays open, by unit")
    devices: dict[Name, dict[Name, Count]] = Field({}, description="where devices stand, by kind and place")
    backlog: dict[Name, Amount] = Field({}, description="requests waiting, by device that serves")
    on_duty: tuple[OnDuty, ...] = ()
    published: Published | None = None

    @model_validator(mode="after")
    def _everybody_has_days(self) -> Self:
        told = [("days_in", group, len(days)) for group, days in self.days_in.items()]
        told += [("leaving", group, len(chances.within_24h)) for group, chances in self.leaving.items()]
        for key, group, count in told:
            there = sum(self.census.get(group, {}).values()) + self.waiting.get(group, 0.0)
            if abs(there - count) >= 1:
                raise ValueError(f"{key} tells of {count} patients of {group}, but {there:g} are in or waiting")
            if count != len(self.days_in.get(group, range(count))):
                raise ValueError(f"days_in and leaving of {group} must tell of the same patients")
        return self


class Limits(Frozen):
    """Limits on the plan as a whole."""

    budget: Amount | None = Field(
        None, description="most money that decisions may cost: shortfalls, outliers, cases and changes are none"
    )
    days_over_capacity: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="share of days on which anybody may be boarded"
    )
