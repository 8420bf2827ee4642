"""From a scenario to its demand: stays that explain a census, histories forecast, and how far ahead is planned."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import census_from_arrivals
from optimizer import ScenarioError, open_data, open_scenario
from optimizer.expansion.demand import Demand
from optimizer.planning import Outlook, foresee, plan_grid

Data = Mapping[str, object]
MONDAY = "2024-01-01"
FOUR_DAYS: Data = {"start": MONDAY, "days": 4, "beyond_days": 0}
WEEK: Data = {"cycle": "week"}
MEAN_4: Data = {"mean_days": 4}  # three of four stay another day
CURVE: Data = {"still_in": [1, 0.5, 0.25]}  # mean 1.75


def scenario_of(patients: Data, horizon: Data = FOUR_DAYS, **more: object) -> Data:
    """One ward that cares for every group; boarding has a price unless there is a service level."""
    price: Data = {} if "service_level" in more else {"boarding_cost_per_day": 1}
    groups = {name: {**price, **group} for name, group in patients.items()}  # type: ignore[dict-item]
    units = {"W": {"beds": 99, "cares_for": list(patients)}}
    return {"schema": 1, "id": "ahead", "horizon": horizon, "patients": groups, "units": units, **more}


def outlook(patients: Data, horizon: Data = FOUR_DAYS, **more: object) -> Outlook:
    """What is to be expected of these patients."""
    return foresee(open_data(scenario_of(patients, horizon, **more)))


def one(demand: Data, stay: Data | None, horizon: Data = FOUR_DAYS, **today: object) -> Demand:
    """Demand of one group, `g`, with this stay."""
    group = {"demand": demand} | ({} if stay is None else {"length_of_stay": stay})
    return outlook({"g": group}, horizon, today=today).demand


def test_given_arrivals_stay_geometrically_for_their_mean() -> None:
    """A mean of 4 days keeps three of four; 2 come a day to 8 who are there: 8, 8, 8."""
    found = one({"arrivals": 2}, MEAN_4, census={"g": {"W": 8}})
    assert found.stays[0].tolist() == [0.75] * 4
    assert found.census[0] == pytest.approx([8.0] * 4)


def test_several_periods_share_a_days_chance_to_stay() -> None:
    """In two periods a day the root of .75 stays each time, so that .75 is left after a day."""
    found = one({"arrivals": 0}, MEAN_4, {**FOUR_DAYS, "periods_per_day": 2}, census={"g": {"W": 16}})
    assert found.census[0, 1::2] == pytest.approx([12.0, 9.0, 6.75, 16 * 0.75**4])


def test_given_arrivals_stay_along_their_curve() -> None:
    """4 a day of whom 1, .5 and .25 are in after 0, 1 and 2 days: 4, 6, 7, 7."""
    assert one({"arrivals": 4}, CURVE).census[0] == pytest.approx([4.0, 6.0, 7.0, 7.0])


def test_patients_who_leave_on_their_first_day_are_not_counted_that_night() -> None:
    """Of 10 a day .8 are in at the end of the first day and .5 of the second: 8, 13, 13, 13."""
    assert one({"arrivals": 10}, {"still_in": [0.8, 0.5]}).census[0] == pytest.approx([8.0, 13.0, 13.0, 13.0])


def test_those_present_leave_along_the_curve_too() -> None:
    """Of 7 of a steady state's ages (4 : 2 : 1) 2 + 1 are left after a day, 1 after two, none after three."""
    found = one({"arrivals": 0}, CURVE, census={"g": {"W": 7}})
    assert found.census[0] == pytest.approx([3.0, 1.0, 0.0, 0.0])


def test_a_given_census_takes_the_arrivals_that_explain_it() -> None:
    """From 8, three of four stay: 6 + 4 = 10, 7.5 + 4.5 = 12, 9 + 0 = 9."""
    found = one({"census": [10, 12, 9, 9]}, MEAN_4, waiting={"g": 2}, census={"g": {"W": 6}})
    assert found.arrivals[0] == pytest.approx([4.0, 4.5, 0.0, 2.25])


def test_a_census_that_falls_faster_than_stays_end_lets_more_go() -> None:
    """From 8 to 3 with three of four staying: nobody comes, and 3 of 8 stay."""
    found = one({"census": [3, 3, 3, 3]}, MEAN_4, census={"g": {"W": 8}})
    assert (found.arrivals[0, 0], found.stays[0, 0]) == pytest.approx((0.0, 0.375))


