"""The histories that a scenario names, read once each, and what is learned from them: planning's eyes on the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

import forecasting
from forecasting import Beside, Forecast, ForecastError, HistoryError, HistorySource, Record, Trained
from forecasting import History as Recorded
from optimizer.beside import beside_of
from optimizer.expansion.grid import Floats
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import History
from optimizer.scenario.tables import Unreachable

MODELS: Final = "models"
"""The folder of stored models, beside the scenario, unless it names another."""

MODEL_KEY: Final = ("forecast", "model")

LEANS: Final = 0.9
"""Correlation of one day's doubt with the next day's in paths drawn from a kept forecast, which keeps no ties itself:
as that of forecast errors of beds a few days ahead."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A forecast of every history named, with the model it was made by, the histories and what is beside them."""

    forecast: Forecast
    model: Trained
    recorded: tuple[Recorded, ...]
    beside: Beside

    @property
    def notes(self) -> list[str]:
        """Every fault of the histories that was cured."""
        return [str(note) for history in self.recorded for note in history.notes]


def named_histories(scenario: Scenario) -> tuple[list[History], dict[str, int]]:
    """Every history named, each once, and the row of each patient group among them."""
    histories: list[History] = []
    rows: dict[str, int] = {}
    for name, group in scenario.patients.items():
        if group.demand is not None and group.demand.history is not None:
            if group.demand.history not in histories:
                histories.append(group.demand.history)
            rows[name] = histories.index(group.demand.history)
    return histories, rows


def foretell(loaded: Loaded[Scenario], days: int, seed: int) -> Foretold | None:
    """Forecast every history from the horizon's start, with the stored model that is named or one learned now.

    None where nothing is to be forecast. Raises ScenarioError where a history or model can't be used.
    """
    scenario = loaded.value
    recorded = read_histories(loaded)
    if not recorded or scenario.horizon.start is None:
        return None
    beside = beside_of(loaded, named_histories(scenario)[1])
    model = stored_model(loaded) or learn_now(loaded, recorded, days=days, beside=beside)
    with _placed(loaded, recorded, MODEL_KEY if model.stored_as else MODEL_KEY[:1]):
        found = forecasting.forecast(
            recorded, start=scenario.horizon.start, days=days, samples=scenario.forecast.samples, seed=seed,
            model=model, beside=beside,
        )  # fmt: skip
    return Foretold(found, model, recorded, beside)


def learn_now(
    loaded: Loaded[Scenario],
    recorded: Sequence[Recorded],
    *,
    days: int,
    from_first: bool = False,
    beside: Beside | None = None,
) -> Trained:
    """Learn from the histories before the horizon's start, as the scenario asks. Raises ScenarioError.

    Events and columns are read from the scenario unless they are given as `beside`.
    """
    terms, start = loaded.value.forecast, loaded.value.horizon.start
    if start is None:
        raise ScenarioError([loaded.fault(("horizon",), "has no start to forecast from")])
    known = beside_of(loaded, named_histories(loaded.value)[1]) if beside is None else beside
    with _placed(loaded, recorded, MODEL_KEY[:1]):
        return forecasting.train(
            recorded, start=start, days=days, forecaster=terms.forecaster, place=(terms.country, terms.subdivision),
            from_first=from_first, tuned=terms.tune, beside=known,
        )  # fmt: skip


def foretell_with(
    loaded: Loaded[Scenario], recorded: Sequence[Recorded], model: Trained, *, days: int, seed: int
) -> Forecast:
    """Forecast from the scenario's start with what was learned before; nothing from that day on is read.

    Raises ScenarioError where the model can't look so far.
    """
    start = loaded.value.horizon.start
    if start is None:
        raise ScenarioError([loaded.fault(("horizon",), "has no start to forecast from")])
    with _placed(loaded, recorded, MODEL_KEY[:1]):
        return forecasting.forecast(
            recorded,
            start=start,
            days=days,
            samples=loaded.value.forecast.samples,
            seed=seed,
            model=model,
            beside=model.beside,
        )


