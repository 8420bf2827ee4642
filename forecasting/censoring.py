"""What wanted to come in: on a full day the beds cap what is counted, so that occupancy understates demand.

Where waiting patients and outliers are known, demand is occupied + waiting + outlying. Where not, a full day says only
that demand was at least what is occupied, and demand is estimated by a likelihood in which such days count as that
(Tobin 1958): normal about a level that drifts, with a weekday, in Olsen's (1978) concave form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from forecasting.errors import ForecastError, TooLittleHistory
from forecasting.history import Floats

FULL: Final = 0.98
"""Share of the beds at which a day counts as full: the last beds are being cleaned or of the wrong kind."""

KNOT_DAYS: Final = 56
"""Days between the knots of the drifting level."""

PENALTY: Final = 1.0
"""Pull of weekdays and drift to nothing, in the units of a standardised regression."""

LEAST_FREE: Final = 14
"""Days that were not full, at least: they alone show where demand lies."""

MANY_FULL: Final = 0.9
"""With more full days than this the estimate rests on the tail alone, and says so."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Demand (D,) behind recorded occupancy: `expected` patients each day, NaN where nothing is recorded.

    `level` (D,) and `spread` are the normal that demand was drawn from; a day that was not full, or whose waiting and
    outlying are known, is its own count. `full` (D,) marks censored days, `floor` (D,) what was counted on them.
    """

    expected: Floats
    level: Floats
    spread: float
    full: np.ndarray[tuple[int], np.dtype[np.bool_]]
    floor: Floats
    notes: tuple[str, ...]

    def draws(self, samples: int, rng: np.random.Generator) -> Floats:
        """Joint draws (N, D) of demand: full days from what lies above their count, days apart from each other."""
        from scipy.stats import truncnorm

        drawn = np.tile(self.expected, (samples, 1))
        if self.full.any():
            low = (self.floor[self.full] - self.level[self.full]) / self.spread
            luck = rng.random((samples, len(low)))
            drawn[:, self.full] = truncnorm.ppf(luck, low, np.inf, self.level[self.full], self.spread)
        return drawn


def wanted_beds(
    occupied: ArrayLike,
    beds: ArrayLike,
    *,
    waiting: ArrayLike | None = None,
    outlying: ArrayLike | None = None,
    full_at: float = FULL,
) -> Wanted:
    """Demand (D,) behind daily `occupied` beds of `beds` open (D, or one figure), NaN where unknown.

    `waiting` and `outlying` patients (D,), where given and known, are added to the count and make the day uncensored.

    Raises:
        ForecastError: other lengths, negative counts, or a `full_at` outside 0 to 1.
        TooLittleHistory: fewer than 14 days that were not full.
    """
    counts, open_beds, extra, known = _checked(occupied, beds, waiting, outlying, full_at)
    total = counts + extra
    full = np.isfinite(counts) & (counts >= full_at * open_beds) & ~known
    free = np.isfinite(total) & ~full
    added = int((known & np.isfinite(total)).sum())
    notes = (f"patients waiting or outlying are known on {added} days and were added",) if added else ()
    if not full.any():
        return Wanted(total, total, 0.0, full, total, notes)
    if free.sum() < LEAST_FREE:
        message = f"{int(full.sum())} of {int(np.isfinite(total).sum())} days were full"
        raise TooLittleHistory(f"{message}: demand can't be told from fewer than {LEAST_FREE} days that were not")
    level, spread = _tobit(total, full, _features(len(total)))
    expected = np.where(full, _above(total, level, spread), total)
    return Wanted(expected, level, spread, full, total, (*notes, *_notes(total, expected, full)))


def _checked(
    occupied: ArrayLike, beds: ArrayLike, waiting: ArrayLike | None, outlying: ArrayLike | None, full_at: float
) -> tuple[Floats, Floats, Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Counts, beds, patients waiting and outlying (0 where unknown) and whether both are known, all (D,)."""
    counts = np.asarray(occupied, dtype=np.float64)
    if not 0 < full_at <= 1:
        raise ForecastError(f"full_at must be above 0 and at most 1, got {full_at:g}")
    columns = [np.full(counts.shape, np.nan) if one is None else one for one in (waiting, outlying)]
    try:
        rest = [np.broadcast_to(np.asarray(one, dtype=np.float64), counts.shape) for one in (beds, *columns)]
    except ValueError as error:
        raise ForecastError(f"beds, waiting and outlying must have the {len(counts)} days of occupied") from error
    if any((one < 0).any() for one in (counts, *rest)):
        raise ForecastError("occupied, beds, waiting and outlying must be 0 or more")
    given = [one is not None for one in (waiting, outlying)]
    known = np.logical_and.reduce([np.isfinite(one) for one, is_given in zip(rest[1:], given, strict=True) if is_given])
    everywhere = np.full(counts.shape, fill_value=False) if not any(given) else np.asarray(known)
    return counts, rest[0], np.nan_to_num(rest[1]) + np.nan_to_num(rest[2]), everywhere


