"""Pay by the hour of the clock: premiums, contracts, longer shifts, and what is paid whatever is decided.

Nurses here earn 10 an hour unless a test says otherwise. 2024-01-01 is a Monday and a public holiday in Britain.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.expansion.grid import Grid, make_grid
from optimizer.expansion.pay import DutyPay, cost_per_duty, duty_pay, fixed_cost
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import Contract

WEEK = {"start": "2024-01-01", "days": 7}
SATURDAY, SUNDAY = 5, 6
DAY_NIGHT = {
    "D": {"start": "07:00", "hours": 12},  # until 19:00
    "N": {"start": "19:00", "hours": 12},  # until 07:00
    "longer": {"extends": "D", "more_hours": 2},  # until 21:00
}
D, N, LONGER = range(3)


def paid(
    nurse: Mapping[str, object],
    *,
    horizon: Mapping[str, object] = WEEK,
    shifts: Mapping[str, object] = DAY_NIGHT,
    country: str | None = "GB",
) -> tuple[Scenario, Grid, DutyPay]:
    """A scenario with this one staff group, its grid, and the group's pay."""
    staff = {"nurse": {"pay_per_hour": 10, "own": 8, **nurse}}
    data = {"schema": 1, "id": "pay", "horizon": horizon, "shifts": shifts, "staff": staff}
    scenario = Scenario.model_validate(data | {"forecast": {"country": country}})
    grid = make_grid(scenario)
    return scenario, grid, duty_pay(scenario, grid, scenario.staff["nurse"])


def cost(nurse: Mapping[str, object], contract: Contract, duty: int, day: int = 1) -> float:
    """What one more duty costs on a contract, on a Tuesday unless told."""
    scenario, _, pay = paid(nurse)
    return float(cost_per_duty(scenario.staff["nurse"], pay, contract)[duty, day])


def test_basic_pay_is_hours_times_rate() -> None:
    """Twelve hours at 10, on each day alike."""
    assert paid({})[2].basic[D].tolist() == [120.0] * 7


def test_night_is_from_eight_to_six() -> None:
    """Of 19:00 to 07:00 ten hours lie in 20:00 to 06:00: 10 x 10 x .3."""
    assert paid({"premium": {"night": 0.3}})[2].premium[:, 1] == pytest.approx([0.0, 30.0, 0.0])


@pytest.mark.parametrize(("duty", "day", "premium"), [(D, SATURDAY, 36.0), (N, SATURDAY, 15.0), (N, 4, 21.0)])
def test_saturdays_premium_ends_at_midnight(duty: int, day: int, premium: float) -> None:
    """At .3: 12 h by day, the 5 h of Saturday's night before midnight, the 7 h of Friday's night after it."""
    assert paid({"premium": {"saturday": 0.3}})[2].premium[duty, day] == pytest.approx(premium)


def test_sundays_night_earns_until_midnight_and_saturdays_after_it() -> None:
    """At .6: Saturday's night has 7 h of Sunday, Sunday's night 5 h of it; Monday is past the horizon."""
    pay = paid({"premium": {"sunday": 0.6}})[2]
    assert pay.premium[N, [SATURDAY, SUNDAY]] == pytest.approx([42.0, 30.0])


def test_a_public_holiday_earns_its_premium_hour_by_hour() -> None:
    """At .8 on New Year's Day: 12 h by day, 5 h of its night, and nothing on the day after."""
    pay = paid({"premium": {"holiday": 0.8}})[2]
    assert pay.premium[[D, N, D], [0, 0, 1]] == pytest.approx([96.0, 40.0, 0.0])


def test_new_years_eve_earns_from_midnight_on() -> None:
    """A horizon that ends with the year still knows the holiday after it: 7 h of the night are New Year's Day."""
    pay = paid({"premium": {"holiday": 0.8}}, horizon={"start": "2023-12-31", "days": 1})[2]
    assert pay.premium[N, 0] == pytest.approx(56.0)


@pytest.mark.parametrize("country", ["GB", None])
def test_holidays_are_those_of_the_scenarios_country(country: str | None) -> None:
    """Where no country is named, no day is a holiday."""
    pay = paid({"premium": {"holiday": 0.8}}, country=country)[2]
    assert bool(pay.premium.any()) == (country is not None)


