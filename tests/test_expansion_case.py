"""A scenario expanded: who may be where, which people may be booked, and what devices patients and requests need."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from optimizer.expansion.case import Case
from optimizer.expansion.demand import Demand, elective_cases, per_period, starting_state
from optimizer.expansion.devices import at_start, device_needs, initial_backlog, requests, slots
from optimizer.expansion.grid import make_grid
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import Contract

FRIDAY = {"start": "2024-01-05", "days": 2}
PATIENTS = {
    "med": {"demand": {"census": 8}, "boarding_cost_per_day": 9, "outlies_in": ["SUR"]},
    "sur": {"demand": {"census": 4}, "boarding_cost_per_day": 9},
}
UNITS = {"MED": {"beds": 10, "cares_for": ["med"]}, "SUR": {"beds": 6, "cares_for": ["sur"]}}
PAY = {"pay_per_hour": 10, "short_cost_per_hour": 50}


def case_of(**more: object) -> Case:
    """A medical ward and a surgical one, which takes medical outliers; demand as given, placed anew each period."""
    data: dict[str, object] = {
        "schema": 1,
        "id": "case",
        "horizon": FRIDAY,
        "shifts": {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}},
        "patients": PATIENTS,
        "units": UNITS,
    }
    scenario = Scenario.model_validate(data | more)
    grid = make_grid(scenario)
    given = [group.demand.census for group in scenario.patients.values() if group.demand is not None]
    arrivals = np.array([per_period(census, grid) for census in given]).reshape(len(given), grid.periods)
    state = starting_state(scenario)
    return Case(scenario, grid, Demand(arrivals, np.zeros_like(arrivals), *state, elective_cases(scenario, grid)))


def test_patients_may_lie_at_home_and_where_they_outlie() -> None:
    """Medical patients in both wards, surgical ones in their own."""
    case = case_of()
    assert case.at_home.tolist() == [[True, False], [False, True]]
    assert case.can_care.tolist() == [[True, True], [False, True]]


def test_boarded_patients_are_held_by_their_first_home_unless_told() -> None:
    """Medical patients by their ward, surgical ones by the unit named."""
    patients = {**PATIENTS, "sur": {**PATIENTS["sur"], "holding": "MED"}}
    assert case_of(patients=patients).holding.tolist() == [0, 0]
    assert case_of().holding.tolist() == [0, 1]


def test_patients_without_a_home_are_held_where_they_outlie() -> None:
    """Medical patients whose home is nowhere wait for the surgical ward."""
    units = {"MED": {"beds": 10}, "SUR": UNITS["SUR"]}
    assert case_of(units=units).holding.tolist() == [1, 1]


def test_beds_must_hold_the_peak_of_each_period() -> None:
    """The day's fullest hour is 1.4 of its figure, also where a shift boundary lies beside it; surgery is flat."""
    profile = [1.0] * 24
    profile[11], profile[19] = 1.4, 1.2
    patients = {**PATIENTS, "med": {**PATIENTS["med"], "hour_profile": profile}}
    assert case_of(patients=patients).peaks.tolist() == [[1.4, 1.4], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("team", "heads"),
    [
        ({"own": {"MED": 20}}, 20.0),
        ({"own": {"MED": 20}, "headroom": 0.2}, 16.0),
        ({"own": {"MED": 20}, "uplift": 0.25}, 16.0),
        ({"own": {"MED": {"shifts_per_week": 20}}}, None),
        ({"own": "unlimited"}, None),
    ],
)
def test_people_at_work_are_those_employed_net_of_time_away(team: Mapping[str, object], heads: float | None) -> None:
    """20 people of whom a fifth is away are 16; a team given in shifts, or without end, has no heads."""
    assert case_of(staff={"rn": {**PAY, **team}}).heads(0, 0) == heads


def test_contracts_are_those_the_group_has() -> None:
    """Own people and agency, or the bank alone."""
    staff = {"rn": {**PAY, "own": {"MED": 2}, "agency": {}}, "hca": {**PAY, "bank": {}}}
    assert [case_of(staff=staff).contracts(group) for group in (0, 1)] == [("own", "agency"), ("bank",)]


COVER_MED = [{"unit": "MED", "staff": "rn", "people": 1}]


@pytest.mark.parametrize(
    ("terms", "contract", "units"),
    [
        ({"own": {"SUR": 5}, "bank": {}}, "own", [False, True]),
        ({"own": {"SUR": 5}, "overtime": {}, "bank": {}}, "overtime", [False, True]),  # her own ward only
        ({"own": {"SUR": 5}, "bank": {}}, "bank", [True, False]),  # where the group is needed
        ({"bank": {"units": ["SUR", "MED"]}}, "bank", [True, True]),  # where the scenario says
        ({"own": "unlimited"}, "own", [True, True]),
        ({"own": {"MED": 5}}, "agency", [False, False]),
    ],
)
def test_people_are_booked_where_their_contract_lets_them(
    terms: Mapping[str, object], contract: Contract, units: list[bool]
) -> None:
    """Teams at home, overtime with them, bank and agency where they are needed or named."""
    case = case_of(staff={"rn": {**PAY, **terms}}, cover=COVER_MED)
    assert [case.may_be_booked(0, contract, unit) for unit in range(2)] == units


