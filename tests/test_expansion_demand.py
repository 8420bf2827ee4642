"""Demand by period and the census it makes, elective lists, the state today, and beds open without escalation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.expansion.beds import base_beds, open_anyway, open_by_bay
from optimizer.expansion.demand import Demand, elective_cases, per_period, starting_state
from optimizer.expansion.grid import Grid, make_grid
from optimizer.scenario.model import Scenario

ELECTIVE = {"postpone_cost_per_day": 50}
FOUR_DAYS = {"start": "2024-01-04", "days": 4}  # Thursday to Sunday


def scenario_of(horizon: Mapping[str, object] = FOUR_DAYS, **more: object) -> Scenario:
    """Two wards for medical and surgical patients, and whatever is said besides."""
    patients = {name: {"demand": {"census": 5}, "boarding_cost_per_day": 9} for name in ("med", "sur")}
    units = {name: {"beds": 10, "cares_for": ["med", "sur"]} for name in ("A", "B")}
    data: dict[str, object] = {"schema": 1, "id": "demand", "patients": patients, "units": units, "horizon": horizon}
    return Scenario.model_validate(data | more)


def grid_of(days: int, *, periods_per_day: int = 1) -> Grid:
    """A dated grid without shifts."""
    horizon = {"start": "2024-01-04", "days": days, "periods_per_day": periods_per_day}
    return make_grid(Scenario.model_validate({"schema": 1, "id": "days", "horizon": horizon}))


def demand_of(
    arrivals: list[list[float]],
    stays: list[list[float]],
    *,
    present: float = 0.0,
    waiting: float = 0.0,
    cases: list[list[float]] | None = None,
    cyclic: bool = False,
) -> Demand:
    """Demand of one unit; by default without electives and with nobody there."""
    groups = len(arrivals)
    booked = np.zeros((groups, len(arrivals[0]))) if cases is None else np.array(cases, dtype=np.float64)
    flows = np.array([arrivals, stays], dtype=np.float64)
    return Demand(*flows, np.full((groups, 1), present), np.full(groups, waiting), booked, cyclic=cyclic)


def test_one_figure_holds_in_every_period() -> None:
    """Twelve in each of four."""
    assert per_period(12, grid_of(2, periods_per_day=2)).tolist() == [12.0] * 4


def test_no_figure_is_none() -> None:
    """Nobody, in each period."""
    assert per_period(None, grid_of(3)).tolist() == [0.0] * 3


def test_past_its_end_a_list_repeats_its_last_week() -> None:
    """Of nine days 0 to 8, days 2 to 8 come again: each on its weekday."""
    assert per_period(tuple(range(9)), grid_of(18)).tolist() == [*range(9), *range(2, 9), 2, 3]


def test_a_list_of_less_than_a_week_repeats_as_a_whole() -> None:
    """Three days, again and again."""
    assert per_period((5.0, 6.0, 7.0), grid_of(7)).tolist() == [5, 6, 7, 5, 6, 7, 5]


def test_a_week_of_periods_repeats_period_by_period() -> None:
    """Two periods a day: the eighth day is as the first."""
    figures = tuple(float(at) for at in range(14))
    assert per_period(figures, grid_of(8, periods_per_day=2)).tolist()[14:] == [0.0, 1.0]


def test_elective_cases_are_booked_by_day_for_the_committed_days() -> None:
    """Past them a list of days says nothing."""
    patients = {"sur": {"elective": {**ELECTIVE, "cases": [3, 0, 2, 1]}, "boarding_cost_per_day": 9}}
    scenario = scenario_of(patients=patients, units={"A": {"beds": 9, "cares_for": ["sur"]}})
    assert elective_cases(scenario, make_grid(scenario, beyond_days=2)).tolist() == [[3, 0, 2, 1, 0, 0]]


def test_elective_cases_by_weekday_go_on_past_the_committed_days() -> None:
    """Monday first; the horizon runs from Thursday to Sunday and two days beyond."""
    per_weekday = [10, 11, 12, 13, 14, 0, 0]
    patients = {"sur": {"elective": {**ELECTIVE, "per_weekday": per_weekday}, "boarding_cost_per_day": 9}}
    scenario = scenario_of(patients=patients, units={"A": {"beds": 9, "cares_for": ["sur"]}})
    assert elective_cases(scenario, make_grid(scenario, beyond_days=2)).tolist() == [[13, 14, 0, 0, 10, 11]]


def test_groups_without_a_list_have_no_cases() -> None:
    """One row for each group all the same."""
    scenario = scenario_of()
    assert elective_cases(scenario, make_grid(scenario)).tolist() == [[0.0] * 4] * 2


def test_the_census_is_those_who_stay_and_those_who_come() -> None:
    """10 present and 2 waiting; half stay, 4 come: 6 + 4, 5 + 4, 4.5 + 4."""
    found = demand_of([[4, 4, 4]], [[0.5, 0.5, 0.5]], present=10, waiting=2)
    assert found.census.tolist() == [[10.0, 9.0, 8.5]]


def test_without_stays_the_census_is_placed_anew() -> None:
    """Nobody is left of those present before."""
    assert demand_of([[4, 7]], [[0, 0]], present=10).census.tolist() == [[4.0, 7.0]]


def test_elective_cases_come_in_the_first_period_of_their_day() -> None:
    """Two periods a day, nobody leaves: 3 cases in period 0, 5 more in period 2."""
    found = demand_of([[1, 1, 1, 1]], [[1, 1, 1, 1]], cases=[[3, 5]])
    assert found.census.tolist() == [[4.0, 5.0, 11.0, 12.0]]


def test_in_a_cycle_the_census_is_that_which_brings_itself_back() -> None:
    """Half stay, 8 come on every other day: x = .5 (.5 x + 8) gives 5.33 before a day of 8, 10.67 after it."""
    found = demand_of([[8, 0]], [[0.5, 0.5]], present=99, cyclic=True)
    assert found.census[0] == pytest.approx([32 / 3, 16 / 3])


def test_a_steady_cycle_holds_arrivals_times_mean_stay() -> None:
    """6 a day with a mean stay of 4 days (.75 stay) are 24, as Little's law says."""
    assert demand_of([[6] * 7], [[0.75] * 7], cyclic=True).census[0] == pytest.approx([24.0] * 7)


