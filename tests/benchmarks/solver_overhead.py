"""What `solve` costs over the bare solver: process, hand-over and verification, on a small linear program."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from optimizer.program import Program, ProgramBuilder
from optimizer.solution import Limits
from optimizer.solvers import SOLVERS, solve


@dataclass(frozen=True, slots=True)
class Overhead:
    """Seconds: one first solve (a process starts), the median of later ones, and of the same solver in this process."""

    first: float
    later: float
    bare: float

    @property
    def added(self) -> float:
        """What a later `solve` adds to the bare solver, in seconds."""
        return self.later - self.bare


def small_program(days: int = 28) -> Program:
    """A cyclic cover: each of `days` starts works five days running, at least 10 people a day. (days,) columns."""
    import numpy as np

    from optimizer.program import Term

    builder = ProgramBuilder()
    start = builder.add_columns("start", (days,), cost=1.0, upper=100.0)
    working = start[(np.arange(days)[:, None] - np.arange(5)) % days]
    builder.add_rows("cover", (days,), [Term(working)], lower=10.0)
    return builder.build()


def measure(solver: str = "highs", repeats: int = 20) -> Overhead:
    """Time `solve` against `SOLVERS[solver]` on the same program."""
    program, limits = small_program(), Limits()
    first = _seconds(lambda: solve(program, solver=solver, limits=limits))
    later = [_seconds(lambda: solve(program, solver=solver, limits=limits)) for _ in range(repeats)]
    SOLVERS[solver](program, limits)  # loads the library, which the first bare run should not be charged with
    bare = [_seconds(lambda: SOLVERS[solver](program, limits)) for _ in range(repeats)]
    return Overhead(first, statistics.median(later), statistics.median(bare))


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def main() -> None:
    """Print one line a solver."""
    for solver in ("highs", "glop", "cbc"):
        found = measure(solver)
        print(f"{solver:6} first {found.first:.3f} s   later {found.later:.4f} s   bare {found.bare:.4f} s")


if __name__ == "__main__":
    main()
