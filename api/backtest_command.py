"""The work behind `wardwright backtest`: the past forecast as it would have been then, beside simple rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from api import words
from api.documents import json_text
from api.errors import Refused
from forecasting import History, TooLittleHistory, backtest
from forecasting.scores import Scores
from optimizer.histories import named_histories, read_histories
from optimizer.planning import series_names
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

SIMPLE: Final = ("weekday_mean", "seasonal_naive")
"""What a hospital does without software: the mean of the same weekday, and "as a week ago"."""

MEANINGS: Final = (
    "WAPE: misses as a share of what came.  MASE: misses over what 'as a week ago' missed by in all the days before; "
    "it is seasonal_naive, tested like the others on the days forecast. weekday_mean: the last six of the weekday."
)
"""What the columns and the simple rules are."""

COLUMNS: Final = ("forecaster", "WAPE", "MASE", "80 % held", "95 % held")


@dataclass(frozen=True, slots=True)
class Tried:
    """How one forecaster did on one series; None where its past is too short."""

    series: str
    forecaster: str
    scores: Scores | None


def run(loaded: Loaded[Scenario], forecasters: Sequence[str], *, origins: int, as_json: bool) -> str:
    """Back-test on every history of a scenario; what to print.

    Raises ScenarioError where a history can't be read, UnknownForecaster, or Refused where there is none to test.
    """
    histories = read_histories(loaded)
    if not histories:
        raise Refused(f"{loaded.value.id}: names no history, so there is nothing to test on")
    days = loaded.value.horizon.committed_days
    named = tuple(dict.fromkeys((*(forecasters or (loaded.value.forecast.forecaster,)), *SIMPLE)))
    names = series_names([one.name for one in histories], named_histories(loaded.value)[1])
    tried = [
        Tried(name, each, _scores(loaded.value, one, each, days, origins))
        for name, one in zip(names, histories, strict=True)
        for each in named
    ]
    if as_json:
        return json_text(_json(tried, days, origins))
    return "\n".join(_lines(loaded.value, tried, days)) + "\n"


def _scores(scenario: Scenario, history: History, forecaster: str, days: int, origins: int) -> Scores | None:
    terms = scenario.forecast
    try:
        return backtest(
            history, forecaster=forecaster, horizon=days, origins=origins, country=terms.country,
            subdivision=terms.subdivision,
        )  # fmt: skip
    except TooLittleHistory:
        return None


def _lines(scenario: Scenario, tried: Sequence[Tried], days: int) -> Iterator[str]:
    """A table for each series, the closest first."""
    for series in dict.fromkeys(one.series for one in tried):
        own = [one for one in tried if one.series == series and one.scores is not None]
        if not own:
            yield f"{series}: too short a past for a forecast {words.count(days, 'day')} ahead to be tested on"
            continue
        own.sort(key=_miss)
        origins = next(one.scores.origins for one in own if one.scores)
        yield f"{series}: {words.count(origins, 'forecast')} of the past, {words.count(days, 'day')} ahead each"
        rows = [COLUMNS, *(_cells(one.forecaster, one.scores) for one in own if one.scores)]
        yield from (f"  {line}" for line in words.figured([list(row) for row in rows], apart="   "))
    yield from words.wrapped(MEANINGS)
    if scenario.forecast.events or scenario.forecast.events_file or scenario.forecast.columns:
        yield "Events and columns are left out here: what was known of them on past days is not recorded."


def _miss(one: Tried) -> float:
    return math.inf if one.scores is None or math.isnan(one.scores.mae) else one.scores.mae


def _cells(name: str, scores: Scores) -> tuple[str, ...]:
    """A forecaster's line; a score that is undefined is a dash."""
    shares = (scores.wape, scores.coverage80, scores.coverage95)
    wape, held80, held95 = (
        "-" if math.isnan(one) else words.percent(one, digits) for one, digits in zip(shares, (1, 0, 0), strict=True)
    )
    return name, wape, "-" if math.isnan(scores.mase) else f"{scores.mase:.2f}", held80, held95


def _json(tried: Sequence[Tried], days: int, origins: int) -> dict[str, object]:
    return {
        "schema_version": 1,
        "days": days,
        "origins": origins,
        "tried": [
            {
                "series": one.series,
                "forecaster": one.forecaster,
                "scores": None
                if one.scores is None
                else {key: None if math.isnan(value) else round(value, 6) for key, value in asdict(one.scores).items()},
            }
            for one in tried
        ],
    }
