"""Which forecaster for which series: back-tested inside the past that is there to learn from, and said why.

Series are judged in groups of a kind. Candidates learn the past but its end, forecast from a few origins in that end,
with intervals from errors made before, and the least scaled weighted interval score wins (Bracher et al. 2021).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from forecasting.conformal import shared_doubt
from forecasting.errors import ForecastError, TooLittleHistory
from forecasting.features import learning_origins
from forecasting.grouping import Kind, kinds_of, sampled
from forecasting.history import Floats
from forecasting.intervals import error_scale, error_table, marginal
from forecasting.learners import LEARNERS
from forecasting.mixing import Mixed, learner_of
from forecasting.panel import Ints, Panel, picked
from forecasting.params import Settings
from forecasting.protocol import Forecaster, Pooled
from forecasting.scores import pinball

LEVELS = np.array([0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975])

MOST_ORIGINS, CALIBRATING = 8, 12
"""Past origins that are compared, and those before them whose errors make the intervals."""

CALIBRATING_STEP = 5
"""Days between two origins whose errors make the intervals."""

NEAR = 0.005
"""A later candidate must be better by this share: of near equals the plainer one is taken."""

MOST_JUDGED = 40
"""Series of a kind that are judged at most, spread evenly: enough to choose by, quick to learn."""

MOST_NAMED = 3
"""Series of a kind that are called by their names; more are counted."""

PLAIN = "weekday_mean"
"""What is taken where nothing can be compared."""

BEST = ("weekday_mean", "ridge", "fast", "neural_net", "blend")

DEAR = ("ridge", "neural_net", "blend")
"""Learners whose cost grows most with every series."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a kind of series (`rows`): every candidate's sWIS over so many `origins`, best first."""

    kind: str
    rows: tuple[int, ...]
    chosen: str
    scores: tuple[tuple[str, float], ...]
    origins: int
    left_out: tuple[str, ...] = ()

    def told(self, names: Sequence[str] = ()) -> str:
        """The choice in words; a few series are called by their names."""
        kind = ", ".join(names[row] for row in self.rows) if names and len(self.rows) <= MOST_NAMED else self.kind
        if not self.scores:
            return f"{kind}: {self.chosen}, as the past is too short to compare forecasters"
        found = dict(self.scores)
        others = ", ".join(f"{_figure(score)} {name}" for name, score in self.scores if name != self.chosen)
        over = f"over {self.origins} origins" if self.origins > 1 else "over 1 origin"
        against = f" against {others}" if others else ""
        text = f"{kind}: {self.chosen}, sWIS {_figure(found[self.chosen])}{against} {over}"
        return f"{text}; too little history for {', '.join(self.left_out)}" if self.left_out else text


