"""What holds of every changed plan, on random small wards: no need no change, locks, prices that tell, no loss."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from optimizer.replanning.answer import Replanned, replan
from optimizer.replanning.differences import count
from optimizer.replanning.errors import EventError
from optimizer.replanning.frontier import frontier
from optimizer.replanning.replan import Request, prepare
from optimizer.saved import SavedPlan
from optimizer.solution import Limits
from optimizer.tables import Table
from tests.small_ward import saved_plan

EXACT = Limits(20.0, 0.0, threads=1)
FEW = settings(max_examples=12, deadline=None, derandomize=True)
CLOSE = 1e-3


@st.composite
def wards(draw: st.DrawFn) -> SavedPlan:
    """The plan of two wards with one team each, floating between them, agency and bays to open, read back."""
    heads, temporary = st.integers(1, 4), st.sampled_from([1.5, 2.0, 3.0])
    data = {
        "schema": 1, "id": "wards", "horizon": {"start": "2024-01-01", "days": 3},
        "shifts": {"D": {"start": "07:00", "hours": 10}},
        "units": {
            "W": {"beds": 4, "cares_for": ["med"], "escalation": {"bays": [2], "cost_per_bed_day": 90}},
            "V": {"beds": 6, "cares_for": ["sur"]},
        },
        "patients": {
            "med": {"demand": {"census": draw(st.integers(2, 7))}, "boarding_cost_per_day": 400},
            "sur": {"demand": {"census": draw(st.integers(2, 6))}, "boarding_cost_per_day": 400},
        },
        "staff": {
            "rn": {
                "paid": "per_shift", "cost_per_shift": 100, "own": {"W": draw(heads), "V": draw(heads)},
                "hours_per_week": 70, "rest": {"shifts_in_7_days": 7},
                "agency": {"multiplier": draw(temporary), "shifts_per_week": 4},
                "float": {"routes": {"W": ["V"], "V": ["W"]}, "efficiency": 0.9, "cost_per_shift": 5},
                "short_cost_per_hour": draw(st.sampled_from([15, 50])),
            }
        },
        "cover": [
            {"unit": unit, "staff": "rn", "patients_per_person": each, "during": ["D"]}
            for unit, each in (("W", draw(st.sampled_from([2, 3]))), ("V", 2))
        ],
        "solve": {"gap": 0},
    }  # fmt: skip
    return saved_plan(Path(tempfile.mkdtemp()), data, limits=EXACT)


SICK = st.builds(lambda people, day, unit: f"{people} rn sick 2024-01-0{day} D at {unit}",
                 st.integers(1, 2), st.integers(1, 3), st.sampled_from("WV"))  # fmt: skip
FULLER = st.builds(lambda more, group, day: f"{group} up {more} % from 2024-01-0{day}",
                   st.sampled_from([20, 50]), st.sampled_from(["med", "sur"]), st.integers(1, 3))  # fmt: skip
CLOSED = st.builds(lambda beds, day: f"{beds} beds closed at W 2024-01-0{day}", st.integers(1, 3), st.integers(1, 3))
EVENTS = st.lists(SICK | FULLER | CLOSED, min_size=1, max_size=2, unique=True).map(tuple)


def changed(saved: SavedPlan, events: tuple[str, ...], price: float = 20.0, until: date | None = None) -> Replanned:
    """The plan after some events; an event that can't be (nobody to fall sick there) is no example."""
    try:
        return replan(saved, Request(events, lock_until=until, change_price=price), limits=EXACT)
    except EventError:
        assume(False)
        raise


@FEW
@given(wards(), st.sampled_from([0.5, 20.0, 300.0]))
def test_no_event_no_change(saved: SavedPlan, price: float) -> None:
    """Whatever a change costs, without events every table is the published one's."""
    found = changed(saved, (), price)
    assert found.changes == ()
    assert found.plan.tables == dict(saved.tables)
    assert found.plan.objective == saved.facts.objective


@FEW
@given(wards(), EVENTS, st.integers(2, 4))
def test_locked_days_are_as_published(saved: SavedPlan, events: tuple[str, ...], day: int) -> None:
    """Before the day locked nothing differs but who is absent: the rows of both plans' tables say so themselves."""
    found = changed(saved, events, until=date(2024, 1, day))
    if not found.plan.exists:
        return
    absent = {(each.place, each.day) for each in found.changes if each.missing}
    for name, place in (("staff", "unit"), ("bays", "unit")):
        before, after = (
            _rows(plan, name, f"2024-01-0{day}", place, absent) for plan in (saved.tables, found.plan.tables)
        )
        assert before == after


def _rows(
    tables: Mapping[str, Table], name: str, until: str, place: str, absent: set[tuple[str, str]]
) -> set[tuple[str, ...]]:
    """Rows before a day, as text, save where somebody is absent."""
    rows = tables[name].records() if name in tables else ()
    kept = [row for row in rows if str(row["day"]) < until and (row[place], row["day"]) not in absent]
    return {tuple(str(row[column]) for column in ("unit", "day", *_TOLD[name])) for row in kept}


_TOLD = {"staff": ("staff", "contract", "line", "people"), "bays": ("bay", "open")}


@FEW
@given(wards(), EVENTS, st.sampled_from([1.0, 10.0]), st.sampled_from([60.0, 400.0]))
def test_a_dearer_change_is_not_made_more_often(
    saved: SavedPlan, events: tuple[str, ...], cheap: float, dear: float
) -> None:
    """With n and c the changes and cost at price p, and m and d those at q > p, all least: pn + c <= pm + d and

    qm + d <= qn + c; the sum says (q - p)(m - n) <= 0.
    """
    some, fewer = changed(saved, events, cheap), changed(saved, events, dear)
    assert count(fewer.changes) <= count(some.changes)


@FEW
@given(wards(), EVENTS)
def test_changing_never_costs_more_than_leaving_it(saved: SavedPlan, events: tuple[str, ...]) -> None:
    """The price of the changes counted; and no plan costs less than what is proven to be the least."""
    found = changed(saved, events)
    assert found.plan.objective is not None
    assert found.money is not None
    assert found.plan.bound is not None
    assert found.plan.bound <= found.plan.objective + CLOSE
    if found.kept is not None:
        assert found.plan.objective <= found.kept + CLOSE
        assert found.kept >= found.plan.bound - CLOSE


@FEW
@given(wards(), EVENTS)
def test_each_point_of_the_frontier_has_more_changes_and_costs_less(saved: SavedPlan, events: tuple[str, ...]) -> None:
    """It starts from the fewest changes there can be, and no point costs less than its own bound."""
    try:
        points = frontier(prepare(saved, Request(events, change_price=20.0)), limits=EXACT)
    except EventError:
        assume(False)
        raise
    assert points
    for one, other in pairwise(points):
        assert one.changes < other.changes
        assert one.cost > other.cost
    assert all(point.bound is not None and point.bound <= point.cost + CLOSE for point in points)
