"""Ways to look ahead: what each policy believes of coming days, from what is known on the day it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    """What may be known on a day: the past up to it, and a forecast made from that.

    Who plans for one future takes the `share` of cases that is to be covered, who plans for several so many `futures`.
    """

    known: Past
    foresight: Foresight
    share: float = 0.5
    futures: int = 1


Belief = Callable[[Sight, date, int], Floats]
"""Patients (S, K, days) of each group in the futures to plan for, from a day on; most believe in one future."""


def weeks_mean(sight: Sight, first: date, days: int) -> Floats:
    """The mean of the last four weeks that are known."""
    known = sight.known
    recent = known.on(known.last - timedelta(days=7 * WEEKS - 1), 7 * WEEKS)
    return np.repeat(_mean(recent)[None, :, None], days, axis=2)


def last_week(sight: Sight, first: date, days: int) -> Floats:
    """The same day of the last week that is known."""
    known, found = sight.known, np.empty((1, len(sight.known.groups), days))
    for at in range(days):
        day = first + timedelta(days=at)
        back = max(-(-(day - known.last).days // 7), 0)
        found[0, :, at] = known.on(day - timedelta(days=7 * back), 1)[:, 0]
    return np.where(np.isnan(found), weeks_mean(sight, first, days), found)


def what_came(sight: Sight, first: date, days: int) -> Floats:
    """What will come: nobody knows it; the last day known stands for days after all that is known."""
    found = sight.known.on(first, days)
    last = sight.known.on(sight.known.last, 1)
    return np.where(np.isnan(found), last, found)[None]


def forecast_in_futures(sight: Sight, first: date, days: int) -> Floats:
    """Some futures of the forecast's joint paths, alike in chance: even steps from the lowest total to the highest."""
    paths = sight.foresight(sight.known, first, days)
    order = np.argsort(paths.sum(axis=(1, 2)), kind="stable")
    steps = (np.arange(sight.futures) + 0.5) / sight.futures * len(paths)
    return np.asarray(paths[order[steps.astype(int)]])


def forecast_at_share(sight: Sight, first: date, days: int) -> Floats:
    """The median of each ward's forecast, all brought to the level that the total exceeds in 1 - `share` of cases.

    Of the total, for quantiles of wards don't add: what is spare in one helps another.
    """
    paths = sight.foresight(sight.known, first, days)
    middle = np.median(paths, axis=0)
    level, total = np.quantile(paths.sum(axis=1), sight.share, axis=0), middle.sum(axis=0)
    return np.asarray(middle * np.divide(level, total, out=np.ones_like(level), where=total > 0))[None]


def level_kept(sight: Sight, first: date, days: int) -> Floats:
    """Halfway between the median of the forecast and the mean of the last weeks.

    Weeks ahead a forecast that runs on a trend errs more than one that holds the level; the mean of two forecasts is
    nearly always better than either (Bates and Granger 1969). On hospital450, forecasts thirty days ahead were 25
    patients too high in early 2022, the mean of the last weeks 7.
    """
    middle = replace(sight, share=0.5)
    return np.asarray((forecast_at_share(middle, first, days) + weeks_mean(sight, first, days)) / 2.0)


@dataclass(frozen=True, slots=True)
class Policy:
    """A way to plan: what it believes, whether it knows the future, and whether it decides only once, for all weeks.

    `rota` is what it believes when own shifts are told weeks ahead, where that is another. One that is `slow` is played
    only where it is asked for.
    """

    words: str
    belief: Belief
    rota: Belief | None = None
    knows_all: bool = False
    standing: bool = False
    slow: bool = False


POLICIES: Final[Mapping[str, Policy]] = {
    "ours": Policy("Wardwright", forecast_at_share, level_kept),
    "two_stage": Policy("Wardwright, in two stages", forecast_in_futures, level_kept, slow=True),
    "mean": Policy("mean of the last weeks", weeks_mean),
    "fixed": Policy("fixed establishment", weeks_mean, standing=True),
    "last_week": Policy("last week repeated", last_week),
    "clairvoyant": Policy("knowing all (nobody does)", what_came, knows_all=True),
}
"""Every policy of a replay, by name; all decide with the same program, levers and notices."""


def _mean(values: Floats) -> Floats:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