def _figure(score: float) -> str:
    return f"{score:.3f}".removeprefix("0")


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """The origins of a comparison: `before` (C,) make intervals, `judged` (E,) are scored."""

    before: Ints
    judged: Ints
    horizons: Ints

    @classmethod
    def of(cls, panel: Panel, horizons: Ints) -> _Trial:
        """Origins of the last third for judging, of the middle one for intervals; never always the same weekday."""
        reach = int(horizons[-1])
        origins = learning_origins(panel, reach)
        third = len(origins) // 3
        step = max(3, reach // 2)
        judged = origins[2 * third :][::-1][:: step + (step % 7 == 0)][:MOST_ORIGINS][::-1]
        known = origins[third:][origins[third:] <= (judged[0] if len(judged) else 0) - reach]
        return cls(known[::-1][::CALIBRATING_STEP][:CALIBRATING][::-1], judged, horizons)

    def score(self, make: Forecaster, again: Forecaster, panel: Panel) -> Floats:
        """Each series' sWIS (S,) of a forecaster: `make` learns what intervals need, `again` what is judged.

        Raises TooLittleHistory.
        """
        if len(self.before) < 2 or not len(self.judged):
            raise TooLittleHistory("the past is too short to compare forecasters")
        early = make.fit(panel.until(int(self.before[0])), self.horizons)
        missed = picked(panel.values, self.before[:, None] + self.horizons) - early.predict(panel, self.before)
        scaled = missed / error_scale(early, panel, self.before)[..., None]
        fitted = again.fit(panel.until(int(self.judged[0])), self.horizons)
        told = fitted.predict(panel, self.judged)
        quantiles = _dressed(told, error_scale(fitted, panel, self.judged), scaled, shared=isinstance(fitted, Pooled))
        return self._swis(panel, quantiles)

    def _swis(self, panel: Panel, quantiles: Floats) -> Floats:
        """Twice the mean pinball loss over the mean absolute change from week to week before the origins (S,)."""
        actual = picked(panel.values, self.judged[:, None] + self.horizons)
        past = panel.values[:, : int(self.judged[0]) + 1]
        change = np.nanmean(np.abs(np.diff(past, axis=1)), axis=1) if past.shape[1] < 8 else _weekly(past)
        losses = [pinball(came, told, LEVELS) for came, told in zip(actual, quantiles, strict=True)]
        return 2.0 * np.array(losses) / np.maximum(change, 1e-9)


def _weekly(past: Floats) -> Floats:
    """Mean absolute change from week to week (S,); 1 where none is known."""
    change = np.abs(past[:, 7:] - past[:, :-7])
    count = np.isfinite(change).sum(axis=1)
    return np.where(count > 0, np.nansum(change, axis=1) / np.maximum(count, 1), 1.0)


def _dressed(told: Floats, scale: Floats, scaled: Floats, *, shared: bool) -> Floats:
    """Quantiles (S, E, T, Q) of expected values (S, E, T) from past errors (S, C, T) in usual changes."""
    if shared:
        doubt = shared_doubt(scaled)
        tables, factors = [doubt.tables] * len(told), doubt.factors
    else:
        tables, factors = [error_table(one) for one in scaled], np.ones(len(told))
    shares = np.broadcast_to(LEVELS, (told.shape[2], len(LEVELS)))
    return np.stack(
        [
            np.stack([marginal(point, float(size * factor), table, shares) for point, size in zip(*pair, strict=True)])
            for pair, table, factor in zip(zip(told, scale, strict=True), tables, factors, strict=True)
        ]
    )


def choose(panel: Panel, horizons: Ints, candidates: Sequence[str]) -> tuple[Choice, ...]:
    """The winner for each kind of series of a panel; nothing outside the panel is read.

    Raises ForecastError for a candidate that is not in `LEARNERS`.
    """
    unknown = [name for name in candidates if name not in LEARNERS]
    if unknown:
        raise ForecastError(f"{unknown[0]!r} can't be a candidate; known: {', '.join(LEARNERS)}")
    kinds = kinds_of(panel)
    judged = [sampled(kind.rows, MOST_JUDGED) for kind in kinds]
    all_rows = np.concatenate(judged)
    trials = [_Trial.of(panel.rows(rows), horizons) for rows in judged]
    found = []
    for kind, rows, trial in zip(kinds, judged, trials, strict=True):
        scores, short = _compared(panel, (rows, all_rows), trial, candidates)
        found.append(_chosen(kind, scores, tuple(short), len(trial.judged)))
    return tuple(found)


def _compared(
    panel: Panel, judged: tuple[Ints, Ints], trial: _Trial, candidates: Sequence[str]
) -> tuple[dict[str, float], list[str]]:
    """sWIS of every candidate on the judged rows, and those that had too little to learn from."""
    rows, all_rows = judged
    scores: dict[str, float] = {}
    short: list[str] = []
    for name in candidates:
        pooled = isinstance(learner_of(name), Pooled)
        seen = all_rows if pooled else rows
        mine = np.isin(seen, rows)
        try:
            each = trial.score(learner_of(name), learner_of(name), panel.rows(seen))[mine]
        except TooLittleHistory:
            short.append(name)
            continue
        scores[name] = float(np.nanmean(each)) if np.isfinite(each).any() else float("inf")
    return scores, short


def _chosen(kind: Kind, scores: Mapping[str, float], short: tuple[str, ...], origins: int) -> Choice:
    """The plainest of those within `NEAR` of the best."""
    known = {name: score for name, score in scores.items() if np.isfinite(score)}
    if not known:
        return Choice(kind.name, tuple(kind.rows.tolist()), PLAIN, (), 0, short)
    least = min(known.values())
    plain_first = [name for name in LEARNERS if name in known and known[name] <= least * (1.0 + NEAR)]
    ranked = tuple(sorted(known.items(), key=lambda item: item[1]))
    return Choice(kind.name, tuple(kind.rows.tolist()), plain_first[0], ranked, origins, short)


class Best(Settings):
    """The forecaster that did best on the end of the past, for each kind of series its own.

    Beyond `most_dear` series the dear ones are no candidates: a thousand series would take minutes.
    """

    def __init__(self, *, candidates: tuple[str, ...] = BEST, most_dear: int = 200) -> None:
        self.candidates = candidates
        self.most_dear = most_dear

    def fit(self, panel: Panel, horizons: Ints) -> Self:
        """Compare the candidates, then let the winners learn everything.

        Raises:
            TooLittleHistory: not even a weekday mean can be learned.
            ForecastError: a candidate is not in `LEARNERS`.
        """
        many = len(panel.values) > self.most_dear
        candidates = tuple(name for name in self.candidates if not (many and name in DEAR))
        self.choices_ = choose(panel, horizons, candidates)
        names = [""] * len(panel.values)
        for choice in self.choices_:
            for row in choice.rows:
                names[row] = choice.chosen
        self.names_ = tuple(names)
        self.settled_ = self.again().fit(panel, horizons)
        return self

    def again(self) -> Forecaster:
        """The winners, unfitted."""
        return learner_of(self.names_[0]) if len(set(self.names_)) == 1 else Mixed(names=self.names_)

    def why(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """What was compared and found, a sentence for each kind of series."""
        return tuple(choice.told(names) for choice in self.choices_)

    def predict(self, panel: Panel, origins: Ints) -> Floats:
        """Expected values (S, O, H) by each series' winner, never negative."""
        return self.settled_.predict(panel, origins)

    def scale(self, panel: Panel, origins: Ints) -> Floats:
        """What past errors are measured in, by each series' winner (S, O)."""
        return error_scale(self.settled_, panel, origins)


class Auto(Best):
    """As `Best`, but every learner is a candidate, whatever it costs."""

    def __init__(self, *, candidates: tuple[str, ...] = tuple(LEARNERS), most_dear: int = 1_000_000) -> None:
        super().__init__(candidates=candidates, most_dear=most_dear)
