"""Wards that close by choice and people engaged: in one future and in many, by hand."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from api.documents import plan_files
from api.summary import summary
from optimizer.check import check
from optimizer.expansion.case import Case
from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import foresee, plan_grid
from optimizer.saved import open_plan
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data
from optimizer.tables import Table

BUSY_START = [9.0, 9.0, 4.0, 4.0, 4.0, 4.0]


def two_wards(**more: Any) -> dict[str, Any]:
    """Two wards of 5 beds, 9 patients on two days and 4 on four. One patient without a bed costs 1,000 a day. Each ward
    has a nurse in charge, 100 a duty by day, as long as it is open."""
    return {
        "schema": 1,
        "id": "wards",
        "horizon": {"start": "2024-01-01", "days": 6},
        "shifts": {"D": {"start": "07:00", "hours": 10}},
        "units": {name: {"beds": 5, "cares_for": ["med"]} for name in ("A", "B")},
        "patients": {"med": {"demand": {"census": BUSY_START}, "boarding_cost_per_day": 1000}},
        "staff": {"rn": {"paid": "per_shift", "cost_per_shift": 100, "own": "unlimited", "short_cost_per_hour": 40}},
        "cover": [{"unit": ["A", "B"], "staff": "rn", "smallest_team": 1, "during": ["D"]}],
        "closing": {"roof": {"units": ["A", "B"], "days": 2, "wards": 1}},
        **more,
    }


def shut(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in plan.tables["closings"].records():
        found.setdefault(str(row["unit"]), []).append(str(row["day"])[-2:])
    return found


def test_a_ward_closes_when_it_is_quiet() -> None:
    """Shut on two quiet days nobody is boarded and two duties are saved: 2 x 6 - 2 = 10 of 100."""
    plan = make_plan(open_data(two_wards()))
    (days,) = shut(plan).values()
    assert len(days) == 2
    assert int(days[0]) >= 3
    assert plan.objective == pytest.approx(1000.0)
    assert plan.checked is not None
    assert plan.checked.ok


def test_both_close_one_after_the_other() -> None:
    """Four quiet days are just enough for two wards: 12 - 4 duties."""
    plan = make_plan(open_data(two_wards(closing={"roof": {"units": ["A", "B"], "days": 2}})))
    assert sorted(day for days in shut(plan).values() for day in days) == ["03", "04", "05", "06"]
    assert plan.objective == pytest.approx(800.0)


def test_both_must_close_where_it_hurts() -> None:
    """Both within the first four days: the first turn boards 4 patients on each of two days."""
    closing = {"roof": {"units": ["A", "B"], "days": 2, "to": "2024-01-04"}}
    plan = make_plan(open_data(two_wards(closing=closing)))
    assert plan.objective == pytest.approx(2 * 4 * 1000 + 800)


def test_a_bay_does_not_open_in_a_closed_ward() -> None:
    """B has a bay of 3 at 1 a bed-day: while A is shut on days 1 and 2 it takes 3 of 4 patients, B's own can't."""
    units = deepcopy(two_wards()["units"])
    units["B"]["escalation"] = {"bays": [3], "cost_per_bed_day": 1}
    closing = {"roof": {"units": ["A", "B"], "days": 2, "wards": 1, "to": "2024-01-02"}}
    plan = make_plan(open_data(two_wards(units=units, closing=closing)))
    assert shut(plan) == {"A": ["01", "02"]}
    assert plan.objective == pytest.approx(2 * 1000 + 2 * 3 + 1000)


def test_a_closed_ward_is_told_and_read_back(tmp_path: Path) -> None:
    """Its beds are none in the beds table; the folder is read with the ward shut."""
    loaded = open_data(two_wards())
    plan = make_plan(loaded)
    for name, text in plan_files(plan, loaded).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    saved = open_plan(tmp_path)
    ((unit, days),) = shut(plan).items()
    at = saved.case.units.index(unit)
    assert saved.case.base_beds[at].tolist() == [0.0 if f"{day + 1:02d}" in days else 5.0 for day in range(6)]
    again = check(saved.case, saved.tables, objective=saved.facts.objective, cost=saved.facts.cost)
    assert {each.rule for each in again.violations} <= {"wards close as chosen"}
    assert "Wards to close" in summary(plan)


def test_many_futures_choose_one_closing() -> None:
    """Which days are busy is not known: 9 patients either on days 1 and 2 or on days 3 and 4; 5 and 6 are quiet."""
    data = two_wards(uncertainty={"known_ahead": "1d"})
    data["patients"]["med"]["demand"] = {"census": [7, 7, 7, 7, 4, 4], "doubt": {"sd": 1, "days": "together"}}
    data["uncertainty"] |= {"samples": 8, "judge": {"batches": 0, "samples": 0}}
    plan = make_plan(open_data(data))
    ((_, days),) = shut(plan).items()
    assert days == ["05", "06"]
    assert plan.uncertainty is not None
    assert "wards to close" in {each.name for each in plan.uncertainty.levers if each.first}


def pool(**engage: Any) -> dict[str, Any]:
    """One ward that needs 4 nurses a day for 5 days of a week; each works 5 duties of 10 h in a week of 50 h."""
    nurse = {
        "pay_per_hour": 10,
        "own": {"W": {"people": 2, "engage": engage}},
        "hours_per_week": 50,
        "rest": {"hours": 11},
        "short_cost_per_hour": 40,
    }
    return {
        "schema": 1,
        "id": "pool",
        "horizon": {"start": "2024-01-01", "days": 7},
        "shifts": {
            "D": {"start": "07:00", "hours": 10, "days": ["monday", "tuesday", "wednesday", "thursday", "friday"]}
        },
        "units": {"W": {"beds": 9, "cares_for": ["med"]}},
        "patients": {"med": {"demand": {"census": 4}, "boarding_cost_per_day": 1000}},
        "staff": {"rn": nurse},
        "cover": [{"unit": "W", "staff": "rn", "smallest_team": 4, "during": ["D"]}],
    }


@pytest.mark.parametrize(("price", "people"), [(1900, 2), (2100, 0)])
def test_people_are_engaged_where_they_are_worth_it(price: int, people: int) -> None:
    """One more covers 5 duties of 10 h, 40 an hour: worth 2,000."""
    plan = make_plan(open_data(pool(at_most=3, cost_per_person=price)))
    engaged = plan.tables.get("engaged", Table("engaged", (), ())).rows
    assert [row[-1] for row in engaged] == ([people] if people else [])
    assert plan.objective == pytest.approx(people * price + (2 - people) * 2000)
    assert plan.checked is not None
    assert plan.checked.ok


def test_people_who_must_be_engaged_are() -> None:
    """At least one, however dear."""
    plan = make_plan(open_data(pool(at_least=1, at_most=3, cost_per_person=2100)))
    assert plan.objective == pytest.approx(2100 + 2000)


def test_a_pool_is_sized_for_many_futures() -> None:
    """2 or 4 nurses needed, alike in chance: the third and the fourth are worth 1,000 each on average."""
    for price, people in ((900, 2), (1100, 0)):
        data = pool(at_most=3, cost_per_person=price)
        data["patients"]["med"]["demand"] = {"census": 3, "doubt": {"times": [2 / 3, 4 / 3], "chances": [0.5, 0.5]}}
        data["cover"] = [{"unit": "W", "staff": "rn", "hours_per_patient_day": 24, "during": ["D"]}]
        data["uncertainty"] = {}
        plan = make_plan(open_data(data))
        assert plan.uncertainty is not None
        assert plan.uncertainty.expected == pytest.approx(people * price + (0 if people else 0.5 * 4000))


def test_half_a_ward_can_not_close() -> None:
    """A scenario in fractions that closes wards by choice is a fault, and the cure is named."""
    with pytest.raises(ScenarioError, match="half a ward can't close; drop whole: false, or give dated closures"):
        open_data(two_wards(whole=False))


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        ({"units": ["C"], "days": 1}, "no unit is called C"),
        ({"units": ["A", "B"], "days": 4}, "need 8 days, and there are 6"),
        ({"units": ["A"], "days": 1, "wards": 2}, "2 of 1 units can't close"),
    ],
)
def test_closings_that_cannot_be_are_told(closing: dict[str, Any], words: str) -> None:
    """Each with its cure."""
    with pytest.raises(ScenarioError, match=words):
        open_data(two_wards(closing={"roof": closing}))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((), "0 wards close, not 1"),
        ((("A", "2024-01-03", 1),), "1 days in 1 turns, not for 2 in a row"),
        ((("A", "2024-01-03", 1), ("A", "2024-01-05", 1)), "2 days in 2 turns"),
    ],
)
def test_a_plan_that_closes_otherwise_is_rejected(rows: tuple[tuple[str, str, int], ...], words: str) -> None:
    """The check knows the terms from the scenario alone."""
    loaded = open_data(two_wards())
    plan = make_plan(loaded)
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    tables = {**plan.tables, "closings": Table("closings", ("unit", "day", "closed"), rows)}
    found = check(case, tables, objective=plan.objective or 0.0, cost=plan.cost)
    assert any(words in each.message for each in found.violations if each.rule == "wards close as chosen")
