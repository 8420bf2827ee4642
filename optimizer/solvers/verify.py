"""From what a solver claims to a `Solution` that holds: values tidied and checked, cost recounted, gap our own.

Tolerances: a whole number may be off by 1e-5 before rounding, a column by 1e-6 of its bound before clipping. After that
a row of counts (whole columns, whole coefficients) is exact: it is off by less than one only if it is off by what a
bound was rounded by. Any other row may be off by 1e-6 of its largest coefficient, at most 1e-6, plus 1e-9 of its bound
and 1e-8 of its continuous terms (CBC writes eight digits).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Duals, Limits, Progress, Solution, Status, relative_gap

WHOLE_TOLERANCE = 1e-5
ROW_TOLERANCE = 1e-6
BOUND_TOLERANCE = 1e-9
PRINTED = 1e-8
LARGEST_COUNT = 1e8
"""Bounds beyond this are off by no more: a tenth of a person, at BOUND_TOLERANCE."""

PROVEN = 1e-6
"""A gap up to here counts as none: it is what solvers themselves leave open."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a solver says of its own run, unchecked: a status, perhaps values, a bound, prices."""

    status: Status
    values: Floats | None = None
    bound: float | None = None
    message: str = ""
    duals: Duals | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Who solved, in which version, for how long and with what history."""

    solver: str
    version: str
    seconds: float
    progress: tuple[Progress, ...] = ()


def settle(program: Program, claim: Claim, limits: Limits, run: Run) -> Solution:
    """The claim as a verified Solution: what cannot be confirmed is left out and said so."""
    if claim.status is Status.UNBOUNDED:
        return empty(Status.FAILED, run, f"{run.solver} calls it unbounded, which finite column bounds rule out")
    if claim.status in (Status.INFEASIBLE, Status.FAILED):
        return empty(claim.status, run, claim.message)
    if claim.values is None:
        status = Status.FAILED if claim.status is Status.OPTIMAL else claim.status
        return empty(status, run, claim.message or "no plan was found in the time", bound=claim.bound)
    whole = len(claim.values) == len(program.cost) and bool(np.isfinite(claim.values).all())
    values = tidied(program, claim.values) if whole else claim.values
    fault = broken(program, values) if whole else "its values are not one finite number a column"
    if fault:
        status = Status.FAILED if claim.status is Status.OPTIMAL else Status.TIME_LIMIT
        return empty(status, run, f"the plan of {run.solver} does not hold: {fault}")
    return _ranked(program.objective(values), values, claim, limits, run)


def empty(status: Status, run: Run, message: str, *, bound: float | None = None) -> Solution:
    """A Solution without values. A bound is only kept for a run that time cut short."""
    kept = bound if status is Status.TIME_LIMIT else None
    return Solution(
        status, None, kept, None, None, run.solver, run.version, "", run.seconds, message, run.progress
    )  # fmt: skip


def tidied(program: Program, values: Floats) -> Floats:
    """Whole numbers made whole and bounds kept, wherever a solver is off by no more than its tolerance."""
    nearest = np.round(values)
    close = program.integer & (np.abs(values - nearest) <= WHOLE_TOLERANCE)
    tidy = np.where(close, nearest, values)
    room = ROW_TOLERANCE * np.maximum(1.0, np.abs(tidy))
    tidy = np.where((tidy < program.lower) & (tidy >= program.lower - room), program.lower, tidy)
    tidy = np.where((tidy > program.upper) & (tidy <= program.upper + room), program.upper, tidy)
    return np.asarray(tidy + 0.0)  # turns -0.0 into 0.0


def broken(program: Program, values: Floats) -> str:
    """The worst broken bound, whole number or row in words; empty if every one holds."""
    if bool(((values < program.lower) | (values > program.upper)).any()):
        return "a column lies outside its bounds"
    if bool((program.integer & (values != np.round(values))).any()):
        return "a column that must be a whole number is none"
    return _broken_row(program, values)


def _broken_row(program: Program, values: Floats) -> str:
    if not len(program.row_lower):
        return ""
    activity, allowed = program.activity(values), _tolerances(program, values)
    excess = np.maximum(
        program.row_lower - activity - BOUND_TOLERANCE * _size(program.row_lower),
        activity - program.row_upper - BOUND_TOLERANCE * _size(program.row_upper),
    )
    worst = int(np.argmax(excess - allowed))
    if excess[worst] <= allowed[worst]:
        return ""
    span = f"{program.row_lower[worst]:g} to {program.row_upper[worst]:g}"
    return f"row {program.row_name(worst)} is {activity[worst]:.10g}, not within {span}"


def _tolerances(program: Program, values: Floats) -> Floats:
    """(m,) by how much each row may be off, beyond what its bounds may."""
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    size, fluid = np.zeros(len(program.row_lower)), ~program.integer[program.indices]
    np.maximum.at(size, rows, np.abs(program.data))
    terms = np.abs(program.data * values[program.indices]) * fluid
    return np.asarray(
        ROW_TOLERANCE * np.minimum(1.0, size) + PRINTED * np.bincount(rows, weights=terms, minlength=len(size))
    )


def _size(bounds: Floats) -> Floats:
    """What a bound may be off by is in proportion to it, but never near one: a count must not be missed."""
    return np.minimum(np.where(np.isfinite(bounds), np.abs(bounds), 0.0), LARGEST_COUNT)


def _ranked(objective: float, values: Floats, claim: Claim, limits: Limits, run: Run) -> Solution:
    """A Solution with values, its status by the gap between our cost and the claimed bound."""
    bound = claim.bound
    if bound is not None and bound > objective + PROVEN * max(1.0, abs(objective)):
        if claim.status is Status.OPTIMAL:
            said = f"{run.solver} claims a bound of {bound:.10g} above the cost {objective:.10g} of its own plan"
            return empty(Status.FAILED, run, said)
        bound = None
    bound = None if bound is None else min(bound, objective)
    gap = relative_gap(objective, bound)
    status, message = _rank(objective, bound, gap, claim, limits)
    duals = claim.duals if status is Status.OPTIMAL else None
    return Solution(
        status, objective, bound, gap, values, run.solver, run.version, "", run.seconds, message, run.progress, duals
    )  # fmt: skip


def _rank(objective: float, bound: float | None, gap: float | None, claim: Claim, limits: Limits) -> tuple[Status, str]:
    if bound is not None and gap is not None:
        if gap <= PROVEN or objective - bound <= PROVEN:
            return Status.OPTIMAL, claim.message
        if gap <= limits.gap:
            return Status.WITHIN_GAP, claim.message
    if claim.status is Status.OPTIMAL:
        return Status.TIME_LIMIT, "the solver ended before the gap asked for was proven"
    return Status.TIME_LIMIT, claim.message
