"""What of a history may be read at all, and what a reader should know about how far it reaches."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from forecasting.errors import UnusableHistory
from forecasting.history import LEAST_DAYS, History


def before(history: History, start: date) -> History:
    """The history's days before `start`, up to its last known value.

    Raises:
        UnusableHistory: fewer than `LEAST_DAYS` of them have values.
    """
    known = np.flatnonzero(np.isfinite(history.values) & (history.dates < np.datetime64(start, "D")))
    if len(known) < LEAST_DAYS:
        message = f"{len(known)} usable days before {start}, but at least {LEAST_DAYS} are needed"
        raise UnusableHistory(history.name, 1, 1, message)
    end = int(known[-1]) + 1
    last = history.dates[end - 1].item()
    pieces = tuple((first, min(stop, last)) for first, stop in history.pieces if first <= last)
    return replace(
        history, dates=history.dates[:end], values=history.values[:end], pieces=pieces, usable_days=len(known)
    )


def notes_on(whole: History, cut: History, start: date, days: int) -> Iterator[str]:
    """Days ignored because they lie on or after the start, a gap before it, and months never seen."""
    ignored = whole.usable_days - cut.usable_days
    if ignored:
        yield f"{whole.name}: {ignored} days of history on or after {start} are ignored"
    last = cut.dates[-1].item()
    gap = (start - last).days - 1
    if gap:
        yield f"{whole.name}: history ends on {last}, {gap} days before {start}; the days between are forecast too"
    known = cut.dates[np.isfinite(cut.values)]
    covered = set((known.astype("datetime64[M]").astype(int) % 12 + 1).tolist())
    asked = [(start + timedelta(days=ahead)).month for ahead in range(days)]
    unseen = [month_name[month] for month in dict.fromkeys(asked) if month not in covered]
    if unseen:
        yield f"{whole.name}: no history covers {', '.join(unseen)}; the level of {last} is carried on"
