"""A published plan changed by what happened: nothing without need, little at a price, nothing where it is locked."""

from __future__ import annotations

from datetime import date

import pytest

from optimizer.replanning.answer import Replanned, replan
from optimizer.replanning.differences import count
from optimizer.replanning.errors import EventError
from optimizer.replanning.frontier import Point, frontier, undominated
from optimizer.replanning.replan import Request, prepare
from optimizer.saved import SavedPlan
from optimizer.solution import Limits, Status
from tests.small_ward import saved_plan, small_ward

WARD = {**small_ward(own=3, agency=2, short=50, boarding=5000), "solve": {"gap": 0}}
"""6 patients need 6 / 3 = 2 nurses on each of 3 days: 6 own shifts at 100. Of 3 people each works 70 x 3 / 7 = 30 h,

three shifts of 10 h, so one is free each day. A nurse missing for a shift costs 10 h x 50 = 500.
"""


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> SavedPlan:
    """The plan of the ward, written and read back."""
    return saved_plan(tmp_path_factory.mktemp("ward"), WARD)


def changed(saved: SavedPlan, *events: str, price: float = 20.0, **more: object) -> Replanned:
    """The plan after some events, at 20 a change."""
    return replan(saved, Request(events, change_price=price, **more), limits=Limits(20.0, 0.0, threads=1))  # type: ignore[arg-type]


def test_without_events_nothing_changes(ward: SavedPlan) -> None:
    """The same tables, byte for byte, and the same cost: 6 x 100."""
    found = changed(ward)
    assert found.changes == ()
    assert found.plan.objective == pytest.approx(600.0, abs=1e-6)
    assert {name: table.to_csv() for name, table in found.plan.tables.items()} == {
        name: table.to_csv() for name, table in ward.tables.items()
    }


def test_an_event_that_does_no_harm_changes_nothing(ward: SavedPlan) -> None:
    """Nobody more to care for: a demand up by nothing leaves every decision as it is."""
    found = changed(ward, "med up 0 % from 2024-01-02")
    assert count(found.changes) == 0
    assert found.money == pytest.approx(600.0)


def test_one_sick_is_replaced_at_a_price(ward: SavedPlan) -> None:
    """One of 2 nurses sick, the third comes in for her: one change.

    Unchanged: 5 shifts at 100 + 10 h x 50 short = 1,000. With the third nurse 600, and 20 for the change.
    """
    found = changed(ward, "1 rn sick 2024-01-02 D at W")
    assert found.kept == pytest.approx(1000.0)
    assert found.money == pytest.approx(600.0)
    assert found.plan.objective == pytest.approx(620.0)
    assert count(found.changes) == 1
    assert [(each.day, each.before, each.missing, each.after) for each in found.changes] == [("2024-01-02", 2, 1, 2)]


def test_a_change_that_saves_less_than_its_price_is_not_made(ward: SavedPlan) -> None:
    """Replacing her saves 1,000 - 600 = 400: at 450 a change nobody is called in."""
    found = changed(ward, "1 rn sick 2024-01-02 D at W", price=450.0)
    assert count(found.changes) == 0
    assert found.money == pytest.approx(1000.0)


def test_who_is_sick_is_not_there_to_be_called_in(ward: SavedPlan) -> None:
    """Both nurses sick: the third comes, the other place is agency's at 200: 4 x 100 + 100 + 200, two changes."""
    found = changed(ward, "2 rn sick 2024-01-02 D at W")
    assert found.money == pytest.approx(700.0)
    assert count(found.changes) == 2
    assert {(each.contract, each.after) for each in found.changes} == {("own", 1), ("agency", 1)}


def test_locked_cells_are_as_published(ward: SavedPlan) -> None:
    """Where the day is locked the sick nurse is missed: 5 x 100 + 500."""
    for more in ({"lock_until": date(2024, 1, 3)}, {"locks": ("w 2024-01-02",)}):
        found = changed(ward, "1 rn sick 2024-01-02 D at W", **more)
        assert count(found.changes) == 0
        assert found.money == pytest.approx(1000.0)


