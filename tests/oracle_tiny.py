"""Random scenarios of the family that `oracle_brute_force` can settle by trying everything."""

from __future__ import annotations

from hypothesis import strategies as st

Data = dict[str, object]

_price = st.sampled_from([20, 45, 110, 300])


def _maybe(draw: st.DrawFn, key: str, what: st.SearchStrategy[object]) -> Data:
    return {key: draw(what)} if draw(st.booleans()) else {}


@st.composite
def tiny_hospitals(draw: st.DrawFn) -> Data:
    """1 or 2 units, 1 or 2 patient groups, 1 to 3 days, 1 or 2 shifts, up to 3 people a team."""
    units = ["A", "B"][: draw(st.integers(1, 2))]
    groups = ["med", "sur"][: draw(st.integers(1, 2))]
    days = draw(st.integers(1, 3))
    starts = {"D": "07:00", "N": "19:00"}
    shifts = draw(st.sampled_from([["D"], ["D", "N"]]))
    hard = draw(st.integers(1, 4)) == 1
    return {
        "schema": 1,
        "id": "tiny",
        "horizon": {"start": "2024-01-01", "days": days},
        "shifts": {name: {"start": starts[name], "hours": 12} for name in shifts},
        "units": {name: draw(_units(_homes(name, units, groups))) for name in units},
        "patients": {name: draw(_patients(units, days)) for name in groups},
        "staff": {"rn": draw(_nurses(units, shifts))},
        "cover": [{"unit": name, "staff": "rn", **draw(_cover(shifts)), "hard": hard} for name in units],
        "boarded_need_care": draw(st.booleans()),
        **_maybe(draw, "devices", _devices(groups)),
    }


def _homes(unit: str, units: list[str], groups: list[str]) -> list[str]:
    return groups if len(units) == 1 else [name for name, home in zip(groups, units, strict=False) if home == unit]


@st.composite
def _units(draw: st.DrawFn, homes: list[str]) -> Data:
    bay = st.fixed_dictionaries(
        {"bays": st.just([2]), "cost_per_bay_day": _price},
        optional={"opening_cost": _price, "notice": st.just("1d")},
    )
    return {"beds": draw(st.integers(1, 3)), "cares_for": homes, **_maybe(draw, "escalation", bay)}


@st.composite
def _patients(draw: st.DrawFn, units: list[str], days: int) -> Data:
    return {
        "demand": {"census": draw(st.lists(st.integers(0, 4), min_size=days, max_size=days))},
        "whole": True,
        "boarding_cost_per_day": draw(st.sampled_from([90, 500, 1500])),
        "outlies_in": draw(st.sampled_from([[], units])),
        **_maybe(draw, "outlier_cost_per_day", _price),
        **_maybe(draw, "divert", st.just({"cost_per_patient": 400, "at_most_per_day": 1})),
    }


@st.composite
def _nurses(draw: st.DrawFn, units: list[str], shifts: list[str]) -> Data:
    team = st.one_of(
        st.fixed_dictionaries({"shifts_per_horizon": st.integers(0, 6)}),
        st.fixed_dictionaries({"people": st.integers(0, 3)}),
    )
    outside = st.fixed_dictionaries(
        {"multiplier": st.sampled_from([1.25, 1.9])}, optional={"people_per_shift": st.integers(0, 2)}
    )
    teams = {name: draw(team) for name in units}
    group: Data = {
        "paid": "per_shift",
        "cost_per_shift": {name: draw(_price) for name in shifts},
        "own": teams,
        "hours_per_week": draw(st.sampled_from([30, 60, 84])),
        "bank": draw(outside),
        "short_cost_per_hour": draw(st.sampled_from([9, 40])),
        **_maybe(draw, "agency", outside),
    }
    if all("people" in each for each in teams.values()):
        group |= _maybe(draw, "overtime", st.just({"multiplier": 1.5}))
    return group


@st.composite
def _cover(draw: st.DrawFn, shifts: list[str]) -> Data:
    figures = st.fixed_dictionaries({name: st.integers(1, 2) for name in shifts})
    return {
        "patients_per_person": {name: draw(st.integers(1, 4)) for name in shifts},
        "during": shifts,
        **_maybe(draw, "smallest_team", figures),
        **_maybe(draw, "coordinator", st.just(1)),
    }


@st.composite
def _devices(draw: st.DrawFn, groups: list[str]) -> Data:
    pump: Data = {
        "owned": {"main": draw(st.integers(1, 3))},
        "need": {groups[0]: draw(st.sampled_from([0.5, 0.75, 1]))},
        "rent": {
            "cost_per_day": draw(_price),
            "at_most": draw(st.integers(0, 2)),
            **_maybe(draw, "notice", st.just("1d")),
        },
        **_maybe(draw, "reserve", st.just(1)),
        **draw(st.sampled_from([{"hard": True}, {"short_cost_per_day": 75}, {"short_cost_per_day": 1000}])),
    }
    return {"pump": pump}
