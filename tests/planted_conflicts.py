"""Scenarios with one clash planted in each: a hospital that can be planned, and one change that no plan survives."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planted:
    """A scenario without a plan, and the names of rules of which its clash must hold one at least."""

    name: str
    data: Data
    rules: frozenset[str]


def hospital(draw: random.Random) -> Data:
    """1 to 3 wards of 4 to 8 beds, 2 to 8 days, day and night shifts; everything that can lack has a price."""
    units = ["A", "B", "C"][: draw.randint(1, 3)]
    days = draw.choice([2, 3, 4, 8])
    beds = {unit: draw.randint(4, 8) for unit in units}
    patients = {
        f"of-{unit}": {
            "demand": {"census": [draw.randint(2, beds[unit] - 1) for _ in range(days)]},
            "boarding_cost_per_day": draw.choice([900, 1500]),
        }
        for unit in units
    }
    return {
        "schema": 1,
        "id": "planted",
        "horizon": {"start": "2024-01-01", "days": days, "beyond_days": 0},
        "shifts": {"day": {"start": "07:00", "hours": 12}, "night": {"start": "19:00", "hours": 12}},
        "units": {unit: {"beds": beds[unit], "cares_for": [f"of-{unit}"]} for unit in units},
        "patients": patients,
        "staff": {
            "rn": {
                "pay_per_hour": draw.choice([18, 20]),
                "own": {unit: draw.randint(4, 7) for unit in units},
                "hours_per_week": 36,
                "bank": {"multiplier": 1.25, "shifts_per_week": draw.randint(0, 3)},
                "short_cost_per_hour": 60,
            }
        },
        "cover": [{"unit": unit, "staff": "rn", "smallest_team": 1} for unit in units],
    }


def _service_level(data: Data) -> Data:
    """The same hospital asked for a service level instead of prices."""
    data["service_level"] = 0.9
    for group in data["patients"].values():
        del group["boarding_cost_per_day"]
    del data["staff"]["rn"]["short_cost_per_hour"]
    return data


def team(data: Data, draw: random.Random) -> frozenset[str]:
    """A smallest team above what all its people may work."""
    data["cover"][0] |= {"smallest_team": draw.randint(7, 9), "hard": True}
    return frozenset({"cover is met"})


def budget(data: Data, draw: random.Random) -> frozenset[str]:
    """A budget below what the shifts that must be covered cost, where people are paid by the shift."""
    data["staff"]["rn"] |= {"paid": "per_shift", "own": dict.fromkeys(data["units"], 40)}
    data["cover"][-1] |= {"hard": True}
    hours = 24 * data["horizon"]["days"]
    data["limits"] = {"budget": hours * data["staff"]["rn"]["pay_per_hour"] - draw.randint(1, 200)}
    return frozenset({"budget is kept"})


def reserve(data: Data, draw: random.Random) -> frozenset[str]:
    """A reserve that leaves too few devices for patients who must have one."""
    first = next(iter(data["units"]))
    most = max(data["patients"][f"of-{first}"]["demand"]["census"])
    data["units"][first]["beds"] = most
    data["patients"][f"of-{first}"]["whole"] = True
    data["devices"] = {
        "pump": {"owned": {"main": most}, "need_at": {first: 1}, "hard": True, "reserve": 1 + draw.randint(0, 1)}
    }
    _service_level(data)
    data["staff"]["rn"] |= {"own": dict.fromkeys(data["units"], 40)}
    return frozenset({"reserve"})


def published(data: Data, draw: random.Random) -> frozenset[str]:
    """More people told to come tomorrow morning than have slept since last night."""
    first = next(iter(data["units"]))
    heads = data["staff"]["rn"]["own"][first]
    data["staff"]["rn"]["notice"] = "1d"
    busy = draw.randint(2, heads)
    data["today"] = {
        "on_duty": [{"unit": first, "staff": "rn", "shift": "night", "people": busy}],
        "published": {
            "shifts": [{"unit": first, "staff": "rn", "shift": "day", "date": "2024-01-01", "people": heads - busy + 1}]
        },
    }
    return frozenset({"published shifts"})


def closure(data: Data, draw: random.Random) -> frozenset[str]:
    """Beds closed under patients who must have one."""
    _service_level(data)
    data["staff"]["rn"] |= {"own": dict.fromkeys(data["units"], 40)}
    last = list(data["units"])[-1]
    census = data["patients"][f"of-{last}"]["demand"]["census"]
    day = draw.randrange(len(census))
    closed = data["units"][last]["beds"] - census[day] + 1
    date = f"2024-01-{day + 1:02d}"
    data["units"][last]["closures"] = [{"beds": closed, "from": date, "to": date, "why": "norovirus"}]
    return frozenset({"closures"})


def theatre(data: Data, draw: random.Random) -> frozenset[str]:
    """More protected cases on a day than the theatre has slots."""
    last = list(data["units"])[-1]
    cases = [0] * data["horizon"]["days"]
    cases[draw.randrange(len(cases))] = draw.randint(3, 4)
    data["patients"][f"of-{last}"]["elective"] = {"cases": cases, "postpone_cost_per_day": 90, "protected": True}
    data["devices"] = {
        "theatre": {
            "owned": {"main": 1},
            "serving": {
                "slots_per_day": 2,
                "per_day": {f"of-{last}": 0},
                "per_elective": {f"of-{last}": 1},
                "backlog_cost_per_day": 50,
            },
        }
    }
    return frozenset({"slots are enough"})


def over_capacity(data: Data, draw: random.Random) -> frozenset[str]:
    """Too few beds on more days than patients may be boarded."""
    first = next(iter(data["units"]))
    census = data["patients"][f"of-{first}"]["demand"]["census"]
    for day in draw.sample(range(len(census)), 2):
        census[day] = data["units"][first]["beds"] + draw.randint(1, 2)
    data["limits"] = {"days_over_capacity": 1 / len(census)}
    return frozenset({"days over capacity are few"})


def devices(data: Data, draw: random.Random) -> frozenset[str]:
    """Fewer ventilators, owned and rented, than patients who must have one."""
    first = next(iter(data["units"]))
    census = data["patients"][f"of-{first}"]["demand"]["census"]
    _service_level(data)
    data["staff"]["rn"] |= {"own": dict.fromkeys(data["units"], 40)}
    rent = {"rent": {"cost_per_day": 30, "at_most": 1}} if draw.random() < 0.6 else {}
    owned = max(census) - (2 if rent else 1)
    data["devices"] = {"ventilator": {"owned": {first: owned}, "need_at": {first: 1}, "hard": True, **rent}}
    return frozenset({"patients have their devices"})


def notice(data: Data, draw: random.Random) -> frozenset[str]:
    """Cover that only bank staff could give, asked for within their notice."""
    first = next(iter(data["units"]))
    data["staff"]["rn"] |= {
        "own": {unit: people for unit, people in data["staff"]["rn"]["own"].items() if unit != first} or None,
        "bank": {"multiplier": 1.25, "notice": draw.choice(["1d", "36h"]), "units": [first]},
    }
    data["cover"][0] |= {"smallest_team": draw.randint(1, 3), "hard": True}
    if data["staff"]["rn"]["own"] is None:
        del data["staff"]["rn"]["own"]
    return frozenset({"notice"})


def a_shift(data: Data, draw: random.Random) -> frozenset[str]:
    """More people needed in a shift than the agency may send, and no others."""
    first = next(iter(data["units"]))
    most = draw.randint(1, 2)
    data["staff"]["rn"] |= {
        "own": {unit: people for unit, people in data["staff"]["rn"]["own"].items() if unit != first},
        "agency": {"multiplier": 1.9, "people_per_shift": most},
    }
    data["staff"]["rn"]["bank"] |= {"shifts_per_week": 0}
    if not data["staff"]["rn"]["own"]:
        del data["staff"]["rn"]["own"]
    data["cover"][0] |= {"smallest_team": most + 1, "hard": True}
    return frozenset({"people a shift"})


def locked(data: Data, draw: random.Random) -> frozenset[str]:
    """More people locked into a shift than there are."""
    last = list(data["units"])[-1]
    people = data["staff"]["rn"]["own"][last] + draw.randint(1, 2)
    cell = {"unit": last, "staff": "rn", "shift": "day", "day": "2024-01-02", "contract": "own", "people": people}
    data["locked"] = [cell]
    return frozenset({"locked cells are kept"})


def diversions(data: Data, draw: random.Random) -> frozenset[str]:
    """More patients than beds, and fewer may be diverted than are too many."""
    _service_level(data)
    data["staff"]["rn"] |= {"own": dict.fromkeys(data["units"], 40)}
    first = next(iter(data["units"]))
    group = data["patients"][f"of-{first}"]
    day = draw.randrange(len(group["demand"]["census"]))
    group["demand"]["census"][day] = data["units"][first]["beds"] + draw.randint(2, 3)
    group["divert"] = {"cost_per_patient": 300, "at_most_per_day": 1}
    return frozenset({"diversions stay within arrivals", "patients fit open beds"})


def bays(data: Data, draw: random.Random) -> frozenset[str]:
    """A bay that would do, but opens only after patients have come."""
    _service_level(data)
    data["staff"]["rn"] |= {"own": dict.fromkeys(data["units"], 40)}
    first = next(iter(data["units"]))
    data["patients"][f"of-{first}"]["demand"]["census"][0] = data["units"][first]["beds"] + draw.randint(1, 3)
    data["units"][first]["escalation"] = {"bays": [4], "cost_per_bed_day": 240, "notice": "1d"}
    return frozenset({"notice of bays"})


def whole_people(data: Data, draw: random.Random) -> frozenset[str]:
    """A need for a part of a person, and a limit that lets no whole one come: plain in whole numbers only."""
    first = next(iter(data["units"]))
    data["staff"]["rn"] |= {"own": {unit: 20 for unit in data["units"] if unit != first}}
    if not data["staff"]["rn"]["own"]:
        del data["staff"]["rn"]["own"]
    share = 7 / min(data["horizon"]["days"], 7)
    data["staff"]["rn"]["bank"] = {"shifts_per_week": round(share, 6), "fill_rate": 0.9, "units": [first]}
    data["cover"][0] = {"unit": first, "staff": "rn", "people": [0.4] + [0] * (data["horizon"]["days"] - 1)}
    data["cover"][0] |= {"during": ["day"], "hard": True}
    draw.random()
    return frozenset({"temporary shifts are limited"})


def transfers(data: Data, draw: random.Random) -> frozenset[str]:
    """A second site with beds enough, and a limit on how many may be sent there."""
    _service_level(data)
    data["staff"]["rn"] |= {"own": {**dict.fromkeys(data["units"], 40), "Z": 40}}
    first = next(iter(data["units"]))
    for unit in data["units"].values():
        unit["site"] = "main"
    for group in data["patients"].values():
        group["site"] = "main"
    data["sites"] = {"main": {}, "far": {}}
    group = data["patients"][f"of-{first}"]
    data["units"]["Z"] = {"beds": 30, "cares_for": [f"of-{first}"], "site": "far"}
    group["demand"]["census"][-1] = data["units"][first]["beds"] + draw.randint(3, 4)
    road = {"a": "main", "b": "far", "km": 10}
    data["transfers"] = {"cost": 200, "distances": [road], "per_site_per_day": draw.randint(1, 2)}
    return frozenset({"transfers stay within limits", "patients fit open beds"})


KINDS: Final[Mapping[str, Callable[[Data, random.Random], frozenset[str]]]] = {
    "team": team,
    "budget": budget,
    "reserve": reserve,
    "published": published,
    "closure": closure,
    "theatre": theatre,
    "over capacity": over_capacity,
    "devices": devices,
    "notice": notice,
    "a shift": a_shift,
    "locked": locked,
    "diversions": diversions,
    "bays": bays,
    "whole people": whole_people,
    "transfers": transfers,
}
"""Every kind of clash that is planted."""


def planted(number: int) -> Planted:
    """Planted conflict `number`, always the same."""
    kinds = list(KINDS)
    kind = kinds[number % len(kinds)]
    draw = random.Random(number)
    data = deepcopy(hospital(draw))
    rules = KINDS[kind](data, draw)
    return Planted(f"{kind} {number}", data, rules)
