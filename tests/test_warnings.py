"""What a scenario may say but a planner hardly means: each warning at its place, and none where nothing is odd."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from optimizer import open_data, open_scenario, warnings_of
from optimizer.scenario.warnings import WARNINGS

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"

WARD: Final[Mapping[str, object]] = {
    "schema": 1,
    "id": "ward",
    "horizon": {"start": "2024-03-25", "days": 5, "timezone": "Europe/London"},  # clocks change on Sunday the 31st
    "shifts": {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}},
    "patients": {
        "med": {
            "demand": {"census": 9},
            "elective": {"per_weekday": [1] * 7, "postpone_cost_per_day": 50, "cancel_cost": 400},
            "boarding_cost_per_day": 500,
            "outlier_cost_per_day": 100,
            "outlies_in": ["SUR"],
        }
    },
    "units": {
        "MED": {"beds": 9, "cares_for": ["med"], "escalation": {"bays": [4, 2], "cost_per_bay_day": 400}},
        "SUR": {"beds": 5},
    },
    "staff": {
        "rn": {
            "pay_per_hour": 20,
            "own": {"MED": 9},
            "overtime": {"multiplier": 1.5},
            "bank": {"multiplier": 1.25},
            "short_cost_per_hour": 60,
        }
    },
    "cover": [{"unit": "MED", "staff": "rn", "hours_per_patient_day": 5}],
    "devices": {
        "pump": {
            "owned": {"MED": 6},
            "need": {"med": 0.5},
            "short_cost_per_day": 90,
            "rent": {"cost_per_day": 12, "at_most": 3},
        }
    },
}
"""A ward whose prices make sense."""


def changed(changes: Mapping[str, object]) -> dict[str, object]:
    """The ward with some of its cells replaced, each by its dotted path."""
    data = copy.deepcopy(dict(WARD))
    for path, value in changes.items():
        *way, last = path.split(".")
        at = data
        for step in way:
            at = at[step]  # type: ignore[assignment]
        at[last] = value
    return data


def told(changes: Mapping[str, object]) -> list[tuple[str, str]]:
    """(pointer, message) of each warning about the ward so changed."""
    return [(fault.where, fault.message) for fault in warnings_of(open_data(changed(changes)))]


BOARDING: Final = "/patients/med/boarding_cost_per_day"

PERVERSE: Final[tuple[tuple[Mapping[str, object], str, str], ...]] = (
    (
        # bays of 4 and 2 beds at 400 a day: the cheaper bed costs 100
        {"patients.med.boarding_cost_per_day": 99, "patients.med.outlier_cost_per_day": 0},
        BOARDING,
        "boarding at 99 a day is cheaper than the bed and nurse that would end it (100 in MED): "
        "patients will be boarded beside closed beds",
    ),
    (
        {"patients.med.outlier_cost_per_day": 500},
        "/patients/med/outlier_cost_per_day",
        "a day as an outlier (500) costs no less than a boarded day (500)",
    ),
    (
        {"staff.rn.short_cost_per_hour": 24},  # the bank sends one for 20 x 1.25
        "/staff/rn/short_cost_per_hour",
        "24 an hour short is cheaper than someone who comes (25.00)",
    ),
    (
        {"devices.pump.short_cost_per_day": 11},
        "/devices/pump/short_cost_per_day",
        "lacking one (11 a day) is cheaper than renting one (12 a day)",
    ),
    (
        {"patients.med.elective.cancel_cost": 49},
        "/patients/med/elective/cancel_cost",
        "cancelling a case (49) is cheaper than postponing it by a day",
    ),
    (
        {"staff.rn.premium": {"holiday": 0.6}},
        "/staff/rn/premium/holiday",
        "public holidays earn nothing: no country says which days they are",
    ),
    (
        {"staff.rn.notice": "4w"},
        "/staff/rn/notice",
        "own shifts have a notice, but no published shifts are given: they are planned as if free",
    ),
    (
        {"horizon.days": 7},  # Monday to Sunday
        "/horizon/timezone",
        "the clocks change in the night of 2024-03-30, planned at its usual length",
    ),
)


def test_a_sensible_ward_is_warned_of_nothing() -> None:
    """So that each warning below is of the one change made."""
    assert told({}) == []


@pytest.mark.parametrize(("changes", "place", "message"), PERVERSE, ids=[place for _, place, _ in PERVERSE])
def test_what_is_odd_is_warned_of_once_at_its_place(changes: Mapping[str, object], place: str, message: str) -> None:
    """One warning, that one."""
    assert told(changes) == [(place, message)]


def test_every_warning_is_held_to_a_case() -> None:
    """Each of `WARNINGS` warns of exactly one of the cases here, in their order."""
    cases = [open_data(changed(changes)).value for changes, _, _ in PERVERSE]
    assert [[bool([*warn(case)]) for case in cases] for warn in WARNINGS] == [
        [at == number for at in range(len(cases))] for number in range(len(WARNINGS))
    ]


def test_where_boarded_patients_need_no_care_a_bed_costs_its_nurses_too() -> None:
    """5 h of a nurse at 25 on top of the bed's 100: 225 a day."""
    cheap = {"boarded_need_care": False, "patients.med.boarding_cost_per_day": 224}
    dear = {"boarded_need_care": False, "patients.med.boarding_cost_per_day": 225}
    assert [place for place, _ in told(cheap)] == [BOARDING]
    assert told(dear) == []


