"""Shortfalls in words: which unit, shift and day lacks what, how much of it, and which limit would have to give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from optimizer import make_plan, open_data
from optimizer.limits import LIMITS
from optimizer.plan import Shortfall

Data = Mapping[str, object]
MONDAY: Final[Data] = {"start": "2024-01-01", "days": 1}
WEEK: Final[Data] = {"start": "2024-01-01", "days": 7}
DAY: Final[Data] = {"D": {"start": "07:00", "hours": 12}}
DAY_NIGHT: Final[Data] = {**DAY, "N": {"start": "19:00", "hours": 12}}
ONE_BY_DAY: Final = {"unit": "W", "staff": "rn", "people": 1, "during": ["D"]}
NURSE: Final[Data] = {
    "paid": "per_shift",
    "pay_per_hour": 10,
    "premium": {"night": 0.5, "sunday": 0.5},  # so that nights and Sundays are the ones that go short
    "short_cost_per_hour": 60,
}
WARD: Final[Data] = {"beds": 10, "cares_for": ["med"]}


def told(**parts: object) -> tuple[Shortfall, ...]:
    """What the best plan for one ward on one Monday lacks, with whatever is said besides."""
    base = {"schema": 1, "id": "short", "horizon": MONDAY, "shifts": DAY, "units": {"W": {"beds": 10}}}
    return make_plan(open_data({**base, **parts}), solver="highs").shortfalls


def one(**parts: object) -> Shortfall:
    """The only thing that is lacking."""
    (found,) = told(**parts)
    return found


def nurses(people: int = 1, **terms: object) -> Data:
    """So many nurses needed by day, on these terms."""
    return {"staff": {"rn": {**NURSE, **terms}}, "cover": [{**ONE_BY_DAY, "people": people}]}


def test_nothing_lacking_is_nothing_told() -> None:
    """One nurse is needed and one may be had."""
    assert told(**nurses(own="unlimited")) == ()


def test_a_sentence_names_unit_shift_day_people_and_hours() -> None:
    """Two nurses are needed on Monday's day shift of 12 h and nobody may come."""
    found = one(**nurses(2, bank={"shifts_per_week": 0}))
    assert (found.unit, found.when, found.what) == ("W", "D of Mon 1 Jan", "2 rn short for 12.0 h")
    assert (found.amount, found.measure) == (24.0, "person-hours")
    assert str(found).startswith("W  D of Mon 1 Jan  2 rn short for 12.0 h  because ")


def test_in_a_cycle_a_day_is_named_by_its_weekday() -> None:
    """Six bank shifts in a week of seven days: Sunday's costs most."""
    found = one(horizon={"cycle": "week"}, **nurses(bank={"shifts_per_week": 6}))
    assert found.when == "D of sunday"


def test_parts_of_a_person_are_told_in_hours() -> None:
    """10.8 patients need 5.4 people by day, five come: .4 x 12 h, for which nobody is worth 120."""
    patients = {"med": {"demand": {"census": 10.8}, "boarding_cost_per_day": 9000}}
    cover = {"unit": "W", "staff": "rn", "hours_per_patient_day": 12, "during": ["D"]}
    staff = {"rn": {**NURSE, "own": "unlimited", "short_cost_per_hour": 20}}
    found = one(patients=patients, units={"W": {**WARD, "beds": 11}}, cover=[cover], staff=staff)
    assert (found.what, found.amount) == ("4.8 rn hours short", 4.8)
    assert found.because == "one more own duty at 120 costs more than the 96 it would end"


def test_less_than_an_hour_is_left_to_the_table() -> None:
    """A duty of half an hour that nobody works."""
    assert told(shifts={"D": {"start": "07:00", "hours": 0.5}}, **nurses(bank={"shifts_per_week": 0})) == ()


