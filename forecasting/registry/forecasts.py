"""A trained demand forecast as files: `model.json`, past errors as arrays, and trees as skops files.

A linear model is JSON and arrays alone, so that it is read and forecasts without scikit-learn.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ClassVar, Final, Self, cast

import numpy as np
from numpy.typing import NDArray

from forecasting.adjusted import Adjusted
from forecasting.errors import DamagedModel, UnsuitableModel
from forecasting.history import History
from forecasting.intervals import PastErrors
from forecasting.learning import Learnt
from forecasting.naive import SeasonalNaive, WeekdayMean
from forecasting.outlook import past_scores
from forecasting.params import Settings
from forecasting.predicting import QUANTILES
from forecasting.protocol import Forecaster
from forecasting.registry.card import Facts
from forecasting.registry.plain import Packing, Unpacking
from forecasting.registry.store import Registry
from forecasting.scores import Scores
from forecasting.trained import Trained
from forecasting.trimming import before

MODEL: Final = "model.json"
ERRORS: Final = "errors.npz"
MOST_ERRORS: Final = 1_000_000
"""Past errors that a part keeps at most: of more, every n-th start."""

MOST_SCORED: Final = 12
TOLD: Final = ("wape", "mase", "pinball", "coverage80", "coverage95")
"""Scores that a card tells."""

READS: Final = ("last days", "last weeks", "weekday", "time of year")
NAIVE_READS: Final = ("same weekday of the last weeks",)
"""What forecasters read: all but the plainest, and those."""

PARTS: Final = ("starts", "actual", "expected", "scale")


@dataclass(frozen=True, slots=True, eq=False)
class StoredForecast:
    """A `Trained` with the scores of its past forecasts."""

    trained: Trained
    scores: Mapping[str, float | None]
    kind: ClassVar[str] = "forecast"

    @classmethod
    def of(cls, trained: Trained, histories: Sequence[History], *, start: date, days: int) -> Self:
        """A trained model with its scores on the past, `days` days ahead: the mean over at most `MOST_SCORED` series.

        `histories` and `start` are those that it was trained with.
        """
        seen = trained.outlooks([before(history, start) for history in histories], start=start, days=days)
        each = [past_scores(one, np.array(QUANTILES)) for one in seen[:MOST_SCORED]]
        return cls(trained, _mean_scores([scores for scores in each if scores is not None]))

    def facts(self) -> Facts:
        """Series, days, holidays and scores."""
        model = self.trained
        holidays = "-".join(part for part in model.place if part)
        return Facts(
            data_sha256=model.data_sha256,
            learned_from=f"{', '.join(model.names)}: {model.days_used:,} days to {max(model.ends)}",
            features=_features(model),
            settings={"forecaster": model.forecaster, "days_ahead": model.longest, "holidays": holidays or None},
            scores=dict(self.scores),
        )

    def to_files(self) -> dict[str, bytes]:
        """`model.json`, `errors.npz`, and a skops file for each learner of scikit-learn's."""
        packing, model = Packing(), self.trained
        told = {
            "names": list(model.names),
            "place": list(model.place),
            "forecaster": model.forecaster,
            "ends": [end.isoformat() for end in model.ends],
            "days_used": model.days_used,
            "data_sha256": model.data_sha256,
            "parts": [_part(part, packing) for part in model.parts],
        }
        text = json.dumps(told, allow_nan=False).encode()
        return {MODEL: text, ERRORS: _packed([_thinned(part.missed) for part in model.parts]), **packing.learners}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """The model that `to_files` told, without its scores, which stand on its card. Raises DamagedModel."""
        unpacking = Unpacking({name: data for name, data in files.items() if name.endswith(".skops")})
        try:
            told = json.loads(files[MODEL])
            missed = _unpacked(files[ERRORS], len(told["parts"]))
            parts = [_made(part, each, unpacking) for part, each in zip(told["parts"], missed, strict=True)]
            country, subdivision = told["place"]
            model = Trained(
                names=tuple(told["names"]),
                parts=tuple(parts),
                place=(country, subdivision),
                forecaster=told["forecaster"],
                ends=tuple(date.fromisoformat(end) for end in told["ends"]),
                days_used=told["days_used"],
                data_sha256=told["data_sha256"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedModel(f"{MODEL}: holds what this version can't read") from error
        return cls(model, {})


def _mean_scores(each: Sequence[Scores]) -> dict[str, float | None]:
    """The mean of each score over series where it is defined; None where it is nowhere."""
    found: dict[str, float | None] = {}
    for name in TOLD if each else ():
        known = [value for scores in each if math.isfinite(value := float(getattr(scores, name)))]
        found[name] = round(sum(known) / len(known), 6) if known else None
    return found


def open_forecast(folder: Path, reference: str) -> Trained:
    """The trained forecast that a registry holds as `name@version`, or has in production under a name.

    Raises RegistryError where there is none, it was changed, or it is a model of another kind.
    """
    card, model = Registry(folder).load(reference)
    if not isinstance(model, StoredForecast):
        raise UnsuitableModel(f"{card.reference} is a model of {card.kind}, not of demand")
    return replace(model.trained, stored_as=card.reference)


def _part(part: Learnt, packing: Packing) -> dict[str, object]:
    return {
        "rows": list(part.rows),
        "forecaster": part.forecaster,
        "fitted": packing.plain(part.fitted),
        "horizons": part.horizons.tolist(),
        "shared": part.shared,
        "note": part.note,
        "why": list(part.why),
    }


def _made(told: Mapping[str, object], missed: PastErrors, unpacking: Unpacking) -> Learnt:
    fitted = unpacking.value(told["fitted"])
    rows, horizons = told["rows"], told["horizons"]
    if not isinstance(fitted, Settings) or not isinstance(rows, list) or not isinstance(horizons, list):
        raise TypeError(MODEL)
    return Learnt(
        rows=tuple(rows),
        forecaster=str(told["forecaster"]),
        fitted=cast("Forecaster", fitted),
        horizons=np.array(horizons, dtype=np.int64),
        missed=missed,
        shared=told["shared"] is True,
        note=str(told["note"]),
        why=tuple(cast("list[str]", told["why"])),
    )


def _thinned(missed: PastErrors) -> PastErrors:
    """Every n-th start, the newest among them, never always the same weekday."""
    every = max(1, -(-missed.actual.size // MOST_ERRORS))
    some = slice((len(missed.starts) - 1) % (every + (every % 7 == 0)), None, every + (every % 7 == 0))
    if every == 1:
        return missed
    return PastErrors(missed.starts[some], missed.actual[:, some], missed.expected[:, some], missed.scale[:, some])


def _packed(missed: list[PastErrors]) -> bytes:
    arrays: dict[str, NDArray[np.generic]] = {}
    for at, one in enumerate(missed):
        arrays.update({f"{name}{at}": np.asarray(getattr(one, name)) for name in PARTS})
        arrays[f"starts{at}"] = one.starts.astype("datetime64[D]").astype(np.int64)
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _unpacked(data: bytes, parts: int) -> list[PastErrors]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return [
            PastErrors(
                starts=arrays[f"starts{at}"].astype("datetime64[D]"),
                actual=arrays[f"actual{at}"],
                expected=arrays[f"expected{at}"],
                scale=arrays[f"scale{at}"],
            )
            for at in range(parts)
        ]


def _features(model: Trained) -> tuple[str, ...]:
    """What the model reads, in words."""
    each = [part.fitted.inner_ if isinstance(part.fitted, Adjusted) else part.fitted for part in model.parts]
    plain = all(isinstance(one, SeasonalNaive | WeekdayMean) for one in each)
    known = NAIVE_READS if plain else (*READS, *(("public holidays",) if model.place[0] else ()))
    beside = [name for part in model.parts if isinstance(part.fitted, Adjusted) for name in part.fitted.names_known_]
    return tuple(dict.fromkeys((*known, *beside)))
