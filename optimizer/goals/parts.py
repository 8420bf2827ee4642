"""A plan far from others where the whole program is too large to search: unit after unit, all else as it is.

Each unit may use its share of the cost that is left, what one does not use is the next one's.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.goals.apart import MOST_SIDES, apart, furthest
from optimizer.program import ABSENT, Bools, Floats, Program
from optimizer.replanning.scope import fixed
from optimizer.solution import Limits
from optimizer.solvers import solve

ENOUGH: Final = 0.005
"""A unit's search ends within this part of the furthest it can be: the time is better spent on the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """What is sought: `near` the program whose last `ceilings` rows hold the cost, `told` (n,) decisions, `others`."""

    near: Program
    ceilings: int
    told: Bools
    others: tuple[Floats, ...]


def by_parts(sought: Apart, start: Floats, limits: Limits) -> Floats:
    """A plan (n,) further from the others than `start` is, or as far."""
    unit = sought.near.labels("unit")
    units = [int(each) for each in np.unique(unit[sought.told]) if each != ABSENT]
    values, begun = start, time.monotonic()
    for number, each in enumerate(units):
        left = limits.time_limit - (time.monotonic() - begun)
        if left <= 0.0:
            break
        allowed = replace(limits, time_limit=left / (len(units) - number), gap=ENOUGH)
        values = _one(sought, values, unit == each, 1.0 / (len(units) - number), allowed)
    return values


def _one(sought: Apart, values: Floats, here: Bools, share: float, limits: Limits) -> Floats:
    """The plan with one unit's decisions changed as far as its share of the cost left allows."""
    program = _with_share(fixed(sought.near, ~here, values), sought.ceilings, values, share)
    told = sought.told & here
    before = _distances(sought.told, values, sought.others)
    elsewhere = [far - apart(told, values, other) for far, other in zip(before, sought.others, strict=True)]
    sides = sum(int((told & (other > sought.near.lower)).sum()) for other in sought.others)
    far = furthest(program, told, sought.others, exact=sides <= MOST_SIDES, besides=elsewhere)
    solution = solve(far.program, limits=replace(limits, hint=far.start(values, told)))
    if solution.values is None:
        return values
    found = solution.values[: len(values)]
    return max((values, found), key=lambda each: min(_distances(sought.told, each, sought.others)))


def _distances(told: Bools, values: Floats, others: Sequence[Floats]) -> list[float]:
    return [apart(told, values, other) for other in others]


def _with_share(program: Program, ceilings: int, values: Floats, share: float) -> Program:
    """The program with the last rows' ceilings lowered to a share of what the plan leaves of them."""
    now, upper = program.activity(values)[-ceilings:], program.row_upper.copy()
    upper[-ceilings:] = np.minimum(upper[-ceilings:], now + share * np.maximum(upper[-ceilings:] - now, 0.0))
    return replace(program, row_upper=upper)