def test_without_a_stay_a_census_is_placed_anew() -> None:
    """Everybody comes and nobody stays, in each period."""
    found = one({"census": [10, 12, 9, 9]}, None)
    assert found.arrivals.tolist() == [[10, 12, 9, 9]]
    assert not found.stays.any()


figures = st.lists(st.floats(0, 60), min_size=4, max_size=4)


@settings(max_examples=30, deadline=None)
@given(census=figures, mean=st.floats(1, 20), present=st.floats(0, 60))
def test_a_given_census_with_a_mean_stay_comes_out_exactly(census: list[float], mean: float, present: float) -> None:
    """Whatever it is and whoever is there, nobody comes in negative numbers and it is met on every day."""
    found = one({"census": census}, {"mean_days": mean}, census={"g": {"W": present}})
    assert found.census[0] == pytest.approx(census, abs=1e-9)
    assert (found.arrivals >= 0).all()


@settings(max_examples=30, deadline=None)
@given(rises=st.lists(st.floats(0, 9), min_size=4, max_size=4), first=st.floats(0.1, 1))
def test_a_given_census_along_a_curve_comes_out_exactly(rises: list[float], first: float) -> None:
    """A census that never falls can always be explained, also where some leave on their first day."""
    census = np.cumsum(rises)
    found = one({"census": census.tolist()}, {"still_in": [first, first / 2]})
    assert found.census[0] == pytest.approx(census, abs=1e-9)
    assert found.notes == ()


def test_a_census_that_no_curve_explains_is_told() -> None:
    """From 20 of a steady state's ages half the arrivals of each day stay: at least 10 and 5 cannot be gone by 2."""
    # arrivals 20; after a day 10 are left, after two 5: 3 more than the 2 asked for
    found = one({"census": [20, 10, 2, 2]}, CURVE)
    assert found.notes == ("g: the census falls faster than its stays explain, by up to 3 patients",)


@pytest.mark.parametrize("stay", [MEAN_4, CURVE, {"still_in": [0.8, 0.8, 0.4]}])
def test_in_a_cycle_a_census_is_held_from_end_to_beginning(stay: Data) -> None:
    """28 patients in every week that turns: nobody is new on Monday who was there on Sunday."""
    found = one({"census": 28}, stay, WEEK)
    assert found.census[0] == pytest.approx([28.0] * 7)
    assert found.arrivals[0] == pytest.approx([found.arrivals[0, 0]] * 7)


def test_in_a_cycle_a_census_by_weekday_is_met() -> None:
    """Fewer at the weekend, more from Monday on, as in every week before."""
    census = [30, 32, 33, 32, 30, 26, 25]
    assert one({"census": census}, MEAN_4, WEEK).census[0] == pytest.approx(census)
    assert one({"census": census}, CURVE, WEEK).census[0] == pytest.approx(census)


def test_in_a_cycle_arrivals_along_a_curve_have_always_been_coming() -> None:
    """4 a day with a mean of 1.75 days are 7, on the first day as on the last; a day is no different from a week."""
    assert one({"arrivals": 4}, CURVE, WEEK).census[0] == pytest.approx([7.0] * 7)
    assert one({"arrivals": 4}, CURVE, {"cycle": "day"}).census[0] == pytest.approx([7.0])


def test_share_and_uplift_scale_what_is_given() -> None:
    """A quarter of 40, and 10 % more."""
    assert one({"census": 40, "share": 0.25, "uplift": 0.1}, None).census[0] == pytest.approx([11.0] * 4)


BY_WEEKDAY = [20, 21, 22, 23, 24, 15, 14]  # Monday first


def history(weeks: int = 12, scale: float = 1.0) -> Data:
    """A series that repeats by weekday and ends on the day before the horizon."""
    start = np.datetime64(MONDAY) - 7 * weeks
    return {"start": str(start), "values": [scale * each for each in BY_WEEKDAY] * weeks}


PLAIN: Data = {"forecaster": "weekday_mean"}


def forecast(*demands: Data, horizon: Data = FOUR_DAYS, **more: object) -> Demand:
    """Demand of groups `a`, `b` ... without stays, forecast as the same weekday was."""
    groups = {name: {"demand": each} for name, each in zip("abc", demands, strict=False)}
    return outlook(groups, horizon, forecast=PLAIN, **more).demand


