"""CBC, the binary that PuLP ships, through PuLP: the slow road in, and the only one to that build.

PuLP writes the program as a file, CBC solves it and PuLP reads the answer back. PuLP's status says "Optimal" after a
mere time limit, so only `sol_status` is believed, and the bound is read from CBC's log.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.attempt import attempt
from optimizer.solvers.progress import Recorder, number, printed_bound
from optimizer.solvers.session import SESSION
from optimizer.solvers.verify import Claim

if TYPE_CHECKING:
    import pulp

_LEAST_SECONDS = 0.1
"""CBC reads a time limit of zero as none."""

_WRITING = 0.7
"""Writing a program's file takes this part of the time that building it for PuLP took; CBC's own time begins after."""

_CONSTANT = "constant"
"""PuLP's file has no place for a constant cost; a column fixed at 1 carries it, so that CBC's relative gap is ours."""

_VERSION = re.compile(r"Version:\s*(\S+)")
_WITHIN_GAP = re.compile(r"Optimal solution found \(within gap tolerance\)")
_LOWER_BOUND = re.compile(r"Lower bound:\s*(\S+)")
_PARTIAL = re.compile(r"best possible ([^)\s]+)\)")


def cbc(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """CBC through PuLP. One thread: CBC's threads race, and an equal run must give an equal plan."""

    def method(recorder: Recorder) -> tuple[Claim, str]:
        with SESSION.scratch() as folder, SESSION.stoppable(_interrupt):
            return _solved(program, limits, recorder, folder)

    return attempt(program, limits, watch, "cbc", method)


