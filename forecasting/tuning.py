"""A forecaster's settings found by time-ordered cross-validation on its own past, with all that was tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from forecasting.choosing import Auto, Best, Choice
from forecasting.errors import TooLittleHistory
from forecasting.grouping import sampled
from forecasting.history import Floats
from forecasting.intervals import error_scale
from forecasting.mixing import Changed, Mixed, learner_of
from forecasting.panel import Ints, Panel
from forecasting.params import Settings
from forecasting.protocol import Forecaster

GRIDS: Final[Mapping[str, Mapping[str, Sequence[object]]]] = {
    "seasonal_naive": {"weeks": (1, 2, 4, 8)},
    "weekday_mean": {"weeks": (3, 4, 6, 8, 12)},
    "ridge": {"penalty": (50.0, 150.0, 500.0, 1500.0)},
    "poisson": {"penalty": (0.001, 0.003, 0.01, 0.03)},
    "support_vector": {"cost": (0.1, 0.3, 1.0), "tube": (0.1, 0.3, 0.6)},
    "random_forest": {"least_leaf": (10, 20, 50), "trees": (60,)},
    "gradient_boosting": {"rounds": (20, 40, 80), "leaves": (4, 8, 16)},
    "quantile_boosting": {"rounds": (30, 60, 120), "learning_rate": (0.03, 0.06)},
    "neural_net": {"hidden": (8, 16, 32), "penalty": (0.3, 1.0, 3.0)},
    "fast": {"penalty": (30.0, 100.0, 300.0, 1000.0, 3000.0)},
    "trees": {"rounds": (40, 80, 160), "leaves": (7, 15, 31)},
    "blend": {"trees": (0.2, 0.4, 0.6)},
}
"""Settings worth trying, by learner: each setting's own value is among them."""

MOST_SEARCHED = 24
"""Series that a search looks at, spread evenly: settings belong to all of them."""

WORTH = 0.002
"""Settings as they come are left only for a gain of this share: less is chance."""

FEWEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a search tried: `tried` holds each setting with its error (in usual changes), best first.

    `chosen` are the settings that differ from those that the learner comes with; empty where those were kept.
    """

    forecaster: str
    tried: tuple[tuple[tuple[tuple[str, object], ...], float], ...]
    chosen: tuple[tuple[str, object], ...]
    folds: int
    origins: int
    gap: int
    note: str = ""

    def __str__(self) -> str:
        if self.note:
            return f"{self.forecaster} is not tuned: {self.note}"
        found = "kept as it comes" if not self.chosen else f"set to {_listed(self.chosen)}"
        shown = "; ".join(f"{error:.3f} {_listed(setting)}" for setting, error in self.tried[:FEWEST_SHOWN])
        return (
            f"{self.forecaster} tuned over {len(self.tried)} settings, {self.folds} folds in order of time, {self.gap} "
            f"days apart: {found} (error in usual changes {shown})"
        )


def _listed(setting: Sequence[tuple[str, object]]) -> str:
    return ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in setting)


def tune(panel: Panel, horizons: Ints, name: str, *, tries: int = 12, folds: int = 3) -> Tuning:
    """Search the settings of a learner; nothing outside the panel is read.

    Where the past is too short for the folds, the settings stay as they come and a note says so.
    """
    from forecasting.searching import searched

    few = panel.rows(sampled(np.arange(len(panel.values)), MOST_SEARCHED))
    gap = int(horizons[-1])
    try:
        ranked, origins = searched(learner_of(name), few, horizons, GRIDS[name], tries=tries, folds=folds)
    except (TooLittleHistory, ValueError) as error:
        return Tuning(name, (), (), folds, 0, gap, f"the past is too short ({error})")
    tried = tuple((tuple(sorted(setting.items())), error) for setting, error in ranked)
    return Tuning(name, tried, _better(name, tried), folds, origins, gap)


def _better(name: str, tried: Sequence[tuple[tuple[tuple[str, object], ...], float]]) -> tuple[tuple[str, object], ...]:
    """The best settings where they gain enough over those that the learner comes with."""
    own = learner_of(name).get_params()
    best, least = tried[0]
    as_it_comes = [error for setting, error in tried if all(own[key] == value for key, value in setting)]
    if as_it_comes and as_it_comes[0] <= least * (1.0 + WORTH):
        return ()
    return tuple((key, value) for key, value in best if own[key] != value)


CHOOSERS: Final = {"best": Best, "auto": Auto}
"""Forecasters that choose first; what they chose is then tuned."""


class Tuned(Settings):
    """Another forecaster with its settings tuned on the past; of `best` and `auto` the winners are tuned."""

    def __init__(self, *, forecaster: str = "fast", tries: int = 12, folds: int = 3) -> None:
        self.forecaster = forecaster
        self.tries = tries
        self.folds = folds

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Choose where there is a choice, search settings, learn everything with what was found.

        Raises:
            TooLittleHistory: the forecaster has too little to learn from.
        """
        self.names_ = (self.forecaster,) * len(panel.values)
        self.choices_: tuple[Choice, ...] = ()
        if self.forecaster in CHOOSERS:
            chooser = CHOOSERS[self.forecaster]().fit(panel, horizons)
            self.names_, self.choices_ = chooser.names_, chooser.choices_
        winners = dict.fromkeys(self.names_)
        self.tunings_ = tuple(tune(panel, horizons, name, tries=self.tries, folds=self.folds) for name in winners)
        self.settled_ = self.again().fit(panel, horizons)
        return self

    def again(self) -> Forecaster:
        """The forecaster with the settings found, unfitted."""
        changed: dict[str, Changed] = {one.forecaster: dict(one.chosen) for one in self.tunings_}
        if len(changed) == 1:
            return learner_of(self.names_[0], changed[self.names_[0]])
        return Mixed(names=self.names_, settings=changed)

    def why(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """What was chosen, tried and found."""
        return (*(choice.told(names) for choice in self.choices_), *(str(one) for one in self.tunings_))

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H), never negative."""
        return self.settled_.predict(panel, origins)

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """What past errors are measured in (S, O)."""
        return error_scale(self.settled_, panel, origins)
