"""A whole description of some series of one owner: figures, rhythms, holidays, links and drivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.describing.drivers import Driver, drivers
from forecasting.describing.figures import Figures, figures
from forecasting.describing.links import LAGS, Echo, Link, echoes, links
from forecasting.describing.rhythms import Effect, Rhythm, holiday_days, holiday_effects, rhythms, unusual
from forecasting.describing.views import AROUND, Daily, Floats, daily, without_outliers
from forecasting.panel import centred_mean
from forecasting.recording import Recording

MOST_LINKED = 12
"""Other series that one is compared with at most: with more, chance finds some."""

FEW_VALUES = 3

RARE_EVENTS = 0.5
"""Fewer events a day (a week, of weekly series) than this show no rhythm: shares of next to nothing mean nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """One series described. `days` is the series by day without the `left_out` values that are suspected outliers."""

    recording: Recording
    days: Daily
    left_out: int
    figures: Figures
    rhythms: tuple[Rhythm, ...]
    holidays: tuple[Effect, ...]
    echoes: tuple[Echo, ...]
    links: tuple[Link, ...]
    drivers: tuple[Driver, ...]

    @property
    def is_rare(self) -> bool:
        """Whether too little happens to tell rhythms and holidays by."""
        return _is_rare(self.days)

    @property
    def never_changes(self) -> bool:
        """Whether it has one value throughout, as the beds of a ward often have: nothing can go with that."""
        return _is_constant(self.recording)

    @property
    def name(self) -> str:
        """The series' name."""
        return self.recording.name


def describe(
    recording: Recording,
    others: Sequence[Recording] = (),
    covariates: Sequence[Recording] = (),
    *,
    country: str | None = None,
    subdivision: str | None = None,
) -> Described:
    """Describe one series beside others and what may explain it; a `country` adds its public holidays.

    Raises:
        UnknownCalendar: no public holidays are known for the country or subdivision.
    """
    trusted = without_outliers(recording)
    days = daily(trusted)
    changes = not _is_constant(recording)
    told = changes and not _is_rare(days)
    named = holiday_days(days, country, subdivision) if country and recording.step.days == 1 else {}
    changing = [each for each in others if changes and not _is_constant(each)]
    beside = {each.name: _beside(days, each) for each in [*covariates, *changing][:MOST_LINKED]}
    explaining = {each.name: _told_apart(*beside[each.name]) for each in covariates if each.name in beside}
    lags = LAGS if recording.step.days == 1 else (1, 2, 4, 52)
    own = days.values if recording.step.days == 1 else days.values[np.isfinite(days.values)]
    return Described(
        recording=recording,
        days=days,
        left_out=int(np.isfinite(recording.values).sum() - np.isfinite(trusted.values).sum()),
        figures=figures(recording),
        rhythms=rhythms(trusted, days) if told else (),
        holidays=holiday_effects(days, named) if told else (),
        echoes=echoes(own, lags) if changes else (),
        links=links((unusual(days), days.values), beside),
        drivers=drivers(trusted, days, [day for each in named.values() for day in each], explaining),
    )


def _is_rare(days: Daily) -> bool:
    known = days.values[np.isfinite(days.values)]
    return len(known) == 0 or (float(known.min()) >= 0 and float(known.mean()) < RARE_EVENTS)


def _is_constant(recording: Recording) -> bool:
    known = recording.values[np.isfinite(recording.values)]
    return len(known) > 1 and float(known.min()) == float(known.max())


def _beside(days: Daily, other: Recording) -> tuple[Floats, Floats]:
    """What is unusual about another series' days, and its values, on the days of this one; NaN outside them."""
    theirs = daily(without_outliers(other))
    values = theirs.values / len(other.step.starts)
    strange = unusual(theirs) if np.nanmin(values, initial=0.0) >= 0 else _detrended(values)
    at = (days.dates - theirs.dates[0]).astype(np.int64)
    inside = (at >= 0) & (at < len(values))
    place = np.where(inside, at, 0)
    return np.where(inside, strange[place], np.nan), np.where(inside, values[place], np.nan)


def _told_apart(strange: Floats, values: Floats) -> Floats:
    """A covariate as it is tested: as it stands where it has few values (a flag), else against the weeks around."""
    few = len(np.unique(values[np.isfinite(values)])) <= FEW_VALUES
    return values if few else strange


def _detrended(values: Floats) -> Floats:
    """A series that may be below nothing less the mean of the weeks around."""
    return np.asarray(values - centred_mean(values[None, :], AROUND)[0])
