"""Our forecasts on the days of the past: learned once a week from what was known then, made anew every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.histories import foretell_with, learn_now, parted_as
from optimizer.replay.past import SPREAD, Past
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

if TYPE_CHECKING:
    from forecasting import History, Trained


@dataclass(slots=True, eq=False)
class Forecasts:
    """Forecasts of the scenario's histories as of any day of the past, `ahead` days at most.

    A model is learned at the first day asked for of each week (counted from `first`) and used for the rest of it; paths
    are of wards: a total is parted as its wards were seen to part it.
    """

    loaded: Loaded[Scenario]
    recorded: Sequence[History]
    first: date
    ahead: int
    seed: int
    models: dict[int, Trained] = field(default_factory=dict)
    made: dict[tuple[date, int], Floats] = field(default_factory=dict)

    def __call__(self, known: Past, first: date, days: int) -> Floats:
        """(N, K, days) joint paths of the groups' patients from a day on, foreseen the day after the last one known."""
        start = known.last + timedelta(days=1)
        lead = (first - start).days
        key = start, lead + days
        if key not in self.made:
            self.made = {key: self._wards(known, self._totals(start, lead + days))}
        return self.made[key][..., lead:]

    def _totals(self, start: date, days: int) -> Floats:
        """(N, S, days) joint paths of the histories."""
        at = self._as_of(start)
        week = (start - self.first).days // 7
        if week not in self.models:
            self.models[week] = learn_now(at, self.recorded, days=self.ahead, from_first=True)
        return foretell_with(at, self.recorded, self.models[week], days=days, seed=self.seed).samples

    def _as_of(self, start: date) -> Loaded[Scenario]:
        scenario = self.loaded.value
        horizon = scenario.horizon.model_copy(update={"start": start})
        return replace(self.loaded, value=scenario.model_copy(update={"horizon": horizon}))

    def _wards(self, known: Past, totals: Floats) -> Floats:
        """(N, K, days) of the groups that each history counts."""
        found = np.empty((len(totals), len(known.groups), totals.shape[2]))
        for at in range(totals.shape[1]):
            names = [name for name in known.groups if known.row[name] == at]
            rows = [known.groups.index(name) for name in names]
            share = float(sum(_share(self.loaded.value, name) for name in names))
            if len(names) == 1:
                found[:, rows[0]] = totals[:, at] * share
            else:
                seen = {name: known.census[row] for name, row in zip(names, rows, strict=True)}
                found[:, rows] = parted_as(totals[:, at] * share, seen, spread=SPREAD, seed=self.seed + at)
        return found


def _share(scenario: Scenario, name: str) -> float:
    demand = scenario.patients[name].demand
    return demand.share if demand is not None else 1.0
