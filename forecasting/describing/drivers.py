"""What drives demand: chi-squared tests of independence between a factor and how high demand was.

Demand is low, usual or high by thirds. For weekday, holiday and hour it is set off against the weeks around; the month
is tested on weekly means, since days next to one another are alike and would count many times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.describing.links import holm
from forecasting.describing.rhythms import MONTHS, WEEKDAYS, unusual
from forecasting.describing.views import Daily, Floats, Ints
from forecasting.recording import Recording

LEAST_EXPECTED: Final = 5.0
"""Cochran's rule: at most a fifth of the cells may expect fewer than this."""

LEAST_ROW: Final = 15
"""A level seen more seldom is left out of its test."""

LEAST_DAYS: Final = 42
SURE: Final = 0.05
STRENGTHS: Final = ((0.4, "strongly"), (0.2, "clearly"), (0.1, "a little"), (0.0, "hardly"))
"""Words for Cramer's V, from this value on."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A factor tested against low, usual and high demand over `count` days (hours, weeks).

    `v` is Cramer's V from 0 to 1, `corrected` Holm's p over the factors tested together; `untested` says why there is
    no test, and then the figures are None.
    """

    factor: str
    count: int
    chi2: float | None = None
    freedom: int | None = None
    p: float | None = None
    corrected: float | None = None
    v: float | None = None
    untested: str = ""

    @property
    def sure(self) -> bool:
        """Whether chance alone would hardly show so much."""
        return self.corrected is not None and self.corrected < SURE

    @property
    def drives(self) -> bool:
        """Whether demand depends on the factor by this test, and not just hardly."""
        return self.sure and (self.v or 0.0) >= STRENGTHS[-2][0]

    @property
    def strength(self) -> str:
        """Cramer's V in a word."""
        return next(word for least, word in STRENGTHS if (self.v or 0.0) >= least)


def drivers(
    recording: Recording, days: Daily, free: list[np.datetime64], covariates: Mapping[str, Floats]
) -> tuple[Driver, ...]:
    """Every factor tested, the strongest first: `free` are public holidays, `covariates` by day as `days.dates`."""
    found = [_by_season(days)]
    if recording.step.days == 1:
        found.append(_independent("weekday", days.weekday, days.ratio, len(WEEKDAYS)))
    if free:
        found.append(_independent("public holidays", np.isin(days.dates, free).astype(np.int64), unusual(days), 2))
    if len(recording.step.starts) > 1:
        found.append(_by_hour(recording))
    for name, values in covariates.items():
        found.append(_independent(name, _groups(values), unusual(days), 3))
    tested = [one for one in found if one.p is not None]
    for one, p in zip(tested, holm([one.p or 0.0 for one in tested]), strict=True):
        found[found.index(one)] = replace(one, corrected=p)
    return tuple(sorted(found, key=lambda one: -(one.v or 0.0)))


def _by_season(days: Daily) -> Driver:
    """The months against the weeks' means, or the quarters from December on where months are seen too seldom."""
    weekly = _weekly(days)
    found = _independent("month", days.month - 1, weekly, len(MONTHS), "weeks")
    return found if found.v is not None else _independent("season", days.month % 12 // 3, weekly, 4, "weeks")


def _weekly(days: Daily) -> Floats:
    """The mean of each week, on its Thursday (or its only day); NaN on all others."""
    week = (days.dates.astype(np.int64) + 3) // 7
    known = np.isfinite(days.values)
    week -= week[0]
    count = np.bincount(week, weights=known)
    mean = np.bincount(week, weights=np.where(known, days.values, 0.0)) / np.maximum(count, 1)
    _, place = np.unique(np.where(known, week, -1), return_index=True)
    once = np.zeros(len(week), dtype=bool)
    once[place] = True
    return np.where(once & known, mean[week], np.nan)


def _by_hour(recording: Recording) -> Driver:
    """The hour or shift, against the height of demand over the whole record."""
    starts = np.array(recording.step.starts)
    at = np.searchsorted(starts, recording.times.astype(np.int64) % (24 * 60))
    return _independent("hour" if len(starts) >= 12 else "shift", at, recording.values, len(starts))


def _groups(values: Floats) -> Ints:
    """A covariate as low, middle, high by thirds, or its two values; -1 where it is unknown."""
    known = np.isfinite(values)
    distinct = np.unique(values[known])
    cuts = distinct[1:] - 1e-12 if len(distinct) <= 3 else np.quantile(values[known], (1 / 3, 2 / 3))
    found = np.searchsorted(cuts, np.where(known, values, 0.0), side="right")
    return np.asarray(np.where(known, found, -1), dtype=np.int64)


def _independent(factor: str, level: Ints, demand: Floats, levels: int, told: str = "values") -> Driver:
    """One factor (an index below `levels`, -1 unknown) tested against demand by thirds; `told` names its values."""
    from scipy import stats

    known = np.isfinite(demand) & (level >= 0)
    count = int(known.sum())
    if count < LEAST_DAYS:
        return Driver(factor, count, untested=f"it needs {LEAST_DAYS} {told} and has {count}")
    table = _table(level[known], demand[known], levels)
    if min(table.shape) < 2:
        return Driver(factor, count, untested="seen too seldom" if len(table) < 2 else "demand hardly changes")
    result = stats.contingency.chi2_contingency(table, correction=False)
    if (result.expected_freq < LEAST_EXPECTED).mean() > 0.2:
        return Driver(factor, count, untested="seen too seldom for a test")
    v = float(stats.contingency.association(table, method="cramer", correction=False))
    return Driver(factor, count, float(result.statistic), int(result.dof), float(result.pvalue), None, v)


def _table(level: Ints, demand: Floats, levels: int) -> NDArray[np.int64]:
    """Counts by level and third of demand, without thirds that never came and levels that came too seldom."""
    cuts = np.quantile(demand, (1 / 3, 2 / 3))
    third = np.searchsorted(cuts, demand)
    table = np.bincount(level * 3 + third, minlength=levels * 3).reshape(-1, 3)
    return np.asarray(table[:, table.sum(axis=0) > 0][table.sum(axis=1) >= LEAST_ROW])
