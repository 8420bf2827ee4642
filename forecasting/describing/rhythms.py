"""Seasonality: how much of a series' ups and downs the hour, the weekday, the month or a holiday tells.

Effects are shares of what is usual: 0.09 is nine per cent above. Intervals are 95 % ones by Student's t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.describing.views import Daily, Floats, Ints
from forecasting.errors import UnknownCalendar
from forecasting.recording import Recording

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEAST_DAYS: Final = 28
LEAST_WEEKS: Final = 4
CONFIDENCE: Final = 0.95
ALIKE: Final = 7
"""Days of a month that tell no more of it than one: a full hospital is full tomorrow too."""

SUBSTITUTE: Final = "a day in its place"


@dataclass(frozen=True, slots=True)
class Effect:
    """How far a level of a factor lies from what is usual, as a share, with its interval; `count` days tell it."""

    label: str
    share: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A factor's effects, and its strength: the share of the ups and downs that it explains, from 0 to 1.

    Strength as in Wang, Smith and Hyndman, Characteristic-based clustering for time series data, 2006.
    """

    factor: str
    strength: float
    effects: tuple[Effect, ...]


def rhythms(recording: Recording, days: Daily) -> tuple[Rhythm, ...]:
    """The rhythms that the step and the length of a recording can show."""
    found = []
    if len(recording.step.starts) > 1:
        found.append(_within_day(recording))
    if recording.step.days == 1 and np.isfinite(days.ratio).sum() >= LEAST_DAYS:
        found.append(_rhythm("weekday", WEEKDAYS, days.ratio, days.weekday))
    found.append(_monthly(days, alike=ALIKE if recording.step.days == 1 else 1))
    return tuple(one for one in found if len(one.effects) > 1)


def _within_day(recording: Recording) -> Rhythm:
    """The hours or shifts, against the mean of their day."""
    slots = len(recording.step.starts)
    minutes = recording.times.astype(np.int64) % (24 * 60)
    at = np.searchsorted(np.array(recording.step.starts), minutes)
    day = recording.times.astype("datetime64[D]").astype(np.int64)
    day -= day[0]
    known = np.isfinite(recording.values)
    total = np.bincount(day, weights=np.where(known, recording.values, 0.0))
    count = np.bincount(day, weights=known)
    mean = np.where((count >= 0.75 * slots) & (total > 0), total / np.maximum(count, 1), np.nan)[day]
    labels = tuple(f"{start // 60:02d}:{start % 60:02d}" for start in recording.step.starts)
    return _rhythm("hour" if slots >= 12 else "shift", labels, recording.values / mean - 1.0, at)


def _monthly(days: Daily, alike: int) -> Rhythm:
    """The months seen for four weeks or more, against the mean of their twelve months: a trend is no season."""
    year = days.dates.astype("datetime64[M]").astype(np.int64) + 6
    winter = year // 12 - (year // 12).min()  # July to June, so that no winter is cut in two
    known = np.isfinite(days.values)
    count = np.bincount(winter, weights=known)
    mean = np.bincount(winter, weights=np.where(known, days.values, 0.0)) / np.maximum(count, 1)
    around = np.where(mean > 0, mean, np.nan)[winter]
    often = np.bincount(days.month[known], minlength=13)[days.month] >= LEAST_WEEKS * alike
    ratio = np.where(often, days.values / around - 1.0, np.nan)
    return _rhythm("month", MONTHS, ratio, days.month - 1, alike)


def _rhythm(factor: str, labels: Sequence[str], ratio: Floats, level: Ints, alike: int = 1) -> Rhythm:
    """The effect of each level (an index into `labels`) on a ratio to what is usual, less one; see `effect`."""
    known = np.isfinite(ratio)
    if not known.any():
        return Rhythm(factor, 0.0, ())
    values, level = ratio[known], level[known]
    count = np.bincount(level, minlength=len(labels))
    means = np.bincount(level, weights=values, minlength=len(labels)) / np.maximum(count, 1)
    whole = float(values.var())
    left = float((values - means[level]).var())
    effects = [effect(label, values[level == at], alike=alike) for at, label in enumerate(labels) if count[at]]
    return Rhythm(factor, max(0.0, 1.0 - left / whole) if whole > 0 else 0.0, tuple(effects))


def effect(label: str, values: Floats, least_sd: float = 0.0, alike: int = 1) -> Effect:
    """The mean of some shares with its interval.

    They spread by `least_sd` at the least; `alike` of them tell no more than one, being days of one stretch.
    """
    from scipy import stats

    mean, count = float(values.mean()), len(values)
    sd = max(float(values.std(ddof=1)) if count > 1 else 0.0, least_sd)
    free = count / alike
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, max(free - 1, 1))) * sd / free**0.5 if count > 1 else 1.96 * sd
    return Effect(label, mean, mean - reach, mean + reach, count)


def holiday_days(days: Daily, country: str, subdivision: str | None) -> dict[str, list[np.datetime64]]:
    """The days of each public holiday, by its English name where there is one.

    Raises:
        UnknownCalendar: no public holidays are known for the country or subdivision.
    """
    import holidays

    years = range(int(str(days.dates[0])[:4]) - 1, int(str(days.dates[-1])[:4]) + 2)
    try:
        known = holidays.country_holidays(country, subdiv=subdivision, years=years, language="en_US")
    except NotImplementedError as error:
        raise UnknownCalendar(f"no public holidays are known for {country}: {error}") from error
    found: dict[str, list[np.datetime64]] = {}
    for day, name in sorted(known.items()):
        found.setdefault(_plain(name), []).append(np.datetime64(day, "D"))
    return found


def _plain(name: str) -> str:
    """A holiday's name; a day taken in place of one that fell on a weekend is none of its own."""
    return SUBSTITUTE if "(" in name else name.split("; ")[0]


def holiday_effects(days: Daily, named: dict[str, list[np.datetime64]]) -> tuple[Effect, ...]:
    """What each holiday, the day before and the days after any do to a day, beyond its weekday; the largest first."""
    ratio = _without_weekday(days)
    whole = [day for each in named.values() for day in each]
    usual = ratio[~np.isin(days.dates, whole) & np.isfinite(ratio)]
    sd = float(usual.std()) if len(usual) else 0.0
    found = [_about(ratio, days, name, each, sd) for name, each in named.items()]
    found.sort(key=lambda one: -abs(one.share) if one else 0.0)
    free = np.unique(np.array(whole, dtype="datetime64[D]"))
    around = [("the day before", -1), ("the day after", 1), ("two days after", 2)]
    near = [_about(ratio, days, label, list(np.setdiff1d(free + shift, free)), sd) for label, shift in around]
    return tuple(one for one in [*found, *near] if one is not None)


def _about(ratio: Floats, days: Daily, label: str, when: list[np.datetime64], sd: float) -> Effect | None:
    values = ratio[np.isin(days.dates, when) & np.isfinite(ratio)]
    return effect(label, values, sd) if len(values) else None


def _without_weekday(days: Daily) -> Floats:
    """The ratio of each day to the weeks around with the weekday's usual (median) share taken out."""
    ratio, weekday = days.ratio.copy(), days.weekday
    for at in range(7):
        mine = weekday == at
        if np.isfinite(ratio[mine]).any():
            ratio[mine] -= np.nanmedian(ratio[mine])
    return ratio


def unusual(days: Daily) -> Floats:
    """(D,) how far each day lies from its weeks and its weekday, as a share."""
    return _without_weekday(days)
