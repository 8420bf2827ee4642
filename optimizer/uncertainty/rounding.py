"""From first decisions in fractions to whole ones that keep every rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.program import Block, Floats, Program
from optimizer.solution import Limits
from optimizer.solvers import solve


def nearest(program: Program, decided: Floats, limits: Limits) -> Floats | None:
    """(F,) what is whole where it must be and lies nearest to `decided` (F,), step for step, under the program's rows.

    What is decided first are the program's first F columns. None where there is none, or not in time.
    """
    answer = solve(_distance(program, decided), limits=limits)
    return None if answer.values is None else answer.values[: len(decided)]


def within(program: Program, decided: Floats, steps: float) -> Program:
    """The program whose first columns lie no more than so many `steps` in all from `decided` (F,)."""
    found, width, many = _distance(program, decided), len(program.cost), len(decided)
    away = np.arange(width, width + 2 * many, dtype=np.int32)
    return replace(
        found,
        cost=np.concatenate((program.cost, np.zeros(2 * many))),
        indptr=np.concatenate((found.indptr, [found.indptr[-1] + len(away)])),
        indices=np.concatenate((found.indices, away)),
        data=np.concatenate((found.data, np.ones(len(away)))),
        row_lower=np.concatenate((found.row_lower, [-np.inf])),
        row_upper=np.concatenate((found.row_upper, [steps])),
        rows=(Block("row", 0, (len(found.row_lower) + 1,)),),
        offset=program.offset,
    )


def _distance(program: Program, decided: Floats) -> Program:
    """The program whose cost is how far its first columns lie above and below `decided`."""
    width, many = len(program.cost), len(decided)
    above, below = width + np.arange(many), width + many + np.arange(many)
    indices = np.stack((np.arange(many), above, below), axis=1).ravel().astype(np.int32)
    far = np.maximum(program.upper[:many] - program.lower[:many], 1.0)
    zeros, size = np.zeros(2 * many), width + 2 * many
    return replace(
        program,
        cost=np.concatenate((np.zeros(width), np.ones(2 * many))),
        lower=np.concatenate((program.lower, zeros)),
        upper=np.concatenate((program.upper, far, far)),
        integer=np.concatenate((program.integer, zeros.astype(np.bool_))),
        indptr=np.concatenate((program.indptr, program.indptr[-1] + 3 * np.arange(1, many + 1))),
        indices=np.concatenate((program.indices, indices)),
        data=np.concatenate((program.data, np.tile([1.0, -1.0, 1.0], many))),
        row_lower=np.concatenate((program.row_lower, decided)),
        row_upper=np.concatenate((program.row_upper, decided)),
        columns=(Block("column", 0, (size,)),),
        rows=(Block("row", 0, (len(program.row_lower) + many,)),),
        offset=0.0,
    )
