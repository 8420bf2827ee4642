"""What a scenario's parts must agree on, each disagreement at its path; and that a scenario writes what it reads."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer import Scenario, ScenarioError, open_data, open_scenario
from optimizer.scenario.crosscheck import CHECKS, problems_of

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"
EVERY_FILE: Final = sorted(path.relative_to(SCENARIOS) for path in SCENARIOS.rglob("*.yaml"))

HOSPITAL: Final[Mapping[str, object]] = {
    "schema": 1,
    "id": "sound",
    "horizon": {"start": "2024-01-01", "days": 2},
    "shifts": {
        "D": {"start": "07:00", "hours": 12},
        "N": {"start": "19:00", "hours": 12},
        "any": {"starts": ["09:00", "11:00"], "hours": 8},
        "longer": {"extends": "D", "more_hours": 2},
    },
    "patterns": {"line": {"days": ["D", "on_call", "off"], "on_call": {"shift": "N"}}},
    "patients": {
        "med": {"demand": {"census": [8, 9]}, "acuity": {"low": 1}, "boarding_cost_per_day": 900},
        "sur": {
            "elective": {"cases": [2, 1], "postpone_cost_per_day": 5},
            "outlies_in": ["MED"],
            "holding": "MED",
            "boarding_cost_per_day": 900,
        },
    },
    "units": {
        "MED": {"beds": 9, "cares_for": ["med"], "escalation": {"bays": [2, 2], "cost_per_bed_day": 5}},
        "SUR": {"beds": 5, "cares_for": ["sur"], "closures": [{"beds": 2, "from": "2024-01-01", "to": "2024-01-02"}]},
    },
    "staff": {
        "rn": {
            "pay_per_hour": 10,
            "own": {"MED": 9, "SUR": 5},
            "overtime": {"units": ["MED"]},
            "bank": {},
            "can_work_as": ["hca"],
            "float": {"routes": {"MED": ["SUR"]}},
            "patterns": ["line"],
            "shifts": ["D", "N"],
            "short_cost_per_hour": 60,
        },
        "hca": {"paid": "per_shift", "cost_per_shift": {"D": 80, "N": 90}, "shifts": ["D", "N"], "own": {"MED": 9}},
    },
    "acuity": {"scale": {"hours": {"low": 4}}},
    "cover": [
        {"unit": "MED", "staff": "rn", "acuity_hours": "scale", "smallest_team": {"D": 2}, "during": ["D", "N"]},
        {"unit": "MED", "staff": "hca", "patients_per_person": {"D": 8}, "short_cost_per_hour": 40},
        {"unit": "SUR", "staff": "rn", "people": [2, 2], "skill_mix": {"at_least": 0.5, "of": ["rn", "hca"]}},
    ],
    "devices": {
        "pump": {"owned": {"MED": 6, "main": 1}, "need": {"med": 0.5}, "short_cost_per_day": 9},
        "bed": {"owned": {"MED": 6}, "need_at": {"MED": 1}, "hard": True},
        "mri": {
            "owned": {"SUR": 1},
            "serving": {"slots_per_day": 9, "per_day": {"med": [1, 2]}, "per_arrival": {"sur": 1}},
        },
    },
    "today": {
        "census": {"med": {"MED": 7}},
        "waiting": {"med": 1},
        "open_bays": {"MED": 1},
        "devices": {"pump": {"MED": 5, "main": 2}},
        "backlog": {"mri": 3},
        "on_duty": [{"unit": "MED", "staff": "rn", "shift": "N", "people": 2}],
        "published": {"shifts": [{"unit": "SUR", "staff": "rn", "shift": "D", "date": "2024-01-01", "people": 1}]},
    },
}
"""Two wards where everything refers to something, soundly."""


def changed(changes: Mapping[str, object]) -> dict[str, object]:
    """The hospital with some of its cells replaced, each by its pointer."""
    data = copy.deepcopy(dict(HOSPITAL))
    for place, value in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in place.strip("/").split("/")]
        at: object = data
        for step in way:
            at = at[step]  # type: ignore[index]
        at[last] = value  # type: ignore[index]
    return data


def faults_of(changes: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with the hospital so changed: the message by its place."""
    with pytest.raises(ScenarioError) as caught:
        open_data(changed(changes))
    return {
        fault.where: f"{fault.message}; {fault.hint}" if fault.hint else fault.message for fault in caught.value.faults
    }


