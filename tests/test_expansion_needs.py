"""How many people a unit needs: ratios, care hours, teams, and when each of them is asked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.expansion.grid import Floats, make_grid
from optimizer.expansion.needs import Need, acuity_hours, hour_factors, make_needs, whole_people
from optimizer.scenario.model import Scenario

TWO_DAYS = {"start": "2024-01-01", "days": 2}  # Monday and Tuesday
DAY_NIGHT = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}}
HANDOVERS = {
    "early": {"start": "07:00", "hours": 7.5},  # until 14:30
    "late": {"start": "14:00", "hours": 7.5},  # until 21:30
    "night": {"start": "21:00", "hours": 10.5},  # until 07:30
}
NURSE = {"pay_per_hour": 10, "own": "unlimited", "short_cost_per_hour": 50}
MEDICAL = {"demand": {"census": 8}, "boarding_cost_per_day": 1000}


def scenario_of(cover: Mapping[str, object], **more: object) -> Scenario:
    """One ward of 10 beds for medical patients, with one cover entry for nurses, and whatever is said besides."""
    data: dict[str, object] = {
        "schema": 1,
        "id": "needs",
        "horizon": TWO_DAYS,
        "shifts": DAY_NIGHT,
        "patients": {"medical": MEDICAL},
        "units": {"W": {"beds": 10, "cares_for": ["medical"]}},
        "staff": {"rn": NURSE},
        "cover": [{"staff": "rn", **cover}],
    }
    return Scenario.model_validate(data | more)


def needs_of(cover: Mapping[str, object], **more: object) -> tuple[Need, ...]:
    """Every need of such a scenario."""
    scenario = scenario_of(cover, **more)
    return make_needs(scenario, make_grid(scenario))


def need_of(cover: Mapping[str, object], **more: object) -> Need:
    """The only need of such a scenario."""
    (need,) = needs_of(cover, **more)
    return need


def per_patient(cover: Mapping[str, object], **more: object) -> Floats:
    """(T,) people for a patient of the only group."""
    return need_of(cover, **more).per_patient[0]


def test_one_ratio_holds_all_day() -> None:
    """One nurse for four patients is a quarter of her for each, day and night."""
    assert per_patient({"patients_per_person": 4}).tolist() == [0.25] * 4


def test_where_shifts_overlap_the_stricter_ratio_holds() -> None:
    """1:4 early, 1:6 late, 1:8 at night: handovers at 07:00, 14:00 and 21:00 keep the better ratio of the two."""
    one_day = {"start": "2024-01-01", "days": 1}
    found = per_patient({"patients_per_person": {"night": 8, "early": 4, "late": 6}}, shifts=HANDOVERS, horizon=one_day)
    # 07:00-07:30, until 14:00, until 14:30, until 21:00, until 21:30, until 07:00
    assert found == pytest.approx([1 / 4, 1 / 4, 1 / 4, 1 / 6, 1 / 6, 1 / 8])


def test_a_ratio_for_one_shift_asks_nothing_in_the_others() -> None:
    """Only the day shift has a ratio: nights are not asked."""
    need = need_of({"patients_per_person": {"D": 4}})
    assert need.asked.tolist() == [True, False, True, False]


def test_a_ratio_rounds_up_to_whole_people() -> None:
    """28 patients at 1:4 are exactly 7, a little more are 8, and none are none."""
    need = need_of({"patients_per_person": 4})
    assert whole_people(need, np.array([0.0, 28 / 4, 28.1 / 4, 0.01])).tolist() == [0, 7, 8, 1]


def test_what_arithmetic_leaves_over_a_whole_number_is_no_person() -> None:
    """Seven and a ten-millionth are seven people."""
    assert whole_people(need_of({"patients_per_person": 4}), np.array([7 + 1e-7])).tolist() == [7]


@pytest.mark.parametrize(("rounding", "people"), [("none", [5.4, 5.5, 5.6]), ("nearest", [5, 5, 6]), ("up", [6, 6, 6])])
def test_care_hours_round_as_the_entry_says(rounding: str, people: list[float]) -> None:
    """5.4, 5.5 and 5.6 people: as they are, to the nearest (a half down), or up."""
    need = need_of({"hours_per_patient_day": 6, "rounding": rounding})
    assert whole_people(need, np.array([5.4, 5.5, 5.6])) == pytest.approx(people)


def test_hours_per_patient_day_spread_over_the_clock() -> None:
    """Three hours in 24 are an eighth of a person for each patient, whatever the interval's length."""
    assert per_patient({"hours_per_patient_day": 3}, shifts=HANDOVERS) == pytest.approx([1 / 8] * 12)


