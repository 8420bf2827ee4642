"""From a scenario to its demand: the one place where forecasts, and what plans make of them, enter the optimizer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import forecasting
from forecasting import Forecast, ForecastError, HistoryError, HistorySource
from forecasting import History as Recorded
from optimizer.expansion.demand import Demand, elective_cases, per_period, starting_state
from optimizer.expansion.grid import Floats, Grid, make_grid
from optimizer.plan import DemandNote
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import History, PatientGroup

LONGEST_BEYOND = 14
"""Most days planned past the horizon unless the scenario asks for more."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Demand for the plan with what is to be said of it."""

    demand: Demand
    note: DemandNote
    forecast: Forecast | None = None


def plan_grid(scenario: Scenario) -> Grid:
    """The grid of the days planned: those committed to, and one mean stay beyond where stays are given."""
    asked = scenario.horizon.beyond_days
    if asked is None and scenario.horizon.cycle is None:
        stays = [group.length_of_stay.mean for group in scenario.patients.values() if group.length_of_stay]
        asked = min(math.ceil(sum(stays) / len(stays)), LONGEST_BEYOND) if stays else 0
    return make_grid(scenario, beyond_days=asked or 0)


def foresee(loaded: Loaded[Scenario], *, seed: int | None = None) -> Outlook:
    """Demand of every patient group over the planned days: given, or forecast from its history.

    `seed` stands above the scenario's own.

    Raises ScenarioError, naming file, line and column, where a history can't be read or has nothing usable.
    """
    scenario = loaded.value
    grid = plan_grid(scenario)
    forecast, rows, cleaned = _forecast(loaded, grid, loaded.value.solve.seed if seed is None else seed)
    series = _series(scenario, grid, forecast, rows)
    arrivals = np.zeros((len(scenario.patients), grid.periods))
    stays = np.zeros_like(arrivals)
    present, waiting = starting_state(scenario)
    notes: list[str] = [*cleaned, *(forecast.notes if forecast else ())]
    for row, (name, group) in enumerate(scenario.patients.items()):
        start = float(present[row].sum() + waiting[row])
        arrivals[row], stays[row], excess = _flow(group, grid, series.get(name), start)
        if excess > 0.5:
            notes.append(f"{name}: the census falls faster than its stays explain, by up to {excess:.0f} patients")
    cases, told = elective_cases(scenario, grid), tuple(dict.fromkeys(notes))
    demand = Demand(arrivals, stays, present, waiting, cases, told, cyclic=grid.cyclic)
    return Outlook(demand, _demand_note(forecast, grid), forecast)


def _demand_note(forecast: Forecast | None, grid: Grid) -> DemandNote:
    if forecast is None:
        return DemandNote(horizon_days=grid.days)
    scores = forecast.backtest
    return DemandNote(
        forecast.forecaster, forecast.days_used, scores.wape if scores else None, scores.coverage80 if scores else None,
        grid.days,
    )  # fmt: skip


def _flow(group: PatientGroup, grid: Grid, given: Floats | None, start: float) -> tuple[Floats, Floats, float]:
    """(P,) arrivals, (P,) share of those present who stay, and by how many patients a census can't be met."""
    stays = _stay_chances(group, grid)
    demand = group.demand
    if demand is None or given is None:
        return np.zeros(grid.periods), stays, 0.0
    if demand.arrivals is not None or (demand.history is not None and demand.measures == "arrivals"):
        return given, _chances_along(group, grid, given, start), 0.0
    if group.length_of_stay is None:
        return given, np.zeros(grid.periods), 0.0
    if group.length_of_stay.still_in and grid.periods_per_day == 1:
        curve = forecasting.survival(curve=group.length_of_stay.still_in)
        flow = forecasting.arrivals_from_census(given, curve, present_at_start=start)
        return flow.arrivals, flow.stay_chance, float(flow.excess.max())
    return _explain_census(given, stays, start)


def _stay_chances(group: PatientGroup, grid: Grid) -> Floats:
    """(P,) chance to be present still one period later: geometric with the group's mean stay."""
    if group.length_of_stay is None:
        return np.zeros(grid.periods)
    chance = max(0.0, 1.0 - 1.0 / group.length_of_stay.mean)
    return np.full(grid.periods, chance ** (1.0 / grid.periods_per_day))


def _chances_along(group: PatientGroup, grid: Grid, arrivals: Floats, start: float) -> Floats:
    """The same along a survival curve, for patients of the ages they have by then."""
    stay = group.length_of_stay
    if stay is None or not stay.still_in or grid.periods_per_day > 1:
        return _stay_chances(group, grid)
    curve = forecasting.survival(curve=stay.still_in)
    census = forecasting.census_from_arrivals(arrivals, curve, start)
    before = np.concatenate(([start], census[:-1]))
    staying = census - arrivals * curve[0]
    return np.asarray(np.divide(staying, before, out=np.zeros_like(census), where=before > 0))