def _features(days: int) -> Floats:
    """Constant, weekday and drifting level (D, F): cubic splines with a knot every `KNOT_DAYS`."""
    from sklearn.preprocessing import SplineTransformer

    time = np.arange(days, dtype=np.float64)[:, None]
    knots = max(2, days // KNOT_DAYS + 1)
    drift = SplineTransformer(n_knots=knots, degree=min(3, knots), include_bias=False).fit_transform(time)
    weekday = (np.arange(days)[:, None] % 7 == np.arange(6)).astype(np.float64)
    return np.concatenate([np.ones((days, 1)), weekday - weekday.mean(axis=0), drift - drift.mean(axis=0)], axis=1)


def _tobit(total: Floats, full: np.ndarray[tuple[int], np.dtype[np.bool_]], inputs: Floats) -> tuple[Floats, float]:
    """Level (D,) and spread of the normal that best explains free days as counted and full days as at least that."""
    from scipy.optimize import minimize

    known = np.isfinite(total)
    middle, scale = float(np.nanmean(total)), max(float(np.nanstd(total)), 1e-6)
    goal = (total[known] - middle) / scale
    rows, above = inputs[known], full[known]
    start = np.concatenate([np.zeros(inputs.shape[1]), [0.0]])
    found = minimize(_loss, start, args=(rows, goal, above), jac=True, method="L-BFGS-B")
    size = float(np.exp(-found.x[-1]))
    return middle + scale * (inputs @ found.x[:-1]) * size, scale * size


def _loss(
    terms: Floats, rows: Floats, goal: Floats, above: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[float, Floats]:
    """Penalised negative log likelihood and its gradient, by slopes over the spread and the log of 1 / spread."""
    from scipy.stats import norm

    slopes, sharp = terms[:-1], np.exp(terms[-1])
    apart = sharp * goal - rows @ slopes
    hazard = np.exp(norm.logpdf(apart) - norm.logsf(apart))
    each = np.where(above, -norm.logsf(apart), 0.5 * apart**2 - terms[-1])
    pull = np.where(above, hazard, apart)
    loss = each.sum() + 0.5 * PENALTY * (slopes[1:] @ slopes[1:])
    down = -rows.T @ pull
    down[1:] += PENALTY * slopes[1:]
    return float(loss), np.append(down, (pull * sharp * goal).sum() - (~above).sum())


def _above(floor: Floats, level: Floats, spread: float) -> Floats:
    """Mean (D,) of a normal variable known to be at least `floor`."""
    from scipy.stats import norm

    apart = (floor - level) / spread
    return np.asarray(level + spread * np.exp(norm.logpdf(apart) - norm.logsf(apart)))


def _notes(total: Floats, expected: Floats, full: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[str, ...]:
    """What a reader should know."""
    days, beyond = int(np.isfinite(total).sum()), float((expected - total)[full].mean())
    notes = [f"{int(full.sum())} of {days} days were full; some {beyond:.1f} more patients wanted a bed on such a day"]
    if full.sum() > MANY_FULL * days:
        notes.append("nearly every day was full: how much more was wanted rests on the shape assumed")
    return tuple(notes)
