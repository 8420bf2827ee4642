"""A trust's week as a scenario, decided by the product's two-stage program against joint samples of its patients."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.winters_data import WEEK, Floats, Ints, weeks
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
GAP, SECONDS = 1e-5, 900.0
"""How near to the least cost each week is proven, and the most time it may take, a busy machine's too."""


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
    Raises RuntimeError where the least is not found in time.
    """
    from optimizer.scenario.files import open_data
    from optimizer.solution import Limits
    from optimizer.uncertainty.against import bays_open, decide_against, people_starting

    loaded = open_data(week_scenario(core, samples, start, lead))
    patients = np.concatenate((np.full((len(samples), lead), core), samples), axis=1)
    found = decide_against(loaded, patients[:, None, :], limits=Limits(time_limit=SECONDS, gap=GAP, threads=1))
    if found.gap is None or found.gap > GAP:
        raise RuntimeError(f"the week from {start} is not decided in {SECONDS:g} s: it would be judged by chance")
    levels = [bays_open(found).sum(axis=0), *(people_starting(found, shift)[0].sum(axis=0) for shift in SHIFTS)]
    beds, day, night = (each[lead:].round() for each in levels)
    return beds, day, night


def levels_by_product(task: Task, samples: Floats, kept: Path | None = None) -> Levels:
    """Every week of every trust that counts (T, O, 7) from joint samples (T, O, 7, N).

    In the folder `kept` each trust's levels are written as soon as they are decided, and taken where the same samples
    were decided before: a run that was ended goes on where it was.
    """
    found = np.zeros((3, *samples.shape[:3]))
    for trust in in_turn(task.counted):
        found[:, trust] = _of_trust(task, samples[trust], trust, kept)
    return Levels(*found)


def in_turn(trusts: Ints) -> list[int]:
    """Every eighth place first, then the rest of every fourth, of every second, and of all: ended early, still fair."""
    return sorted((int(each) for each in trusts), key=lambda place: (place % 8 > 0, place % 4 > 0, place % 2 > 0))


def _of_trust(task: Task, samples: Floats, trust: int, kept: Path | None) -> Floats:
    """Beds, nurses by day and by night (3, O, 7) of one trust from its samples (O, 7, N)."""
    asked = weeks(task.winter, task.lead)
    core = float(asked.core[trust])
    seen = sha256(samples.tobytes() + repr((core, GAP, task.lead, task.winter.name)).encode()).hexdigest()[:16]
    file = None if kept is None else kept / f"product-{task.winter.name}-{task.lead}-{trust}-{seen}.npy"
    if file is not None and file.exists():
        return np.asarray(np.load(file))
    starts = [str(task.winter.first + int(origin) + 1) for origin in asked.origins]
    decided = [decided_week(core, week.T, start, task.lead) for week, start in zip(samples, starts, strict=True)]
    found = np.stack([np.stack(each) for each in decided], axis=1)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, found)
    return found
