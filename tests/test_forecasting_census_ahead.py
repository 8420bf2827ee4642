"""From a scenario with arrivals and stays to the census by unit and period, and how `wardwright forecast` shows it."""

import json

import numpy as np
import pytest

from api.forecast_command import Foreseen
from optimizer import ScenarioError, open_data
from optimizer.planning import census_ahead, foresee, joint_census

FOUR_DAYS = {"start": "2024-01-01", "days": 4, "beyond_days": 0}
MEAN_4 = {"mean_days": 4}
UNITS = {"A": {"beds": 10, "cares_for": ["g"]}}


def scenario(group=None, *, horizon=FOUR_DAYS, units=UNITS, **more):
    """One group of 2 arrivals a day who stay 4 days on average, unless told otherwise."""
    patients = {"g": {"boarding_cost_per_day": 1} | (group or {"demand": {"arrivals": 2}, "length_of_stay": MEAN_4})}
    return open_data({"schema": 1, "id": "x", "horizon": horizon, "patients": patients, "units": units, **more})


def census(*given, **more):
    """The census ahead."""
    loaded = scenario(*given, **more)
    return census_ahead(loaded, foresee(loaded))


def weekly(days=140, base=14.0):
    """A history of admissions that differ by weekday, without noise."""
    return {"start": "2023-08-14", "values": [base + day % 7 for day in range(days)]}


def test_arrivals_and_stays_make_the_census_that_the_plan_reckons_with():
    """8 in, 2 a day, three in four stay: 8 every day, as `Demand.census` says."""
    loaded = scenario(today={"census": {"g": {"A": 8}}})
    outlook = foresee(loaded)
    found = census_ahead(loaded, outlook)
    assert found is not None
    assert outlook.demand.census[0] == pytest.approx([8.0] * 4)
    assert found.mean[0] == pytest.approx([8.0] * 4, abs=0.3)


def test_the_census_has_the_doubt_of_arrivals_and_stays():
    """From an empty ward 2, 3.5, 4.6, 5.5 are expected, Poisson: variance is the mean."""
    found = census()
    assert found.mean[0] == pytest.approx([2.0, 3.5, 4.625, 5.46875], rel=0.08)
    assert found.samples[:, 0].var(axis=0) == pytest.approx(found.mean[0], rel=0.2)


def test_a_survival_curve_is_kept():
    """4 a day of whom 1, .5 and .25 are in after 0, 1 and 2 days: 4, 6, 7, 7."""
    found = census({"demand": {"arrivals": 4}, "length_of_stay": {"still_in": [1, 0.5, 0.25]}})
    assert found.mean[0] == pytest.approx([4, 6, 7, 7], rel=0.06)


def test_a_day_may_have_several_periods():
    """Two periods a day with one arrival each: the same mean stay of 4 days, so 8 in the long run."""
    horizon = {"start": "2024-01-01", "days": 30, "beyond_days": 0, "periods_per_day": 2}
    found = census({"demand": {"arrivals": 1}, "length_of_stay": MEAN_4}, horizon=horizon)
    assert found.mean.shape == (1, 60)
    assert found.mean[0, -1] == pytest.approx(1 / (1 - 0.75**0.5), rel=0.08)


def test_a_history_of_arrivals_is_forecast_and_stays_are_laid_on():
    """Some 17 a day stay 4 days: 68 in after a fortnight and more."""
    group = {"demand": {"history": weekly(), "measures": "arrivals"}, "length_of_stay": MEAN_4}
    found = census(group, horizon={"start": "2024-01-01", "days": 28, "beyond_days": 0})
    assert found.mean[0, -7:].mean() == pytest.approx(17 * 4, rel=0.05)


def test_homes_share_patients_as_they_lie_today():
    """30 of 40 lie in A today: so do three quarters of those who come, whatever the beds; the shares are labelled."""
    units = {"A": {"beds": 10, "cares_for": ["g"]}, "B": {"beds": 90, "cares_for": ["g"]}, "C": {"beds": 5}}
    group = {"demand": {"arrivals": 10}, "length_of_stay": MEAN_4}
    found = census(group, units=units, today={"census": {"g": {"A": 30, "B": 10}}})
    assert found.mean[:, 3] == pytest.approx([30.0, 10.0, 0.0], rel=0.05)
    assert found.constructed == ("g",)