SCALE = {"by_level": {"hours": {"low": 4, "high": 8}}}
HALF_AND_HALF = {**MEDICAL, "acuity": {"low": 0.5, "high": 0.5}}


def test_acuity_in_hours_is_the_mean_of_the_mix_times_the_groups_share() -> None:
    """Half at 4 h, half at 8 h: 6 h a day, of which nurses give 60 %: 3.6 / 24."""
    cover = {"acuity_hours": "by_level", "share": 0.6}
    assert per_patient(cover, acuity=SCALE, patients={"medical": HALF_AND_HALF}) == pytest.approx([0.15] * 4)


@pytest.mark.parametrize(
    ("time_away", "hours"),
    [({"uplift": 0.22}, 0.99 * 37.5 / 7 / 1.22), ({"headroom": 0.22}, 0.99 * 37.5 / 7 * 0.78), ({}, 0.99 * 37.5 / 7)],
)
def test_acuity_in_whole_time_equivalents_becomes_hours_at_work(time_away: Mapping[str, object], hours: float) -> None:
    """.99 people employed at 37.5 h a week, less their time away, are 4.35 h a day at 22 % uplift."""
    scenario = scenario_of(
        {"acuity_hours": "snct"},
        acuity={"snct": {"wte": {"0": 0.99}}},
        patients={"medical": {**MEDICAL, "acuity": {"0": 1}}},
        staff={"rn": {**NURSE, **time_away}},
    )
    found = acuity_hours(scenario.patients["medical"], scenario.acuity["snct"], scenario.staff["rn"])
    assert found == pytest.approx(hours)


def test_hours_by_acuity_and_by_patient_day_are_two_needs() -> None:
    """Each must hold, and neither adds to the other: 3 h for every patient, 3.6 h by acuity."""
    cover = {"hours_per_patient_day": 3, "acuity_hours": "by_level", "share": 0.6}
    found = needs_of(cover, acuity=SCALE, patients={"medical": HALF_AND_HALF})
    assert [need.rule for need in found] == ["care hours", "care hours"]
    assert [need.per_patient[0, 0] for need in found] == pytest.approx([3 / 24, 3.6 / 24])


def test_care_hours_may_fall_unevenly_over_the_day() -> None:
    """Weights 1.2 from 07:00 and .7 from 21:00, meaning (14 x 1.2 + 10 x .7) / 24 = .9917 on average."""
    found = per_patient({"hours_per_patient_day": 24, "spread": {"07:00": 1.2, "21:00": 0.7}})
    mean = 23.8 / 24
    assert found[:2] == pytest.approx([1.2 / mean, (2 * 1.2 + 10 * 0.7) / 12 / mean])  # 19:00-21:00 still at 1.2


spreads = st.dictionaries(
    st.integers(0, 95).map(lambda at: f"{at // 4:02d}:{at % 4 * 15:02d}"), st.floats(0.1, 5), min_size=1, max_size=5
)


@settings(max_examples=40, deadline=None)
@given(spread=spreads, shifts=st.sampled_from([DAY_NIGHT, HANDOVERS]))
def test_a_spread_moves_care_hours_and_adds_none(spread: Mapping[str, float], shifts: Mapping[str, object]) -> None:
    """However they fall, a patient's hours of each day are those asked for."""
    scenario = scenario_of({"hours_per_patient_day": 5, "spread": spread}, shifts=shifts)
    grid = make_grid(scenario)
    (need,) = make_needs(scenario, grid)
    hours = need.per_patient[0] * grid.hours
    assert [hours[grid.day_of_interval == day].sum() for day in range(2)] == pytest.approx([5.0, 5.0])


