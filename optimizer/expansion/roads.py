"""How far it is between sites: as given, or along the straight line between where they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.scenario.model import Scenario


def kilometres(scenario: Scenario, sites: Sequence[str]) -> Floats:
    """(H, H) km between sites; NaN where no distance is known, or more than patients may be moved, and to itself."""
    known = [scenario.sites[name].at if name in scenario.sites else None for name in sites]
    places = np.array([at or (np.nan, np.nan) for at in known], dtype=np.float64).reshape(-1, 2)
    km = np.hypot(*np.moveaxis(places[:, None] - places[None, :], -1, 0))
    # the first of two entries for a pair counts
    for pair in reversed(scenario.transfers.distances):
        a, b = sites.index(pair.a), sites.index(pair.b)
        km[a, b] = km[b, a] = pair.km
    np.fill_diagonal(km, np.nan)
    most = scenario.transfers.max_km
    return km if most is None else np.where(km <= most, km, np.nan)
