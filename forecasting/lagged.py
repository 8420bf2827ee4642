"""Columns known only as they come, as features at an origin: the newest values known there, never later ones."""

from __future__ import annotations

import numpy as np

from forecasting.history import Floats
from forecasting.panel import LEVEL_DAYS, Ints, Panel, trailing_mean

REACH = 3.0
"""A column counts as at most four times its own four-week mean."""


def seen_features(panel: Panel, origins: Ints) -> list[Floats]:
    """Two features (S, O) of each column seen as it comes: its newest value, and its last week, over its four weeks."""
    if panel.inputs is None or not len(panel.inputs.seen):
        return []
    seen = panel.inputs.seen
    level = np.abs(trailing_mean(seen, LEVEL_DAYS))
    level = np.where(level > 0, level, 1.0)
    shares = [seen / level, trailing_mean(seen, 7) / level]
    shape = (len(panel.values), len(origins))
    told = [np.clip(np.nan_to_num(share - 1.0), -REACH, REACH)[:, origins] for share in shares]
    return [np.broadcast_to(column, shape) for share in told for column in share]