def test_of_several_premiums_the_highest_applies() -> None:
    """Saturday's night at .3, .3 and .6: 5 h of Saturday x 3 + 7 h of Sunday x 6 = 15 + 42."""
    pay = paid({"premium": {"night": 0.3, "saturday": 0.3, "sunday": 0.6}})[2]
    assert pay.premium[N, SATURDAY] == pytest.approx(57.0)


def test_premiums_add_where_the_scenario_says_so() -> None:
    """The same night: 5 h x 3 + 7 h x 6, and 10 h of night x 3 on top."""
    pay = paid({"premium": {"night": 0.3, "saturday": 0.3, "sunday": 0.6}, "premiums_add": True})[2]
    assert pay.premium[N, SATURDAY] == pytest.approx(87.0)


def test_a_premium_between_two_hours_counts_minutes() -> None:
    """From 17:15 to 20:30 at .2: 1.75 h of the day shift x 2, 1.5 h of the night x 2."""
    pay = paid({"premium": {"evening": {"rate": 0.2, "from": "17:15", "to": "20:30"}}})[2]
    assert pay.premium[[D, N], 1] == pytest.approx([3.5, 3.0])


def test_a_premium_over_midnight_holds_on_the_days_named() -> None:
    """From 22:00 to 02:00 on Saturdays: its first two hours, which Friday's night works, and its last two."""
    terms = {"rate": 0.5, "from": "22:00", "to": "02:00", "days": ["saturday"]}
    assert paid({"premium": {"late": terms}})[2].premium[N, 4:] == pytest.approx([10.0, 10.0, 0.0])


@pytest.mark.parametrize("hour", ["00:00", "07:00", "13:00"])
def test_a_premium_from_an_hour_to_the_same_is_for_the_whole_day(hour: str) -> None:
    """All 12 h of a day and of a night earn it, at whatever hour it is said to begin."""
    pay = paid({"premium": {"island": {"rate": 0.1, "from": hour, "to": hour}}})[2]
    assert pay.premium[[D, N], 1] == pytest.approx([12.0, 12.0])


def test_nobody_earns_in_an_unpaid_break() -> None:
    """Of 20:00 to 06:00 two hours are a break: 8 h of pay and of night's premium."""
    shifts = {"N": {"start": "20:00", "work": ["4h", "break 2h", "4h"]}}
    pay = paid({"premium": {"night": 0.3}}, shifts=shifts)[2]
    assert (pay.basic[0, 0], pay.premium[0, 0]) == pytest.approx((80.0, 24.0))


def test_in_a_weekly_cycle_sundays_night_runs_into_monday() -> None:
    """A premium on Mondays: the last night earns it for the 7 h after midnight."""
    terms = {"rate": 0.5, "days": ["monday"]}
    pay = paid({"premium": {"monday": terms}}, horizon={"cycle": "week"}, country=None)[2]
    assert pay.premium[N, SUNDAY] == pytest.approx(35.0)


NIGHTS = {"premium": {"night": 0.3}}  # a night: 120 + 30


@pytest.mark.parametrize(
    ("nurse", "contract", "money"),
    [
        ({}, "own", 30.0),  # salaried: her hours are paid anyway
        ({"paid": "per_shift"}, "own", 150.0),
        ({"overtime": {"multiplier": 1.5}}, "overtime", 225.0),
        ({"bank": {"multiplier": 1.25}}, "bank", 187.5),
        ({"agency": {"multiplier": 1.9}}, "agency", 285.0),
        ({"agency": {}}, "agency", 150.0),
    ],
)
def test_a_contracts_multiplier_applies_to_pay_with_its_premium(
    nurse: Mapping[str, object], contract: Contract, money: float
) -> None:
    """Own salaried people cost their premium, others all of a night's 150, times their contract's multiplier."""
    assert cost({**NIGHTS, **nurse}, contract, N) == pytest.approx(money)


