"""Goals in place of prices: sought in turn, each held while the next is improved, and the least harm for a budget."""

from __future__ import annotations

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

from api.cli import main
from api.summary import summary
from optimizer.check import check
from optimizer.expansion.case import Case
from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import foresee, plan_grid
from optimizer.saved import open_plan
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data
from optimizer.scenario.warnings import warnings_of
from optimizer.solution import Limits, Status
from tests.service_front import front
from tests.small_ward import small_ward

EXACT = Limits(30.0, 0.0, threads=1)

WARD = small_ward(own=3, agency=2)
"""6 patients need 6 / 3 = 2 nurses on each of 3 days, 10 hours each: 60 hours, which own nurses give at 100 a shift.

No shortfall has a price.
"""

PRICED = small_ward(own=3, agency=2, short=5, boarding=5000)
"""An hour short costs 5, so that 50 is less than the shift that would end it: by prices nobody works."""


def planned(data: Mapping[str, Any], **solve: object) -> Plan:
    """The plan, proven to the last penny unless the scenario says otherwise."""
    return make_plan(open_data({**deepcopy(dict(data)), "solve": solve}), limits=EXACT)


def reached(plan: Plan) -> list[tuple[str, float]]:
    """Each goal with what the plan comes to in it."""
    return [(each.goal, round(each.value, 4)) for each in plan.goals]


def test_shortfalls_come_before_cost_whatever_their_price() -> None:
    """By prices nobody works: 60 h x 5 = 300. With shortfalls first none is left, at 6 x 100."""
    assert planned(PRICED).cost == {"staff.short": 300.0}
    plan = planned(PRICED, goals=["shortfalls", "cost"])
    assert reached(plan) == [("shortfalls", 0.0), ("cost", 600.0)]
    assert plan.status is Status.OPTIMAL


def test_cost_first_leaves_everybody_short() -> None:
    """Nobody works at no cost: then 60 hours are short, and nothing better is possible."""
    plan = planned(WARD, goals=["cost", "shortfalls"])
    assert reached(plan) == [("cost", 0.0), ("shortfalls", 60.0)]
    assert all(each.status is Status.OPTIMAL for each in plan.goals)


def test_goals_need_no_prices() -> None:
    """Without a price shortfalls are counted in hours; without goals the same scenario is refused."""
    plan = planned(WARD, goals=["shortfalls", "cost"])
    assert [each.measure for each in plan.goals] == ["hours", "currency"]
    assert plan.cost == {"staff.own": 600.0}
    with pytest.raises(ScenarioError, match="needs boarding_cost_per_day"):
        open_data(dict(WARD))


def test_a_budget_buys_the_least_harm() -> None:
    """450 buys 4 of 6 shifts: 2 x 10 hours are short, and only 400 are spent."""
    plan = planned(WARD, budget=450)
    assert reached(plan) == [("shortfalls", 20.0), ("disruption", 0.0), ("cost", 400.0)]
    assert plan.spent is not None
    assert (plan.spent.budget, plan.spent.money) == (450.0, 400.0)


def test_prices_weigh_one_harm_against_another() -> None:
    """Two of 6 shifts are not to be had for 450; at 5 an hour that is 100 of harm."""
    assert reached(planned(PRICED, budget=450)) == [("harm", 100.0), ("cost", 400.0)]


def test_a_budget_that_suffices_is_not_spent_to_the_end() -> None:
    """No harm for 600 of 10,000."""
    assert reached(planned(PRICED, budget=10_000)) == [("harm", 0.0), ("cost", 600.0)]


def test_a_budget_that_rules_ask_more_than_is_infeasible() -> None:
    """Hard cover needs 600, and raising the budget cures it: the cure names the key that the scenario has."""
    data = deepcopy(dict(WARD))
    data["cover"] = [{**WARD["cover"][0], "hard": True}]
    plan = planned(data, budget=450)
    assert plan.status is Status.INFEASIBLE
    assert plan.infeasible is not None
    assert plan.infeasible.cure is not None
    assert plan.infeasible.cure.sets == ("solve.budget=600",)


PUBLISHED = {
    "shifts": [{"unit": "W", "staff": "rn", "shift": "D", "date": "2024-01-01", "people": 3}],
    "contracts": ["own", "agency"],
}


def test_changes_come_last_and_count_one_each() -> None:
    """Three are told to come on the first day, two are needed: cost before changes sends one home, and nobody else.

    The two other days need two each, who were not told: 1 + 2 + 2 = 5 changes.
    """
    plan = planned({**WARD, "today": {"published": PUBLISHED}}, goals=["shortfalls", "cost", "changes"])
    assert reached(plan) == [("shortfalls", 0.0), ("cost", 600.0), ("changes", 5.0)]


