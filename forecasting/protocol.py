"""What a forecaster is: the seams between those who learn, those who dress with doubt and those who choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self, runtime_checkable

from forecasting.history import Floats
from forecasting.panel import Ints, Panel


class Forecaster(Protocol):
    """Learns the expected value of days ahead from days past."""

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Every setting by name, as scikit-learn's estimators have it."""
        ...

    def set_params(self, **changed: object) -> Self:
        """Change settings by name."""
        ...

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Learn to look `horizons` (H,) days ahead from all the values of `panel`.

        Raises:
            TooLittleHistory: the panel is too short to learn from.
        """
        ...

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H) seen from each origin (a day index): only values up to the origin are read."""
        ...


@runtime_checkable
class Pooled(Forecaster, Protocol):
    """A forecaster that learns one model for all series, whose doubt is therefore shared by them too."""

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """How much each series usually changes at each origin (S, O): what past errors are measured in."""
        ...


@runtime_checkable
class Settled(Forecaster, Protocol):
    """A forecaster that chose or tuned something while it was fitted, and can be made again as it was chosen.

    `settled_` is what it came to, fitted; `names_` the learner of each series.
    """

    settled_: Forecaster
    names_: tuple[str, ...]

    def again(self) -> Forecaster:
        """An unfitted forecaster with all choices fixed: to look back with it costs no second choosing."""
        ...

    def why(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """What was tried and found, a sentence each; a few series are called by their names."""
        ...


Maker = Callable[[], Forecaster]
"""Makes an unfitted forecaster."""
