"""What the calendar says of a day, and how far it moves a series from its level.

Columns: six weekdays (Monday against Sunday's rest), then, with a country, the days around any public holiday, those
that fall on a weekend (which moves a hospital less than one on a Tuesday), and the days around Christmas where that is
one. A public holiday counts as a Sunday: a Monday gives up more to it than a Saturday does. Effects are shares of the
level: -0.05 is five per cent below.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from forecasting.errors import UnknownCalendar
from forecasting.history import Days, Floats
from forecasting.linear import ridge_solve
from forecasting.panel import Panel, centred_mean
from forecasting.weekdays import pull, unseen_weekdays

AROUND_HOLIDAY = range(-2, 4)
AROUND_CHRISTMAS = range(-4, 10)
WEEKDAYS = 6
WEEKDAY_PENALTY, HOLIDAY_PENALTY = 1.0, 5.0
"""Strength of the pull to no effect, in days: a holiday's effect seen on five days is believed by half."""

AROUND_WEEKS = 35
"""Days of the centred mean that effects are measured against: whole weeks, so that weekdays cancel."""

LEAST_EFFECT_DAYS = 28
"""A series shorter than four weeks shows no calendar effect that could be told from chance."""


def calendar_rows(dates: Days, country: str | None, subdivision: str | None) -> Floats:
    """The calendar's columns (D, K) for each date; weekdays only without a country.

    Raises:
        UnknownCalendar: no public holidays are known for the country or subdivision.
    """
    weekday = (dates.astype(int) + 3) % 7
    days = public_holidays(dates, country, subdivision)
    kind = np.where(np.isin(dates, days), 6, weekday)
    columns = [(kind == day).astype(np.float64) - (kind == 6) for day in range(WEEKDAYS)]
    if country is not None:
        columns += [np.isin(dates - shift, days).astype(np.float64) for shift in AROUND_HOLIDAY]
        columns.append((np.isin(dates, days) & (weekday >= 5)).astype(np.float64))
        christmas = days[np.array([str(day)[5:] == "12-25" for day in days], dtype=bool)]
        columns += [np.isin(dates - shift, christmas).astype(np.float64) for shift in AROUND_CHRISTMAS]
    return np.stack(columns, axis=1)


def public_holidays(dates: Days, country: str | None, subdivision: str | None) -> Days:
    """The public holidays (N,) of the years of ascending dates and of the years next to them; none without a country.

    Raises:
        UnknownCalendar: no public holidays are known for the country or subdivision.
    """
    if country is None:
        return np.array([], dtype="datetime64[D]")
    first, last = int(str(dates[0])[:4]), int(str(dates[-1])[:4])
    return np.array(_holidays(country, subdivision, first - 1, last + 2), dtype="datetime64[D]")


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str | None, first: int, stop: int) -> tuple[str, ...]:
    """ISO dates of the public holidays of the years from `first` to before `stop`."""
    import holidays

    try:
        days = holidays.country_holidays(country, subdiv=subdivision, years=range(first, stop))
    except NotImplementedError as error:
        place = country if subdivision is None else f"{country}, {subdivision}"
        raise UnknownCalendar(f"no public holidays are known for {place}: {error}") from error
    return tuple(sorted(day.isoformat() for day in days))


def calendar_slopes(panel: Panel) -> Floats:
    """Each series' effect of each calendar column (S, K), learned by ridge from the ratio to a centred mean.

    Multiplicative adjustment by regression as in Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd
    ed., 7.4; the centred mean reads only values that the panel holds.
    """
    around = centred_mean(panel.values, AROUND_WEEKS)
    slopes = np.zeros((len(panel.values), panel.calendar.shape[1]))
    for own, values, mean in zip(slopes, panel.values, around, strict=True):
        seen = np.flatnonzero(np.isfinite(values) & (mean > 0))
        if len(seen) >= LEAST_EFFECT_DAYS:
            own[:] = _slopes(panel.calendar[seen], values[seen] / mean[seen] - 1.0)
    return slopes


def effects_on(slopes: Floats, calendar: Floats) -> Floats:
    """Effects (S, D) of calendar rows (D, K), whichever days they are of, under slopes (S, K)."""
    return np.stack([calendar @ own for own in slopes])


def _slopes(rows: Floats, ratio: Floats) -> Floats:
    """Slopes (K,) of the ratio (D,) on calendar rows (D, K), fitted twice.

    Outliers are pulled in before the second fit, but not about holidays: so few days all look like outliers.
    """
    penalty = np.where(np.arange(rows.shape[1]) < WEEKDAYS, WEEKDAY_PENALTY, HOLIDAY_PENALTY)
    penalty = pull(penalty, unseen_weekdays(rows, np.ones((1, len(rows)), dtype=bool))[0])
    slopes, _ = ridge_solve(rows, ratio[:, None], penalty)
    usual = rows @ slopes
    festive = rows[:, WEEKDAYS:].sum(axis=1, keepdims=True) > 0
    pulled = np.where(festive, ratio[:, None], usual + winsorised(ratio[:, None] - usual))
    slopes, _ = ridge_solve(rows, pulled, penalty)
    return slopes[:, 0]


def winsorised(values: Floats, spreads: float = 6.0) -> Floats:
    """Values pulled in to within `spreads` robust standard deviations (1.4826 MAD) of each column's median."""
    middle = np.nanmedian(values, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(values - middle), axis=0)
    reach = np.where(spread > 0, spreads * spread, np.inf)
    return np.asarray(np.clip(values, middle - reach, middle + reach))
