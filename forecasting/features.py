"""What a forecaster knows at an origin: recent values and trailing means, as shares of the four-week level.

Everything is free of calendar effects and made only from values up to the origin; what is missing counts as the level.
"""

from __future__ import annotations

import numpy as np

from forecasting.history import Floats
from forecasting.lagged import seen_features
from forecasting.panel import Ints, Panel, picked, trailing_mean

LAGS = (0, 1, 2, 3, 4, 5, 6, 13)
WINDOWS = (3, 7, 14, 56)
SHORT_LAGS = (0,)
SHORT_WINDOWS = (3, 7)

ECHO_DAY, ECHO_WEEK = 0.2, 0.4
"""What a series is expected to keep of its last day's and last week's distance from its level, before learning."""

LEAST_KNOWN = 7
"""Known days among the last 28 that make a day fit to be an origin to learn from."""

YEAR = 365.2425

WILD = 8.0
"""A day of more than so many times the median counts as that many for the floor."""


def safe_level(panel: Panel, floor: Floats) -> Floats:
    """The panel's level (S, D), at least `floor` (S,) so that shares of it stay finite."""
    level = panel.level()
    return np.where(level > floor[:, None], level, floor[:, None])


def level_floor(panel: Panel) -> Floats:
    """A twentieth of each series' mean (S,), and a speck for a series of zeros; one wild day lifts no floor."""
    known = np.isfinite(panel.values)
    count = np.maximum(known.sum(axis=1), 1)
    total = np.where(known, panel.values, 0.0)
    usual = _medians(panel.values)
    most = np.where(usual > 0, WILD * usual, np.inf)
    return np.asarray(np.maximum(np.minimum(total, most[:, None]).sum(axis=1) / count / 20.0, 1e-9))


def _medians(values: Floats) -> Floats:
    """The median of each row's known values (S,), 0 where there are none."""
    found = np.zeros(len(values))
    some = np.isfinite(values).any(axis=1)
    found[some] = np.nanmedian(values[some], axis=1)
    return found


def learning_origins(panel: Panel, reach: int) -> Ints:
    """Days (O,) at which some series is known well enough to learn from and `reach` days later still lie inside."""
    enough = (panel.known() >= LEAST_KNOWN) & np.isfinite(panel.values)
    some = np.asarray(enough.any(axis=0))
    return np.flatnonzero(some[: max(panel.days - reach, 0)])


def origin_features(panel: Panel, effects: Floats, level: Floats, origins: Ints, *, short: bool) -> Floats:
    """Lags and trailing means (S, O, F) as shares of the level above or below it, calendar effects taken out."""
    lags, windows = (SHORT_LAGS, SHORT_WINDOWS) if short else (LAGS, WINDOWS)
    at = level[:, origins]
    past_effects = np.where(np.isfinite(panel.values), effects[:, : panel.days], np.nan)
    columns = [picked(panel.values, origins - lag) / at - 1.0 - picked(past_effects, origins - lag) for lag in lags]
    for window in windows:
        mean = trailing_mean(panel.values, window)[:, origins] / at
        columns.append(mean - 1.0 - trailing_mean(past_effects, window)[:, origins])
    columns += [] if short else seen_features(panel, origins)
    return np.nan_to_num(np.clip(np.stack(columns, axis=2), -1.0, 3.0), nan=0.0)


def yearly(panel: Panel, days: Ints) -> Floats:
    """First two yearly harmonics (..., 4) of calendar rows `days`."""
    day_of_year = (panel.first + days.astype("timedelta64[D]")).astype("datetime64[D]").astype(np.float64)
    angle = 2.0 * np.pi * day_of_year[..., None] / YEAR * np.array([1.0, 2.0])
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=-1)


def targets(panel: Panel, effects: Floats, level: Floats, origins: Ints, horizons: Ints) -> Floats:
    """What came (S, O, H) as a share above or below the level at the origin, calendar effects taken out.

    NaN where it is unknown, or the series was hardly known at the origin: a ward not yet open teaches nothing.
    """
    days = origins[:, None] + horizons
    seen = (panel.known()[:, origins] >= LEAST_KNOWN)[..., None]
    share = picked(panel.values, days) / level[:, origins, None] - 1.0 - picked(effects, days)
    return np.asarray(np.where(seen, share, np.nan))


def echo_slopes(count: int, *, short: bool) -> Floats:
    """The echo as slopes (count,) on the origin features: on lag 0 and on the mean of the last week."""
    lags, windows = (SHORT_LAGS, SHORT_WINDOWS) if short else (LAGS, WINDOWS)
    slopes = np.zeros(count)
    slopes[0] = ECHO_DAY
    slopes[len(lags) + windows.index(7)] = ECHO_WEEK
    return slopes
