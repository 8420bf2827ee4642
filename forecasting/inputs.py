"""What else is known of the days in a panel: events and columns known ahead, and columns known only as they come."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Columns beside the values of S series on D past and some coming days.

    `ahead` (S, D + ahead, A) holds what is known before its day, called `names`: 1 on the days of an event, else 0; or
    a measure, where `measured` (A,) is true, NaN where it is not known. `stated` (S, D + ahead) are factors that the
    user gives. `seen` (B, D) is the newest value known at the end of each day of the columns `seen_names`: a day's own
    value where it comes at once, an older one where it comes late.
    """

    names: tuple[str, ...]
    measured: NDArray[np.bool_]
    ahead: Floats
    stated: Floats
    seen_names: tuple[str, ...]
    seen: Floats

    def until(self, day: int) -> Inputs:
        """As known at the end of day `day`: what is only seen as it comes ends there."""
        return replace(self, seen=self.seen[:, : day + 1])

    def rows(self, picked: NDArray[np.int64]) -> Inputs:
        """The inputs of some of the series."""
        return replace(self, ahead=self.ahead[picked], stated=self.stated[picked])

    @property
    def move(self) -> bool:
        """Whether anything is known ahead that may move a forecast by itself."""
        return bool(self.names) or bool((self.stated != 1.0).any())
