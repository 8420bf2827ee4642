"""Ways to look ahead: what each policy believes of coming days, from what is known on the day it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.replay.past import Past

WEEKS: Final = 4
"""Weeks whose mean is what planning by averages expects."""


class Foresight(Protocol):
    """Forecasts of the histories, learned from what was known when they are made."""

    def __call__(self, known: Past, first: date, days: int) -> Floats:
        """(N, K, days) joint paths of the groups' patients from a day on."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What may be known on a day: the past up to it, and a forecast made from that; `share` of demand to plan for."""

    known: Past
    foresight: Foresight
    share: float


Belief = Callable[[Sight, date, int], Floats]
"""Patients (K, days) of each group to plan for, from a day on."""


def weeks_mean(sight: Sight, first: date, days: int) -> Floats:
    """The mean of the last four weeks that are known."""
    known = sight.known
    recent = known.on(known.last - timedelta(days=7 * WEEKS - 1), 7 * WEEKS)
    return np.repeat(_mean(recent)[:, None], days, axis=1)


def last_week(sight: Sight, first: date, days: int) -> Floats:
    """The same day of the last week that is known."""
    known, found = sight.known, np.empty((len(sight.known.groups), days))
    for at in range(days):
        day = first + timedelta(days=at)
        back = max(-(-(day - known.last).days // 7), 0)
        found[:, at] = known.on(day - timedelta(days=7 * back), 1)[:, 0]
    return np.where(np.isnan(found), weeks_mean(sight, first, days), found)


def what_came(sight: Sight, first: date, days: int) -> Floats:
    """What will come: nobody knows it; the last day known stands for days after all that is known."""
    found = sight.known.on(first, days)
    last = sight.known.on(sight.known.last, 1)
    return np.where(np.isnan(found), last, found)


def forecast_at_its_price(sight: Sight, first: date, days: int) -> Floats:
    """The quantile of each ward's forecast at which one more person booked costs what one short does."""
    return np.asarray(np.quantile(sight.foresight(sight.known, first, days), sight.share, axis=0))


def forecast_median(sight: Sight, first: date, days: int) -> Floats:
    """The median of each ward's forecast."""
    return np.asarray(np.median(sight.foresight(sight.known, first, days), axis=0))


@dataclass(frozen=True, slots=True)
class Policy:
    """A way to plan: what it believes, whether it knows the future, and whether it decides only once, for all weeks."""

    words: str
    belief: Belief
    knows_all: bool = False
    standing: bool = False


POLICIES: Final[Mapping[str, Policy]] = {
    "ours": Policy("Wardwright", forecast_at_its_price),
    "median": Policy("our median alone", forecast_median),
    "mean": Policy("mean of the last weeks", weeks_mean),
    "fixed": Policy("fixed establishment", weeks_mean, standing=True),
    "last_week": Policy("last week repeated", last_week),
    "clairvoyant": Policy("knowing all (nobody does)", what_came, knows_all=True),
}
"""Every policy of a replay, by name; all decide with the same program, levers and notices."""


def _mean(values: Floats) -> Floats:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
