"""The race to build: arrays by block against the same model in PuLP, one scalar at a time, from the same forecast."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.expansion.case import Case


@dataclass(frozen=True, slots=True)
class Race:
    """Median seconds of ours and of the peer, both from the same expanded case; `expansion` is what both share."""

    ours: float
    naive: float
    expansion: float
    rows: int
    columns: int
    entries: int
    naive_rows: int
    naive_columns: int

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.naive / self.ours


def race(scenario: Path, *, repeats: int = 9, naive_repeats: int = 3) -> Race:
    """Build both, several times each; PuLP's writing of a file for its solver is not counted."""
    from optimizer.capacity.build import build
    from tests.benchmarks.naive_pulp import build_naive

    fresh = _cases(scenario)
    program = build(fresh()).program
    problem = build_naive(fresh())
    rows, columns = program.shape
    naive_rows, naive_columns = len(problem.constraints()), len(problem.variables())
    del problem
    expansion = _median(_expanded, fresh, repeats)
    ours = _median(lambda case: build(case), lambda: _expanded(fresh()), repeats)
    naive = _median(lambda case: build_naive(case), lambda: _expanded(fresh()), naive_repeats)
    return Race(ours, naive, expansion, rows, columns, len(program.data), naive_rows, naive_columns)


def _cases(scenario: Path) -> Callable[[], Case]:
    """A maker of fresh cases: forecast once, nothing expanded yet."""
    from optimizer.expansion.case import Case
    from optimizer.planning import foresee, plan_grid
    from optimizer.scenario.load import load
    from optimizer.scenario.model import Scenario

    loaded = load(scenario, Scenario)
    demand = foresee(loaded).demand
    return lambda: Case(loaded.value, plan_grid(loaded.value), demand)


def _expanded(case: Case) -> Case:
    """The case with needs, pay and all else that it derives worked out: both models start from there."""
    from functools import cached_property

    for name, attribute in vars(type(case)).items():
        if isinstance(attribute, cached_property):
            getattr(case, name)
    return case


def _median(work: Callable[[Case], object], fresh: Callable[[], Case], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        case = fresh()
        gc.collect()
        begun = time.perf_counter()
        kept = work(case)
        seconds.append(time.perf_counter() - begun)
        del kept
    return statistics.median(seconds)
