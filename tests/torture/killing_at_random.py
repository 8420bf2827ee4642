"""kill -9 of the caller, of the solver's process, or of both, at random moments: nothing may run on or lie about.

`python -m tests.torture.killing_at_random 300` tries 300 times; `make torture` runs it.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.killing import Caller, start

SOLVERS = ("cbc", "highs", "scip", "cpsat", "search", "idle")
LONGEST = 2.5
"""Seconds after which the last are killed: starting, handing over, solving and idling all lie before."""


def attempt(chance: random.Random, number: int) -> str:
    """Kill once; words for what was left, or nothing."""
    what, seconds = chance.choice(SOLVERS), LONGEST * chance.random() ** 2
    victims = chance.choice(["caller", "caller", "solver", "both"])
    with tempfile.TemporaryDirectory() as folder:
        caller = start(what, Path(folder))
        caller.heard()
        time.sleep(seconds)
        if victims != "caller":
            _kill_solver(caller)
        if victims != "solver":
            caller.kill()
        else:
            time.sleep(0.2)
            caller.kill()
        left = caller.left()
    return f"{number}: {what}, {victims} killed at {seconds:.3f} s, left {left}" if left else ""


def _kill_solver(caller: Caller) -> None:
    for one in psutil.Process(caller.process.pid).children():
        one.kill()


def main(times: int = 300) -> int:
    """Try so many times; print and count what was left behind."""
    chance, begun = random.Random(1), time.monotonic()
    found = [words for number in range(times) if (words := attempt(chance, number))]
    print(f"{times} times killed in {time.monotonic() - begun:.0f} s, {len(found)} times something was left")
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
