"""Solving a large whole-number program from a plan in hand: only where its relaxation would change the plan is open.

With changes priced, the relaxation leaves most of a published plan alone; the few columns in which the two differ hold
nearly all there is to gain (relaxation induced neighbourhood search: Danna, Rothberg and Le Pape, 2005).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

import numpy as np

from optimizer.program import Floats, Program
from optimizer.replanning.scope import fixed
from optimizer.solution import Limits, Solution, Watch
from optimizer.solvers import solve

MANY: Final = 600
"""Up to so many whole columns branch and cut is asked at once."""

_APART: Final = 0.01
"""Whole columns closer than this to the relaxation's figure stay as they are."""


def guided(program: Program, plan: Floats, limits: Limits, watch: Watch | None = None) -> Solution:
    """The best found from `plan` (n,), which must hold, with the bound of the program as far as it is proven.

    The solution has no values where nothing as good was found in time.
    """
    begun, limits = time.monotonic(), replace(limits, hint=plan)
    if int(program.integer.sum()) <= MANY:
        return solve(program, limits=limits, watch=watch)
    relaxed = solve(relaxation(program), limits=replace(limits, hint=None))
    left = limits.time_limit - (time.monotonic() - begun)
    if relaxed.values is None or left <= 0.0:
        return replace(relaxed, objective=None, values=None)
    shut = program.integer & (np.abs(relaxed.values - plan) <= _APART)
    found = solve(fixed(program, shut, plan), limits=replace(limits, time_limit=left), watch=watch)
    return replace(found, bound=relaxed.bound)


def relaxation(program: Program) -> Program:
    """The linear program without any whole numbers."""
    return replace(program, integer=np.zeros_like(program.integer))
