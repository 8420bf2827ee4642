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
