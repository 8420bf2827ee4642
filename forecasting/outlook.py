"""One series' outlook: expected values from its last known day, and what the same method missed in the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.calendars import calendar_rows
from forecasting.conformal import shared_doubt
from forecasting.errors import TooLittleHistory
from forecasting.forecasters import Pooled, new_forecaster
from forecasting.history import Days, Floats, History
from forecasting.intervals import LEAST_ERRORS, PastErrors, error_scale, error_table, is_thin, marginal, past_errors
from forecasting.panel import Ints, Panel, panel_grid
from forecasting.scores import Scores, scored

STAND_IN = "weekday_mean"
"""What forecasts where the chosen forecaster has too little to learn from: it needs nothing but two weeks."""

MOST_SCORED = 30
"""Past starts that `past_scores` looks at, spread evenly: enough to judge, quick to make."""

MOST_SHARING = 48
"""Series whose errors are pooled to score the past of one."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """Expected values `point` (T,) of one series, and the doubt about them.

    An error of the `table`, sorted by day ahead, counts `scale` in the series' units. `missed` holds the past errors of
    all series learned together, this one's in row `at`; `lead` is the number of days between the last known day and the
    first one forecast; `past` (D,) the past day by day; `thin` tells that intervals are partly assumed.
    """

    point: Floats
    scale: float
    table: list[Floats]
    missed: PastErrors
    at: int
    shared: bool
    thin: bool
    lead: int
    past: Floats
    forecaster: str
    note: str

    @property
    def starts(self) -> Days:
        """First day (C,) of each past forecast."""
        return self.missed.starts

    @property
    def scaled(self) -> Floats:
        """Past errors (C, T) over the usual change at their origin."""
        return np.asarray(
            (self.missed.actual[self.at] - self.missed.expected[self.at]) / self.missed.scale[self.at][:, None]
        )


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
    last = np.array([panel.days - 1])
    point, scale = fitted.predict(panel, last)[:, 0], error_scale(fitted, panel, last)[:, 0]
    missed = past_errors(lambda: new_forecaster(name), panel, horizons)
    shared = isinstance(fitted, Pooled) and len(missed.starts) > 0
    if not len(missed.starts):
        missed = past_errors(lambda: new_forecaster(STAND_IN), panel, horizons)
    tables, factors, thin = _doubt(missed.scaled, shared=shared)
    return [
        Outlook(
            point=point[at],
            scale=float(scale[at] * factors[at]),
            table=tables[at],
            missed=missed,
            at=at,
            shared=shared,
            thin=thin[at],
            lead=int(horizons[0]) - 1,
            past=panel.values[at],
            forecaster=name,
            note=note,
        )
        for at in range(len(point))
    ]


def _doubt(scaled: Floats, *, shared: bool) -> tuple[list[list[Floats]], Floats, list[bool]]:
    """Error tables, factors (S,) and whether they are thin, by series, from errors (S, C, T)."""
    if not shared:
        return [error_table(one) for one in scaled], np.ones(len(scaled)), [is_thin(one) for one in scaled]
    doubt = shared_doubt(scaled)
    thin = bool(np.isfinite(scaled).any(axis=0).sum(axis=0).min() < LEAST_ERRORS)
    return [doubt.tables] * len(scaled), doubt.factors, [thin] * len(scaled)


def past_scores(outlook: Outlook, levels: Floats) -> Scores | None:
    """Scores of past forecasts, their intervals made only from errors known at the time; None where there are none."""
    days = len(outlook.point)
    missed, at = outlook.missed, outlook.at
    known = outlook.starts - (days + outlook.lead)
    earlier = np.searchsorted(outlook.starts, known, side="right")
    long_ago = (
        outlook.starts - outlook.starts[:1] >= 3 * days + outlook.lead if len(earlier) else np.zeros(0, dtype=bool)
    )
    fit = np.flatnonzero(long_ago & (earlier >= 2) & np.isfinite(missed.actual[at]).any(axis=1))
    if len(fit) == 0:
        return None
    chosen = fit[np.unique(np.linspace(0, len(fit) - 1, MOST_SCORED).astype(int))]
    quantiles = np.stack([_dressed_past(outlook, int(one), int(earlier[one]), levels) for one in chosen])
    return scored(missed.actual[at, chosen], missed.expected[at, chosen], quantiles, levels, outlook.past)


def _dressed_past(outlook: Outlook, one: int, earlier: int, levels: Floats) -> Floats:
    """Quantiles (T, Q) of past forecast number `one`, from the first `earlier` past errors."""
    missed, at = outlook.missed, outlook.at
    rows = _some_series(len(missed.actual), at) if outlook.shared else np.array([at])
    scaled = missed.part(rows, earlier)
    tables, factors, _ = _doubt(scaled, shared=outlook.shared)
    place = int(np.flatnonzero(rows == at)[0])
    shares = np.broadcast_to(levels, (len(outlook.point), len(levels)))
    scale = float(missed.scale[at, one] * factors[place])
    return marginal(missed.expected[at, one], scale, tables[place], shares)


def _some_series(count: int, at: int) -> Ints:
    """Up to `MOST_SHARING` of `count` series, `at` among them: enough to know a shape of errors by."""
    spread = np.linspace(0, count - 1, MOST_SHARING).astype(np.int64) if count > MOST_SHARING else np.arange(count)
    return np.unique(np.append(spread, at))
