"""Many series on one picture: each small, by day, on an axis of its own."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.describing.pictures import INK, SETTINGS, SOFT
from forecasting.describing.time_axis import TimeAxis
from forecasting.describing.views import daily, without_outliers
from forecasting.panel import centred_mean
from forecasting.recording import Recording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS: Final = 3
MOST_LETTERS: Final = 34
WIDTH, ROW = 10.0, 1.35
"""Inches of the whole and of a row."""


def overview(recordings: Sequence[Recording]) -> bytes:
    """An SVG image of some series beside one another, without what is suspected to be wrong."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({**SETTINGS, "font.size": 8, "axes.titlesize": 9}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
        rows = -(-len(recordings) // COLUMNS)
        figure = Figure(layout="constrained", figsize=(WIDTH, ROW * rows))
        for at, recording in enumerate(recordings):
            axes = figure.add_subplot(rows, COLUMNS, at + 1)
            _draw(axes, recording)
        data = io.BytesIO()
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()


def _draw(axes: Axes, recording: Recording) -> None:
    """The values by day (week) with the mean of the weeks around; the first and last month named."""
    days, weekly = daily(without_outliers(recording)), recording.step.days > 1
    known = np.isfinite(days.values)
    axes.set_title(recording.name if len(recording.name) <= MOST_LETTERS else f"{recording.name[: MOST_LETTERS - 1]}…")
    if not known.any():
        return
    axis = TimeAxis.of(days.dates, known)
    shown = known if weekly else np.ones(len(known), dtype=bool)
    axes.plot(axis.places[shown], days.values[shown], color=SOFT, linewidth=0.6)
    around = centred_mean(days.values[None, :], 63 if weekly else 35)[0]
    axes.plot(axis.places, np.where(known, around, np.nan), color=INK, linewidth=1.1)
    axis.label(axes, most=2)
    axes.locator_params(axis="y", nbins=3)
    axes.set_ylim(bottom=0 if np.nanmin(days.values) >= 0 else None)
    axes.margins(x=0.02)
