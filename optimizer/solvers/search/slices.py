"""Pieces cut once more, by time: a slice has whole numbers in its own stretch, and fractions for a while beyond it.

So a slice stays quick however long the horizon is, and its whole numbers know what comes next. Slices come in groups
that few columns join (sites): who has done all slices of a group has made that group whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from optimizer.program import TIME, Block, Bools, Ints, Program
from optimizer.solvers.rolling_cut import Cut, cut
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.links import Index

SLICE_WHOLE = 300
"""A slice holds about so many whole columns: branch and cut is near the optimum of that in a second."""

BEYOND = 0.5
"""A slice looks this part of its length beyond its end."""


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The `columns` that are free, of which the `whole` (k,) are made whole; its `group`, and the piece it is cut from.

    Slices of one `piece` overlap, and must be solved one after another.
    """

    columns: Index
    whole: Bools
    group: int
    piece: int


def all_whole(program: Program, pieces: Sequence[Index]) -> list[Slice]:
    """Each piece as one slice."""
    return [Slice(piece, program.integer[piece], 0, at) for at, piece in enumerate(pieces) if len(piece)]


def slices(map_: Map, pieces: Sequence[Index]) -> list[Slice]:
    """The slices of `pieces`, group by group, in each group from the first stretch of time to the last."""
    program = map_.links.program
    most = max((int(program.integer[piece].sum()) for piece in pieces), default=0)
    wanted = max(1, round(most / SLICE_WHOLE))
    plan = stretched(map_, wanted)
    if wanted == 1 and plan.parts == 1:
        return all_whole(program, pieces)
    return list(_sliced(plan, program, pieces))


def stretched(map_: Map, stretches: int) -> Cut:
    """About so many stretches of time of about the same length, and the parts there are."""
    program = placed(map_)
    parts = cut(program).parts
    return cut(program, max(1, round(len(program.cost) / (stretches * parts))))


def placed(map_: Map) -> Program:
    """The program without whole numbers, its labels those of the map, guessed ones too."""
    program = map_.links.program
    labels: dict[str, Ints] = {name: axis.values for name, axis in map_.axes.items()}
    one = Block("column", 0, (len(program.cost),), labels)
    return replace(program, integer=np.zeros_like(program.integer), columns=(one,))


def timed(map_: Map) -> bool:
    """Whether columns say when they are."""
    return TIME in map_.axes


def _sliced(plan: Cut, program: Program, pieces: Sequence[Index]) -> Iterator[Slice]:
    for group in range(plan.parts):
        inside = [piece[np.maximum(plan.part[piece], 0) == group] for piece in pieces]
        for start, end in pairwise(plan.starts):
            last = end + round(BEYOND * (end - start))
            for at, piece in enumerate(inside):
                time = plan.time[piece]
                chosen = piece[(time >= start) & (time < last)]
                now = plan.time[chosen] < end
                if now.any():
                    yield Slice(chosen, program.integer[chosen] & now, group, at)
