"""The front door: pick a solver, run it apart, doubt what deserves doubt."""

from __future__ import annotations

from dataclasses import replace

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.isolated import INTERRUPTED, run_isolated
from optimizer.solvers.table import choose, others_than

_DEFAULT = Limits()
_DOUBTFUL = (Status.INFEASIBLE, Status.FAILED)


def solve(program: Program, *, solver: str = "auto", limits: Limits = _DEFAULT, watch: Watch | None = None) -> Solution:
    """Solve in a child process with limits on time and memory, and return only what was verified.

    Every "infeasible" is put to a second solver (CBC calls feasible programs infeasible), and so is every failure, each
    time with the same limits; `why` tells. Ctrl-C ends with the best plan so far and the message "interrupted".
    Raises UnknownSolver, or UnsuitableSolver where the solver asked for cannot take the program.
    """
    name, why = choose(program, solver)
    answers = [run_isolated(program, name, limits, watch)]
    for other in others_than(name, program):
        if _settled(answers):
            break
        answers.append(run_isolated(program, other, limits, watch))
    return _reconciled(answers, why)


def _settled(answers: list[Solution]) -> bool:
    """The last answer needs no second opinion, or two solvers agree that there is no plan."""
    last = answers[-1]
    if last.message == INTERRUPTED:
        return True
    if last.status in _DOUBTFUL:
        return sum(answer.status is Status.INFEASIBLE for answer in answers) > 1
    return last.values is not None or len(answers) == 1


def _reconciled(answers: list[Solution], why: str) -> Solution:
    """Of several answers the one to believe, with the story in `why`."""
    first, last = answers[0], answers[-1]
    if last is first:
        return replace(first, why=why)
    if last.values is not None:
        doubts = ", ".join(_doubt(answer) for answer in answers[:-1])
        return replace(last, why=f"{why}, but {doubts}: this is the answer of {last.solver}")
    denials = [answer for answer in answers if answer.status is Status.INFEASIBLE]
    if len(denials) > 1:
        return replace(denials[0], why=f"{why}; {denials[1].solver} confirms that there is no plan")
    chosen = denials[0] if denials else first
    rest = ", ".join(_doubt(answer) for answer in answers if answer is not chosen)
    return replace(chosen, why=f"{why}; no other solver could settle it: {rest}")


def _doubt(answer: Solution) -> str:
    if answer.status is Status.INFEASIBLE:
        return f"{answer.solver} called it infeasible"
    return f"{answer.solver} ended as {answer.status} ({answer.message})"
