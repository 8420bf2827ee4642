"""What a week's decision costs once the real days have come, and what a formula would decide of a distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.benchmarks.winters_data import Floats

BED_DAY, BOARDED_DAY = 238.0, 863.0
"""An escalation bed a day, used or not; a patient above the open beds a day."""

MOST_ESCALATION: Final = 0.15
"""Escalation beds at most, as a share of the core."""

SHIFTS: Final = {"day": (4.0, 230.0), "night": (7.0, 300.0)}
"""Patients a nurse, and what an own shift costs, worked or not."""

BANK, BANK_SHARE, AGENCY = 1.25, 0.1, 1.9
"""Nurses short are bank at this multiple up to this share of the need, and agency at that multiple beyond."""

SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What is decided for each day, all of one shape: escalation `beds`, own nurses by `day` and by `night`."""

    beds: Floats
    day: Floats
    night: Floats


def spent_on_beds(beds: Floats, core: Floats, real: Floats) -> Floats:
    """Escalation beds used or not, and patients boarded."""
    return np.asarray(BED_DAY * beds + BOARDED_DAY * np.maximum(real - core - beds, 0.0))


def spent_on_shift(shift: str, own: Floats, real: Floats) -> Floats:
    """Own nurses used or not, then bank, then agency."""
    patients, price = SHIFTS[shift]
    need = np.ceil(real / patients - SLACK)
    short = np.maximum(need - own, 0.0)
    bank = np.minimum(short, BANK_SHARE * need)
    return np.asarray(price * (own + BANK * bank + AGENCY * (short - bank)))


def spent(levels: Levels, core: Floats, real: Floats) -> Floats:
    """What each day costs when the real patients come; NaN where they are not known."""
    nurses = spent_on_shift("day", levels.day, real) + spent_on_shift("night", levels.night, real)
    return spent_on_beds(levels.beds, core, real) + nurses


def most_beds(core: Floats) -> Floats:
    """The most escalation beds that a core may have."""
    return np.asarray(np.floor(MOST_ESCALATION * core + SLACK))


def levels_for(patients: Floats, core: Floats, nursed: Floats | None = None) -> Levels:
    """Beds and nurses for so many patients, whole; `nursed` where nurses are planned for another number."""
    cared = patients if nursed is None else nursed
    return Levels(
        beds=np.clip(np.ceil(patients - core - SLACK), 0.0, most_beds(core)),
        day=np.ceil(cared / SHIFTS["day"][0] - SLACK),
        night=np.ceil(cared / SHIFTS["night"][0] - SLACK),
    )


def levels_by_formula(samples: Floats, core: Floats) -> Levels:
    """The levels of least mean cost over samples (..., N), cost by cost: beds at the critical ratio 1 - 238/863.

    Each cost is convex in its level and hangs on one day alone, so that no program is needed: a yardstick for one.
    """
    beds = _best_whole(
        np.quantile(samples, 1.0 - BED_DAY / BOARDED_DAY, axis=-1) - core, most_beds(core), samples, core
    )
    return Levels(beds, _best_own("day", samples), _best_own("night", samples))


def _best_whole(ideal: Floats, most: Floats, samples: Floats, core: Floats) -> Floats:
    """The better of the whole beds (...,) below and above the ideal."""
    low, high = (np.clip(round_(ideal), 0.0, most) for round_ in (np.floor, np.ceil))
    costs = [spent_on_beds(beds[..., None], core[..., None], samples).mean(axis=-1) for beds in (low, high)]
    return np.where(costs[1] < costs[0], high, low)


REACH: Final = 0.25
"""Own nurses are sought within this share of the need's median: less is agency, more is idle."""


def _best_own(shift: str, samples: Floats) -> Floats:
    """Own nurses (...,) of least mean cost, one after the other."""
    middle = np.ceil(np.median(samples, axis=-1) / SHIFTS[shift][0])
    low = np.floor((1.0 - REACH) * middle)
    best, least = low, np.full(low.shape, np.inf)
    for more in range(int(np.ceil(2.0 * REACH * middle.max())) + 1):
        own = low + more
        cost = spent_on_shift(shift, own[..., None], samples).mean(axis=-1)
        best, least = np.where(cost < least, own, best), np.minimum(cost, least)
    return best