def test_patterns_hold_for_own_people_alone() -> None:
    """Who comes from the bank works single shifts, of those the group works."""
    staff = {"rn": {**PAY, "own": {"MED": 2}, "bank": {}, "patterns": ["nights"], "shifts": ["N"]}}
    case = case_of(staff=staff, patterns={"nights": {"days": ["N", "N", "off"]}})
    assert [line.name for line in case.lines(0, "own")] == ["nights"]
    assert [line.name for line in case.lines(0, "bank")] == ["N"]


def test_no_need_can_ask_for_more_than_its_bound() -> None:
    """8 medical and 4 surgical patients at 1:4 on one ward take 3 people, and a coordinator."""
    cover = [{"unit": "MED", "staff": "rn", "patients_per_person": 4, "coordinator": 1}]
    assert case_of(staff={"rn": {**PAY, "own": "unlimited"}}, cover=cover).most_needed[0] >= 4


def device(**more: object) -> Mapping[str, object]:
    """A pump."""
    return {"owned": {"MED": 6, "main": 2}, "short_cost_per_day": 9, **more}


def test_devices_follow_patients_wherever_they_may_lie() -> None:
    """.9 for each medical patient, on either ward."""
    case = case_of(devices={"pump": device(need={"med": 0.9})})
    assert device_needs(case).tolist() == [[[0.9, 0.0], [0.9, 0.0]]]


def test_devices_may_be_needed_by_ward() -> None:
    """Half a pump for whoever lies on the surgical ward, medical outliers among them."""
    case = case_of(devices={"pump": device(need_at={"SUR": 0.5})})
    assert device_needs(case).tolist() == [[[0.0, 0.0], [0.5, 0.5]]]


def test_devices_start_where_they_are_owned() -> None:
    """6 on the ward, 2 in the site's store."""
    on_wards, in_stores = at_start(case_of(devices={"pump": device(need={"med": 1})}))
    assert (on_wards.tolist(), in_stores.tolist()) == ([[6.0, 0.0]], [[2.0]])


def test_devices_start_where_they_stand_today() -> None:
    """5 on the surgical ward and 3 in the store, whoever owns them."""
    today = {"devices": {"pump": {"SUR": 5, "main": 3}}}
    on_wards, in_stores = at_start(case_of(devices={"pump": device(need={"med": 1})}, today=today))
    assert (on_wards.tolist(), in_stores.tolist()) == ([[0.0, 5.0]], [[3.0]])


SCANS = {"slots_per_day": 10, "per_day": {"med": 3}, "per_arrival": {"sur": 0.5}, "backlog_cost_per_day": 9}


def serving(**more: object) -> Mapping[str, object]:
    """Two scanners, one on each ward."""
    return {"mri": {"owned": {"MED": 1, "SUR": 1}, "serving": {**SCANS, **more}}}


def test_requests_come_by_day_and_with_arrivals() -> None:
    """3 a day of medical patients, half a request for each of 4 surgical arrivals."""
    assert requests(case_of(devices=serving())).tolist() == [[[3.0, 3.0], [2.0, 2.0]]]


def test_a_days_requests_are_shared_over_its_periods() -> None:
    """In two periods a day 1.5 each; arrivals are given by period."""
    case = case_of(devices=serving(), horizon={**FRIDAY, "periods_per_day": 2})
    assert requests(case).tolist() == [[[1.5] * 4, [2.0] * 4]]


def test_slots_are_there_on_the_days_that_scanners_work() -> None:
    """Two scanners x 10 slots on Friday, none on Saturday; over two periods half each."""
    days = serving(days=["friday"])
    assert slots(case_of(devices=days)).tolist() == [[20.0, 0.0]]
    case = case_of(devices=days, horizon={**FRIDAY, "periods_per_day": 2})
    assert slots(case).tolist() == [[10.0, 10.0, 0.0, 0.0]]


def test_a_backlog_is_shared_as_new_requests_are() -> None:
    """Of 10 waiting 6 are medical, as 3 of 5 requests are."""
    case = case_of(devices=serving(), today={"backlog": {"mri": 10}})
    assert initial_backlog(case) == pytest.approx(np.array([[6.0, 4.0]]))


def test_a_backlog_is_kept_where_nobody_new_asks() -> None:
    """No request is to come, and the 10 waiting are still there."""
    devices = serving(per_day={"med": 0}, per_arrival={})
    assert initial_backlog(case_of(devices=devices, today={"backlog": {"mri": 10}})).sum() == pytest.approx(10.0)
