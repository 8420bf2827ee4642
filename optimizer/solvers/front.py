"""The front door: pick a solver, run it apart, doubt what deserves doubt."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.isolated import CANCELLED, INTERRUPTED, run_isolated
from optimizer.solvers.table import choose, others_than

_DEFAULT = Limits()
_DOUBTFUL = (Status.INFEASIBLE, Status.FAILED)


def solve(
    program: Program,
    *,
    solver: str = "auto",
    limits: Limits = _DEFAULT,
    watch: Watch | None = None,
    cancel: threading.Event | None = None,
) -> Solution:
    """Solve in a child process with limits on time and memory, and return only what was verified.

    Every "infeasible" is put to a second solver (CBC calls feasible programs infeasible), and so is every failure, each
    time in what is left of the time; `why` tells. Nothing is called infeasible that no second solver confirmed. Ctrl-C
    ends with the best plan so far and the message "interrupted", `cancel` (set by another thread) with "cancelled".
    Safe to call from several threads at once.

    Raises UnknownSolver, or UnsuitableSolver where the solver asked for cannot take the program.
    """
    begun = time.monotonic()
    name, why = choose(program, solver)
    answers = [run_isolated(program, name, limits, watch, cancel)]
    for other in others_than(name, program):
        left = limits.time_limit - (time.monotonic() - begun)
        if _settled(answers) or left <= 0.0:
            break
        answers.append(run_isolated(program, other, replace(limits, time_limit=left), watch, cancel))
    return _reconciled(answers, why)


def _settled(answers: list[Solution]) -> bool:
    """The last answer needs no second opinion, or two solvers agree that there is no plan."""
    last = answers[-1]
    if _given_up(last):
        return True
    if last.status in _DOUBTFUL:
        return sum(answer.status is Status.INFEASIBLE for answer in answers) > 1
    return last.values is not None or len(answers) == 1


def _given_up(answer: Solution) -> bool:
    return answer.message in (INTERRUPTED, CANCELLED)


def _reconciled(answers: list[Solution], why: str) -> Solution:
    """Of several answers the one to believe, with the story in `why`."""
    first, last = answers[0], answers[-1]
    denials = [answer for answer in answers if answer.status is Status.INFEASIBLE]
    if len(denials) > 1:
        return replace(denials[0], why=f"{why}; {denials[1].solver} confirms that there is no plan")
    if _given_up(last) or (last is first and not denials):
        return replace(last, why=why)
    if last.values is not None:
        doubts = ", ".join(_doubt(answer) for answer in answers[:-1])
        return replace(last, why=f"{why}, but {doubts}: this is the answer of {last.solver}")
    told = denials[0] if denials else first
    others = [answer for answer in answers if answer is not told]
    chosen = _unconfirmed(told, others) if denials else told
    rest = ", ".join(_doubt(answer) for answer in others)
    return replace(chosen, why=f"{why}; no other solver could settle it: {rest or 'no time was left'}")


def _unconfirmed(denial: Solution, others: list[Solution]) -> Solution:
    """What one solver alone calls infeasible is not known to be so: the time ran out, or the others failed."""
    failed = bool(others) and all(answer.status is Status.FAILED for answer in others)
    status = Status.FAILED if failed else Status.TIME_LIMIT
    said = f"{denial.solver} calls it infeasible, but no second solver could confirm that"
    return replace(denial, status=status, message=said if failed else f"{said} in the time left")


def _doubt(answer: Solution) -> str:
    if answer.status is Status.INFEASIBLE:
        return f"{answer.solver} called it infeasible"
    return f"{answer.solver} ended as {answer.status} ({answer.message})"
