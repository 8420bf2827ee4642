"""A history of occupied beds as a history of demand: full days replaced by what wanted to come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from forecasting.censoring import FULL, Wanted, wanted_beds
from forecasting.history import Floats, History
from forecasting.notes import CleaningNote


def uncapped(
    occupied: History,
    beds: History,
    *,
    waiting: History | None = None,
    outlying: History | None = None,
    before: date | None = None,
    full_at: float = FULL,
    seed: int = 0,
) -> History:
    """The demand behind `occupied` beds of `beds` open: with patients waiting and outlying where known, else estimated.

    A full day takes one draw from what demand may have been, not its mean, so that a forecast learns how demand varies;
    equal seeds give equal draws. Days from `before` on are neither learned from nor changed. Past days are estimated
    from days on both their sides, so that a back-test on the result flatters by the little that this tells.

    Raises:
        ForecastError: negative counts.
        TooLittleHistory: fewer than 14 days that were not full.
    """
    first = occupied.dates[0]
    past = occupied.dates if before is None else occupied.dates[occupied.dates < np.datetime64(before, "D")]
    if len(past) == 0:
        return occupied
    days = int((past[-1] - first).astype(int)) + 1
    extra = [None if one is None else _on_grid(one, first, days) for one in (waiting, outlying)]
    counts, open_beds = _on_grid(occupied, first, days), _on_grid(beds, first, days)
    found = wanted_beds(counts, open_beds, waiting=extra[0], outlying=extra[1], full_at=full_at)
    drawn = found.draws(1, np.random.default_rng(seed))[0]
    values = occupied.values.copy()
    values[: len(past)] = drawn[(past - first).astype(int)]
    return replace(occupied, values=values, notes=(*occupied.notes, *_notes(occupied, found)))


def _on_grid(history: History, first: np.datetime64, days: int) -> Floats:
    """Values (days,) from `first` on, NaN where none is known."""
    at = (history.dates - first).astype(int)
    inside = (at >= 0) & (at < days)
    values = np.full(days, np.nan)
    values[at[inside]] = history.values[inside]
    return values


def _notes(history: History, found: Wanted) -> tuple[CleaningNote, ...]:
    return tuple(CleaningNote(history.name, 1, 1, note) for note in found.notes)