@pytest.mark.parametrize(("contract", "money"), [("own", 300.0), ("bank", 375.0)])
def test_a_price_per_shift_stands_instead_of_hours(contract: Contract, money: float) -> None:
    """A night at 300, from the bank 1.25 times that (the published case O10)."""
    flat = {"pay_per_hour": None, "paid": "per_shift", "cost_per_shift": {"D": 230, "N": 300, "longer": 260}}
    assert cost({**flat, "bank": {"multiplier": 1.25}}, contract, N) == pytest.approx(money)


def test_one_price_holds_for_every_shift() -> None:
    """Day, night and longer day at 230."""
    assert paid({"pay_per_hour": None, "cost_per_shift": 230})[2].flat[:, 0].tolist() == [230.0] * 3


@pytest.mark.parametrize(("paid_how", "money"), [("salaried", 33.0), ("per_shift", 153.0)])
def test_what_lengthens_a_shift_is_paid_at_the_overtime_rate(paid_how: str, money: float) -> None:
    """19:00 to 21:00 with one hour of night at .2: (20 + 2) x 1.5 = 33, and 120 for the shift if paid by it."""
    nurse = {"paid": paid_how, "premium": {"night": 0.2}, "overtime": {"multiplier": 1.5}}
    assert cost(nurse, "own", LONGER) == pytest.approx(money)


@pytest.mark.parametrize(("contract", "money"), [("overtime", 210.0), ("bank", 175.0)])
def test_a_longer_shift_is_paid_once_at_its_contracts_rate(contract: Contract, money: float) -> None:
    """14 h at 10 in overtime at 1.5, or from the bank at 1.25: the rates of two contracts never multiply."""
    nurse = {"overtime": {"multiplier": 1.5}, "bank": {"multiplier": 1.25}}
    assert cost(nurse, contract, LONGER) == pytest.approx(money)


def test_a_contract_that_the_group_has_not_costs_nothing_to_tell() -> None:
    """Asking for its cost is an error."""
    with pytest.raises(KeyError, match="agency"):
        cost({}, "agency", D)


def test_contracted_hours_are_a_fixed_cost() -> None:
    """8 people x 37.5 h x 2 weeks x 10, headroom included: they are paid while away."""
    scenario, grid, _ = paid({"headroom": 0.22}, horizon={"start": "2024-01-01", "days": 14})
    assert fixed_cost(scenario, scenario.staff["nurse"], grid) == pytest.approx(6000.0)


def test_fixed_cost_is_of_the_committed_days_alone() -> None:
    """Three days of a week of 8 x 37.5 x 10 = 3000, whatever is planned beyond."""
    scenario, _, _ = paid({}, horizon={"start": "2024-01-01", "days": 3})
    grid = make_grid(scenario, beyond_days=4)
    assert fixed_cost(scenario, scenario.staff["nurse"], grid) == pytest.approx(3000 * 3 / 7)


@pytest.mark.parametrize(
    "nurse",
    [{"paid": "per_shift"}, {"pay_per_hour": None, "cost_per_shift": 100}, {"own": {"all": {"shifts_per_week": 20}}}],
)
def test_people_paid_by_the_shift_are_no_fixed_cost(nurse: Mapping[str, object]) -> None:
    """Nor people without an hourly rate, nor a team that is a number of shifts."""
    scenario, grid, _ = paid(nurse)
    assert fixed_cost(scenario, scenario.staff["nurse"], grid) == 0.0


rates = st.floats(0, 2).map(lambda rate: round(rate, 3))
premiums = st.dictionaries(st.sampled_from(["night", "saturday", "sunday", "holiday"]), rates)


@settings(max_examples=30, deadline=None)
@given(premium=premiums)
def test_the_highest_premium_lies_between_each_one_and_their_sum(premium: dict[str, float]) -> None:
    """Whatever the premiums: no less than any of them alone, no more than all of them added."""
    highest = paid({"premium": premium})[2].premium
    added = paid({"premium": premium, "premiums_add": True})[2].premium
    single = [paid({"premium": {name: rate}})[2].premium for name, rate in premium.items()]
    assert (highest <= added + 1e-9).all()
    assert all((highest >= each - 1e-9).all() for each in single)
    assert added == pytest.approx(np.sum(single, axis=0) if single else np.zeros_like(added))
