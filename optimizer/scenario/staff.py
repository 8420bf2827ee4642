"""Who works: staff groups, their contracts, pay by hour, float, substitution and rest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from optimizer.scenario.choices import Engage
from optimizer.scenario.horizon import Weekday
from optimizer.scenario.quantities import Amount, Clock, Duration, Frozen, Name, Names, Positive, Share

Contract = Literal["own", "overtime", "bank", "agency"]
CONTRACTS: Final[tuple[Contract, ...]] = ("own", "overtime", "bank", "agency")


class Premium(Frozen):
    """Extra pay as a share of the hourly rate, for hours between two clock times on the days named."""

    rate: Amount
    start: Clock = Field(0, alias="from")
    end: Clock = Field(0, alias="to", description="equal to from: the whole day")
    days: tuple[Weekday | Literal["holiday"], ...] = ()


_PLAIN_PREMIUMS: Final[dict[str, dict[str, object]]] = {
    "night": {"from": "20:00", "to": "06:00"},
    "saturday": {"days": ["saturday"]},
    "sunday": {"days": ["sunday"]},
    "holiday": {"days": ["holiday"]},
}
"""What a bare number under one of these names means; the hours are those of the English national agreement."""


def _fill_plain_premiums(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: _plain_premium(str(name), rate) for name, rate in value.items()}


def _plain_premium(name: str, rate: object) -> object:
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        return rate
    if name not in _PLAIN_PREMIUMS:
        known = ", ".join(_PLAIN_PREMIUMS)
        raise ValueError(f"{name}: say rate, from, to and days; a bare number is understood for {known} only")
    return {"rate": rate, **_PLAIN_PREMIUMS[name]}


class Team(Frozen):
    """People employed at a home unit: by head count (WTE), or as a number of shifts available."""

    people: Amount | None = None
    shifts_per_week: Amount | None = None
    shifts_per_horizon: Amount | None = None
    engage: Engage | None = Field(None, description="more people whom the plan may engage; people: 0 for a new team")

    @model_validator(mode="after")
    def _says_how_many(self) -> Self:
        if self.people is None and self.shifts_per_week is None and self.shifts_per_horizon is None:
            raise ValueError("must say people, shifts_per_week or shifts_per_horizon")
        if self.engage is not None and self.people is None:
            raise ValueError("engage adds to people: say people, 0 for a new team")
        return self


def _bare_number_is_people(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"people": value}
    return value


OwnTeam = Annotated[Team, BeforeValidator(_bare_number_is_people, json_schema_input_type=Team | Amount)]


class Temporary(Frozen):
    """A contract beyond the own one: overtime, bank or agency.

    Limits on shifts and hours are on what is asked for (people planned over `fill_rate`), for the whole group.
    """

    multiplier: Annotated[float, Field(ge=0, le=100)] = 1.0
    shifts_per_week: Amount | None = None
    hours_per_week: Amount | None = None
    shifts_per_horizon: Amount | None = None
    people_per_shift: Amount | None = Field(None, description="at most so many at one unit in one shift")
    notice: Duration = timedelta(0)
    fill_rate: Annotated[float, Field(gt=0, le=1)] = Field(
        1.0, description="share of requests that are filled: a plan counts people who come, and asks for more"
    )
    units: Names = Field((), description="units they may be booked at; default: wherever the group is needed")


class Float(Frozen):
    """Own staff working away from home."""

    routes: dict[Name, Names | Literal["any"]] = Field(description="home unit -> units it may help")
    efficiency: Annotated[float, Field(gt=0, le=1)] = 1.0
    cost_per_shift: Amount = 0.0
    notice: Duration = timedelta(0)


class Rest(Frozen):
    """What keeps a pool plan one that people can work."""

    hours: Annotated[float, Field(ge=0, le=24)] = Field(
        11.0, description="between the end of a duty and the next start"
    )
    shifts_in_7_days: Annotated[float, Field(gt=0, le=7)] = 5.0
    weekends_off: Share = Field(0.0, description="share of the people who are off on any one weekend")


class Absence(Frozen):
    """People who would have worked a shift and do not come. It counts as worked: their hours and their rest are used.

    Of bank and agency it says only that so many of those published are not there.
    """

    unit: Name = Field(description="their home")
    shift: Name
    day: date = Field(alias="date")
    people: Amount
    contract: Contract = "own"
    why: str = ""


class HoursOwed(Frozen):
    """Working beyond the contract in one week, given back later; what is owed when the plan ends is priced."""

    hours_per_person: Positive
    cost_per_hour: Amount


def _names_or_shares(value: object) -> object:
    if isinstance(value, list | tuple):
        return dict.fromkeys(value, 1.0)
    return value


class StaffGroup(Frozen):
    """People of one profession and grade. Pay is in the scenario's currency."""

    name: str | None = None
    registered: bool = False
    paid: Literal["salaried", "per_shift"] = "salaried"
    pay_per_hour: Amount | None = None
    cost_per_shift: Amount | dict[Name, Amount] | None = None
    cost_per_person: Amount | None = Field(None, description="price of engaging one more person; own is then unlimited")
    premium: Annotated[
        dict[str, Premium], BeforeValidator(_fill_plain_premiums, json_schema_input_type=dict[str, Premium | Amount])
    ] = {}
    premiums_add: bool = False
    own: dict[Name, OwnTeam] | Amount | Literal["unlimited"] | None = Field(
        None, description="people employed, by home unit; one number where there is one unit; or unlimited"
    )
    hours_per_week: Positive = 37.5
    headroom: Annotated[float, Field(ge=0, lt=1)] | None = Field(None, description="share of paid time away")
    uplift: Amount | None = Field(None, description="the same on top of worked time: 0.22 employs 122 for 100 at work")
    notice: Duration = timedelta(0)
    overtime: Temporary | None = None
    bank: Temporary | None = None
    agency: Temporary | None = None
    hours_owed: HoursOwed | None = None
    can_work_as: Annotated[
        dict[Name, Annotated[float, Field(gt=0, le=1)]],
        BeforeValidator(_names_or_shares, json_schema_input_type=dict[Name, Share] | Names),
    ] = {}
    floating: Float | None = Field(None, alias="float", description="own staff who may work away from home")
    shifts: Names = Field((), description="shifts this group works; default: all")
    patterns: Names = Field((), description="lines of days worked; then own staff work these, not single shifts")
    rest: Rest = Rest()
    absences: tuple[Absence, ...] = ()
    short_cost_per_hour: Amount | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.headroom is not None and self.uplift is not None:
            raise ValueError("must say at most one of headroom and uplift")
        if self.pay_per_hour is None and self.cost_per_shift is None and self.cost_per_person is None:
            raise ValueError("must say pay_per_hour, cost_per_shift or cost_per_person")
        if self.own is None and self.cost_per_person is None and not (self.bank or self.agency):
            raise ValueError("nobody can work: say own, bank or agency (or own: unlimited)")
        return self

    @property
    def worked_share(self) -> float:
        """Share of paid time that is worked: 1 - headroom, or 1 / (1 + uplift)."""
        if self.uplift is not None:
            return 1.0 / (1.0 + self.uplift)
        return 1.0 - (self.headroom or 0.0)

    def teams(self, units: tuple[str, ...]) -> dict[str, Team]:
        """Own teams by home unit; a bare number belongs to the first, and only, unit."""
        if isinstance(self.own, dict):
            return self.own
        if self.own is None or isinstance(self.own, str):
            return {}
        return {units[0]: Team(people=self.own)}

    @property
    def engages_freely(self) -> bool:
        """Whether own staff is a number to decide rather than one that is given."""
        return self.own == "unlimited" or (self.own is None and self.cost_per_person is not None)

    def temporary(self, contract: Contract) -> Temporary | None:
        """The terms of overtime, bank or agency; None for own and where the group has none."""
        terms: Any = None if contract == "own" else getattr(self, contract)
        return terms if isinstance(terms, Temporary) else None