CYCLE: Final = {"cycle": "week"}
SPAN: Final = {"from": "2024-01-01", "to": "2024-01-01"}
SICK: Final = {"unit": "MED", "shift": "D", "date": "2024-01-01", "people": 1}
BAY: Final = {"unit": "MED", "bay": 1, "date": "2024-01-01"}
CASE: Final = {"group": "x", "booked": "2024-01-01", "done": "2024-01-01", "cases": 1}
A_DUTY: Final = {"unit": "MED", "staff": "rn", "shift": "D", "people": 1}

DOUBTFUL: Final = {"/uncertainty": {}, "/patients/med/demand": {"census": 5, "doubt": {"sd": 1}}}

DISAGREEMENTS: Final[Mapping[str, tuple[tuple[Mapping[str, object], str, str], ...]]] = {
    "_shifts_agree": (
        ({"/shifts/longer/extends": "E"}, "/shifts/longer/extends", "no shift is called E"),
        ({"/shifts/twice": {"extends": "longer", "more_hours": 1}}, "/shifts/twice/extends", "longer extends a shift"),
        ({"/shifts/longer/more_hours": 13}, "/shifts/longer/more_hours", "at most 24 h, got 25 h"),
    ),
    "_patterns_agree": (
        ({"/patterns/line/days/0": "E"}, "/patterns/line/days/0", "no shift is called E"),
        ({"/patterns/line/days/2": "any"}, "/patterns/line/days/2", "any has several starts"),
        ({"/patterns/line/on_call/shift": "M"}, "/patterns/line/on_call/shift", "no shift is called M"),
    ),
    "_units_agree": (
        ({"/units/MED/cares_for/0": "mad"}, "/units/MED/cares_for", "no patient group is called mad; did you mean med"),
        ({"/units/MED/site": "north"}, "/units/MED/site", "no site is called north; known: main"),
        ({"/sites": {"N": {}, "S": {}}}, "/units/SUR", "must say its site: there is more than one"),
        ({"/units/SUR/closures/0/beds": 6}, "/units/SUR/closures/0/beds", "closes 6 of 5 beds"),
        ({"/horizon": CYCLE}, "/units/SUR/closures/0", "a cycle has no dates, so nothing can close on one"),
    ),
    "_patients_agree": (
        ({"/patients/sur/outlies_in": ["MAD"]}, "/patients/sur/outlies_in", "no unit is called MAD; did you mean MED?"),
        (
            {"/patients/sur/outlier_cost_at": {"ICU": 180}},
            "/patients/sur/outlier_cost_at",
            "no unit of outlies_in is called ICU; known: MED",
        ),
        ({"/patients/sur/holding": "ITU"}, "/patients/sur/holding", "no unit is called ITU"),
        ({"/patients/sur/site": "north"}, "/patients/sur/site", "no site is called north"),
        ({"/sites": {"N": {}, "S": {}}}, "/patients/med", "must say its site: there is more than one"),
        ({"/units/MED/cares_for": []}, "/patients/med", "no unit cares for med; add med to the cares_for of a unit"),
    ),
    "_demand_has_a_figure_for_each_period": (
        (
            {"/patients/med/demand/census": [8]},
            "/patients/med/demand/census",
            "needs 2 figures, one for each period, got 1",
        ),
        ({"/patients/sur/elective/cases": [1, 2, 3]}, "/patients/sur/elective/cases", "needs 2 figures"),
        (
            {"/horizon": CYCLE, "/patients/med/demand": {"history": {"start": "2023-01-01", "values": [1]}}},
            "/patients/med/demand/history",
            "a cycle has no dates to forecast",
        ),
        ({"/cover/2/people": [1, 2, 3, 4]}, "/cover/2/people", "needs 2 figures, one for each period, got 4"),
        ({"/devices/mri/serving/per_day/med": [1]}, "/devices/mri/serving/per_day/med", "needs 2 figures"),
    ),
    "_whole_patients_have_whole_figures": (
        (
            {"/patients/med/whole": True, "/patients/med/length_of_stay": {"mean_days": 3}},
            "/patients/med/whole",
            "counts whole patients, but stays and forecasts give fractions",
        ),
        (
            {"/patients/med/whole": True, "/patients/med/demand/census": [8, 8.5]},
            "/patients/med/whole",
            "counts whole patients, but its demand is in fractions",
        ),
        (
            {"/patients/med/whole": True, "/patients/med/demand/share": 0.3},
            "/patients/med/whole",
            "counts whole patients, but its demand is in fractions",
        ),
    ),
    "_staff_agree": (
        ({"/staff/rn/own": {"MED": 9, "ITU": 5}}, "/staff/rn/own", "no unit is called ITU"),
        ({"/staff/rn/own": 14}, "/staff/rn/own", "must name the units these people belong to"),
        (
            {"/staff/rn/can_work_as": ["hcb"]},
            "/staff/rn/can_work_as",
            "no staff group is called hcb; did you mean hca?",
        ),
        ({"/staff/rn/shifts": ["D", "M"]}, "/staff/rn/shifts", "no shift is called M"),
        ({"/staff/rn/patterns": ["lime"]}, "/staff/rn/patterns", "no pattern is called lime; did you mean line?"),
        ({"/staff/hca/cost_per_shift": {"D": 1, "N": 1, "M": 1}}, "/staff/hca/cost_per_shift", "no shift is called M"),
        ({"/staff/hca/cost_per_shift": {"D": 80}}, "/staff/hca/cost_per_shift", "has no cost for N"),
    ),
    "_float_agrees": (
        ({"/staff/rn/float/routes": {"ITU": "any"}}, "/staff/rn/float/routes", "no unit is called ITU"),
        ({"/staff/rn/float/routes": {"MED": ["ITU"]}}, "/staff/rn/float/routes/MED", "no unit is called ITU"),
        ({"/staff/rn/overtime/units": ["ITU"]}, "/staff/rn/overtime/units", "no unit is called ITU"),
    ),
    "_cover_agrees": (
        ({"/cover/0/unit": ["ITU"]}, "/cover/0/unit", "no unit is called ITU"),
        ({"/cover/0/unit": []}, "/cover/0", "must say its unit: there is more than one"),
        ({"/cover/0/staff": "rm"}, "/cover/0/staff", "no staff group is called rm; known: hca, rn"),
        ({"/cover/0/during": ["E"]}, "/cover/0/during", "no shift is called E"),
        ({"/cover/1/patients_per_person": {"E": 4}}, "/cover/1/patients_per_person", "no shift is called E"),
        ({"/cover/0/smallest_team": {"E": 4}}, "/cover/0/smallest_team", "no shift is called E"),
        ({"/cover/2/skill_mix/of": ["rn", "x"]}, "/cover/2/skill_mix/of", "no staff group is called x"),
        ({"/cover/0/acuity_hours": "snct"}, "/cover/0/acuity_hours", "no acuity scale is called snct; known: scale"),
        ({"/patients/med/acuity": {}}, "/patients/med", "needs its acuity mix: MED is covered by acuity hours"),
        ({"/patients/med/acuity": {"x": 1}}, "/patients/med/acuity", "no acuity level is called x; known: low"),
    ),
    "_every_unit_can_be_staffed": (
        ({"/cover/1/unit": ["SUR"], "/staff/rn/can_work_as": []}, "/cover/1", "nobody may staff SUR as hca"),
    ),
    "_devices_agree": (
        ({"/devices/pump/owned": {"south": 6}}, "/devices/pump/owned", "no unit or site is called south"),
        ({"/devices/pump/need": {"x": 1}}, "/devices/pump/need", "no patient group is called x; known: med, sur"),
        ({"/devices/bed/need_at": {"ITU": 1}}, "/devices/bed/need_at", "no unit is called ITU"),
        ({"/devices/mri/serving/per_day": {"x": 1}}, "/devices/mri/serving/per_day", "no patient group is called x"),
        ({"/devices/mri/serving/per_arrival": {"x": 1}}, "/devices/mri/serving/per_arrival", "no patient group"),
        ({"/devices/mri/serving/per_elective": {"x": 1}}, "/devices/mri/serving/per_elective", "no patient group"),
    ),
    "_transfers_agree": (
        ({"/transfers": {"distances": [{"a": "x", "b": "main", "km": 1}]}}, "/transfers/distances/0/a", "no site"),
        ({"/transfers": {"distances": [{"a": "main", "b": "y", "km": 1}]}}, "/transfers/distances/0/b", "no site"),
    ),
    "_today_agrees": (
        ({"/today/census": {"x": {"MED": 1}}}, "/today/census", "no patient group is called x"),
        ({"/today/census": {"med": {"ITU": 1}}}, "/today/census/med", "no unit is called ITU"),
        ({"/today/waiting": {"x": 1}}, "/today/waiting", "no patient group is called x"),
        ({"/today/open_bays": {"ITU": 1}}, "/today/open_bays", "no unit is called ITU"),
        ({"/today/devices": {"x": {"MED": 1}}}, "/today/devices", "no device is called x"),
        ({"/today/devices": {"pump": {"ITU": 1}}}, "/today/devices/pump", "no unit or site is called ITU"),
        ({"/today/backlog": {"x": 1}}, "/today/backlog", "no device is called x"),
    ),
    "duties_agree": (
        ({"/today/on_duty/0": {**A_DUTY, "unit": "ITU"}}, "/today/on_duty/0/unit", "no unit is called ITU"),
        ({"/today/on_duty/0": {**A_DUTY, "staff": "x"}}, "/today/on_duty/0/staff", "no staff group is called x"),
        ({"/today/on_duty/0": {**A_DUTY, "shift": "any"}}, "/today/on_duty/0/shift", "any has several starts"),
        ({"/staff/rn/absences": [{**SICK, "unit": "ITU"}]}, "/staff/rn/absences/0/unit", "no unit is called ITU"),
        ({"/staff/rn/absences": [{**SICK, "shift": "M"}]}, "/staff/rn/absences/0/shift", "no shift is called M"),
    ),
    "published_agrees": (
        ({"/today/published/shifts/0/shift": "M"}, "/today/published/shifts/0/shift", "no shift is called M"),
        ({"/today/published/shifts/0/shift": "any"}, "/today/published/shifts/0/shift", "any has several starts"),
        ({"/today/published/shifts/0/unit": "ITU"}, "/today/published/shifts/0/unit", "no unit is called ITU"),
        ({"/today/published/shifts/0/staff": "x"}, "/today/published/shifts/0/staff", "no staff group is called x"),
        ({"/today/published/bays": [{**BAY, "bay": 3}]}, "/today/published/bays/0/bay", "MED has 2 bays"),
        ({"/today/published/bays": [{**BAY, "unit": "ITU"}]}, "/today/published/bays/0/unit", "no unit is called ITU"),
        ({"/today/published/cases": [CASE]}, "/today/published/cases/0/group", "no patient group is called x"),
    ),
    "out_of_use_agrees": (
        ({"/units/MED/escalation/shut": [{"bay": 3, **SPAN}]}, "/units/MED/escalation/shut/0/bay", "MED has 2 bays"),
        ({"/devices/pump/broken": [{"devices": 8, **SPAN}]}, "/devices/pump/broken/0/devices", "8 of 7 owned"),
        (
            {"/devices/pump/broken": [{"devices": 1, "site": "x", **SPAN}]},
            "/devices/pump/broken/0/site",
            "no site is called x",
        ),
        (
            {"/sites": {"N": {}, "S": {}}, "/devices/pump/broken": [{"devices": 1, **SPAN}]},
            "/devices/pump/broken/0",
            "must say its site: there is more than one",
        ),
    ),
    "_patients_lie_where_they_are_cared_for": (
        (
            {"/today/census": {"med": {"SUR": 1}}},
            "/today/census/med/SUR",
            "SUR can't care for med; add med to the cares_for of SUR, or SUR to the outlies_in of med",
        ),
    ),
    "_no_more_bays_are_open_than_there_are": (
        ({"/today/open_bays": {"MED": 3}}, "/today/open_bays/MED", "MED has 2 bays, 3 can't be open"),
    ),
    "locked_agrees": (
        ({"/locked": [{"unit": "MAD", "bay": 1, "day": "2024-01-01", "open": True}]}, "/locked/0/unit", "did you mean"),
        ({"/locked": [{"unit": "MED", "bay": 3, "day": "2024-01-01", "open": True}]}, "/locked/0/bay", "has 2 bays"),
        ({"/locked": [{"unit": "MED", "day": "1999-01-01", "most": 2}]}, "/locked/0/day", "not a day of the horizon"),
    ),
    "service_level_or_prices": (
        ({"/service_level": 0.9}, "/staff/rn/short_cost_per_hour", "count the risk twice; keep one"),
        ({"/service_level": 0.9}, "/patients/sur/boarding_cost_per_day", "count the risk twice; keep one"),
        ({"/service_level": 0.9}, "/cover/1/short_cost_per_hour", "count the risk twice; keep one"),
        ({"/service_level": 0.9}, "/devices/pump/short_cost_per_day", "count the risk twice; keep one"),
        (
            {"/patients/med/boarding_cost_per_day": None},
            "/patients/med",
            "needs boarding_cost_per_day, or the scenario",
        ),
        ({"/cover/1/short_cost_per_hour": None}, "/cover/1", "needs short_cost_per_hour, hard: true, or the scenario"),
        ({"/devices/pump/short_cost_per_day": None}, "/devices/pump", "needs short_cost_per_day, hard: true, or"),
    ),
    "uncertainty_agrees": (
        ({**DOUBTFUL, "/service_level": 0.9}, "/uncertainty", "uncertainty count the risk twice; keep one"),
        ({**DOUBTFUL, "/solve": {"budget": 1}}, "/uncertainty", "a budget are not sought under uncertainty"),
        ({**DOUBTFUL, "/limits": {"days_over_capacity": 0.1}}, "/uncertainty", "are counted in one future"),
        ({"/uncertainty": {}}, "/uncertainty", "nothing is uncertain: no demand has a history or a doubt"),
    ),
    "pathways_agree": (
        ({"/patients/med/goes_on_to": {"mod": 0.5}}, "/patients/med/goes_on_to", "no patient group is called mod"),
        ({"/patients/med/goes_on_to": {"sur": 0.5}}, "/patients/med/goes_on_to", "sur states no arrivals"),
        (
            {"/patients/med/goes_on_to": {"med": 0.5}, "/patients/med/length_of_stay": {"mean_days": 2}},
            "/patients/med/goes_on_to",
            "patients would go round in a ring: med -> med",
        ),
    ),
    "closings_agree": (
        ({"/closing": {"a": {"units": ["MAD"], "days": 1}}}, "/closing/a/units", "did you mean"),
        (
            {"/closing": {name: {"units": ["MED"], "days": 1} for name in ("a", "b")}},
            "/closing/b/units",
            "MED is in the closing a too",
        ),
        ({"/closing": {"a": {"units": ["MED"], "days": 99}}}, "/closing/a", "need 99 days, and there are"),
        ({"/closing": {"a": {"units": ["MED"], "days": 1, "wards": 2}}}, "/closing/a/wards", "2 of 1 units can't"),
    ),
    "goals_agree": (
        (
            {"/solve": {"goals": ["shortfalls", "cost"]}, "/devices/pump/short_cost_per_day": None},
            "/devices/pump",
            "needs short_cost_per_day, for other shortfalls have a price",
        ),
        ({"/solve": {"goals": ["cost", "cost"]}}, "/solve/goals", "a goal stands there twice"),
        ({"/solve": {"goals": ["shortfalls"]}}, "/solve/goals", "must name cost"),
        ({"/solve": {"goals": ["harm", "disruption", "cost"]}}, "/solve/goals", "shortfalls and disruption together"),
        ({"/solve": {"budget": 1}, "/limits": {"budget": 2}}, "/solve/budget", "a budget stands in limits.budget too"),
    ),
    "beside_agrees": (
        (
            {"/forecast": {"events": [{"kind": "strike", "from": "2024-01-02", "groups": ["mod"]}]}},
            "/forecast/events/0/groups",
            "no patient group is called mod; did you mean med?",
        ),
        (
            {"/forecast": {"columns": [{"name": "flu", "start": "2023-01-01", "values": [1]}] * 2}},
            "/forecast/columns/1",
            "flu is the name of another column or event",
        ),
    ),
}
"""By check: what is changed, where that is told, and in which words."""


