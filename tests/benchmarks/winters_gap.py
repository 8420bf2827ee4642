"""How much of the gap from the best simple rule to the clairvoyant is closed, and how surely, over trusts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.benchmarks.winters_data import Floats

RESAMPLES: Final = 2000
INTERVAL: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Closed:
    """The `share` of the gap that a policy closes, its 95 % interval over trusts, and the rule where the gap begins."""

    share: float
    low: float
    high: float
    begins: str


def closed(ours: Floats, rules: Mapping[str, Floats], clairvoyant: Floats, *, seed: int = 0) -> Closed:
    """What `ours` closes of the gap from the cheapest of the `rules` to the clairvoyant; all are money by trust (T,).

    The interval draws trusts with replacement and takes, each time, the rule that is cheapest among those drawn.
    """
    costs = np.stack(list(rules.values()))
    best = int(costs.sum(axis=1).argmin())
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(ours), (RESAMPLES, len(ours)))
    shares = _share(ours[drawn].sum(axis=1), costs[:, drawn].sum(axis=2), clairvoyant[drawn].sum(axis=1))
    low, high = np.quantile(shares, INTERVAL)
    share = _share(ours.sum(), costs.sum(axis=1), clairvoyant.sum())
    return Closed(float(share), float(low), float(high), list(rules)[best])


def _share(ours: Floats, rules: Floats, clairvoyant: Floats) -> Floats:
    best = rules.min(axis=0)
    return np.asarray((best - ours) / (best - clairvoyant)) + 0.0  # nought, not minus nought


def ahead(ours: Floats, rule: Floats) -> float:
    """The share of trusts on which ours costs less."""
    return float((ours < rule).mean())


def together(parts: Sequence[Mapping[str, Floats]]) -> dict[str, Floats]:
    """Money by policy and trust over several winters, of the trusts judged in any; NaN marks those not judged."""
    counts = np.isfinite([part["clairvoyant"] for part in parts]).any(axis=0)
    return {name: np.nansum([part[name] for part in parts], axis=0)[counts] for name in parts[0]}
