"""The library's way in: a scenario decided against samples of demand that somebody else has drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from optimizer.making import scenario_limits
from optimizer.planning import plan_grid
from optimizer.program import ABSENT, Floats, Ints
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import Contract
from optimizer.scenario.uncertainty import Uncertainty
from optimizer.solution import Limits, Watch
from optimizer.uncertainty.deciding import Decided, cost_of, decide
from optimizer.uncertainty.fills import sampled_fills
from optimizer.uncertainty.futures import Futures, futures_of
from optimizer.uncertainty.samples import demands, joint_of


def futures_from(
    loaded: Loaded[Scenario], samples: ArrayLike, *, weights: ArrayLike | None = None, numbers: Sequence[int] = ()
) -> Futures:
    """The futures in which demand is one of `samples` (S, K, D) or (S, K, P), in patients, groups in scenario order.

    Each counts what its group's demand measures: patients present (census) or arriving. `numbers` (S,) name the
    samples, so that who comes of the bank is drawn alike for the same number; 0, 1, ... unless given. Where the
    scenario has no `uncertainty`, its usual terms hold. Raises BadSamples.
    """
    scenario, grid = loaded.value, plan_grid(loaded.value)
    if scenario.uncertainty is None:
        scenario = scenario.model_copy(update={"uncertainty": Uncertainty()})
    joint = joint_of(samples, scenario, grid, weights)
    luck = scenario.solve.seed
    sampled = scenario.uncertainty is not None and scenario.uncertainty.fills == "sampled"
    fills = sampled_fills(scenario, grid, numbers or range(len(joint)), seed=luck) if sampled else ()
    return futures_of(scenario, grid, demands(scenario, grid, joint), joint.weights, fills)


def decide_against(
    loaded: Loaded[Scenario],
    samples: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
    method: str = "auto",
) -> Decided:
    """The best first decisions of a scenario for samples of its demand: see `futures_from` and `decide`."""
    futures = futures_from(loaded, samples, weights=weights)
    terms = loaded.value.uncertainty
    allowed = limits or scenario_limits(loaded.value)
    return decide(futures, risk=terms.risk if terms else None, limits=allowed, watch=watch, method=method)


def cost_against(decided: Decided, loaded: Loaded[Scenario], samples: ArrayLike) -> Floats:
    """(S,) what each of other samples costs where these first decisions stand."""
    return cost_of(futures_from(loaded, samples), decided.decided)


def bays_open(decided: Decided) -> Floats:
    """(B, D) which escalation bays are open, where that is decided first; bays by unit and number."""
    return _read(decided, decided.futures.built.layout.beds.open)


def people_starting(decided: Decided, staff: str, contract: Contract = "own") -> Floats:
    """(U, L, D) people of a staff group starting each line (a shift) at each unit, where that is decided first."""
    case = decided.futures.cases[0]
    for block in decided.futures.built.layout.staff.working:
        if case.staff[block.staff] == staff and block.contract == contract:
            return _read(decided, block.starts)
    return np.zeros((len(case.units), 0, case.grid.days))


def _read(decided: Decided, columns: Ints) -> Floats:
    return np.where(columns == ABSENT, 0.0, decided.columns[columns])
