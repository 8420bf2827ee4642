"""Histories to a `Forecast`: quantiles and joint samples by series and day.

The story: cut each history at the start, fit on what is left, forecast from each series' last known day through any
gap, collect past errors as they would have been made, and dress the expected values with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.errors import ForecastError
from forecasting.events import NOTHING, Beside
from forecasting.history import LEAST_DAYS, Days, Floats, History
from forecasting.intervals import joint_ranks, marginal, normal_scores
from forecasting.outlook import Outlook, past_scores
from forecasting.scores import Scores
from forecasting.trained import Trained, train
from forecasting.trimming import before, notes_on

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
LONGEST = 400
"""Days ahead that a forecast may reach at most."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is to be expected, for S series, T days, Q quantile levels and N joint samples.

    `quantiles` (S, T, Q) never cross and are never negative; `samples` (N, S, T) are joint over series and days;
    `mean` (S, T). `days_used` counts the known days learned from; `notes` say what a reader should know;
    `backtest` scores forecasts of the past made the same way (of the first series; None where too little is known);
    `model` names what was learned, `data_sha256` the days and values that it was learned from; `why`
    says which forecaster and settings were chosen on the past, and against what.
    """

    names: tuple[str, ...]
    dates: Days
    levels: Floats
    quantiles: Floats
    samples: Floats
    mean: Floats
    forecaster: str
    days_used: int
    notes: tuple[str, ...]
    backtest: Scores | None
    model: str = ""
    data_sha256: str = ""
    why: tuple[str, ...] = ()


def forecast(
    histories: Sequence[History],
    *,
    start: date,
    days: int,
    forecaster: str = "ridge",
    samples: int = 200,
    seed: int = 0,
    country: str | None = None,
    subdivision: str | None = None,
    model: Trained | None = None,
    tuned: bool = False,
    beside: Beside = NOTHING,
) -> Forecast:
    """Forecast each series for `days` days from `start`; days on or after `start` are never read.

    A `country` (ISO code, with an optional `subdivision`) adds its public holidays. With a `model` nothing is learned:
    its forecaster and its place count. `tuned` searches the forecaster's settings first; `beside` holds known events
    and columns. Equal arguments give equal bytes.

    Raises:
        ForecastError: no history, no days or no samples asked for.
        UnusableHistory: a history has fewer than 14 usable days before `start`.
        UnknownForecaster: `forecaster` is not in `FORECASTERS`.
        UnknownCalendar: no public holidays are known for `country`.
        UnsuitableModel: `model` has not learned a series, or looks less far ahead.
    """
    _check_counts(histories, days, samples)
    past = [before(history, start) for history in histories]
    if model is None:
        place = (country, subdivision)
        model = train(past, start=start, days=days, forecaster=forecaster, place=place, tuned=tuned, beside=beside)
    seen = model.outlooks(past, start=start, days=days, beside=beside)
    quantiles, mean, drawn = dressed(seen, samples, np.random.default_rng(seed))
    return Forecast(
        names=tuple(history.name for history in histories),
        dates=np.datetime64(start, "D") + np.arange(days),
        levels=np.array(QUANTILES),
        quantiles=quantiles,
        samples=drawn,
        mean=mean,
        forecaster=model.forecaster,
        days_used=model.days_used,
        notes=(*_notes(histories, past, seen, start), *_notes_beside(beside, past, start, days)),
        backtest=past_scores(seen[0], np.array(QUANTILES)),
        model=model.label,
        data_sha256=model.data_sha256,
        why=tuple(dict.fromkeys(sentence for part in model.parts for sentence in part.why)),
    )


def _check_counts(histories: Sequence[History], days: int, samples: int) -> None:
    if not histories:
        raise ForecastError("there is no history to forecast from")
    if not 1 <= days <= LONGEST:
        raise ForecastError(f"days must be 1 to {LONGEST}, got {days}")
    if samples < 1:
        raise ForecastError(f"samples must be 1 or more, got {samples}")


def _notes(
    histories: Sequence[History], past: Sequence[History], seen: Sequence[Outlook], start: date
) -> tuple[str, ...]:
    """What a reader should know of each series, each sentence once."""
    notes: list[str] = []
    for whole, cut, one in zip(histories, past, seen, strict=True):
        notes += notes_on(whole, cut, start, len(one.point))
        if one.note:
            notes.append(one.note)
        if one.thin:
            notes.append(f"{whole.name}: too few past forecasts to judge by; its intervals are partly assumed")
    return tuple(dict.fromkeys(notes))


def _notes_beside(beside: Beside, past: Sequence[History], start: date, days: int) -> tuple[str, ...]:
    """What a reader should know of events and columns."""
    first, last = min(one.dates[0] for one in past).item(), max(one.dates[-1] for one in past).item()
    return tuple(beside.notes([one.name for one in past], (first, last), start, days))


def dressed(seen: Sequence[Outlook], samples: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Quantiles (S, T, Q), means (S, T) and joint samples (N, S, T) of expected values with their past errors."""
    days = len(seen[0].point)
    ranks = joint_ranks(normal_scores(_aligned(seen)), samples, rng).reshape(samples, len(seen), days)
    quantiles, means, drawn = [], [], []
    for at, one in enumerate(seen):
        table = one.table
        levels = np.broadcast_to(np.array(QUANTILES), (days, len(QUANTILES)))
        quantiles.append(marginal(one.point, one.scale, table, levels))
        drawn.append(marginal(one.point, one.scale, table, (ranks[:, at].T + 0.5) / samples).T)
        means.append([np.maximum(p + one.scale * errors, 0).mean() for p, errors in zip(one.point, table, strict=True)])
    return np.stack(quantiles), np.array(means), np.stack(drawn, axis=1)


def _aligned(seen: Sequence[Outlook]) -> Floats:
    """Past errors (C, S * T) in rows of equal first day, NaN where a series has none."""
    starts = np.unique(np.concatenate([one.starts for one in seen]))
    aligned = np.full((len(starts), len(seen), len(seen[0].point)), np.nan)
    for at, one in enumerate(seen):
        aligned[np.searchsorted(starts, one.starts), at] = one.scaled
    return aligned.reshape(len(starts), len(seen) * len(seen[0].point))


__all__ = ["LEAST_DAYS", "QUANTILES", "Forecast", "dressed", "forecast"]
