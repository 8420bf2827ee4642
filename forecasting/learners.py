"""Every forecaster that learns by itself, by name; `forecasters` adds those that choose among them."""

from __future__ import annotations

from collections.abc import Callable

from forecasting.blends import Blend
from forecasting.boosting import GradientBoosting
from forecasting.direct import Ridge
from forecasting.estimators import NeuralNet, Poisson, QuantileBoosting, RandomForest, SupportVector
from forecasting.fast import Fast
from forecasting.naive import SeasonalNaive, WeekdayMean
from forecasting.protocol import Forecaster
from forecasting.trees import Trees

LEARNERS: dict[str, Callable[..., Forecaster]] = {
    "seasonal_naive": SeasonalNaive,
    "weekday_mean": WeekdayMean,
    "ridge": Ridge,
    "fast": Fast,
    "poisson": Poisson,
    "support_vector": SupportVector,
    "random_forest": RandomForest,
    "gradient_boosting": GradientBoosting,
    "quantile_boosting": QuantileBoosting,
    "neural_net": NeuralNet,
    "trees": Trees,
    "blend": Blend,
}
"""From plain to intricate: of equals the earlier one is chosen."""
