"""From a scenario to its demand: the one place where forecasts, and what plans make of them, enter the optimizer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

import forecasting
from forecasting import Forecast, GroupCensus, Record, Shares, UnitCensus
from optimizer.expansion.demand import Demand, elective_cases, per_period, starting_state, with_surges
from optimizer.expansion.doubt import raised_to_quantile
from optimizer.expansion.grid import Floats, Grid, make_grid
from optimizer.expansion.groups import counts_arrivals, home_shares, season, stay_chances
from optimizer.expansion.pathways import going_on
from optimizer.histories import Foretold, foretell, named_histories, unit_series
from optimizer.leaving import curve_of, each_stays, left_of_today, still_in_today, unheard
from optimizer.plan import DemandNote
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.pathways import in_order
from optimizer.scenario.patients import PatientGroup

LONGEST_BEYOND = 14
"""Most days planned past the horizon unless the scenario asks for more."""

LEAST_PRESENT = 1e-9
"""Of fewer patients than this nobody asks what share of them stays."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Demand for the plan with what is to be said of it; `record` is the forecast as the plan's folder keeps it."""

    demand: Demand
    note: DemandNote
    forecast: Forecast | None = None
    record: Record | None = None


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
    foretold = foretell(loaded, grid.days, scenario.solve.seed if seed is None else seed)
    forecast = foretold.forecast if foretold else None
    rows = named_histories(scenario)[1]
    series = group_series(scenario, grid, forecast, rows)
    notes = [*foretold.notes, *foretold.forecast.notes] if foretold else []
    record = _record(foretold, rows, grid) if foretold else None
    return Outlook(demand_of(scenario, grid, series, notes), _demand_note(forecast, grid), forecast, record)


def series_names(names: Sequence[str], rows: Mapping[str, int]) -> tuple[str, ...]:
    """What each series is called: by its column, with its patient groups where columns are called alike."""
    groups = [", ".join(name for name in rows if rows[name] == at) for at in range(len(names))]
    return tuple(
        name if list(names).count(name) == 1 else f"{name} ({group})" for name, group in zip(names, groups, strict=True)
    )


def _record(foretold: Foretold, rows: Mapping[str, int], grid: Grid) -> Record:
    names = series_names(foretold.forecast.names, rows)
    return Record.of(foretold.forecast, foretold.recorded, names, grid.committed_days)


def demand_of(scenario: Scenario, grid: Grid, series: Mapping[str, Floats], notes: Sequence[str]) -> Demand:
    """Arrivals and stays that make the series, with today's state and the elective list."""
    arrivals = np.zeros((len(scenario.patients), grid.periods))
    stays = np.zeros_like(arrivals)
    present, waiting = starting_state(scenario)
    demand = Demand(arrivals, stays, present, waiting, elective_cases(scenario, grid), cyclic=grid.cyclic)
    told, onward = [*notes, *unheard(scenario)], np.zeros_like(arrivals)
    for name in in_order(scenario):
        row, group = list(scenario.patients).index(name), scenario.patients[name]
        start, given = float(present[row].sum() + waiting[row]), series.get(name)
        coming = None if given is None else given + onward[row]
        arrivals[row], stays[row], excess = _flow(group, grid, coming, start, left_of_today(scenario, name, grid))
        arrivals[row] = with_surges(scenario, grid, arrivals)[row]
        onward += going_on(scenario, demand, row)
        if excess > 0.5:
            told.append(f"{name}: the census falls faster than its stays explain, by up to {excess:.0f} patients")
    return replace(demand, notes=tuple(dict.fromkeys(told)))


def _demand_note(forecast: Forecast | None, grid: Grid) -> DemandNote:
    if forecast is None:
        return DemandNote(horizon_days=grid.days)
    scores = forecast.backtest
    return DemandNote(
        forecast.forecaster, forecast.days_used, scores.wape if scores else None, scores.coverage80 if scores else None,
        grid.days, forecast.model, forecast.data_sha256,
    )  # fmt: skip


