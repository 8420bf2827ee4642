"""What holds of the check whatever the plan: no single figure can be moved, and right plans pass."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import optimizer.check
from optimizer.check.findings import MOST_NAMED
from optimizer.check.reading import KEYS
from optimizer.tables import SHAPES, Cell, Table
from tests.test_check_cases import plan_of, planned

ALLOWED = ("optimizer.check", "optimizer.expansion", "optimizer.scenario", "optimizer.tables")
Place = tuple[str, int, str]
TIGHT = planned("two-wards")
FIGURES: list[Place] = [
    (name, row, column)
    for name, table in TIGHT.tables.items()
    for row in range(len(table.rows))
    for column in SHAPES[name]
    if column not in dict(KEYS[name])
]
ROWS = [(name, row) for name, table in TIGHT.tables.items() for row in range(len(table.rows))]


def with_rows(table: Table, rows: list[tuple[Cell, ...]]) -> Table:
    """The table with other rows."""
    return Table(table.name, table.columns, tuple(rows))


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(FIGURES), by=st.sampled_from([-3, -1, -0.5, -0.01, 0.01, 0.5, 1, 3]))
def test_no_figure_of_a_tight_plan_can_be_moved(place: Place, by: float) -> None:
    """In a plan where everything counts, any one figure more or less is noticed."""
    name, row, column = place
    rows = list(TIGHT.tables[name].rows)
    cells = list(rows[row])
    at = SHAPES[name].index(column)
    cells[at] = float(cells[at]) + by
    rows[row] = tuple(cells)
    assert not TIGHT.checked({**TIGHT.tables, name: with_rows(TIGHT.tables[name], rows)}).ok


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(ROWS))
def test_no_row_of_a_tight_plan_can_be_left_out(place: tuple[str, int]) -> None:
    """In a plan where everything counts, any one row left out is noticed."""
    name, row = place
    rows = list(TIGHT.tables[name].rows)
    del rows[row]
    assert not TIGHT.checked({**TIGHT.tables, name: with_rows(TIGHT.tables[name], rows)}).ok


@settings(max_examples=20, deadline=None)
@given(amount=st.floats(0.1, 1e6), sign=st.sampled_from([-1, 1]), at=st.integers(0, len(TIGHT.cost) - 1))
def test_no_item_of_the_cost_can_be_moved(amount: float, sign: int, at: int) -> None:
    """Money moved from or to an item is noticed, though the objective is moved along."""
    item = sorted(TIGHT.cost)[at]
    cost = {**TIGHT.cost, item: TIGHT.cost[item] + sign * amount}
    found = optimizer.check.check(TIGHT.case, TIGHT.tables, objective=sum(cost.values()), cost=cost)
    places = {each.where for each in found.violations if each.rule == optimizer.check.COST_RULE}
    assert item in places


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    arrivals=st.lists(st.integers(0, 6), min_size=8, max_size=8),
    beds=st.integers(4, 12),
    stay=st.floats(1.5, 5.0),
    periods=st.sampled_from([1, 2]),
    people=st.integers(4, 12),
    smallest=st.integers(0, 2),
    whole=st.booleans(),
)
def test_right_plans_of_any_ward_are_accepted(
    arrivals: list[int], beds: int, stay: float, periods: int, people: int, smallest: int, whole: bool
) -> None:
    """Whatever ward is planned for, the plan that the program finds best breaks no rule."""
    bay = {"bays": [2], "cost_per_bed_day": 90, "least_stay": "2d"}
    cover = {"unit": ["A", "B"], "staff": "rn", "patients_per_person": {"D": 4, "N": 6}, "smallest_team": smallest}
    ward = {
        "schema": 1, "id": "any", "whole": whole,
        "horizon": {"start": "2024-01-04", "days": 4, "beyond_days": 1, "periods_per_day": periods},
        "shifts": {"D": {"start": "07:00", "hours": 12.5}, "N": {"start": "19:00", "hours": 12.5}},
        "units": {
            "A": {"beds": beds, "cares_for": ["med"], "escalation": bay},
            "B": {"beds": 2, "cares_for": ["old"]},
        },
        "patients": {
            "med": {
                "demand": {"arrivals": arrivals[: 4 * periods]}, "length_of_stay": {"mean_days": stay},
                "boarding_cost_per_day": 900, "outlies_in": ["B"], "outlier_cost_per_day": 30,
                "hour_profile": [0.9] * 12 + [1.05] * 12,
            },
            "old": {"demand": {"arrivals": 0.4}, "length_of_stay": {"mean_days": 4}, "boarding_cost_per_day": 900},
        },
        "transfers": {"within_site_cost": 20},
        "staff": {
            "rn": {
                "pay_per_hour": 20, "premium": {"night": 0.3}, "own": {"A": people, "B": 4}, "headroom": 0.1,
                "bank": {"multiplier": 1.2, "shifts_per_week": 6}, "float": {"routes": {"B": ["A"]}},
                "short_cost_per_hour": 80,
            }
        },
        "cover": [cover],
        "today": {"census": {"med": {"A": 3}}},
    }  # fmt: skip
    plan = plan_of(ward)
    assert [str(each) for each in plan.checked().violations] == []


def test_tables_read_from_files_are_judged_alike() -> None:
    """Cells as text, as a CSV file gives them, make the same plan."""
    as_text = {
        name: with_rows(table, [tuple(str(cell) for cell in row) for row in table.rows])
        for name, table in TIGHT.tables.items()
    }
    assert TIGHT.checked(as_text) == TIGHT.checked()


def test_a_violation_reads_as_a_sentence() -> None:
    """Where, when, how many are there and should be: MED's 27 patients need 7 nurses by day (27 / 4 = 6.75)."""
    table = TIGHT.tables["staff"]
    rows = [row for row in table.rows if row[2:5] != ("MED", "D", "2024-01-01")]
    found = TIGHT.checked({**TIGHT.tables, "staff": with_rows(table, rows)}).violations
    here = next(each for each in found if each.rule == "cover is met")
    assert str(here) == "cover is met: MED nurse 2024-01-01 07:00-19:00: 0 on duty + 0 short < 7 needed"
    assert here.amount == pytest.approx(7)


