"""Why a forecast is what it is: parts that sum to it, for one series, one origin and one day ahead.

Each kind of forecaster has a function in `TAKERS` that takes its expected value apart. Linear ones come apart whole; of
trees, nets and the like what the learner adds is one part, of which `importance` tells what moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

import numpy as np

from forecasting.adjusted import Adjusted, AdjustedPooled
from forecasting.blends import Blend
from forecasting.boosting import GradientBoosting
from forecasting.calendars import WEEKDAYS
from forecasting.direct import Ridge
from forecasting.errors import ForecastError
from forecasting.estimators import PooledLearner
from forecasting.fast import Fast
from forecasting.features import LAGS, SHORT_LAGS, SHORT_WINDOWS, WINDOWS, safe_level
from forecasting.history import Floats
from forecasting.mixing import Mixed
from forecasting.naive import SeasonalNaive, WeekdayMean
from forecasting.panel import Ints, Panel, picked
from forecasting.pooling import LAGS as POOLED_LAGS
from forecasting.pooling import WINDOWS as POOLED_WINDOWS
from forecasting.pooling import Pool, make_pool
from forecasting.protocol import Forecaster
from forecasting.trees import Trees

NAMES: Final = (
    "level", "weekday", "holiday", "yearly", "recent", "trend", "covariates", "events", "learner", "floor",
)  # fmt: skip
"""Every part there may be: the four-week level; what weekday, public holidays and time of year change; the last days,
and the last weeks, against the level; columns beside the series; events; what a learner that is not linear adds; what
it takes not to fall below zero."""

HARMONICS: Final = 4
"""Columns that tell the time of year."""

HABITS: Final = 7
"""Columns that tell each weekday's own habit."""

Parts = dict[str, Floats]
"""Amounts (S,) by part, in each series' units."""

Taker = Callable[[Forecaster, Panel, Ints, int], Parts]
"""Takes what a forecaster expects from one origin (1,), at one of its horizons, apart."""


