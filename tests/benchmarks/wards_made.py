"""Wards of different sorts for the race in `wards.py`: constructed people, leave, wishes and pasts, drawn by a seed.

`thirty` is the ward of the figures: early, late and night for four weeks. `twelves` works days and nights of twelve
hours, half of it part-time. `wishes` asks for much: 45 people, six weeks, four shifts, fair shares by deviation.
`two_units` has registered nurses and assistants in two units, with floating, bank people and skills.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

FIRST: Final = date(2026, 3, 2)
Data = dict[str, Any]


def day(number: int) -> str:
    """A day of the roster as a date; negative: before it."""
    return str(FIRST + timedelta(number))


def thirty() -> Data:
    """30 nurses of three grades, a third of them part-time, bank and agency; 1:7, 1:6 and 1:4 a shift."""
    draw = random.Random(1)
    people, requests, worked = [], [], []
    for at in range(30):
        person: Data = {"id": f"n{at + 1:02d}", "group": "rn", "grade": 7 if at < 4 else 6 if at < 12 else 5}
        person["leave"] = _leave(draw, 28, 0.35)
        person["hours_per_week"] = 37.5 if at < 20 else draw.choice([30, 22.5])
        person["skills"] = ["iv"] if draw.random() < 0.6 else []
        person |= {"nights_before": draw.randrange(6), "weekends_before": draw.randrange(3)}
        people.append(person)
        requests += _wishes(draw, person["id"], 4, 28, ("early", "late", "night"))
        worked += _worked(draw, person["id"], ("early", "late", "night"))
    people += [_extra("agency-1", "agency", 60), _extra("bank-1", "bank", 40)]
    wanted = {"early": (7, 6), "late": (6, 5), "night": (4, 4)}
    pairs = [{"people": ["n05", "n06"]}, {"people": ["n20", "n02"], "cost": 5}]
    rules = {
        "forbidden": [{"after": "late", "before": "early", "cost": 8}],
        "counts": [{"days": 7, "most": 5}, {"shifts": ["night"], "most": 8}],
        "contract": {"less_cost": 1, "more_cost": 2, "more_at_most": 15},
        "working_run": {"most": 6, "least": 2, "cost": 4}, "resting_run": {"least": 2, "cost": 3},
        "nights": {"least": 2, "most": 4, "rest_hours": 46}, "weekends": {"whole_cost": 3, "off_in": 4, "most": 3},
        "mix": [{"grade_from": 6, "at_least": 1}, {"skill": "iv", "at_least": 1, "cost": 20}],
        "fairness": [{"of": "nights", "cost": 3}, {"of": "weekends", "by": "most_loaded", "cost": 5},
                     {"of": "wishes", "cost": 2}],
    }  # fmt: skip
    shifts = {"early": ("07:00", 7.5), "late": ("13:30", 7.5), "night": ("20:45", 10.5)}
    return _ward("thirty", 28, shifts, people, _needs(28, wanted), rules, requests, worked, pairs)


def twelves() -> Data:
    """22 people on days and nights of twelve hours, half of them part-time; four in seven days, whole weekends."""
    draw = random.Random(2)
    people, requests, worked = [], [], []
    for at in range(22):
        hours = draw.choice([37.5, 37.5, 34.5, 23, 11.5])
        person = {"id": f"p{at + 1:02d}", "group": "rn", "grade": 6 if at < 8 else 5, "leave": _leave(draw, 28, 0.4)}
        person |= {"hours_per_week": hours, "nights_before": draw.randrange(8)}
        if draw.random() < 0.15:
            person["shifts"] = ["day"]
        people.append(person)
        requests += _wishes(draw, person["id"], 5, 28, ("day", "night"))
        worked += _worked(draw, person["id"], ("day", "night"))
    people.append(_extra("bank-1", "bank", 55))
    wanted = {"day": (5, 4), "night": (3, 3)}
    rules = {
        "counts": [{"days": 7, "most": 4}], "contract": {"less_cost": 2, "more_cost": 2, "more_at_most": 12},
        "working_run": {"most": 3}, "nights": {"least": 2, "most": 3, "rest_hours": 48, "cost": 12},
        "resting_run": {"least": 2, "most": 7, "cost": 4}, "weekends": {"whole_cost": 6, "most": 2, "cost": 10},
        "mix": [{"grade_from": 6, "at_least": 2, "shifts": ["day"], "cost": 30}, {"grade_from": 6, "at_least": 1}],
        "fairness": [{"of": "nights", "by": "deviation", "cost": 2}],
    }  # fmt: skip
    shifts = {"day": ("07:30", 11.5), "night": ("19:30", 11.5)}
    return _ward("twelves", 28, shifts, people, _needs(28, wanted), rules, requests, worked, [])


def wishes() -> Data:
    """45 people for six weeks on four shifts, eight wishes each, promised days off, weekends shared fairly."""
    draw = random.Random(3)
    people, requests, worked, shifts = [], [], [], ("early", "middle", "late", "night")
    for at in range(45):
        person = {
            "id": f"w{at + 1:02d}",
            "group": "rn",
            "grade": draw.choice([5, 5, 6, 7]),
            "leave": _leave(draw, 42, 0.6),
        }
        person["hours_per_week"] = draw.choice([40, 40, 32, 24])
        people.append(person)
        requests += _wishes(draw, person["id"], 8, 42, shifts)
        requests.append({"person": person["id"], "day": day(draw.randrange(42)), "weight": None})
        worked += _worked(draw, person["id"], shifts)
    wanted = {"early": (8, 6), "middle": (3, 0), "late": (7, 5), "night": (4, 4)}
    pairs = [{"people": [f"w{at:02d}", f"w{at + 1:02d}"], "cost": 3} for at in range(1, 12, 2)]
    rules = {
        "rest": {"hours": 11, "exceptions": [{"after": "late", "before": "early", "hours": 9}]},
        "forbidden": [{"after": "late", "before": "early", "cost": 4}],
        "counts": [{"days": 7, "most": 5}, {"days": 14, "shifts": ["night"], "most": 4, "cost": 10}],
        "hours": [{"days": 7, "most": 48}], "contract": {"less_cost": 1, "more_cost": 1},
        "working_run": {"most": 5, "least": 2, "cost": 5}, "resting_run": {"least": 2, "cost": 5},
        "nights": {"least": 2, "most": 4, "rest_hours": 46}, "weekends": {"whole_cost": 4, "off_in": 3},
        "mix": [{"grade_from": 6, "at_least": 2, "cost": 25}],
        "fairness": [{"of": "weekends", "by": "deviation", "cost": 3},
                     {"of": "wishes", "by": "most_loaded", "cost": 6}],
    }  # fmt: skip
    hours = {"early": ("07:00", 8), "middle": ("10:00", 8), "late": ("14:00", 8), "night": ("21:30", 10)}
    return _ward("wishes", 42, hours, people, _needs(42, wanted), rules, requests, worked, pairs)


def two_units() -> Data:
    """60 people in two units and two groups for four weeks; a few may float, some duties ask for a skill."""
    draw = random.Random(4)
    people, requests, worked, shifts = [], [], [], ("early", "late", "night")
    for at in range(60):
        group, unit = ("rn", "hca")[at % 3 == 2], "ab"[at % 2]
        person = {
            "id": f"u{at + 1:02d}",
            "group": group,
            "unit": unit,
            "grade": 3 if group == "hca" else draw.choice([5, 6]),
        }
        person |= {"leave": _leave(draw, 28, 0.3), "hours_per_week": draw.choice([37.5, 37.5, 30]),
                   "skills": ["vent"] if group == "rn" and draw.random() < 0.5 else []}  # fmt: skip
        if draw.random() < 0.25:
            person["units"] = ["ab"[1 - at % 2]]
        people.append(person)
        requests += _wishes(draw, person["id"], 3, 28, shifts)
        worked += _worked(draw, person["id"], shifts)
    people += [_extra("bank-1", "bank", 45) | {"unit": "a", "units": ["b"]}]
    needs: list[Data] = []
    for unit in "ab":
        needs += _needs(28, {"early": (4, 3), "late": (3, 3), "night": (2, 2)}, unit=unit, group="rn")
        needs += _needs(28, {"early": (1, 1), "night": (1, 1)}, unit=unit, group="rn", skill="vent")
        needs += _needs(28, {"early": (2, 2), "late": (2, 1), "night": (1, 1)}, unit=unit, group="hca")
    rules = {
        "counts": [{"days": 7, "most": 5}], "contract": {"less_cost": 1, "more_cost": 2, "more_at_most": 12},
        "working_run": {"most": 6}, "resting_run": {"least": 2, "cost": 4}, "float_cost": 8,
        "nights": {"least": 2, "most": 4, "rest_hours": 46}, "weekends": {"whole_cost": 3, "off_in": 3, "cost": 15},
        "mix": [{"groups": ["rn"], "grade_from": 6, "at_least": 1, "cost": 40}],
        "fairness": [{"of": "nights", "cost": 3}, {"of": "weekends", "cost": 3}],
    }  # fmt: skip
    hours = {"early": ("07:00", 7.5), "late": ("13:30", 7.5), "night": ("20:45", 10.5)}
    return _ward("two_units", 28, hours, people, needs, rules, requests, worked, [])


WARDS: Final[Mapping[str, Callable[[], Data]]] = {
    "thirty": thirty, "twelves": twelves, "wishes": wishes, "two_units": two_units,
}  # fmt: skip


def _ward(
    name: str, days: int, shifts: Mapping[str, tuple[str, float]], people: list[Data], needs: list[Data], rules: Data,
    requests: list[Data], worked: list[Data], pairs: list[Data],
) -> Data:  # fmt: skip
    units = sorted({str(need["unit"]) for need in needs})
    roster = {"people": people, "needs": needs, "requests": requests, "worked": worked, "pairs": pairs}
    return {
        "schema": 1, "id": name, "horizon": {"start": day(0), "days": days, "timezone": "Europe/London"},
        "shifts": {shift: {"start": start, "hours": hours} for shift, (start, hours) in shifts.items()},
        "units": {unit: {"beds": 20} for unit in units},
        "roster": {**roster, "rules": {"rest": {"hours": 11}, **rules}},
    }  # fmt: skip


def _needs(days: int, wanted: Mapping[str, tuple[int, int]], unit: str = "a", **more: str) -> list[Data]:
    """People wanted on each shift of weekdays and of weekends, a hundred points for each missing."""
    return [
        {"day": day(at), "shift": shift, "people": count, "cost": 100, "unit": unit, **{"group": "rn", **more}}
        for at in range(days)
        for shift, (week, weekend) in wanted.items()
        if (count := weekend if (FIRST + timedelta(at)).weekday() >= 5 else week)
    ]


def _leave(draw: random.Random, days: int, chance: float) -> str:
    if draw.random() >= chance:
        return ""
    first = draw.randrange(days - 7)
    return f"{day(first)}..{day(first + draw.choice([2, 4, 6]))}"


def _wishes(draw: random.Random, person: str, number: int, days: int, shifts: tuple[str, ...]) -> Iterator[Data]:
    """Days off and shifts asked for, or asked not to be given."""
    for _ in range(number):
        wish = {"person": person, "day": day(draw.randrange(days)), "weight": draw.choice([1, 3, 5])}
        work, shift = draw.random() < 0.3, draw.choice([None, *shifts])
        yield wish | {"shift": shift, "work": work and shift is not None}


def _worked(draw: random.Random, person: str, shifts: tuple[str, ...]) -> Iterator[Data]:
    """Up to four days of one shift before the roster, or none."""
    last = draw.choice([*shifts, None])
    for back in range(1, draw.randrange(1, 5)):
        if last is not None:
            yield {"person": person, "day": day(-back), "shift": last}


def _extra(name: str, contract: str, cost: float) -> Data:
    return {"id": name, "group": "rn", "contract": contract, "cost_per_shift": cost}
