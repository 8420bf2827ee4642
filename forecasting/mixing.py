"""Several learners side by side in one panel, each for the series that it was chosen for, with its own settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np

from forecasting.history import Floats
from forecasting.intervals import error_scale
from forecasting.learners import LEARNERS
from forecasting.panel import Ints, Panel
from forecasting.params import Settings
from forecasting.protocol import Forecaster, Pooled

Changed = Mapping[str, object]
"""Settings of a learner that differ from its own, by name."""


def learner_of(name: str, changed: Changed | None = None) -> Forecaster:
    """An unfitted learner by its name in `LEARNERS`, with some settings changed."""
    return LEARNERS[name](**(changed or {}))


class Mixed(Settings):
    """Forecasts each series by the learner in `names`, one for each row of the panel; `settings` change learners.

    A pooled learner learns from every series, any other from those it is for.
    """

    def __init__(self, *, names: tuple[str, ...], settings: Mapping[str, Changed] | None = None) -> None:
        self.names = names
        self.settings = settings

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Let every learner learn.

        Raises:
            TooLittleHistory: one of them has too little to learn from.
        """
        self.horizons_ = horizons
        changed = self.settings or {}
        self.learners_ = {name: learner_of(name, changed.get(name)) for name in sorted(set(self.names))}
        for name, learner in self.learners_.items():
            learner.fit(panel.rows(self.seen(name)), horizons)
        return self

    def mine(self, name: str) -> Ints:
        """Rows that a learner forecasts."""
        return np.flatnonzero(np.array(self.names) == name)

    def seen(self, name: str) -> Ints:
        """Rows that a learner learns from."""
        return np.arange(len(self.names)) if isinstance(self.learners_[name], Pooled) else self.mine(name)

    def _gathered(self, name: str, told: Floats, into: Floats) -> None:
        mine = self.mine(name)
        into[mine] = told[np.isin(self.seen(name), mine)]

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        told = np.empty((len(self.names), len(origins), len(self.horizons_)))
        for name, learner in self.learners_.items():
            self._gathered(name, learner.predict(panel.rows(self.seen(name)), origins), told)
        return told

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """What past errors are measured in (S, O), as each series' learner has it."""
        told = np.empty((len(self.names), len(origins)))
        for name, learner in self.learners_.items():
            self._gathered(name, error_scale(learner, panel.rows(self.seen(name)), origins), told)
        return told