def test_a_history_is_forecast_over_the_planned_days() -> None:
    """What was the same every week goes on: Monday to Thursday."""
    assert forecast({"history": history()}).census[0] == pytest.approx([20, 21, 22, 23])


def test_groups_share_one_history() -> None:
    """Three and one quarter of it, the second with 20 % more."""
    demands: list[Data] = [{"history": history(), "share": 0.75}, {"history": history(), "share": 0.25, "uplift": 0.2}]
    found = forecast(*demands).census
    assert found[:, 0] == pytest.approx([15.0, 6.0])


def test_each_group_has_its_own_history() -> None:
    """The second group's is twice the first's."""
    found = forecast({"history": history()}, {"history": history(scale=2)}).census
    assert found[:, 0] == pytest.approx([20.0, 40.0])


def test_a_days_arrivals_are_shared_over_its_periods_and_a_census_is_not() -> None:
    """20 arrivals are 10 in each of two periods; 20 present are 20 in each."""
    horizon = {**FOUR_DAYS, "periods_per_day": 2}
    found = forecast({"history": history(), "measures": "arrivals"}, {"history": history()}, horizon=horizon)
    assert found.arrivals[:, :2] == pytest.approx(np.array([[10.0, 10.0], [20.0, 20.0]]))


def test_a_seasonal_profile_scales_the_days_of_its_months() -> None:
    """30 % more in February: Tuesday and Wednesday of January, Thursday and Friday of February."""
    horizon = {"start": "2024-01-30", "days": 4, "beyond_days": 0}
    found = forecast({"history": history(), "seasonal_profile": {2: 1.3}}, horizon=horizon).census[0]
    assert found == pytest.approx([21.0, 22.0, 23 * 1.3, 24 * 1.3])


def test_history_past_the_start_is_never_read() -> None:
    """A horizon inside the history: the days from its start on change nothing, and the plan says so."""
    start = np.datetime64(MONDAY) - 70
    inside = {"start": str(start), "values": BY_WEEKDAY * 10 + [999.0] * 4}
    found = forecast({"history": inside})
    assert found.census[0] == pytest.approx([20, 21, 22, 23])
    assert "a: 4 days of history on or after 2024-01-01 are ignored" in found.notes


def test_what_was_cleaned_in_a_history_is_told() -> None:
    """A day without a value among the 84."""
    known = history()
    values = [*known["values"]]  # type: ignore[misc]
    values[10] = None
    notes = forecast({"history": {**known, "values": values}}).notes
    assert any("values missing" in note or "no value on" in note for note in notes)


def noisy(seed: int) -> Data:
    """20 patients a day, give or take six."""
    drawn = random.Random(seed)
    return {"start": "2023-10-03", "values": [20 + drawn.randint(-6, 6) for _ in range(90)]}


