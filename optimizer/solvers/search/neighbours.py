"""Neighbourhoods of a plan: which whole columns a search sets free while the others keep their values.

Each kind is one function and a line in NEIGHBOURHOODS. None knows what the columns mean: they look at the program's
rows, at the shapes of its blocks, at the plan and at the relaxation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Block, Bools, Floats, Program

_STEPS = 12
"""How far a growth over shared rows reaches."""

_LEAST_PERIOD = 3
"""Shorter axes have no stretches worth the name."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a neighbourhood may look at: the program, a plan (n,), the relaxation's values (n,), a source of chance."""

    program: Program
    plan: Floats
    relaxed: Floats
    chance: np.random.Generator


Neighbourhood = Callable[[View, float], Floats]
"""A score (n,) for the columns, the highest to be set free first; the share wanted (0 to 1) may steer it."""


def scattered(view: View, share: float) -> Floats:
    """Columns anywhere."""
    del share
    return view.chance.random(len(view.program.cost))


def disputed(view: View, share: float) -> Floats:
    """Columns where plan and relaxation differ (after Danna, Rothberg and Le Pape, 2005), those most apart first."""
    del share
    apart = np.minimum(1.0, np.abs(view.plan - view.relaxed))
    return np.asarray(apart * (0.5 + view.chance.random(len(apart))) + 1e-6 * view.chance.random(len(apart)))


def connected(view: View, share: float) -> Floats:
    """Columns that share short rows with one drawn at random, and their neighbours: a walk that spreads over rows."""
    del share
    program = view.program
    lengths = np.diff(program.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    weights = 1.0 / lengths[rows]
    degree = np.maximum(1e-12, np.bincount(program.indices, weights=weights, minlength=len(program.cost)))
    here: Floats = np.zeros(len(program.cost))
    here[view.chance.choice(np.flatnonzero(program.integer))] = 1.0
    reached = here.copy()
    for _ in range(_STEPS):
        spread = weights * (here / degree)[program.indices]
        sums = np.bincount(rows, weights=spread, minlength=len(lengths))
        here = np.asarray(np.bincount(program.indices, weights=sums[rows] * weights, minlength=len(program.cost)))
        reached += here
    return np.asarray(reached / np.sqrt(degree))


def stretches(view: View, share: float) -> Floats:
    """Of each block a stretch along one of its axes (some days of all units, one shift of all days)."""
    score = np.zeros(len(view.program.cost))
    for block, period in _periods(view):
        start = view.chance.random()
        distance = (np.arange(block.size) % period / period - start) % 1.0
        score[block.start : block.start + block.size] = np.where(distance < share, 2.0, 1.0) - distance
    return score


def slabs(view: View, share: float) -> Floats:
    """The same stretch of every block whose axes have the same length, and all of the smallest blocks."""
    score = np.zeros(len(view.program.cost))
    starts: dict[int, float] = {}
    sizes = _sizes(view.program)
    small = np.median(sizes[sizes > 0]) if bool((sizes > 0).any()) else 0.0
    for (block, period), size in zip(_periods(view, longest=True), sizes, strict=True):
        start = starts.setdefault(period, view.chance.random())
        distance = (np.arange(block.size) % period / period - start) % 1.0
        here = np.where(distance < share, 2.0, 1.0) - distance
        score[block.start : block.start + block.size] = 3.0 if size < small else here
    return score


NEIGHBOURHOODS: dict[str, Neighbourhood] = {
    "stretches": stretches,
    "slabs": slabs,
    "scattered": scattered,
    "disputed": disputed,
    "connected": connected,
}


def freed(view: View, kind: str, share: float) -> Bools:
    """The whole columns (n,) that neighbourhood `kind` sets free: `share` of those there are, at least one."""
    whole = np.flatnonzero(view.program.integer)
    wanted = min(len(whole), max(1, round(share * len(whole))))
    score = NEIGHBOURHOODS[kind](view, share)[whole]
    chosen = whole[np.argsort(-score, kind="stable")[:wanted]]
    free = np.zeros(len(view.program.cost), dtype=np.bool_)
    free[chosen] = True
    return free


def _sizes(program: Program) -> NDArray[np.int64]:
    """How many whole columns each block has."""
    before = np.concatenate(([0], np.cumsum(program.integer)))
    return np.array([before[block.start + block.size] - before[block.start] for block in program.columns])


def _periods(view: View, *, longest: bool = False) -> list[tuple[Block, int]]:
    """For each block of columns an axis length it repeats with, drawn (or the longest): its own or one of a row block.

    Columns are often flat where the rows over them still show the axes.
    """
    program = view.program
    known = {block.shape[-1] for block in program.rows if len(block.shape) > 1}
    found = []
    for block in program.columns:
        fits = sorted(
            k for k in known | set(block.shape[-1:]) if _LEAST_PERIOD <= k < block.size and not block.size % k
        )
        length = max(1, block.size) if not fits else fits[-1] if longest else int(view.chance.choice(fits))
        found.append((block, length))
    return found
