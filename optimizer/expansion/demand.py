"""Demand as the plan sees it, in numbers: who arrives, who stays, who is here already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from optimizer.expansion.grid import Bools, Floats, Grid
from optimizer.scenario.crosscheck import unit_names
from optimizer.scenario.model import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """For K patient groups, P periods and U units, in patients.

    `arrivals` (K, P); `stays` (K, P) the share of those present in the period before who are present still (0: the
    census is placed anew each period); `present` (K, U) and `waiting` (K,) before the first period; `cases` (K, D)
    elective cases booked by day, and `notes` what a planner must know of how the figures came about.
    """

    arrivals: Floats
    stays: Floats
    present: Floats
    waiting: Floats
    cases: Floats
    notes: tuple[str, ...] = ()
    cyclic: bool = False

    @property
    def census(self) -> Floats:
        """(K, P) patients present anywhere if nobody is diverted and every elective case comes on its day."""
        per_day = self.arrivals.shape[1] // max(self.cases.shape[1], 1)
        arrivals = self.arrivals.copy()
        arrivals[:, :: max(per_day, 1)] += self.cases
        total = np.empty_like(arrivals)
        before = self._before(arrivals)
        for period in range(arrivals.shape[1]):
            before = before * self.stays[:, period] + arrivals[:, period]
            total[:, period] = before
        return total

    def _before(self, arrivals: Floats) -> Floats:
        """(K,) patients before the first period; in a cycle those of its own end, whom the same arrivals bring back."""
        if not self.cyclic:
            return np.asarray(self.present.sum(axis=1) + self.waiting)
        kept = np.cumprod(self.stays[:, ::-1], axis=1)[:, ::-1]
        later = np.concatenate((kept[:, 1:], np.ones((len(kept), 1))), axis=1)
        left = 1.0 - kept[:, 0]
        turned = np.divide((arrivals * later).sum(axis=1), left, out=np.zeros(len(kept)), where=left > 1e-12)
        return np.asarray(turned)


def per_period(figures: float | tuple[float, ...] | None, grid: Grid) -> Floats:
    """A figure or a list spread over all periods; past its end its last week (or all of a shorter list) repeats."""
    if figures is None:
        return np.zeros(grid.periods)
    if not isinstance(figures, tuple):
        return np.full(grid.periods, float(figures))
    given = np.array(figures, dtype=np.float64)
    again = min(7 * grid.periods_per_day, len(given) // grid.periods_per_day * grid.periods_per_day)
    while len(given) < grid.periods:
        given = np.concatenate((given, given[-again:]))
    return given[: grid.periods]


def elective_cases(scenario: Scenario, grid: Grid) -> Floats:
    """(K, D) cases booked by group and day; past the committed days only by weekday."""
    cases = np.zeros((len(scenario.patients), grid.days))
    for row, group in enumerate(scenario.patients.values()):
        if group.elective is not None and group.elective.cases:
            cases[row, : grid.committed_days] = group.elective.cases
        elif group.elective is not None:
            weekdays = [grid.weekday(day) for day in range(grid.days)]
            cases[row] = np.array(group.elective.per_weekday)[weekdays]
    return cases


def elective_days(scenario: Scenario, grid: Grid) -> Bools:
    """(K, D) days on which cases of each group may be done."""
    lists = [group.elective for group in scenario.patients.values()]
    rows = [[not each or grid.day(day) not in each.called_off for day in range(grid.days)] for each in lists]
    return np.array(rows, dtype=np.bool_).reshape(len(rows), grid.days)


def with_surges(scenario: Scenario, grid: Grid, arrivals: Floats, since: Mapping[str, int] | None = None) -> Floats:
    """(K, P) arrivals with the surges that the scenario states, none below 0.

    Of each group the first `since` surges are left out: those that the arrivals hold already.
    """
    found = arrivals.copy()
    for row, (name, group) in enumerate(scenario.patients.items()):
        surges = group.demand.surges if group.demand is not None else ()
        for surge in surges[(since or {}).get(name, 0) :]:
            days = [surge.first <= grid.day(day) <= (surge.last or date.max) for day in range(grid.days)]
            more = found[row] * surge.uplift + surge.per_day / grid.periods_per_day
            found[row] = np.maximum(found[row] + more * np.repeat(days, grid.periods_per_day), 0.0)
    return found


def starting_state(scenario: Scenario) -> tuple[Floats, Floats]:
    """(K, U) patients present and (K,) patients waiting before the first period, from today's state."""
    units = {name: at for at, name in enumerate(unit_names(scenario))}
    present = np.zeros((len(scenario.patients), len(units)))
    waiting = np.zeros(len(scenario.patients))
    for row, name in enumerate(scenario.patients):
        for unit, patients in scenario.today.census.get(name, {}).items():
            present[row, units[unit]] = patients
        waiting[row] = scenario.today.waiting.get(name, 0.0)
    return present, waiting