WHY: Final[Mapping[str, tuple[tuple[Data, str], ...]]] = {
    "_nobody_there": (
        (
            {"units": {"W": {"beds": 10}, "V": {"beds": 5}}, **nurses(own={"V": 3}, bank={"shifts_per_week": 0})},
            "no own team has its home there; all 0 bank shifts of that week are asked for",
        ),
        (
            {
                "units": {"W": {"beds": 10}, "V": {"beds": 5}},
                **nurses(own={"W": {"shifts_per_week": 0}}, bank={"units": ["V"]}),
            },
            "the team's 0 shifts of that week are used; no bank may be booked there",
        ),
    ),
    "_inside_notice": (
        (nurses(bank={"notice": "1d"}), "bank needs 1 day's notice"),
        (nurses(agency={"notice": "2d"}), "agency needs 2 days' notice"),
        (nurses(bank={"notice": "1h"}), "bank needs 1 hour's notice"),
        (nurses(bank={"notice": "36h"}), "bank needs 36 hours' notice"),
        (
            {
                **nurses(2, own={"W": 9}, notice="2w"),
                "today": {
                    "published": {
                        "shifts": [{"unit": "W", "staff": "rn", "shift": "D", "date": "2024-01-01", "people": 1}]
                    }
                },
            },
            "own shifts need 14 days' notice",
        ),
    ),
    "_own_hours_used": (
        # two people x 37.5 h are 75 h, six shifts of 12 h are 72
        ({"horizon": WEEK, **nurses(own={"W": 2})}, "the team's 75 h of that week are used"),
        # a fifth of them away: 75 x .8 / 7 = 8.6 h on a day, less than a shift
        ({"horizon": MONDAY, **nurses(own={"W": 2}, headroom=0.2)}, "the team's 9 h of that week are used"),
    ),
    "_own_shifts_used": (
        ({"horizon": WEEK, **nurses(own={"W": {"shifts_per_week": 6}})}, "the team's 6 shifts of that week are used"),
        ({"horizon": WEEK, **nurses(own={"W": {"shifts_per_horizon": 6}})}, "the team's 6 shifts are used"),
    ),
    "_week_is_booked": (
        ({"horizon": WEEK, **nurses(bank={"shifts_per_week": 6})}, "all 6 bank shifts of that week are asked for"),
        (
            {"horizon": WEEK, **nurses(bank={"shifts_per_week": 12, "fill_rate": 0.5})},
            "all 12 (6 come) bank shifts of that week are asked for",
        ),
        ({"horizon": WEEK, **nurses(agency={"hours_per_week": 80})}, "the 80 agency hours of that week are used"),
    ),
    "_horizon_is_booked": (
        ({"horizon": WEEK, **nurses(bank={"shifts_per_horizon": 6})}, "all 6 bank shifts are asked for"),
        (nurses(2, bank={"people_per_shift": 1}), "at most 1 bank may work one shift"),
    ),
    "_people_need_rest": (
        (
            # on Saturday half of the two people are off
            {
                "horizon": {"start": "2024-01-06", "days": 1},
                **nurses(2, own={"W": 2}, hours_per_week=168, rest={"weekends_off": 0.5}),
            },
            "the team's rest and days off leave nobody for own",
        ),
        (
            # one person, six duties in seven days
            {"horizon": WEEK, **nurses(own={"W": 1}, hours_per_week=168, rest={"shifts_in_7_days": 6})},
            "the team's rest and days off leave nobody for own",
        ),
    ),
    "_price": (
        # 12 h x 10 x 10 against 12 h x 60
        (
            nurses(bank={"multiplier": 10}),
            "one more bank duty at 1,200 costs more than the 720 it would end",
        ),
    ),
}
"""By limit: plans that one more nurse would mend, and why she does not come."""


@pytest.mark.parametrize(("parts", "because"), [each for found in WHY.values() for each in found])
def test_a_shortfall_names_the_limit_of_each_contract(parts: Data, because: str) -> None:
    """What keeps one more person of each contract from coming, own people first."""
    assert one(**parts).because == because


def test_every_limit_is_held_to_a_plan() -> None:
    """A limit that is added to `LIMITS` is added here."""
    assert {limit.__name__ for limit in LIMITS} == set(WHY)


