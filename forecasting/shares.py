"""A hospital's total becomes wards: shares that vary from day to day and lean on one another.

Log shares about their mean are a stationary autoregression with normal steps (the logistic-normal distribution of
Aitchison and Shen 1980). Where ward series exist all of it is estimated; where not, the spread is a Dirichlet
variable's and the result is labelled constructed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from forecasting.errors import ForecastError
from forecasting.history import Floats

HALF = 0.5
"""Added to every count before logs are taken: a ward may be empty for a day."""

LEAST_DAYS = 28
"""Days with every ward known that shares are estimated from at least."""

CONCENTRATION = 200.0
"""Of constructed shares: a ward that has a quarter of the patients then varies by a standard deviation of 3 points."""

PERSISTENCE = 0.9
"""Of constructed shares: correlation of one day's log shares with the next day's."""

ROUNDS = 4
"""Corrections of the mean that a normal log share leaves beside the mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of U wards: `mean` (U,) sums to 1; `covariance` (U, U) of the log shares about their mean.

    `persistence` is the correlation of one day's log shares with the next day's, `today` (U,) how they stood on the
    last known day (0: at their mean). `origin` says whether ward series were seen.
    """

    names: tuple[str, ...]
    mean: Floats
    covariance: Floats
    persistence: float
    today: Floats
    origin: Literal["estimated", "constructed"]

    def draws(self, samples: int, days: int, rng: np.random.Generator) -> Floats:
        """Joint draws (N, T, U) from the day after the last known one; every day of every draw sums to 1."""
        values, axes = np.linalg.eigh(self.covariance)
        root = axes * np.sqrt(np.maximum(values, 0.0))
        steps = rng.standard_normal((samples, days, len(self.mean))) @ root.T
        logs = np.empty_like(steps)
        now = np.tile(self.today, (samples, 1))
        for day in range(days):
            now = self.persistence * now + np.sqrt(1.0 - self.persistence**2) * steps[:, day]
            logs[:, day] = now
        return self._centred(logs)

    def _centred(self, logs: Floats) -> Floats:
        """Shares (N, T, U) from log shares, centred so that far ahead their mean is `mean`."""
        values, axes = np.linalg.eigh(self.covariance)
        # the same standard normal figures for every call: what corrects the mean must not depend on the draws
        usual = (
            np.random.default_rng(0).standard_normal((512, len(self.mean)))
            @ (axes * np.sqrt(np.maximum(values, 0.0))).T
        )
        centre = np.log(self.mean)
        for _ in range(ROUNDS):
            centre += np.log(self.mean / _shares(centre + np.concatenate([usual, -usual])).mean(axis=0))
        return _shares(centre + logs)


def _shares(logs: Floats) -> Floats:
    """Log shares to shares along the last axis."""
    grown = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True))


def estimated_shares(series: Mapping[str, ArrayLike]) -> Shares:
    """Shares learned from ward series (D,) of the same days, NaN where unknown; only days with every ward count.

    The covariance is shrunk as Ledoit and Wolf (2004) advise.

    Raises:
        ForecastError: fewer than two wards or `LEAST_DAYS` whole days, other lengths, or negative counts.
    """
    from sklearn.covariance import ledoit_wolf

    counts = _stacked(series)
    logs = np.log(counts + HALF)
    logs -= logs.mean(axis=1, keepdims=True)
    known = np.flatnonzero(np.isfinite(logs).all(axis=1))
    shares = (counts[known] + HALF) / (counts[known] + HALF).sum(axis=1, keepdims=True)
    centre = logs[known].mean(axis=0)
    apart = logs - centre
    covariance, _ = ledoit_wolf(apart[known], assume_centered=True)
    pairs = known[:-1][np.diff(known) == 1]
    before, after = apart[pairs], apart[pairs + 1]
    persistence = float(np.clip((before * after).sum() / max((before**2).sum(), 1e-12), 0.0, 0.999))
    return Shares(tuple(series), shares.mean(axis=0), covariance, persistence, apart[known][-1], "estimated")


def _stacked(series: Mapping[str, ArrayLike]) -> Floats:
    """Counts (D, U) of ward series, checked."""
    columns = [np.asarray(values, dtype=np.float64) for values in series.values()]
    if len(columns) < 2 or len({column.shape for column in columns}) != 1:
        raise ForecastError("shares need two ward series or more, of the same days")
    counts = np.stack(columns, axis=1)
    if (counts < 0).any():
        raise ForecastError("ward series must be 0 or more")
    whole = int(np.isfinite(counts).all(axis=1).sum())
    if whole < LEAST_DAYS:
        raise ForecastError(f"shares need {LEAST_DAYS} days on which every ward is known, got {whole}")
    return counts


def constructed_shares(
    mean: Mapping[str, float], *, concentration: float = CONCENTRATION, persistence: float = PERSISTENCE
) -> Shares:
    """Shares about a stated `mean`, as a Dirichlet variable of that `concentration` varies: no ward series was seen.

    The covariance of the logs of a Dirichlet variable is the trigamma function of its parameters (Aitchison 1986).

    Raises:
        ForecastError: no ward, a share that is not above 0, or a concentration or persistence out of range.
    """
    from scipy.special import polygamma

    shares = np.array(list(mean.values()), dtype=np.float64)
    if len(shares) == 0 or not (np.isfinite(shares) & (shares > 0)).all():
        raise ForecastError("shares must be stated for one ward or more, each above 0")
    if not concentration > 0 or not 0 <= persistence < 1:
        message = "concentration must be above 0 and persistence from 0 to below 1"
        raise ForecastError(f"{message}, got {concentration:g} and {persistence:g}")
    shares = shares / shares.sum()
    middle = np.eye(len(shares)) - 1.0 / len(shares)
    covariance = middle @ np.diag(polygamma(1, concentration * shares)) @ middle
    return Shares(tuple(mean), shares, covariance, persistence, np.zeros(len(shares)), "constructed")


def split_total(total: ArrayLike, shares: Shares, *, seed: int = 0) -> Floats:
    """Samples (N, U, T) of wards from samples (N, T) of their total; each day of each sample sums to the total."""
    whole = np.asarray(total, dtype=np.float64)
    drawn = shares.draws(len(whole), whole.shape[1], np.random.default_rng(seed))
    return np.asarray(np.moveaxis(drawn * whole[..., None], 2, 1))
