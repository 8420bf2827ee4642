"""The half of a search that improves: solve parts of the best plan again and again.

A part is a few whole columns set free, with those of the other columns that need to change with them; all else stays
as the plan has it. What is not whole is put right from time to time over a much larger part, which is linear. How
large a part may be and which manners pay is learned on the way.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Solution, Status
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.highs import run_highs
from optimizer.solvers.search.links import Index
from optimizer.solvers.search.manners import Manner, Manners
from optimizer.solvers.search.neighbours import View, freed
from optimizer.solvers.search.part import Part, local, restricted
from optimizer.solvers.search.standing import Standing

PARTS = 12.0
"""No part takes more than this part of the time limit."""

BOX_SECONDS = (1.0, 4.0)
"""Nor a box more than a fortieth of it, within these: many small steps first, larger ones where there is time."""

BOX_SHARE = 1.0 / 40.0

TOO_MANY = 2.0
"""A box that holds more than this many times the columns wanted is left for when more are wanted."""

NODES = 100
"""A part is given up after so many nodes of its tree where no clock may decide."""

FINER = 40.0
"""A part is solved to this part of the gap still open, for its share of the whole columns."""

LEAST_GAP = 1e-7

FLOW_AFTER = 6
"""What is not whole is put right after so many better plans."""

FLOW_SHARE = 0.25
"""But it takes no more than this part of the time."""

FLOW_COLUMNS = 20_000
"""Over so many columns at first."""

_HOPS = {"near": 1, "wide": 2}
_WHOLE = 1e-6


@dataclass(slots=True)
class Improver:
    """One thread's work on the best plan, whoever found it."""

    standing: Standing
    map: Map
    chance: np.random.Generator
    manners: Manners
    since: int = FLOW_AFTER
    flow_columns: float = FLOW_COLUMNS
    flow_seconds: float = 0.0
    begun: float = 0.0

    @classmethod
    def of(cls, standing: Standing, map_: Map, seed: int) -> Improver:
        """Ready to start."""
        chance = np.random.default_rng(seed)
        return cls(standing, map_, chance, Manners.of(map_, chance), begun=time.monotonic())

    def pursue(self, steps: int | None = None) -> None:
        """Work until the search is over, or for so many steps; give up if there is no plan and none can come."""
        while not self.standing.over and (steps is None or steps > 0):
            if self.standing.plan is not None:
                self.step()
                steps = None if steps is None else steps - 1
            elif self.standing.proving and steps is None:
                self.standing.wait(1.0)
            else:
                return

    def step(self) -> None:
        """Solve one part of the best plan again."""
        self.standing.work()
        if self._flow_is_due():
            self._flow()
            return
        begun = time.thread_time()
        manner = self.manners.draw()
        wanted = self.manners.size(manner)
        plan = self.standing.plan
        free = self._boxed(manner, wanted) if manner.cut else self._opened(manner, wanted)
        if plan is None or free is None:
            self.manners.enlarge(manner)
            return
        part = local(self.map.links, plan, free)
        limits = self._limits(part.program, boxed=bool(manner.cut))
        if manner.inner:
            part = _near(part, limits)
        solution = run_highs(part.program, replace(limits, hint=part.narrow(plan)), self._options())
        gain = self._taken(part, plan, solution)
        self.since += gain > 0.0
        spent = 1.0 if self.standing.steady else max(1e-3, time.thread_time() - begun)
        self.manners.learn(manner, gain / spent, solved=_solved(solution))

    def _taken(self, part: Part, plan: Floats, solution: Solution) -> float:
        """Take what was found into the best plan; if another's gain is in the way, with what is not whole redone."""
        values = solution.values
        if values is None:
            return 0.0
        gain = self.standing.merge(self.map.links, part, values)
        promised = part.program.objective(part.narrow(plan)) - part.program.objective(values)
        now = self.standing.plan
        if gain > 0.0 or now is None or now is plan or promised <= LEAST_GAP * abs(self.standing.objective or 0.0):
            return gain
        whole = part.program.integer
        base = part.laid_on(now, np.where(whole, np.round(values), part.narrow(now)))
        again = local(self.map.links, base, part.kept[~whole])
        redone = run_highs(again.program, self._limits(again.program, boxed=True), {}).values
        if redone is None:
            return 0.0
        return self.standing.merge(self.map.links, part, part.narrow(again.widen(redone)))

    def _boxed(self, manner: Manner, wanted: int) -> Index | None:
        """The columns of a box, unless the least one there is holds far more than are wanted yet."""
        map_ = self.map
        box = map_.draw(manner.cut, wanted, map_.whole, self.chance)
        whole = map_.whole if box is None else map_.inside(box, map_.whole)
        if box is None or len(whole) > TOO_MANY * wanted:
            return None
        if manner.reach == "box":
            return np.union1d(whole, map_.around(box))
        near = map_.links.near(whole, _HOPS[manner.reach])
        return np.union1d(whole, near[~map_.links.program.integer[near]])

    def _opened(self, manner: Manner, wanted: int) -> Index | None:
        program, plan = self.standing.program, self.standing.plan
        if plan is None:
            return None
        relaxed = plan if self.standing.relaxed is None else self.standing.relaxed
        view = View(program, plan, relaxed, self.chance)
        return np.flatnonzero(freed(view, manner.kind, wanted / len(self.map.whole)) | ~program.integer)

    def _flow_is_due(self) -> bool:
        if self.since < FLOW_AFTER or not len(self.map.loose):
            return False
        return self.standing.steady or self.flow_seconds <= FLOW_SHARE * (time.monotonic() - self.begun)

    def _flow(self) -> None:
        """Put right what is not whole: all of it, or a box of it."""
        begun, plan, loose = time.monotonic(), self.standing.plan, self.map.loose
        self.since = 0
        if plan is None:
            return
        if len(loose) > self.flow_columns and self.map.cuts:
            box = self.map.draw(self._flow_cut(), int(self.flow_columns), loose, self.chance)
            loose = loose if box is None else self.map.inside(box, loose)
        part = local(self.map.links, plan, loose)
        solution = run_highs(part.program, self._limits(part.program, boxed=False), {})
        if solution.values is not None:
            self.standing.merge(self.map.links, part, solution.values)
        seconds = time.monotonic() - begun
        self.flow_seconds += seconds
        if not self.standing.steady:
            self.flow_columns *= 1.2 if seconds < self._box_seconds() else 0.8

    def _flow_cut(self) -> tuple[str, ...]:
        singles = [cut for cut in self.map.cuts if len(cut) == 1]
        return singles[int(self.chance.integers(len(singles)))]

    def _limits(self, program: Program, *, boxed: bool) -> Limits:
        """Limits for a part: its share of the gap that is open, and of the time."""
        standing = self.standing
        share = float(program.integer.sum()) / max(1, len(self.map.whole)) if boxed else 1.0
        gap = max(LEAST_GAP, share * max(standing.limits.gap, standing.progress().gap or 0.0) / FINER)
        seconds = standing.left()
        if not standing.steady:
            seconds = min(seconds, self._box_seconds() if boxed else standing.limits.time_limit / PARTS)
        seed = int(self.chance.integers(2**31 - 1))
        return replace(standing.limits, time_limit=max(0.0, seconds), gap=gap, seed=seed, hint=None)

    def _box_seconds(self) -> float:
        least, most = BOX_SECONDS
        return min(most, max(least, BOX_SHARE * self.standing.limits.time_limit))

    def _options(self) -> dict[str, int]:
        return {"mip_max_nodes": NODES} if self.standing.steady else {}


def _solved(solution: Solution) -> bool:
    return solution.status in (Status.OPTIMAL, Status.WITHIN_GAP)


def _near(part: Part, limits: Limits) -> Part:
    """The part with its whole columns between its plan and the floor and ceiling of the part's own relaxation.

    That relaxation follows what is fixed around the part, so that far more can be set free at once than could be solved
    for all values; and the plan itself stays within reach, so that nothing is lost.
    """
    program, here = part.program, part.narrow(part.fixed)
    relaxed = run_highs(linear(program), limits, {}).values
    if relaxed is None:
        return part
    low = np.where(program.integer, np.minimum(here, np.floor(relaxed + _WHOLE)), program.lower)
    high = np.where(program.integer, np.maximum(here, np.ceil(relaxed - _WHOLE)), program.upper)
    inner = restricted(program, np.maximum(low, program.lower), np.minimum(high, program.upper))
    return Part(inner.program, part.kept[inner.kept], part.widen(inner.fixed))


def linear(program: Program) -> Program:
    """The program with no column whole."""
    return replace(program, integer=np.zeros_like(program.integer))