def test_without_todays_census_homes_share_patients_by_beds():
    """30 and 10 beds."""
    units = {"A": {"beds": 30, "cares_for": ["g"]}, "B": {"beds": 10, "cares_for": ["g"]}}
    found = census({"demand": {"arrivals": 40}, "length_of_stay": MEAN_4}, units=units)
    assert found.mean[0, 0] / found.mean[1, 0] == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize(
    "more",
    [
        {"group": {"demand": {"census": 9}, "length_of_stay": MEAN_4}},
        {"group": {"demand": {"arrivals": 2}}},
        {"horizon": {"cycle": "week"}},
    ],
)
def test_without_arrivals_and_stays_there_is_no_census_to_work_out(more):
    """A given census is what it is, arrivals without stays are placed anew, and a cycle has no beginning."""
    assert census(more.pop("group", None), **more) is None


def test_equal_runs_give_equal_bytes():
    """The scenario's seed decides."""
    assert census().samples.tobytes() == census().samples.tobytes()
    assert census().samples.tobytes() != census(solve={"seed": 5}).samples.tobytes()


def test_the_forecast_tells_the_census_by_unit():
    """In words: the unit with its beds, each day's median and interval, and how likely its beds are too few."""
    text = Foreseen.of(scenario(today={"census": {"g": {"A": 8}}}), None).to_text()
    lines = text.splitlines()
    assert "A: 10 beds" in lines
    assert any(line.startswith("  Mon 1 Jan 2024") and " to " in line and "%" in line for line in lines)
    assert all(len(line) <= 100 for line in lines)


def test_sixteen_weeks_are_told_by_each_weeks_fullest_day():
    """112 days are 16 lines, not 112."""
    horizon = {"start": "2024-01-01", "days": 112, "beyond_days": 0}
    lines = Foreseen.of(scenario(horizon=horizon), None).to_text().splitlines()
    assert sum(line.startswith("  ") and " 2024 " in line for line in lines) == 16


def test_json_and_table_hold_every_period():
    """Two periods a day for 4 days: 8, each with its start, interval and chance of more than the beds."""
    foreseen = Foreseen.of(scenario(horizon={**FOUR_DAYS, "periods_per_day": 2}), None)
    told = json.loads(json.dumps(foreseen.to_json()))["census"]["units"][0]
    assert (told["unit"], told["beds"], len(told["periods"])) == ("A", 10, 8)
    first = told["periods"][0]
    assert first["start"] == "2024-01-01 00:00"
    assert first["low80"] <= first["median"] <= first["high80"]
    assert 0 <= first["chance_over_beds"] <= 1
    assert len(foreseen.table.rows) == 8
    assert foreseen.table.rows[0][0] == "present in A"


def test_units_in_which_nobody_lies_are_not_shown():
    """A theatre or a float pool has no census."""
    units = UNITS | {"pool": {"beds": 0}}
    told = Foreseen.of(scenario(units=units), None).to_json()["census"]
    assert isinstance(told, dict)
    assert [unit["unit"] for unit in told["units"]] == ["A"]


def test_elective_cases_are_in_the_census():
    """5 cases listed on the second day beside 2 arrivals a day."""
    elective = {"cases": [0, 5, 0, 0], "postpone_cost_per_day": 1}
    group = {"demand": {"arrivals": 2}, "length_of_stay": MEAN_4, "elective": elective}
    with_list, without = census(group), census()
    more = np.subtract(with_list.mean[0], without.mean[0])
    assert more == pytest.approx([0, 5, 3.75, 2.8125], abs=0.35)


def test_a_service_level_does_not_raise_what_is_expected():
    """A plan for nine days in ten reckons with more; what is to be expected stays the same."""
    group = {"demand": {"history": weekly(), "measures": "arrivals"}, "length_of_stay": MEAN_4}
    loaded = [scenario({**group, "boarding_cost_per_day": None}, service_level=level) for level in (0.5, 0.975)]
    outlooks = [foresee(one) for one in loaded]
    assert outlooks[1].demand.arrivals.sum() > outlooks[0].demand.arrivals.sum()
    expected = [census_ahead(one, outlook).mean.sum() for one, outlook in zip(loaded, outlooks, strict=True)]
    assert expected[0] == pytest.approx(expected[1])


def test_groups_take_shares_of_one_history_that_vary():
    """A third and two thirds of one total: each day's shares differ from draw to draw, and both are labelled."""
    demand = {"history": weekly(), "measures": "arrivals"}
    terms = {"length_of_stay": MEAN_4, "boarding_cost_per_day": 1}
    patients = {
        "g": {"demand": demand | {"share": 1 / 3}, **terms},
        "h": {"demand": demand | {"share": 2 / 3}, **terms},
    }
    units = {"A": {"beds": 9, "cares_for": ["g"]}, "B": {"beds": 9, "cares_for": ["h"]}}
    loaded = open_data({"schema": 1, "id": "x", "horizon": FOUR_DAYS, "patients": patients, "units": units})
    found = census_ahead(loaded, foresee(loaded))
    assert found.constructed == ("g", "h")
    assert found.mean[1].sum() / found.mean[0].sum() == pytest.approx(2.0, rel=0.05)