def test_changes_before_cost_keep_what_was_told() -> None:
    """Whoever was told comes: 3 + 2 + 2 shifts at 100, and 4 changes where shortfalls come first."""
    plan = planned({**WARD, "today": {"published": PUBLISHED}}, goals=["shortfalls", "changes", "cost"])
    assert reached(plan) == [("shortfalls", 0.0), ("changes", 4.0), ("cost", 700.0)]


def test_what_no_goal_names_counts_as_cost() -> None:
    """Outliers at 7 a day are cost where disruption is no goal of its own: 3 days x 6 patients x 7 + 600."""
    data = deepcopy(dict(WARD))
    data["units"] = {"W": {"beds": 9}, "X": {"beds": 1, "cares_for": ["med"]}}
    data["patients"] = {"med": {"demand": {"census": 6}, "outlies_in": ["W"], "outlier_cost_per_day": 7}}
    data["cover"] = [{**WARD["cover"][0], "patients_per_person": 3}]
    plan = planned(data, goals=["shortfalls", "cost"])
    # one patient lies in X, where nobody is asked for: 5 outliers at W need 2 nurses still
    assert reached(plan) == [("shortfalls", 0.0), ("cost", 600.0 + 3 * 5 * 7)]
    apart = planned(data, goals=["shortfalls", "disruption", "cost"])
    assert reached(apart) == [("shortfalls", 0.0), ("disruption", 105.0), ("cost", 600.0)]


def test_outliers_are_no_money() -> None:
    """A budget of 600 is kept beside 105 that is the price of outliers, which nobody pays out."""
    data = deepcopy(dict(WARD))
    data["units"] = {"W": {"beds": 9}, "X": {"beds": 1, "cares_for": ["med"]}}
    data["patients"] = {"med": {"demand": {"census": 6}, "outlies_in": ["W"], "outlier_cost_per_day": 7}}
    plan = planned(data, budget=600)
    assert reached(plan) == [("shortfalls", 0.0), ("disruption", 105.0), ("cost", 600.0)]


def test_a_goal_held_may_rise_only_by_what_the_gap_leaves_and_says_so() -> None:
    """15 h short are the least for 450. Within 10 % of that 15 / (1 - .1) = 16.67 may be: 4.33 shifts, for 433.33."""
    data = {**dict(WARD), "whole": False, "solve": {"goals": ["shortfalls", "cost"], "budget": 450, "gap": 0.1}}
    short, cost = make_plan(open_data(data)).goals
    assert short.value == pytest.approx(15 / 0.9)
    assert short.bound == pytest.approx(15.0)
    assert short.status is Status.WITHIN_GAP
    assert cost.value == pytest.approx(1300 / 3)


def test_the_check_recounts_the_goals() -> None:
    """A plan that says less of a goal than it comes to, or names one that was not asked for, is not accepted."""
    loaded = open_data({**dict(WARD), "solve": {"budget": 450}})
    plan = make_plan(loaded, limits=EXACT)
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    cost, objective = plan.cost, plan.objective or 0.0
    right = {"shortfalls": 20.0, "disruption": 0.0, "cost": 400.0}
    assert check(case, plan.tables, objective=objective, cost=cost, goals=right).ok
    for wrong in ({**right, "shortfalls": 19.0}, {**right, "harm": 0.0}, {**right, "cost": 450.0}):
        found = check(case, plan.tables, objective=objective, cost=cost, goals=wrong)
        assert [each.rule for each in found.violations] == ["goals add up"]


def test_the_check_holds_a_plan_to_the_budget_of_its_goals() -> None:
    """The plan for 10,000 spends 600: for 450 it breaks the budget."""
    plan = planned(WARD, budget=10_000)
    loaded = open_data({**dict(WARD), "solve": {"budget": 450}})
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    found = check(case, plan.tables, objective=600.0, cost=plan.cost)
    assert [(each.rule, each.message) for each in found.violations] == [
        ("budget is kept", "600.00 spent > 450.00 allowed")
    ]


def test_a_plan_by_goals_says_what_was_reached_and_proven() -> None:
    """Each goal on its line, with its proof; the money beside the budget; no word of the least cost."""
    text = summary(planned(WARD, budget=450))
    assert "1 shortfalls 20.0 hours: proven the least possible" in text
    assert "3 cost 400: proven the least possible" in text
    assert "Budget 450: 400 spent, 50 left" in text
    assert "no money was found for another duty in the budget of 450" in " ".join(text.split())


def test_plan_json_tells_the_goals() -> None:
    """The figures, their measure and their proof; the cost's own bound is null, for the least cost was not sought."""
    data: dict[str, Any] = planned(WARD, budget=450).to_json()
    assert data["goals"][0] == {
        "goal": "shortfalls", "measure": "hours", "value": 20.0, "beyond": 0.0, "bound": 20.0, "gap": 0.0,
        "status": "optimal",
    }  # fmt: skip
    assert (data["status"], data["bound"], data["spent"]) == ("optimal", None, {"budget": 450.0, "money": 400.0})


