"""What every solver shares: programs that need none are answered at once, the rest is timed, run and verified."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.progress import Recorder
from optimizer.solvers.verify import Claim, Run, settle

Method = Callable[[Recorder], tuple[Claim, str]]
"""Runs a solver, feeding its log to the recorder; returns its claim and its version."""


def attempt(program: Program, limits: Limits, watch: Watch | None, solver: str, method: Method) -> Solution:
    """Run `method` unless the program answers itself, and settle what it claims."""
    recorder = Recorder(solver, watch)
    claim = plain_claim(program)
    release = "-"
    if claim is None:
        claim, release = method(recorder)
    history = recorder.finish()
    seconds = time.monotonic() - recorder.started
    return settle(program, claim, limits, Run(solver, release, seconds, history))


def plain_claim(program: Program) -> Claim | None:
    """The answer to a program that solvers choke on: a row that contradicts itself, or nothing to decide."""
    crossed = program.row_lower > program.row_upper
    if bool(crossed.any()):
        at = int(np.argmax(crossed))
        least, most = program.row_lower[at], program.row_upper[at]
        name = program.row_name(at)
        return Claim(Status.INFEASIBLE, message=f"row {name} asks for at least {least:g} and at most {most:g}")
    if len(program.cost):
        return None
    unmet = (program.row_lower > 0.0) | (program.row_upper < 0.0)
    if bool(unmet.any()):
        name = program.row_name(int(np.argmax(unmet)))
        return Claim(Status.INFEASIBLE, message=f"row {name} has no column that could meet it")
    return Claim(Status.OPTIMAL, np.empty(0), program.offset)


def package_version(package: str) -> str:
    """The installed version of a package, or "unknown"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