def occupied(known):
    """Units of 40 beds that say who was in them on the 60 days and more from 2 November."""
    return {
        unit: {"beds": 40, "cares_for": ["g"], "occupied": {"start": "2023-11-02", "values": values}}
        for unit, values in known.items()
    }


def test_units_that_say_who_was_in_them_teach_their_shares():
    """Recorded as 3 : 1 although the beds are equal; the last days lean to B, and so do the next."""
    units = occupied({"A": [30.0] * 50 + [25.0] * 10, "B": [10.0] * 50 + [15.0] * 10})
    found = census({"demand": {"arrivals": 10}, "length_of_stay": MEAN_4}, units=units)
    assert found.constructed == ()
    share = found.mean[0] / found.mean.sum(axis=0)
    assert share[0] == pytest.approx(25 / 40, abs=0.05)
    assert share[0] < 0.72


def test_what_units_held_from_the_start_on_is_not_read():
    """Days after the start change nothing."""
    told = [
        census(
            {"demand": {"arrivals": 10}, "length_of_stay": MEAN_4},
            units=occupied({unit: [20.0 + n % 3] * 60 + [after] * 5 for n, unit in enumerate("AB")}),
        )
        for after in (1.0, 99.0)
    ]
    assert told[0].samples.tobytes() == told[1].samples.tobytes()


