"""Any number of series, a hundred thousand of a whole network say, forecast some at a time: memory stays flat.

Series of one chunk are learned together; a thousand teach as well as all would. A series that can't be forecast is
named with the reason and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from forecasting.errors import ForecastError, UnusableHistory
from forecasting.history import History
from forecasting.predicting import Forecast, forecast
from forecasting.trimming import before

CHUNK = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """Some series' forecast (None where not one of them could be forecast), and who was left out with the reason."""

    forecast: Forecast | None
    left_out: tuple[tuple[str, str], ...]


def forecast_stream(
    histories: Iterable[History],
    *,
    start: date,
    days: int,
    forecaster: str = "fast",
    samples: int = 1,
    seed: int = 0,
    country: str | None = None,
    subdivision: str | None = None,
    chunk: int = CHUNK,
) -> Iterator[Streamed]:
    """Forecast series as they come, `chunk` at a time; nothing of an earlier chunk is kept.

    Raises:
        ForecastError: a chunk below 1, or what `forecast` raises for the days, the forecaster or the country.
    """
    if chunk < 1:
        raise ForecastError(f"a chunk must hold 1 series or more, got {chunk}")
    coming = iter(histories)
    while some := list(islice(coming, chunk)):
        fit, left_out = _usable(some, start)
        told = None
        if fit:
            told = forecast(
                fit,
                start=start,
                days=days,
                forecaster=forecaster,
                samples=samples,
                seed=seed,
                country=country,
                subdivision=subdivision,
            )
        yield Streamed(told, left_out)


def _usable(histories: Iterable[History], start: date) -> tuple[list[History], tuple[tuple[str, str], ...]]:
    """The histories with enough days before the start, and the others with what they lack."""
    fit: list[History] = []
    left_out: list[tuple[str, str]] = []
    for history in histories:
        try:
            before(history, start)
        except UnusableHistory as error:
            left_out.append((history.name, error.message))
        else:
            fit.append(history)
    return fit, tuple(left_out)
