"""Length-of-stay curves by patient group, with their own doubt: from observed stays, or from arrivals and a census."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from forecasting.errors import StayError
from forecasting.history import Floats
from forecasting.stays import checked_counts, survival

Z95 = 1.96
"""Half width of a 95 % interval in standard errors."""

NOBODY = 1e-9
"""A share below this is rounding, not a patient."""

LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 24, 28, 34, 42, 56, 70, 90)
"""Stays, in days, of which a curve found from a census is mixed."""


@dataclass(frozen=True, slots=True, eq=False)
class StayCurve:
    """How long a patient group stays.

    `survival` (J,) is the chance S(j) of being counted still j days after the day of arrival; `at_risk` (J,) the
    patients known to have been in until then, from whom the chance to leave on day j was learned (0 where the curve was
    not learned from stays). `patients` of whom `still_in` had not left; `source` says what it was learned from.
    `recorded` patients were counted for each arrival recorded: above 1 where arrivals are under-reported. The share
    `outstaying` was in still when the longest stay known had not ended; the curve tells no more of them.
    """

    group: str
    survival: Floats
    at_risk: Floats
    patients: int
    still_in: int
    source: Literal["stays", "arrivals and census"]
    recorded: float = 1.0
    outstaying: float = 0.0

    @property
    def mean_days(self) -> float:
        """Mean stay in bed-days, as far as the curve reaches."""
        return float(self.survival.sum())

    @property
    def interval(self) -> tuple[Floats, Floats]:
        """Lower and upper 95 % bounds (J,) on the log scale, by Greenwood's variance (1926)."""
        leaving = _hazards(self.survival)
        risk = np.maximum(self.at_risk, 1.0)
        spread = np.divide(leaving, (1.0 - leaving) * risk, out=np.zeros_like(leaving), where=leaving < 1.0)
        width = np.exp(Z95 * np.sqrt(np.cumsum(np.where(self.at_risk > 0, spread, 0.0))))
        return self.survival / width, np.minimum(self.survival * width, 1.0)

    def draws(self, samples: int, rng: np.random.Generator) -> Floats:
        """Curves (N, J) that the stays seen leave possible: each day's chance to leave as a beta variable.

        Their mean is the curve (Hjort 1990, the beta process without a prior). A curve not learned from stays is
        repeated as it is.
        """
        leaving = _hazards(self.survival)
        left = leaving * self.at_risk
        doubtful = (left > 0) & (left < self.at_risk)
        drawn = np.tile(leaving, (samples, 1))
        if doubtful.any():
            shape = (samples, int(doubtful.sum()))
            drawn[:, doubtful] = rng.beta(left[doubtful], (self.at_risk - left)[doubtful], shape)
        return np.asarray(np.cumprod(1.0 - drawn, axis=1))


def _hazards(curve: Floats) -> Floats:
    """Chance (J,) to leave before the count of each day, of those counted the day before."""
    before = np.concatenate([[1.0], curve[:-1]])
    staying = np.divide(curve, before, out=np.zeros_like(curve), where=before > 0)
    return np.asarray(1.0 - staying)


def stay_curve(stays: Sequence[float], still_in: Sequence[bool] | None = None, *, group: str = "all") -> StayCurve:
    """The curve of observed `stays` in days, `still_in` marking those that have not ended (Kaplan and Meier 1958).

    Raises:
        StayError: no stays, negative or missing ones, or marks of another number.
    """
    curve = survival(stays=stays, still_in=still_in)
    lengths = np.asarray(stays, dtype=np.float64)
    censored = np.zeros(len(lengths), dtype=bool) if still_in is None else np.asarray(still_in, dtype=bool)
    # who left after 2.5 days was at risk of leaving before the count of day 3; who is in after 2.5 days was not
    reach = np.where(censored, np.floor(lengths), np.ceil(lengths))
    at_risk = (reach[:, None] >= np.arange(len(curve))).sum(axis=0) if len(lengths) < 2000 else _at_risk(reach, curve)
    outstaying = float(curve[-1] * censored[lengths == lengths.max()].mean())
    return StayCurve(
        group, curve, at_risk.astype(np.float64), len(lengths), int(censored.sum()), "stays", outstaying=outstaying
    )


def _at_risk(reach: Floats, curve: Floats) -> Floats:
    """Stays (J,) that reach each day, for many stays."""
    ordered = np.sort(reach)
    return np.asarray(len(ordered) - np.searchsorted(ordered, np.arange(len(curve)), side="left"), dtype=np.float64)


def curve_from_census(arrivals: ArrayLike, census: ArrayLike, *, longest: int = 40, group: str = "all") -> StayCurve:
    """The falling curve that makes `census` (D,) of `arrivals` (D,) best, errors weighed as a Poisson count's are.

    A mix of stays of fixed lengths up to `longest` days, by least squares without negative shares (Lawson and Hanson
    1974). The first `longest` days only teach. A curve that would begin above 1 is divided by its first share, and
    `recorded` says by how much.

    Raises:
        StayError: series of different lengths, negative or missing values, or fewer than twice `longest` days.
    """
    from scipy.optimize import nnls

    coming, wanted = checked_counts(arrivals, "arrivals"), checked_counts(census, "census")
    if len(coming) != len(wanted) or len(coming) < 2 * longest:
        message = f"arrivals and census must cover the same {2 * longest} days or more"
        raise StayError(f"{message}, got {len(coming)} and {len(wanted)}")
    lengths = np.array([*(days for days in LENGTHS if days < longest), longest])
    days = np.arange(longest - 1, len(coming))
    total = np.concatenate([[0.0], np.cumsum(coming)])
    weight = 1.0 / np.sqrt(np.maximum(wanted[days], 1.0))
    shares, _ = nnls(
        (total[days + 1, None] - total[days[:, None] + 1 - lengths]) * weight[:, None], wanted[days] * weight
    )
    curve = (shares * (np.arange(longest)[:, None] < lengths)).sum(axis=1)
    if curve[0] <= 0:
        raise StayError("no curve explains the census: there are no arrivals, or nobody is ever counted")
    recorded = max(float(curve[0]), 1.0)
    kept = curve[: int(np.flatnonzero(curve > curve[0] * NOBODY)[-1]) + 1] / recorded
    patients = round(float(coming.sum()))
    return StayCurve(group, kept, np.zeros(len(kept)), patients, 0, "arrivals and census", recorded)


def doubtful_curves(curve: Floats, stays: int, *, samples: int, seed: int = 0) -> Floats:
    """Curves (N, J) that are possible where `curve` (J,), which begins at 1, was learned from so many stays."""
    before = np.concatenate([[1.0], curve[:-1]])
    learned = StayCurve("", curve, stays * before, stays, 0, "stays")
    return learned.draws(samples, np.random.default_rng(seed))


def stay_curves(
    stays: Mapping[str, Sequence[float]], still_in: Mapping[str, Sequence[bool]] | None = None
) -> dict[str, StayCurve]:
    """A curve for each patient group, from its stays in days and, where given, marks of those that have not ended."""
    marks = still_in or {}
    return {group: stay_curve(lengths, marks.get(group), group=group) for group, lengths in stays.items()}