def _flow(
    group: PatientGroup, grid: Grid, given: Floats | None, start: float, left: Floats | None
) -> tuple[Floats, Floats, float]:
    """(P,) arrivals, (P,) share of those present who stay, and by how many patients a census can't be met.

    Of a curve's arrivals those count who are in at the end of their first day. `start` patients were there before,
    of whom there is `left` (P,) if that is known of each; in a cycle those of its own end.
    """
    stays, demand = stay_chances(group, grid), group.demand
    if demand is None or given is None:
        return np.zeros(grid.periods), stays if left is None else each_stays(left), 0.0
    from_arrivals, curve = counts_arrivals(group), curve_of(group, grid)
    if curve is None and from_arrivals and left is not None:
        curve = np.asarray(stays[0] ** np.arange(grid.periods))
    if curve is not None:
        if from_arrivals:
            return _along_curve(curve, given, start, grid, left)
        return _census_along_curve(curve, given, start, grid)
    if from_arrivals or group.length_of_stay is None:
        return given, stays, 0.0
    return _explain_census(given, stays, float(given[-1]) if grid.cyclic else start)


def _turns(curve: Floats, grid: Grid) -> int:
    """How often a cycle turns until nobody is left of its beginning; 1 for a dated horizon."""
    return 1 + math.ceil(len(curve) / grid.periods) if grid.cyclic else 1


def _along_curve(
    curve: Floats, arrivals: Floats, start: float, grid: Grid, left: Floats | None
) -> tuple[Floats, Floats, float]:
    """Arrivals under a survival curve: patients stay as those of their ages do; of the `start` there is `left` (P,)."""
    coming = np.tile(arrivals, _turns(curve, grid))
    known = None if grid.cyclic else left
    census = forecasting.census_from_arrivals(coming, curve, 0.0 if grid.cyclic else start, remaining=known)
    before = np.concatenate(([start], census[:-1]))
    counted = coming * curve[0]
    chances = np.divide(census - counted, before, out=np.zeros_like(census), where=before > LEAST_PRESENT)
    return counted[-grid.periods :], chances[-grid.periods :], 0.0


def _census_along_curve(curve: Floats, census: Floats, start: float, grid: Grid) -> tuple[Floats, Floats, float]:
    """Arrivals that make a census under a survival curve."""
    wanted = np.tile(census, _turns(curve, grid))
    flow = forecasting.arrivals_from_census(wanted, curve, present_at_start=census[-1] if grid.cyclic else start)
    arrivals, chances, excess = (each[-grid.periods :] for each in flow)
    return arrivals * curve[0], chances, float(excess.max())


def _explain_census(census: Floats, stays: Floats, start: float) -> tuple[Floats, Floats, float]:
    """Arrivals that make the census under the chances to stay; where it falls faster, fewer stay so that it is met."""
    before = np.concatenate(([start], census[:-1]))
    chances = np.divide(census, before, out=stays.copy(), where=stays * before > census)
    return np.maximum(census - chances * before, 0.0), chances, 0.0


def census_ahead(loaded: Loaded[Scenario], outlook: Outlook, *, seed: int | None = None) -> UnitCensus | None:
    """The census by unit and period that arrivals and stays make.

    None where no group says both, where there is no unit, or where time is a cycle.
    """
    scenario = loaded.value
    worked_out = any(counts_arrivals(group) and group.length_of_stay for group in scenario.patients.values())
    if not (worked_out and scenario.units) or scenario.horizon.cycle is not None:
        return None
    return joint_census(loaded, outlook, seed=seed)


def joint_census(loaded: Loaded[Scenario], outlook: Outlook, *, seed: int | None = None) -> UnitCensus:
    """The census by unit and period with its doubt, before any plan: each patient in a home unit, none kept out.

    Its samples are joint over units and periods: a surge is in all units of a draw. It is what is expected, whatever
    service level a plan is made for. Shares of a total and of home units vary: as recorded where every home unit says
    who was `occupied`, else constructed. `seed` stands above the scenario's own. A cycle begins with nobody.
    """
    scenario, grid = loaded.value, plan_grid(loaded.value)
    demand, luck = outlook.demand, scenario.solve.seed if seed is None else seed
    if scenario.service_level is not None:
        usual = scenario.model_copy(update={"service_level": None})
        demand = demand_of(usual, grid, group_series(usual, grid, outlook.forecast, named_histories(usual)[1]), ())
    draws, recorded = group_draws(scenario, grid, outlook.forecast, luck), unit_series(loaded)
    found = [
        _group_census(scenario, grid, demand, name, draws.get(name), _shares(home_shares(scenario, name), recorded))
        for name in scenario.patients
    ]
    return forecasting.census_by_unit(found, tuple(scenario.units), seed=luck, steps_per_day=grid.periods_per_day)


