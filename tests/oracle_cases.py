"""Small cases whose optimum is worked out by hand, each about one rule that a program could easily get wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Data = Mapping[str, object]

TWO_DAYS: Final[Data] = {"start": "2024-01-01", "days": 2}
DAY_NIGHT: Final[Data] = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}}


@dataclass(frozen=True, slots=True)
class HandWorked:
    """A scenario's data beside what every case here shares, its least cost, and why."""

    data: Data
    cost: float
    why: str

    def scenario(self) -> Data:
        """The whole scenario."""
        return {"schema": 1, "id": "hand", "horizon": TWO_DAYS, "shifts": DAY_NIGHT} | dict(self.data)


def _patients(**more: object) -> Data:
    return {"med": {"demand": {"census": 3}, "boarding_cost_per_day": 1000, **more}}


def _ward(**more: object) -> Data:
    return {"W": {"beds": 0, "cares_for": ["med"], **more}}


def _nurses(**more: object) -> Data:
    return {"rn": {"paid": "per_shift", "cost_per_shift": 100, **more}}


_SITES: Final[Data] = {
    "sites": {"A": {}, "B": {}},
    "patients": _patients(site="A"),
    "units": {
        "WA": {"site": "A", "beds": 1, "cares_for": ["med"]},
        "WB": {"site": "B", "beds": 9, "cares_for": ["med"]},
    },
}
_FOUR_NURSES: Final[Data] = {"units": {"W": {"beds": 5}}, "cover": [{"staff": "rn", "people": 4, "hard": True}]}
_TEN_HELPERS: Final[Data] = {"staff": "hca", "people": 10, "hard": True}
_HELPERS: Final[Data] = {"paid": "per_shift", "cost_per_shift": 10, "own": "unlimited"}
_TWICE_A_DAY: Final[Data] = {"start": "2024-01-01", "days": 2, "periods_per_day": 2}

