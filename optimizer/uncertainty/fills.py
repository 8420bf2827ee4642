"""How many of the bank and agency people asked for come: by chance, one draw a future and contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from optimizer.expansion.grid import Grid
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import CONTRACTS, Contract, StaffGroup, Temporary

Fills = Mapping[tuple[str, Contract], float]
"""Share of the people asked for who come, by staff group and contract."""

USUAL_REQUESTS: Final = 50
"""Requests over a plan where a contract has no limit to tell from."""

LEAST_FILL: Final = 1e-3
"""A share that divides must be above 0: of a thousand asked for one comes."""


def uncertain_contracts(scenario: Scenario) -> list[tuple[str, Contract, Temporary]]:
    """Contracts whose people may not come."""
    return [
        (name, contract, terms)
        for name, group in scenario.staff.items()
        for contract in CONTRACTS
        if (terms := group.temporary(contract)) is not None and terms.fill_rate < 1.0
    ]


def sampled_fills(scenario: Scenario, grid: Grid, numbers: Sequence[int], *, seed: int) -> list[Fills]:
    """For each sample number the share that comes: binomial, each request filled by itself at the fill rate.

    A draw hangs on the seed and the sample's number alone, so that variants of a scenario meet the same luck.
    """
    contracts = uncertain_contracts(scenario)
    found: list[Fills] = []
    for number in numbers:
        luck = np.random.default_rng([seed, number])
        uniform = luck.random((len(contracts), USUAL_REQUESTS))
        found.append(
            {
                (name, contract): max(_share(terms, grid, uniform[at]), LEAST_FILL)
                for at, (name, contract, terms) in enumerate(contracts)
            }
        )
    return found


def _share(terms: Temporary, grid: Grid, uniform: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    requests = min(max(_requests(terms, grid), 1), USUAL_REQUESTS)
    return float((uniform[:requests] < terms.fill_rate).mean())


def _requests(terms: Temporary, grid: Grid) -> int:
    """About how many shifts are asked for over the plan, at most."""
    if terms.shifts_per_horizon is not None:
        return round(terms.shifts_per_horizon)
    if terms.shifts_per_week is not None:
        return round(terms.shifts_per_week * grid.days / 7)
    return USUAL_REQUESTS


def filled(scenario: Scenario, fills: Fills) -> Scenario:
    """The scenario in which that share of requests is filled."""
    if not fills:
        return scenario
    staff = {name: _filled(group, name, fills) for name, group in scenario.staff.items()}
    return scenario.model_copy(update={"staff": staff})


def _filled(group: StaffGroup, name: str, fills: Fills) -> StaffGroup:
    changed: dict[str, object] = {
        contract: terms.model_copy(update={"fill_rate": fills[name, contract]})
        for contract in CONTRACTS
        if (name, contract) in fills and (terms := group.temporary(contract)) is not None
    }
    return group.model_copy(update=changed) if changed else group
