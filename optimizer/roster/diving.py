"""A roster out of a relaxation: the surest lines are fixed, the rest get lines that suit them, and so on to the end."""

from __future__ import annotations

import math
import time
from typing import Final

import numpy as np

from optimizer.roster.choosing import keeps_limits
from optimizer.roster.generating import generate
from optimizer.roster.master import Column, Floats, Frame, Master
from optimizer.roster.pricing import Pricing

STEPS: Final = 8
"""At each step an eighth of the people gets fixed at least."""

ROUNDS_A_STEP: Final = 8
SURE: Final = 0.75
"""Lines of which the relaxation takes more are fixed along with the surest ones."""

TAKEN: Final = 1e-6


def dive(frame: Frame, pricing: Pricing, master: Master, best: float, until: float = math.inf) -> list[Column]:
    """A line for everybody, or nothing where none below `best` can come of it, or none in time."""
    everybody = frozenset(range(len(frame.problem.people)))
    fixed: dict[int, int] = {}
    while len(fixed) < len(everybody):
        relaxed, _, taken = master.solve()
        chosen = _surest(frame, master, taken, frozenset(fixed), -(-len(everybody) // STEPS))
        if not chosen or relaxed > best - TAKEN or time.monotonic() > until:
            break
        for at in chosen:
            fixed[master.columns[at].person] = at
            master.fix(at)
        rest = everybody - fixed.keys()
        if rest:
            generate(frame, pricing, master, until=until, most=ROUNDS_A_STEP, only=rest)
    master.free()
    return [master.columns[at] for at in fixed.values()] if len(fixed) == len(everybody) else []


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