def brute_force(days: list[int], own: int, prices: tuple[int, int], most: float) -> tuple[float, float]:
    """The least (hours short, money) in that order, over every number of own and agency nurses on every day.

    `days` nurses are needed on each day, of `own` people each may come once a day; `prices` are of own and agency.
    """
    best = (float("inf"), float("inf"))
    choices = [(one, two) for one in range(own + 1) for two in range(max(days) + 1)]
    for plan in itertools.product(choices, repeat=len(days)):
        money = sum(one * prices[0] + two * prices[1] for one, two in plan)
        if money <= most:
            short = sum(10.0 * max(0, need - one - two) for need, (one, two) in zip(days, plan, strict=True))
            best = min(best, (short, money))
    return best


@settings(max_examples=12, deadline=None)
@given(
    needs=st.lists(st.integers(0, 2), min_size=2, max_size=2),
    own=st.integers(1, 2),
    prices=st.tuples(st.integers(1, 9), st.integers(1, 3)),
    budget=st.integers(0, 40),
)
def test_the_least_harm_for_a_budget_is_what_trying_everything_finds(
    needs: list[int], own: int, prices: tuple[int, int], budget: int
) -> None:
    """Tiny wards of two days: hours short and money agree with every plan tried."""
    data = deepcopy(dict(WARD))
    data["horizon"] = {"start": "2024-01-01", "days": 2}
    data["patients"] = {"med": {"demand": {"census": [3 * need for need in needs]}}}
    rn = data["staff"]["rn"]
    data["staff"] = {"rn": {**rn, "own": {"W": own}, "cost_per_shift": prices[0], "agency": {"multiplier": prices[1]}}}
    plan = planned(data, goals=["shortfalls", "cost"], budget=budget)
    expected = brute_force(needs, own, (prices[0], prices[0] * prices[1]), budget)
    assert reached(plan) == [("shortfalls", expected[0]), ("cost", expected[1])]


@settings(max_examples=10, deadline=None)
@given(smaller=st.integers(0, 600), more=st.integers(0, 300))
def test_more_money_never_does_more_harm(smaller: int, more: int) -> None:
    """The frontier of harm against budget falls."""
    harm = [planned(PRICED, budget=budget).goals[0].value for budget in (smaller, smaller + more)]
    assert harm[1] <= harm[0] + 1e-6


def test_goals_and_a_budget_work_over_http(tmp_path: Path) -> None:
    """The scenario says what is sought, so that the plan route answers with what was reached."""
    with front("sqlite", tmp_path) as service:
        answer = service.planned({**deepcopy(dict(WARD)), "solve": {"budget": 450}})["answer"]
    assert [(each["goal"], each["value"]) for each in answer["goals"]] == [
        ("shortfalls", 20.0), ("disruption", 0.0), ("cost", 400.0),
    ]  # fmt: skip
    assert answer["spent"] == {"budget": 450.0, "money": 400.0}


def test_goals_are_set_on_the_command_line(tmp_path: Path) -> None:
    """`--set` of a priced scenario, exit 0; the folder is read back as any plan's."""
    (tmp_path / "ward.yaml").write_text(json.dumps(PRICED), encoding="utf-8")
    asked = ["plan", str(tmp_path / "ward.yaml"), "--set", "solve.goals=[harm, cost]", "-o", str(tmp_path / "plan")]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert "2 cost 600: proven the least possible" in done.output
    assert open_plan(tmp_path / "plan").facts.objective == 600.0


def test_the_same_goals_give_the_same_plan() -> None:
    """Two runs on one thread that no clock ends write the same plan.json."""
    one, other = (planned(PRICED, budget=450).to_json() for _ in range(2))
    assert one == other


def test_fractions_of_people_are_planned_by_goals_too() -> None:
    """The linear program spends all of 450 on 4.5 shifts: 1.5 x 10 hours are short."""
    plan = planned({**WARD, "whole": False}, budget=450)
    assert reached(plan) == [("shortfalls", 15.0), ("disruption", 0.0), ("cost", 450.0)]


def test_prices_of_different_goals_are_not_warned_of() -> None:
    """An hour short for less than a nurse's is perverse by prices, and nothing to goals in turn."""
    rn = {**PRICED["staff"]["rn"], "cost_per_shift": None, "pay_per_hour": 10}
    data = {**PRICED, "staff": {"rn": rn}}
    by_prices, by_goals = (warnings_of(open_data({**deepcopy(data), **solve})) for solve in ({}, {"solve": TURNS}))
    assert any("cheaper" in each.message for each in by_prices)
    assert by_goals == ()


TURNS = {"goals": ["harm", "cost"]}
