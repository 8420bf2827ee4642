"""Ours held against planning by the mean at equal spend: its safety is set so that it pays out as much."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from optimizer.replay.policies import POLICIES
from optimizer.replay.run import Replayed, Say, Stretch, replay
from optimizer.replay.score import Score

TRIES: Final = 4
"""Replays at other safeties at most; the one that pays out most nearly as much counts."""

CLOSE: Final = 0.002
"""Spending this near, as a share, is equal."""


@dataclass(frozen=True, slots=True)
class EqualSpend:
    """What ours came to at the `share` of cases covered at which it paid out what planning by the mean did.

    The share is found with hindsight: it is one figure for all weeks, which a planner would have had to guess.
    """

    share: float
    score: Score


def at_equal_spend(found: Replayed, *, say: Say | None = None) -> EqualSpend:
    """Ours at the spending of `mean`; raises KeyError where one of the two was not replayed."""
    target, stretch = found.scores["mean"].paid, found.stretch
    tried = [(stretch.share, found.scores["ours"])]
    low, high = 0.02, 0.98
    while len(tried) <= TRIES and abs(tried[-1][1].paid - target) > CLOSE * target:
        share, score = tried[-1]
        low, high = (low, share) if score.paid > target else (share, high)
        middle = _between(tried, target, low, high)
        tried.append((middle, _ours(replace(stretch, share=middle), say)))
    return _nearest(tried, target)


def _ours(stretch: Stretch, say: Say | None) -> Score:
    return replay(stretch, {"ours": POLICIES["ours"]}, say=say).scores["ours"]


def _between(tried: list[tuple[float, Score]], target: float, low: float, high: float) -> float:
    """Where a line through the nearest two meets the target, kept inside what is still possible."""
    if len(tried) > 1:
        (a, one), (b, two) = sorted(tried, key=lambda each: abs(each[1].paid - target))[:2]
        if one.paid != two.paid:
            meets = a + (b - a) * (target - one.paid) / (two.paid - one.paid)
            if low < meets < high:
                return meets
    return (low + high) / 2


def _nearest(tried: list[tuple[float, Score]], target: float) -> EqualSpend:
    share, score = min(tried, key=lambda each: abs(each[1].paid - target))
    return EqualSpend(share, score)