def test_who_worked_by_day_rests_at_night() -> None:
    """Two people for day and night: the dearer night is without them."""
    cover = [{"unit": "W", "staff": "rn", "people": 2}]
    staff = {"rn": {**NURSE, "own": {"W": 2}, "hours_per_week": 168}}
    found = one(shifts=DAY_NIGHT, staff=staff, cover=cover)
    assert (found.when, found.what) == ("N of Mon 1 Jan", "2 rn short for 12.0 h")
    assert found.because == "the team's rest and days off leave nobody for own"


def test_hours_in_which_no_shift_runs_are_told_too() -> None:
    """One nurse round the clock, and nobody can start after the day shift."""
    cover = [{"unit": "W", "staff": "rn", "people": 1}]
    found = one(staff={"rn": {**NURSE, "own": "unlimited"}}, cover=cover)
    assert (found.when, found.what, found.because) == (
        "from 19:00 of Mon 1 Jan",
        "12.0 rn hours short",
        "no shift runs then",
    )


def test_hours_of_last_nights_shift_are_told_too() -> None:
    """Days start at midnight, nobody is known to be on duty, and who works until 07:00 began the day before."""
    horizon = {**MONDAY, "day_starts": "00:00"}
    cover = [{"unit": "W", "staff": "rn", "people": 1}]
    found = one(horizon=horizon, shifts=DAY_NIGHT, staff={"rn": {**NURSE, "own": "unlimited"}}, cover=cover)
    assert (found.when, found.what) == ("from 00:00 of Mon 1 Jan", "7.0 rn hours short")
    assert found.because == "who works then began the day before the plan"


def test_a_shift_that_does_not_run_that_day_is_not_blamed() -> None:
    """Tuesday's clinic has the same hours as the day shift that is short on Monday."""
    shifts = {"clinic": {**DAY["D"], "days": ["tuesday"]}, **DAY}  # type: ignore[dict-item]
    assert one(shifts=shifts, **nurses(bank={"shifts_per_week": 0})).when == "D of Mon 1 Jan"


TWELVE: Final[Data] = {"med": {"demand": {"census": 12}, "boarding_cost_per_day": 1000}}


@pytest.mark.parametrize(
    ("bays", "because"),
    [
        (None, "the 10 beds open in W are full"),
        (
            {"bays": [4], "cost_per_bed_day": 50, "notice": "3d"},
            "the 10 beds open in W are full; a bay of W opens after 3 days' notice",
        ),
        (
            {"bays": [4], "cost_per_bed_day": 600},  # 2400 for two patients at 1000
            "the 10 beds open in W are full; bay 1 of W and its staff cost more than boarding",
        ),
    ],
)
def test_boarded_patients_are_told_with_the_beds_they_lack(bays: Data | None, because: str) -> None:
    """Twelve patients and ten beds: what is full, and why no bay opens."""
    found = one(units={"W": {**WARD, "escalation": bays}}, patients=TWELVE)
    assert (found.unit, found.when, found.what) == ("W", "Mon 1 Jan", "2.0 med patients boarded")
    assert (found.amount, found.measure, found.because) == (2.0, "patient-days", because)


def test_hardly_anybody_boarded_is_not_told_as_nobody() -> None:
    """10.03 patients in ten beds: three hundredths of one are boarded, not 0.0."""
    hardly = {"med": {**TWELVE["med"], "demand": {"census": 10.03}}}  # type: ignore[dict-item]
    found = one(units={"W": WARD}, patients=hardly)
    assert found.what == "0.03 med patients boarded"


def test_boarding_is_told_where_the_patients_are_held() -> None:
    """They wait in the holding area, for beds elsewhere."""
    patients = {"med": {**TWELVE["med"], "holding": "hall"}}  # type: ignore[dict-item]
    assert one(units={"W": WARD, "hall": {"beds": 0}}, patients=patients).unit == "hall"


