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
from optimizer.program import Bools
from optimizer.replanning.scope import fixed
from optimizer.replay.errors import ReplayError
from optimizer.replay.window import Window
from optimizer.scenario.uncertainty import Uncertainty
from optimizer.solution import Limits
from optimizer.solvers import solve
from optimizer.uncertainty.extensive import extensive
from optimizer.uncertainty.futures import Futures, futures_of


def answer_jointly(
    window: Window, census: Sequence[Mapping[str, Floats]], held: Bools, values: Floats, now: Bools, limits: Limits
) -> Floats:
    """(n,) least mean cost over the futures in which patients are each of `census`, equally likely.

    Columns `held` stay at their `values`, those decided `now` are the same in all futures; of the others the mean over
    the futures is told. Raises ReplayError where nothing keeps the hard rules.
    """
    futures = _futures(window, census, held, values, held | now)
    form = extensive(futures, whole=False)
    found = solve(form.program, limits=limits)
    if found.values is None:
        raise ReplayError(f"the days from {window.start} can't be replayed: {found.status} ({found.why})")
    width = len(futures.first)
    each = [form.in_future(found.values, number, width) for number in range(len(futures))]
    return np.asarray(np.mean(each, axis=0))


def _futures(
    window: Window, census: Sequence[Mapping[str, Floats]], held: Bools, values: Floats, first: Bools
) -> Futures:
    scenario = window.case.scenario.model_copy(update={"uncertainty": Uncertainty()})
    demands = [demand_of(scenario, window.grid, each, ()) for each in census]
    futures = futures_of(scenario, window.grid, demands, np.full(len(demands), 1.0 / len(demands)))
    program = fixed(futures.built.program, held, values)
    return replace(futures, built=Built(program, futures.built.layout), first=first)
