"""Series of a kind: many or few patients a day, a year or more known or less. What forecasts one suits its like."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from forecasting.panel import Ints, Panel

FEW = 10.0
"""Patients a day below which chance outweighs any pattern."""

YEAR_DAYS = 365
"""Known days without which no time of year is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """The series `rows` (R,) of a panel that are alike, under a name that people read."""

    name: str
    rows: Ints


def kinds_of(panel: Panel) -> tuple[Kind, ...]:
    """The kinds of series in a panel, every series in one of them; a single kind is called after their number."""
    known = np.isfinite(panel.values).sum(axis=1)
    mean = np.nansum(panel.values, axis=1) / np.maximum(known, 1)
    few, short = mean < FEW, known < YEAR_DAYS
    split = [
        (is_few, is_short, np.flatnonzero((few == is_few) & (short == is_short)))
        for is_few, is_short in product((False, True), repeat=2)
    ]
    there = [one for one in split if len(one[2])]
    if len(there) == 1:
        return (Kind(counted(len(mean)), there[0][2]),)
    return tuple(Kind(_told(len(rows), is_few, is_short), rows) for is_few, is_short, rows in there)


def counted(count: int) -> str:
    """So many series in words."""
    return "1 series" if count == 1 else f"all {count} series"


def _told(count: int, is_few: bool, is_short: bool) -> str:
    size = f"under {FEW:.0f} a day" if is_few else f"{FEW:.0f} a day or more"
    known = "less than a year known" if is_short else "a year or more known"
    return f"{count} series of {size}, {known}"


def sampled(rows: Ints, most: int) -> Ints:
    """At most so many of the rows, spread evenly."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]
