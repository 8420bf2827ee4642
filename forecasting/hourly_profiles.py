"""When in the day things happen: the share of each slot, by weekday and on public holidays, and how slots scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.calendars import public_holidays
from forecasting.history import Days, Floats
from forecasting.panel import Ints

KINDS = 8
"""Monday to Sunday, and a public holiday on any of them."""

HOLIDAY = 7

HALF_LIFE = 365
"""Days after which a day counts half."""

COMMON_DAYS = 5.0
"""Days for which the profile of all days counts in that of each kind: holidays are few."""

NEAR_SLOTS = (1.0, 2.0, 3.0, 2.0, 1.0)
"""How much the slots about one, and itself, count in how a kind of day differs from all days there."""

MANY_SLOTS = 12
"""Days in fewer parts than this are not smoothed: neighbouring shifts have little in common."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Shares of a day's total: `shares` (KINDS, P), `of_days` (D, P) those of the days learned from.

    `scatter` is the variance of a slot about its share of the day's total, in units of what independent events (a
    multinomial draw) would have: 1 for arrivals, far less for patients present.
    """

    shares: Floats
    of_days: Floats
    scatter: float


def day_kinds(dates: Days, country: str | None, subdivision: str | None) -> Ints:
    """The kind (D,) of each day."""
    weekday = (dates.astype("datetime64[D]").astype(int) + 3) % 7
    return np.where(np.isin(dates, public_holidays(dates, country, subdivision)), HOLIDAY, weekday)


def learned_profile(values: Floats, kinds: Ints) -> Profile:
    """The profile of slots (D, P), days known in part filled by the profile of all days."""
    weight = 0.5 ** ((len(values) - 1 - np.arange(len(values))) / HALF_LIFE)
    known = np.isfinite(values)
    common = _mean_profile(values, known, weight)
    filled = np.where(known, values, common * _totals(values, known, common)[:, None])
    whole = known.any(axis=1)
    days = weight * whole
    total = float(days @ filled.sum(axis=1)) / max(float(days.sum()), 1e-12)
    shares = np.empty((KINDS, values.shape[1]))
    for kind in range(KINDS):
        mine = days * (kinds == kind)
        summed = mine @ filled + COMMON_DAYS * total * common
        shares[kind] = _smoothed(summed, common)
    of_days = shares[kinds]
    return Profile(shares, of_days, _scatter(values, of_days, weight))


def _smoothed(summed: Floats, common: Floats) -> Floats:
    """Shares (P,) of one kind of day, from what came by slot: the shares of all days times a ratio that is smooth.

    A kind of day is seen on a seventh of the days, so that its hours scatter; how it differs changes slowly by hour.
    """
    if summed.sum() <= 0:
        return common
    if len(common) < MANY_SLOTS:
        return np.asarray(summed / summed.sum())
    about = [(weight, at - len(NEAR_SLOTS) // 2) for at, weight in enumerate(NEAR_SLOTS)]
    near = sum((weight * np.roll(summed, by) for weight, by in about), np.zeros_like(summed))
    usual = sum((weight * np.roll(common, by) for weight, by in about), np.zeros_like(common))
    told = common * np.divide(near, usual, out=np.zeros_like(near), where=usual > 0)
    return np.asarray(told / told.sum()) if told.sum() > 0 else common


def _mean_profile(values: Floats, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], weight: Floats) -> Floats:
    """Shares (P,) from the weighted mean of each slot; even shares where all is nothing."""
    count = np.maximum(weight @ known, 1e-12)
    mean = weight @ np.where(known, values, 0.0) / count
    return mean / mean.sum() if mean.sum() > 0 else np.full(values.shape[1], 1.0 / values.shape[1])


def _totals(values: Floats, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], common: Floats) -> Floats:
    """Each day's total (D,), what is unknown in proportion."""
    share = np.maximum(known @ common, 1e-12)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / share)


def _scatter(values: Floats, shares: Floats, weight: Floats) -> float:
    """Mean squared distance from the share of the day's own total, over its multinomial variance."""
    total = values.sum(axis=1, keepdims=True)
    expected = total * shares
    chance = (weight[:, None] * expected * (1.0 - shares)).sum(axis=1)
    apart = (weight[:, None] * (values - expected) ** 2).sum(axis=1)
    seen = np.isfinite(apart) & (chance > 0)
    return float(apart[seen].sum() / chance[seen].sum()) if seen.any() else 1.0
