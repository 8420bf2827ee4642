"""Every kind of scarce thing has the price that was worked out by hand, beside what one more would cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from optimizer import make_plan, open_data
from optimizer.explain.prices import LINEAR
from optimizer.explain.resources import RESOURCES
from optimizer.plan import Price

Data = Mapping[str, Any]

DAY: Final[Data] = {"D": {"start": "07:00", "hours": 10}}
MONDAY: Final[Data] = {"start": "2024-01-01", "days": 1}
WARD: Final[Data] = {"beds": 10, "cares_for": ["med"]}
MED: Final[Data] = {"demand": {"census": 10}, "boarding_cost_per_day": 900}
ONE: Final[Data] = {"unit": "W", "staff": "rn", "people": 1, "during": ["D"], "short_cost_per_hour": 50}

KINDS: Final[Mapping[str, tuple[Data, tuple[str, str, str, str], float, float | None]]] = {
    # Ten patients, eight beds: two are boarded at 900 a day, who could lie in another bed. A bay of two could be opened
    # for 1,000 a bed and day, which is dearer.
    "beds": (
        {"units": {"W": {**WARD, "beds": 8, "escalation": {"bays": [2], "cost_per_bed_day": 1000}}}},
        ("beds", "W", "", ""),
        900,
        1000,
    ),
    # One nurse is needed for 10 hours at 50 an hour short, and may be had from an agency: 10 h x 20 x 2.
    "duties": (
        {
            "staff": {"rn": {"pay_per_hour": 20, "agency": {"multiplier": 2, "shifts_per_week": 0}}},
            "cover": [ONE],
        },
        ("duties", "W", "rn", "D"),
        500,
        400,
    ),
    # Two are needed and one of the pool, a team of no ward, is sent: another in the pool would go to W as well.
    "duties of a pool": (
        {
            "units": {"W": WARD, "P": {"beds": 0}},
            "staff": {
                "rn": {
                    "paid": "per_shift",
                    "cost_per_shift": 0,
                    "own": {"P": {"shifts_per_week": 7}},
                    "float": {"routes": {"P": "any"}},
                }
            },
            "cover": [{**ONE, "people": 2}],
        },
        ("duties", "P", "rn", "D"),
        500,
        None,
    ),
    # A nurse's contract has 7 hours a week, of which Monday has 1; a tenth of her duty of 10 hours is worked, the rest
    # is short. An hour more ends an hour's shortfall of 50 but for its premium of .1 x 20: 48. Pay is 20.
    "contracts": (
        {
            "staff": {
                "rn": {
                    "pay_per_hour": 20,
                    "premium": {"late": {"rate": 0.1, "from": "00:00", "to": "00:00"}},
                    "own": {"W": 1},
                    "hours_per_week": 7,
                }
            },
            "cover": [ONE],
        },
        ("contracts", "W", "rn", ""),
        48,
        20,
    ),
    # Half an agency duty may be booked this week (one day of seven, 3.5 a week); another whole one saves 500 - 400.
    "temporary staff": (
        {
            "staff": {"rn": {"pay_per_hour": 20, "agency": {"multiplier": 2, "shifts_per_week": 3.5}}},
            "cover": [ONE],
        },
        ("agency shifts", "", "rn", ""),
        100,
        None,
    ),
    # Ten pumps are needed and eight there; a missing one costs 150 a day, and none may be rented any more.
    "devices": (
        {
            "devices": {
                "pump": {
                    "owned": {"W": 8},
                    "need": {"med": 1},
                    "short_cost_per_day": 150,
                    "rent": {"cost_per_day": 12, "at_most": 0},
                }
            }
        },
        ("devices", "W", "pump", ""),
        150,
        12,
    ),
    # Five requests and three slots: each left over costs 40, and an extra slot 60.
    "slots": (
        {
            "devices": {
                "mri": {
                    "owned": {"main": 1},
                    "serving": {
                        "slots_per_day": 3,
                        "per_day": {"med": 5},
                        "backlog_cost_per_day": 40,
                        "extra_slots_per_day": 9,
                        "extra_slot_cost": 60,
                    },
                }
            },
        },
        ("slots", "", "mri", ""),
        40,
        60,
    ),
    # Two of ten patients have no bed here, one may be sent to the other site: the next one sent saves 900 - 100.
    "transfers": (
        {
            "sites": {"here": {}, "there": {}},
            "units": {"W": {**WARD, "beds": 8, "site": "here"}, "V": {**WARD, "cares_for": [], "site": "there"}},
            "patients": {"med": {**MED, "site": "here", "outlies_in": ["V"]}},
            "transfers": {"cost": 100, "per_site_per_day": 1, "distances": [{"a": "here", "b": "there", "km": 1}]},
        },
        ("transfers", "here", "", ""),
        800,
        None,
    ),
    # An agency nurse costs 400 and ends a shortfall of 500; 100 may be spent, which pays a quarter of her. One more to
    # spend ends 500 / 400 of a shortfall and costs 1.
    "budget": (
        {
            "staff": {"rn": {"pay_per_hour": 20, "agency": {"multiplier": 2}}},
            "cover": [ONE],
            "limits": {"budget": 100},
        },
        ("budget", "", "", ""),
        0.25,
        1,
    ),
}


def prices(parts: Data) -> list[Price]:
    """The prices of the best plan of one ward on one Monday, in fractions."""
    base = {
        "schema": 1,
        "id": "kinds",
        "horizon": MONDAY,
        "shifts": DAY,
        "units": {"W": WARD},
        "patients": {"med": MED},
    }
    return [*make_plan(open_data({**base, **parts, "whole": False}), solver="highs").prices]


@pytest.mark.parametrize("kind", KINDS)
def test_one_more_is_worth_what_it_ends(kind: str) -> None:
    """Worth and own price as reckoned in the comments."""
    parts, where, worth, own = KINDS[kind]
    (price,) = [each for each in prices(parts) if (each.resource, each.unit, each.who, each.shift) == where]
    assert (price.worth, price.own_price, price.method) == (pytest.approx(worth), own, LINEAR)


def test_every_kind_of_resource_is_worked_out() -> None:
    """A kind that is added needs a case of its own here."""
    assert {kind.name for kind in RESOURCES} <= set(KINDS)


def test_what_is_not_scarce_has_no_row() -> None:
    """Ten beds for ten patients are enough, and one more saves nothing."""
    assert prices({}) == []
