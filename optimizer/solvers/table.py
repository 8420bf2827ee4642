"""The solvers there are, and who stands in for whom."""

from __future__ import annotations

from typing import Protocol

from optimizer.program import TIME, Program
from optimizer.solution import Limits, Solution, Watch
from optimizer.solvers.cbc import cbc
from optimizer.solvers.errors import UnknownSolver
from optimizer.solvers.mathopt import INTERIOR_POINT_COLUMNS, cpsat, glop, highs, pdlp, scip
from optimizer.solvers.rolling import rolling
from optimizer.solvers.search.race import search


class Solver(Protocol):
    """Solve a program in this process and return a verified Solution; `watch` hears of progress.

    Raises UnsuitableSolver for a program that the solver would quietly change. Everything else that can go wrong is a
    `Solution` with the status `failed`.
    """

    def __call__(self, program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
        """Run once."""
        ...


SOLVERS: dict[str, Solver] = {
    "cbc": cbc,
    "glop": glop,
    "pdlp": pdlp,
    "highs": highs,
    "scip": scip,
    "cpsat": cpsat,
    "search": search,
    "rolling": rolling,
}

SEARCH_WHOLE_COLUMNS = 3_000
"""From here on branch and cut alone leaves large covering programs far open, and a search beside it pays."""

SEARCH_PLACED_COLUMNS = 1_500
"""The same where columns say where they belong, or blocks have axes that tell: the search can take parts of it."""

ROLLING_COLUMNS = 400_000
"""From here on no method solves a linear program whole in minutes, and its windows are solved one by one."""

_OPINIONS = {True: ("highs", "scip", "cbc"), False: ("highs", "glop", "cbc")}
"""Whom to ask, in order, when an answer is in doubt: for whole numbers, for linear programs."""


def others_than(solver: str, program: Program) -> list[str]:
    """The solvers to ask, in order, when the answer of `solver` is in doubt."""
    return [other for other in _OPINIONS[program.is_whole] if other != solver]


def choose(program: Program, solver: str = "auto") -> tuple[str, str]:
    """The solver's name and, in plain words, why. Raises UnknownSolver for a name that is not in SOLVERS."""
    if solver != "auto":
        if solver not in SOLVERS:
            raise UnknownSolver(f"no solver is called {solver!r}; there are auto, {', '.join(SOLVERS)}")
        return solver, f"{solver} was asked for"
    columns = len(program.cost)
    whole = int(program.integer.sum())
    if whole >= (SEARCH_PLACED_COLUMNS if _is_placed(program) else SEARCH_WHOLE_COLUMNS):
        return "search", f"{whole:,} whole numbers, more than branch and cut masters: a search beside its bound"
    if whole:
        return "highs", f"whole numbers, {columns:,} columns: HiGHS branch and cut"
    if columns >= ROLLING_COLUMNS and any(TIME in block.labels for block in program.columns):
        return "rolling", f"no whole numbers, {columns:,} columns: window by window, with a proven bound"
    if columns >= INTERIOR_POINT_COLUMNS:
        return "highs", f"no whole numbers, {columns:,} columns: HiGHS interior point with crossover"
    return "highs", f"no whole numbers, {columns:,} columns: HiGHS dual simplex"


def _is_placed(program: Program) -> bool:
    """Whether most whole columns have labels, or lie in blocks of two axes or more."""
    placed = [
        block.take(program.integer).sum()
        for block in program.columns
        if block.labels or sum(length > 1 for length in block.shape) > 1
    ]
    return bool(2 * sum(placed) > program.integer.sum())
