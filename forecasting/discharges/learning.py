"""Learning the chances: hold out patients, choose a classifier on the others, score it, then learn from all.

No patient is on both sides of any split. Where admissions are dated the newest are held out and each split's newest
part judges, as the future will; else patients are parted at random by the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.discharges.classifiers import CLASSIFIERS, Learner, Splits, chances, fitted
from forecasting.discharges.patients import Ints, Moments, Patients, counted, shape, table
from forecasting.discharges.scoring import Report, by_curve, report
from forecasting.discharges.targets import SOON, TARGETS, Answers, Target, answers
from forecasting.errors import StayError, did_you_mean
from forecasting.history import Floats
from forecasting.threads import one_thread

AUTO: Final = "auto"
HELD_OUT: Final = 0.25
FOLDS: Final = 3
LEAST_PATIENTS: Final = 100
LEAST_EACH: Final = 12
"""Patients who must have said yes, and as many no, before a question is learned."""

MOST_CHOOSING: Final = 8_000
"""Moments on which classifiers are compared."""

MOST_LEARNING: Final = 60_000
"""Moments learned from at most; of more, whole patients are drawn by the seed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A classifier and its mean log loss over the questions (lower is better); nothing where not compared."""

    classifier: str
    log_loss: float | None


@dataclass(frozen=True, slots=True, eq=False)
class DischargeModel:
    """What was learned: a learner for each target, what it reads, and how it did on held-out patients."""

    classifier: str
    number_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    is_dated: bool
    learners: dict[str, Learner]
    reports: tuple[Report, ...]
    choices: tuple[Choice, ...]
    not_learned: tuple[str, ...]
    patients: int
    learned_from: str
    data_sha256: str
    seed: int

    @property
    def features(self) -> tuple[str, ...]:
        """The columns read."""
        return (*self.number_names, *self.kind_names)

    def chances(self, patients: Patients, moments: Moments) -> dict[str, Floats]:
        """The chance (M,) of each target at each moment; leaving within more hours is never less likely.

        Raises:
            StayError: the patients have other columns, or lack the day of admission that the model reads.
        """
        if (patients.number_names, patients.kind_names) != (self.number_names, self.kind_names):
            raise StayError(f"the model reads {', '.join(self.features) or 'no column'}; these patients have others")
        if patients.is_dated != self.is_dated:
            raise StayError(f"the model was learned {'from' if self.is_dated else 'without'} days of admission")
        rows = table(patients, moments)
        found = {name: chances(learner, rows) for name, learner in self.learners.items()}
        rising = np.maximum.accumulate(np.stack([found[name] for name in SOON]), axis=0)
        found.update(zip(SOON, rising, strict=True))
        for name, target in TARGETS.items():
            if target.long and name in found:
                found[name] = np.where(moments.elapsed >= target.days, 1.0, found[name])
        return found


def learn(patients: Patients, *, classifier: str = AUTO, seed: int = 0) -> DischargeModel:
    """Learn from past stays, N patients at once.

    Raises:
        StayError: an unknown classifier, fewer than 100 patients, or a question whose answer is always the same.
    """
    if classifier not in (AUTO, *CLASSIFIERS):
        hint = did_you_mean(classifier, [AUTO, *CLASSIFIERS])
        raise StayError(f"no classifier is called {classifier!r}{hint}")
    if len(patients) < LEAST_PATIENTS:
        raise StayError(
            f"{patients.file}: {len(patients)} stays, but at least {LEAST_PATIENTS} are needed to learn from"
        )
    order = order_of(patients, seed)
    cut = round(len(order) * (1.0 - HELD_OUT))
    past, held = order[:cut], order[cut:]
    targets = _learnable(patients, past)
    with one_thread():
        choices = _choices(patients, past, targets, classifier, seed)
        best = choices[0].classifier
        scored = Lesson(patients, past, seed).learners(best, targets)
        reports = tuple(_report(patients, past, held, target, scored[target.name]) for target in targets)
        final = Lesson(patients, order, seed).learners(best, targets)
    missing = tuple(name for name in TARGETS if name not in final)
    words = f"{patients.file}: {len(patients):,} stays, {int(patients.still_in.sum()):,} of them not ended"
    return DischargeModel(
        best, patients.number_names, patients.kind_names, patients.is_dated, final, reports, choices,
        missing, len(patients), words, patients.data_sha256, seed,
    )  # fmt: skip


def order_of(patients: Patients, seed: int) -> Ints:
    """Patients by day of admission, or at random where it is not known."""
    if patients.is_dated:
        return np.argsort(np.array(patients.admitted, dtype="datetime64[D]"), kind="stable")
    return np.random.default_rng(seed).permutation(len(patients))


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Learning all targets from some patients, in order."""

    patients: Patients
    order: Ints
    seed: int

    def learners(self, name: str, targets: Sequence[Target]) -> dict[str, Learner]:
        """A learner for each target."""
        return {target.name: self._learner(name, target) for target in targets}

    def _learner(self, name: str, target: Target) -> Learner:
        known = self.known(target, MOST_LEARNING)
        return fit_one(name, self.patients, known, self.folds(known), self.seed)

    def known(self, target: Target, most: int) -> Answers:
        """The answers of these patients, of whole patients drawn so that about `most` moments are left."""
        return thinned(of_patients(self.patients, self.order, target), most, self.seed)

    def folds(self, known: Answers) -> Splits:
        """Splits of the moments that keep a patient's together, in order of the patients."""
        rank = np.empty(len(self.patients), dtype=np.int64)
        rank[self.order] = np.arange(len(self.order))
        part = rank[known.moments.patient] * FOLDS // len(self.order)
        return [(np.flatnonzero(part != fold), np.flatnonzero(part == fold)) for fold in range(FOLDS)]


