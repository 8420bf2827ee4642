"""How a series goes with its own past, with other series, and with what may explain it.

Correlations are of what is unusual about a day (its weeks and weekday taken out), because two series with a winter each
are alike without knowing of one another. Days are not independent: p-values count the effective number of days (Pyper
and Peterman, Comparison of methods to account for autocorrelation in correlation analyses of fish data, 1998).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from forecasting.describing.views import Floats

LONGEST_LEAD: Final = 14
"""Days that one series may run ahead of another."""

LEAST_PAIRS: Final = 28
LAGS: Final = (1, 2, 7, 14, 28, 364)


@dataclass(frozen=True, slots=True)
class Echo:
    """The correlation of a series with itself `lag` days (weeks for a weekly series) before, as it stands."""

    lag: int
    correlation: float


@dataclass(frozen=True, slots=True)
class Link:
    """How another series goes with this one `lead` days later; `corrected` is Holm's p over all leads and series.

    `plain` is the correlation of the values as they stand, on the same day.
    """

    other: str
    lead: int
    correlation: float
    plain: float
    p: float
    corrected: float
    days: int


def echoes(values: Floats, lags: Sequence[int] = LAGS) -> tuple[Echo, ...]:
    """Autocorrelations at the lags that the series is long enough to show."""
    found = []
    for lag in lags:
        if lag < len(values):
            correlation, count = correlated(values[:-lag], values[lag:])
            if count >= LEAST_PAIRS:
                found.append(Echo(lag, correlation))
    return tuple(found)


def correlated(one: Floats, other: Floats) -> tuple[float, int]:
    """Pearson's correlation over the days that both know, and their number; 0 where either is constant."""
    both = np.isfinite(one) & np.isfinite(other)
    count = int(both.sum())
    if count < 3 or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return 0.0, count
    return float(np.corrcoef(one[both], other[both])[0, 1]), count


def links(mine: tuple[Floats, Floats], others: Mapping[str, tuple[Floats, Floats]]) -> tuple[Link, ...]:
    """The strongest lead of each other series, the clearest first; each is (unusual, values) on the same days."""
    tried = [
        replace(found, other=name, plain=correlated(mine[1], values)[0])
        for name, (strange, values) in others.items()
        for lead in range(LONGEST_LEAD + 1)
        if (found := _at(mine[0], strange, lead)) is not None
    ]
    corrected = holm([link.p for link in tried])
    tried = [replace(link, corrected=p) for link, p in zip(tried, corrected, strict=True)]
    best: dict[str, Link] = {}
    for link in tried:
        if link.other not in best or abs(link.correlation) > abs(best[link.other].correlation):
            best[link.other] = link
    return tuple(sorted(best.values(), key=lambda link: (link.corrected >= 0.05, -abs(link.correlation))))


def _at(mine: Floats, other: Floats, lead: int) -> Link | None:
    """The correlation of `other` with `mine` so many days later; None where too few days tell."""
    from scipy import stats

    late, early = mine[lead:], other[: len(other) - lead]
    correlation, count = correlated(late, early)
    if count < LEAST_PAIRS:
        return None
    free = max(_effective(late, early, count) - 2, 1.0)
    strength = min(abs(correlation), 1 - 1e-12)
    p = float(2 * stats.t.sf(strength * (free / (1 - strength**2)) ** 0.5, free))
    return Link("", lead, correlation, 0.0, p, p, count)


def _effective(one: Floats, other: Floats, count: int) -> float:
    """The number of independent days that would tell as much: n / (1 + 2 sum of r r' (n - k) / n), to lag n / 5."""
    total = 1.0
    for lag in range(1, min(count // 5, LONGEST_LEAD) + 1):
        product = correlated(one[:-lag], one[lag:])[0] * correlated(other[:-lag], other[lag:])[0]
        total += 2 * product * (count - lag) / count
    return min(float(count), count / max(total, 1e-9))


def holm(p: Sequence[float]) -> list[float]:
    """P-values corrected for their number (Holm, A simple sequentially rejective multiple test procedure, 1979)."""
    order = np.argsort(p, kind="stable")
    scaled = np.minimum(np.asarray(p, dtype=np.float64)[order] * np.arange(len(p), 0, -1), 1.0)
    corrected = np.empty(len(p))
    corrected[order] = np.maximum.accumulate(scaled) if len(p) else scaled
    return corrected.tolist()