HAND_WORKED: Final[Mapping[str, HandWorked]] = {
    "a bed on another site is reached by a transfer": HandWorked(
        {**_SITES, "transfers": {"cost": 50, "cost_per_km": 1, "distances": [{"a": "A", "b": "B", "km": 10}]}},
        240.0,
        "1 of 3 patients has a bed; 2 x (50 + 10) on each of 2 days",
    ),
    "a bed is reached along a straight line": HandWorked(
        {
            **_SITES,
            "sites": {"A": {"at": [1, 2]}, "B": {"at": [4, 6]}},
            "transfers": {"cost": 50, "cost_per_km": 2},
        },
        240.0,
        "3 east and 4 north are 5 km: 2 x (50 + 10) on each of 2 days",
    ),
    "beds are put up where that is cheapest": HandWorked(
        {
            "patients": _patients(whole=True),
            "units": {
                "W": {"beds": 1, "cares_for": ["med"], "overflow": {"cost_per_bed_day": 300, "at_most": 1}},
                "X": {"beds": 0, "cares_for": ["med"], "overflow": {"cost_per_bed_day": 400}},
            },
        },
        1400.0,
        "of 3 patients 1 has a bed, 1 one of the one at 300 a day and 1 one at 400, on 2 days; boarding costs 1000",
    ),
    "no road, no transfer": HandWorked(_SITES, 4000.0, "2 of 3 patients board for 2 days at 1000"),
    "a cycle has no beginning": HandWorked(
        {
            "horizon": {"cycle": "week"},
            "patients": {
                "med": {
                    "demand": {"arrivals": 100},
                    "length_of_stay": {"mean_days": 3},
                    "boarding_cost_per_day": 10,
                }
            },
            "units": _ward(beds=1000),
        },
        0.0,
        "100 x 3 = 300 patients at any time fit 1000 beds",
    ),
    "a skill mix may be as short as it is": HandWorked(
        {
            "units": {"W": {"beds": 5}},
            "staff": {"rn": {"pay_per_hour": 20, "own": 0, "short_cost_per_hour": 5}, "hca": _HELPERS},
            "cover": [
                _TEN_HELPERS,
                {"staff": "rn", "people": 1},
                {"staff": "rn", "skill_mix": {"at_least": 0.6, "of": ["rn", "hca"]}},
            ],
        },
        1840.0,
        "40 helper shifts at 10; no nurse for .6 x 10 = 6 needed: 6 x 5 x 48 hours",
    ),
    "a skill mix may ask for many": HandWorked(
        {
            "units": {"W": {"beds": 5}},
            "staff": {"rn": _HELPERS, "hca": _HELPERS},
            "cover": [_TEN_HELPERS, {"staff": "rn", "skill_mix": {"at_least": 0.9, "of": ["rn", "hca"]}, "hard": True}],
        },
        4000.0,
        "10 helpers are a tenth, so 90 nurses: 100 x 4 shifts x 10",
    ),
    "overtime has a limit by shift": HandWorked(
        {
            **_FOUR_NURSES,
            "staff": _nurses(
                own={"W": {"shifts_per_horizon": 4}},
                overtime={"multiplier": 1.5, "people_per_shift": 1},
                agency={"multiplier": 3},
            ),
        },
        3400.0,
        "16 duties: 4 own at 100, 4 overtime at 150, 8 agency at 300",
    ),
    "a limit of one and a half people is one": HandWorked(
        {
            "units": {"W": {"beds": 5}},
            "staff": _nurses(
                own={"W": {"shifts_per_horizon": 2.5}},
                agency={"multiplier": 3, "people_per_shift": 1.5},
                short_cost_per_hour=50,
            ),
            "cover": [{"staff": "rn", "people": 2}],
        },
        2600.0,
        "8 duties: 2 own at 100, 1 agency in each of 4 shifts at 300, 2 short at 50 x 12",
    ),
    "overtime comes on top of the team's own shifts": HandWorked(
        {
            **_FOUR_NURSES,
            "staff": _nurses(
                own={"W": {"shifts_per_horizon": 1}}, overtime={"multiplier": 1.5}, agency={"multiplier": 3}
            ),
        },
        2350.0,
        "16 duties: 1 own at 100, 15 overtime at 150",
    ),
    "a shortfall costs what the cover asked for then says": HandWorked(
        {
            "units": {"W": {"beds": 5}},
            "staff": {"rn": {"pay_per_hour": 20, "own": 0}},
            "cover": [
                {"staff": "rn", "people": 1, "during": ["D"], "short_cost_per_hour": 10},
                {"staff": "rn", "people": 1, "during": ["N"], "short_cost_per_hour": 100},
            ],
        },
        2640.0,
        "24 hours by day at 10, 24 by night at 100",
    ),
    "a day's diversions may all fall in one period": HandWorked(
        {
            "horizon": _TWICE_A_DAY,
            "patients": {
                "med": {
                    "demand": {"arrivals": [4, 0, 4, 0]},
                    "boarding_cost_per_day": 1000,
                    "divert": {"cost_per_patient": 5, "at_most_per_day": 4},
                }
            },
            "units": _ward(),
        },
        40.0,
        "4 a day may be diverted: 8 x 5",
    ),
    "a day's extra slots may all fall in one period": HandWorked(
        {
            "horizon": _TWICE_A_DAY,
            "patients": {"med": {"demand": {"arrivals": [4, 0, 4, 0]}, "boarding_cost_per_day": 0}},
            "units": _ward(),
            "devices": {
                "mri": {
                    "owned": {"W": 1},
                    "serving": {
                        "slots_per_day": 0,
                        "per_arrival": {"med": 1},
                        "backlog_cost_per_day": 100,
                        "final_backlog_cost": 1000,
                        "extra_slots_per_day": 4,
                        "extra_slot_cost": 1,
                    },
                }
            },
        },
        8.0,
        "4 requests a day in 4 extra slots at 1",
    ),
    "requests waiting already are served or wait on": HandWorked(
        {
            "patients": {"med": {"demand": {"arrivals": 0}, "boarding_cost_per_day": 0}},
            "units": _ward(),
            "devices": {
                "mri": {
                    "owned": {"W": 1},
                    "serving": {"slots_per_day": 0, "per_arrival": {"med": 1}, "backlog_cost_per_day": 100},
                }
            },
            "today": {"backlog": {"mri": 5}},
        },
        1000.0,
        "5 requests wait 2 days at 100, though nobody new asks",
    ),
    "a bay's least stay runs on past the end of a cycle": HandWorked(
        {
            "horizon": {"cycle": "week"},
            "patients": {"med": {"demand": {"census": [0, 0, 0, 0, 0, 0, 4]}, "boarding_cost_per_day": 1000}},
            "units": _ward(
                escalation={"bays": [4], "cost_per_bay_day": 10, "opening_cost": 1, "least_stay": "3d"},
            ),
        },
        31.0,
        "open for 3 days around the Sunday at 10, opened once at 1",
    ),
    "a bay's longest stay runs on past the end of a cycle": HandWorked(
        {
            "horizon": {"cycle": "week"},
            "patients": {"med": {"demand": {"census": [4, 4, 0, 0, 0, 0, 4]}, "boarding_cost_per_day": 1000}},
            "units": _ward(escalation={"bays": [4], "cost_per_bay_day": 10, "longest_stay": "2d"}),
        },
        4020.0,
        "Sunday, Monday and Tuesday run together: 2 open days at 10, 4 patients board on the third",
    ),
    "who is locked comes, wanted or not": HandWorked(
        {
            "units": {"W": {"beds": 5}},
            "staff": _nurses(own="unlimited", agency={"multiplier": 3}),
            "cover": [{"staff": "rn", "people": 1, "hard": True}],
            "locked": [
                {"unit": "W", "staff": "rn", "contract": "agency", "shift": "N", "day": "2024-01-01", "least": 2},
                {"unit": "W", "staff": "rn", "contract": "own", "shift": "D", "day": "2024-01-02", "most": 0},
                {"unit": "W", "staff": "rn", "shift": "N", "day": "2024-01-02", "people": 3},
            ],
        },
        1300.0,
        "1 own day at 100; 2 agency at 300 on the first night; 1 agency on the second day; 3 own on the second night",
    ),
    "a locked bay is open, and locked patients are where they are": HandWorked(
        {
            "patients": _patients(outlies_in=["X"], outlier_cost_per_day=7),
            "units": {
                "W": {"beds": 3, "cares_for": ["med"], "escalation": {"bays": [2, 4], "cost_per_bed_day": 10}},
                "X": {"beds": 3},
            },
            "locked": [
                {"unit": "W", "bay": 2, "day": "2024-01-02", "open": True},
                {"unit": "W", "day": "2024-01-01", "escalation": 2},
                {"group": "med", "unit": "X", "day": "2024-01-02", "present": 2},
                {"group": "med", "unit": "X", "day": "2024-01-01", "most": 0},
            ],
        },
        74.0,
        "bay 1 on the first day 2 x 10; bay 2 on the second 4 x 10, and 2 outliers at 7",
    ),
    "a day off home costs what it costs there": HandWorked(
        {
            "shifts": {},
            "patients": _patients(outlies_in=["X", "Y"], outlier_cost_per_day=60, outlier_cost_at={"Y": 180}),
            "units": {"W": {"beds": 1, "cares_for": ["med"]}, "X": {"beds": 1}, "Y": {"beds": 3}},
        },
        480.0,
        "3 patients for 2 days: one at home, one in X at 60, one in Y at 180 a day",
    ),
    "a hospital of beds alone needs no shifts": HandWorked(
        {"shifts": {}, "patients": _patients(), "units": _ward(beds=1)}, 4000.0, "2 of 3 board for 2 days at 1000"
    ),
}
"""By the rule each is about."""
