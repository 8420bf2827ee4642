"""What one more of something is worth to a program: prices from its duals, and from solving again.

Nothing here knows hospitals. A `Relief` says how one more of a thing moves the bounds of rows; its worth is by how much
the least cost falls. Where the least cost has a kink, one more is worth less than one fewer costs: both are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from optimizer.program import Floats, Ints, Program
from optimizer.solution import Duals, Limits, Solution, Status
from optimizer.solvers import solve

NUDGE = 1e-4
"""By how much bounds are moved to find the prices on one side of a kink: far above what a solver takes for nothing."""

EXACT = 1e-6
"""Prices are believed if the cost they prove differs from the plan's by no more than this part of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """One more of something raises both bounds of `rows` (k,) by `by` (k,), or lowers them where that is negative."""

    rows: Ints
    by: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Worths:
    """Currency for one more and for one fewer of each of R reliefs, (R,); `reason` says why there is none."""

    more: Floats | None
    fewer: Floats | None
    reason: str = ""


def relieved(program: Program, reliefs: Sequence[Relief], amounts: Floats) -> Program:
    """The program with `amounts` (R,) more of each relief."""
    by = np.zeros(len(program.row_lower))
    for relief, amount in zip(reliefs, amounts, strict=True):
        np.add.at(by, relief.rows, relief.by * amount)
    return replace(program, row_lower=program.row_lower + by, row_upper=program.row_upper + by)


def linear_worths(
    program: Program, reliefs: Sequence[Relief], limits: Limits, *, fewer: bool, cancel: Event | None = None
) -> Worths:
    """Worths in a program without whole numbers, by its duals just beside a kink, on the side of more (and of fewer).

    The bounds of all reliefs are nudged a little at once, each by its own amount: of all prices that prove the least
    cost, the solver then has those that make one more worth least (or one fewer dearest). Each lies between the true
    derivatives on either side. Only what is worth something is made fewer: of the rest some may be gone already.
    """
    spread = NUDGE * (0.5 + np.random.default_rng(0).random(len(reliefs)))
    more = _priced(program, reliefs, limits, spread, cancel)
    if isinstance(more, str):
        return Worths(None, None, more)
    less = _priced(program, reliefs, limits, np.where(more > EXACT, -spread, 0.0), cancel) if fewer else None
    if isinstance(less, str):
        return Worths(more, None, f"one fewer: {less}")
    return Worths(more, None if less is None else np.where(more > EXACT, less, np.nan))


def _priced(
    program: Program, reliefs: Sequence[Relief], limits: Limits, nudges: Floats, cancel: Event | None
) -> Floats | str:
    """(R,) worth of each relief at bounds nudged by so much; or why there is none."""
    nudged = relieved(program, reliefs, nudges)
    solution = solve(nudged, solver="highs", limits=limits, cancel=cancel)
    if solution.duals is None:
        return f"its linear program ended as {solution.status}"
    if not proves(nudged, solution.duals, solution.objective or 0.0):
        return "the solver's prices do not prove its cost"
    prices = solution.duals.rows
    return np.array([-float(prices[relief.rows] @ relief.by) for relief in reliefs])


def proves(program: Program, duals: Duals, objective: float) -> bool:
    """Whether the prices alone show that no plan costs less: the Lagrangian bound they give equals the cost.

    Any row prices give a bound, for all columns are bounded; reduced costs are recounted from the row prices.
    """
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    prices = duals.rows
    reduced = program.cost - np.bincount(
        program.indices, weights=program.data * prices[rows], minlength=len(program.cost)
    )
    binding = np.where(prices > 0, program.row_lower, program.row_upper)
    paid = np.where(prices == 0.0, 0.0, prices * np.where(np.isfinite(binding), binding, 0.0))
    if bool((~np.isfinite(binding) & (np.abs(prices) > EXACT)).any()):
        return False
    bound = float(paid.sum() + (reduced * np.where(reduced > 0, program.lower, program.upper)).sum()) + program.offset
    return abs(bound - objective) <= EXACT * max(1.0, abs(objective), float(np.abs(paid).sum()) * EXACT)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Currency saved by one more, by solving with and without it.

    Both least costs must be proven for that; where they are not, `worth` is what is saved at least, None where that is
    nothing, and `reason` says between what it lies.
    """

    worth: float | None
    reason: str = ""


def resolved(
    program: Program, relief: Relief, limits: Limits, before: Solution, cancel: Event | None = None
) -> Resolved:
    """Solve again with one more; `before` is the same program solved without it, from whose plan the search starts."""
    hint = limits.hint if before.values is None else before.values
    after = solve(relieved(program, [relief], np.ones(1)), limits=replace(limits, hint=hint), cancel=cancel)
    if before.objective is None or after.objective is None:
        failed = before if before.objective is None else after
        return Resolved(None, f"solving again ended as {failed.status}")
    if before.status is Status.OPTIMAL and after.status is Status.OPTIMAL:
        return Resolved(max(0.0, before.objective - after.objective))
    if before.bound is None or after.bound is None:
        return Resolved(None, "nothing was proven in the time given")
    least, most = max(0.0, before.bound - after.objective), before.objective - after.bound
    return Resolved(least or None, f"time ran out: proven between {least:,.0f} and {most:,.0f}")
