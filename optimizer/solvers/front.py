"""The front door: pick a solver, run it apart, doubt what deserves doubt."""

from __future__ import annotations

from dataclasses import replace

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.isolated import INTERRUPTED, run_isolated
from optimizer.solvers.table import choose, second_to

_DEFAULT = Limits()


def solve(program: Program, *, solver: str = "auto", limits: Limits = _DEFAULT, watch: Watch | None = None) -> Solution:
    """Solve in a child process with limits on time and memory, and return only what was verified.

    Every "infeasible" is put to a second solver (CBC calls feasible programs infeasible), and so is every failure;
    `why` tells. Raises UnknownSolver, or UnsuitableSolver where the solver asked for cannot take the program.
    """
    name, why = choose(program, solver)
    first = replace(run_isolated(program, name, limits, watch), why=why)
    if first.status not in (Status.INFEASIBLE, Status.FAILED) or first.message == INTERRUPTED:
        return first
    other = second_to(name, program)
    second = run_isolated(program, other, limits, watch)
    return _reconciled(first, second, other)


def _reconciled(first: Solution, second: Solution, other: str) -> Solution:
    """Of two answers the one to believe, with the story in `why`."""
    agree = first.status is second.status is Status.INFEASIBLE
    if agree:
        return replace(first, why=f"{first.why}; {other} confirms that there is no plan")
    doubt = "called it infeasible" if first.status is Status.INFEASIBLE else f"failed ({first.message})"
    if second.values is not None or second.status is Status.INFEASIBLE:
        return replace(second, why=f"{first.why}, but it {doubt}; this is the answer of {other}")
    return replace(first, why=f"{first.why}; {other} could not settle it ({second.status}: {second.message})")
