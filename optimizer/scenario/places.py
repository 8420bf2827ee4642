"""Where: sites, units with bays, escalation beds and closures, and moving patients between them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from optimizer.scenario.patients import History
from optimizer.scenario.quantities import LARGEST, Amount, Count, Duration, Frozen, Name, Names

Coordinate = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]


class Site(Frozen):
    """A hospital of the network, or a place that patients come from."""

    name: str | None = None
    at: Annotated[tuple[Coordinate, Coordinate], Field(description="km east and north of any one point")] | None = None


class ShutBay(Frozen):
    """Escalation bay number `bay` out of use from `from` to `to`, both days included."""

    bay: Annotated[int, Field(ge=1)]
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    why: str = ""


class Escalation(Frozen):
    """Beds that may be opened above the base, in whole bays, priced by bed-day or by bay-day."""

    bays: Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(min_length=1)]
    cost_per_bed_day: Amount | None = None
    cost_per_bay_day: Amount | None = None
    opening_cost: Amount = 0.0
    notice: Duration = timedelta(0)
    least_stay: Duration = Field(timedelta(days=1), description="once opened, open at least this long")
    longest_stay: Duration | None = None
    shut: tuple[ShutBay, ...] = Field((), description="bays that can't be open on some days")

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if (self.cost_per_bed_day is None) == (self.cost_per_bay_day is None):
            raise ValueError("must say exactly one of cost_per_bed_day and cost_per_bay_day")
        return self

    def bay_day_cost(self, bay: int) -> float:
        """Cost of having bay number `bay` (from 0) open for one day."""
        if self.cost_per_bay_day is not None:
            return self.cost_per_bay_day
        return (self.cost_per_bed_day or 0.0) * self.bays[bay]


class Closure(Frozen):
    """Beds out of use from `from` to `to`, both days included."""

    beds: Annotated[int, Field(ge=1, le=10_000)]
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    why: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last} before it starts on {self.first}")
        return self


class ExtraBeds(Frozen):
    """Beds on top of the base from `from` to `to`, both days included, whatever is decided."""

    beds: Annotated[int, Field(ge=1, le=10_000)]
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    why: str = ""


class Overflow(Frozen):
    """Beds put up beyond those open: something lacking, told by place, so that a plan always exists."""

    cost_per_bed_day: Amount | None = None
    at_most: Count | None = Field(None, description="beds; default: as many as there are patients")


class Unit(Frozen):
    """A ward or department. A unit of no beds can be a team's home (a float pool) or a holding area."""

    name: str | None = None
    site: Name | None = None
    beds: Count
    cares_for: Names = Field((), description="patient groups whose home this is")
    occupied: History | None = Field(None, description="patients recorded here: how a group parts over its home units")
    escalation: Escalation | None = None
    overflow: Overflow | None = Field(None, description="left out: none beyond the beds open")
    closures: tuple[Closure, ...] = ()
    extra_beds: tuple[ExtraBeds, ...] = ()


class Distance(Frozen):
    """Road distance between two sites."""

    a: Name
    b: Name
    km: Amount


class Transfers(Frozen):
    """Moving patients: between sites within a distance, and between units of a site.

    A distance not given here is the straight line where both sites say where they are (`at`).
    """

    cost: Amount = Field(0.0, description="per patient moved to another site")
    cost_per_km: Amount = 0.0
    max_km: Amount | None = None
    per_site_per_day: Amount | None = Field(None, description="patients one site may send away in a day")
    within_site_cost: Amount | None = Field(None, description="per patient moved between units; left out: none moves")
    distances: tuple[Distance, ...] = ()