def test_a_census_that_is_forecast_has_joint_samples_too():
    """Two thirds and a third of one total of some 17: units add up to it, draw by draw, and vary together with it."""
    history = {"start": "2023-08-14", "values": [14.0 + day % 7 + 3 * (day // 7 % 2) for day in range(140)]}
    patients = {
        name: {"demand": {"history": history, "share": share}, "boarding_cost_per_day": 1}
        for name, share in {"g": 2 / 3, "h": 1 / 3}.items()
    }
    units = {"A": {"beds": 9, "cares_for": ["g"]}, "B": {"beds": 9, "cares_for": ["h"]}}
    loaded = open_data({"schema": 1, "id": "x", "horizon": FOUR_DAYS, "patients": patients, "units": units})
    outlook = foresee(loaded)
    found = joint_census(loaded, outlook)
    assert census_ahead(loaded, outlook) is None
    assert found.mean.sum(axis=0) == pytest.approx(outlook.forecast.mean[0], rel=1e-6)
    spread = found.samples.sum(axis=1).std(axis=0) / outlook.forecast.samples[:, 0].std(axis=0)
    assert spread == pytest.approx([1.0] * 4, rel=0.05)


def test_few_stays_make_the_census_more_doubtful():
    """A curve learned from 12 stays against one that is sure: a wider census of the same mean."""
    curve = {"still_in": [1, 0.8, 0.6, 0.4]}
    sure, few = (census({"demand": {"arrivals": 40}, "length_of_stay": curve | more}) for more in ({}, {"stays": 12}))
    assert few.mean[0] == pytest.approx(sure.mean[0], rel=0.03)
    # 40 x (1 + .8 + .6 + .4) = 112, Poisson: a standard deviation of 10.6 where the curve is sure
    assert sure.samples[:, 0, 3].std() == pytest.approx(10.6, rel=0.08)
    assert few.samples[:, 0, 3].std() > 13


CURVE = {"still_in": [1, 0.5, 0.25]}


def test_days_in_say_who_leaves():
    """Four came today, four came yesterday: half of each stay to the next day; then 1 of the first four, none else."""
    today = {"census": {"g": {"A": 8}}, "days_in": {"g": [0, 0, 0, 0, 1, 1, 1, 1]}}
    loaded = scenario({"demand": {"arrivals": 0}, "length_of_stay": CURVE}, today=today)
    outlook = foresee(loaded)
    assert outlook.demand.census[0] == pytest.approx([4.0, 1.0, 0.0, 0.0])
    assert census_ahead(loaded, outlook).mean[0] == pytest.approx([4.0, 1.0, 0.0, 0.0], abs=0.2)


def test_without_days_in_a_steady_mix_is_taken():
    """Ages 4 : 2 : 1 of the same eight: (2 + 1) / 7 of them are left, then 1 / 7."""
    loaded = scenario({"demand": {"arrivals": 0}, "length_of_stay": CURVE}, today={"census": {"g": {"A": 8}}})
    assert foresee(loaded).demand.census[0] == pytest.approx([24 / 7, 8 / 7, 0.0, 0.0])


def test_days_in_must_tell_of_everybody():
    """Two of eight are not all."""
    with pytest.raises(ScenarioError, match="days_in tells of 2 patients of g, but 8 are in or waiting"):
        scenario(today={"census": {"g": {"A": 8}}, "days_in": {"g": [0, 1]}})


LEAVING = {"within_24h": [1.0, 0.5, 0, 0], "within_48h": [1.0, 0.5, 0, 0], "within_72h": [1.0, 1.0, 0, 0]}
FOUR_IN = {"census": {"g": {"A": 4}}}


def test_chances_to_leave_say_who_is_in_still():
    """One leaves at once, one by half now and by the third day for sure, two stay: 2.5, 2.5, 2; then the stays say."""
    curve = {"still_in": [1, 1, 1, 1, 0.5]}
    today = FOUR_IN | {"days_in": {"g": [0, 0, 0, 0]}, "leaving": {"g": LEAVING}}
    loaded = scenario({"demand": {"arrivals": 0}, "length_of_stay": curve}, today=today)
    outlook = foresee(loaded)
    # all four came today: of those in after the third day half leave on the fourth
    assert outlook.demand.census[0] == pytest.approx([2.5, 2.5, 2.0, 1.0])
    assert census_ahead(loaded, outlook).mean[0] == pytest.approx([2.5, 2.5, 2.0, 1.0], abs=0.1)


def test_chances_to_leave_go_with_a_mean_stay():
    """A mean stay of 4 days: after the three days that are known three in four stay; 2 a day come as before."""
    loaded = scenario(today=FOUR_IN | {"leaving": {"g": LEAVING}})
    outlook = foresee(loaded)
    # those who come make 2, 3.5, 4.625, 5.46875; those who were in 2.5, 2.5, 2, 1.5
    assert outlook.demand.census[0] == pytest.approx([4.5, 6.0, 6.625, 6.96875])
    assert census_ahead(loaded, outlook).mean[0] == pytest.approx([4.5, 6.0, 6.625, 6.96875], rel=0.05)


def test_chances_to_leave_hold_where_only_a_list_brings_patients():
    """An elective list on which nobody stands: 2.5 and 2.5 of four, 2, 1.5."""
    group = {"length_of_stay": MEAN_4, "elective": {"cases": [0, 0, 0, 0], "postpone_cost_per_day": 1}}
    outlook = foresee(scenario(group, today=FOUR_IN | {"leaving": {"g": LEAVING}}))
    assert outlook.demand.census[0] == pytest.approx([2.5, 2.5, 2.0, 1.5])


def test_chances_to_leave_are_spread_over_the_periods_of_a_day():
    """Three in four leave within a day of two halves: half in each, for .5 x .5 stay."""
    leaving = {name: [0.75] * 4 for name in LEAVING}
    horizon = {"start": "2024-01-01", "days": 2, "beyond_days": 0, "periods_per_day": 2}
    group = {"demand": {"arrivals": 0}, "length_of_stay": MEAN_4}
    outlook = foresee(scenario(group, horizon=horizon, today=FOUR_IN | {"leaving": {"g": leaving}}))
    assert outlook.demand.census[0] == pytest.approx([2.0, 1.0, 1.0, 1.0])


def test_chances_to_leave_change_no_census_that_is_given():
    """A census that is forecast or given says already who is in: the reader is told."""
    group = {"demand": {"census": 4}, "length_of_stay": MEAN_4}
    outlook = foresee(scenario(group, today=FOUR_IN | {"leaving": {"g": LEAVING}}))
    assert outlook.demand.census[0] == pytest.approx([4.0] * 4)
    assert any("today.leaving changes nothing" in note for note in outlook.demand.notes)


@pytest.mark.parametrize(
    ("chances", "message"),
    [
        (LEAVING | {"within_72h": [1.0, 0.4, 0, 0]}, "patient 2 is less likely to leave within more hours"),
        (LEAVING | {"within_72h": [1.0, 1.0, 0]}, "must tell of the same patients"),
        ({name: values[:3] for name, values in LEAVING.items()}, "leaving tells of 3 patients of g, but 4 are in"),
        (LEAVING | {"within_72h": [1.0, 1.5, 0, 0]}, "must be 1 or less, got 1.5"),
    ],
)
def test_chances_to_leave_that_can_not_be(chances, message):
    """Each is a fault of the scenario."""
    with pytest.raises(ScenarioError, match=message):
        scenario(today=FOUR_IN | {"leaving": {"g": chances}})
