"""What is used: devices held by patients, and devices or rooms that serve by slots."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from optimizer.scenario.horizon import Weekday
from optimizer.scenario.quantities import Amount, Count, Duration, Frozen, Name, PerPeriod, Share


class Broken(Frozen):
    """Devices out of use from `from` to `to`, both days included; those that patients hold go back to the store."""

    devices: Annotated[int, Field(ge=1, le=1_000_000)]
    first: date = Field(alias="from")
    last: date | None = Field(None, alias="to", description="default: to the end")
    site: Name | None = Field(None, description="may be left out where there is one site")
    why: str = ""


class Rent(Frozen):
    """Renting more, by the day. Prices were found nowhere in print, so they are always the planner's own."""

    cost_per_day: Amount
    at_most: Count
    notice: Duration = timedelta(0)


class Serving(Frozen):
    """Work by slots: each machine or room serves so many requests a day, and what is not served waits."""

    slots_per_day: Amount = Field(description="requests one machine or room serves on a day it works")
    days: tuple[Weekday, ...] = ()
    per_day: dict[Name, PerPeriod] = Field({}, description="requests a day, by patient group")
    per_arrival: dict[Name, Amount] = Field({}, description="requests for each arrival")
    per_elective: dict[Name, Amount] = Field({}, description="slots each elective case takes on its very day")
    backlog_cost_per_day: Amount | None = Field(None, description="per request waiting at the end of a day")
    final_backlog_cost: Amount = Field(0.0, description="per request still waiting when the plan ends, on top")
    extra_slots_per_day: Amount = 0.0
    extra_slot_cost: Amount = 0.0


class Device(Frozen):
    """A kind of device. `need` makes it one held by patients; `serving` one that works by slots."""

    name: str | None = None
    owned: Annotated[dict[Name, Count], Field(min_length=1, description="how many, by unit or by site store")]
    need: dict[Name, Amount] = Field({}, description="devices held for each patient present, by patient group")
    need_at: dict[Name, Amount] = Field({}, description="devices held for each patient present in a unit")
    move_cost: Amount = 0.0
    move_time: Duration = Field(timedelta(0), description="on the way or being cleaned, held by nobody; whole days")
    moves: bool = True
    rent: Rent | None = None
    reserve: Count = Field(0, description="kept free in each site's store")
    reserve_share: Share = 0.0
    short_cost_per_day: Amount | None = None
    hard: bool = False
    serving: Serving | None = None
    broken: tuple[Broken, ...] = ()

    @model_validator(mode="after")
    def _held_or_serving(self) -> Self:
        if bool(self.need or self.need_at) == (self.serving is not None):
            raise ValueError("must say exactly one of need (held by patients) and serving (works by slots)")
        if self.need and self.need_at:
            raise ValueError("must say at most one of need and need_at")
        if self.move_time.total_seconds() % 86_400:
            raise ValueError("move_time must be whole days")
        return self
