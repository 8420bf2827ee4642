"""Near-equal alternatives: hardly dearer, as different as can be, each a checked plan in a folder of its own."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.alternatives_command import share
from api.cli import main
from api.errors import Refused
from optimizer.goals.alternatives import Alternatives, alternatives
from optimizer.goals.prices import NotByPrices
from optimizer.replanning.replan import Request, prepare
from optimizer.saved import SavedPlan, open_plan
from optimizer.solution import Limits
from tests.small_ward import saved_plan, small_ward

EXACT = Limits(60.0, 0.0, threads=1)

WARD = {**small_ward(own=2, agency=1.25, short=50, boarding=5000, hard=True), "solve": {"gap": 0}}
"""2 nurses are needed on each of 3 days, and 2 own ones are free each day at 100 a shift: 600. Agency costs 125."""


def saved(folder: Path, data: Mapping[str, Any]) -> SavedPlan:
    """The plan of a scenario, written and read back."""
    return saved_plan(folder, data, limits=EXACT)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> SavedPlan:
    """The ward's plan: 6 own shifts."""
    return saved(tmp_path_factory.mktemp("ward"), WARD)


def looked_for(plan: SavedPlan, count: int, within: float) -> Alternatives:
    """Alternatives, proven."""
    return alternatives(plan, count=count, within=within, limits=EXACT)


def test_the_cost_allowed_bounds_how_far_a_plan_can_be(ward: SavedPlan) -> None:
    """5 % of 600 buys one change of an own shift for an agency one at 25 more: one fewer and one more are 2 apart."""
    found = looked_for(ward, 1, 0.05)
    assert [(each.apart, each.proven, each.plan.objective) for each in found.plans] == [((2.0,), True, 625.0)]
    assert sorted((each.contract, each.after - each.before) for each in found.plans[0].changes) == [
        ("agency", 1.0), ("own", -1.0),
    ]  # fmt: skip


def test_each_is_far_from_all_before_it(ward: SavedPlan) -> None:
    """Within 9 % (54) two shifts may be agency's: 4 apart. The next has two others: 4 from the plan, 8 from the first.

    Of three such pairs among 6 shifts on 3 days a third is left, or one that shares a day: the nearest is 4 away.
    """
    found = looked_for(ward, 2, 0.09)
    assert [min(each.apart) for each in found.plans] == [4.0, 4.0]
    assert all(each.proven for each in found.plans)
    assert [each.plan.objective for each in found.plans] == [650.0, 650.0]


def test_where_nothing_else_is_as_good_that_is_said(ward: SavedPlan) -> None:
    """At no more than 600 only own nurses will do, 2 a day: there is no other plan, and that is proven."""
    found = looked_for(ward, 2, 0.0)
    assert found.plans == ()
    assert found.none_left
    assert found.ended == "no other plan within 0 % differs in a whole decision"


def test_all_the_same_is_as_cheap_as_its_decisions_allow(ward: SavedPlan) -> None:
    """What is not counted as a decision is not left dear: every alternative passes the check and nothing is short."""
    for each in looked_for(ward, 2, 0.2).plans:
        assert each.plan.checked is not None
        assert each.plan.checked.ok
        assert set(each.plan.cost) == {"staff.own", "staff.agency"}


def test_goals_are_held_too(tmp_path: Path) -> None:
    """A plan for a budget of 450 is 20 h short at 400; its alternatives may be no worse in either goal by 20 %.

    So they are 20 h short for at most 450, which the budget allows. Of 4 own shifts 2 may become agency's (2 x 25), and
    where the 2 empty places lie is free: 2 shifts move into them, 2 are agency's instead, each one fewer and one more.
    """
    data = deepcopy(dict(WARD))
    data["cover"] = [{**WARD["cover"][0], "hard": False}]
    data["solve"] = {"budget": 450, "gap": 0}
    plan = saved(tmp_path, data)
    found = looked_for(plan, 1, 0.2)
    alternative = found.plans[0].plan
    reached = {each.goal: each.value for each in alternative.goals}
    assert reached["harm"] == pytest.approx(1000.0)
    assert reached["cost"] <= 450.0 + 1e-6
    assert found.plans[0].apart == (8.0,)


def furthest_by_trying(own: int, needs: list[int], dear: float, most: float) -> int:
    """The largest distance from all-own cover of any (own, agency) numbers a day within a cost, by trying them all.

    An own shift costs 100, an agency one `dear`; at least `needs` people must come, at most 2 of agency a shift.
    """
    choices = list(itertools.product(range(own + 1), range(3)))
    best = 0
    for plan in itertools.product(choices, repeat=len(needs)):
        enough = all(one + two >= need for need, (one, two) in zip(needs, plan, strict=True))
        if enough and sum(100 * one + dear * two for one, two in plan) <= most + 1e-6:
            off = sum(abs(one - need) + two for need, (one, two) in zip(needs, plan, strict=True))
            best = max(best, off)
    return best