def test_a_sound_hospital_has_no_faults() -> None:
    """So that every fault below is of the one change made."""
    assert problems_of(Scenario.model_validate(HOSPITAL)) == []


@pytest.mark.parametrize(("changes", "place", "words"), [each for found in DISAGREEMENTS.values() for each in found])
def test_a_disagreement_is_told_at_its_place(changes: Mapping[str, object], place: str, words: str) -> None:
    """Its pointer leads to the cell to be mended, and the message says what is wrong with it."""
    assert words in faults_of(changes)[place]


def test_every_check_is_held_to_a_disagreement() -> None:
    """A check that is added to `CHECKS` is added here."""
    assert {check.__name__ for check in CHECKS} == set(DISAGREEMENTS)


def test_all_disagreements_are_told_at_once() -> None:
    """Three mistakes in three parts, mended in one go."""
    told = faults_of({"/cover/0/staff": "rm", "/today/waiting": {"x": 1}, "/shifts/longer/extends": "E"})
    assert {"/cover/0/staff", "/today/waiting", "/shifts/longer/extends"} <= set(told)


def test_one_unit_needs_no_naming() -> None:
    """Own people, cover and a device's place go without saying where there is one unit."""
    data = {
        "schema": 1,
        "id": "one",
        "horizon": {"cycle": "day"},
        "shifts": {"D": {"start": "07:00", "hours": 12}},
        "staff": {"rn": {"pay_per_hour": 10, "own": 9}},
        "cover": [{"staff": "rn", "people": 2, "hard": True}],
    }
    assert problems_of(Scenario.model_validate(data)) == []


