"""What the API answers and takes, as pydantic models: they make the answers and describe them in openapi.json."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.service.hooks import EVENTS, Hook
from api.service.jobs import Job
from api.service.showing import moment, shown

State = Literal["queued", "running", "done", "failed", "cancelled"]


class Shape(BaseModel):
    """Root of all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultShape(Shape):
    """One thing wrong: `path` is a JSON pointer into the body, or the name of a parameter."""

    code: str
    where: str = Field(alias="in")
    path: str
    message: str
    hint: str


class ProblemShape(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    hint: str = ""
    faults: list[FaultShape] = []


class ScenarioName(Shape):
    """Which scenario it was, by its id and the hash of its data."""

    id: str
    sha256: str


class JobShape(Shape):
    """A plan, a forecast, or the work on it. `outcome` is the plan's own status; times are UTC."""

    id: str
    kind: str
    state: State
    outcome: str | None
    scenario: ScenarioName
    variant: str | None
    parent: str | None
    made_by: str
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    published_at: datetime | None
    published_by: str | None
    problem: dict[str, Any] | None = Field(description="problem details, where it failed")

    @classmethod
    def of(cls, job: Job) -> JobShape:
        """A job as it is shown."""
        return cls.model_validate(shown(job))


class WholeShape(JobShape):
    """The same with its answer, null until there is one: what `plan.json` holds and every table, or the forecast."""

    answer: dict[str, Any] | None


class PageShape(Shape):
    """Some jobs, the newest first; `next_page_token` asks for older ones, null where there are none."""

    items: list[JobShape]
    next_page_token: str | None


class StatusShape(Shape):
    """How a job stands: best cost so far, what is proven to be the least, and the gap between them."""

    id: str
    state: State
    step: str | None
    incumbent: float | None
    bound: float | None
    gap: float | None
    cancel_asked: bool
    attempts: int

    @classmethod
    def of(cls, job: Job) -> StatusShape:
        """A job's standing."""
        return cls(
            id=job.id,
            state=job.state,
            step=job.step,
            incumbent=job.incumbent,
            bound=job.bound,
            gap=job.gap,
            cancel_asked=job.cancel,
            attempts=job.attempts,
        )


class WarningShape(Shape):
    """What a scenario says but its author hardly means."""

    path: str
    message: str
    hint: str


class ValidShape(Shape):
    """A scenario without faults."""

    valid: Literal[True]
    scenario: ScenarioName
    warnings: list[WarningShape]


class ExplanationShape(Shape):
    """Why a plan is as it is: what is short and why, what limits most, or what clashes where there is no plan."""

    id: str
    outcome: str | None
    cost: dict[str, float]
    shortfalls: list[dict[str, Any]]
    bottlenecks: list[dict[str, Any]]
    infeasible: dict[str, Any] | None
    goals: list[dict[str, Any]]
    notes: list[str]


Words = Annotated[str, Field(min_length=1, max_length=300)]


class ReplanBody(Shape):
    """What happened to a plan, in the words of `wardwright replan`; a change must save `change_price`."""

    events: Annotated[list[Words], Field(max_length=200)] = []
    locks: Annotated[list[Words], Field(max_length=200)] = []
    lock_until: date | None = None
    change_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    time_limit: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 30.0


class SimulateBody(Shape):
    """Which plan to play against chance, how many draws of it, and from which seed: equal seeds, equal draws."""

    plan: Annotated[str, Field(min_length=1, max_length=40, description="the id of a plan that is done")]
    reps: Annotated[int, Field(ge=2, le=10_000)] = 1000
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1


MOST_POINTS = 200
"""So many points of a sweep are planned in one job."""


class OptionBody(Shape):
    """One thing to compare: a scenario (left out: the first option's) with variants and changes laid on it."""

    name: Words | None = None
    scenario: dict[str, Any] | None = Field(None, description="a scenario, by the schema Scenario")
    variant: Words | None = Field(None, description="a variant, or several (`a,b`) laid left to right")
    set: Annotated[list[Words], Field(max_length=200, description="PATH=VALUE")] = []


class CompareBody(Shape):
    """What to set beside the first option, and how the difference in cost is shared out over the inputs."""

    options: Annotated[list[OptionBody], Field(min_length=2, max_length=20)]
    how: Literal["auto", "ordered", "shapley"] = "auto"
    by: Literal["auto", "input", "variant"] = "auto"


class ResolvedShape(Shape):
    """A scenario as it is planned; `origins` names where each value is from, by its JSON pointer."""

    scenario: ScenarioName
    resolved: dict[str, Any]
    origins: dict[str, str]


class HookBody(Shape):
    """Where to tell which events of one's jobs."""

    url: Annotated[str, Field(min_length=8, max_length=2000)]
    events: Annotated[list[Literal[EVENTS]], Field(min_length=1, max_length=10)]  # type: ignore[valid-type]


class HookShape(Shape):
    """An address that is told of events."""

    id: str
    url: str
    events: list[str]
    made_at: datetime

    @classmethod
    def of(cls, hook: Hook) -> HookShape:
        """A webhook as it is shown."""
        return cls.model_validate({**asdict(hook), "made_at": moment(hook.made_at)})


class NewHookShape(HookShape):
    """The same when it is made: the secret that signs is shown this once."""

    secret: str


class HooksShape(Shape):
    """A tenant's webhooks."""

    items: list[HookShape]


class ModelShape(BaseModel):
    """A version of a stored forecast: its card and its status."""

    name: str
    version: int
    status: str


class ModelsShape(Shape):
    """Every version of every stored forecast."""

    items: list[ModelShape]


class DeedShape(Shape):
    """One line of the audit."""

    number: int
    at: datetime
    tenant: str
    who: str
    what: str
    target: str
    before: str
    after: str
    previous: str
    digest: str


class AuditShape(Shape):
    """Some lines of the audit, the newest first."""

    items: list[DeedShape]
    next_page_token: str | None


class AliveShape(Shape):
    """The service answers."""

    status: Literal["ok"]
    version: str


class KindShape(Shape):
    """What a kind of problem means."""

    type: str
    status: int
    title: str
    hint: str


class NamesShape(Shape):
    """Names to choose from."""

    items: list[str]
