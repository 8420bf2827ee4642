"""How things stand when the plan starts: patients, beds, devices, who is on duty, and what is published."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from optimizer.scenario.quantities import Amount, Count, Frozen, Name
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
    shift: Name
    day: date = Field(alias="date")
    people: Count
    contract: Contract = "own"


class Published(Frozen):
    """The published plan."""

    shifts: tuple[PublishedShift, ...]
    change_cost_per_shift: Amount = 0.0


class Today(Frozen):
    """The state before the first period. What is left out is taken as: patients placed afresh, nothing open."""

    census: dict[Name, dict[Name, Amount]] = Field({}, description="patients present, by group and unit")
    waiting: dict[Name, Amount] = Field({}, description="boarded patients, by group")
    open_bays: dict[Name, Count] = Field({}, description="escalation bays open, by unit")
    devices: dict[Name, dict[Name, Count]] = Field({}, description="where devices stand, by kind and place")
    backlog: dict[Name, Amount] = Field({}, description="requests waiting, by device that serves")
    on_duty: tuple[OnDuty, ...] = ()
    published: Published | None = None


class Limits(Frozen):
    """Limits on the plan as a whole."""

    budget: Amount | None = Field(None, description="most that decisions may cost; shortfalls are not money")
    days_over_capacity: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="share of days on which anybody may be boarded"
    )
