"""Why a day is forecast as it is, in words and as data: the work behind `wardwright forecast --explain DAY`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Final

from api import words
from api.errors import Refused
from forecasting.parts_day import DOUBT, DayParts, explain_day
from optimizer.histories import Foretold, foretell
from optimizer.plan import SCHEMA_VERSION
from optimizer.planning import plan_grid
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

SAID: Final = {
    "level": "the mean of the last four weeks",
    "weekday": "it is a {weekday}",
    "holiday": "a public holiday, that day or close by",
    "yearly": "the time of year",
    "recent": "the last days, against that mean",
    "trend": "the last weeks, against that mean",
    "covariates": "columns beside it, as far as they are known",
    "events": "events, and columns known ahead",
    "learner": "what {forecaster} makes of all it reads",
    "floor": "there are no fewer than none",
    DOUBT: "past errors went more one way than the other",
}
"""What each part is called."""

READ: Final = {
    "recent": "the last days",
    "trend": "the last weeks",
    "weekday": "the weekday",
    "yearly": "the time of year",
    "covariates": "columns beside it",
    "ahead": "how far ahead the day lies",
}
"""What a learner reads, by group."""

LEAST: Final = 0.005
"""A smaller part is not told."""

LEAST_SHARE: Final = 0.001


def explained(loaded: Loaded[Scenario], asked: str) -> tuple[Foretold, tuple[DayParts, ...]]:
    """The forecast of a scenario with one day of it taken apart. Raises Refused or ForecastError for another day."""
    try:
        day = date.fromisoformat(asked)
    except ValueError as error:
        raise Refused(f"--explain: {asked!r} is no day: write it as 2022-12-26") from error
    foretold = foretell(loaded, plan_grid(loaded.value).days, loaded.value.solve.seed)
    if foretold is None:
        raise Refused("No history is named, so nothing is forecast that could be explained")
    told = explain_day(foretold.forecast, foretold.model, foretold.recorded, day, beside=foretold.beside)
    return foretold, told


def parts_json(loaded: Loaded[Scenario], foretold: Foretold, told: tuple[DayParts, ...]) -> dict[str, object]:
    """The parts as data; those of a series sum to its `expected`."""
    each = [{**asdict(one), "day": str(one.day), "origin": str(one.origin)} for one in told]
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": {"id": loaded.value.id, "sha256": loaded.sha256},
        "model": foretold.forecast.model,
        "data_sha256": foretold.forecast.data_sha256,
        "series": each,
    }


def parts_text(foretold: Foretold, told: tuple[DayParts, ...]) -> str:
    """The parts as a bed manager reads them."""
    lines: list[str] = []
    for one in told:
        lines += [*_series_lines(one), ""]
    forecast = foretold.forecast
    learned = f"Forecast by {forecast.model}, learned from {words.count(forecast.days_used, 'day')}"
    return "\n".join([*lines, *words.wrapped(learned, hanging="  ")]) + "\n"


def _series_lines(one: DayParts) -> list[str]:
    """One series: what is expected, and each part on a line."""
    head = f"{one.series} on {one.day:%a} {words.day_name(one.day)}: {one.expected:,.2f} expected"
    low, high = (round(bound, 2) for bound in (one.low80, one.high80))  # as tables of forecasts hold them
    interval = f"80 % of such days lie between {low:,.1f} and {high:,.1f}"
    parts = {name: amount for name, amount in one.parts.items() if name == "level" or abs(amount) >= LEAST}
    rows = [[_said(name, one), _amount(name, amount)] for name, amount in parts.items()]
    rows.append(["together", f"{one.expected:,.2f}"])
    width = max(len(row[1]) for row in rows)
    table = ["  " + "  ".join([label, amount.rjust(width)]) for label, amount in words.columned(rows)]
    known = f"seen from {one.origin:%a} {words.day_name(one.origin)}, the last day known"
    return [*words.wrapped(head, hanging="  "), f"  {interval};", f"  {known}", *table, *_leaning(one)]


def _said(name: str, one: DayParts) -> str:
    return SAID[name].format(weekday=f"{one.day:%A}", forecaster=one.forecaster)


def _amount(name: str, amount: float) -> str:
    return f"{amount:,.2f}" if name == "level" else f"{amount:+,.2f}"


def _leaning(one: DayParts) -> list[str]:
    """What a learner leans on, in one sentence."""
    parts = [
        f"{READ[name]} {words.percent(share, 1)}" for name, share in one.importance.items() if share >= LEAST_SHARE
    ]
    if not parts:
        return []
    lead = f"{one.forecaster} leans on (by so much its error would grow without)"
    return words.wrapped(f"{lead}: {', '.join(parts)}", "  ", "      ")
