"""A trust's week as a scenario, decided by the product's two-stage program against joint samples of its patients."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tests.benchmarks.winters_data import WEEK, Floats, weeks
from tests.benchmarks.winters_money import (
    AGENCY,
    BANK,
    BANK_SHARE,
    BED_DAY,
    BOARDED_DAY,
    SHIFTS,
    Levels,
    most_beds,
)
from tests.benchmarks.winters_rules import Task

HOURS: Final = {"day": ("07:00", 12), "night": ("19:00", 12)}
GAP, SECONDS = 1e-5, 30.0
"""How near to the least cost each week is proven, and the most time it may take."""


def week_scenario(core: float, patients: Floats, start: str, lead: int) -> dict[str, Any]:
    """One unit of `core` beds and its escalation beds, one nursing team by day and one by night, from `start` on.

    Beds and own nurses have `lead` days of notice, so that nothing can be changed before the seven days asked for; bank
    and agency come on the day. The bank's share of the need is told as people: of the need of the median of the
    `patients` (N, 7), for a limit can't move with the future.
    """
    middle = float(np.median(patients))
    return {
        "schema": 1,
        "id": "week",
        "horizon": {"start": start, "days": lead + WEEK},
        "shifts": {name: {"start": begin, "hours": hours} for name, (begin, hours) in HOURS.items()},
        "units": {
            "general": {"beds": int(core), "cares_for": ["adult"], "escalation": _escalation(core, patients, lead)}
        },
        "patients": {"adult": {"demand": {"census": middle}, "boarding_cost_per_day": BOARDED_DAY}},
        "staff": {shift: _team(shift, middle, lead) for shift in SHIFTS},
        "cover": [_cover(shift) for shift in SHIFTS],
    }


def _escalation(core: float, patients: Floats, lead: int) -> dict[str, Any]:
    """Bed by bed, as many as are allowed and any of the samples would fill."""
    beds = min(float(most_beds(np.array(core))), float(np.ceil(patients.max()) - core))
    return {"bays": [1] * max(int(beds), 1), "cost_per_bed_day": BED_DAY, "notice": f"{lead}d"}


def _team(shift: str, patients: float, lead: int) -> dict[str, Any]:
    ratio, price = SHIFTS[shift]
    return {
        "paid": "per_shift",
        "cost_per_shift": price,
        "own": "unlimited",
        "shifts": [shift],
        "notice": f"{lead}d",
        "rest": {"shifts_in_7_days": 7},
        "bank": {"multiplier": BANK, "people_per_shift": BANK_SHARE * float(np.ceil(patients / ratio))},
        "agency": {"multiplier": AGENCY},
    }


def _cover(shift: str) -> dict[str, Any]:
    return {
        "unit": "general",
        "staff": shift,
        "during": [shift],
        "patients_per_person": SHIFTS[shift][0],
        "hard": True,
    }


def decided_week(core: float, samples: Floats, start: str, lead: int) -> tuple[Floats, Floats, Floats]:
    """Escalation beds, own nurses by day and by night (7,) each, of least mean cost over the samples (N, 7).

    `start` is the day after the decision; patients of the lead days, which nothing decided can help, fill the core.
    """
    from optimizer.scenario.files import open_data
    from optimizer.solution import Limits
    from optimizer.uncertainty.against import bays_open, decide_against, people_starting

    loaded = open_data(week_scenario(core, samples, start, lead))
    patients = np.concatenate((np.full((len(samples), lead), core), samples), axis=1)
    found = decide_against(loaded, patients[:, None, :], limits=Limits(time_limit=SECONDS, gap=GAP, threads=1))
    levels = [bays_open(found).sum(axis=0), *(people_starting(found, shift)[0].sum(axis=0) for shift in SHIFTS)]
    beds, day, night = (each[lead:].round() for each in levels)
    return beds, day, night


def levels_by_product(task: Task, samples: Floats) -> Levels:
    """Every week of every trust that counts (T, O, 7) from joint samples (T, O, 7, N)."""
    asked = weeks(task.winter, task.lead)
    found = np.zeros((3, *samples.shape[:3]))
    for trust in task.counted:
        for week, origin in enumerate(asked.origins):
            start = str(task.winter.first + int(origin) + 1)
            found[:, trust, week] = decided_week(asked.core[trust], samples[trust, week].T, start, task.lead)
    return Levels(*found)
