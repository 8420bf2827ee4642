"""Plans for many futures of the quickstart's ward: seconds, proven gap and memory by method and number of futures.

`python -m tests.benchmarks.uncertainty [seconds]`; each number in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from optimizer.planning import plan_grid
from optimizer.scenario.files import open_scenario
from optimizer.solution import Limits
from optimizer.uncertainty.against import futures_from
from optimizer.uncertainty.deciding import decide

QUICKSTART = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
RACES = (("extensive", 20), ("extensive", 100), ("l_shaped", 100), ("l_shaped", 500))
MIB = 1024.0


def race(method: str, futures: int, seconds: float) -> str:
    """One line: build, decide, how far it is proven, and the most memory of this process."""
    loaded = open_scenario(QUICKSTART, sets=["uncertainty.known_ahead=1d"])
    luck, grid = np.random.default_rng(1), plan_grid(loaded.value)
    level = 25.0 + 2.5 * luck.standard_normal((futures, 1, 1)) + luck.standard_normal((futures, 1, grid.days))
    begun = time.perf_counter()
    made = futures_from(loaded, np.maximum(level, 0.0))
    built = time.perf_counter() - begun
    found = decide(made, limits=Limits(gap=0.005, time_limit=seconds), method=method)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    gap = "none" if found.gap is None else f"{found.gap:.2%}"
    return (
        f"{method:10} {futures:4} futures: built in {built:.1f} s, decided in {found.seconds:.1f} s, "
        f"cost {found.objective:,.0f}, proven within {gap}, {memory:.0f} MiB"
    )


def main() -> None:
    """Every race in turn, or the one named on the command line."""
    if len(sys.argv) > 2:
        print(race(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
        return
    seconds = sys.argv[1] if len(sys.argv) > 1 else "120"
    for method, futures in RACES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.uncertainty",
                        method, str(futures), seconds], check=True)  # fmt: skip


if __name__ == "__main__":
    main()
