"""Key figures as ward boards and board reports show them, over the committed days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.grid import Bools
from optimizer.readings import Readings
from optimizer.tables import Table

RED_SHARE: Final = 0.15
RED_HOURS: Final = 8.0
LEAST_REGISTERED: Final = 2
"""A shift is red when over 15 % or 8 hours of its registered need is short, or fewer than two are on duty
(after NICE safe-staffing red flags, with the thresholds that Wardwright's planners asked for)."""


def key_figures(case: Case, tables: Mapping[str, Table]) -> dict[str, float | None]:
    """Figures by name; None where the scenario has nothing of the kind.

    `fill_rate` hours filled over hours needed; `own_fill_rate` the part of it that
    own people fill inside their contracts;
    `care_hours_per_patient_day`; `red_shifts`; `unfilled_duties` short person-hours over the mean length of a duty;
    `outlier_days` and `boarded_days` in patient-days; `worst_net_beds` open beds less patients at the fullest unit and
    day.
    """
    read = Readings(case, tables)
    figures: dict[str, float | None] = {}
    figures.update(_staff_figures(read))
    figures.update(_patient_figures(read))
    return {name: None if value is None else round(value, 4) for name, value in figures.items()}


def _staff_figures(read: Readings) -> dict[str, float | None]:
    hours = read.case.grid.hours * read.committed
    needed = float((read.needed * hours).sum())
    short = float((read.short * hours).sum())
    if needed == 0:
        return {"fill_rate": None, "own_fill_rate": None, "red_shifts": None, "unfilled_duties": None}
    spans = [duty.paid_minutes / 60 for duty in read.case.grid.duties] or [1.0]
    beyond_contract = sum(read.at_work(contract) for contract in ("overtime", "bank", "agency"))
    own = float((np.maximum(read.needed - read.short - beyond_contract, 0.0) * hours).sum())
    return {
        "fill_rate": 1.0 - short / needed,
        "own_fill_rate": own / needed,
        "red_shifts": float(red_shifts(read).sum()),
        "unfilled_duties": short / float(np.mean(spans)),
    }


def red_shifts(read: Readings) -> Bools:
    """(U, S, D) shifts on which too few registered people are on duty, by unit, duty type and committed day."""
    case, grid = read.case, read.case.grid
    registered = np.array([group.registered for group in case.scenario.staff.values()], dtype=np.bool_)
    needed, short = read.needed[:, registered].sum(axis=1), read.short[:, registered].sum(axis=1)
    there = read.on_duty[:, registered].sum(axis=1)
    red = np.zeros((len(case.units), len(grid.duties), grid.days), dtype=np.bool_)
    for duty in range(len(grid.duties)):
        for day in range(grid.committed_days):
            at = grid.covers[duty, day]
            lacking, wanted = (short * grid.hours)[:, at].sum(axis=1), (needed * grid.hours)[:, at].sum(axis=1)
            few = ((there < LEAST_REGISTERED - 1e-6) & (needed > 0))[:, at].any(axis=1)
            red[:, duty, day] = (wanted > 0) & ((lacking > RED_SHARE * wanted) | (lacking > RED_HOURS) | few)
    return red


def _patient_figures(read: Readings) -> dict[str, float | None]:
    case, per_day = read.case, read.case.grid.periods_per_day
    inside = read.case.grid.committed_periods
    if not case.groups:
        return {}
    patient_days = float(read.patients[:, :inside].sum()) / per_day
    worked = float((read.on_duty * case.grid.hours * read.committed).sum())
    outliers = [row for row in read.rows("patients") if not float(row["home"]) and read.period(row) < inside]
    boarded = [row for row in read.rows("waiting") if read.period(row) < inside]
    net = [
        float(row["net"])
        for row in read.rows("beds")
        if read.day(row) < case.grid.committed_days and float(row["open"])
    ]
    return {
        "care_hours_per_patient_day": worked / patient_days if patient_days and worked else None,
        "outlier_days": sum(float(row["present"]) for row in outliers) / per_day,
        "boarded_days": sum(float(row["waiting"]) for row in boarded) / per_day,
        "worst_net_beds": min(net, default=None),
    }
