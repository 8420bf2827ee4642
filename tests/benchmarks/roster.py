"""`make bench-roster`: rosters of public benchmarks beside the best anybody has published.

    python -m tests.benchmarks.roster [--instances 1 5 n030w4_1_6-2-9-1] [--seconds 60] [--seed 0] [--work N]

Two processes search. Every roster is recounted by the scorer, which knows nothing of the search; "% off" is what it
costs above the best known. CPU seconds are of both processes, without the solvers that each of them asks: these stay
for the next question and are not counted here.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from optimizer.roster.formats import open_roster
from optimizer.roster.making import RosterPlan, make_roster
from optimizer.roster.problem import RosterProblem
from optimizer.roster.score import score

DATA: Final = Path(__file__).parents[3] / "shared" / "rostering"
CURTOIS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "10", "12", "13")
HEAD: Final = (
    f"{'instance':18} {'first, s':>9} {'ours':>8} {'bound':>8} {'known':>8} {'% off':>7} {'s':>6} {'CPU s':>6}"
)


@dataclass(frozen=True, slots=True)
class Case:
    """An instance and the best that is known of it."""

    name: str
    known: float

    def problem(self) -> RosterProblem:
        """Read."""
        if self.name in CURTOIS:
            return open_roster(DATA / "curtois" / f"Instance{self.name}.txt")
        scenario, history, weeks = self.name.split("_")
        return open_roster(DATA / "inrc2" / scenario, int(history), tuple(map(int, weeks.split("-"))))


def cases() -> Iterator[Case]:
    """Those whose best known is told and whose file is there."""
    for row in _rows("curtois"):
        if row["instance"] in CURTOIS:
            yield Case(row["instance"], float(row["best_known"]))
    for row in _rows("inrc2"):
        yield Case(row["instance"], float(row["best_known_static"]))


def _rows(folder: str) -> list[Mapping[str, str]]:
    with (DATA / folder / "best_known.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run(case: Case, seconds: float, seed: int, work: int | None) -> str:
    """One line of the table."""
    before, began = _cpu(), time.monotonic()
    plan = make_roster(case.problem(), seconds=seconds, seed=seed, work=work)
    took, spent = time.monotonic() - began, _cpu() - before
    first = next((f"{each.seconds:.1f}" for each in plan.progress if each.incumbent is not None), "-")
    return f"{case.name:18} {first:>9} {_points(plan, case.known)} {took:6.0f} {spent:6.0f}"


def _points(plan: RosterPlan, known: float) -> str:
    if plan.roster is None or plan.points is None:
        return f"{'none':>8} {plan.bound:8.0f} {known:8.0f} {'-':>7}"
    recounted = score(plan.problem, plan.roster)
    if not recounted.legal or recounted.points != plan.points:
        raise SystemExit(f"{plan.problem.name}: the roster does not stand its recount")
    off = 100.0 * (recounted.points - known) / known
    return f"{recounted.points:8.0f} {plan.bound:8.0f} {known:8.0f} {off:7.2f}"


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", nargs="+", help="names as in the tables of best known values; all without it")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=int, help="stop by pieces of work, in one process, not by the clock")
    asked = parser.parse_args(arguments)
    if not DATA.exists():
        print("no benchmarks here: ../shared/rostering holds them")
        return
    print(HEAD)
    for case in cases():
        if asked.instances is None or case.name in asked.instances:
            print(run(case, asked.seconds, asked.seed, asked.work), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