def test_a_smallest_team_is_asked_whatever_the_patients() -> None:
    """Two people, and nobody more for any patient."""
    need = need_of({"smallest_team": 2})
    assert need.least.tolist() == [2.0] * 4
    assert not need.per_patient.any()


def test_where_shifts_overlap_the_larger_team_holds() -> None:
    """Three early, two late, one at night, in the order of the day's six intervals."""
    one_day = {"start": "2024-01-01", "days": 1}
    need = need_of({"smallest_team": {"night": 1, "late": 2, "early": 3}}, shifts=HANDOVERS, horizon=one_day)
    assert need.least.tolist() == [3.0, 3.0, 3.0, 2.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("rule", "least"),
    [({"smallest_team": 2}, 3.0), ({"patients_per_person": 4}, 1.0), ({"hours_per_patient_day": 3}, 1.0)],
)
def test_a_coordinator_comes_on_top_of_every_rule(rule: Mapping[str, object], least: float) -> None:
    """One in charge beside the team, or beside those whom the patients take."""
    assert need_of({**rule, "coordinator": 1}).least.tolist() == [least] * 4


def test_people_are_asked_by_period() -> None:
    """Two periods a day, four figures: each holds in the intervals of its period."""
    need = need_of({"people": [3, 1, 4, 2]}, horizon={**TWO_DAYS, "periods_per_day": 2})
    assert need.least.tolist() == [3.0, 1.0, 4.0, 2.0]


def test_a_skill_mix_names_its_groups_and_share() -> None:
    """At least 60 % nurses of nurses and assistants: no coordinator, nothing by patient."""
    mix = {"skill_mix": {"at_least": 0.6, "of": ["hca", "rn"]}, "coordinator": 1}
    need = need_of(mix, staff={"rn": NURSE, "hca": NURSE})
    assert (need.rule, need.of, need.share) == ("skill mix", (1, 0), 0.6)
    assert not need.least.any()


CLOSED_ON_TUESDAY = [{"beds": 10, "from": "2024-01-02", "to": "2024-01-02"}]


def test_a_closed_ward_needs_no_team() -> None:
    """All ten beds are closed on Tuesday."""
    ward = {"beds": 10, "cares_for": ["medical"], "closures": CLOSED_ON_TUESDAY}
    need = need_of({"smallest_team": 2, "coordinator": 1}, units={"W": ward})
    assert need.least.tolist() == [3.0, 3.0, 0.0, 0.0]
    assert not need.least_if_open.any()


def test_a_ward_partly_closed_needs_its_team() -> None:
    """Nine of ten beds are closed, one is open."""
    closures = [{**CLOSED_ON_TUESDAY[0], "beds": 9}]
    ward = {"beds": 10, "cares_for": ["medical"], "closures": closures}
    assert need_of({"smallest_team": 2}, units={"W": ward}).least.tolist() == [2.0] * 4


def test_a_ward_that_only_a_bay_opens_needs_its_team_with_the_bay() -> None:
    """On Tuesday its ten beds are closed but a bay may be opened: then two people and a coordinator."""
    ward = {"beds": 10, "cares_for": ["medical"], "closures": CLOSED_ON_TUESDAY}
    ward |= {"escalation": {"bays": [4], "cost_per_bed_day": 100}}
    need = need_of({"smallest_team": 2, "coordinator": 1}, units={"W": ward})
    assert need.least.tolist() == [3.0, 3.0, 0.0, 0.0]
    assert need.least_if_open.tolist() == [0.0, 0.0, 3.0, 3.0]


def test_a_unit_without_beds_is_always_open() -> None:
    """A holding area has no beds and yet a team."""
    units = {"W": {"beds": 10, "cares_for": ["medical"]}, "holding": {"beds": 0}}
    assert need_of({"unit": "holding", "smallest_team": 2}, units=units).least.tolist() == [2.0] * 4


def test_cover_during_a_shift_is_asked_only_then() -> None:
    """During the night: from 21:00, and until 07:30 from the night of the day before."""
    one_day = {"start": "2024-01-01", "days": 1}
    need = need_of({"smallest_team": 1, "during": ["night"]}, shifts=HANDOVERS, horizon=one_day)
    assert need.asked.tolist() == [True, False, False, False, True, True]


