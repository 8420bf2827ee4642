"""Joint samples of every trust's coming week from our forecasting library, learned from the days until then alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from forecasting import Season, forecast, history_from_values, taught
from forecasting.panel import carried_forward
from tests.benchmarks.winters_data import WEEK, Floats, Winter, weeks

SAMPLES: Final = 60
FORECASTER: Final = "fast"
COUNTRY, SUBDIVISION = "GB", "ENG"

KEPT: Final = Path(__file__).parents[2] / "build" / "winters"
"""Where a run leaves its samples, so that another may decide from the same without forecasting again."""


def known_until(winters: Sequence[Winter], origin: int) -> tuple[date, Floats]:
    """The first day and the values (T, D) of all winters up to day `origin` of the last one, on one grid of days.

    A trust that told nothing on the last days is carried on: a plan begins from what was known last.
    """
    first, now = winters[0].first, winters[-1]
    grid = np.full((len(now.trusts), int((now.first - first).astype(int)) + origin + 1), np.nan)
    for winter in winters:
        at = int((winter.first - first).astype(int))
        seen = winter.seen if winter is not now else winter.seen[:, : origin + 1]
        grid[:, at : at + seen.shape[1]] = seen
    told = carried_forward(now.seen[:, : origin + 1])[:, -1]
    grid[:, -1] = told
    return first.astype(object), grid


def week_ahead(
    winters: Sequence[Winter], lead: int, week: int, *, forecaster: str = FORECASTER, samples: int = SAMPLES
) -> Floats:
    """Joint samples (N, T, 7) of one week of the last winter; NaN for trusts that are not judged.

    One model learns from all trusts and all winters until the day of the decision.
    """
    asked = weeks(winters[-1], lead)
    origin = int(asked.origins[week])
    first, grid = known_until(winters, origin)
    rows = np.flatnonzero(asked.judged & np.isfinite(grid[:, -1]))
    names = winters[-1].trusts
    histories = [history_from_values(names[row], first, [_told(each) for each in grid[row]]) for row in rows]
    start = first + timedelta(days=grid.shape[1] + lead)
    told = forecast(
        histories, start=start, days=WEEK, forecaster=forecaster, samples=samples, country=COUNTRY,
        subdivision=SUBDIVISION,
    )  # fmt: skip
    found = np.full((samples, len(names), WEEK), np.nan)
    found[:, rows] = told.samples
    return found


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def kept_ahead(winters: Sequence[Winter], lead: int, forecaster: str, *, keep: bool) -> Floats:
    """Joint samples as `winter_ahead` has them: with `keep` those of an earlier run, if it left any in `KEPT`."""
    name = f"{forecaster}-{winters[-1].name}-{lead}-{SAMPLES}"
    return _kept(name, lambda: winter_ahead(winters, lead, forecaster=forecaster), keep=keep)


def kept_opinion(winters: Sequence[Winter], lead: int, *, keep: bool) -> Floats:
    """The second opinion, in the same way."""
    name = f"boosted-{winters[-1].name}-{lead}-{SAMPLES}"
    return _kept(name, lambda: second_opinion(winters, lead, SAMPLES), keep=keep)


def _kept(name: str, make: Callable[[], Floats], *, keep: bool) -> Floats:
    file = KEPT / f"{name}.npy"
    if keep and file.exists():
        return np.asarray(np.load(file))
    found = make()
    file.parent.mkdir(parents=True, exist_ok=True)
    np.save(file, found)
    return found


def winter_ahead(
    winters: Sequence[Winter], lead: int, *, forecaster: str = FORECASTER, samples: int = SAMPLES
) -> Floats:
    """Joint samples (T, O, 7, N) of every week of the last winter, each from the day of its decision."""
    count = len(weeks(winters[-1], lead).origins)
    told = [week_ahead(winters, lead, week, forecaster=forecaster, samples=samples) for week in range(count)]
    return np.stack([np.moveaxis(each, 0, -1) for each in told], axis=1)


def season_of(winter: Winter) -> Season:
    """A winter as boosting learns from it."""
    return Season(winter.first, winter.seen, winter.real, COUNTRY, SUBDIVISION)


def second_opinion(winters: Sequence[Winter], lead: int, samples: int) -> Floats:
    """Values (T, O, 7, N) in rising order for every week of the last winter, learned from the winters before alone."""
    past, now = [season_of(each) for each in winters[:-1]], season_of(winters[-1])
    return taught(past, lead + 1 + np.arange(WEEK)).spread(now, weeks(winters[-1], lead).origins, samples)
