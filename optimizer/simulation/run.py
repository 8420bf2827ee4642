"""`simulate`: a plan's fixed first stage against many draws of who comes, who stays and who of the bank appears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.saved import SavedPlan
from optimizer.simulation.coming import Expected, draw_coming
from optimizer.simulation.errors import SimulationError
from optimizer.simulation.flow import play_patients
from optimizer.simulation.measures import Measured, measured, money, service, spent
from optimizer.simulation.staffing import play_staff
from optimizer.simulation.stage import Stage

AT_ONCE: Final = 250
"""Draws played side by side: enough for the arithmetic to be quick, few enough for the memory of a hospital."""

COVERED: Final = frozenset({"fully_covered", "beds_covered", "hours_covered", "in_a_bed", "hours_filled"})
"""Measures of which less is worse."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What `reps` draws of a plan came to: measures of care, money by cost item, and all of the money.

    `paid` is what somebody pays out, `cost` all that decisions and chance change, priced harm included.
    """

    reps: int
    seed: int
    days: int
    care: Mapping[str, Measured]
    items: Mapping[str, Measured]
    paid: Measured
    cost: Measured
    asked_level: float | None


def simulate(saved: SavedPlan, expected: Expected, *, reps: int, seed: int) -> Simulated:
    """Play a plan `reps` times; equal seeds give equal draws, and draw n is the same however many are made.

    Raises SimulationError for a cycle, which has no dates and no first day (`settle` plays those).
    """
    if saved.case.grid.cyclic:
        raise SimulationError(f"{saved.folder}: a cycle has no first day to play from")
    stage = Stage(saved)
    parts = [
        _play(stage, expected, range(first, min(first + AT_ONCE, reps)), seed) for first in range(0, reps, AT_ONCE)
    ]
    care = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
    names = sorted({name for part in parts for name in part[1]})
    items = {name: np.concatenate([_of(part, name) for part in parts]) for name in names}
    planned = _planned_care(stage)
    cost = saved.facts.cost
    return Simulated(
        reps,
        seed,
        saved.case.grid.committed_days,
        {name: measured(care[name], planned.get(name), low_is_bad=name in COVERED) for name in care},
        {name: measured(items[name], cost.get(name, 0.0)) for name in names},
        measured(spent(items), _paid(cost)),
        measured(np.asarray(sum(items.values(), np.zeros(reps))), sum(cost.values()) - cost.get("beyond_horizon", 0.0)),
        saved.scenario.service_level,
    )


_Part = tuple[dict[str, Floats], dict[str, Floats], int]


def _play(stage: Stage, expected: Expected, draws: range, seed: int) -> _Part:
    """Measures and money by draw, of some draws, and how many they are."""
    rng = np.random.default_rng([seed, draws.start])
    coming = draw_coming(stage, expected, draws, rng)
    patients = play_patients(stage, coming, rng)
    staffed = play_staff(stage, patients, rng)
    return service(stage, patients, staffed), money(stage, patients, staffed), len(draws)


def _of(part: _Part, name: str) -> Floats:
    return part[1].get(name, np.zeros(part[2]))


def _paid(cost: Mapping[str, float]) -> float:
    return float(spent({item: np.array([each]) for item, each in cost.items() if item != "beyond_horizon"})[0])


def _planned_care(stage: Stage) -> dict[str, float]:
    """What the plan itself says of the measures that it has."""
    plan, case = stage.plan, stage.case
    hours, per_day = case.grid.hours[: stage.intervals], case.grid.periods_per_day
    off_home = plan.present[:, :, : stage.periods] * ~case.at_home[:, :, None]
    return {
        "boarded_days": float(plan.waiting[:, : stage.periods].sum()) / per_day,
        "outlier_days": float(off_home.sum()) / per_day,
        "diverted": float(plan.diverted[:, : stage.periods].sum()),
        "short_hours": float((plan.short_staff[..., : stage.intervals] * hours).sum()),
        "asked": 0.0,
    }
