"""Doubt in a scenario: how figures given may vary, and how a plan is to be made for what nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from optimizer.scenario.faults import Problem
from optimizer.scenario.goals import budget_of
from optimizer.scenario.quantities import Amount, Duration, Frozen, Positive, Share

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario


class Doubt(Frozen):
    """How a demand that is given may turn out: normal about the figure, or one of several times it."""

    sd: Positive | None = Field(None, description="normal about the figure given, with this standard deviation")
    times: tuple[Amount, ...] = Field((), description="so many times the figure given, each with its chance")
    chances: tuple[Share, ...] = Field((), description="of each of times; they sum to 1, and the mean of times is 1")
    days: Literal["together", "apart"] = Field(
        "together", description="together: a high day comes in a high spell, all days alike; apart: each for itself"
    )

    @model_validator(mode="after")
    def _one_distribution(self) -> Self:
        if (self.sd is None) == (not self.times):
            raise ValueError("must say exactly one of sd and times")
        if len(self.times) != len(self.chances):
            raise ValueError(f"needs a chance for each of times: {len(self.times)} times, {len(self.chances)} chances")
        if self.times and abs(sum(self.chances) - 1.0) > 1e-6:
            raise ValueError(f"chances must sum to 1, got {sum(self.chances):g}")
        mean = sum(each * chance for each, chance in zip(self.times, self.chances, strict=True))
        if self.times and abs(mean - 1.0) > 1e-6:
            raise ValueError(f"the figure given is the mean, so the mean of times must be 1, got {mean:g}")
        return self


class Risk(Frozen):
    """How much the dear tail counts: conditional value at risk, the mean cost of the worst 1 - alpha of the cases."""

    alpha: Annotated[float, Field(gt=0, lt=1)] = Field(0.9, description="0.9: the worst tenth of the cases")
    weight: Share = Field(0.5, description="of the mean of the worst cases; the expected cost weighs the rest")


class Notices(Frozen):
    """Notice of levers that have no key of their own."""

    own_shifts: Duration = Field(timedelta(days=28), description="of staff groups that give no notice themselves")
    elective_list: Duration = timedelta(days=14)
    closures: Duration = Field(timedelta(days=28), description="wards to close and people to engage")
    transfers: Duration = timedelta(0)


class Judging(Frozen):
    """How a plan made for some samples is judged on others: bounds with confidence."""

    batches: Annotated[int, Field(ge=0, le=50)] = Field(
        5, description="so many fresh sets of samples are planned for again to bound the least cost from below; 0: none"
    )
    samples: Annotated[int, Field(ge=0, le=4000)] = Field(200, description="fresh samples that the plan is costed on")


class Uncertainty(Frozen):
    """Plan for many futures at once: what must be decided early is the same in all of them, the rest follows each."""

    samples: Annotated[int, Field(ge=2, le=2000)] | Literal["auto"] = Field(
        50, description="futures planned for; auto: doubled until the measured gap is within `gap`"
    )
    gap: Annotated[float, Field(gt=0, le=1)] = Field(
        0.02, description="between the bounds, for samples: auto; what is decided is proven to a quarter of it"
    )
    known_ahead: Duration = Field(
        timedelta(days=1), description="so long before a day its demand is as good as known; longer notice comes first"
    )
    notice: Notices = Notices()
    risk: Risk | None = Field(None, description="left out: least expected cost")
    fills: Literal["sampled", "mean"] = Field(
        "sampled", description="whether bank and agency come by chance or always at their fill_rate"
    )
    judge: Judging = Judging()


def uncertainty_agrees(scenario: Scenario) -> Iterator[Problem]:
    """What a plan for many futures can't be asked together with."""
    if scenario.uncertainty is None:
        return
    here = ("uncertainty",)
    if not any(_is_doubtful(scenario, name) for name in scenario.patients):
        message = "nothing is uncertain: no demand has a history or a doubt"
        yield Problem(here, message, "give patients a history, or their demand a doubt such as {sd: 5}")
    if scenario.service_level is not None:
        message = "a service_level and uncertainty count the risk twice"
        yield Problem(here, message, "keep one: drop uncertainty, or drop service_level and price shortfalls")
    if scenario.solve.by_goals or budget_of(scenario) is not None:
        yield Problem(here, "goals in turn and a budget are not sought under uncertainty", "drop one of the two")
    if scenario.limits.days_over_capacity is not None:
        message = "days over capacity are counted in one future, not in many"
        yield Problem(here, message, "price boarding instead, or drop uncertainty")


def _is_doubtful(scenario: Scenario, name: str) -> bool:
    demand = scenario.patients[name].demand
    return demand is not None and (demand.history is not None or demand.doubt is not None)