def parted(totals: Floats, weights: Mapping[str, float], *, spread: float, seed: int) -> Floats:
    """(N, K, T) parts of `totals` (N, T) about stated shares; the higher `spread`, the nearer they keep to them."""
    shares = forecasting.constructed_shares(weights, concentration=spread)
    return forecasting.split_total(totals * sum(weights.values()), shares, seed=seed)


def parted_as(totals: Floats, seen: Mapping[str, Floats], *, spread: float, seed: int) -> Floats:
    """(N, K, T) parts of `totals` (N, T) on the days after those `seen` (T,), as those parted: learned, or about them.

    Where fewer days are known than shares can be learned from, about their mean, as constructed shares vary.
    """
    try:
        shares = forecasting.estimated_shares(seen)
    except ForecastError:
        shares = forecasting.constructed_shares(
            {name: max(float(np.nanmean(values)), 1e-6) for name, values in seen.items()}, concentration=spread
        )
    return forecasting.split_total(totals, shares, seed=seed)


def stored_model(loaded: Loaded[Scenario]) -> Trained | None:
    """The stored model that the scenario names, if it names one. Raises ScenarioError where it can't be used."""
    terms = loaded.value.forecast
    if terms.model is None:
        return None
    folder, reference = _registry(loaded, terms.model)
    with _placed(loaded, (), MODEL_KEY):
        model = forecasting.open_forecast(folder, reference)
    if terms.country is not None and model.place != (terms.country, terms.subdivision):
        known = "-".join(part for part in model.place if part) or "no country"
        raise ScenarioError(
            [loaded.fault(MODEL_KEY, f"was trained with the holidays of {known}, not of this scenario")]
        )
    return model


def _registry(loaded: Loaded[Scenario], named: str) -> tuple[Path, str]:
    """The folder of stored models and the reference in it, of `ward@2` or `folder/ward@2`. Raises ScenarioError.

    Data without a file name models of the one folder that they were given, and no folder.
    """
    folder, _, reference = named.rpartition("/")
    index = f"{folder or MODELS}/{reference.partition('@')[0]}/{forecasting.INDEX}"
    try:
        if loaded.reach is None and (loaded.models is None or folder):
            raise Unreachable("no folders over HTTP" if folder else "no stored models over HTTP", "name one as ward@2")
        if loaded.reach is None:
            return Path(str(loaded.models)), reference
        found = loaded.reach.find(index, loaded.folders[loaded.marks.value(MODEL_KEY).file])
    except Unreachable as error:
        raise ScenarioError(
            [
                loaded.fault(
                    MODEL_KEY,
                    f"no model is stored as {named}: {error}",
                    error.hint or ("wardwright models list" if loaded.reach else ""),
                )
            ]
        ) from error
    return found.parent.parent, reference


@contextmanager
def _placed(loaded: Loaded[Scenario], recorded: Sequence[Recorded], key: Sequence[str]) -> Iterator[None]:
    """Turns what `forecasting` raises into faults of the scenario: at the history that is short, or at a key."""
    try:
        yield
    except HistoryError as error:
        named, _ = named_histories(loaded.value)
        each = zip(named, recorded, strict=True)
        short = next(history for history, read in each if read.name == error.file)
        raise ScenarioError([loaded.fault(_place(loaded.value, short), error.message)]) from error
    except ForecastError as error:
        raise ScenarioError([loaded.fault(tuple(key), str(error))]) from error


def read_histories(loaded: Loaded[Scenario]) -> tuple[Recorded, ...]:
    """Every history that the scenario names. Raises ScenarioError where one can't be read."""
    return tuple(_read(loaded, history) for history in named_histories(loaded.value)[0])