def test_ratios_cost_their_hours_too() -> None:
    """1:4 by day and 1:6 by night are 24 / 4 and 24 / 6, 5 h on average: 225 a day again."""
    ratio = {"unit": "MED", "staff": "rn", "patients_per_person": {"D": 4, "N": 6}}
    changes = {"boarded_need_care": False, "cover": [ratio]}
    assert [place for place, _ in told({**changes, "patients.med.boarding_cost_per_day": 224})] == [BOARDING]
    assert told({**changes, "patients.med.boarding_cost_per_day": 226}) == []


def test_a_price_by_bed_counts_as_it_is() -> None:
    """120 a bed-day, whatever the bay's size."""
    bays = {"bays": [4, 2], "cost_per_bed_day": 120}
    changes = {"units.MED.escalation": bays, "patients.med.outlier_cost_per_day": 0}
    assert [place for place, _ in told({**changes, "patients.med.boarding_cost_per_day": 119})] == [BOARDING]
    assert told({**changes, "patients.med.boarding_cost_per_day": 120}) == []


@pytest.mark.parametrize(("days", "warnings"), [(5, 0), (6, 1)])
def test_clocks_change_in_the_night_that_runs_through_it(days: int, warnings: int) -> None:
    """At one o'clock on Sunday: a plan to Friday has nothing of it, one with Saturday's night has."""
    assert len(told({"horizon.days": days})) == warnings


def test_who_has_no_other_contract_may_be_short_at_any_price() -> None:
    """Nobody could come, so there is nothing that a shortfall is cheaper than."""
    alone = {"staff.rn.overtime": None, "staff.rn.bank": None, "staff.rn.short_cost_per_hour": 1}
    assert told(alone) == []


def test_published_shifts_answer_a_notice() -> None:
    """With them own shifts are not planned as if free."""
    published = {"shifts": [{"unit": "MED", "staff": "rn", "shift": "D", "date": "2024-03-25", "people": 2}]}
    assert told({"staff.rn.notice": "4w", "today": {"published": published}}) == []


def test_quickstart_is_warned_of_nothing() -> None:
    """The first scenario a newcomer reads is sensible: its week has no change of clocks either."""
    assert warnings_of(open_scenario(SCENARIOS / "quickstart.yaml")) == ()


def test_quickstart_made_odd_is_warned_of_at_its_line() -> None:
    """A nurse missing for 20 an hour, where the bank's costs 18.50 x 1.25 = 23.125."""
    loaded = open_scenario(SCENARIOS / "quickstart.yaml", sets=["staff.rn.short_cost_per_hour=20"])
    (warning,) = warnings_of(loaded)
    assert warning.where == "staff.rn.short_cost_per_hour"
    assert warning.message == "20 an hour short is cheaper than someone who comes (23.12)"
