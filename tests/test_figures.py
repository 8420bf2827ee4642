"""Key figures of small plans, each worked out by hand: how much is filled, by whom, and which shifts are red."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from optimizer import make_plan, open_data

Data = Mapping[str, object]
DAY_NIGHT: Data = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}}
WARD: Data = {"beds": 10, "cares_for": ["med"]}


def nurses(shifts: float, **more: object) -> Data:
    """Registered nurses who work so many shifts in all, each paid by the shift."""
    return {
        "rn": {
            "registered": True,
            "paid": "per_shift",
            "cost_per_shift": 100,
            "own": {"W": {"shifts_per_horizon": shifts}},
            "short_cost_per_hour": 60,
            **more,
        }
    }


def figures_of(**parts: object) -> Mapping[str, float | None]:
    """Key figures of the best plan for one ward and one day, with whatever is said besides."""
    base = {"schema": 1, "id": "figures", "horizon": {"start": "2024-01-01", "days": 1}, "shifts": DAY_NIGHT}
    return make_plan(open_data({**base, **parts}), solver="highs").key_figures


TWO = [{"unit": "W", "staff": "rn", "people": 2}]
EIGHT: Data = {"med": {"demand": {"census": 8}, "boarding_cost_per_day": 1000}}


def test_fill_rate_is_hours_filled_over_hours_needed() -> None:
    """Two nurses round the clock are 48 h; three shifts of 12 h fill 36: .75, and one duty of 12 h is unfilled."""
    found = figures_of(units={"W": {"beds": 10}}, staff=nurses(3), cover=TWO)
    assert (found["fill_rate"], found["unfilled_duties"]) == (0.75, 1.0)


def test_own_fill_rate_is_the_part_own_people_fill() -> None:
    """Of 48 h own people fill 24, overtime 12: .75 in all, .5 by themselves."""
    staff = nurses(2, overtime={"shifts_per_horizon": 1})
    found = figures_of(units={"W": {"beds": 10}}, staff=staff, cover=TWO)
    assert (found["fill_rate"], found["own_fill_rate"]) == (0.75, 0.5)


def test_bank_and_agency_fill_without_being_own() -> None:
    """24 h own, 12 h bank, 12 h agency: full, half of it by own people."""
    staff = nurses(2, bank={"shifts_per_horizon": 1}, agency={"shifts_per_horizon": 1})
    found = figures_of(units={"W": {"beds": 10}}, staff=staff, cover=TWO)
    assert (found["fill_rate"], found["own_fill_rate"]) == (1.0, 0.5)


def test_own_people_who_help_out_elsewhere_fill_there_too() -> None:
    """Two on each of two wards: four shifts from home and four floated are all own."""
    units = {"W": {"beds": 10}, "V": {"beds": 10}}
    cover = [{"unit": ["W", "V"], "staff": "rn", "people": 2}]
    found = figures_of(units=units, staff=nurses(8, float={"routes": {"W": ["V"]}}), cover=cover)
    assert (found["fill_rate"], found["own_fill_rate"]) == (1.0, 1.0)


def test_more_people_than_needed_fill_no_more_than_is_needed() -> None:
    """A published shift too many is no merit: full is full."""
    shift = {"unit": "W", "staff": "rn", "shift": "D", "date": "2024-01-01", "people": 5}
    staff = nurses(9, notice="12h")
    found = figures_of(units={"W": {"beds": 10}}, staff=staff, cover=TWO, today={"published": {"shifts": [shift]}})
    assert (found["fill_rate"], found["own_fill_rate"]) == (1.0, 1.0)


def test_care_hours_are_shared_over_patient_days() -> None:
    """48 h of nurses for 8 patients on one day."""
    found = figures_of(units={"W": WARD}, patients=EIGHT, staff=nurses(4), cover=TWO)
    assert found["care_hours_per_patient_day"] == 6.0


def test_care_hours_are_of_those_who_came() -> None:
    """Only 36 h are worked."""
    found = figures_of(units={"W": WARD}, patients=EIGHT, staff=nurses(3), cover=TWO)
    assert found["care_hours_per_patient_day"] == 4.5


@pytest.mark.parametrize(
    ("hours", "needed", "there", "red"),
    [
        (6, 10, 9, 0),  # 10 % and 6 h short
        (6, 10, 10, 0),
        (6, 5, 4, 1),  # 20 % short
        (12, 10, 9, 1),  # 10 %, but 12 h short
        (8, 10, 9, 0),  # 8 h are not more than 8
        (8, 2, 2, 0),
        (8, 1, 1, 1),  # nothing is short, yet fewer than two are there
    ],
)
def test_a_shift_is_red_by_share_by_hours_or_with_fewer_than_two(hours: int, needed: int, there: int, red: int) -> None:
    """Over 15 % or over 8 h of the registered need short, or one nurse alone."""
    cover = [{"staff": "rn", "people": needed, "during": ["D"]}]
    shifts = {"D": {"start": "07:00", "hours": hours}}
    found = figures_of(shifts=shifts, units={"W": {"beds": 10}}, staff=nurses(there), cover=cover)
    assert found["red_shifts"] == red


def test_only_registered_people_make_a_shift_red() -> None:
    """Both shifts lack assistants, who are not registered."""
    staff = nurses(0, registered=False)
    found = figures_of(units={"W": {"beds": 10}}, staff=staff, cover=TWO)
    assert (found["fill_rate"], found["red_shifts"]) == (0.0, 0.0)


def test_each_shift_of_each_unit_is_judged_by_itself() -> None:
    """Nobody for two wards on two shifts each."""
    units = {"W": {"beds": 10}, "V": {"beds": 10}}
    staff = nurses(0, own={"W": {"shifts_per_horizon": 0}, "V": {"shifts_per_horizon": 0}})
    cover = [{"unit": ["W", "V"], "staff": "rn", "people": 2}]
    assert figures_of(units=units, staff=staff, cover=cover)["red_shifts"] == 4.0


TWELVE: Data = {
    "med": {
        "demand": {"census": 12},
        "boarding_cost_per_day": 1000,
        "outlier_cost_per_day": 10,
        "outlies_in": ["SUR"],
    }
}
FULL: Data = {"W": WARD, "SUR": {"beds": 1}}


@pytest.mark.parametrize("periods", [1, 2])
def test_outliers_and_boarded_patients_count_by_patient_day(periods: int) -> None:
    """10 of 12 have their beds, one outlies, one boards, for two days: 2 and 2, however a day is cut."""
    horizon = {"start": "2024-01-01", "days": 2, "periods_per_day": periods}
    found = figures_of(horizon=horizon, units=FULL, patients=TWELVE)
    assert (found["outlier_days"], found["boarded_days"]) == (2.0, 2.0)


def test_days_beyond_the_horizon_are_in_no_figure() -> None:
    """One day is committed to, three are planned beyond: one outlier, one boarded, one of two nurses on each shift."""
    horizon = {"start": "2024-01-01", "days": 1, "beyond_days": 3}
    found = figures_of(
        horizon=horizon, units=FULL, patients=TWELVE, staff=nurses(0, bank={"people_per_shift": 1}), cover=TWO
    )
    assert (found["outlier_days"], found["boarded_days"], found["unfilled_duties"]) == (1.0, 1.0, 2.0)


def test_worst_net_beds_are_those_of_the_fullest_unit_and_day() -> None:
    """Ten beds for 7, 9 and 8 patients, an empty ward beside: one bed on the second day."""
    patients = {"med": {"demand": {"census": [7, 9, 8]}, "boarding_cost_per_day": 1000}}
    horizon = {"start": "2024-01-01", "days": 3}
    found = figures_of(horizon=horizon, units={"W": WARD, "V": {"beds": 4}}, patients=patients)
    assert found["worst_net_beds"] == 1.0


def test_a_closed_unit_is_not_the_fullest() -> None:
    """A ward with all its beds closed has none to spare, and is no ward that day."""
    closed = {"beds": 4, "closures": [{"beds": 4, "from": "2024-01-01", "to": "2024-01-01"}]}
    assert figures_of(units={"W": WARD, "V": closed}, patients=EIGHT)["worst_net_beds"] == 2.0


def test_what_a_scenario_has_not_has_no_figure() -> None:
    """Without cover nothing can be filled; without patients nobody can outlie."""
    found = figures_of(units={"W": WARD}, patients=EIGHT)
    staffing = ("fill_rate", "own_fill_rate", "red_shifts", "unfilled_duties", "care_hours_per_patient_day")
    assert [found[name] for name in staffing] == [None] * 5
    assert "outlier_days" not in figures_of(units={"W": {"beds": 10}}, staff=nurses(4), cover=TWO)
