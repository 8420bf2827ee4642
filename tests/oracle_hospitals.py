"""Random small hospitals, as the plain data of a scenario: every lever the two big scenarios use, in few pieces."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Data = dict[str, object]

_SHIFTS: tuple[Data, ...] = (
    {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}},
    {
        "E": {"start": "07:00", "hours": 7.5},
        "L": {"start": "14:00", "hours": 7.5},
        "N": {"start": "21:00", "hours": 10.5},
    },
    {"D": {"start": "08:00", "work": ["4h", "break 1h", "4h"]}, "N": {"start": "17:00", "hours": 15}},
)
_money = st.sampled_from([0, 10, 35, 120, 400])
_dear = st.sampled_from([700, 1500, 6000])
_notice = st.sampled_from(["0h", "12h", "1d"])


def _maybe(draw: st.DrawFn, key: str, what: st.SearchStrategy[object], chance: int = 2) -> Data:
    """The key with a value drawn, one time in `chance`."""
    return {key: draw(what)} if draw(st.integers(1, chance)) == 1 else {}


def _some(draw: st.DrawFn, names: list[str]) -> list[str]:
    return [name for name in names if draw(st.booleans())]


@st.composite
def hospitals(draw: st.DrawFn) -> Data:
    """A scenario of 1 or 2 units, as many patient groups at most, 2 to 9 days, some past those committed to.

    One in six is a week that repeats for ever; of two units one in three stand on two sites.
    """
    units = ["A", "B"][: draw(st.integers(1, 2))]
    groups = ["med", "sur"][: draw(st.integers(1, len(units)))]
    horizon, days, dated = draw(_horizons(len(units)))
    shifts = draw(st.sampled_from(_SHIFTS))
    data = {
        "schema": 1,
        "id": "random",
        "horizon": horizon,
        "shifts": shifts,
        "units": {name: draw(_units(groups[at : at + 1])) for at, name in enumerate(units)},
        "patients": {name: draw(_patients(units, days, horizon["periods_per_day"])) for name in groups},
        "acuity": {"scale": {"hours": {"low": 4, "high": 9}}},
        "staff": {"rn": draw(_staff(units, ["hca"])), "hca": draw(_staff(units, []))},
        "cover": [draw(_cover(unit, staff, list(shifts))) for unit in units for staff in ("rn", "hca")],
        "devices": {} if not dated else draw(_devices(units, groups)),
        "transfers": _maybe(draw, "within_site_cost", _money),
        "limits": draw(_limits()),
        "boarded_need_care": draw(st.booleans()),
    }
    if dated:
        data["today"] = draw(_today(units, groups, list(shifts))) | draw(
            _published(units, horizon["start"], list(shifts))
        )
        _only_what_can_be(data)
        _befall(draw, data, horizon["start"], list(shifts))
        data |= _maybe(draw, "locked", _locked(units, groups, horizon["start"], list(shifts)), chance=3)
    return _on_two_sites(data, draw(st.booleans())) if len(units) > 1 and draw(st.integers(1, 3)) == 1 else data


def _befall(draw: st.DrawFn, data: dict[str, Any], start: str, shifts: list[str]) -> None:
    """Things that happen after a plan was made: people sick, beds and bays out of use or added, pumps broken."""
    span = {"from": start, "to": start}
    for name, unit in data["units"].items():
        sick = {"unit": name, "shift": shifts[-1], "date": start, "people": 1}
        data["staff"]["rn"] |= _maybe(draw, "absences", st.just([sick]), chance=3)
        unit |= _maybe(draw, "extra_beds", st.just([{"beds": 1, **span}]), chance=4)
        if "escalation" in unit:
            unit["escalation"] |= _maybe(draw, "shut", st.just([{"bay": 1, **span}]), chance=3)
    for group in data["patients"].values():
        group["demand"] |= _maybe(draw, "surges", st.just([{"from": start, "uplift": 0.5, "per_day": -1}]), chance=3)
        if "elective" in group:
            group["elective"] |= _maybe(draw, "called_off", st.just([start]), chance=3)
    for kind in data["devices"].values():
        broken = {"devices": 1, "site": "main", "from": start, **({"to": start} if draw(st.booleans()) else {})}
        kind |= _maybe(draw, "broken", st.just([broken]), chance=3)
    if "published" in data["today"]:
        data["today"]["published"] |= _maybe(draw, "locked_before", st.sampled_from([start, "2024-03-05"]), chance=3)


@st.composite
def _horizons(draw: st.DrawFn, units: int) -> tuple[dict[str, Any], int, bool]:
    """The horizon, its days, and whether it has dates."""
    periods = draw(st.sampled_from([1, 1, 2]))
    if units == 1 and draw(st.integers(1, 3)) == 1:
        return {"cycle": "week", "periods_per_day": periods}, 7, False
    start = draw(st.sampled_from(["2024-03-01", "2024-03-04", "2024-03-30"]))
    days = draw(st.sampled_from([2, 3, 3, 4, 9] if units == 1 else [2, 3]))
    beyond = draw(st.integers(0, 2))
    return {"start": start, "days": days, "periods_per_day": periods, "beyond_days": beyond}, days, True


def _on_two_sites(data: dict[str, Any], straight: bool) -> dict[str, Any]:
    """The same hospital with its second unit, and the patients at home there, on another site 10 km away.

    `straight`: the distance follows from where the sites are.
    """
    places: tuple[Data, Data] = ({"at": [1, 2]}, {"at": [7, -6]}) if straight else ({}, {})
    at = {"A": "main", "B": "far"}
    homes = {group: name for name, unit in data["units"].items() for group in unit["cares_for"]}
    road: Data = {
        "cost": 40,
        "cost_per_km": 1,
        "distances": [] if straight else [{"a": "main", "b": "far", "km": 10}],
        "per_site_per_day": 3,
    }
    return data | {
        "sites": dict(zip(("main", "far"), places, strict=True)),
        "units": {name: unit | {"site": at[name]} for name, unit in data["units"].items()},
        "patients": {name: group | {"site": at[homes[name]]} for name, group in data["patients"].items()},
        "transfers": data["transfers"] | road,
    }


@st.composite
def _units(draw: st.DrawFn, homes: list[str]) -> Data:
    unit: Data = {"beds": draw(st.integers(0, 6)), "cares_for": homes}
    if draw(st.booleans()):
        bays: Data = {
            "bays": draw(st.sampled_from([[2], [3, 2]])),
            **draw(st.sampled_from([{"cost_per_bed_day": 40}, {"cost_per_bay_day": 100}])),
            **_maybe(draw, "opening_cost", _money),
            **_maybe(draw, "notice", _notice),
            **_maybe(draw, "least_stay", st.sampled_from(["2d", "3d", "36h"])),
            **_maybe(draw, "longest_stay", st.sampled_from(["1d", "2d"]), chance=3),
        }
        unit["escalation"] = bays
    beyond = [{"cost_per_bed_day": 90, "at_most": 2}, {"cost_per_bed_day": 800}]
    return unit | _maybe(draw, "overflow", st.sampled_from(beyond), chance=3)


@st.composite
def _patients(draw: st.DrawFn, units: list[str], days: int, periods: int) -> Data:
    figures = draw(st.lists(st.sampled_from([0, 1, 2, 2.5, 4, 7]), min_size=days * periods, max_size=days * periods))
    kind = draw(st.sampled_from(["arrivals", "census"]))
    away = _some(draw, units)
    group: Data = {
        "demand": {kind: figures},
        "acuity": draw(st.sampled_from([{"low": 1.0}, {"low": 0.25, "high": 0.75}])),
        "boarding_cost_per_day": draw(_dear),
        "outlies_in": away,
        **_maybe(draw, "outlier_cost_per_day", _money),
        "outlier_cost_at": {unit: draw(_money) for unit in away if draw(st.booleans())},
        **_maybe(draw, "hour_profile", st.just([0.8] * 8 + [1.2] * 10 + [1.0] * 6), chance=4),
        **_maybe(draw, "holding", st.sampled_from(units), chance=3),
    }
    if kind == "arrivals":
        group["length_of_stay"] = {"mean_days": draw(st.sampled_from([1, 2, 3.5]))}
    if periods == 1:
        group |= _maybe(draw, "divert", st.just({"cost_per_patient": 300, "at_most_per_day": 1.5}), chance=4)
    return group | _maybe(draw, "elective", _electives(days), chance=3)


@st.composite
def _electives(draw: st.DrawFn, days: int) -> Data:
    return {
        "cases": draw(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=days, max_size=days)),
        "postpone_cost_per_day": draw(_money),
        "postpone_at_most_days": draw(st.integers(0, 2)),
        "backlog_cost": draw(_dear),
        **_maybe(draw, "cancel_cost", _dear),
        **_maybe(draw, "protected", st.just(value=True), chance=4),
    }


@st.composite
def _staff(draw: st.DrawFn, units: list[str], lower: list[str]) -> Data:
    teams = {unit: draw(_team()) for unit in units}
    group: Data = {
        "pay_per_hour": draw(st.sampled_from([13, 20])),
        "premium": draw(st.sampled_from([{}, {"night": 0.3, "saturday": 0.3, "sunday": 0.6}])),
        "premiums_add": draw(st.booleans()),
        "paid": draw(st.sampled_from(["salaried", "per_shift"])),
        "own": teams,
        "headroom": draw(st.sampled_from([0.0, 0.2])),
        "rest": {"hours": draw(st.sampled_from([0, 11, 16])), "shifts_in_7_days": draw(st.sampled_from([2, 5]))}
        | _maybe(draw, "weekends_off", st.sampled_from([0.25, 0.5])),
        "bank": draw(_temporary()) | _maybe(draw, "shifts_per_week", st.integers(0, 8)),
        "short_cost_per_hour": draw(st.sampled_from([60, 150])),
        "can_work_as": lower,
        "notice": draw(_notice),
        **_maybe(draw, "agency", _temporary()),
        **_maybe(draw, "hours_owed", st.just({"hours_per_person": 6, "cost_per_hour": 11})),
        **_maybe(draw, "float", _float(units)),
    }
    if all("people" in team for team in teams.values()):
        group |= _maybe(draw, "overtime", st.sampled_from([{"multiplier": 1.5, "hours_per_week": 24}, {}]))
    return group


@st.composite
def _team(draw: st.DrawFn) -> Data:
    return draw(
        st.sampled_from(
            [{"people": 2}, {"people": 3.4}, {"people": 6}, {"shifts_per_horizon": 5}, {"shifts_per_week": 9}]
        )
    )


@st.composite
def _temporary(draw: st.DrawFn) -> Data:
    return {
        "multiplier": draw(st.sampled_from([1.25, 1.9])),
        "fill_rate": draw(st.sampled_from([1.0, 0.85])),
        "notice": draw(_notice),
        **_maybe(draw, "people_per_shift", st.integers(1, 2)),
        **_maybe(draw, "shifts_per_horizon", st.integers(0, 9), chance=4),
        **_maybe(draw, "hours_per_week", st.sampled_from([0, 50, 100]), chance=4),
    }


@st.composite
def _float(draw: st.DrawFn, units: list[str]) -> Data:
    routes: Data = {}
    for home in units:
        routes |= _maybe(draw, home, st.sampled_from(["any", [unit for unit in units if unit != home]]))
    return {"routes": routes, "efficiency": draw(st.sampled_from([1.0, 0.8]))} | _maybe(draw, "cost_per_shift", _money)


@st.composite
def _cover(draw: st.DrawFn, unit: str, staff: str, shifts: list[str]) -> Data:
    rule: Data = draw(
        st.sampled_from(
            [
                {"acuity_hours": "scale", "share": 0.6},
                {"acuity_hours": "scale", "spread": {"07:00": 1.2, "21:00": 0.7}},
                {"hours_per_patient_day": 6},
                {"hours_per_patient_day": 6, "rounding": "up"},
                {"acuity_hours": "scale", "rounding": "nearest"},
                {"patients_per_person": 3},
                {"patients_per_person": {shifts[0]: 2, shifts[-1]: 4}},
                {"people": 1},
                {"people": 1, "skill_mix": {"at_least": 0.6, "of": ["rn", "hca"]}},
                {"acuity_hours": "scale", "share": 0.4, "smallest_team": {shifts[0]: 2, shifts[-1]: 1}},
            ]
        )
    )
    more = _maybe(draw, "coordinator", st.just(1), chance=4) | _maybe(draw, "during", st.just(shifts[:1]), chance=4)
    return {"unit": unit, "staff": staff} | rule | more


@st.composite
def _devices(draw: st.DrawFn, units: list[str], groups: list[str]) -> Data:
    pump: Data = {
        "owned": {draw(st.sampled_from(["main", *units])): draw(st.integers(2, 6))},
        **draw(st.sampled_from([{"need": {groups[0]: 0.6}}, {"need_at": dict.fromkeys(units, 0.9)}])),
        "move_cost": draw(_money),
        "short_cost_per_day": draw(_dear),
        **_maybe(draw, "rent", st.just({"cost_per_day": 30, "at_most": 2, "notice": "1d"})),
        **_maybe(draw, "move_time", st.just("1d"), chance=3),
        **_maybe(draw, "reserve", st.just(1), chance=3),
    }
    scan: Data = {
        "owned": {"main": 1},
        "serving": {
            "slots_per_day": draw(st.integers(0, 3)),
            "per_arrival": {groups[0]: 0.5},
            "backlog_cost_per_day": 60,
            "final_backlog_cost": draw(_money),
            **_maybe(draw, "per_elective", st.just({groups[-1]: 0.5}), chance=3),
            **_maybe(draw, "days", st.just(["monday", "friday", "saturday"]), chance=3),
        },
    }
    return _maybe(draw, "pump", st.just(pump)) | _maybe(draw, "scan", st.just(scan))


@st.composite
def _today(draw: st.DrawFn, units: list[str], groups: list[str], shifts: list[str]) -> Data:
    people = {"unit": units[0], "staff": "rn", "shift": shifts[-1], "people": 2}
    return {
        **_maybe(draw, "census", st.just({groups[0]: {units[0]: 3}})),
        **_maybe(draw, "waiting", st.just({groups[-1]: 1.5})),
        **_maybe(draw, "open_bays", st.just({units[0]: 1})),
        **_maybe(draw, "on_duty", st.just([people])),
    }


@st.composite
def _published(draw: st.DrawFn, units: list[str], start: str, shifts: list[str]) -> Data:
    """A plan told for the first day, beyond its notice at a price to change."""
    one = {"staff": "rn", "shift": shifts[0], "date": start, "people": 1}
    told = [{"unit": unit, "contract": draw(st.sampled_from(["own", "bank"])), **one} for unit in units]
    plan = {
        "shifts": told,
        "change_cost_per_shift": draw(_money),
        **_maybe(draw, "contracts", st.just(["own", "bank"])),
        **_maybe(draw, "bays", st.just([])),
        **_maybe(draw, "cases", st.just([{"group": "med", "booked": start, "done": start, "cases": 1}])),
        **_maybe(draw, "change_cost_per_bay_day", _money),
        **_maybe(draw, "change_cost_per_case", _money),
        **_maybe(draw, "most_changes", st.integers(0, 12), chance=4),
    }
    return _maybe(draw, "published", st.just(plan), chance=3)


def _only_what_can_be(data: dict[str, Any]) -> None:
    """Nothing is told of shifts on contracts that nobody has, nor of cases that no list books."""
    published = data["today"].get("published", {})
    booked = data["patients"]["med"].get("elective", {}).get("cases", [0])[0]
    if "cases" in published and not booked:
        published["cases"] = []
    if "shifts" in published:
        had = ("own", *data["staff"]["rn"])
        published["shifts"] = [shift for shift in published["shifts"] if shift["contract"] in had]


@st.composite
def _locked(draw: st.DrawFn, units: list[str], groups: list[str], start: str, shifts: list[str]) -> list[Data]:
    """Cells decided already: a shift's people, and patients of a group in a unit."""
    shift: Data = {"unit": units[-1], "staff": "rn", "shift": shifts[-1], "day": start}
    contract = draw(st.sampled_from([{}, {"contract": "own"}]))
    place: Data = {"group": groups[0], "unit": units[0], "day": start}
    bounds = st.sampled_from([{"least": 1}, {"most": 1}, {"most": 3, "least": 1}])
    return [shift | contract | draw(bounds), place | draw(bounds)]


@st.composite
def _limits(draw: st.DrawFn) -> Data:
    return _maybe(draw, "budget", st.sampled_from([500, 3000]), chance=5) | _maybe(
        draw, "days_over_capacity", st.sampled_from([0.5, 0.8]), chance=5
    )
