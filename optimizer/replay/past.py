"""What really came, ward by ward and day by day: the scenario's own histories, shared out where they are of a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.histories import named_histories, parted
from optimizer.replay.errors import ReplayError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

if TYPE_CHECKING:
    from forecasting import History

SPREAD: Final = 3000.0
"""Concentration of constructed shares of a total: a ward with a twentieth of 420 patients varies by 1.7 of its 21."""

LONGEST_GAP: Final = 3
"""Days without a figure in a row that are filled along a straight line; a longer gap can't be replayed."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Patients present `census` (K, D) of groups by day from `first` on, NaN where unknown; `wholes` (S, D) of series.

    `row` says which series a group belongs to. `constructed` tells that wards were shared out of a total.
    """

    first: date
    groups: tuple[str, ...]
    census: Floats
    wholes: Floats
    row: Mapping[str, int]
    constructed: bool

    @property
    def last(self) -> date:
        """The last day known."""
        return self.first + timedelta(days=self.census.shape[1] - 1)

    def until(self, last: date) -> Past:
        """The past as it was known on a day, that day included: nothing later can be read from it."""
        days = max((last - self.first).days + 1, 0)
        return replace(self, census=self.census[:, :days].copy(), wholes=self.wholes[:, :days].copy())

    def on(self, first: date, days: int) -> Floats:
        """(K, days) patients present from a day on; NaN where unknown."""
        found = np.full((len(self.groups), days), np.nan)
        start = (first - self.first).days
        low, high = max(start, 0), min(start + days, self.census.shape[1])
        if low < high:
            found[:, low - start : high - start] = self.census[:, low:high]
        return found


def past_of(loaded: Loaded[Scenario], recorded: Sequence[History], *, before: int, seed: int) -> Past:
    """The past of a scenario's groups, the last `before` days before its horizon's start.

    Groups that share one history get its patients by shares that vary and lean on the day before, drawn from `seed`:
    real in sum, constructed by ward. Raises ReplayError where nothing can be replayed.
    """
    scenario = loaded.value
    start, rows = scenario.horizon.start, named_histories(scenario)[1]
    if start is None or not rows:
        raise ReplayError("there is no past to replay: give a patient group a history, and the horizon a start")
    for name in rows:
        demand = scenario.patients[name].demand
        if demand is not None and demand.measures == "arrivals":
            raise ReplayError(f"{name}: a history of arrivals can't be replayed yet; one of patients present can")
    first = start - timedelta(days=before)
    wholes = np.stack([_on_days(history, first, before) for history in recorded])
    census = np.empty((len(rows), before))
    shared = False
    for at in range(len(recorded)):
        names = [name for name in rows if rows[name] == at]
        weights = {name: _share(scenario, name) for name in names}
        shared |= len(names) > 1
        parts = parted(wholes[at][None], weights, spread=SPREAD, seed=seed + at)[0]
        for name, part in zip(names, parts, strict=True):
            census[list(rows).index(name)] = part
    return Past(first, tuple(rows), census, wholes, rows, shared)


def _share(scenario: Scenario, name: str) -> float:
    demand = scenario.patients[name].demand
    return demand.share if demand is not None else 1.0


def _on_days(history: History, first: date, days: int) -> Floats:
    """(days,) values from a day on; short gaps filled along a straight line, NaN where nothing is known."""
    found = np.full(days, np.nan)
    at = (history.dates - np.datetime64(first, "D")).astype(int)
    inside = (at >= 0) & (at < days)
    found[at[inside]] = history.values[inside]
    known = np.flatnonzero(np.isfinite(found))
    for low, high in pairwise(known):
        if 1 < high - low <= LONGEST_GAP + 1:
            found[low : high + 1] = np.interp(np.arange(low, high + 1), [low, high], found[[low, high]])
    return found
