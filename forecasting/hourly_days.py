"""An hourly or shift series as days by slots, and the daily series of its totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.errors import UnusableHistory
from forecasting.history import Days, Floats, History
from forecasting.hourly_profiles import Profile
from forecasting.recording import Recording

LEAST_SHARE = 0.5
"""A day's total is told from its known slots when by its profile at least this share of it falls into them."""


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Values (D, P) of P slots on each of D days in a row from `dates` (D,), NaN where unknown; `whole`: all counts."""

    dates: Days
    values: Floats

    @property
    def whole(self) -> bool:
        """Whether every known value is a whole number."""
        known = self.values[np.isfinite(self.values)]
        return bool((known == np.rint(known)).all())


def slots_of(recording: Recording, start: date) -> Slots:
    """The slots of the days before `start`.

    Raises:
        UnusableHistory: no value lies before `start`.
    """
    days = recording.times.astype("datetime64[D]")
    before = (days < np.datetime64(start, "D")) & np.isfinite(recording.values)
    if not before.any():
        raise UnusableHistory(recording.name, 1, 1, f"no value before {start}")
    first, last = days[before][0], days[before][-1]
    starts = np.array(recording.step.starts)
    values = np.full((int((last - first).astype(int)) + 1, len(starts)), np.nan)
    minute = (recording.times[before] - days[before]).astype("timedelta64[m]").astype(int)
    values[(days[before] - first).astype(int), np.searchsorted(starts, minute)] = recording.values[before]
    return Slots(first + np.arange(len(values)), values)


def day_history(slots: Slots, recording: Recording, profile: Profile) -> History:
    """The daily series of totals; slots that are missing (one is, where the clocks go forward) follow the profile."""
    known = np.isfinite(slots.values)
    share = np.where(known, profile.of_days, 0.0).sum(axis=1)
    total = np.where(known, slots.values, 0.0).sum(axis=1)
    totals = np.where(share >= LEAST_SHARE, total / np.maximum(share, LEAST_SHARE), np.nan)
    return History(
        name=recording.name,
        dates=slots.dates,
        values=totals,
        pieces=tuple((first.date(), last.date()) for first, last in recording.pieces),
        notes=recording.notes,
        usable_days=int(np.isfinite(totals).sum()),
    )
