"""From chances of single patients to discharges: how many leave by day, and who is in still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecasting.discharges.targets import SOON
from forecasting.history import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Leaving:
    """How many leave: `mean` (H,) and `sd` (H,) on each of the next H days, `total` and `total_sd` (H,) until then."""

    mean: Floats
    sd: Floats
    total: Floats
    total_sd: Floats


def known_still_in(chances: Mapping[str, Floats]) -> Floats:
    """The chance (B, H) to be in still at the end of each of the next H days, for `census.with_known_chances`."""
    return np.asarray(1.0 - np.stack([chances[name] for name in SOON], axis=1))


def expected_leaving(chances: Mapping[str, Floats]) -> Leaving:
    """How many leave, each patient by itself: sums of unlike coin throws (the Poisson binomial distribution).

    The mean of such a sum is the sum of the chances p, its variance that of p (1 - p) (Wang 1993).
    """
    gone = 1.0 - known_still_in(chances)
    by_day = np.diff(gone, axis=1, prepend=0.0)
    return Leaving(
        mean=by_day.sum(axis=0),
        sd=np.sqrt((by_day * (1.0 - by_day)).sum(axis=0)),
        total=gone.sum(axis=0),
        total_sd=np.sqrt((gone * (1.0 - gone)).sum(axis=0)),
    )
