"""What is asked of a patient in bed, and from which midnights the answer is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.discharges.patients import Marks, Moments, Patients
from forecasting.history import Floats


@dataclass(frozen=True, slots=True)
class Target:
    """A question with a yes or no: does the patient leave within `days`, or, if `long`, stay over `days` nights."""

    name: str
    words: str
    days: int
    long: bool = False


TARGETS: Final = {
    "within_24h": Target("within_24h", "leaves within 24 h", 1),
    "within_48h": Target("within_48h", "leaves within 48 h", 2),
    "within_72h": Target("within_72h", "leaves within 72 h", 3),
    "over_21_days": Target("over_21_days", "stays over 21 days", 21, long=True),
}
"""The questions there are."""

SOON: Final = tuple(name for name, target in TARGETS.items() if not target.long)
"""Those whose chances add up to discharges of the next days, in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Moments (M,) whose answer is known, the answers (M,), and how much each counts (M,)."""

    moments: Moments
    yes: Marks
    weight: Floats


def answers(patients: Patients, moments: Moments, target: Target) -> Answers:
    """The known answers to `target`, of moments at which it was open.

    A stay that has not ended tells only as far as it was seen. Dropping just those who are in still would leave too
    many who left; so of dated stays every moment too near the last day known is dropped, whoever it is of, and of
    undated ones each known answer counts for those like it that were cut off (inverse probability of censoring,
    Robins and Finkelstein 2000).
    """
    until = _until(moments, target)
    nights, cut = patients.nights[moments.patient], patients.still_in[moments.patient]
    known = ~cut | (nights >= until)
    weight = np.ones(len(moments))
    if patients.is_dated and patients.as_of is not None:
        first = np.array([(patients.as_of - day).days for day in patients.admitted])[moments.patient]
        known = first >= until
    elif cut.any():
        weight = 1.0 / np.maximum(_uncut(patients, np.minimum(nights, until), moments), LEAST_SHARE)
    known &= moments.elapsed < target.days if target.long else True
    chosen = np.flatnonzero(known)
    ended = ~cut & (nights <= until)
    yes = ~ended if target.long else ended
    return Answers(moments.picked(chosen), yes[chosen], weight[chosen])


LEAST_SHARE: Final = 0.05
"""Nobody counts for more than 20 patients."""


def _until(moments: Moments, target: Target) -> Floats:
    """The night count (M,) that decides."""
    if target.long:
        return np.full(len(moments), float(target.days))
    return np.asarray(moments.elapsed + target.days, dtype=np.float64)


def _uncut(patients: Patients, until: Floats, moments: Moments) -> Floats:
    """The share of stays watched until then, of those watched until the moment (Kaplan and Meier 1958)."""
    from scipy.stats import CensoredData, ecdf

    watched = CensoredData(uncensored=patients.nights[patients.still_in], right=patients.nights[~patients.still_in])
    curve = ecdf(watched).sf
    # just before each: who is cut off on that very day was watched until then
    now, then = (np.asarray(curve.evaluate(np.nextafter(at, -np.inf))) for at in (moments.elapsed * 1.0, until))
    return np.divide(then, now, out=np.ones_like(then), where=now > 0)