def _explain_census(census: Floats, stays: Floats, start: float) -> tuple[Floats, Floats, float]:
    """Arrivals that make the census under the chances to stay; where it falls faster, fewer stay so that it is met."""
    before = np.concatenate(([start], census[:-1]))
    share = np.divide(census, before, out=np.ones_like(census), where=before > 0)
    chances = np.minimum(stays, share)
    return census - chances * before, chances, 0.0


def _series(scenario: Scenario, grid: Grid, forecast: Forecast | None, rows: Mapping[str, int]) -> dict[str, Floats]:
    """(P,) census or arrivals by patient group, with share and uplift, at the service level where one is asked."""
    series = {}
    for name, group in scenario.patients.items():
        if group.demand is None:
            continue
        factor = group.demand.share * (1.0 + group.demand.uplift)
        if forecast is not None and name in rows:
            per_day = forecast.mean[rows[name]] * _season(group, grid)
            daily = np.repeat(per_day, grid.periods_per_day)
            shared = grid.periods_per_day if group.demand.measures == "arrivals" else 1
            series[name] = daily * factor / shared
        else:
            given = group.demand.arrivals if group.demand.arrivals is not None else group.demand.census
            series[name] = per_period(given, grid) * factor
    if scenario.service_level is not None and forecast is not None:
        _raise_to_quantile(scenario, grid, forecast, rows, series)
    return series


def _raise_to_quantile(
    scenario: Scenario, grid: Grid, forecast: Forecast, rows: Mapping[str, int], series: dict[str, Floats]
) -> None:
    """Scale forecast groups so that their pooled total is its own quantile; quantiles of single wards don't add."""
    for measure in ("census", "arrivals"):
        names = [name for name in rows if _demand_measure(scenario, name) == measure]
        if names:
            weights = np.array([_weight(scenario.patients[name]) for name in names])
            totals = np.einsum("k,nkt->nt", weights, forecast.samples[:, [rows[name] for name in names]])
            level = np.quantile(totals, scenario.service_level or 0.5, axis=0)
            mean = np.einsum("k,kt->t", weights, forecast.mean[[rows[name] for name in names]])
            factor = np.divide(level, mean, out=np.ones_like(level), where=mean > 0)
            for name in names:
                series[name] = series[name] * np.repeat(factor, grid.periods_per_day)


def _demand_measure(scenario: Scenario, name: str) -> str:
    demand = scenario.patients[name].demand
    return demand.measures if demand is not None else ""


def _weight(group: PatientGroup) -> float:
    return group.demand.share * (1.0 + group.demand.uplift) if group.demand is not None else 0.0


def _season(group: PatientGroup, grid: Grid) -> Floats:
    """(D,) the factor of each day's month, where the scenario states a seasonal profile."""
    profile = group.demand.seasonal_profile if group.demand is not None else {}
    return np.array([profile.get(grid.day(day).month, 1.0) for day in range(grid.days)])


def _forecast(loaded: Loaded[Scenario], grid: Grid, seed: int) -> tuple[Forecast | None, dict[str, int], list[str]]:
    """One forecast of every history named, each read once; the row of each patient group in it; what was cleaned."""
    scenario = loaded.value
    histories: list[History] = []
    rows: dict[str, int] = {}
    for name, group in scenario.patients.items():
        if group.demand is not None and group.demand.history is not None:
            if group.demand.history not in histories:
                histories.append(group.demand.history)
            rows[name] = histories.index(group.demand.history)
    if not histories or scenario.horizon.start is None:
        return None, rows, []
    recorded = [_read(loaded, history, rows) for history in histories]
    terms = scenario.forecast
    try:
        found = forecasting.forecast(
            recorded, start=scenario.horizon.start, days=grid.days, forecaster=terms.forecaster,
            samples=terms.samples, seed=seed, country=terms.country, subdivision=terms.subdivision,
        )  # fmt: skip
    except ForecastError as error:
        raise ScenarioError([_fault(loaded, error, ("forecast",))]) from error
    return found, rows, [str(note) for history in recorded for note in history.notes]


def _read(loaded: Loaded[Scenario], history: History, rows: Mapping[str, int]) -> Recorded:
    name = next(
        name
        for name in rows
        if (demand := loaded.value.patients[name].demand) is not None and demand.history == history
    )
    path = ("patients", name, "demand", "history")
    try:
        if history.file is None and history.start is not None:
            return forecasting.history_from_values(name, history.start, history.values)
        file = loaded.file((*path, "file"))
        return forecasting.read_history(
            HistorySource(
                file,
                history.column or "",
                history.date_column,
                tuple(history.where.items()),
                history.capacity_column,
                history.impossible_rows,
                history.missing,
            )
        )
    except ForecastError as error:
        raise ScenarioError([_fault(loaded, error, path)]) from error


def _fault(loaded: Loaded[Scenario], error: ForecastError, path: tuple[str, ...]) -> Fault:
    """A forecasting error at its place in the history, or in the scenario where it names none."""
    if isinstance(error, HistoryError):
        return Fault(error.file, error.line, error.column, "", error.message)
    return loaded.fault(path, str(error))
