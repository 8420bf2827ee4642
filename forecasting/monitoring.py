"""Past forecasts held against what came: do intervals hold, is there a bias, is it worth having, have inputs drifted?

The verdict is one for all series. All tests together are wrong in at most `WRONGLY` of cases in which nothing is amiss:
each has its share (Bonferroni). A bias counts only where it matters, drift only where it is wide by the index too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from forecasting.history import Floats
from forecasting.monitoring_record import Record, RecordedSeries
from forecasting.monitoring_tests import (
    Coverage,
    Drift,
    Mean,
    coverage,
    drift,
    effective_days,
    interval_scores,
    mean_of,
    naive_quantiles,
)

HELD: Final = (0.5, 0.8, 0.95)
"""Intervals that are judged: the share of days that each is to hold."""

WRONGLY: Final = 0.05
MATTERS: Final = 0.02
"""A bias smaller than this share of what came is no reason to learn anew."""

WIDE: Final = 0.25
"""A stability index above this is a drift, by the usual rule."""

LEAST_DRIFT: Final = 28
"""Days, of the past and of late, below which nothing is said of drift."""

FEW: Final = 14
"""Fewer days compared than this find only great faults."""

_TESTS: Final = len(HELD) + 3

Came = Mapping[date, float]
"""What came, by day."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One series: what its forecasts were worth.

    `bias` is forecast less what came, a day; `bias_share` the same as a share of what came. `wis` and `naive_wis` are
    mean interval scores of the forecast and of "as a week ago" on the same days, `behind` by how much the former is
    worse a day. `reasons` to learn anew; empty for none.
    """

    name: str
    days: int
    coverage: tuple[Coverage, ...]
    bias: Mean
    bias_share: float
    wis: float
    naive_wis: float
    behind: Mean
    drift: Drift
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """All series, over the days from `first` to `last`; `models` made the forecasts."""

    series: tuple[Watched, ...]
    models: tuple[str, ...]
    first: date
    last: date

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why to learn anew, each with the series that says so."""
        return tuple(f"{one.name}: {why}" for one in self.series for why in one.reasons)

    @property
    def retrain(self) -> bool:
        """Whether to learn anew."""
        return bool(self.reasons)

    @property
    def because(self) -> str:
        """The verdict in a sentence."""
        if self.retrain:
            return f"retrain: yes, because {'; '.join(self.reasons)}"
        days = min(one.days for one in self.series)
        few = f"; but {days} days are few, and only great faults show" if days < FEW else ""
        return f"retrain: no, because intervals hold and any bias is small, or may be chance{self._likeness}{few}"

    @property
    def _likeness(self) -> str:
        """What is to be said of inputs that give no reason to train anew."""
        if any(one.drift.psi > WIDE for one in self.series):
            return "; what comes looks unlike what was learned from, but that may be chance too"
        unseen = any(math.isnan(one.drift.psi) for one in self.series)
        return "" if unseen else ", and what comes is like what was learned from"


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Days on which something was both foreseen and came, of one series, in order: (n,), and (n, Q) quantiles."""

    actual: Floats
    mean: Floats
    quantiles: Floats
    naive: Floats


def watch(records: Sequence[Record], came: Mapping[str, Came]) -> Verdict | None:
    """Hold forecasts against what came, by series name; None where no day can be compared.

    A day that several records foresaw counts once for each.
    """
    ordered = sorted(records, key=lambda record: record.start)
    names = list(dict.fromkeys(one.name for record in ordered for one in record.series))
    found = [one for name in names if (one := _watched(name, ordered, came.get(name, {}))) is not None]
    if not found:
        return None
    share = WRONGLY / (_TESTS * len(found))
    judged = tuple(replace(one, reasons=tuple(_reasons(one, share))) for one in found)
    days = [day for record in ordered for one in record.series for day in _days(record, came.get(one.name, {}))]
    return Verdict(judged, tuple(dict.fromkeys(record.model for record in ordered)), min(days), max(days))


def _watched(name: str, records: Sequence[Record], came: Came) -> Watched | None:
    mine = [(record, one) for record in records for one in record.series if one.name == name]
    parts = [_compared(record, one, came) for record, one in mine]
    # all forecasts made by plans have the same levels
    levels = mine[0][0].levels
    actual, mean, quantiles, naive = (
        np.concatenate([getattr(part, key) for part in parts]) for key in ("actual", "mean", "quantiles", "naive")
    )
    if not len(actual):
        return None
    start, past = mine[0][0].start, mine[0][1].past
    recent = np.array([value for day, value in sorted(came.items()) if day >= start])
    bias, fair = mean_of(mean - actual), np.isfinite(naive).all(axis=1)
    ours, theirs = (interval_scores(actual[fair], each[fair], levels) for each in (quantiles, naive))
    worth, total = effective_days(actual - quantiles[:, _at(levels, 0.5)]), float(actual.mean())
    return Watched(
        name,
        len(actual),
        tuple(_coverage(actual, quantiles, levels, held, worth) for held in HELD),
        bias,
        bias.mean / total if total > 0 else math.nan,
        float(interval_scores(actual, quantiles, levels).mean()),
        float(theirs.mean()) if fair.any() else math.nan,
        mean_of(ours - theirs),
        drift(past, recent, LEAST_DRIFT),
    )


def _days(record: Record, came: Came) -> list[date]:
    """Days that were committed to and of which it is known what came."""
    days = (record.start + timedelta(days=at) for at in range(record.days))
    return [day for day in days if math.isfinite(came.get(day, math.nan))]


def _compared(record: Record, one: RecordedSeries, came: Came) -> _Compared:
    days = _days(record, came)
    at = np.array([(day - record.start).days for day in days], dtype=np.int64)
    naive = naive_quantiles(one.past, record.days, record.levels)
    return _Compared(np.array([came[day] for day in days]), one.mean[at], one.quantiles[at], naive[at])


def _coverage(actual: Floats, quantiles: Floats, levels: Floats, held: float, worth: float) -> Coverage:
    low, high = (quantiles[:, _at(levels, 0.5 + side * held / 2)] for side in (-1, 1))
    return coverage(actual, low, high, held, worth)


def _at(levels: Floats, level: float) -> int:
    return int(np.argmin(np.abs(levels - level)))


def _reasons(one: Watched, share: float) -> Iterator[str]:
    """Why to learn anew; `share` is how often each test may be wrong."""
    odd = [each for each in one.coverage if each.p_value < share]
    for worst in odd[:1]:
        how = "too narrow" if worst.share < worst.level else "too wide"
        yield f"intervals are {how} (that of {worst.level * 100:.0f} % held {worst.inside} of {worst.days} days)"
    if one.bias.p_value < share and abs(one.bias_share) >= MATTERS:
        yield f"forecasts are {abs(one.bias_share) * 100:.1f} % too {'high' if one.bias.mean > 0 else 'low'}"
    if one.behind.mean > 0 and one.behind.p_value < share:
        yield "a week ago foretells better"
    if one.drift.psi > WIDE and one.drift.p_value < share:
        yield f"what comes is unlike what was learned from (stability index {one.drift.psi:.2f})"