def recalled(record: Record, *, samples: int, seed: int) -> Forecast:
    """A forecast as a plan folder kept it, with joint samples: each day's own quantiles, one day leaning on the last.

    Series are drawn apart from one another; equal seeds give equal samples.
    """
    quantiles = np.stack([one.quantiles for one in record.series])
    steps = np.random.default_rng(seed).standard_normal((samples, *quantiles.shape[:2]))
    for day in range(1, steps.shape[2]):
        steps[..., day] = LEANS * steps[..., day - 1] + np.sqrt(1.0 - LEANS**2) * steps[..., day]
    drawn = forecasting.sample_paths(
        quantiles, record.levels, steps, samples=samples, seed=seed, dependence="blocks"
    )  # fmt: skip
    return Forecast(
        tuple(one.name for one in record.series), np.datetime64(record.start, "D") + np.arange(steps.shape[2]),
        record.levels, quantiles, drawn, np.stack([one.mean for one in record.series]), record.model, 0, (), None,
    )  # fmt: skip


def unit_series(loaded: Loaded[Scenario]) -> dict[str, Floats]:
    """Patients recorded in each unit that says so, by day before the horizon's start, all over the same days (D,).

    NaN where unknown; nothing where no day is known. Raises ScenarioError where a series can't be read.
    """
    units = {unit: terms.occupied for unit, terms in loaded.value.units.items() if terms.occupied is not None}
    read = {unit: _read(loaded, history, ("units", unit, "occupied")) for unit, history in units.items()}
    start = loaded.value.horizon.start
    if not read or start is None:
        return {}
    first, last = min(one.dates[0] for one in read.values()), np.datetime64(start, "D")
    series = {unit: np.full(max(int((last - first).astype(int)), 0), np.nan) for unit in read}
    for unit, one in read.items():
        past = one.dates < last
        series[unit][(one.dates[past] - first).astype(int)] = one.values[past]
    return series


def _place(scenario: Scenario, history: History) -> tuple[str, ...]:
    """Where the scenario names a history first."""
    groups = scenario.patients.items()
    name = next(name for name, group in groups if group.demand is not None and group.demand.history == history)
    return ("patients", name, "demand", "history")


def _read(loaded: Loaded[Scenario], history: History, path: tuple[str, ...] = ()) -> Recorded:
    """A history, at the place where the scenario names it (by default a patient group's)."""
    path = path or _place(loaded.value, history)
    try:
        if history.file is None and history.start is not None:
            return forecasting.history_from_values(history.column or path[1], history.start, history.values)
        source = _source(loaded, path, history)
        return _demand_behind(loaded.value, history, source, forecasting.read_history(source))
    except HistoryError as error:
        key = "database" if history.database is not None else "values"
        told = _in_file(error) if history.file is not None else loaded.fault((*path, key), error.message)
        raise ScenarioError([told]) from error
    except ForecastError as error:
        raise ScenarioError([loaded.fault((*path, "full_days"), str(error))]) from error


def _source(loaded: Loaded[Scenario], path: tuple[str, ...], history: History) -> HistorySource:
    return HistorySource(
        history.database or loaded.file((*path, "file")),
        history.column or "",
        history.date_column,
        tuple(history.where.items()),
        history.capacity_column,
        history.impossible_rows,
        history.missing,
        sheet=history.sheet,
        query=history.query,
        hour_column=history.hour_column,
        timezone=history.timezone,
        daily=history.daily,
        date_format=history.date_format,
    )


def _demand_behind(scenario: Scenario, history: History, source: HistorySource, occupied: Recorded) -> Recorded:
    """What wanted to come in, where the scenario asks for that instead of the beds occupied. Raises ForecastError."""
    if history.full_days == "as_counted" or history.capacity_column is None:
        return occupied
    columns = (history.capacity_column, history.waiting_column, history.outlying_column)
    beds, *extra = [
        forecasting.read_history(replace(source, column=name, capacity_column=None, missing="warn")) if name else None
        for name in columns
    ]
    if beds is None:
        return occupied
    return forecasting.uncapped(
        occupied, beds, waiting=extra[0], outlying=extra[1], before=scenario.horizon.start, seed=scenario.solve.seed
    )


def _in_file(error: HistoryError) -> Fault:
    return Fault(error.file, error.line, error.column, "", error.message)
