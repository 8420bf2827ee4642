"""The race to build: a network's program as arrays against PuLP's scalars, and the largest one's time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.allocation_line import Line, clocked, seconds
from tests.benchmarks.allocation_naive import build_naive
from tests.benchmarks.networks import draw
from tests.benchmarks.networks_model import allocation_program

ROOT: Final = Path(__file__).parents[2]
FASTER: Final = {"S": None, "M": 100.0}
XL_SECONDS: Final = 1.5
XL_GIB: Final = 1.0


def build_race(size: str) -> Iterator[Line]:
    """Ours and naive PuLP, file writing not counted; PuLP builds once, for it takes long."""
    network = draw(size)
    ours, program = clocked(lambda: allocation_program(network), 9)
    shape, entries = program.shape, len(program.data)
    del program
    peer, problem = clocked(lambda: build_naive(network))
    del problem
    what = f"{size}: {shape[1]:,} columns, {entries:,} entries"
    yield Line(what, seconds(ours), f"PuLP {seconds(peer)}", peer / ours, FASTER[size], more=True)


def build_size(size: str) -> Iterator[Line]:
    """Seconds and peak memory of one build in a process of its own; goals are set for XL."""
    command = [sys.executable, "-m", "tests.benchmarks.allocation_build", size]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    goals = (XL_SECONDS, XL_GIB) if size == "XL" else (None, None)
    what = f"{size}: {told['columns']:,} columns"
    yield Line(what, seconds(told["seconds"]), "seconds", told["seconds"], goals[0])
    yield Line(f"{size}: peak memory, whole process", f"{told['gib']:.2f} GiB", "GiB", told["gib"], goals[1])


def main(size: str) -> None:
    """Build once and tell how long it took and how much memory the process held at its most."""
    import resource

    network = draw(size)
    taken, program = clocked(lambda: allocation_program(network))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"seconds": taken, "gib": peak, "columns": len(program.cost)}))


if __name__ == "__main__":
    main(sys.argv[1])
