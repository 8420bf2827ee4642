"""Weekdays that a series never records: a clinic shut on Mondays, a count that nobody makes on Sundays.

Effects are coded against the week's mean, so what is known of six days would say something of the seventh that nobody
saw, and the mean of six days is not the mean of seven. Here such a series is put on its neighbours' footing first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from forecasting.history import Floats

CODED = 6
"""Columns of the calendar that say the weekday; Sunday is minus one in each."""

LEAST_PLAIN = 14
"""Days away from holidays that show which weekdays are recorded."""

NEVER = 1e9
"""Pull to nothing of a weekday that was never seen."""


def unseen_weekdays(rows: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which weekdays (S, 7), Monday first, each series never records; `known` (S, D) on calendar rows (D, K).

    Days about holidays are no proof of a weekday, unless a series hardly knows any other.
    """
    coded = rows[:, :CODED]
    day = np.where(coded.max(axis=1) > 0, coded.argmax(axis=1), CODED)
    proof = np.stack([one & _plain(rows, one) for one in known])
    return ~np.stack([proof[:, day == one].any(axis=1) for one in range(CODED + 1)], axis=1)


def plain_days(rows: Floats) -> NDArray[np.bool_]:
    """Which of the calendar rows (D, K) are away from holidays; all where those are hardly any."""
    return _plain(rows, np.ones(len(rows), dtype=bool))


def _plain(rows: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    plain = ~(rows[:, CODED:] != 0).any(axis=1)
    return plain if (plain & known).sum() >= LEAST_PLAIN else np.ones(len(rows), dtype=bool)


def pull(penalty: Floats, unseen: NDArray[np.bool_]) -> Floats:
    """The penalty (K,) by column, so strong for weekdays (7,) never seen that nothing is said of them."""
    strong = penalty.copy()
    strong[:CODED][unseen[:CODED]] = NEVER
    return strong


def rebased(ratio: Floats, rows: Floats, common: Callable[[Floats], Floats]) -> Floats:
    """Ratios (S, D) to a level of whole weeks, also for series that lack weekdays which others record.

    `common` finds the slopes (K,) that series share; they say how far the recorded weekdays lie from the whole week.
    """
    known = np.isfinite(ratio)
    unseen = unseen_weekdays(rows, known)
    lacking = unseen.any(axis=1) & known.any(axis=1)
    if not lacking.any() or unseen.all(axis=0).any():
        return ratio
    whole = ~lacking & known.any(axis=1)
    effect = rows[:, :CODED] @ common(ratio[whole] if whole.any() else ratio)[:CODED]
    count = np.maximum(known.sum(axis=1), 1)
    offset = np.where(lacking, np.where(known, effect, 0.0).sum(axis=1) / count, 0.0)
    return np.asarray((1.0 + ratio) * (1.0 + offset[:, None]) - 1.0)
