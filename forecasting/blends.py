"""Blends: the mean of several forecasters, whose separate mistakes partly cancel."""

from __future__ import annotations

from typing import Self

import numpy as np

from forecasting.fast import Fast
from forecasting.history import Floats
from forecasting.panel import Ints, Panel
from forecasting.params import Settings
from forecasting.trees import Trees


class Blend(Settings):
    """A weighted mean of the ridge and the trees over all series; `trees` is the trees' weight, 0 to 1."""

    def __init__(self, *, trees: float = 0.4) -> None:
        self.trees = trees

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Fit both.

        Raises:
            TooLittleHistory: one of them has too little to learn from.
        """
        self.line_ = Fast().fit(panel, horizons)
        self.trees_ = Trees().fit(panel, horizons)
        return self

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        line, trees = self.line_.predict(panel, origins), self.trees_.predict(panel, origins)
        return np.asarray((1.0 - self.trees) * line + self.trees * trees)

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How much each series usually changes at each origin (S, O): what past errors are measured in."""
        return self.line_.scale(panel, origins)
