"""Quantile boosting over many hospitals, learned from the seasons before: a second opinion beside a forecast's samples.

Trees (scikit-learn's HistGradientBoostingRegressor, Koenker and Bassett's quantile loss) answer with shares of the last
week's mean. They are told what has moved in the hospital and in all of them, and where about New Year the day lies.
They want many hospitals and at least one season that is over; `make bench-winters` shows what that is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from forecasting.calendars import public_holidays
from forecasting.history import Floats
from forecasting.panel import Ints, carried_forward, trailing_mean
from forecasting.sampling import values_at

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingRegressor

LEVELS: Final = (0.05, 0.15, 0.25, 0.4, 0.5, 0.6, 0.75, 0.85, 0.95)
EVERY, BEGIN, WILDEST = 3, 13, 0.5
"""Every third day teaches, from the fourteenth on; a day more than half off the week before is no example."""

WEIGHT: Final = 0.4
"""How far a forecast's quantiles are moved to these, of 0 to 1: chosen on a winter that judges nothing."""

LEAST: Final = 100.0
"""A smaller hospital, by its mean, teaches nothing: its days are mostly chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Patients of S hospitals on D days from `first`; NaN where unknown.

    `known` (S, D) is what could be known as the days came; `came` (S, D) what is learned from, once mistakes of
    the record were found. `country` and `subdivision` say whose holidays count.
    """

    first: np.datetime64
    known: Floats
    came: Floats
    country: str | None = None
    subdivision: str | None = None

    @property
    def days(self) -> int:
        """How many days it has."""
        return int(self.known.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """One model by level, for days `ahead` (H,) of the origin, as shares of the last week's mean."""

    models: tuple[HistGradientBoostingRegressor, ...]
    ahead: Ints

    def quantiles(self, season: Season, origins: Ints) -> Floats:
        """Patients (S, O, H, Q) at `LEVELS`, never crossing, from the days until each origin (O,), counted from 0."""
        rows, base = examples(season, origins, self.ahead)
        flat = rows.reshape(-1, rows.shape[3])
        share = np.stack([model.predict(flat) for model in self.models], axis=1).reshape(*rows.shape[:3], len(LEVELS))
        return np.asarray(base[:, origins, None, None] * (1.0 + np.sort(share, axis=3)))

    def spread(self, season: Season, origins: Ints, samples: int) -> Floats:
        """Values (S, O, H, N) evenly spread over each day's distribution, in rising order; 0 where nothing is known."""
        told = np.nan_to_num(self.quantiles(season, origins))
        shares = (np.arange(samples) + 0.5) / samples
        return values_at(shares, told.reshape(-1, len(LEVELS)), np.array(LEVELS)).reshape(*told.shape[:3], samples)


def taught(seasons: Sequence[Season], ahead: Ints) -> Taught:
    """What past seasons, one at least, teach of the days `ahead` (H,) of an origin: 4 to 10 for a week after three."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    inputs, goal = (np.concatenate(each) for each in zip(*(_lessons(one, ahead) for one in seasons), strict=True))
    models = tuple(
        HistGradientBoostingRegressor(
            loss="quantile", quantile=level, max_iter=120, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=200,
            l2_regularization=20.0, max_features=0.5, early_stopping=False, random_state=0,
        ).fit(inputs, goal)
        for level in LEVELS
    )  # fmt: skip
    return Taught(models, ahead)


def _lessons(season: Season, ahead: Ints) -> tuple[Floats, Floats]:
    """Inputs (N, F) and goals (N,) of a whole season that is over."""
    origins = np.arange(BEGIN, season.days - int(ahead[0]), EVERY)
    rows, base = examples(season, origins, ahead)
    days = origins[:, None] + ahead
    came = np.where(days < season.days, season.came[:, np.minimum(days, season.days - 1)], np.nan)
    goal = came / base[:, origins, None] - 1.0
    large = np.array([np.nanmean(each) if np.isfinite(each).any() else 0.0 for each in season.known]) >= LEAST
    use = np.isfinite(goal) & (np.abs(np.nan_to_num(goal)) < WILDEST) & large[:, None, None]
    return rows[use], goal[use]


def examples(season: Season, origins: Ints, ahead: Ints) -> tuple[Floats, Floats]:
    """Inputs (S, O, H, F) of every origin and day ahead, and each hospital's mean of the last week (S, D)."""
    own, base = _moved(season)
    calendar = _calendar(season, origins[:, None] + ahead)
    told = np.broadcast_to(ahead, calendar.shape[:2])[..., None].astype(np.float64)
    shape = (len(own), *calendar.shape[:2])
    parts = [np.broadcast_to(each, (*shape, each.shape[-1])) for each in (own[:, origins, None], told, calendar)]
    return np.concatenate(parts, axis=3), base


def _moved(season: Season) -> tuple[Floats, Floats]:
    """What is known at the end of each day (S, D, F), and the mean of the last week (S, D)."""
    known = carried_forward(season.known)
    mean = {days: trailing_mean(known, days) for days in (3, 7, 14, 21, 28)}
    base = mean[7]
    levels = [_back(known, lag) for lag in range(7)] + [mean[3], mean[14], mean[21], mean[28]]
    shares = [each / base - 1.0 for each in (*levels, _back(base, 7), _back(base, 14))]
    jump, week = np.abs(known / _back(known, 1) - 1.0), np.log(known / _back(known, 7))
    moved = [np.log(base / _back(base, 7)), np.log(mean[3] / _back(mean[3], 7)), week, np.log(base / _back(base, 14))]
    size = np.log(_first_weeks(known))
    other = [trailing_mean(jump, 14), trailing_mean(np.abs(week), 14), np.broadcast_to(size, known.shape)]
    everywhere = [np.broadcast_to(_mean_known(each), known.shape) for each in moved]
    return np.stack([*shares, *everywhere, *other], axis=2), base


def _first_weeks(known: Floats) -> Floats:
    """The mean (S, 1) so far on the day from which on lessons begin: how large a hospital is."""
    return trailing_mean(known, BEGIN + 1)[:, BEGIN : BEGIN + 1]


def _back(values: Floats, days: int) -> Floats:
    """Each day's value so many days before; NaN where there is none."""
    found = np.full_like(values, np.nan)
    found[:, days:] = values[:, : values.shape[1] - days]
    return found


def _mean_known(values: Floats) -> Floats:
    """The mean (1, D) over all hospitals known that day: how all of them move."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)[None]


def _calendar(season: Season, days: Ints) -> Floats:
    """Of the days (O, H) forecast: weekday, days from New Year, and holidays on it, after and before."""
    dates = season.first + days
    year = (season.first.astype("datetime64[Y]") + 1).astype("datetime64[D]")
    found = [(dates.astype(int) + 3) % 7, (dates - year).astype(int)]
    free = public_holidays(np.array([dates.min(), dates.max()]), season.country, season.subdivision)
    found += [np.isin(dates + shift, free) for shift in (0, -1, 1)]
    return np.stack(found, axis=2).astype(np.float64)


def mixed(samples: Floats, opinion: Floats, weight: float = WEIGHT) -> Floats:
    """Joint samples (S, O, H, N) with their quantiles moved `weight` of the way to a second opinion's (rising in N).

    Quantiles are averaged rank by rank, so that the order of the draws, which ties days and hospitals, stays.
    """
    ranks = np.argsort(np.argsort(samples, axis=3, kind="stable"), axis=3, kind="stable")
    return np.asarray((1.0 - weight) * samples + weight * np.take_along_axis(opinion, ranks, axis=3))
