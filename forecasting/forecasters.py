"""The table of forecasters, each in scikit-learn's manner. Each says the expected value; `intervals` adds doubt.

A constructor only stores; `fit` learns from a `Panel` and returns self; what is learned ends in `_`; `predict` changes
nothing and, at an origin, reads no value after it. A new forecaster is a class and a line in `LEARNERS`;
`best` and `auto` choose among those.
"""

from __future__ import annotations

from collections.abc import Callable

from forecasting.adjusted import Adjusted, AdjustedPooled
from forecasting.choosing import Auto, Best
from forecasting.direct import Ridge
from forecasting.errors import UnknownForecaster, did_you_mean
from forecasting.learners import LEARNERS
from forecasting.mixing import Mixed
from forecasting.naive import SeasonalNaive, WeekdayMean, same_weekday
from forecasting.protocol import Forecaster, Pooled, Settled
from forecasting.tuning import Tuned

__all__ = [
    "CLASSES",
    "FORECASTERS",
    "Forecaster",
    "Pooled",
    "Ridge",
    "SeasonalNaive",
    "Settled",
    "Tuned",
    "WeekdayMean",
    "new_forecaster",
    "same_weekday",
]

FORECASTERS: dict[str, Callable[..., Forecaster]] = {**LEARNERS, "best": Best, "auto": Auto}
"""Every forecaster by the name that a scenario uses."""

CLASSES: dict[str, Callable[..., Forecaster]] = {
    **{getattr(made, "__name__", name): made for name, made in FORECASTERS.items()},
    "Adjusted": Adjusted,
    "AdjustedPooled": AdjustedPooled,
    "Mixed": Mixed,
    "Tuned": Tuned,
}
"""Every class that a fitted forecaster may be or hold, by its own name: to make it again from what was stored."""


def new_forecaster(name: str) -> Forecaster:
    """A forecaster with its default settings.

    Raises:
        UnknownForecaster: the name is not in `FORECASTERS`.
    """
    if name not in FORECASTERS:
        raise UnknownForecaster(f"{name!r} is no forecaster{did_you_mean(name, FORECASTERS)}")
    return FORECASTERS[name]()
