"""One ward of three days for tests of what is done to a plan, and a plan written and read back."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from api.documents import plan_files
from optimizer.making import make_plan
from optimizer.saved import SavedPlan, open_plan
from optimizer.scenario.files import open_data
from optimizer.solution import Limits


def small_ward(
    *, own: int, agency: float, short: float | None = None, boarding: float | None = None, hard: bool = False
) -> dict[str, Any]:
    """6 patients need 6 / 3 = 2 nurses on each of 3 days; each of `own` works 70 x 3 / 7 = 30 h, duties of 10 h at 100.

    `agency` is the multiple of their pay; a missing hour costs `short`, a boarded day `boarding`: None has no price.
    """
    nurse = {
        "paid": "per_shift",
        "cost_per_shift": 100,
        "own": {"W": own},
        "hours_per_week": 70,
        "rest": {"shifts_in_7_days": 7},
        "agency": {"multiplier": agency},
        **({} if short is None else {"short_cost_per_hour": short}),
    }
    patients = {"demand": {"census": 6}, **({} if boarding is None else {"boarding_cost_per_day": boarding})}
    cover = {"unit": "W", "staff": "rn", "patients_per_person": 3, "during": ["D"], **({"hard": True} if hard else {})}
    return {
        "schema": 1,
        "id": "ward",
        "horizon": {"start": "2024-01-01", "days": 3},
        "shifts": {"D": {"start": "07:00", "hours": 10}},
        "units": {"W": {"beds": 9, "cares_for": ["med"]}},
        "patients": {"med": patients},
        "staff": {"rn": nurse},
        "cover": [cover],
    }


def saved_plan(
    folder: Path, data: Mapping[str, Any], *, limits: Limits | None = None, solver: str | None = None
) -> SavedPlan:
    """The plan of a scenario, written and read back."""
    loaded = open_data(deepcopy(dict(data)))
    for name, text in plan_files(make_plan(loaded, limits=limits, solver=solver), loaded).items():
        (folder / name).write_text(text, encoding="utf-8")
    return open_plan(folder)