def test_the_changed_plan_says_everything_in_its_scenario(ward: SavedPlan) -> None:
    """The event is a `--set` of the scenario, beside what is published and from when it may change."""
    task = prepare(ward, Request(("1 rn sick 2024-01-02 D at W",)))
    assert task.sets == (
        'staff.rn.absences=[{"unit": "W", "shift": "D", "date": "2024-01-02", "people": 1, "why": "sick"}]',
    )
    published = task.loaded.value.today.published
    assert published is not None
    assert published.locked_before == date(2024, 1, 2)
    assert sum(shift.people for shift in published.shifts) == 6


def test_the_frontier_is_of_cost_against_changes(ward: SavedPlan) -> None:
    """Both nurses sick: nobody called in costs 4 x 100 + 1,000; one (own) 1,000; a second (agency) 700."""
    task = prepare(ward, Request(("2 rn sick 2024-01-02 D at W",), change_price=20.0))
    points = frontier(task, limits=Limits(30.0, threads=1))
    assert [(point.changes, round(point.cost)) for point in points] == [(0, 1400), (1, 1000), (2, 700)]
    assert all(point.gap is not None and point.gap < 1e-3 for point in points)


def test_a_dominated_point_is_left_out() -> None:
    """More changes for no less money are no choice."""
    points = [Point(2, 50.0, None), Point(0, 90.0, None), Point(3, 50.0, None), Point(1, 95.0, None)]
    assert [point.changes for point in undominated(points)] == [0, 2]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("1 rn sick 2024-01-09 D at W", "2024-01-09 lies outside the plan, which runs from 2024-01-01 to 2024-01-03"),
        ("1 rm sick 2024-01-02 D at W", "rm is not understood; did you mean rn"),
        ("rn sick 2024-01-02 at W", "does not say which shift"),
        ("1 rn sick D at W", "on which day"),
        ("the roof fell in", "nothing in it says what happened"),
        ("1 agency rn sick 2024-01-02 D at W", "nobody of agency rn is on D of 2024-01-02 at W"),
        ("11 beds closed at W 2024-01-02", "W has 9 beds"),
        ("med list cancelled 2024-01-02", "med has no elective list"),
    ],
)
def test_what_is_not_understood_is_named(ward: SavedPlan, event: str, words: str) -> None:
    """The message names the part, with what comes near it."""
    with pytest.raises(EventError, match=words):
        prepare(ward, Request((event,)))


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ("4 beds closed at w 2 Jan to 3 Jan", "units.W.closures"),
        ("2 beds opened at W 2024-01-02", "units.W.extra_beds"),
        ("3 fewer med from 2024-01-02", "patients.med.demand.surges"),
        ("med up 10% 2024-01-02..2024-01-03", "patients.med.demand.surges"),
    ],
)
def test_each_event_is_a_change_of_the_scenario(ward: SavedPlan, event: str, path: str) -> None:
    """Beds and patients change where the scenario speaks of them."""
    assert [text.partition("=")[0] for text in prepare(ward, Request((event,))).sets] == [path]


def test_what_could_be_saved_without_need_is_not_a_reason_to_change(ward: SavedPlan) -> None:
    """Three patients fewer need one nurse fewer, but the published plan still serves, at no more cost: it stays."""
    found = changed(ward, "med down 50 % 2024-01-03")
    assert found.money == pytest.approx(600.0)
    assert count(found.changes) == 0
    # One nurse stood down saves 100 and costs the 20 of a change: nobody may call 600 the least.
    assert found.plan.bound == pytest.approx(520.0)
    assert found.plan.status is Status.TIME_LIMIT


def test_patients_and_what_they_need_follow_where_nothing_changes(ward: SavedPlan) -> None:
    """9 patients for 6 need 3 nurses a day, 2 are published: unchanged one is short each day from the second on.

    6 shifts at 100 + 2 days x 10 h x 50 = 1,600; the third nurse called in on both days instead costs 800 and 2 x 20.
    """
    found = changed(ward, "med up 50 % from 2024-01-02")
    assert found.kept == pytest.approx(1600.0)
    assert found.money == pytest.approx(800.0)
    assert found.plan.objective == pytest.approx(840.0)
