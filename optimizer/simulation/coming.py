"""Who comes, in many draws: arrivals one by one, or the census that a forecast's joint paths tell.

Three kinds of doubt, each as its source has it: arrivals that are given are a Poisson stream; arrivals that were
forecast as counts, and a census that was forecast, come as the joint paths of the forecast; figures with a stated
`doubt` vary as it says. A census that is given with stays is what a Poisson stream of arrivals makes of it; without
stays and doubt it is taken as it stands. Counts are whole patients, rounded up or down by chance; a census placed anew
every day, without stays, may be in fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.expansion.demand import Demand
from optimizer.expansion.grid import Floats
from optimizer.expansion.groups import counts_arrivals
from optimizer.scenario.patients import Demand as Given
from optimizer.simulation.stage import Stage


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What a plan's makers expected: `demand` whatever its service level, and joint `paths` (N, P) by patient group.

    Paths are of what the group's history counts, patients present or arriving, and scaled to their mean. `onward`
    (K, P) are those among the arrivals who come from another group, on their pathway.
    """

    demand: Demand
    paths: Mapping[str, Floats]
    onward: Floats

    @property
    def direct(self) -> Floats:
        """(K, P) arrivals who come from nowhere else in the hospital."""
        return np.maximum(self.demand.arrivals - self.onward, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Coming:
    """R draws: `arrivals` (R, K, P) and elective `cases` (R, K, P); `census` (R, K, P) if drawn, else NaN."""

    arrivals: Floats
    cases: Floats
    census: Floats


def draw_coming(stage: Stage, expected: Expected, draws: range, rng: np.random.Generator) -> Coming:
    """Draws number `draws` of who comes; equal numbers and generators give equal patients."""
    case, periods = stage.case, stage.periods
    shape = (len(draws), len(case.groups), periods)
    arrivals, census = np.zeros(shape), np.full(shape, np.nan)
    for k, name in enumerate(case.groups):
        group = case.scenario.patients[name]
        path = _path(group.demand, expected, k, expected.paths.get(name), draws, rng)
        if path is None:
            arrivals[:, k] = rng.poisson(np.broadcast_to(expected.direct[k, :periods], (len(draws), periods)))
        elif not counts_arrivals(group):
            stay = expected.demand.stays[k].any()
            census[:, k] = whole_by_chance(path[:, :periods], rng) if stay else path[:, :periods]
        elif name in expected.paths:
            arrivals[:, k] = whole_by_chance(path[:, :periods], rng)
        else:
            arrivals[:, k] = rng.poisson(path[:, :periods])
    done = np.broadcast_to(stage.plan.cases_done[:, :periods], shape)
    cases = whole_by_chance(done, rng)
    return Coming(arrivals, cases, census + _elective_census(stage, cases))


def _path(
    given: Given | None, expected: Expected, k: int, paths: Floats | None, draws: range, rng: np.random.Generator
) -> Floats | None:
    """(R, P) drawn figures of a group; None where its arrivals are a Poisson stream at the rate expected."""
    counted = given is not None and (given.arrivals is not None or given.measures == "arrivals")
    mean = expected.direct[k] if counted else census_of(expected.demand, k)
    if paths is not None:
        middle = paths.mean(axis=0)
        share = np.divide(paths, middle, out=np.ones_like(paths), where=middle > 0)
        return np.asarray((share * mean)[np.array(draws) % len(paths)])
    if given is not None and given.doubt is not None:
        return _doubted(given, mean, len(draws), rng)
    if given is not None and given.census is not None and not expected.demand.stays[k].any():
        return np.broadcast_to(mean, (len(draws), len(mean)))
    return None


def _doubted(given: Given, mean: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """(R, P) figures about their mean as a stated doubt has it, never below 0."""
    doubt, columns = given.doubt, 1 if given.doubt is None or given.doubt.days == "together" else len(mean)
    if doubt is None:
        return np.broadcast_to(mean, (draws, len(mean)))
    if doubt.sd is not None:
        return np.maximum(mean + doubt.sd * rng.standard_normal((draws, columns)), 0.0)
    return np.asarray(mean * rng.choice(doubt.times, size=(draws, columns), p=doubt.chances))


def census_of(demand: Demand, k: int) -> Floats:
    """(P,) patients of a group present if all goes as expected, its elective cases aside."""
    found, now = np.empty(demand.arrivals.shape[1]), float(demand.present[k].sum() + demand.waiting[k])
    for period in range(len(found)):
        now = now * demand.stays[k, period] + demand.arrivals[k, period]
        found[period] = now
    return found


def _elective_census(stage: Stage, cases: Floats) -> Floats:
    """(R, K, P) patients of the elective list present on average, given who was operated on."""
    found, now = np.zeros(cases.shape), np.zeros(cases.shape[:2])
    for period in range(cases.shape[2]):
        now = now * stage.case.demand.stays[:, period] + cases[:, :, period]
        found[:, :, period] = now
    return np.round(found)


def whole_by_chance(figures: Floats, rng: np.random.Generator) -> Floats:
    """Figures as whole ones, up with the chance of their fraction, so that their mean stays."""
    return np.asarray(np.floor(figures + rng.random(figures.shape)))