@pytest.mark.parametrize(
    ("rent", "short", "because"),
    [
        (None, 3.0, "all 5 owned are in use, kept in reserve or on the way"),
        (
            {"cost_per_day": 1, "at_most": 1},
            2.0,
            "all 5 owned are in use, kept in reserve or on the way, and 1 rented at most, after their notice",
        ),
    ],
)
def test_devices_lacking_are_told(rent: Data | None, short: float, because: str) -> None:
    """Eight patients take eight pumps, five are owned."""
    pump = {"owned": {"W": 5}, "need": {"med": 1}, "short_cost_per_day": 90, "rent": rent}
    patients = {"med": {"demand": {"census": 8}, "boarding_cost_per_day": 1000}}
    found = one(units={"W": WARD}, patients=patients, devices={"pump": pump})
    assert (found.unit, found.what, found.measure) == ("W", f"{short} pump short", "device-days")
    assert (found.amount, found.because) == (short, because)


def test_devices_left_in_store_are_told_as_such() -> None:
    """Two of five pumps in store would end a day's 2 x 90; to move them costs 1,000 each."""
    pump = {"owned": {"main": 5}, "need": {"med": 0.25}, "move_cost": 1000, "short_cost_per_day": 90}
    patients = {"med": {"demand": {"census": 8}, "boarding_cost_per_day": 1000}}
    found = one(units={"W": WARD}, patients=patients, devices={"pump": pump})
    assert (found.what, found.because) == (
        "2.0 pump short",
        "moving one there at 1,000 costs more than the 180 it would end",
    )


def test_requests_that_wait_at_the_end_are_told() -> None:
    """Five a day, three slots a day: after two days four wait."""
    serving = {"slots_per_day": 3, "per_day": {"med": 5}, "backlog_cost_per_day": 10}
    patients = {"med": {"demand": {"census": 8}, "boarding_cost_per_day": 1000}}
    devices = {"mri": {"owned": {"W": 1}, "serving": serving}}
    found = one(horizon={**MONDAY, "days": 2}, units={"W": WARD}, patients=patients, devices=devices)
    assert (found.unit, found.when, found.what) == ("mri", "Tue 2 Jan", "4 requests still waiting")
    assert (found.amount, found.measure) == (4.0, "requests")


def test_the_dearest_shortfall_is_told_first() -> None:
    """Two patients boarded at 1000 each come before a nurse at 720, and she before a pump at 90."""
    pump = {"owned": {"W": 9}, "need": {"med": 1}, "short_cost_per_day": 90}
    found = told(units={"W": WARD}, patients=TWELVE, devices={"pump": pump}, **nurses(bank={"shifts_per_week": 0}))
    assert [each.measure for each in found] == ["patient-days", "person-hours", "device-days"]


def test_each_shift_is_told_at_its_own_price() -> None:
    """Nights at 80 an hour come before days at 60, and are worth a nurse of 900 whom days are not."""
    night = {**ONE_BY_DAY, "during": ["N"], "short_cost_per_hour": 80}
    staff = {"rn": {**NURSE, "bank": {"shifts_per_week": 0}}}
    found = told(shifts=DAY_NIGHT, staff=staff, cover=[ONE_BY_DAY, night])
    assert [each.when for each in found] == ["N of Mon 1 Jan", "D of Mon 1 Jan"]
    dear = {"rn": {**NURSE, "premium": {}, "bank": {"multiplier": 7.5}}}  # 12 h x 10 x 7.5 = 900
    (by_day,) = told(shifts=DAY_NIGHT, staff=dear, cover=[ONE_BY_DAY, night])
    assert by_day.because == "one more bank duty at 900 costs more than the 720 it would end"


def test_days_beyond_the_horizon_are_not_told() -> None:
    """Three days are planned beyond the Monday that is committed to."""
    found = told(horizon={**MONDAY, "beyond_days": 3}, **nurses(bank={"people_per_shift": 0}))
    assert [each.when for each in found] == ["D of Mon 1 Jan"]
