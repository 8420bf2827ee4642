"""The work behind `wardwright forecast` and `POST /v1/forecasts`: a forecast as JSON, CSV and text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from api import words
from api.census_words import CensusWords
from api.documents import json_text
from api.errors import Refused
from api.folder import refuse_file, write_file
from api.summary import demand_lines
from forecasting import Forecast
from optimizer.plan import SCHEMA_VERSION
from optimizer.planning import Outlook, census_ahead, foresee
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import History
from optimizer.tables import Cell, Table, figure

COLUMNS: Final = ("series", "day", "mean", "median", "low80", "high80")
MOST_GROUPS: Final = 6
NOTHING: Final = "No history is named, so nothing is forecast: demand is as the scenario gives it"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A scenario with its outlook. `groups` are the patient groups of each series, in the forecast's order.

    `census` are the patients present by unit, where the scenario says arrivals and stays.
    """

    loaded: Loaded[Scenario]
    variant: str | None
    outlook: Outlook
    groups: tuple[tuple[str, ...], ...]
    census: CensusWords | None = None

    @classmethod
    def of(cls, loaded: Loaded[Scenario], variant: str | None) -> Foreseen:
        """Forecast every history that the scenario names. Raises ScenarioError where one can't be used."""
        outlook = foresee(loaded)
        census = census_ahead(loaded, outlook)
        told = None if census is None else CensusWords(loaded.value, census)
        return cls(loaded, variant, outlook, series_groups(loaded.value), told)

    @property
    def table(self) -> Table:
        """A row for each series and day of the horizon, then for units with a census; `low80` to `high80` hold 80 %."""
        forecast, rows = self.outlook.forecast, [] if self.census is None else self.census.table_rows()
        days = self.loaded.value.horizon.committed_days
        series = range(len(forecast.names)) if forecast is not None else ()
        told = [row for at in series if forecast is not None for row in _rows(forecast, at, days)]
        return Table("forecast", COLUMNS, (*told, *rows))

    def to_json(self) -> dict[str, object]:
        """The forecast as data; equal runs give equal bytes."""
        forecast = self.outlook.forecast
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": {"id": self.loaded.value.id, "sha256": self.loaded.sha256},
            "variant": self.variant,
            "forecaster": forecast.forecaster if forecast else None,
            "model": forecast.model if forecast else None,
            "data_sha256": forecast.data_sha256 if forecast else None,
            "days_used": forecast.days_used if forecast else 0,
            "backtest": _scores(forecast) if forecast else None,
            "why": list(forecast.why) if forecast else [],
            "notes": [*self.outlook.demand.notes, *([] if forecast else [NOTHING])],
            "series": self._series(forecast) if forecast else [],
            "census": self.census.to_json() if self.census else None,
        }

    def _series(self, forecast: Forecast) -> list[dict[str, object]]:
        records = list(self.table.records())
        days = self.loaded.value.horizon.committed_days
        return [
            {
                "name": name,
                "groups": list(self.groups[at]),
                "days": [
                    {key: cell for key, cell in record.items() if key != "series"}
                    for record in records[at * days : (at + 1) * days]
                ],
            }
            for at, name in enumerate(forecast.names)
        ]

    def to_text(self) -> str:
        """The forecast as people read it."""
        scenario, forecast = self.loaded.value, self.outlook.forecast
        lines, census = [scenario.name or scenario.id], self.census.lines() if self.census else []
        if forecast is None:
            return "\n".join([*lines, NOTHING, *census]) + "\n"
        records = list(self.table.records())
        days = scenario.horizon.committed_days
        for at, name in enumerate(forecast.names):
            lines += words.wrapped(f"{name}: {_listed(self.groups[at])}", hanging="  ")
            lines += _day_lines([list(record.values()) for record in records[at * days : (at + 1) * days]])
        lines += [*census, *demand_lines(self.outlook.note, self.outlook.demand.notes)]
        for reason in forecast.why:
            lines += words.wrapped(f"Why: {reason}", hanging="  ")
        return "\n".join(lines) + "\n"


def run(loaded: Loaded[Scenario], variant: str | None, *, output: Path | None, force: bool, as_json: bool) -> str:
    """Forecast; write a CSV or JSON file where one is named; return what to print.

    Raises Refused for a file that is neither, OutputRefused for one that exists.
    """
    if output is not None:
        if output.suffix not in (".csv", ".json"):
            raise Refused(f"{output}: forecasts are written to a .csv or a .json file")
        refuse_file(output, force=force)
    foreseen = Foreseen.of(loaded, variant)
    text = json_text(foreseen.to_json()) if as_json else foreseen.to_text()
    if output is not None:
        write_file(output, foreseen.table.to_csv() if output.suffix == ".csv" else json_text(foreseen.to_json()))
    return text if as_json or output is None else f"{text}Written to {output}\n"


def why(loaded: Loaded[Scenario], day: str, *, output: Path | None, as_json: bool) -> str:
    """Why one day is forecast as it is; what to print. Raises Refused where a file is asked for too."""
    from api.parts_words import explained, parts_json, parts_text

    if output is not None:
        raise Refused("--explain prints why a day is forecast as it is; leave out --output")
    foretold, told = explained(loaded, day)
    return json_text(parts_json(loaded, foretold, told)) if as_json else parts_text(foretold, told)


def series_groups(scenario: Scenario) -> tuple[tuple[str, ...], ...]:
    """The patient groups that share each history, histories in the order in which they are first named."""
    shared: list[tuple[History, list[str]]] = []
    for name, group in scenario.patients.items():
        if group.demand is None or group.demand.history is None:
            continue
        known = [names for history, names in shared if history == group.demand.history]
        if known:
            known[0].append(name)
        else:
            shared.append((group.demand.history, [name]))
    return tuple(tuple(names) for _, names in shared)


def _rows(forecast: Forecast, at: int, days: int) -> list[tuple[Cell, ...]]:
    low, median, high = (int(np.argmin(np.abs(forecast.levels - level))) for level in (0.1, 0.5, 0.9))
    name, quantiles = forecast.names[at], forecast.quantiles[at].round(2)
    return [
        (
            name,
            str(forecast.dates[day]),
            figure(round(float(forecast.mean[at, day]), 2)),
            figure(quantiles[day, median]),
            figure(quantiles[day, low]),
            figure(quantiles[day, high]),
        )
        for day in range(days)
    ]


def _scores(forecast: Forecast) -> dict[str, object] | None:
    """Back-test scores of the first series; one that is undefined is null."""
    if forecast.backtest is None:
        return None
    scores = {name: None if math.isnan(value) else round(value, 6) for name, value in asdict(forecast.backtest).items()}
    return {"series": forecast.names[0], **scores}


def _listed(groups: Sequence[str]) -> str:
    shown = ", ".join(groups[:MOST_GROUPS])
    return f"{shown} and {len(groups) - MOST_GROUPS} more" if len(groups) > MOST_GROUPS else shown


def _day_lines(rows: Sequence[Sequence[object]]) -> list[str]:
    """Series rows as lines: weekday, date, median, interval."""
    cells = [["", "median", "80 % of days"]]
    for _, day, _, median, low, high in rows:
        at = date.fromisoformat(str(day))
        cells.append([f"{at:%a} {words.day_name(at)}", f"{median:>7,.1f}", f"{low:,.1f} to {high:,.1f}"])
    return ["  " + "   ".join(row).rstrip() for row in words.columned(cells)]