def at_level(level: float | None, *seeds: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(K, 4) census of groups with noisy histories, at a service level or as expected."""
    return forecast(*({"history": noisy(seed)} for seed in seeds), **({"service_level": level} if level else {})).census


def test_a_service_level_is_of_the_pooled_total() -> None:
    """Two wards' .9 quantiles add up to more than the quantile of both together, which exceeds what is expected."""
    pooled, expected = at_level(0.9, 1, 2).sum(axis=0), at_level(None, 1, 2).sum(axis=0)
    alone = at_level(0.9, 1)[0] + at_level(0.9, 2)[0]
    assert (pooled > expected + 1).all()
    assert (pooled < alone - 0.5).all()


def test_a_service_level_raises_every_group_alike() -> None:
    """Each keeps its share of the total."""
    pooled, expected = at_level(0.9, 1, 2), at_level(None, 1, 2)
    assert pooled / pooled.sum(axis=0) == pytest.approx(expected / expected.sum(axis=0))


def test_a_service_level_leaves_given_figures_alone() -> None:
    """A census that is given is not in doubt."""
    assert forecast({"census": 12}, service_level=0.9).census[0].tolist() == [12.0] * 4


def test_forecasts_are_reproduced_by_their_seed() -> None:
    """The scenario's seed, or the one asked for, decides what is drawn: the same again, and another."""
    patients = {name: {"demand": {"history": noisy(at)}} for at, name in enumerate("ab")}
    loaded = open_data(scenario_of(patients, service_level=0.9))
    first, again, other = (foresee(loaded, seed=seed).demand.census for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def faults_of(demand: Data, **more: object) -> list[str]:
    """What is wrong with a group's demand once it is to be forecast."""
    with pytest.raises(ScenarioError) as caught:
        outlook({"a": {"demand": {"census": 9}}, "b": {"demand": demand}}, **more)
    return [str(fault) for fault in caught.value.faults]


def test_too_few_values_given_in_place_are_a_fault_there() -> None:
    """Three days are no history."""
    told = faults_of({"history": {"start": "2023-12-20", "values": [1, 2, 3]}})
    assert told == ["/patients/b/demand/history/values: 3 usable days in 'b', but at least 14 are needed"]


def test_a_history_that_begins_after_the_plan_is_a_fault_there() -> None:
    """Forty days of the month after the horizon."""
    told = faults_of({"history": {"start": "2024-02-20", "values": [1] * 40}})
    assert told == ["/patients/b/demand/history: 0 usable days before 2024-01-01, but at least 14 are needed"]


def test_an_unusable_file_is_a_fault_in_it(tmp_path: Path) -> None:
    """Two rows of a CSV file, named with its line."""
    (tmp_path / "beds.csv").write_text("date,occupied\n2023-12-30,4\n2023-12-31,5\n")
    (tmp_path / "s.yaml").write_text(
        "schema: 1\nid: s\nhorizon: {start: 2024-01-01, days: 4}\nunits: {W: {beds: 9, cares_for: [a]}}\n"
        "patients: {a: {demand: {history: {file: beds.csv, column: occupied}}, boarding_cost_per_day: 1}}\n"
    )
    with pytest.raises(ScenarioError, match=r"^beds\.csv:1:1  2 usable days in 'occupied', but at least 14"):
        foresee(open_scenario(tmp_path / "s.yaml"))


@pytest.mark.parametrize(
    ("terms", "told"),
    [({"forecaster": "oracle"}, "oracle"), ({"country": "XX"}, "XX")],
)
def test_what_no_forecast_can_be_made_with_is_a_fault_of_its_terms(terms: Data, told: str) -> None:
    """A forecaster, or a country, that nobody knows."""
    (fault,) = faults_of({"history": history()}, forecast=terms)
    assert fault.startswith("/forecast: ")
    assert told in fault


def test_nothing_is_said_of_a_forecast_where_demand_is_given() -> None:
    """No forecaster, no days used."""
    found = outlook({"a": {"demand": {"census": 9}}})
    assert found.forecast is None
    assert (found.note.forecaster, found.note.days_used, found.note.horizon_days) == (None, 0, 4)


DATED: Data = {"start": MONDAY, "days": 4}


def stays(*means: float) -> Data:
    """A group for each mean stay."""
    return {f"g{at}": {"demand": {"census": 9}, "length_of_stay": {"mean_days": mean}} for at, mean in enumerate(means)}


@pytest.mark.parametrize(
    ("patients", "horizon", "beyond"),
    [
        (stays(6.2), DATED, 7),  # one mean stay, rounded up
        (stays(3, 6), DATED, 5),  # 4.5 on average
        (stays(40), DATED, 14),  # two weeks at most, unless asked
        (stays(6.2), {**DATED, "beyond_days": 0}, 0),
        (stays(6.2), {**DATED, "beyond_days": 20}, 20),
        ({"a": {"demand": {"census": 9}}}, DATED, 0),  # nobody's stay is known
        ({"a": {"demand": {"census": 9}, "length_of_stay": CURVE}}, DATED, 2),  # 1.75
        (stays(6.2), WEEK, 0),  # a cycle has no end
    ],
)
def test_a_plan_looks_one_stay_beyond_its_horizon(patients: Data, horizon: Data, beyond: int) -> None:
    """So that its last days are not planned as if nobody were there afterwards."""
    grid = plan_grid(open_data(scenario_of(patients, horizon)).value)
    assert grid.days - grid.committed_days == beyond


def test_arrivals_that_explain_a_census_make_it_in_the_queue_again() -> None:
    """Convolved with the curve they came from, they are the census that was given."""
    census = [10.0, 14.0, 15.0, 13.0]
    found = one({"census": census}, CURVE)
    assert census_from_arrivals(found.arrivals[0], [1, 0.5, 0.25]) == pytest.approx(census)
