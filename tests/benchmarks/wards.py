"""`make bench-wards`: named people on wards of different sorts: how soon a roster is legal, how good it is in 20 s.

    python -m tests.benchmarks.wards [--wards thirty twelves] [--seconds 20] [--long 600] [--seed 0]

"first" is the wall time of `wardwright roster WARD --gap 1`, from the command to its files (the shell, imports and the
workbook counted); "again" of the command that changes it after an absence of three days. "least" is the best of a
search of `--long` seconds, or, without it, the best ever found (LEAST). Every roster is recounted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from optimizer.roster.hospital_making import TeamPlan, make_team_roster
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_reading import read_told, stated_slots, team_problem
from optimizer.roster.hospital_saved import open_saved_roster
from optimizer.roster.hospital_score import team_score
from optimizer.scenario.files import open_data
from tests.benchmarks.wards_made import WARDS, Data, day

LEAST: Final[Mapping[str, float]] = {"thirty": 385.0, "twelves": 625.1, "wishes": 501.2, "two_units": 220.5}
"""The least points any search here has found; none of them ran for ten minutes yet."""

AWAY: Final = (10, 12)
"""First and last day of the absence."""

HEAD: Final = (
    f"{'ward':10} {'people':>6} {'days':>4} {'first, s':>8} {'points':>8} {'bound':>7} {'least':>8} {'% off':>6} "
    f"{'again, s':>8} {'cells':>5}"
)


def problem_of(data: Data) -> TeamProblem:
    """A ward's problem."""
    told = read_told(open_data(data))
    return team_problem(told, stated_slots(told))


def searched(name: str, seconds: float, seed: int) -> TeamPlan:
    """The best roster of so many seconds, recounted. SystemExit where it is not what it says."""
    plan = make_team_roster(problem_of(WARDS[name]()), seconds=seconds, seed=seed)
    again = team_score(plan.problem, plan.roster)
    if not again.legal or abs(again.points - plan.points) > 1e-6:
        raise SystemExit(f"{name}: no legal roster, or not the points it says")
    return plan


def command(*words: str | Path) -> float:
    """Wall seconds of a `wardwright` command that ends well, or with a roster when time is over."""
    began = time.monotonic()
    program = [sys.executable, "-c", "import sys; from api.cli import main; main(sys.argv[1:])"]
    done = subprocess.run([*program, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(done.stdout + done.stderr)
    return time.monotonic() - began


def at_the_desk(name: str, folder: Path) -> tuple[float, float, int]:
    """Seconds to a first roster and to one changed after an absence, as a planner waits for them; cells changed."""
    scenario, made, changed = (folder / f"{name}{ending}" for ending in (".yaml", "", "-changed"))
    scenario.write_text(json.dumps(WARDS[name]()))
    first = command("roster", scenario, "--gap", "1", "-o", made)
    saved = open_saved_roster(made)
    absent = f"{_busiest(saved.problems[0], saved.rosters[0].duties)}:{day(AWAY[0])}..{day(AWAY[1])}"
    again = command("roster", "--from", made, "--absent", absent, "-o", changed)
    return first, again, len((changed / "changes.csv").read_text().splitlines()) - 1


def _busiest(problem: TeamProblem, duties: Sequence[frozenset[int]]) -> str:
    """Who has most duties on the days of the absence."""
    counts = [sum(AWAY[0] <= problem.slots[at].day <= AWAY[1] for at in mine) for mine in duties]
    return problem.members[counts.index(max(counts))].id


def rows(names: Sequence[str], seconds: float, long: float | None, seed: int) -> Iterator[str]:
    """A line of the table for each ward."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            first, again, cells = at_the_desk(name, Path(folder))
        plan = searched(name, seconds, seed)
        found = searched(name, long, seed + 1).points if long else LEAST.get(name, plan.points)
        least = min(found, plan.points)
        yield (
            f"{name:10} {len(plan.problem.members):6} {plan.problem.days:4} {first:8.1f} {plan.points:8.1f} "
            f"{plan.bound or 0:7.0f} {least:8.1f} {100 * (plan.points - least) / max(1.0, least):6.1f} "
            f"{again:8.1f} {cells:5}"
        )


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wards", nargs="+", choices=tuple(WARDS), default=tuple(WARDS))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--long", type=float, help="search so long for what the rest is compared with")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(arguments)
    print(HEAD)
    for row in rows(asked.wards, asked.seconds, asked.long, asked.seed):
        print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
