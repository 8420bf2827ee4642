"""Locked cells: what a scenario may say of them, and that they are refused where the plan has no such cell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from optimizer.expansion.locked import locks
from optimizer.making import make_plan
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_scenario
from optimizer.scenario.load import parse
from optimizer.scenario.model import Scenario
from tests.oracles import make_case
from tests.test_check_cases import CYCLE, PATTERNS, TWO_WARDS, plan_of

QUICKSTART: Final = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
NIGHT: Final[Mapping[str, object]] = {"unit": "MED", "staff": "nurse", "shift": "N", "day": "2024-01-02"}


def _faults(*cells: object, base: Mapping[str, object] = TWO_WARDS) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse({**base, "locked": list(cells)}, Scenario)
    return str(caught.value)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ({**NIGHT}, "/locked/0: must say people, or instead least, most or both"),
        ({**NIGHT, "people": 1, "most": 2}, "/locked/0: must say people, or instead least, most or both"),
        ({**NIGHT, "least": 3, "most": 2}, "/locked/0: asks for at least 3 and at most 2"),
        ({**NIGHT, "people": 1, "unit": "MEDD"}, "/locked/0/unit: no unit is called MEDD; did you mean MED?"),
        ({**NIGHT, "people": 1, "shift": "night"}, "/locked/0/shift: no shift is called night"),
        ({**NIGHT, "people": 1, "day": "2024-01-04"}, "/locked/0/day: 2024-01-04 is not a day of the horizon"),
        ({"unit": "MED", "bay": 2, "day": "2024-01-02", "open": True}, "/locked/0/bay: MED has 1 bay"),
        (
            {"group": "icu", "unit": "ICU", "day": "2024-01-02", "period": 1, "present": 2},
            "/locked/0/period: periods of a day are numbered from 0 to 0, got 1",
        ),
    ],
)
def test_a_cell_that_the_plan_does_not_have_is_refused(cell: Mapping[str, object], said: str) -> None:
    """The fault stands at the entry, with the nearest name where one is close."""
    assert said in _faults(cell)


def test_a_contract_that_the_group_does_not_have_is_refused() -> None:
    """Clerks have neither bank nor agency."""
    cell = {"unit": "all", "staff": "clerk", "shift": "day", "day": "friday", "contract": "bank", "people": 1}
    assert "clerk has no bank" in _faults(cell, base=PATTERNS)


def test_a_day_of_a_cycle_is_a_weekday() -> None:
    """With five on and two off, Friday's people are those who start from Monday to Friday: 30 locked are 30 engaged.

    Starting 10 on Monday, 5, 4, 7 and 4 on the days after: Monday 10 + 7 + 4 >= 17, Tuesday 19 >= 13, Wednesday
    19 >= 15, Thursday 26 >= 19, Saturday 20 >= 16, Sunday 15 >= 11.
    """
    cell = {"unit": "all", "staff": "clerk", "shift": "day", "day": "friday", "least": 30}
    assert plan_of({**PATTERNS, "locked": [cell]}).objective == pytest.approx(30)


def test_a_start_of_several_is_named_by_its_time() -> None:
    """Twelve start at 06:00, and the plan costs no less than the free one."""
    cell = {"unit": "all", "staff": "nurse", "shift": "eight_hours@06:00", "day": "day", "people": 12}
    free, locked = plan_of(CYCLE), plan_of({**CYCLE, "locked": [cell]})
    people = {row["line"]: row["people"] for row in locked.tables["staff"].records()}
    assert people["eight_hours@06:00"] == 12
    assert locked.objective >= free.objective


def test_a_cell_without_its_period_stands_for_the_whole_day() -> None:
    """Two periods a day make two locks, numbered 2 and 3 on the second day."""
    cell = {"group": "icu", "unit": "ICU", "day": "2024-01-02", "most": 3}
    horizon = {"start": "2024-01-01", "days": 3, "periods_per_day": 2}
    patients: dict[str, Any] = {
        name: {**group, "demand": {"census": 4}}
        for name, group in TWO_WARDS["patients"].items()  # type: ignore[attr-defined]
    }
    case = make_case({**TWO_WARDS, "horizon": horizon, "patients": patients, "locked": [cell]})
    assert [lock.at for lock in locks(case)] == [(1, 1, 2), (1, 1, 3)]


def test_a_cell_may_be_locked_from_the_command_line() -> None:
    """`--set locked=[...]` takes the list as YAML writes it, and the plan keeps to it."""
    cell = "{unit: med-a, staff: hca, contract: bank, shift: night, day: 2023-03-18, people: 3}"
    plan = make_plan(open_scenario(QUICKSTART, sets=(f"locked=[{cell}]",)))
    found = [row for row in plan.tables["staff"].records() if (row["staff"], row["contract"]) == ("hca", "bank")]
    assert [row["people"] for row in found if (row["line"], row["day"]) == ("night", "2023-03-18")] == [3]