def parts_of(fitted: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """Parts (S,) of the expected values from `origin` (1,) at horizon number `at`; they sum to `predict`'s.

    Raises ForecastError for a forecaster that nobody has said how to take apart.
    """
    for kind in type(fitted).__mro__:
        if kind in TAKERS:
            return TAKERS[kind](fitted, panel, origin, at)
    raise ForecastError(f"{type(fitted).__name__}: TAKERS does not say how to take it apart")


def _day(fitted: object, origin: Ints, at: int) -> Ints:
    """The calendar row (1,) of the day forecast."""
    horizons: Ints = fitted.horizons_  # type: ignore[attr-defined]
    return np.asarray(origin + horizons[at])


def _of_weekday(fitted: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """The same weekday before: its level, and how far that weekday lies from it."""
    level = panel.level()[:, origin[0]]
    return {"level": level, "weekday": fitted.predict(panel, origin)[:, 0, at] - level}


def _calendar(slopes: Floats, panel: Panel, day: Ints) -> tuple[Floats, Floats]:
    """Effects (S,) of a day's own weekday, and of what holidays change about it, as shares of the level."""
    weekday = int((panel.dates()[day[0]].astype(int) + 3) % 7)
    plain = (np.arange(WEEKDAYS) == weekday).astype(np.float64) - (weekday == WEEKDAYS)
    usual = slopes[:, :WEEKDAYS] @ plain
    return usual, slopes @ panel.calendar[day[0]] - usual


def _grouped(amounts: Floats, groups: tuple[str, ...]) -> Parts:
    """Amounts (S, F) summed by the groups (F,) of their columns."""
    each = np.array(groups)
    return {name: amounts[:, each == name].sum(axis=1) for name in dict.fromkeys(groups)}


def _of_ridge(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """Shares of the level: slopes times inputs, and calendar effects on top."""
    fitted = cast("Ridge", given)
    level = safe_level(panel, fitted.floor_)[:, origin[0]]
    inputs = fitted.inputs(panel, origin)[:, 0, at]
    slopes = np.array([row[at][0] for row in fitted.solutions_])
    lags, windows = (SHORT_LAGS, SHORT_WINDOWS) if fitted.short_ else (LAGS, WINDOWS)
    season = 0 if fitted.short_ else HARMONICS
    seen = inputs.shape[1] - len(lags) - len(windows) - season
    groups = ("recent",) * len(lags) + ("trend",) * len(windows) + ("covariates",) * seen + ("yearly",) * season
    found = _grouped(level[:, None] * inputs * slopes, groups)
    found["trend"] = found["trend"] + level * np.array([row[at][1] for row in fitted.solutions_])
    weekday, holiday = _calendar(fitted.calendar_slopes_, panel, _day(fitted, origin, at))
    found |= {"level": level, "weekday": level * weekday, "holiday": level * holiday}
    return _floored(found)


def _floored(found: Parts) -> Parts:
    """With what it takes to bring a sum below zero up to it."""
    return {**found, "floor": np.maximum(-sum(found.values(), np.zeros(len(found["level"]))), 0.0)}


def pooled_groups(count: int) -> tuple[str, ...]:
    """What each of the `count` columns of `Pool.features` tells of."""
    own = POOLED_LAGS, len(POOLED_WINDOWS) + 1
    seen = count - sum(own) - HABITS - HARMONICS
    return (
        ("recent",) * own[0] + ("trend",) * own[1] + ("weekday",) * HABITS + ("covariates",) * seen
        + ("yearly",) * HARMONICS
    )  # fmt: skip


def _of_fast(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """Distances from the level in usual changes: slopes times features; then calendar effects as factors."""
    fitted = cast("Fast", given)
    pool = make_pool(panel, fitted.learned_)
    unit = pool.unit(origin)[:, 0]
    inputs = pool.features(origin)[:, 0]
    found = _grouped(unit[:, None] * inputs * fitted.slopes_[:, at], pooled_groups(inputs.shape[1]))
    found["trend"] = found["trend"] + unit * fitted.intercepts_[at]
    return _with_calendar(found, pool, origin, _day(fitted, origin, at))


def _with_calendar(found: Parts, pool: Pool, origin: Ints, day: Ints) -> Parts:
    """Parts of a value free of the calendar, with its level and what weekday and holidays make of it."""
    found = {**found, "level": pool.level[:, origin[0]]}
    calm = sum(found.values(), np.zeros(len(pool.level)))
    weekday, _ = _calendar(pool.learned.slopes, pool.panel, day)
    both = np.nan_to_num(picked(pool.effects, day)[:, 0])
    habit = found.get("weekday", np.zeros(len(calm))) + calm * weekday
    return _floored({**found, "weekday": habit, "holiday": calm * (both - weekday)})


def _of_pooled(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """What a learner that is not linear makes of the level, then the calendar."""
    fitted = cast("PooledLearner", given)
    pool = make_pool(panel, fitted.learned_)
    day = _day(fitted, origin, at)
    expected, level = fitted.predict(panel, origin)[:, 0, at], pool.level[:, origin[0]]
    factor = 1.0 + np.nan_to_num(picked(pool.effects, day)[:, 0])
    found = _with_calendar({"learner": expected / factor - level}, pool, origin, day)
    return _closed(found, expected)


def _closed(found: Parts, expected: Floats) -> Parts:
    """Parts whose last digits are made to sum to what is expected."""
    rest = expected - sum(found.values(), np.zeros(len(expected)))
    return {**found, "learner": found["learner"] + rest}


def _of_boosting(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """Calendar effects and what the trees add, as shares of the level."""
    fitted = cast("GradientBoosting", given)
    level = safe_level(panel, fitted.floor_)[:, origin[0]]
    weekday, holiday = _calendar(fitted.calendar_slopes_, panel, _day(fitted, origin, at))
    found = {"level": level, "weekday": level * weekday, "holiday": level * holiday, "learner": np.zeros(len(level))}
    return _closed(found, fitted.predict(panel, origin)[:, 0, at])


def _of_blend(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """The parts of both, by their weights."""
    fitted = cast("Blend", given)
    both = ((1.0 - fitted.trees, fitted.line_), (fitted.trees, fitted.trees_))
    each = [(weight, parts_of(one, panel, origin, at)) for weight, one in both]
    names = dict.fromkeys(name for _, found in each for name in found)
    nothing = np.zeros(len(panel.values))
    return {name: sum((weight * found.get(name, nothing) for weight, found in each), nothing) for name in names}


def _of_mixed(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """Each series' parts as its own learner has them."""
    fitted = cast("Mixed", given)
    found: Parts = {}
    for name, learner in fitted.learners_.items():
        mine, seen = fitted.mine(name), fitted.seen(name)
        for part, amounts in parts_of(learner, panel.rows(seen), origin, at).items():
            found.setdefault(part, np.zeros(len(panel.values)))[mine] = amounts[np.isin(seen, mine)]
    return found


def _of_adjusted(given: Forecaster, panel: Panel, origin: Ints, at: int) -> Parts:
    """The parts of the other forecaster, and what events and columns known ahead make of their sum."""
    fitted = cast("Adjusted", given)
    found = parts_of(fitted.inner_, fitted.freed(panel), origin, at)
    calm = sum(found.values(), np.zeros(len(panel.values)))
    return {**found, "events": fitted.predict(panel, origin)[:, 0, at] - calm}


TAKERS: Final[Mapping[type, Taker]] = {
    SeasonalNaive: _of_weekday,
    WeekdayMean: _of_weekday,
    Ridge: _of_ridge,
    Fast: _of_fast,
    Trees: _of_pooled,
    PooledLearner: _of_pooled,
    GradientBoosting: _of_boosting,
    Blend: _of_blend,
    Mixed: _of_mixed,
    Adjusted: _of_adjusted,
    AdjustedPooled: _of_adjusted,
}
"""How each class of forecaster is taken apart; a subclass as its nearest base."""
