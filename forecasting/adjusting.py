"""Calendar effects of many series: what all share first, then what is each one's own.

Effects are shares of the level, learned by ridge from the ratio to a centred mean of whole weeks (multiplicative
adjustment by regression, Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 7.4). A hospital
with six weeks of history has no Christmas of its own to learn from; its neighbours have.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecasting.calendars import AROUND_WEEKS, HOLIDAY_PENALTY, WEEKDAY_PENALTY, WEEKDAYS, winsorised
from forecasting.history import Floats
from forecasting.linear import ridge_solve
from forecasting.panel import Panel, centred_mean
from forecasting.weekdays import plain_days, pull, rebased, unseen_weekdays

OWN_TIMES = 3.0
"""How much harder a series' own effects are pulled to the shared ones than those to nothing."""

OWN_HALF_LIFE = 120
"""Days after which a day counts half for a series' own effects: weekday patterns drift."""

LOWEST_EFFECT = -0.8
LEAST_DAYS = 14


def shared_slopes(panel: Panel) -> Floats:
    """Each series' effect of each calendar column (S, K); 0 where nothing could be learned."""
    ratio = _ratios(panel.values)
    known = np.isfinite(ratio)
    if not known.any():
        return np.zeros((len(ratio), panel.calendar.shape[1]))
    rows = panel.calendar[: panel.days]
    penalty = np.where(np.arange(rows.shape[1]) < WEEKDAYS, WEEKDAY_PENALTY, HOLIDAY_PENALTY)
    penalty = pull(penalty, unseen_weekdays(rows, np.asarray(known.any(axis=0))[None])[0])
    ratio = rebased(ratio, rows, lambda whole: _common_slopes(rows, whole, penalty))
    festive = (rows[:, WEEKDAYS:] != 0).any(axis=1)
    shared = np.zeros(rows.shape[1])
    for _ in range(2):  # outliers are pulled in about the first fit
        pulled = _pulled(ratio, rows @ shared, festive)
        shared = _common_slopes(rows, pulled, penalty)
    own = _own_slopes(rows, pulled - rows @ shared, penalty * OWN_TIMES)
    return np.asarray(shared + own)


def effects_of(slopes: Floats, calendar: Floats) -> Floats:
    """Effects (S, D) of calendar rows (D, K), whichever days they are of, under slopes (S, K)."""
    return np.asarray(np.maximum(slopes @ calendar.T, LOWEST_EFFECT))


def _ratios(values: Floats) -> Floats:
    """Values over their centred mean, less one; NaN where either is unknown or a series has under two weeks."""
    around = centred_mean(values, AROUND_WEEKS)
    ratio = np.divide(values, around, out=np.full_like(values, np.nan), where=around > 0) - 1.0
    ratio[np.isfinite(ratio).sum(axis=1) < LEAST_DAYS] = np.nan
    return ratio


def _pulled(ratio: Floats, usual: Floats, festive: NDArray[np.bool_]) -> Floats:
    """Ratios (S, D) with outliers about `usual` (D,) pulled in, but not on festive days: so few all look like them."""
    seen = np.isfinite(ratio).any(axis=1)
    pulled = ratio.copy()
    pulled[seen] = usual + winsorised((ratio[seen] - usual).T).T
    return np.where(festive, ratio, pulled)


def _common_slopes(rows: Floats, ratio: Floats, penalty: Floats) -> Floats:
    """Slopes (K,) of all series together, steadier series counting more; one ridge on each day's weighted mean."""
    known = np.isfinite(ratio)
    live = known.any(axis=1)
    spread = np.maximum(np.nanstd(ratio[live], axis=1), 1e-3)
    trust = np.median(spread) ** 2 / spread**2
    weight = known[live].T @ trust
    total = np.where(known[live], ratio[live], 0.0).T @ trust
    root = np.sqrt(weight)
    mean = total / np.maximum(weight, 1e-12)
    slopes, _ = ridge_solve(rows * root[:, None], (mean * root)[:, None], penalty, centred=False)
    return slopes[:, 0]


def _own_slopes(rows: Floats, beyond: Floats, penalty: Floats) -> Floats:
    """Slopes (S, K) of what each series does beyond the shared effects; series known on equal days share one solve."""
    known = np.isfinite(beyond)
    age = beyond.shape[1] - 1 - np.arange(beyond.shape[1])
    root = np.sqrt(0.5 ** (age / OWN_HALF_LIFE))[:, None]
    slopes = np.zeros((len(beyond), rows.shape[1]))
    _, kind = np.unique(np.packbits(known, axis=1), axis=0, return_inverse=True)
    for one in range(int(kind.max()) + 1):
        group = np.flatnonzero(kind.reshape(-1) == one)
        days = known[group[0]]
        if days.any():
            slopes[group] = _kind_slopes(rows[days], beyond[group][:, days].T, root[days], penalty)
    return slopes


def _kind_slopes(rows: Floats, beyond: Floats, root: Floats, penalty: Floats) -> Floats:
    """Slopes (G, K) of series known on equal days: `rows` (D, K), `beyond` (D, G), `root` (D, 1) of the weights.

    Where a weekday was never seen a free constant takes up what all days have in common, and a holiday, which may count
    as that weekday, teaches nothing.
    """
    unseen = unseen_weekdays(rows, np.ones((1, len(rows)), dtype=bool))[0]
    if unseen.any():
        plain = plain_days(rows)
        rows = np.column_stack([rows, np.ones(len(rows))])[plain]
        beyond, root, penalty = beyond[plain], root[plain], np.append(pull(penalty, unseen), 0.0)
    solved, _ = ridge_solve(rows * root, beyond * root, penalty, centred=False)
    return np.asarray(solved.T[:, : rows.shape[1] - int(unseen.any())])
