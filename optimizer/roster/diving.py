"""A roster out of a relaxation: the surest lines are fixed, the rest get lines that suit them, the last are chosen.

Fixed to the end, the last people would find nothing that suits: a solver chooses for them among all their lines.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.roster.choosing import keeps_limits
from optimizer.roster.generating import generate
from optimizer.roster.master import Column, Floats, Frame, Master
from optimizer.roster.pricing import Pricing

STEPS: Final = 12
"""At each step a twelfth of the people gets fixed at least."""

SHARE_FIXED: Final = 0.5
"""Of the people, at least; for the others a solver chooses."""

ROUNDS_A_STEP: Final = 5
SURE: Final = 0.75
"""Lines of which the relaxation takes more are fixed along with the surest ones."""

LINES_LEFT: Final = 60
"""Lines of each person left that are chosen among, at most."""

TAKEN: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Dive:
    """Columns fixed, and those that may be chosen for everybody else."""

    fixed: list[Column]
    left: list[Column]


def dive(frame: Frame, pricing: Pricing, master: Master, best: float, until: float = math.inf) -> Dive | None:
    """Half of a roster and what is left to choose; None where nothing below `best` can come of it, or not in time."""
    everybody = frozenset(range(len(frame.problem.people)))
    fixed: dict[int, int] = {}
    relaxed, _, taken = master.solve()
    while len(fixed) < SHARE_FIXED * len(everybody) and relaxed < best - TAKEN and time.monotonic() < until:
        chosen = _surest(frame, master, taken, frozenset(fixed), max(1, len(everybody) // STEPS))
        if not chosen:
            break
        for at in chosen:
            fixed[master.columns[at].person] = at
            master.fix(at)
        generate(frame, pricing, master, until=until, most=ROUNDS_A_STEP, only=everybody - fixed.keys())
        relaxed, _, taken = master.solve()
    lines = master.nearest(LINES_LEFT)
    left = [column for at in sorted(everybody - fixed.keys()) for column in lines.get(at, [])]
    master.free()
    return Dive([master.columns[at] for at in fixed.values()], left) if relaxed < best - TAKEN else None


def _surest(frame: Frame, master: Master, taken: Floats, fixed: frozenset[int], least: int) -> list[int]:
    """The columns to fix: all that are nearly whole, and `least` of the surest in any case, one a person."""
    found: dict[int, int] = {}
    for at in np.argsort(-taken, kind="stable"):
        column = master.columns[at]
        if taken[at] <= TAKEN or (taken[at] < SURE and len(found) >= least):
            break
        if column.person not in fixed and column.person not in found and keeps_limits(frame, column):
            found[column.person] = int(at)
    return list(found.values())
