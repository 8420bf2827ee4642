"""The figures of one series: how many, how much, how far apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from forecasting.recording import Recording


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures over the known values; `missing` counts slots inside the pieces without one.

    `dispersion` is the variance over the mean: 1 for patients who come independently of one another, None for a mean
    of 0. `sd` divides by n - 1 and is 0 for one value.
    """

    count: int
    missing: int
    pieces: int
    first: datetime
    last: datetime
    mean: float
    sd: float
    least: float
    least_at: datetime
    quarter: float
    median: float
    three_quarters: float
    most: float
    most_at: datetime
    dispersion: float | None


def figures(recording: Recording) -> Figures:
    """The figures of a recording; extremes at their first time."""
    known = np.flatnonzero(np.isfinite(recording.values))
    values, times = recording.values[known], recording.times[known]
    quarter, median, three_quarters = (float(value) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    mean, sd = float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0
    low, high = int(values.argmin()), int(values.argmax())
    return Figures(
        count=len(values),
        missing=len(recording.values) - len(values),
        pieces=len(recording.pieces),
        first=times[0].item(),
        last=times[-1].item(),
        mean=mean,
        sd=sd,
        least=float(values[low]),
        least_at=times[low].item(),
        quarter=quarter,
        median=median,
        three_quarters=three_quarters,
        most=float(values[high]),
        most_at=times[high].item(),
        dispersion=sd * sd / mean if mean > 0 else None,
    )
