"""`Scenario`: everything a plan is made from, as one immutable value. Units of measure stand in the field names."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from optimizer.scenario.bands import Bands
from optimizer.scenario.beside import DataColumn, Happening
from optimizer.scenario.choices import Closing
from optimizer.scenario.cover import AcuityScale, Cover
from optimizer.scenario.crosscheck import problems_of
from optimizer.scenario.devices import Device
from optimizer.scenario.faults import Problems
from optimizer.scenario.goals import Goal
from optimizer.scenario.horizon import Horizon, Pattern, Shift
from optimizer.scenario.locked import Locked
from optimizer.scenario.patients import PatientGroup
from optimizer.scenario.places import Site, Transfers, Unit
from optimizer.scenario.quantities import Amount, Frozen, Name, Share
from optimizer.scenario.question import Question
from optimizer.scenario.rostering import Rostering
from optimizer.scenario.staff import StaffGroup
from optimizer.scenario.today import Limits, Today
from optimizer.scenario.uncertainty import Uncertainty


class Forecasting(Frozen):
    """How demand is forecast from histories."""

    forecaster: str = "ridge"
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="a stored model, such as ward@2, to forecast with instead of learning a forecaster anew: from the "
        "folder models beside this file, or folder/ward@2 from another",
    )
    tune: bool = Field(False, description="search the forecaster's settings on the past first, in order of time")
    country: Annotated[str, Field(min_length=2, max_length=3)] | None = Field(None, description="for public holidays")
    subdivision: str | None = None
    events: tuple[Happening, ...] = Field((), description="known events: school holidays, strikes, campaigns")
    events_file: str | None = Field(None, description="a table of them: columns kind, from, to, and groups, effect")
    columns: tuple[DataColumn, ...] = Field((), description="daily columns beside the histories: weather, flu")
    samples: Annotated[int, Field(ge=20, le=5000)] = 200


class Solving(Frozen):
    """What is sought, and when the search may stop."""

    goals: tuple[Goal, ...] = Field(
        (), description="sought in turn, each held while the next is improved, in place of weighing all by prices"
    )
    budget: Amount | None = Field(
        None, description="least harm for at most so much money; outliers, cases and changes are no money, nor is harm"
    )

    solver: str = "auto"
    gap: Annotated[float, Field(ge=0, le=1)] = 1e-4
    time_limit: Annotated[float, Field(gt=0, le=86_400)] = Field(120.0, description="seconds")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0

    @property
    def by_goals(self) -> bool:
        """Whether goals are sought in turn, in place of the least cost at the scenario's prices."""
        return bool(self.goals) or self.budget is not None


class Scenario(Frozen):
    """A hospital, a network or a textbook problem, and what is asked of it."""

    version: Literal[1] = Field(alias="schema")
    id: Name
    name: str = ""
    note: str = ""
    currency: str = ""
    horizon: Horizon
    shifts: dict[Name, Shift] = {}
    patterns: dict[Name, Pattern] = {}
    sites: dict[Name, Site] = {}
    units: dict[Name, Unit] = {}
    patients: dict[Name, PatientGroup] = {}
    staff: dict[Name, StaffGroup] = {}
    acuity: dict[Name, AcuityScale] = {}
    cover: tuple[Cover, ...] = ()
    devices: dict[Name, Device] = {}
    transfers: Transfers = Transfers()
    closing: dict[Name, Closing] = Field({}, description="wards to close for a while: which and when is chosen")
    today: Today = Today()
    locked: tuple[Locked, ...] = Field((), description="cells of the plan that are decided already")
    limits: Limits = Limits()
    service_level: Annotated[Share, Field(gt=0, lt=1)] | None = Field(
        None, description="plan for this quantile of demand instead of pricing shortfalls"
    )
    boarded_need_care: bool = True
    whole: bool = Field(True, description="false plans in fractions of people and bays (the linear program)")
    forecast: Forecasting = Forecasting()
    uncertainty: Uncertainty | None = Field(None, description="plan for many futures at once, not for the expected one")
    solve: Solving = Solving()
    roster: Rostering | None = Field(None, description="named people and the rules of their roster")
    occupancy_bands: Bands = Field(Bands(), description="where pictures begin to show a unit as busy, tight, full")
    question: Question | None = Field(None, description="what wardwright answer is to answer from the sweep")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        found = problems_of(self)
        if found:
            raise Problems(found)
        return self
