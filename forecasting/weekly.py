"""Weekly series: a forecast by week in the same frame as that of days, with a time of year and no weekdays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np

from forecasting.calendars import public_holidays
from forecasting.errors import ForecastError, UnusableHistory
from forecasting.features import YEAR
from forecasting.history import Days, Floats, History
from forecasting.intervals import past_errors
from forecasting.learning import Learnt
from forecasting.outlook import Outlook, past_scores, seen_by
from forecasting.panel import Ints, Panel
from forecasting.predicting import QUANTILES, Forecast, dressed
from forecasting.recording import Recording
from forecasting.scores import Scores
from forecasting.steps import Step
from forecasting.threads import on_one_thread
from forecasting.trained import Place, data_sha256
from forecasting.weekly_learner import Weekly

LEAST_WEEKS = 14
"""Fewer known weeks than this are no history."""

LONGEST = 104
"""Weeks ahead that a forecast may reach at most."""

WEEK = 7

NAME = "weekly"


@on_one_thread
def forecast_weeks(
    recordings: Sequence[Recording],
    *,
    start: date,
    weeks: int,
    samples: int = 200,
    seed: int = 0,
    country: str | None = None,
    subdivision: str | None = None,
) -> Forecast:
    """Forecast weekly series for the `weeks` weeks that begin on or after `start`; `dates` are their first days.

    Weeks that begin on or after `start` are never read. Public holidays count by how many lie in a week. Equal
    arguments give equal bytes.

    Raises:
        ForecastError: no series, series that are not weekly or whose weeks begin on different days, or a number of
            weeks or samples that is out of range.
        UnusableHistory: a series has fewer than 14 known weeks before `start`.
        UnknownCalendar: no public holidays are known for `country`.
    """
    step = _checked(recordings, weeks, samples)
    coming = step.slot(datetime.combine(start - timedelta(days=1), time())) + 1
    first = np.datetime64(step.time(coming).date(), "D")
    past = [_before(recording, first) for recording in recordings]
    seen = _seen(past, first, weeks, (country, subdivision))
    quantiles, mean, drawn = dressed([seen[at] for at in range(len(past))], samples, np.random.default_rng(seed))
    return Forecast(
        names=tuple(one.name for one in past),
        dates=first + WEEK * np.arange(weeks),
        levels=np.array(QUANTILES),
        quantiles=quantiles,
        samples=drawn,
        mean=mean,
        forecaster=NAME,
        days_used=sum(one.usable_days for one in past),
        notes=tuple(_notes(past, seen, first)),
        backtest=_scores(seen[0]),
        model=f"{NAME}+{data_sha256(past)[:12]}",
        data_sha256=data_sha256(past),
    )


def _seen(past: Sequence[History], first: np.datetime64, weeks: int, place: Place) -> dict[int, Outlook]:
    """The outlook of each series by its number; those that end alike are learned together."""
    seen: dict[int, Outlook] = {}
    for last in sorted({one.dates[-1] for one in past}):
        rows = [at for at, one in enumerate(past) if one.dates[-1] == last]
        lead = int((first - last).astype(int)) // WEEK
        panel = _panel([past[at] for at in rows], lead + weeks - 1, place)
        seen |= dict(zip(rows, _outlooks(panel, np.arange(lead, lead + weeks)), strict=True))
    return seen


def _checked(recordings: Sequence[Recording], weeks: int, samples: int) -> Step:
    if not recordings:
        raise ForecastError("there is no series to forecast from")
    for recording in recordings:
        if recording.step.days != WEEK:
            raise ForecastError(f"{recording.name} has {recording.step.plural}, not weeks")
    if len({recording.step for recording in recordings}) > 1:
        raise ForecastError("series of one forecast must have weeks that begin on the same day")
    if not 1 <= weeks <= LONGEST:
        raise ForecastError(f"weeks must be 1 to {LONGEST}, got {weeks}")
    if samples < 1:
        raise ForecastError(f"samples must be 1 or more, got {samples}")
    return recordings[0].step


def _before(recording: Recording, first: np.datetime64) -> History:
    """The weeks before the one that begins on `first`, up to the last known one."""
    starts = recording.times.astype("datetime64[D]")
    known = np.flatnonzero(np.isfinite(recording.values) & (starts < first))
    if len(known) < LEAST_WEEKS:
        message = f"{len(known)} usable weeks before {first}, but at least {LEAST_WEEKS} are needed"
        raise UnusableHistory(recording.name, 1, 1, message)
    end = int(known[-1]) + 1
    return History(recording.name, starts[:end], recording.values[:end], (), recording.notes, len(known))


def _panel(past: Sequence[History], ahead: int, place: Place) -> Panel:
    """Series by week up to the last known one, and the calendar of `ahead` weeks more.

    A panel counts columns; that it takes them for days does no harm where nothing asks for their dates.
    """
    first, last = min(one.dates[0] for one in past), past[0].dates[-1]
    values = np.full((len(past), int((last - first).astype(int)) // WEEK + 1), np.nan)
    for row, one in zip(values, past, strict=True):
        row[(one.dates - first).astype(int) // WEEK] = one.values
    return Panel(first, values, _calendar(first + WEEK * np.arange(values.shape[1] + ahead), place))


def _calendar(weeks: Days, place: Place) -> Floats:
    """Public holidays in each week (D, 5), then two yearly harmonics of its middle."""
    holidays = public_holidays(weeks, *place)
    within = (holidays[:, None] >= weeks) & (holidays[:, None] < weeks + WEEK)
    middle = (weeks + WEEK // 2).astype(int).astype(np.float64)
    angle = 2.0 * np.pi * middle[:, None] / YEAR * np.array([1.0, 2.0])
    return np.column_stack([within.sum(axis=0).astype(np.float64), np.sin(angle), np.cos(angle)])


def _outlooks(panel: Panel, ahead: Ints) -> list[Outlook]:
    """Outlooks of a panel's series for some weeks ahead."""
    fitted, missed = Weekly().fit(panel, ahead), past_errors(Weekly, panel, ahead)
    rows = tuple(range(len(panel.values)))
    learnt = Learnt(rows, NAME, fitted, ahead, missed, shared=len(missed.starts) > 0)
    return seen_by(learnt, panel, slice(None))


def _scores(outlook: Outlook) -> Scores | None:
    """Scores on the past; one against "seven values ago" says nothing of weeks."""
    found = past_scores(outlook, np.array(QUANTILES))
    return None if found is None else replace(found, mase=math.nan)


def _notes(past: Sequence[History], seen: Mapping[int, Outlook], first: np.datetime64) -> Iterator[str]:
    """What a reader should know of each series."""
    for at, one in enumerate(past):
        missing = int((first - one.dates[-1]).astype(int)) // WEEK - 1
        if missing:
            yield f"{one.name}: the last known week begins on {one.dates[-1]}; the {missing} after it are forecast too"
        if seen[at].thin:
            yield f"{one.name}: too few past forecasts to judge by; its intervals are partly assumed"
