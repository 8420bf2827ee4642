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


def safe_level(panel: Panel, floor: Floats) -> Floats:
    """The panel's level (S, D), at least `floor` (S,) so that shares of it stay finite."""
    level = panel.level()
    return np.where(level > floor[:, None], level, floor[:, None])


def level_floor(panel: Panel) -> Floats:
    """A twentieth of each series' mean (S,), and a speck for a series of zeros."""
    count = np.isfinite(panel.values).sum(axis=1)
    return np.asarray(np.maximum(np.nansum(panel.values, axis=1) / np.maximum(count, 1) / 20.0, 1e-9))


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
    """What came (S, O, H) as a share above or below the level at the origin, calendar effects taken out."""
    days = origins[:, None] + horizons
    return np.asarray(picked(panel.values, days) / level[:, origins, None] - 1.0 - picked(effects, days))


def echo_slopes(count: int, *, short: bool) -> Floats:
    """The echo as slopes (count,) on the origin features: on lag 0 and on the mean of the last week."""
    lags, windows = (SHORT_LAGS, SHORT_WINDOWS) if short else (LAGS, WINDOWS)
    slopes = np.zeros(count)
    slopes[0] = ECHO_DAY
    slopes[len(lags) + windows.index(7)] = ECHO_WEEK
    return slopes
