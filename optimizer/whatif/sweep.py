"""The points of a sweep, and planning one of them wherever a worker stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import Final

from optimizer.errors import PlanningError
from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import Outlook, foresee
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.varying import VARIANT_AXIS
from optimizer.solution import Limits
from optimizer.solvers.errors import SolverError
from optimizer.whatif.errors import SweepError

MOST_POINTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Point:
    """One point: the number of each axis' value (from 0), and the values themselves."""

    pick: Mapping[str, int]
    values: Mapping[str, object]

    @property
    def variant(self) -> object:
        """The variants it lays on the scenario; None for none."""
        return self.values.get(VARIANT_AXIS)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A point to plan: the scenario as it stands there, within which limits, and by which solver (None: as it says).

    `outlook` is its demand where workers have no files to forecast from. It has no weak references, so that joblib
    sends it with its work: what it scatters over a Dask cluster beforehand dies with the worker that holds it.
    """

    name: str
    loaded: Loaded[Scenario]
    limits: Limits
    variant: str | None = None
    solver: str | None = None
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What became of a point: a plan (or the word that there is none), or why it could not be planned."""

    name: str
    plan: Plan | None
    why: str = ""


def points(sweep: Mapping[str, Sequence[object]], *, most: int = MOST_POINTS) -> tuple[Point, ...]:
    """Every combination of the axes' values, the last axis turning fastest. Raises SweepError for none or too many."""
    if not sweep:
        raise SweepError(
            "nothing to sweep over; say sweep: {units.med-a.beds: [20, 24, 28]} or --over PATH=[VALUE, ...]"
        )
    if (many := prod(map(len, sweep.values()))) > most:
        raise SweepError(f"{many:,} points, more than the {most:,} planned; sweep over fewer values")
    picks = product(*(range(len(values)) for values in sweep.values()))
    return tuple(
        Point(
            dict(zip(sweep, pick, strict=True)),
            {axis: values[at] for (axis, values), at in zip(sweep.items(), pick, strict=True)},
        )
        for pick in picks
    )


def with_demand(task: Task) -> Task:
    """The task with its demand foreseen here. Raises ScenarioError where a history can't be used.

    A plan for many futures draws them where it is made: its worker must be able to read the histories itself.
    """
    if task.outlook is not None or task.loaded.value.uncertainty is not None:
        return task
    return replace(task, outlook=foresee(task.loaded, seed=task.limits.seed))


def plan_one(task: Task) -> Done:
    """Plan a point; what is wrong with this point alone is told and stops no other."""
    try:
        plan = make_plan(
            task.loaded, variant=task.variant, solver=task.solver, limits=task.limits, outlook=task.outlook
        )
    except (PlanningError, ScenarioError, SolverError) as error:
        return Done(task.name, None, str(error))
    return Done(task.name, plan)
