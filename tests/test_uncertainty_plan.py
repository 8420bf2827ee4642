"""Scenarios with uncertainty, from file to checked plan: doubts stated, futures drawn, bounds, words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.documents import plan_text
from api.summary import summary
from api.words import WIDTH
from optimizer.capacity.build import build
from optimizer.capacity.rules import RULES
from optimizer.errors import CheckFailed
from optimizer.expansion.case import Case
from optimizer.expansion.doubt import outcomes
from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import foresee, plan_grid
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.uncertainty import Doubt
from optimizer.solution import Limits
from optimizer.uncertainty.against import decide_against, futures_from, people_starting
from optimizer.uncertainty.checking import check_futures
from optimizer.uncertainty.drawing import every_future, foresee_pool, sampled_futures
from optimizer.uncertainty.fills import sampled_fills
from optimizer.uncertainty.futures import BY_FUTURE, futures_of
from optimizer.uncertainty.judging import fresh_estimate, least_estimate, measured_gap
from optimizer.uncertainty.risk import tail_mean
from optimizer.uncertainty.samples import demands, joint_of
from optimizer.uncertainty.split import decided_before_known
from optimizer.uncertainty.told import Estimate, Told
from tests.uncertain_ward import one_day, uncertain_ward

SCENARIOS = Path(__file__).parents[1] / "scenarios"


@pytest.fixture(scope="module")
def newsvendor() -> Plan:
    """Case O09 planned."""
    return make_plan(open_scenario(SCENARIOS / "cases" / "O09.yaml"))


def told(plan: Plan) -> Told:
    assert plan.uncertainty is not None
    return plan.uncertainty


def staffed(plan: Plan) -> list[float]:
    return [float(row["people"]) for row in plan.tables["staff"].records()]


def test_the_newsvendor_staffs_53(newsvendor: Plan) -> None:
    """The critical ratio 240 / 390 of a normal figure of 50 and 10 is 52.93: 53 whole nurses, proven and checked."""
    assert staffed(newsvendor) == [53.0]
    assert told(newsvendor).status == "optimal"
    assert newsvendor.checked is not None
    assert newsvendor.checked.ok


def test_the_newsvendor_costs_what_the_formula_says(newsvendor: Plan) -> None:
    """150 x E(53 - D)+ + 240 x E(D - 53)+ = 1,490.37; the scenario pays 150 x 50 = 7,500 for nurses needed besides."""
    assert told(newsvendor).exact
    assert round(told(newsvendor).expected - 7500.0, 2) == 1490.37


def test_the_newsvendor_beats_the_mean(newsvendor: Plan) -> None:
    """50 nurses cost 390 x 10 / sqrt(2 pi) = 1,555.87 beyond the 7,500, so planning for the doubt saves 65.51."""
    assert told(newsvendor).expected_value_plan == pytest.approx(9055.87, abs=0.01)
    assert told(newsvendor).vss == pytest.approx(65.51, abs=0.01)


def test_the_newsvendor_to_a_service_level_staffs_57() -> None:
    """Three times in four 56.74 are enough: 57 whole nurses."""
    assert staffed(make_plan(open_scenario(SCENARIOS / "cases" / "O09-service.yaml"))) == [57.0]


def test_a_service_level_is_of_the_sum_of_doubts() -> None:
    """Groups of 30 and 10 with deviations 3 and 4: the total's is 5, so 90 % is 40 + 1.2816 x 5 = 46.41, 1.16 times."""
    groups = {"a": {"demand": {"census": 30, "doubt": {"sd": 3}}}, "b": {"demand": {"census": 10, "doubt": {"sd": 4}}}}
    ward = uncertain_ward(patients=groups, service_level=0.9, cover=[], staff={}, uncertainty=None)
    ward["units"]["W"] |= {"cares_for": ["a", "b"], "beds": 60}
    census = foresee(open_data(ward)).demand.census
    assert census.sum() == pytest.approx(40 + 1.281552 * 5, abs=1e-4)
    assert census[0, 0] / census[1, 0] == pytest.approx(3.0)


def test_outcomes_of_a_normal_figure_are_exact_between_whole_numbers() -> None:
    """E(X - 53)+ of a normal figure of 50 and 10 is 10 x (phi(.3) - .3 x (1 - Phi(.3))) = 2.667614, E(X) 50."""
    values, chances = outcomes(Doubt(sd=10.0), 50.0)
    assert chances.sum() == pytest.approx(1.0)
    assert chances @ values == pytest.approx(50.0, abs=1e-6)
    assert chances @ np.maximum(values - 53.0, 0.0) == pytest.approx(2.667614, abs=2e-5)