def group_draws(scenario: Scenario, grid: Grid, forecast: Forecast | None, seed: int) -> dict[str, Floats]:
    """Joint draws (N, P) of each group with a history; groups that share one take shares of it that vary by day."""
    rows = named_histories(scenario)[1]
    found: dict[str, Floats] = {}
    if forecast is None:
        return found
    for at in range(len(forecast.names)):
        names = [name for name in rows if rows[name] == at]
        weights = {name: max(_weight(scenario.patients[name]), LEAST_PRESENT) for name in names}
        parts = forecasting.split_total(
            forecast.samples[:, at], forecasting.constructed_shares(weights), seed=seed + at
        )
        found |= {name: np.repeat(parts[:, row], grid.periods_per_day, axis=1) for row, name in enumerate(names)}
    return found


def _group_census(
    scenario: Scenario, grid: Grid, demand: Demand, name: str, drawn: Floats | None, shares: Shares
) -> GroupCensus:
    """Those who come and stay as the plan has them, and the doubt of the forecast and the stays they come from."""
    row, group = list(scenario.patients).index(name), scenario.patients[name]
    rows = named_histories(scenario)[1]
    stated = name in rows and sum(rows[name] == at for at in rows.values()) > 1
    stay, chances = group.length_of_stay, stay_chances(group, grid)
    if stay is None or (group.demand is not None and not counts_arrivals(group)):
        return forecasting.given_census(name, demand.census[row], shares, draws=drawn, stated=stated)
    geometric = not stay.still_in or grid.periods_per_day > 1
    curve = chances[0] ** np.arange(grid.periods) if geometric else np.array(stay.still_in) / stay.still_in[0]
    left = np.asarray(np.cumprod(chances)) if geometric else forecasting.left_of_start(curve, grid.periods)
    if stay.stays is not None:
        many = scenario.forecast.samples
        curve = forecasting.doubtful_curves(curve, stay.stays, samples=many, seed=scenario.solve.seed + row)
    cases = np.zeros(grid.periods)
    cases[:: grid.periods_per_day] = demand.cases[row]
    return forecasting.queued_census(
        name, demand.arrivals[row], shares, curve=curve, left=left, cases=cases, draws=drawn, stated=stated,
        still_in=still_in_today(scenario, name, grid), present=float(demand.present[row].sum() + demand.waiting[row]),
    )  # fmt: skip


def _shares(homes: Mapping[str, float], recorded: Mapping[str, Floats]) -> Shares:
    """How a group parts over its home units: as they were occupied if all of them say so, else about stated shares."""
    if len(homes) > 1 and all(unit in recorded for unit in homes):
        return forecasting.estimated_shares({unit: recorded[unit] for unit in homes})
    return forecasting.constructed_shares(homes)


def group_series(
    scenario: Scenario, grid: Grid, forecast: Forecast | None, rows: Mapping[str, int]
) -> dict[str, Floats]:
    """(P,) census or arrivals by patient group, with share and uplift, at the service level where one is asked."""
    series = {}
    for name, group in scenario.patients.items():
        if group.demand is None:
            continue
        factor = group.demand.share * (1.0 + group.demand.uplift)
        if forecast is not None and name in rows:
            per_day = forecast.mean[rows[name]] * season(group, grid)
            daily = np.repeat(per_day, grid.periods_per_day)
            shared = grid.periods_per_day if group.demand.measures == "arrivals" else 1
            series[name] = daily * factor / shared
        else:
            given = group.demand.arrivals if group.demand.arrivals is not None else group.demand.census
            series[name] = per_period(given, grid) * factor
    if scenario.service_level is None:
        return series
    if forecast is not None:
        _raise_to_quantile(scenario, grid, forecast, rows, series)
    return raised_to_quantile(scenario, series, scenario.service_level)


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
