"""Deciding for several futures at once: what can't wait is the same in all of them, the rest follows each.

The two-stage program of `optimizer.uncertainty`, split by what must be decided on the day rather than by one notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from optimizer.capacity.build import Built
from optimizer.expansion.grid import Floats
from optimizer.planning import demand_of
from optimizer.program import Block, Bools, Program
from optimizer.replanning.scope import fixed
from optimizer.replay.errors import ReplayError
from optimizer.replay.window import Window
from optimizer.scenario.uncertainty import Uncertainty
from optimizer.solution import Limits
from optimizer.solvers import solve
from optimizer.uncertainty.extensive import extensive
from optimizer.uncertainty.futures import Futures, futures_of, rows_of


def answer_jointly(
    window: Window,
    census: Sequence[Mapping[str, Floats]],
    held: Bools,
    values: Floats,
    now: Bools,
    limits: Limits,
    *,
    far: Bools | None = None,
) -> Floats:
    """(n,) least mean cost over the futures in which patients are each of `census`, equally likely.

    Columns `held` stay at their `values`, those decided `now` are the same in all futures; of the others the mean over
    the futures is told. `far` (n,) columns are left out, with every rule that one of them enters, and told as 0.
    Raises ReplayError where nothing keeps the hard rules.
    """
    futures = _futures(window, census, held, values, held | now)
    form = extensive(futures, whole=False)
    near = ~np.zeros(len(values), dtype=np.bool_) if far is None else ~far
    kept = np.concatenate((near[form.first], np.tile(near[form.later], len(futures))))
    found = solve(without(form.program, ~kept), limits=limits)
    if found.values is None:
        raise ReplayError(f"the days from {window.start} can't be replayed: {found.status} ({found.why})")
    whole = np.zeros(len(kept))
    whole[kept] = found.values
    each = [form.in_future(whole, number, len(values)) for number in range(len(futures))]
    return np.asarray(np.mean(each, axis=0))


def without(program: Program, gone: Bools) -> Program:
    """A program without some of its columns (n,), and without every row that one of those enters."""
    entries, rows = gone[program.indices], np.repeat(np.arange(program.shape[0]), np.diff(program.indptr))
    keep = np.ones(program.shape[0], dtype=np.bool_)
    keep[rows[entries]] = False
    left, number = rows_of(program, keep), np.cumsum(~gone) - 1
    return replace(
        left, cost=left.cost[~gone], lower=left.lower[~gone], upper=left.upper[~gone], integer=left.integer[~gone],
        indices=number[left.indices].astype(left.indices.dtype), columns=(Block("column", 0, (int((~gone).sum()),)),),
    )  # fmt: skip


def _futures(
    window: Window, census: Sequence[Mapping[str, Floats]], held: Bools, values: Floats, first: Bools
) -> Futures:
    scenario = window.case.scenario.model_copy(update={"uncertainty": Uncertainty()})
    demands = [demand_of(scenario, window.grid, each, ()) for each in census]
    futures = futures_of(scenario, window.grid, demands, np.full(len(demands), 1.0 / len(demands)))
    program = fixed(futures.built.program, held, values)
    return replace(futures, built=Built(program, futures.built.layout), first=first)
