"""What each future costs at least before anything is searched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.program import Floats
from optimizer.scenario.uncertainty import Risk
from optimizer.uncertainty.risk import weighed


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Each future costs at least ``heights + slopes @ decided``: (S,) and (S, F), in currency."""

    heights: Floats
    slopes: Floats
    has_plans: bool = True

    @classmethod
    def sure(cls, heights: Floats, slopes: Floats, least: float) -> Known:
        """The same, and no less than `least` where no plan was found for a future (nan)."""
        none = np.isnan(heights)
        return cls(np.where(none, least, heights), np.where(none[:, None], 0.0, slopes), not bool(none.any()))

    def alone(self, weights: Floats, risk: Risk | None) -> float:
        """What all cost at least, where no slope hangs on what is decided; else nothing is known yet."""
        return -np.inf if bool(self.slopes.any()) else weighed(self.heights, weights, risk)
