"""Arrivals, stays and census: the M_t/G/infinity queue, in whole days.

The census is counted once a day, after the day's arrivals. S(j) is the chance that a patient is still counted j days
after the day of arrival, so that the sum of S is the mean stay in bed-days. With a(t) arrivals on day t the expected
census is ``N(t) = sum over j of a(t - j) S(j)`` plus those of the start who are left (Eick, Massey and Whitt 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from forecasting.errors import StayError
from forecasting.history import Floats

TAIL = 1e-9
"""A geometric curve ends where fewer than this share of patients is left."""

LONGEST_STAY = 3660
"""Days at which every curve ends: ten years."""


class CensusFlow(NamedTuple):
    """What a census needs, by day (T,).

    `arrivals` never negative; `stay_chance` the average chance of those counted a day ago to be counted again; `excess`
    patients by which the curve holds more than the given census even with no arrivals (0 where it is met exactly).
    """

    arrivals: Floats
    stay_chance: Floats
    excess: Floats


def survival(
    *,
    mean_days: float | None = None,
    curve: Sequence[float] | None = None,
    stays: Sequence[float] | None = None,
    still_in: Sequence[bool] | None = None,
    days: int | None = None,
) -> Floats:
    """S(j) for j = 0, 1, ... (J,) from exactly one of a mean, a curve or observed stays; `days` cuts it at J = days.

    `mean_days` (bed-days) gives the geometric curve of equal chances each day; below 1 only that share is ever counted.
    `stays` are lengths in days (nights): S(j) is the share longer than j; `still_in` marks patients not yet discharged,
    whose stays are right-censored (Kaplan and Meier 1958).

    Raises:
        StayError: none or several sources, a mean or stay that is no length, or a curve that is no falling share.
    """
    if sum(source is not None for source in (mean_days, curve, stays)) != 1:
        raise StayError("give exactly one of mean_days, curve and stays")
    if mean_days is not None:
        found = _geometric(mean_days)
    elif curve is not None:
        found = checked_curve(curve)
    else:
        found = _observed(stays or (), still_in)
    return found if days is None else found[:days]


def _geometric(mean_days: float) -> Floats:
    """``S(j) = (1 - 1 / mean) ** j``, whose sum is the mean."""
    if not (np.isfinite(mean_days) and mean_days > 0):
        raise StayError(f"a mean stay must be above 0 days, got {mean_days:g}")
    if mean_days <= 1.0:
        return np.array([mean_days])
    stay = 1.0 - 1.0 / mean_days
    last = min(int(np.ceil(np.log(TAIL) / np.log(stay))), LONGEST_STAY)
    return np.asarray(stay ** np.arange(last))


def checked_curve(curve: ArrayLike) -> Floats:
    """The curve as an array (J,).

    Raises:
        StayError: it is empty, rises, or leaves 0 to 1; or nobody is ever counted.
    """
    shares = np.asarray(curve, dtype=np.float64)
    if shares.ndim != 1 or len(shares) == 0:
        raise StayError("a survival curve must be a list of one share or more")
    outside = np.flatnonzero(~((shares >= 0) & (shares <= 1)))
    if len(outside):
        raise StayError(f"a survival curve must lie within 0 and 1, got {shares[outside[0]]:g} at day {outside[0]}")
    rising = np.flatnonzero(np.diff(shares) > 1e-12)
    if len(rising):
        at = int(rising[0]) + 1
        raise StayError(f"a survival curve must not rise, got {shares[at]:g} after {shares[at - 1]:g} at day {at}")
    if shares[0] == 0:
        raise StayError("a survival curve must begin above 0")
    return shares


def _observed(stays: Sequence[float], still_in: Sequence[bool] | None) -> Floats:
    """The share of observed stays longer than j days, by Kaplan and Meier where some have not ended."""
    lengths = np.asarray(stays, dtype=np.float64)
    if len(lengths) == 0 or not (np.isfinite(lengths) & (lengths >= 0)).all() or lengths.max() == 0:
        raise StayError("observed stays must be numbers of 0 or more days, at least one of them above 0")
    if still_in is not None and len(still_in) != len(lengths):
        raise StayError(f"still_in must mark each of the {len(lengths)} stays, got {len(still_in)} marks")
    days = np.arange(min(int(np.ceil(lengths.max())), LONGEST_STAY))
    if still_in is None or not any(still_in):
        longer = len(lengths) - np.searchsorted(np.sort(lengths), days, side="right")
        return np.asarray(longer / len(lengths))
    from scipy.stats import CensoredData, ecdf

    ended = ecdf(CensoredData.right_censored(lengths, np.asarray(still_in, dtype=bool)))
    return np.asarray(ended.sf.evaluate(days), dtype=np.float64)


def left_of_start(curve: Floats, days: int) -> Floats:
    """Share (T,) of those counted the day before the first day who are still counted on day t.

    Their ages are those of a steady state, so the share is ``sum over j > t of S(j) / sum of S``.
    """
    tail = np.cumsum(curve[::-1])[::-1]
    share = np.zeros(days)
    kept = min(days, len(curve) - 1)
    share[:kept] = tail[1 : kept + 1] / tail[0]
    return share


def left_of_past(arrivals: ArrayLike, curve: Floats, days: int) -> Floats:
    """Share (T,) of those counted on the last day of past `arrivals` (D,) who are still counted on day t after it.

    Their ages are those that the arrivals and the curve give; without any arrivals within the curve's reach, those of
    a steady state.
    """
    recent = checked_counts(arrivals, "arrivals")[::-1][: len(curve)]
    present = recent * curve[: len(recent)]
    if present.sum() <= 0:
        return left_of_start(curve, days)
    reach = np.concatenate([curve, np.zeros(days)])
    left = [recent @ reach[ahead : ahead + len(recent)] for ahead in range(1, days + 1)]
    return np.asarray(left) / float(present.sum())


def still_in_chances(curve: Floats, elapsed: ArrayLike, days: int) -> Floats:
    """Chance (B, T) that each of B patients counted today is still counted on day t, `S(e + 1 + t) / S(e)`.

    `elapsed` (B,) are whole days since the day of arrival. Who has outstayed the curve goes on as its mean stay says,
    with an equal chance to leave each day.
    """
    ages = checked_counts(elapsed, "elapsed").astype(np.int64)
    reach = np.concatenate([checked_curve(curve), np.zeros(days + 1)])
    within = ages < int(np.flatnonzero(curve > 0)[-1]) + 1
    known = np.where(within, ages, 0)
    chances = reach[known[:, None] + 1 + np.arange(days)] / reach[known][:, None]
    beyond = max(0.0, 1.0 - 1.0 / max(float(curve.sum()), 1.0)) ** np.arange(1, days + 1)
    return np.where(within[:, None], chances, beyond)


def census_from_arrivals(
    arrivals: ArrayLike, survival: ArrayLike, present_at_start: float = 0.0, *, remaining: ArrayLike | None = None
) -> Floats:
    """Expected census (T,) of expected `arrivals` (T,) under the curve `survival` (J,), exactly.

    `present_at_start` patients were counted the day before; share `remaining` (T,) of them is left on each day
    (default: a steady state's mix of ages).

    Raises:
        StayError: negative or missing arrivals or start, a broken curve, or a `remaining` of another length.
    """
    coming, curve = checked_counts(arrivals, "arrivals"), checked_curve(survival)
    left = left_of_start(curve, len(coming)) if remaining is None else checked_counts(remaining, "remaining")
    if left.shape != coming.shape:
        raise StayError(f"remaining must have {len(coming)} days, got {len(left)}")
    start = float(checked_counts([present_at_start], "present_at_start")[0])
    return np.asarray(np.convolve(coming, curve)[: len(coming)] + start * left)


def arrivals_from_census(
    census: ArrayLike, survival: ArrayLike, *, present_at_start: float | None = None
) -> CensusFlow:
    """The arrivals that explain `census` (T,) under the curve `survival` (J,), with the daily chance to stay.

    `present_at_start` were counted the day before (default: as many as on the first day), of steady-state ages. Where
    the census falls faster than the curve lets patients go, arrivals are 0 and `excess` says by how much it is missed;
    everywhere else `census_from_arrivals` gives the census back.

    Raises:
        StayError: a negative or missing census or start, or a broken curve.
    """
    wanted, curve = checked_counts(census, "census"), checked_curve(survival)
    start = float(checked_counts([wanted[0] if present_at_start is None else present_at_start], "present_at_start")[0])
    staying = start * left_of_start(curve, len(wanted))
    arrivals = np.zeros(len(wanted))
    for day, count in enumerate(wanted):
        past = arrivals[max(0, day - len(curve) + 1) : day][::-1]
        staying[day] += past @ curve[1 : len(past) + 1]
        arrivals[day] = max(0.0, (count - staying[day]) / curve[0])
    counted = np.concatenate([[start], staying + curve[0] * arrivals])[:-1]
    usual = left_of_start(curve, 1)[0]
    chance = np.where(counted > 0, staying / np.where(counted > 0, counted, 1.0), usual)
    return CensusFlow(arrivals, chance, np.maximum(staying - wanted, 0.0))


def checked_counts(values: ArrayLike, what: str) -> Floats:
    """Values as a vector (T,) of finite numbers, none of them negative.

    Raises:
        StayError: it is empty, or a value is negative or missing.
    """
    counts = np.asarray(values, dtype=np.float64)
    if counts.ndim != 1 or len(counts) == 0:
        raise StayError(f"{what} must be a list of one number or more")
    wrong = np.flatnonzero(~(np.isfinite(counts) & (counts >= 0)))
    if len(wrong):
        raise StayError(f"{what} must be 0 or more, got {counts[wrong[0]]:g} at day {wrong[0]}")
    return counts