def test_stated_outcomes_are_all_planned_for() -> None:
    """Two groups of two outcomes make four futures, with the product of their chances."""
    doubt = {"times": [0.5, 1.5], "chances": [0.5, 0.5]}
    other = {"times": [0.8, 1.8], "chances": [0.8, 0.2]}
    groups = {
        name: {"demand": {"census": 10, "doubt": each}, "boarding_cost_per_day": 1}
        for name, each in (("a", doubt), ("b", other))
    }
    ward = uncertain_ward(patients=groups)
    ward["units"]["W"]["cares_for"] = ["a", "b"]
    joint = every_future(open_data(ward))
    assert joint is not None
    found = sorted(
        (*map(float, each[:, 0]), round(float(w), 3)) for each, w in zip(joint.values, joint.weights, strict=True)
    )
    assert found == [(5, 8, 0.4), (5, 18, 0.1), (15, 8, 0.4), (15, 18, 0.1)]


def test_a_number_names_the_same_future_in_every_variant() -> None:
    """Common random numbers: 6 % more patients meet the same draws, each 6 % up; more futures begin with the same."""
    plain = uncertain_ward(days=3)
    plain["patients"]["med"]["demand"]["doubt"] = {"times": [0.9, 1.1], "chances": [0.5, 0.5], "days": "apart"}
    more = uncertain_ward(days=3)
    more["patients"]["med"]["demand"] = {**plain["patients"]["med"]["demand"], "uplift": 0.06}
    loaded, uplifted = open_data(plain), open_data(more)
    some = sampled_futures(loaded, foresee_pool(loaded), 0, 20, seed=4).values
    again = sampled_futures(uplifted, foresee_pool(uplifted), 10, 30, seed=4).values
    assert np.allclose(again[:10], some[10:] * 1.06)
    assert len(np.unique(some)) == 2


def test_who_comes_hangs_on_the_number_alone() -> None:
    """Half of 14 bank shifts a week on average, the same half for the same number whatever stands before it."""
    ward = uncertain_ward(days=7)
    ward["staff"]["rn"]["bank"] = {"shifts_per_week": 14, "fill_rate": 0.5}
    scenario = open_data(ward).value
    fills = [each["rn", "bank"] for each in sampled_fills(scenario, plan_grid(scenario), range(400), seed=1)]
    alone = sampled_fills(scenario, plan_grid(scenario), [7], seed=1)[0]["rn", "bank"]
    assert fills[7] == alone
    assert np.mean(fills) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(400 * 14))
    assert all(round(each * 14, 6) % 1 in (0.0, 1.0) or each == 0.001 for each in fills)


def test_bank_asked_for_first_may_not_come() -> None:
    """3 patients for sure, own nurses dear, bank of two days' notice at 50, of whom half or all come: asking for enough
    that 3 come on average leaves somebody short where few come, which planning at the mean does not see."""
    ward = uncertain_ward(days=3)
    ward["staff"]["rn"] = {
        "paid": "per_shift", "cost_per_shift": 100, "short_cost_per_hour": 40,
        "bank": {"multiplier": 0.5, "fill_rate": 0.5, "notice": "2d", "shifts_per_horizon": 20},
    }  # fmt: skip
    loaded = open_data(ward)
    samples = np.full((40, 1, 3), 3.0)
    by_chance = decide_against(loaded, samples, limits=Limits(gap=0.0))
    ward["uncertainty"]["fills"] = "mean"
    for_sure = decide_against(open_data(ward), samples, limits=Limits(gap=0.0))
    # Days 1 and 2 are inside the notice: 3 short at 400 each. On day 3 all of 3 asked for at the mean come, at 50 each.
    assert for_sure.objective == pytest.approx(2 * 3 * 400 + 3 * 50)
    assert by_chance.objective > for_sure.objective + 1.0
    assert len(set(np.round(by_chance.costs, 3))) > 3


def test_only_rules_by_future_hang_on_demand() -> None:
    """The rows of every other rule are the same whatever comes: those of a whole program for two demands agree."""
    loaded = open_scenario(SCENARIOS / "quickstart.yaml", sets=["uncertainty.fills=mean"])
    scenario, grid = loaded.value, plan_grid(loaded.value)
    rng = np.random.default_rng(2)
    joint = joint_of(25 + 6 * rng.random((3, 1, grid.days)), scenario, grid)
    futures = futures_of(scenario, grid, demands(scenario, grid, joint), joint.weights)
    for number, case in enumerate(futures.cases):
        alone = build(Case(scenario, grid, case.demand)).program
        mine = futures.program(number)
        whole = len(futures.early.row_lower) + len(mine.row_lower)
        assert whole == len(alone.row_lower)
        assert np.sort(np.concatenate((futures.early.data, mine.data))).tolist() == np.sort(alone.data).tolist()
        bounds = np.concatenate((futures.early.row_lower, mine.row_lower))
        assert np.sort(bounds).tolist() == np.sort(alone.row_lower).tolist()
    assert {rule.name for rule in RULES} > BY_FUTURE


