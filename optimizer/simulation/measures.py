"""What many draws of a plan came to: each measure by draw, its mean with a 95 % interval, and the worst twentieth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.scenario.goals import UNPAID
from optimizer.simulation.flow import Patients
from optimizer.simulation.needs import understaffed
from optimizer.simulation.staffing import Staffed
from optimizer.simulation.stage import Stage

BEYOND: Final = "beyond_horizon"
CONFIDENCE: Final = 0.95
WORST: Final = 0.95

_NONE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure over draws: its `mean`, the 95 % confidence interval of that mean, and its worst twentieth.

    `worst` is what one draw in twenty exceeds (falls below, for shares covered); `planned` what the plan itself says.
    """

    mean: float
    low: float
    high: float
    worst: float
    planned: float | None = None


def measured(values: Floats, planned: float | None = None, *, low_is_bad: bool = False) -> Measured:
    """The measure of `values` (R,), with Student's interval for the mean of independent draws; one draw has none."""
    from scipy.stats import t

    mean = float(values.mean())
    worst = float(np.quantile(values, 1.0 - WORST if low_is_bad else WORST))
    if len(values) < 2:
        return Measured(mean, mean, mean, worst, planned)
    half = float(t.ppf(0.5 + CONFIDENCE / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Measured(mean, mean - half, mean + half, worst, planned)


def service(stage: Stage, patients: Patients, staffed: Staffed) -> dict[str, Floats]:
    """Each measure of care by draw, (R,); shares lie between 0 and 1.

    `fully_covered` days on which every patient had a bed and every hour was filled, `beds_covered` and `hours_covered`
    the same for either, as shares of days; `in_a_bed` patient-days in a suitable bed; `hours_filled` of those needed;
    `boarded_days`, `outlier_days` and `diverted` patients; `short_hours`; `understaffed` patient-shifts as a share.
    """
    case, span = stage.case, stage.intervals
    hours, per_day = case.grid.hours[:span], case.grid.periods_per_day
    boarded, inside = patients.waiting.sum(axis=1), patients.present.sum(axis=(1, 2))
    missing = staffed.short.sum(axis=(1, 2)) * hours
    in_bed = _by_day(boarded, case.grid.day_of_period[: stage.periods]) < _NONE
    filled = _by_day(missing, case.grid.day_of_interval[:span]) < _NONE
    wanted = (staffed.wanted.sum(axis=(1, 2)) * hours).sum(axis=1)
    off_home = (patients.present * ~case.at_home[None, :, :, None]).sum(axis=(1, 2, 3))
    total = inside.sum(axis=1) + boarded.sum(axis=1)
    return {
        "fully_covered": (in_bed & filled).mean(axis=1),
        "beds_covered": in_bed.mean(axis=1),
        "hours_covered": filled.mean(axis=1),
        "in_a_bed": _share(inside.sum(axis=1), total),
        "hours_filled": 1.0 - _share(missing.sum(axis=1), wanted, nothing=0.0),
        "boarded_days": boarded.sum(axis=1) / per_day,
        "outlier_days": off_home / per_day,
        "diverted": patients.diverted.sum(axis=(1, 2)),
        "short_hours": missing.sum(axis=1),
        "understaffed": _understaffed(stage, patients, staffed),
        "asked": staffed.asked,
    }


def money(stage: Stage, patients: Patients, staffed: Staffed) -> dict[str, Floats]:
    """Currency by cost item and draw, (R,): what chance changed anew, all else as the plan has it."""
    groups, draws = list(stage.case.scenario.patients.values()), len(staffed.asked)
    per_day = stage.case.grid.periods_per_day
    boarding = np.array([g.boarding_cost_per_day or 0.0 for g in groups]) / per_day
    outlying = stage.case.outlying / per_day
    diverting = np.array([g.divert.cost_per_patient if g.divert else 0.0 for g in groups])
    hours = stage.case.grid.hours[: stage.intervals]
    played = {
        "patients.boarded": patients.waiting.sum(axis=2) @ boarding,
        "patients.outliers": (patients.present.sum(axis=3) * outlying).sum(axis=(1, 2)),
        "patients.diverted": patients.diverted.sum(axis=2) @ diverting,
        "patients.moved": patients.moved,
        "staff.short": (staffed.short * stage.short_price[..., : stage.intervals] * hours).sum(axis=(1, 2, 3)),
        **staffed.money,
    }
    planned = stage.saved.facts.cost
    played["staff.float"] = played.get("staff.float", np.zeros(draws)) + planned.get("staff.float", 0.0)
    kept = {item: np.full(draws, cost) for item, cost in planned.items() if item not in played and item != BEYOND}
    return {item: values for item, values in sorted({**kept, **played}.items()) if np.any(values)}


def spent(items: Mapping[str, Floats]) -> Floats:
    """(R,) money that somebody pays out, of cost items by draw."""
    return np.asarray(sum((values for item, values in items.items() if item not in UNPAID), np.zeros(1)))


def _by_day(figures: Floats, day: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """(R, D) sums of figures (R, P or T) by the day each lies in."""
    starts = np.searchsorted(day, np.arange(day[-1] + 1))
    return np.asarray(np.add.reduceat(figures, starts, axis=1))


def _share(part: Floats, whole: Floats, nothing: float = 1.0) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full_like(whole, nothing), where=whole > 0))


def _understaffed(stage: Stage, patients: Patients, staffed: Staffed) -> Floats:
    """(R,) share of patient-shifts on which over 15 % of the needed hours lacked."""
    case = stage.case
    short = understaffed(case, staffed.wanted, staffed.short)
    first = np.arange(case.grid.committed_days) * case.grid.periods_per_day
    there = patients.present.sum(axis=1)[..., first]
    working = case.grid.allowed[:, : case.grid.committed_days]
    shifts = (there[:, :, None, :] * working).sum(axis=(1, 2, 3))
    return _share((there[:, :, None, :] * short * working).sum(axis=(1, 2, 3)), shifts, nothing=0.0)