def test_a_shift_that_does_not_run_asks_for_nobody() -> None:
    """From Friday to Sunday a weekday clinic asks on Friday alone, although the horizon has three days."""
    clinic = {"clinic": {"start": "07:00", "hours": 12, "days": ["monday", "friday"]}}
    need = need_of({"people": 1, "during": ["clinic"]}, shifts=clinic, horizon={"start": "2024-01-05", "days": 3})
    assert need.asked.tolist() == [True, False, False, False, False, False]


@pytest.mark.parametrize(("day", "runs"), [("sunday", True), ("monday", False)])
def test_last_nights_shift_counts_where_it_may_have_begun(day: str, runs: bool) -> None:
    """On Monday morning the night that began on Sunday is still there, if Sunday is a day of it."""
    shifts = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "21:00", "hours": 12, "days": [day]}}
    need = need_of({"people": 1, "during": ["N"]}, shifts=shifts)
    assert need.asked[0] == runs  # 07:00 to 09:00


def test_a_ratio_of_a_shift_that_does_not_run_gives_way() -> None:
    """A weekend's 1:8 does not loosen, nor its absence unset, the 1:4 of weekdays; it holds when it runs."""
    shifts = {**DAY_NIGHT, "weekend": {"start": "07:00", "hours": 24, "days": ["saturday", "sunday"]}}
    ratios = {"D": 4, "N": 4, "weekend": 2}
    found = per_patient({"patients_per_person": ratios}, shifts=shifts, horizon={"start": "2024-01-05", "days": 2})
    assert found.tolist() == [0.25, 0.25, 0.5, 0.5]  # Friday, Saturday


def test_each_unit_of_an_entry_has_its_own_need() -> None:
    """One entry for two wards."""
    units = {name: {"beds": 5, "cares_for": ["medical"]} for name in ("A", "B", "C")}
    assert [need.unit for need in needs_of({"unit": ["C", "A"], "people": 1}, units=units)] == [2, 0]


@pytest.mark.parametrize(("said", "price"), [({}, 50.0), ({"short_cost_per_hour": 80}, 80.0)])
def test_a_shortfalls_price_is_the_entrys_or_else_the_groups(said: Mapping[str, object], price: float) -> None:
    """80 an hour where the entry says so, otherwise the nurses' 50."""
    assert need_of({"people": 1, **said}).price == price


@pytest.mark.parametrize("said", [True, False])
def test_hard_cover_may_not_be_short(said: bool) -> None:
    """Only where the entry says so."""
    assert need_of({"people": 1, "hard": said}).hard is said


def test_a_service_level_makes_every_need_hard() -> None:
    """The doubt is in the demand then, and no shortfall has a price."""
    patients = {"medical": {"demand": {"census": 8}}}
    staff = {"rn": {"pay_per_hour": 10, "own": "unlimited"}}
    assert need_of({"people": 1}, service_level=0.9, patients=patients, staff=staff).hard


def test_an_interval_is_covered_at_its_peak_hour() -> None:
    """From 07:00 to 19:00 the fullest hour is 10 o'clock at 1.5; 19 o'clock at 2 is the night's."""
    profile = [1.0] * 24
    profile[10], profile[19] = 1.5, 2.0
    scenario = scenario_of({"people": 1}, patients={"medical": {**MEDICAL, "hour_profile": profile}})
    assert hour_factors(scenario, make_grid(scenario)).tolist() == [[1.5, 2.0, 1.5, 2.0]]


def test_an_interval_counts_an_hour_that_it_only_touches() -> None:
    """From 14:30 to 15:30 both hours are in, and 16 o'clock is not."""
    shifts = {"a": {"start": "14:30", "hours": 1}, "b": {"start": "15:30", "hours": 23}}
    profile = [1.0] * 24
    profile[14], profile[15], profile[16] = 1.1, 1.2, 1.6
    scenario = scenario_of({"people": 1}, shifts=shifts, patients={"medical": {**MEDICAL, "hour_profile": profile}})
    assert hour_factors(scenario, make_grid(scenario))[0, :2].tolist() == [1.2, 1.6]
