"""Rosters of sizes whose public instances are not at hand: random ones that hold a roster known to be legal.

    python -m tests.benchmarks.roster_planted [--sizes 14 21 24] [--seconds 60] [--seed 0] [--write FOLDER]

Everybody's line is drawn first, as people work: runs of shifts that never go back in the day, rest between. Limits
are set around it, cover is what it serves, and most wishes agree with it: so there is a roster of the points in
`planted`, and the best one costs no more. Sizes are those of Curtois and Qu's instances; `--write` leaves the files.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from optimizer.roster.curtois import read_curtois
from optimizer.roster.making import make_roster

SIZES: Final = {
    "9": (4, 36, 4), "11": (4, 50, 6), "14": (6, 32, 4), "15": (6, 45, 6), "16": (8, 20, 3), "17": (8, 32, 4),
    "18": (12, 22, 3), "19": (12, 40, 5), "20": (26, 50, 6), "21": (26, 100, 8), "22": (52, 50, 10),
    "23": (52, 100, 16), "24": (52, 150, 32),
}  # fmt: skip
"""Weeks, people and kinds of shifts."""

CONTRACTS: Final = ((5, 2, 2), (6, 2, 3), (5, 1, 2))
"""Longest and shortest run of work, shortest rest, in days."""

RANKS: Final = 4
"""Early, day, late, night: after a shift none of a lower rank may follow."""

OFF: Final = -1
WISHES_A_WEEK: Final = 1.4
AGREES: Final = 0.93
"""Share of the wishes that the drawn roster grants."""

HEAD: Final = (
    f"{'size':>5} {'people':>6} {'days':>5} {'first, s':>9} {'ours':>8} {'bound':>8} {'planted':>8} {'GiB':>5}"
)


@dataclass(frozen=True, slots=True)
class Planted:
    """An instance as text, the lines it was drawn around (people, days; shift numbers, OFF), and their points."""

    text: str
    lines: np.ndarray
    points: int


def planted(size: str, seed: int) -> Planted:
    """Draw an instance."""
    weeks, people, shifts = SIZES[size]
    draw = np.random.default_rng([seed, int(size)])
    contracts = [CONTRACTS[int(at)] for at in draw.integers(len(CONTRACTS), size=people)]
    lines = np.array([_line(draw, 7 * weeks, shifts, contract) for contract in contracts])
    wishes = [wish for line in range(people) for wish in _wishes(draw, lines[line], line, shifts)]
    lost = sum(weight for *_, weight, agrees in wishes if not agrees)
    sections = [
        ["SECTION_HORIZON", str(7 * weeks)], ["SECTION_SHIFTS", *_shifts(shifts)],
        ["SECTION_STAFF", *(_person(draw, at, lines[at], shifts, contracts[at]) for at in range(people))],
        ["SECTION_DAYS_OFF", *(f"p{at},{day}" for at in range(people) for day in _days_off(draw, lines[at]))],
        ["SECTION_SHIFT_ON_REQUESTS", *(f"p{p},{d},s{s},{w}" for on, p, d, s, w, _ in wishes if on)],
        ["SECTION_SHIFT_OFF_REQUESTS", *(f"p{p},{d},s{s},{w}" for on, p, d, s, w, _ in wishes if not on)],
        ["SECTION_COVER", *_cover(lines, shifts)],
    ]  # fmt: skip
    return Planted("\n".join("\n".join(section) + "\n" for section in sections), lines, lost)


def _rank(shift: int, shifts: int) -> int:
    return shift * min(RANKS, shifts) // shifts


def _minutes(shift: int) -> int:
    return 480 if shift % 3 else 600


def _shifts(shifts: int) -> Iterator[str]:
    for at in range(shifts):
        lower = "|".join(f"s{other}" for other in range(shifts) if _rank(other, shifts) < _rank(at, shifts))
        yield f"s{at},{_minutes(at)},{lower}"


def _line(draw: np.random.Generator, days: int, shifts: int, contract: tuple[int, int, int]) -> list[int]:
    """Runs of work and rest; in a run the rank of shifts never falls."""
    longest, shortest, rest = contract
    found: list[int] = [OFF] * int(draw.integers(0, rest + 1))
    while len(found) < days:
        run = np.sort(draw.integers(shifts, size=int(draw.integers(max(2, shortest), longest + 1))))
        found += [int(at) for at in run] + [OFF] * int(draw.integers(rest, rest + 2))
    return found[:days]


def _person(draw: np.random.Generator, at: int, line: np.ndarray, shifts: int, contract: tuple[int, int, int]) -> str:
    worked = line[line != OFF]
    minutes = sum(_minutes(int(shift)) for shift in worked)
    most = [len(line) if shift in worked or draw.random() < 0.5 else 0 for shift in range(shifts)]
    weekends = sum(bool((line[day : day + 2] != OFF).any()) for day in range(5, len(line), 7))
    longest, shortest, rest = contract
    named = "|".join(f"s{shift}={count}" for shift, count in enumerate(most))
    return f"p{at},{named},{minutes + 240},{max(0, minutes - 480)},{longest},{shortest},{rest},{weekends}"


def _days_off(draw: np.random.Generator, line: np.ndarray) -> list[int]:
    free = np.flatnonzero(line == OFF)
    return sorted(int(day) for day in draw.choice(free, max(1, len(line) // 28), replace=False))


def _wishes(
    draw: np.random.Generator, line: np.ndarray, person: int, shifts: int
) -> Iterator[tuple[bool, int, int, int, int, bool]]:
    """Whether to work, person, day, shift, weight, and whether the drawn line grants it."""
    count = int(WISHES_A_WEEK * len(line) / 7)
    for day in draw.choice(len(line), count, replace=False):
        agrees, on, weight = bool(draw.random() < AGREES), line[day] != OFF, int(draw.integers(1, 4))
        other = int((max(0, line[day]) + 1) % shifts)
        if on and agrees:
            yield True, person, int(day), int(line[day]), weight, True
        elif on:
            yield False, person, int(day), int(line[day]), weight, False
        else:
            yield not agrees, person, int(day), other, weight, agrees


def _cover(lines: np.ndarray, shifts: int) -> Iterator[str]:
    for day in range(lines.shape[1]):
        for shift in range(shifts):
            yield f"{day},s{shift},{int((lines[:, day] == shift).sum())},100,1"


def run(size: str, seconds: float, seed: int, folder: Path) -> str:
    """One line of the table."""
    made = planted(size, seed)
    path = folder / f"planted{size}.txt"
    path.write_text(made.text, encoding="utf-8")
    problem, began = read_curtois(path), time.monotonic()
    plan = make_roster(problem, seconds=seconds, seed=seed)
    took = time.monotonic() - began
    first = next((f"{each.seconds:.1f}" for each in plan.progress if each.incumbent is not None), "-")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    ours = "none" if plan.points is None else f"{plan.points:.0f}"
    return (
        f"{size:>5} {len(problem.people):6} {problem.days:5} {first:>9} {ours:>8} {plan.bound:8.0f} {made.points:8} "
        f"{memory:5.2f}  {took:.0f} s"
    )


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="as the instances' numbers")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, help="where to leave the instances; nowhere without it")
    asked = parser.parse_args(arguments)
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        for size in asked.sizes:
            print(run(size, asked.seconds, asked.seed, asked.write or Path(folder)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
