"""One series' outlook: expected values from its last known day, and what the same method missed in the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.calendars import calendar_rows
from forecasting.errors import TooLittleHistory
from forecasting.forecasters import new_forecaster
from forecasting.history import Days, Floats, History
from forecasting.intervals import PastErrors, error_table, marginal, past_errors, usual_change
from forecasting.panel import Ints, Panel, panel_grid
from forecasting.scores import Scores, scored

STAND_IN = "weekday_mean"
"""What forecasts where the chosen forecaster has too little to learn from: it needs nothing but two weeks."""

MOST_SCORED = 30
"""Past starts that `past_scores` looks at, spread evenly: enough to judge, quick to make."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """Expected values `point` (T,), the `scale` of its errors, and past errors of one series.

    `starts` (C,), `actual` and `expected` (C, T) and `scaled` (C, T) are as in `PastErrors`; `lead` is the number of
    days between the last known day and the first one forecast; `past` (D,) the past day by day.
    """

    point: Floats
    scale: float
    starts: Days
    actual: Floats
    expected: Floats
    scales: Floats
    lead: int
    past: Floats
    forecaster: str
    note: str

    @property
    def scaled(self) -> Floats:
        """Past errors (C, T) over the usual change at their origin."""
        return np.asarray((self.actual - self.expected) / self.scales[:, None])


def outlooks(
    histories: Sequence[History], *, start: date, days: int, forecaster: str, place: tuple[str | None, str | None]
) -> list[Outlook]:
    """The outlook of each history (cut before `start`), learned together by those that end on the same day."""
    found: dict[int, Outlook] = {}
    ends = [history.dates[-1] for history in histories]
    for last in sorted(set(ends)):
        group = [at for at, end in enumerate(ends) if end == last]
        first, grid = panel_grid([histories[at] for at in group], last)
        lead = int((np.datetime64(start, "D") - last).astype(int)) - 1
        dates = first + np.arange(grid.shape[1] + lead + days)
        panel = Panel(first, grid, calendar_rows(dates, *place))
        names = [histories[at].name for at in group]
        seen = _learned(panel, names, np.arange(lead + 1, lead + days + 1), forecaster)
        found.update(zip(group, seen, strict=True))
    return [found[at] for at in range(len(histories))]


def _learned(panel: Panel, names: list[str], horizons: Ints, name: str) -> list[Outlook]:
    """Outlooks from one panel; where it is too little, each series by itself, and at last the stand-in."""
    try:
        return _outlooks(panel, horizons, name, "")
    except TooLittleHistory as error:
        if len(names) == 1:
            note = f"{names[0]}: {error}; the weekday mean stands in"
            return _outlooks(panel, horizons, STAND_IN, note)
    alone = [Panel(panel.first, panel.values[at : at + 1], panel.calendar) for at in range(len(names))]
    return [_learned(one, [who], horizons, name)[0] for one, who in zip(alone, names, strict=True)]


def _outlooks(panel: Panel, horizons: Ints, name: str, note: str) -> list[Outlook]:
    """Fit, forecast from the panel's last day, and look back; errors are the stand-in's where there are none."""
    fitted = new_forecaster(name).fit(panel, horizons)
    point = fitted.predict(panel, np.array([panel.days - 1]))[:, 0]
    missed = past_errors(lambda: new_forecaster(name), panel, horizons)
    if not len(missed.starts):
        missed = past_errors(lambda: new_forecaster(STAND_IN), panel, horizons)
    scale = usual_change(panel)[:, -1]
    return [_outlook(at, point, scale, missed, panel, int(horizons[0]) - 1, (name, note)) for at in range(len(point))]


def _outlook(
    at: int, point: Floats, scale: Floats, missed: PastErrors, panel: Panel, lead: int, said: tuple[str, str]
) -> Outlook:
    """The outlook of series `at` of a panel."""
    return Outlook(
        point=point[at],
        scale=float(scale[at]),
        starts=missed.starts,
        actual=missed.actual[at],
        expected=missed.expected[at],
        scales=missed.scale[at],
        lead=lead,
        past=panel.values[at],
        forecaster=said[0],
        note=said[1],
    )


def past_scores(outlook: Outlook, levels: Floats) -> Scores | None:
    """Scores of past forecasts, their intervals made only from errors known at the time; None where there are none."""
    days = len(outlook.point)
    known = outlook.starts - (days + outlook.lead)
    earlier = np.searchsorted(outlook.starts, known, side="right")
    fit = np.flatnonzero((earlier >= 2 * days) & np.isfinite(outlook.actual).any(axis=1))
    if len(fit) == 0:
        return None
    chosen = fit[np.unique(np.linspace(0, len(fit) - 1, MOST_SCORED).astype(int))]
    shares = np.broadcast_to(levels, (days, len(levels)))
    quantiles = [
        marginal(outlook.expected[at], float(outlook.scales[at]), error_table(outlook.scaled[: earlier[at]]), shares)
        for at in chosen
    ]
    return scored(outlook.actual[chosen], outlook.expected[chosen], np.stack(quantiles), levels, outlook.past)