@settings(max_examples=8, deadline=None)
@given(
    needs=st.lists(st.integers(0, 2), min_size=2, max_size=2),
    own=st.integers(2, 3),
    multiplier=st.sampled_from([1.1, 1.5]),
    within=st.sampled_from([0.0, 0.2, 0.5, 0.8]),
)
def test_the_first_alternative_is_the_furthest_there_is(
    tmp_path_factory: pytest.TempPathFactory, needs: list[int], own: int, multiplier: float, within: float
) -> None:
    """Tiny wards of two days: the distance is the largest that trying every plan finds, the cost within the share."""
    data = deepcopy(dict(WARD))
    data["horizon"] = {"start": "2024-01-01", "days": 2}
    data["patients"] = {"med": {**WARD["patients"]["med"], "demand": {"census": [3 * need for need in needs]}}}
    rn = {**WARD["staff"]["rn"], "own": {"W": own}, "agency": {"multiplier": multiplier, "people_per_shift": 2}}
    data["staff"] = {"rn": rn}
    plan = saved(tmp_path_factory.mktemp("tiny"), data)
    cost = 100.0 * sum(needs)
    assert plan.facts.objective == pytest.approx(cost)
    expected = furthest_by_trying(own, needs, 100 * multiplier, (1 + within) * cost)
    found = looked_for(plan, 1, within)
    assert [each.apart for each in found.plans] == ([(float(expected),)] if expected else [])
    assert all((each.plan.objective or 0.0) <= (1 + within) * cost + 0.01 for each in found.plans)


def test_alternatives_are_written_as_folders_beside_the_plan(tmp_path: Path) -> None:
    """Each is a plan folder to be opened like any other, with what differs and the table of them all."""
    (tmp_path / "plan").mkdir()
    saved(tmp_path / "plan", WARD)
    done = CliRunner().invoke(main, ["alternatives", str(tmp_path / "plan"), "--count", "2", "--within", "9 %"])
    assert done.exit_code == 0, done.output
    assert "2 alternatives, at most 9 % dearer; checked: every rule holds" in done.output
    assert "agency rn shifts: 2 more" in done.output
    assert all(len(line) <= 100 for line in done.output.splitlines() if not line.startswith("Written"))
    for number in (1, 2):
        folder = tmp_path / f"plan-alternative-{number}"
        assert open_plan(folder).facts.objective == 650.0
        with (folder / "alternatives.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert [(row["plan"], row["cost"], row["differs_from_plan"]) for row in rows] == [
            ("as planned", "600.0", ""), ("alternative 1", "650.0", "4.0"), ("alternative 2", "650.0", "4.0"),
        ]  # fmt: skip
        with (folder / "changes.csv").open(encoding="utf-8") as file:
            assert sum(float(row["changes"]) for row in csv.DictReader(file)) == 4.0


def test_alternatives_as_json_write_nothing(tmp_path: Path) -> None:
    """The table and every plan.json on standard output."""
    (tmp_path / "plan").mkdir()
    saved(tmp_path / "plan", WARD)
    done = CliRunner().invoke(
        main, ["alternatives", str(tmp_path / "plan"), "--count", "1", "--within", "0.05", "--json"]
    )
    told = json.loads(done.stdout)
    assert [row["cost"] for row in told["alternatives"]] == [600.0, 625.0]
    assert told["plans"][0]["checked"]["ok"]
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_share_is_said_in_per_cent_or_as_a_part() -> None:
    """1%, 1 % and .01 are the same; a bare 1 could mean either."""
    assert [share(text) for text in ("1%", "1 %", "0.01", ".01", "0")] == [0.01, 0.01, 0.01, 0.01, 0.0]
    for text in ("1", "101%", "-1%", "a lot", ""):
        with pytest.raises(Refused, match="a share reads like"):
            share(text)


def test_what_is_asked_at_prices_is_refused_of_a_plan_by_goals(tmp_path: Path) -> None:
    """Neither worth nor replanning at prices makes sense where goals came in turn; the message says what to do."""
    data = {**deepcopy(dict(WARD)), "solve": {"goals": ["harm", "cost"]}}
    plan = saved(tmp_path, data)
    with pytest.raises(NotByPrices, match=r"made by goals in turn \(solve.goals\), not by prices: give it as today"):
        prepare(plan, Request())
    done = CliRunner().invoke(main, ["explain", str(tmp_path)])
    assert done.exit_code == 2
    assert "plan it without them to see its prices" in done.output