def _learnable(patients: Patients, past: Ints) -> tuple[Target, ...]:
    """The questions to which enough patients said yes and no. Raises StayError where soon leaving is none of them."""
    found = tuple(target for target in TARGETS.values() if _are_enough(of_patients(patients, past, target)))
    if not {target.name for target in found} >= set(SOON):
        raise StayError(
            f"{patients.file}: too few stays to learn from: of {len(past)} patients not {LEAST_EACH} left, and"
            f" {LEAST_EACH} did not, within each of 24, 48 and 72 hours of a midnight in bed"
        )
    return found


def _are_enough(known: Answers) -> bool:
    return all(len(np.unique(known.moments.patient[known.yes == answer])) >= LEAST_EACH for answer in (True, False))


def of_patients(patients: Patients, chosen: Ints, target: Target) -> Answers:
    """The answers known of some of the patients."""
    moments = counted(patients)
    return answers(patients, moments.picked(np.isin(moments.patient, chosen)), target)


def thinned(known: Answers, most: int, seed: int) -> Answers:
    """The answers of as many whole patients, drawn at random, as give about `most` moments."""
    if len(known.yes) <= most:
        return known
    whose = np.unique(known.moments.patient)
    # a stream of its own: the order of patients is drawn by the seed as well, and splits follow that order
    drawn = np.random.default_rng([seed, 1]).permutation(whose)[: max(1, len(whose) * most // len(known.yes))]
    at = np.flatnonzero(np.isin(known.moments.patient, drawn))
    return Answers(known.moments.picked(at), known.yes[at], known.weight[at])


def fit_one(name: str, patients: Patients, known: Answers, folds: Splits, seed: int) -> Learner:
    """One classifier for one target."""
    return fitted(name, shape(patients), table(patients, known.moments), known.yes, known.weight, folds, seed)


def _choices(
    patients: Patients, past: Ints, targets: Sequence[Target], classifier: str, seed: int
) -> tuple[Choice, ...]:
    """The classifiers by log loss, best first, compared on splits in order of time; or the one asked for."""
    if classifier != AUTO:
        return (Choice(classifier, None),)
    tried = [Choice(name, _loss(name, patients, past, targets, seed)) for name in CLASSIFIERS]
    return tuple(sorted(tried, key=lambda choice: choice.log_loss or 0.0))


def _loss(name: str, patients: Patients, past: Ints, targets: Sequence[Target], seed: int) -> float:
    """Mean log loss over the targets: learned from the first two thirds of the patients, judged on the last."""
    from sklearn.metrics import log_loss

    cut = len(past) * 2 // 3
    losses = []
    for target in targets:
        lesson = Lesson(patients, past[:cut], seed)
        early = lesson.known(target, MOST_CHOOSING)
        late = thinned(of_patients(patients, past[cut:], target), MOST_CHOOSING, seed)
        learner = fit_one(name, patients, early, lesson.folds(early), seed)
        told = chances(learner, table(patients, late.moments))
        losses.append(log_loss(late.yes, told, sample_weight=late.weight, labels=[False, True]))
    return float(np.mean(losses))


def _report(patients: Patients, past: Ints, held: Ints, target: Target, learner: Learner) -> Report:
    """Scores on held-out patients of what was learned from the others."""
    before, after = of_patients(patients, past, target), of_patients(patients, held, target)
    after = thinned(after, MOST_LEARNING, 0)
    if not len(after.yes):
        raise StayError(f"{patients.file}: no held-out stay tells whether a patient {target.words}")
    told = chances(learner, table(patients, after.moments))
    usual = float(np.average(before.yes, weights=before.weight))
    return report(target, after, told, by_curve(patients.picked(past), after, target), usual)
