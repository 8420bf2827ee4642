"""What plan.json says of a plan, read back for those who show it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from optimizer.plan import Bottleneck, Shortfall
from optimizer.solution import Status


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SaidChecked(_Part):
    """How the independent check ended."""

    ok: bool
    violations: tuple[str, ...] = ()


class SaidSolver(_Part):
    """Which solver answered, and why it was picked."""

    name: str
    version: str
    why: str


class SaidDemand(_Part):
    """How demand was foreseen; shares as in `optimizer.plan.DemandNote`."""

    forecaster: str | None = None
    days_used: int = 0
    wape: float | None = None
    coverage80: float | None = None


class SaidEvent(_Part):
    """Something that happened to a published plan."""

    words: str


class SaidReplanned(_Part):
    """What a plan that replaces another says of the change; money in the scenario's currency.

    `cost_unchanged` is None where the plan could not have stayed as it was.
    """

    events: tuple[SaidEvent, ...] = ()
    cost_published: float
    cost_unchanged: float | None = None
    cost_without_change_price: float | None = None
    changes: float = 0.0


class Said(_Part):
    """plan.json as far as pages and workbooks show it; money in the scenario's currency."""

    status: Status
    objective: float
    bound: float | None
    gap: float | None
    variant: str | None = None
    cost: Mapping[str, float]
    fixed: Mapping[str, float] = {}
    checked: SaidChecked
    solver: SaidSolver
    demand: SaidDemand = SaidDemand()
    key_figures: Mapping[str, float | None] = {}
    shortfalls: tuple[Shortfall, ...] = ()
    bottlenecks: tuple[Bottleneck, ...] = ()
    notes: tuple[str, ...] = ()
    replanned: SaidReplanned | None = None