shares = st.floats(0, 0.99)


@settings(max_examples=50, deadline=None)
@given(days=st.lists(st.tuples(st.floats(0, 50), shares), min_size=1, max_size=9))
def test_a_cycles_census_meets_its_own_beginning(days: list[tuple[float, float]]) -> None:
    """Whatever comes and stays: each day's census is what stays of the day before's, round the end, and who came."""
    arrivals, stays = zip(*days, strict=True)
    census = demand_of([list(arrivals)], [list(stays)], cyclic=True).census[0]
    assert census == pytest.approx(np.roll(census, 1) * stays + arrivals)


def test_the_starting_state_is_todays_census_and_queue() -> None:
    """By group and unit in the scenario's order; what is not said is nobody."""
    scenario = scenario_of(today={"census": {"sur": {"B": 3, "A": 1}}, "waiting": {"med": 2}})
    present, waiting = starting_state(scenario)
    assert present.tolist() == [[0, 0], [1, 3]]
    assert waiting.tolist() == [2, 0]


CLOSED = {"beds": 4, "from": "2024-01-05", "to": "2024-01-06"}


def test_closed_beds_are_off_on_both_their_days() -> None:
    """4 of 10 beds from Friday to Saturday, both included."""
    units = {"A": {"beds": 10, "cares_for": ["med", "sur"], "closures": [CLOSED]}}
    scenario = scenario_of(units=units)
    assert base_beds(scenario, make_grid(scenario)).tolist() == [[10, 6, 6, 10]]


def test_two_closures_of_the_same_beds_leave_no_fewer_than_none() -> None:
    """Two closures of 4 out of 6 beds on the same days."""
    units = {"A": {"beds": 6, "cares_for": ["med", "sur"], "closures": [CLOSED, CLOSED]}}
    scenario = scenario_of(units=units)
    assert base_beds(scenario, make_grid(scenario)).tolist() == [[6, 0, 0, 6]]


def test_units_are_open_with_beds_by_bay_or_never_having_any() -> None:
    """A ward closed on two days, the same with bays, bays alone, and a holding area without beds."""
    closed = {**CLOSED, "beds": 10}
    bays = {"bays": [4], "cost_per_bed_day": 1}
    units = {
        "closed": {"beds": 10, "cares_for": ["med", "sur"], "closures": [closed]},
        "with_bays": {"beds": 10, "closures": [closed], "escalation": bays},
        "bays_alone": {"beds": 0, "escalation": bays},
        "holding": {"beds": 0},
    }
    scenario = scenario_of(units=units)
    grid = make_grid(scenario)
    assert open_anyway(scenario, grid).tolist() == [
        [True, False, False, True],
        [True, False, False, True],
        [False, False, False, False],
        [True, True, True, True],
    ]
    assert open_by_bay(scenario, grid).tolist() == [
        [False, False, False, False],
        [False, True, True, False],
        [True, True, True, True],
        [False, False, False, False],
    ]


def test_a_textbook_problem_without_units_is_open() -> None:
    """Its one unit has no beds, and is there."""
    scenario = Scenario.model_validate({"schema": 1, "id": "none", "horizon": {"cycle": "day"}})
    assert open_anyway(scenario, make_grid(scenario)).tolist() == [[True]]