def test_notice_splits_the_levers() -> None:
    """Of the quickstart: own shifts (weeks), bays (3 days) and the nurses' bank (2 days) come first, the rest later."""
    loaded = open_scenario(SCENARIOS / "quickstart.yaml", sets=["uncertainty.samples=4"])
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    built = build(case)
    assert loaded.value.uncertainty is not None
    first = decided_before_known(case, built, loaded.value.uncertainty)
    names = {block.name for block in built.program.columns if block.size and block.take(first).all()}
    assert names == {"open", "opening", "working.rn.own", "working.hca.own", "working.rn.bank"}


def test_tail_mean_by_hand() -> None:
    """Costs 1, 2, 3, 4 alike in chance: the dearest quarter is 4, three eighths (.25 x 4 + .125 x 3) / .375."""
    costs, even = np.array([3.0, 1.0, 4.0, 2.0]), np.full(4, 0.25)
    assert tail_mean(costs, even, 0.75) == pytest.approx(4.0)
    assert tail_mean(costs, even, 0.625) == pytest.approx((1.0 + 0.375) / 0.375)


def test_estimates_by_hand() -> None:
    """1, 2 and 3: mean 2, deviation 1, t 4.3027 at 2 degrees of freedom, so 2 - and + 2.484."""
    found = least_estimate([1.0, 2.0, 3.0])
    assert found is not None
    assert (found.mean, found.low, found.high) == pytest.approx((2.0, -0.4841, 4.4841), abs=1e-3)
    assert fresh_estimate(np.array([1.0, 2.0, 3.0]), None, seed=0) == found
    assert least_estimate([1.0]) is None
    gap = measured_gap(Estimate(10.0, 9.0, 11.0, 5), Estimate(9.0, 8.5, 9.5, 5))
    assert gap == pytest.approx((11.0 - 8.5) / 10.0)


@pytest.fixture(scope="module")
def drawn_plan() -> Plan:
    """A ward of two days planned for 12 futures drawn, with everything that judges it."""
    ward = uncertain_ward(days=2, currency="GBP")
    ward["patients"]["med"]["demand"]["doubt"]["days"] = "apart"
    ward["uncertainty"] = {"samples": 12, "judge": {"batches": 3, "samples": 40}}
    return make_plan(open_data(ward))


def test_a_plan_for_futures_drawn_is_judged(drawn_plan: Plan) -> None:
    """Its checked tables hold the first decisions; fresh futures bound it from above, other plans from below."""
    found = told(drawn_plan)
    assert drawn_plan.checked is not None
    assert drawn_plan.checked.ok
    assert found.futures == 12
    assert found.fresh is not None
    assert found.least is not None
    assert found.fresh.samples == 40
    assert found.least.samples == 3
    assert found.wait_and_see <= found.objective <= (found.expected_value_plan or np.inf)
    assert found.vss is not None
    assert found.vss >= 0.0
    assert found.evpi >= 0.0


def test_a_plan_for_futures_says_so_in_its_file(drawn_plan: Plan) -> None:
    """plan.json has expected cost, tail, futures, bounds, worth; its bound is of the futures, not of the path told."""
    said = json.loads(plan_text(drawn_plan))
    assert {"expected", "tail", "futures", "bound", "fresh", "least", "vss", "evpi", "levers"} <= set(
        said["uncertainty"]
    )
    assert said["bound"] is None
    assert said["gap"] is None


def test_a_plan_for_futures_is_told_in_words(drawn_plan: Plan) -> None:
    """Expected cost, what it is worth and what is settled first, in lines that fit."""
    text = summary(drawn_plan)
    assert "Planned for 12 futures (drawn, each checked): expected cost" in text
    assert "On 40 fresh futures it costs" in text
    assert "The best plan costs at least about" in text
    assert "with 95 % confidence this one is at most" in " ".join(text.split())
    assert "Settled first, the same whatever comes: own rn" in text
    assert max(map(len, text.splitlines())) <= WIDTH


