"""The race of what-ifs: a changed price, bed count or demand from a kept basis, against the fastest cold solve."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from optimizer.program import Block, Program
from optimizer.solution import Limits
from optimizer.solvers import SOLVERS
from optimizer.solvers.warm import Warm
from tests.benchmarks.allocation_line import Line, clocked, seconds
from tests.benchmarks.networks import draw
from tests.benchmarks.networks_model import allocation_program

FASTER: Final = 5.0


def whatif_race(size: str) -> Iterator[Line]:
    """Each change from the basis of the unchanged program; cold is HiGHS on the changed one; answers must agree."""
    program = allocation_program(draw(size))
    session = Warm(program, Limits())
    session.solve()
    ratios = []
    for what, changed in _changes(program):
        warm, found = clocked(lambda changed=changed: session.to(changed))
        cold, peer = clocked(lambda changed=changed: SOLVERS["highs"](changed, Limits()))
        session.to(program)
        same = abs((found.objective or 0.0) - (peer.objective or 1.0)) <= 1e-7 * abs(peer.objective or 1.0)
        ratios.append(cold / warm)
        name = f"{size}: {what}{'' if same else ' DIFFERS'}"
        yield Line(name, seconds(warm), f"cold HiGHS {seconds(cold)}", cold / warm, FASTER, more=True)
    yield Line(f"{size}: the middle one", "", "", statistics.median(ratios), FASTER, more=True)


def _changes(program: Program) -> Iterator[tuple[str, Program]]:
    rows = {block.name: block for block in program.rows}
    for what, factor in (("agency 10 % dearer", 1.1), ("agency twice as dear", 2.0)):
        yield what, replace(program, cost=_scaled(program.cost, program.column("agency"), factor))
    beds = program.row_upper.copy()
    rows["beds"].take(beds)[0] += 2.0
    yield "two more beds in a unit", replace(program, row_upper=beds)
    for what, units, factor in (("a unit's demand 5 % up", 1, 1.05), ("all demand 5 % up", None, 1.05)):
        demand = {}
        for name in ("row_lower", "row_upper"):
            demand[name] = getattr(program, name).copy()
            rows["arrivals"].take(demand[name])[:units] *= factor
        upper = program.upper.copy()
        for name in ("admitted", "unplaced", "outlying"):
            program.column(name).take(upper)[:units] *= factor
        yield what, replace(program, **demand, upper=upper)


def _scaled(values: np.ndarray, block: Block, factor: float) -> np.ndarray:
    scaled = values.copy()
    block.take(scaled)[...] *= factor
    return scaled