def test_a_plan_that_is_wrong_everywhere_names_a_few_places() -> None:
    """Of every rule the first twenty places are named, then how many more there are."""
    plan = planned("network")
    empty = with_rows(plan.tables["staff"], [])
    found = [each for each in plan.checked({**plan.tables, "staff": empty}).violations if each.rule == "cover is met"]
    assert len(found) == MOST_NAMED + 1
    assert found[-1].message.startswith("and at ")


def test_what_the_plan_claims_beside_the_items_there_are_is_noticed() -> None:
    """An item of the cost that no plan has is no item."""
    cost = {**TIGHT.cost, "staff.cakes": 0.0}
    found = optimizer.check.check(TIGHT.case, TIGHT.tables, objective=TIGHT.objective, cost=cost)
    assert [str(each) for each in found.violations] == ["cost adds up: staff.cakes: no item of the cost is called so"]


def test_an_objective_that_is_no_number_is_noticed() -> None:
    """Not a number is not the cost."""
    found = optimizer.check.check(TIGHT.case, TIGHT.tables, objective=float("nan"), cost=TIGHT.cost)
    assert not found.ok


def test_the_check_stands_on_its_own() -> None:
    """The check shares with the program only the scenario, its expansion and the shape of tables."""
    folder = Path(optimizer.check.__file__).parent
    named = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                named.add(node.module)
            elif isinstance(node, ast.Import):
                named.update(alias.name for alias in node.names)
    ours = {name for name in named if name.split(".")[0] in ("optimizer", "api", "forecasting")}
    assert [name for name in sorted(ours) if not name.startswith(ALLOWED)] == []


def test_every_table_is_read() -> None:
    """A table that plans may hold, but the check does not read, could say anything."""
    assert set(KEYS) == set(SHAPES)
    assert all({column for column, _ in keys} <= set(SHAPES[name]) for name, keys in KEYS.items())
