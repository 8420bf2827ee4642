"""A recording seen as statistics want it: one value a day, set off against the weeks around it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecasting.levels import FAR
from forecasting.panel import centred_mean
from forecasting.recording import Recording

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AROUND = 35
"""Days of the centred mean that a day is set off against: whole weeks, so that weekdays cancel."""

KNOWN_SHARE = 0.75
"""A day of which a smaller share of the slots is known has no value."""


@dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """One value a day: `dates` (D,) without gaps, `values` (D,) a day's total and `ratio` to the weeks around, less 1.

    `weekday` (D,) counts from Monday, `month` (D,) from 1. A weekly series has a value a week, at the week's first day.
    """

    dates: Days
    values: Floats
    ratio: Floats

    @property
    def weekday(self) -> Ints:
        """0 for Monday to 6 for Sunday."""
        return np.asarray((self.dates.astype(np.int64) + 3) % 7)

    @property
    def month(self) -> Ints:
        """1 for January to 12 for December."""
        return np.asarray(self.dates.astype("datetime64[M]").astype(np.int64) % 12 + 1)


def without_outliers(recording: Recording) -> Recording:
    """The recording without values suspected to be outliers: one wrong day would colour a weekday or a month."""
    suspected = [fault.line for fault in recording.faults if fault.kind == FAR]
    return replace(recording, values=np.where(np.isin(recording.lines, suspected), np.nan, recording.values))


def daily(recording: Recording) -> Daily:
    """The recording by day: slots of a day summed where enough of them are known, brought to the whole day."""
    days = recording.times.astype("datetime64[D]")
    first = days[0]
    at = (days - first).astype(np.int64)
    known = np.isfinite(recording.values)
    count = np.bincount(at, weights=known)
    total = np.bincount(at, weights=np.where(known, recording.values, 0.0))
    slots = len(recording.step.starts)
    enough = count >= KNOWN_SHARE * slots
    values = np.where(enough, total / np.maximum(count, 1) * slots, np.nan)
    around = centred_mean(values[None, :], AROUND if recording.step.days == 1 else 9 * 7)[0]
    ratio = np.divide(values, around, out=np.full_like(values, np.nan), where=around > 0) - 1.0
    return Daily(first + np.arange(len(values)), values, ratio)
