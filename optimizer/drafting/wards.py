"""What a ward's own series say of it: how many patients it usually has, how many on a busy day, and how many beds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from optimizer.drafting import assumptions as a
from optimizer.drafting.draft import Ward


def ward_of(
    name: str, history: Mapping[str, object], late: NDArray[np.float64], beds: NDArray[np.float64] | None
) -> Ward:
    """A ward by known values of its last LATE_DAYS days: patients present, and beds open where they are recorded."""
    known = None if beds is None else float(np.median(beds[-a.BEDS_DAYS :]))
    return Ward(name, history, float(late.mean()), float(np.percentile(late, a.BUSY_PERCENTILE)), known)
