"""The race for whole numbers: the search against HiGHS on the same program, one after the other, the same seconds each.

python -m tests.benchmarks.allocation_whole [S] [--seconds 60] [--seed 1]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from optimizer.program import Program
from optimizer.solution import Limits, Progress, Solution
from optimizer.solvers import solve
from tests.benchmarks.allocation_line import Line, printed
from tests.benchmarks.allocation_peers import race_program

GOALS: Final = {("S", 1, 60.0): 757_000.0, ("S", 1, 600.0): 745_000.0}
"""Cost to be reached on two quiet cores, by size, seed and seconds; HiGHS alone took 570 s to the first of them."""

BOUNDS: Final = {("S", 1, 600.0): 712_000.0}
"""Cost below which no plan can lie, to be proven likewise."""

MOMENTS: Final = 10


@dataclass(frozen=True, slots=True)
class Entrant:
    """What one solver came to."""

    solution: Solution

    @property
    def gap(self) -> str:
        """The gap that it proved."""
        return "none" if self.solution.gap is None else f"{self.solution.gap:.2%}"

    def at(self, seconds: float) -> Progress:
        """Where it stood then."""
        told = [each for each in self.solution.progress if each.seconds <= seconds]
        return told[-1] if told else Progress(seconds, None, None)


def whole_race(size: str, seconds: float, seed: int = 1) -> Iterator[Line]:
    """Cost, bound and gap in the end, and the cost on the way; the ratio is the search's figure to that of HiGHS."""
    program, source = race_program(size, whole=True, seed=seed)
    ours, peer = (Entrant(_ran(program, solver, seconds, seed)) for solver in ("search", "highs"))
    for moment in range(1, MOMENTS):
        yield _moment(size, moment * seconds / MOMENTS, ours, peer)
    yield _line(f"{size} seed {seed} ({source}): cost", ours.solution.objective, peer.solution.objective, 1.0)
    yield _line(f"{size}: bound", ours.solution.bound, peer.solution.bound, None)
    found, goal = ours.solution.objective, GOALS.get((size, seed, seconds))
    if goal is not None and source == "reference":
        yield _line(f"{size}: cost against the goal", found, goal, 1.0, peer="goal")
    goal = BOUNDS.get((size, seed, seconds))
    if goal is not None and source == "reference":
        yield _line(f"{size}: bound against the goal", ours.solution.bound, goal, 1.0, peer="goal", more=True)
    yield Line(f"{size}: gap proven", ours.gap, f"HiGHS {peer.gap}")


def _ran(program: Program, solver: str, seconds: float, seed: int) -> Solution:
    return solve(program, solver=solver, limits=Limits(time_limit=seconds, gap=1e-4, seed=seed))


def _moment(size: str, seconds: float, ours: Entrant, peer: Entrant) -> Line:
    mine, theirs = ours.at(seconds), peer.at(seconds)
    return _line(f"{size}: cost at {seconds:g} s", mine.incumbent, theirs.incumbent, None)


def _line(
    what: str, mine: float | None, theirs: float | None, goal: float | None, peer: str = "HiGHS", *, more: bool = False
) -> Line:
    """A plan beside none has no ratio, though it has won."""
    told = ["none" if figure is None else f"{figure:,.0f}" for figure in (mine, theirs)]
    ratio = None if mine is None or theirs is None else mine / theirs
    return Line(what, told[0], f"{peer} {told[1]}", ratio, goal, more)


def main() -> None:
    """Run one race and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.allocation_whole")
    parser.add_argument("size", nargs="?", default="S", help="S, P, M or L [S]")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each of the two [60]")
    parser.add_argument("--seed", type=int, default=1, help="of the network and of both solvers [1]")
    chosen = parser.parse_args()
    for line in whole_race(chosen.size, chosen.seconds, chosen.seed):
        print(printed(line), flush=True)


if __name__ == "__main__":
    main()
