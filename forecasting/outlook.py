"""One series' outlook: expected values from its last known day, and what the same method missed in the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.conformal import shared_doubt
from forecasting.history import Days, Floats
from forecasting.intervals import LEAST_ERRORS, PastErrors, error_scale, error_table, is_thin, marginal
from forecasting.learning import Learnt
from forecasting.panel import Ints, Panel
from forecasting.scores import Scores, scored

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


def seen_by(learnt: Learnt, panel: Panel, ahead: slice) -> list[Outlook]:
    """Outlooks from the panel's last day for those of the learned horizons that `ahead` picks."""
    last, horizons = np.array([panel.days - 1]), learnt.horizons[ahead]
    point, scale = learnt.fitted.predict(panel, last)[:, 0, ahead], error_scale(learnt.fitted, panel, last)[:, 0]
    missed = learnt.missed.ahead(ahead)
    tables, factors, thin = _doubt(missed.scaled, _apart(missed.starts), shared=learnt.shared)
    return [
        Outlook(
            point=point[at],
            scale=float(scale[at] * factors[at]),
            table=tables[at],
            missed=missed,
            at=at,
            shared=learnt.shared,
            thin=thin[at],
            lead=int(horizons[0]) - 1,
            past=panel.values[at],
            forecaster=learnt.forecaster,
            note=learnt.note,
        )
        for at in range(len(point))
    ]


def _apart(starts: Days) -> float:
    """Days from one start to the next, gaps aside."""
    return float(np.median(np.diff(starts).astype(int))) if len(starts) > 1 else 1.0


def _doubt(scaled: Floats, apart: float, *, shared: bool) -> tuple[list[list[Floats]], Floats, list[bool]]:
    """Error tables, factors (S,) and whether they are thin, by series, from errors (S, C, T) of starts `apart` days."""
    if not shared:
        return [error_table(one) for one in scaled], np.ones(len(scaled)), [is_thin(one) for one in scaled]
    doubt = shared_doubt(scaled, apart)
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
    tables, factors, _ = _doubt(scaled, _apart(missed.starts), shared=outlook.shared)
    place = int(np.flatnonzero(rows == at)[0])
    shares = np.broadcast_to(levels, (len(outlook.point), len(levels)))
    scale = float(missed.scale[at, one] * factors[place])
    return marginal(missed.expected[at, one], scale, tables[place], shares)


def _some_series(count: int, at: int) -> Ints:
    """Up to `MOST_SHARING` of `count` series, `at` among them: enough to know a shape of errors by."""
    spread = np.linspace(0, count - 1, MOST_SHARING).astype(np.int64) if count > MOST_SHARING else np.arange(count)
    return np.unique(np.append(spread, at))
