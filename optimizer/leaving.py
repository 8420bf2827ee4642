"""Who of the patients in bed today is in still: by the days they have been in, and by single chances to leave."""

from __future__ import annotations

import numpy as np

import forecasting
from optimizer.expansion.grid import Floats, Grid
from optimizer.expansion.groups import counts_arrivals, stay_chances
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import PatientGroup
from optimizer.scenario.today import Leaving


def curve_of(group: PatientGroup, grid: Grid) -> Floats | None:
    """(J,) a group's survival curve by day; None where its stays are geometric, as they are within a day."""
    stay = group.length_of_stay
    if stay is None or not stay.still_in or grid.periods_per_day > 1:
        return None
    return forecasting.survival(curve=stay.still_in)


def still_in_today(scenario: Scenario, name: str, grid: Grid) -> Floats | None:
    """(B, P) the chance of each patient of a group to be in at the end of each period; None where all are alike.

    Stated chances to leave hold for their three days; then each patient goes on as the group's stays say.
    """
    days_in, leaving = scenario.today.days_in.get(name, ()), scenario.today.leaving.get(name)
    group = scenario.patients[name]
    curve = curve_of(group, grid)
    if leaving is None:
        return None if curve is None or not days_in else forecasting.still_in_chances(curve, days_in, grid.periods)
    if curve is not None and days_in:
        usual = forecasting.still_in_chances(curve, days_in, grid.periods)
    else:
        alike = np.cumprod(stay_chances(group, grid)) if curve is None else _left(curve, grid)
        usual = np.tile(alike, (len(leaving.within_24h), 1))
    known = _by_period(leaving, grid)
    return forecasting.with_known_chances(usual, known) if len(known) else usual


def _left(curve: Floats, grid: Grid) -> Floats:
    return forecasting.left_of_start(curve, grid.periods)


def _by_period(leaving: Leaving, grid: Grid) -> Floats:
    """(B, H) chances to be in still by period, the same share leaving in every period of a day."""
    daily = 1.0 - np.array([leaving.within_24h, leaving.within_48h, leaving.within_72h]).T
    each = grid.periods_per_day
    before = np.concatenate([np.ones((len(daily), 1)), daily[:, :-1]], axis=1)
    share = np.divide(daily, before, out=np.zeros_like(daily), where=before > 0)
    part = np.arange(1, each + 1) / each
    found = before[:, :, None] * share[:, :, None] ** part
    return np.asarray(found.reshape(len(daily), -1)[:, : grid.periods])


def left_of_today(scenario: Scenario, name: str, grid: Grid) -> Floats | None:
    """(P,) the mean of those chances; None where all are alike, or where nobody is in."""
    each = still_in_today(scenario, name, grid)
    return each.mean(axis=0) if each is not None and len(each) else None


def each_stays(left: Floats) -> Floats:
    """(P,) the chance to stay one period more, where there is `left` (P,) of those in at the start."""
    before = np.concatenate([[1.0], left[:-1]])
    return np.asarray(np.divide(left, before, out=np.zeros_like(left), where=before > 0))


def unheard(scenario: Scenario) -> list[str]:
    """A sentence for each group whose chances to leave change nothing."""
    return [
        f"{name}: today.leaving changes nothing, for its census is forecast and not made of arrivals and stays"
        for name in scenario.today.leaving
        if name in scenario.patients
        and scenario.patients[name].demand is not None
        and not counts_arrivals(scenario.patients[name])
    ]