def _interrupt() -> None:
    """Tell CBC to end with the best it has: Ctrl-C to our own process group, which the child process leads."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGINT)


def _solved(program: Program, limits: Limits, recorder: Recorder, folder: Path) -> tuple[Claim, str]:
    import pulp

    begun = time.monotonic()
    problem, variables = _problem(program)
    if limits.hint is not None:
        for variable, value in zip(variables, limits.hint.tolist(), strict=True):
            variable.setInitialValue(value, check=False)
    spent = (1.0 + _WRITING) * (time.monotonic() - begun)
    command = _command(replace(limits, time_limit=limits.time_limit - spent), program, folder)
    log = _Log(recorder, folder)
    failure = ""
    with log.stream() as stream:
        command.get_pipe = lambda: stream
        try:
            problem.solve(command)
        except pulp.PulpError as error:
            failure = f"CBC ended without an answer: {error}"
    text = log.text()
    found = _VERSION.search(text)
    version = found.group(1) if found else "unknown"
    return (Claim(Status.FAILED, message=failure) if failure else _claim(problem, variables, program, text)), version


def _command(limits: Limits, program: Program, folder: Path) -> pulp.COIN_CMD:
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path

    bundled = os.access(pulp_cbc_path, os.X_OK)
    command = pulp.COIN_CMD(
        path=pulp_cbc_path if bundled else shutil.which("cbc") or pulp_cbc_path,
        msg=False,
        timeLimit=max(limits.time_limit, _LEAST_SECONDS),
        gapRel=limits.gap if program.is_whole else None,
        warmStart=limits.hint is not None and program.is_whole,
        options=[f"randomSeed {limits.seed + 1}", f"randomCbcSeed {limits.seed + 1}"],
    )
    command.tmpDir = str(folder)
    return command


def _problem(program: Program) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    import pulp

    problem = pulp.LpProblem("program", pulp.LpMinimize)
    kinds = ("Continuous", "Integer")
    variables = [
        problem.add_variable(f"x{column}", lower, upper, kinds[whole])
        for column, (lower, upper, whole) in enumerate(
            zip(program.lower.tolist(), program.upper.tolist(), program.integer.tolist(), strict=True)
        )
    ]
    priced = [(variable, cost) for variable, cost in zip(variables, program.cost.tolist(), strict=True) if cost]
    if program.offset:
        priced.append((problem.add_variable(_CONSTANT, 1.0, 1.0), program.offset))
    problem.setObjective(pulp.LpAffineExpression(priced))
    for constraint in _constraints(program, variables):
        problem.addConstraint(constraint)
    return problem, variables


def _constraints(program: Program, variables: list[pulp.LpVariable]) -> Iterator[pulp.LpConstraint]:
    """One constraint a finite side of a row, one for both where they are equal."""
    import pulp

    columns, data, starts = program.indices.tolist(), program.data.tolist(), program.indptr.tolist()
    for row, (lower, upper) in enumerate(zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True)):
        span = range(starts[row], starts[row + 1])
        terms = pulp.LpAffineExpression([(variables[columns[entry]], data[entry]) for entry in span])
        if lower == upper:
            yield pulp.LpConstraint(terms, pulp.LpConstraintEQ, f"e{row}", lower)
            continue
        if np.isfinite(lower):
            yield pulp.LpConstraint(terms, pulp.LpConstraintGE, f"l{row}", lower)
        if np.isfinite(upper):
            yield pulp.LpConstraint(terms, pulp.LpConstraintLE, f"u{row}", upper)


def _claim(problem: pulp.LpProblem, variables: list[pulp.LpVariable], program: Program, log: str) -> Claim:
    import pulp

    status = _WITHOUT_VALUES.get(problem.status)
    proven = problem.sol_status == pulp.LpSolutionOptimal
    if status is None and not proven and problem.sol_status != pulp.LpSolutionIntegerFeasible:
        status = Status.FAILED
    if status is not None:
        message = "CBC ended without saying how" if status is Status.FAILED else ""
        return Claim(status, bound=_logged_bound(log), message=message)
    values = np.array([variable.varValue for variable in variables], dtype=np.float64)
    idle = np.isnan(values)  # PuLP leaves out a column that has no cost and no row
    values[idle] = np.where(program.integer, np.ceil(program.lower), program.lower)[idle]
    exact = proven and not _WITHIN_GAP.search(log)
    bound = program.objective(values) if exact else _logged_bound(log)
    return Claim(Status.OPTIMAL if proven else Status.TIME_LIMIT, values, bound)


# By PuLP's `status`: 0 not solved, -1 infeasible ("Integer infeasible" is only here), -2 unbounded. Its 1, "Optimal",
# also stands for "stopped with a plan": there `sol_status` decides.
_WITHOUT_VALUES = {0: Status.TIME_LIMIT, -1: Status.INFEASIBLE, -2: Status.UNBOUNDED}


def _logged_bound(log: str) -> float | None:
    """The bound in CBC's closing lines, from the line with more digits if it is there; None if neither is."""
    found = _PARTIAL.search(log) or _LOWER_BOUND.search(log)
    return printed_bound(found.group(1)) if found and number(found.group(1)) is not None else None


@dataclass(slots=True)
class _Log:
    """CBC's log, read while it grows where the system has pseudo-terminals (else CBC holds it back to the end)."""

    recorder: Recorder
    folder: Path
    _lines: list[str] = field(default_factory=list)

    def text(self) -> str:
        """All of it so far."""
        return "\n".join(self._lines)

    @contextmanager
    def stream(self) -> Iterator[IO[str]]:
        """A stream for CBC to write to; everything written has been read when this ends."""
        if not hasattr(os, "openpty"):
            path = self.folder / "cbc.log"
            with path.open("w") as stream:
                yield stream
            self._take(path.read_text(errors="replace").splitlines())
            return
        reading, writing = os.openpty()
        reader = threading.Thread(target=self._follow, args=(reading,), daemon=True)
        with os.fdopen(writing, "w") as stream:
            reader.start()
            yield stream
        reader.join()

    def _follow(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as source:
            rest = b""
            while chunk := _chunk(source):
                *whole, rest = (rest + chunk).split(b"\n")
                self._take([line.decode(errors="replace").rstrip("\r") for line in whole])

    def _take(self, lines: list[str]) -> None:
        self._lines.extend(lines)
        self.recorder.read(lines)


def _chunk(source: io.FileIO) -> bytes:
    """What there is to read; empty when the last writer is gone (Linux reports that as an error)."""
    try:
        return source.read(65536) or b""
    except OSError:
        return b""
