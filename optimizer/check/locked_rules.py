"""Locked cells recounted: each holds what the scenario says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from optimizer.check.findings import Broken, slack
from optimizer.check.recount import Recount
from optimizer.expansion.locked import Lock, locks
from optimizer.scenario.staff import CONTRACTS


def locked_cells_are_kept(recount: Recount) -> Iterator[Broken]:
    """Every cell that the scenario locks lies between its least and its most."""
    for lock in locks(recount.case):
        figure = FIGURES[lock.kind](recount, lock)
        off = max(lock.least - figure, figure - lock.most)
        nearest = lock.least if figure < lock.least else lock.most
        if off > float(slack(figure, nearest if math.isfinite(nearest) else figure)):
            words = "exactly" if lock.least == lock.most else "at least" if figure < lock.least else "at most"
            yield Broken(lock.words, f"{figure:g} in the plan, locked at {words} {nearest:g}", off)


def _people(recount: Recount, lock: Lock) -> float:
    unit, staff, duty, day = lock.at
    contracts = [CONTRACTS.index(each) for each in lock.contracts]
    return float(recount.heads[staff, contracts, unit, duty, day].sum())


def _bay(recount: Recount, lock: Lock) -> float:
    unit, number, day = lock.at
    opened = [recount.plan.open[at, day] for at, bay in enumerate(recount.plan.bays) if bay.unit == unit]
    return float(opened[number])


def _cell(figures: Callable[[Recount], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]) -> Figure:
    """The cell of an array of the plan that has the lock's numbers."""
    return lambda recount, lock: float(figures(recount)[lock.at])


Figure = Callable[[Recount, Lock], float]

FIGURES: Final[Mapping[str, Figure]] = {
    "people": _people,
    "bay": _bay,
    "beds": _cell(lambda recount: recount.plan.escalation),
    "patients": _cell(lambda recount: recount.plan.present),
    "devices": _cell(lambda recount: recount.plan.held),
    "rented": _cell(lambda recount: recount.plan.rented),
    "cases": _cell(lambda recount: recount.plan.treated),
}
"""A cell's figure by its kind, read from the plan's tables."""
