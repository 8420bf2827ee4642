"""How figures that are given may turn out: distributions stated in a scenario, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.scenario.model import Scenario
from optimizer.scenario.uncertainty import Doubt

FARTHEST_SD: Final = 4.5
"""Beyond so many standard deviations off the mean (3 in a million) outcomes stand together at their mean."""

DRAWS: Final = 20_000
"""Draws from which the quantile of a total is taken that has no formula."""


def doubts_of(scenario: Scenario) -> dict[str, Doubt]:
    """The doubt of each patient group whose figures are given with one."""
    return {
        name: group.demand.doubt
        for name, group in scenario.patients.items()
        if group.demand is not None and group.demand.doubt is not None
    }


def outcomes(doubt: Doubt, figure: float) -> tuple[Floats, Floats]:
    """(N,) outcomes of one figure with their chances (N,), exact for whatever is linear between whole numbers.

    A normal figure is cut at the whole numbers and each piece stands at its own mean, so that the expectation of any
    cost that bends at whole numbers only (so many staffed, so many come) is the distribution's own, without sampling.
    """
    if doubt.sd is None:
        return figure * np.array(doubt.times), np.array(doubt.chances)
    normal = NormalDist(figure, doubt.sd)
    low, high = (floor(figure - FARTHEST_SD * doubt.sd), ceil(figure + FARTHEST_SD * doubt.sd))
    edges = [float(edge) for edge in range(low, high + 1)]
    below = np.array([0.0, *(normal.cdf(edge) for edge in edges), 1.0])
    dense = np.array([0.0, *(normal.pdf(edge) for edge in edges), 0.0])
    chances = np.diff(below)
    likely = chances > 1e-15
    means = figure - doubt.sd**2 * np.diff(dense)[likely] / chances[likely]
    return np.maximum(means, 0.0), chances[likely] / chances[likely].sum()


def drawn(doubt: Doubt, figures: Floats, luck: np.random.Generator, periods_per_day: int) -> Floats:
    """(P,) one outcome of the figures (P,) of a group, never below 0: one draw for all days, or one for each."""
    days = len(figures) // periods_per_day
    turns = 1 if doubt.days == "together" else days
    if doubt.sd is not None:
        off = np.broadcast_to(luck.standard_normal(turns), (days,)) * doubt.sd
        return np.maximum(figures + np.repeat(off, periods_per_day), 0.0)
    times = luck.choice(np.array(doubt.times), size=turns, p=np.array(doubt.chances) / sum(doubt.chances))
    return np.asarray(figures * np.repeat(np.broadcast_to(times, (days,)), periods_per_day))


def raised_to_quantile(scenario: Scenario, series: Mapping[str, Floats], level: float) -> dict[str, Floats]:
    """The series in which groups of one measure are scaled alike so that their total is its own quantile.

    Normal figures sum to a normal total, taken exactly; others are drawn. Quantiles of single groups don't add.
    """
    doubts, found = doubts_of(scenario), dict(series)
    for measure in ("census", "arrivals"):
        names = [name for name in doubts if getattr(scenario.patients[name].demand, measure) is not None]
        if names:
            mean = np.sum([series[name] for name in names], axis=0)
            wanted = _quantile({name: doubts[name] for name in names}, series, mean, level)
            factor = np.divide(wanted, mean, out=np.ones_like(mean), where=mean > 0)
            found |= {name: series[name] * factor for name in names}
    return found


def _quantile(doubts: Mapping[str, Doubt], series: Mapping[str, Floats], mean: Floats, level: float) -> Floats:
    spreads = [doubt.sd for doubt in doubts.values() if doubt.sd is not None]
    if len(spreads) == len(doubts):
        sd = sqrt(sum(spread**2 for spread in spreads))
        return np.maximum(mean + sd * NormalDist().inv_cdf(level), 0.0)
    luck = np.random.default_rng(0)
    total = np.zeros((DRAWS, len(mean)))
    for name, doubt in doubts.items():
        total += np.array([drawn(doubt, series[name], luck, 1) for _ in range(DRAWS)])
    return np.asarray(np.quantile(total, level, axis=0))
