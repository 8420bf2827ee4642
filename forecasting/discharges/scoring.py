"""How well chances did on held-out patients: scikit-learn's measures, and the plain stay curve beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.discharges.patients import Marks, Patients
from forecasting.discharges.targets import Answers, Target
from forecasting.history import Floats
from forecasting.stays import survival

BINS: Final = 10
"""Groups of equal size by which chances are held against what came."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Moments of like chance: the mean chance, the share that said yes, and how many."""

    chance: float
    share: float
    moments: int


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of one target, M moments of held-out patients.

    `accuracy`, `precision`, `recall` and `f1` call yes what is likelier than usual (above `threshold`, the share of yes
    in the past). `roc_auc` is 0.5 for guessing; `brier` is the mean squared miss of the chance, `brier_curve` that of
    the stay curve which knows only the nights so far; `skill` is 1 - brier / brier_curve. Empty where all answers are
    alike.
    """

    target: str
    moments: int
    patients: int
    share: float
    threshold: float
    accuracy: float
    precision: float
    recall: float
    f1: float
    roc_auc: float | None
    brier: float
    brier_curve: float
    skill: float | None
    calibration: tuple[Bin, ...]


def report(target: Target, held: Answers, chance: Floats, by_curve: Floats, threshold: float) -> Report:
    """Score `chance` (M,) against the answers of held-out moments."""
    from sklearn import metrics

    yes, weight = held.yes, held.weight
    called = chance > threshold
    brier = float(metrics.brier_score_loss(yes, chance, sample_weight=weight))
    plain = float(metrics.brier_score_loss(yes, by_curve, sample_weight=weight))
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        yes, called, average="binary", zero_division=0.0, sample_weight=weight
    )
    return Report(
        target.name,
        moments=len(yes),
        patients=len(np.unique(held.moments.patient)),
        share=float(np.average(yes, weights=weight)),
        threshold=threshold,
        accuracy=float(metrics.accuracy_score(yes, called, sample_weight=weight)),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        roc_auc=float(metrics.roc_auc_score(yes, chance, sample_weight=weight)) if 0 < yes.sum() < len(yes) else None,
        brier=brier,
        brier_curve=plain,
        skill=1.0 - brier / plain if plain > 0 else None,
        calibration=calibration(yes, chance, weight),
    )


def calibration(yes: Marks, chance: Floats, weight: Floats) -> tuple[Bin, ...]:
    """Chances (M,) against answers (M,), in `BINS` groups of about equal size; equal chances stay together."""
    edges = np.unique(np.quantile(chance, np.linspace(0.0, 1.0, BINS + 1)[1:-1]))
    place = np.searchsorted(edges, chance, side="left")
    bins = []
    for number in np.unique(place):
        here = place == number
        bins.append(
            Bin(
                float(np.average(chance[here], weights=weight[here])),
                float(np.average(yes[here], weights=weight[here])),
                int(here.sum()),
            )
        )
    return tuple(bins)


def by_curve(past: Patients, held: Answers, target: Target) -> Floats:
    """The chance (M,) of yes by the past's stay curve alone: what the nights so far say of anybody."""
    curve = np.concatenate([survival(stays=past.nights.tolist(), still_in=past.still_in.tolist()), np.zeros(1)])
    last = len(curve) - 1
    now = curve[np.minimum(held.moments.elapsed, last)]
    until = np.full(len(now), target.days) if target.long else held.moments.elapsed + target.days
    then = np.divide(curve[np.minimum(until, last)], now, out=np.zeros_like(now), where=now > 0)
    return np.asarray(then if target.long else 1.0 - then)