def written(scenario: Scenario) -> dict[str, object]:
    """The scenario as JSON has it, in the keys of its files."""
    return scenario.model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("file", EVERY_FILE, ids=str)
def test_a_shipped_scenario_is_read_as_it_is_written(file: Path) -> None:
    """What is written of it is the same scenario again, to the last figure."""
    scenario = open_scenario(SCENARIOS / file, root=SCENARIOS).value
    assert Scenario.model_validate(written(scenario)) == scenario


def test_a_scenario_with_everything_is_read_as_it_is_written() -> None:
    """The hospital of these tests too."""
    scenario = Scenario.model_validate(HOSPITAL)
    assert Scenario.model_validate(written(scenario)) == scenario


minutes = st.integers(0, 1439).map(lambda at: f"{at // 60:02d}:{at % 60:02d}")
spans = st.one_of(
    st.builds("{}{}".format, st.integers(0, 60), st.sampled_from(["min", "h", "d", "w"])),
    st.integers(0, 40).map(lambda half: f"{half / 2}h"),
)
premiums = st.one_of(st.floats(0, 3), st.fixed_dictionaries({"rate": st.floats(0, 3), "from": minutes, "to": minutes}))


@settings(max_examples=50, deadline=None)
@given(
    start=minutes,
    hours=st.floats(0.25, 12),
    notice=spans,
    night=premiums,
    people=st.floats(0, 500),
    roles=st.one_of(st.just(["hca"]), st.just({"hca": 0.5})),
)
def test_whatever_its_figures_a_scenario_is_read_as_it_is_written(
    start: str, hours: float, notice: str, night: object, people: float, roles: object
) -> None:
    """Clock times, lengths of time, bare premiums, head counts and roles keep their worth in the longer form."""
    changes = {
        "/shifts/D/start": start,
        "/shifts/D/hours": hours,
        "/staff/rn/notice": notice,
        "/staff/rn/premium": {"night": night},
        "/staff/rn/own/MED": people,
        "/staff/rn/can_work_as": roles,
    }
    scenario = Scenario.model_validate(changed(changes))
    assert Scenario.model_validate(written(scenario)) == scenario