def test_equal_runs_are_equal(drawn_plan: Plan) -> None:
    """The same seed draws the same futures and ends with the same file."""
    ward = uncertain_ward(days=2, currency="GBP")
    ward["patients"]["med"]["demand"]["doubt"]["days"] = "apart"
    ward["uncertainty"] = {"samples": 12, "judge": {"batches": 3, "samples": 40}}
    assert plan_text(make_plan(open_data(ward))) == plan_text(drawn_plan)


def test_the_number_of_futures_is_found() -> None:
    """samples: auto stops at the first number whose measured gap is small: 25 where nearly nothing varies."""
    ward = uncertain_ward()
    ward["patients"]["med"]["demand"]["doubt"] = {"sd": 0.01, "days": "apart"}
    ward["staff"]["rn"]["bank"] = {"fill_rate": 0.9, "shifts_per_week": 5, "notice": "0h"}
    ward["uncertainty"] = {"samples": "auto", "gap": 0.1, "judge": {"batches": 3, "samples": 50}}
    found = told(make_plan(open_data(ward)))
    assert found.futures == 25
    assert found.gap is not None
    assert found.gap <= 0.1


def test_the_tail_is_weighed_where_asked() -> None:
    """2 or 4 patients at 9 to 1, only the dearest tenth counts: four nurses, as by hand in test_uncertainty."""
    ward = uncertain_ward()
    ward["patients"]["med"]["demand"] = {"census": 2.2, "doubt": {"times": [2 / 2.2, 4 / 2.2], "chances": [0.9, 0.1]}}
    ward["uncertainty"] = {"risk": {"alpha": 0.9, "weight": 1.0}}
    plan = make_plan(open_data(ward))
    assert staffed(plan) == [4.0]
    assert told(plan).tail == pytest.approx(400.0)


FAULTS: Mapping[str, tuple[dict[str, Any], str]] = {
    "neither": ({"census": 5, "doubt": {}}, "must say exactly one of sd and times"),
    "both": ({"census": 5, "doubt": {"sd": 1, "times": [1], "chances": [1]}}, "must say exactly one of sd and times"),
    "unpaired": ({"census": 5, "doubt": {"times": [0.5, 1.5], "chances": [1]}}, "needs a chance for each of times"),
    "sum": ({"census": 5, "doubt": {"times": [0.5, 1.5], "chances": [0.5, 0.4]}}, "chances must sum to 1, got 0.9"),
    "mean": ({"census": 5, "doubt": {"times": [1, 2], "chances": [0.5, 0.5]}}, "mean of times must be 1, got 1.5"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_doubts_that_cannot_be_are_told(name: str) -> None:
    """Each with the rule that it breaks."""
    demand, words = FAULTS[name]
    ward = uncertain_ward()
    ward["patients"]["med"]["demand"] = demand
    with pytest.raises(ScenarioError, match=words):
        open_data(ward)


def test_futures_know_people_by_name() -> None:
    """A contract that is not there has nobody starting."""
    futures = futures_from(open_data(uncertain_ward()), one_day([2, 4]))
    assert len(futures) == 2
    found = decide_against(open_data(uncertain_ward()), one_day([2, 4]))
    assert people_starting(found, "rn", "bank").size == 0


@pytest.mark.parametrize("known", ["1d", "2d"])
def test_every_future_passes_the_check(known: str) -> None:
    """What follows in each future keeps every rule, whether the bank is asked before or after demand is known."""
    loaded = open_scenario(SCENARIOS / "quickstart.yaml", sets=[f"uncertainty.known_ahead={known}"])
    grid = plan_grid(loaded.value)
    samples = 24 + 6 * np.random.default_rng(3).random((6, 1, grid.days))
    found = decide_against(loaded, samples, limits=Limits(gap=0.01))
    assert check_futures(found.futures, found.decided) == 6


def test_a_future_that_breaks_a_rule_is_found() -> None:
    """A decision for 6 nurses told as one for 7 breaks the 42 duties a week that there are."""
    found = decide_against(open_data(uncertain_ward()), one_day([6, 9]))
    with pytest.raises(CheckFailed, match="own shifts are kept"):
        check_futures(found.futures, found.decided + 1.0)


def test_the_ward_of_many_futures_is_planned() -> None:
    """The scenario that shows it, with fewer futures: checked, judged, and dearer on average where the tail counts."""
    few = ["uncertainty.samples=6", "uncertainty.judge.batches=0", "uncertainty.judge.samples=0", "solve.gap=0.02"]
    found = [
        told(make_plan(open_scenario(SCENARIOS / "many-futures.yaml", variant=variant, sets=few)))
        for variant in (None, "careful")
    ]
    assert [each.futures for each in found] == [6, 6]
    assert found[1].weight == 0.5
    assert found[1].objective >= found[0].objective * 0.98
