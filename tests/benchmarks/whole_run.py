"""One whole run, from a scenario file to a written plan folder, with seconds by step and the most memory it held.

`measure` starts it in a process of its own, so that nothing measured before it counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SAMPLE_SECONDS: Final = 0.02
MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds by step, `wall` seconds in all, the most MiB held by all its processes together, and the plan's worth."""

    steps: Mapping[str, float]
    wall: float
    peak_mib: float
    size: tuple[int, int]
    status: str
    solver: str
    objective: float | None
    bound: float | None
    gap: float | None

    @property
    def ours(self) -> float:
        """Seconds of everything but the solver."""
        return self.wall - self.steps["solve"]


def measure(scenario: Path) -> Run:
    """Run it and watch its memory. Raises CalledProcessError where the run fails."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.whole_run", str(scenario), str(Path(folder) / "plan")]
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        peak = _watch(process)
        wall = time.perf_counter() - begun
        text = process.stdout.read() if process.stdout else ""
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    told = json.loads(text)
    steps = told.pop("steps")
    steps = {"start": wall - sum(steps.values()), **steps}
    return Run(steps, wall, peak, tuple(told.pop("size")), **told)


def _watch(process: subprocess.Popen[str]) -> float:
    """MiB the process and all it starts hold together at their most, sampled until it ends."""
    import psutil

    peak = 0
    family = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            held = [each.memory_info().rss for each in (family, *family.children(recursive=True))]
        except psutil.NoSuchProcess:
            continue
        peak = max(peak, sum(held))
        time.sleep(SAMPLE_SECONDS)
    return peak / MIB


def main(scenario: Path, folder: Path) -> None:
    """Read, plan and write as the command line does; tell the rest as JSON on standard output."""
    begun = time.perf_counter()
    from api.documents import plan_files
    from api.folder import draft
    from optimizer.making import make_plan
    from optimizer.scenario.load import load
    from optimizer.scenario.model import Scenario

    steps = {"import": time.perf_counter() - begun}
    with _timed(steps, "read"):
        loaded = load(scenario, Scenario)
    plan = make_plan(loaded)
    steps |= plan.timings
    with _timed(steps, "write"), draft(folder) as place:
        place.publish(plan_files(plan, loaded))
    worth = {"objective": plan.objective, "bound": plan.bound, "gap": plan.gap}
    told = {"steps": steps, "size": plan.size, "status": str(plan.status), "solver": plan.solver.name, **worth}
    sys.stdout.write(json.dumps(told))


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    steps[name] = time.perf_counter() - begun


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
