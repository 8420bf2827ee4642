"""From a scenario with uncertainty to a checked plan: draw futures, decide, judge, and tell the expected path."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Floats
from optimizer.plan import Plan
from optimizer.planning import Outlook, plan_grid
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.uncertainty import Risk, Uncertainty
from optimizer.solution import Limits, Solution, Watch
from optimizer.solvers import solve
from optimizer.uncertainty.checking import check_futures
from optimizer.uncertainty.deciding import Decided, cost_of, decide
from optimizer.uncertainty.drawing import POOL, every_future, foresee_pool, sampled_futures
from optimizer.uncertainty.fills import sampled_fills
from optimizer.uncertainty.futures import Futures, futures_of
from optimizer.uncertainty.judging import fresh_estimate, least_estimate, measured_gap
from optimizer.uncertainty.levers import levers_of
from optimizer.uncertainty.risk import expected, tail_mean
from optimizer.uncertainty.samples import Joint, demands
from optimizer.uncertainty.told import Estimate, Told
from optimizer.uncertainty.worth import Worth, worth_of

Make = Callable[..., Plan]
"""`optimizer.making.make_plan`, which tells the expected path: handed in, for it calls this module."""

BATCH: Final = 25
"""Most futures in each of the sets that bound the least cost from below."""

FIRST_TRY: Final = 25
LAST_TRY: Final = 800
"""Futures planned for at first, and at last, where their number is to be found."""

ONE_IN_TWENTY: Final = 0.05
USUAL_ALPHA: Final = 0.9

PART_OF_GAP: Final = 0.25
"""What is decided for futures drawn is proven to this part of the gap that their number leaves open."""

PART_OF_TIME: Final = 0.1
LEAST_SECONDS: Final = 5.0
"""Of the time given, what each plan may take that only judges another; at least so many seconds."""


def plan_for_futures(
    loaded: Loaded[Scenario],
    make: Make,
    *,
    limits: Limits,
    variant: str | None = None,
    solver: str | None = None,
    say: Callable[[str], None] | None = None,
    watch: Watch | None = None,
) -> Plan:
    """The plan whose first decisions do best over many futures, told as it goes if what is expected comes.

    Its tables are those of the expected demand, with every first decision as it stands in all futures, so that the
    check recounts them like any plan's; `uncertainty` says how it does over the futures. Raises ScenarioError,
    NoDecision where no decision lets every future keep the hard rules, NoneInTime, and what `make` raises.
    """
    tell, allowed = say or _silent, _as_near_as_futures_tell(limits, loaded.value)
    begun = time.monotonic()
    tell("forecast")
    planner = _Planner(loaded, foresee_pool(loaded, seed=allowed.seed), allowed, tell, watch)
    decided, told = planner.best()
    took = time.monotonic() - begun
    path = make(
        loaded, variant=variant, limits=limits, say=say, outlook=planner.outlook, method=_Path(decided, solver).solve
    )
    note = replace(path.solver, why=f"{decided.method}: {decided.why}; then the expected path")
    timings = {**path.timings, "decide and judge": took}
    return replace(path, status=decided.status, bound=None, gap=None, solver=note, timings=timings, uncertainty=told)


def _as_near_as_futures_tell(limits: Limits, scenario: Scenario) -> Limits:
    """Limits whose gap is no smaller than a part of that between the bounds: nearer, futures drawn tell nothing."""
    terms = scenario.uncertainty or Uncertainty()
    return replace(limits, gap=max(limits.gap, PART_OF_GAP * terms.gap))


def _silent(step: str) -> None:
    del step


@dataclass(frozen=True, slots=True)
class _Path:
    """Stands in for a solver: everything that is not decided first, where what is expected comes."""

    decided: Decided
    solver: str | None

    def solve(self, case: Case, built: Built, limits: Limits, watch: Watch | None) -> Solution:
        """The program with the first decisions held."""
        del case
        first, program = self.decided.futures.first, built.program
        held = np.where(first, self.decided.columns, 0.0)
        lower, upper = np.where(first, held, program.lower), np.where(first, held, program.upper)
        name = self.solver or "auto"
        return solve(replace(program, lower=lower, upper=upper), solver=name, limits=limits, watch=watch)


@dataclass(frozen=True, slots=True, eq=False)
class _Planner:
    """Draws futures, decides for them, and judges what was decided."""

    loaded: Loaded[Scenario]
    outlook: Outlook
    limits: Limits
    tell: Callable[[str], None]
    watch: Watch | None

    @property
    def terms(self) -> Uncertainty:
        """What the scenario says of its uncertainty."""
        return self.loaded.value.uncertainty or Uncertainty()

    @property
    def risk(self) -> Risk | None:
        """How the dear tail counts."""
        return self.terms.risk

    def best(self) -> tuple[Decided, Told]:
        """For all futures there are, for as many as asked, or for ever more until the measured gap is small."""
        everything = every_future(self.loaded)
        if everything is not None:
            return self.judged(everything)
        if self.terms.samples != "auto":
            return self.judged(self.drawn(0, self.terms.samples))
        futures, begun = FIRST_TRY, time.monotonic()
        while True:
            found = self.judged(self.drawn(0, futures))
            gap = found[1].gap
            spent = time.monotonic() - begun > self.limits.time_limit
            if (gap is not None and gap <= self.terms.gap) or futures >= LAST_TRY or spent:
                return found
            futures *= 2

    def drawn(self, start: int, stop: int) -> Joint:
        """Futures by number."""
        return sampled_futures(self.loaded, self.outlook, start, stop, seed=self.limits.seed)

    def futures(self, joint: Joint, start: int = 0) -> Futures:
        """The programs of futures numbered from `start` on."""
        scenario, grid = self.loaded.value, plan_grid(self.loaded.value)
        numbers = range(start, start + len(joint))
        by_chance = self.terms.fills == "sampled" and not joint.exact
        fills = sampled_fills(scenario, grid, numbers, seed=self.limits.seed) if by_chance else ()
        return futures_of(scenario, grid, demands(scenario, grid, joint), joint.weights, fills)

    def judged(self, joint: Joint) -> tuple[Decided, Told]:
        """The best decision for some futures, and how good it is."""
        scenario, grid = self.loaded.value, plan_grid(self.loaded.value)
        self.tell(f"plan for {len(joint)} futures")
        found = decide(self.futures(joint), risk=self.risk, limits=self.limits, watch=self.watch)
        self.tell("what planning for them is worth")
        found, worth = worth_of(scenario, grid, joint, found, self.short())
        self.tell("check every future")
        checked = check_futures(found.futures, found.decided)
        if joint.exact:
            return found, replace(self.told(found, worth, exact=True), checked=checked)
        fresh, least = self.fresh(found), self.least(len(joint))
        told = self.told(found, worth, exact=False)
        return found, replace(told, fresh=fresh, least=least, gap=measured_gap(fresh, least), checked=checked)

    def short(self) -> Limits:
        """The limits of a plan that only judges another."""
        seconds = max(LEAST_SECONDS, PART_OF_TIME * self.limits.time_limit)
        return replace(self.limits, time_limit=min(seconds, self.limits.time_limit))

    def fresh(self, found: Decided) -> Estimate | None:
        """What the decision costs on the last futures of the pool, which no plan is made for."""
        many = self.terms.judge.samples
        if many < 2:
            return None
        self.tell(f"cost on {many} fresh futures")
        start = POOL - many
        costs = cost_of(self.futures(self.drawn(start, POOL), start), found.decided)
        return fresh_estimate(costs, self.risk, seed=self.limits.seed)

    def least(self, planned: int) -> Estimate | None:
        """What the best plan costs at least, from plans for sets of other futures."""
        return least_estimate(list(self.bounds(planned, min(planned, BATCH))))

    def bounds(self, start: int, each: int) -> Iterator[float]:
        """The proven least cost of set after set of futures."""
        for number in range(self.terms.judge.batches):
            self.tell(f"least cost of other futures, set {number + 1} of {self.terms.judge.batches}")
            first = start + number * each
            futures = self.futures(self.drawn(first, first + each), first)
            bound = decide(futures, risk=self.risk, limits=self.short()).bound
            if bound is not None:
                yield bound

    def told(self, found: Decided, worth: Worth, *, exact: bool) -> Told:
        """What is said of the decision over the futures it was made for."""
        futures, costs, weights = found.futures, found.costs, found.futures.weights
        alpha = self.risk.alpha if self.risk else USUAL_ALPHA
        low, high = _spread(costs, weights)
        plainly = worth.expected_value_plan
        return Told(
            futures=len(futures),
            exact=exact,
            expected=expected(costs, weights),
            tail=tail_mean(costs, weights, alpha),
            alpha=alpha,
            weight=self.risk.weight if self.risk else 0.0,
            low=low,
            high=high,
            objective=found.objective,
            bound=found.bound,
            proven_gap=found.gap,
            status=found.status,
            method=found.method,
            why=found.why,
            expected_value_plan=plainly,
            vss=None if plainly is None else plainly - found.objective,
            wait_and_see=worth.wait_and_see,
            evpi=found.objective - worth.wait_and_see,
            levers=levers_of(futures.cases[0], futures.built, self.terms),
        )


def _spread(costs: Floats, weights: Floats) -> tuple[float, float]:
    """The costs that one future in twenty falls below, and above."""
    order = np.argsort(costs)
    upto = np.cumsum(weights[order])
    at = [min(int(np.searchsorted(upto, share)), len(costs) - 1) for share in (ONE_IN_TWENTY, 1.0 - ONE_IN_TWENTY)]
    return float(costs[order][at[0]]), float(costs[order][at[1]])
