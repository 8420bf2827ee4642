"""`make bench`: how fast, how large and how good, in one table beside the peer.

python -m tests.benchmarks [build] [overhead] [plan] [--quick]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.benchmarks.build_race import race
from tests.benchmarks.solver_overhead import measure as measure_overhead
from tests.benchmarks.whole_run import ROOT
from tests.benchmarks.whole_run import measure as measure_run

Line = tuple[str, str, str]
"""What is measured, ours, and the peer's figure or a remark."""

SCENARIOS: Final = {False: ROOT / "scenarios" / "hospital450.yaml", True: ROOT / "scenarios" / "quickstart.yaml"}
OVERHEAD_SOLVERS: Final = ("highs", "glop", "cbc")


def build_lines(scenario: Path) -> Iterator[Line]:
    """The race to build against PuLP."""
    found = race(scenario)
    yield "build", f"{found.ours * 1000:.1f} ms", f"PuLP {found.naive * 1000:.0f} ms: {found.ratio:.0f} times as long"
    yield "  before it", f"{found.expansion * 1000:.1f} ms", "needs, pay and bounds, shared by both"
    yield "rows", f"{found.rows:,}", f"PuLP {found.naive_rows:,}"
    yield "columns", f"{found.columns:,}", f"PuLP {found.naive_columns:,}"
    yield "entries", f"{found.entries:,}", ""


def overhead_lines(_: Path) -> Iterator[Line]:
    """What solving apart in a process costs on a small program, solver by solver."""
    for at, solver in enumerate(OVERHEAD_SOLVERS):
        found = measure_overhead(solver)
        if at == 0:
            yield "first solve", f"{found.first * 1000:.0f} ms", "a process starts"
        yield f"small solve, {solver}", f"{found.later * 1000:.1f} ms", f"bare {found.bare * 1000:.1f} ms"


def plan_lines(scenario: Path) -> Iterator[Line]:
    """One whole run: seconds by step, memory, and what the plan is worth."""
    found = measure_run(scenario)
    for step, seconds in found.steps.items():
        yield step, f"{seconds:.3f} s", ""
    yield "all but the solver", f"{found.ours:.3f} s", f"of {found.wall:.1f} s"
    yield "peak memory", f"{found.peak_mib:.0f} MiB", "with the solver's process"
    yield "status", found.status, found.solver
    yield "objective", _money(found.objective), ""
    yield "bound", _money(found.bound), ""
    yield "gap", "none" if found.gap is None else f"{found.gap:.2%}", ""


def _money(figure: float | None) -> str:
    return "none" if figure is None else f"{figure:,.2f}"


PARTS: Final[Mapping[str, Callable[[Path], Iterator[Line]]]] = {
    "build": build_lines,
    "overhead": overhead_lines,
    "plan": plan_lines,
}


def main() -> None:
    """Measure the parts asked for, or all, and print each as it comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="the quickstart scenario instead of hospital450")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    scenario = SCENARIOS[chosen.quick]
    print(f"{scenario.stem}\n{'':22} {'ours':>16}   beside it")
    for part in chosen.parts or PARTS:
        for what, ours, beside in PARTS[part](scenario):
            print(f"{what:22} {ours:>16}   {beside}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
