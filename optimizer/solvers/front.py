"""The front door: pick a solver, run it apart, doubt what deserves doubt."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.isolated import CANCELLED, INTERRUPTED, run_isolated
from optimizer.solvers.scaling import is_stretched, well_scaled
from optimizer.solvers.table import choose, others_than
from optimizer.solvers.verify import PROVEN

_DEFAULT = Limits()
DOUBT_SECONDS, DOUBT_SHARE = 1.0, 2.0
"""A second opinion on a cost may take this long, and this many times what the first took."""

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

    Raises UnknownSolver, UnsuitableSolver where the solver asked for cannot take the program, and BadlyScaled where
    none can be trusted with its figures.
    """
    name, why = choose(program, solver)
    program = well_scaled(program)
    ask = _Ask(program, limits, watch, cancel)
    answers = [ask(name, limits.time_limit)]
    for other in others_than(name, program):
        if _settled(answers) or ask.left() <= 0.0:
            break
        answers.append(ask(other, ask.left()))
    answer = _reconciled(answers, why)
    if answer.values is None or not is_stretched(program) or _given_up(answer):
        return answer
    return _doubted(answer, ask)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One solver after another on the same program, within the time of all."""

    program: Program
    limits: Limits
    watch: Watch | None
    cancel: threading.Event | None
    begun: float = field(default_factory=time.monotonic)

    def __call__(self, solver: str, seconds: float) -> Solution:
        limits = replace(self.limits, time_limit=seconds)
        return run_isolated(self.program, solver, limits, self.watch, self.cancel)

    def left(self) -> float:
        """Seconds of the time limit that are left."""
        return self.limits.time_limit - (time.monotonic() - self.begun)


def _doubted(answer: Solution, ask: _Ask) -> Solution:
    """A second opinion on the cost of a program whose figures lie far apart, in about the time that the first took."""
    seconds = min(ask.left(), DOUBT_SECONDS + DOUBT_SHARE * answer.seconds)
    if seconds <= 0.0 or answer.objective is None:
        return answer
    other = ask(others_than(answer.solver, ask.program)[0], seconds)
    if other.objective is None:
        return answer
    better, worse = (other, answer) if other.objective < answer.objective else (answer, other)
    least = min(answer.objective, other.objective)
    if worse.bound is None or worse.bound <= least + PROVEN * max(1.0, abs(least)):
        return answer
    said = (
        f"{worse.solver} calls {worse.objective:.10g} the least, {better.solver} has a plan of {better.objective:.10g}"
    )
    return replace(
        better,
        status=Status.TIME_LIMIT,
        bound=None,
        gap=None,
        why=answer.why,
        message=f"{said}: its figures lie too far apart",
    )


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
