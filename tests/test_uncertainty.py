"""Plans for many futures: small ones by hand, extensive form and cuts against each other and against trying all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.planning import plan_grid
from optimizer.scenario.files import open_data
from optimizer.scenario.uncertainty import Risk
from optimizer.solution import Limits
from optimizer.uncertainty.against import bays_open, cost_against, decide_against, futures_from, people_starting
from optimizer.uncertainty.deciding import METHODS, Decided, decide
from optimizer.uncertainty.errors import BadSamples, NoDecision
from optimizer.uncertainty.recourse import foreseen
from optimizer.uncertainty.samples import joint_of
from optimizer.uncertainty.worth import worth_of
from tests.uncertain_ward import best_by_trying, one_day, uncertain_ward

SURE = Limits(gap=0.0, time_limit=60.0)
EITHER = pytest.mark.parametrize("method", [each for each in METHODS if each != "auto"])

TWO_OR_FOUR = one_day([2, 4])
# 2 or 4 patients, alike in chance. With 2 nurses of 100: none short at 2; at 4 one of the agency (250) and one missing
# (400), so 200 + 325 = 525. With 3: 300 + 250 / 2 = 425. With 4: 400. With 5: 500. So 4 nurses, 400 on average.
# Knowing the day ahead: 200 or 400, 300 on average. The mean is 3 patients: 3 nurses, who cost 425 on average.


def decided(method: str, samples: object = TWO_OR_FOUR, **more: object) -> Decided:
    return decide_against(open_data(uncertain_ward(**more)), samples, limits=SURE, method=method)  # type: ignore[arg-type]


@EITHER
def test_two_futures_by_hand(method: str) -> None:
    """Four nurses at 400: dearer by 25 than three would look, cheaper than three turn out."""
    found = decided(method)
    assert people_starting(found, "rn").tolist() == [[[4.0]]]
    assert found.objective == pytest.approx(400.0)
    assert found.bound == pytest.approx(400.0)
    assert found.costs.tolist() == pytest.approx([400.0, 400.0])


@EITHER
def test_chances_count(method: str) -> None:
    """Where 4 come once in ten, 3 are cheaper by hand: 300 + 25 beside 400, and 200 + .1 x 650 = 265 beats both."""
    loaded = open_data(uncertain_ward())
    found = decide_against(loaded, TWO_OR_FOUR, weights=[0.9, 0.1], limits=SURE, method=method)
    assert people_starting(found, "rn").tolist() == [[[2.0]]]
    assert found.objective == pytest.approx(265.0)


def test_worth_by_hand() -> None:
    """Planning for both futures saves 425 - 400 = 25, knowing which comes would save 400 - 300 = 100."""
    loaded = open_data(uncertain_ward())
    futures, grid = futures_from(loaded, TWO_OR_FOUR), plan_grid(loaded.value)
    joint = joint_of(TWO_OR_FOUR, loaded.value, grid)
    found, worth = worth_of(loaded.value, grid, joint, decide(futures, limits=SURE), SURE)
    assert found.objective == pytest.approx(400.0)
    assert worth.expected_value_plan == pytest.approx(425.0)
    assert worth.wait_and_see == pytest.approx(300.0)


@EITHER
def test_the_dear_tail_by_hand(method: str) -> None:
    """2 patients nine times in ten, 4 else: the expected cost asks for 2 nurses (265), the dearest tenth for 4.

    That tenth costs 850 with 2 nurses, 550 with 3, 400 with 4.
    """
    loaded = open_data(uncertain_ward())
    futures = futures_from(loaded, TWO_OR_FOUR, weights=[0.9, 0.1])
    found = decide(futures, risk=Risk(alpha=0.9, weight=1.0), limits=SURE, method=method)
    assert people_starting(found, "rn").tolist() == [[[4.0]]]
    assert found.objective == pytest.approx(400.0)


@EITHER
def test_half_of_each(method: str) -> None:
    """Weighed half and half: 2 nurses .5 x 265 + .5 x 850 = 557.5, 3: .5 x 325 + .5 x 550 = 437.5, 4: 400."""
    loaded = open_data(uncertain_ward())
    futures = futures_from(loaded, TWO_OR_FOUR, weights=[0.9, 0.1])
    found = decide(futures, risk=Risk(alpha=0.9, weight=0.5), limits=SURE, method=method)
    assert found.objective == pytest.approx(400.0)


def test_what_is_settled_late_waits() -> None:
    """Nurses of no notice are told on the day: 200 or 400, and nothing is lost by not knowing."""
    ward = uncertain_ward()
    ward["staff"]["rn"]["notice"] = "0h"
    found = decide_against(open_data(ward), TWO_OR_FOUR, limits=SURE)
    assert not found.futures.first.any()
    assert found.objective == pytest.approx(300.0)


def test_bays_are_opened_once_for_all() -> None:
    """2 or 4 patients for 2 beds, bays of one at 50 and two days' notice, no nurses asked: two bays (100) on day 3 beat
    one (50 + 500) and none (1,000 on average); bays can't open before, so 2,000 / 2 a day is paid twice."""
    escalation = {"bays": [1, 1], "cost_per_bed_day": 50, "notice": "2d"}
    units = {"W": {"beds": 2, "cares_for": ["med"], "escalation": escalation}}
    samples = np.repeat(TWO_OR_FOUR, 3, axis=2)
    found = decide_against(open_data(uncertain_ward(days=3, units=units, cover=[])), samples, limits=SURE)
    assert bays_open(found).sum(axis=0).tolist() == [0.0, 0.0, 2.0]
    assert found.objective == pytest.approx(2 * 1000 + 100)


def test_fresh_futures_are_costed_where_the_decision_stands() -> None:
    """Four nurses: 400 where 3 come; 400 + 250 where 5 come, who take one of the agency; and 400 more where 6 come."""
    found = decided("auto")
    loaded = open_data(uncertain_ward())
    assert cost_against(found, loaded, one_day([3, 5, 6])).tolist() == pytest.approx([400.0, 650.0, 1050.0])


def test_hard_rules_that_some_future_cannot_keep_are_told() -> None:
    """9 patients, hard cover, 6 nurses of one duty a day and one of the agency: nobody can decide that."""
    ward = uncertain_ward(boarded_need_care=True)
    ward["staff"]["rn"] |= {"own": {"W": {"people": 6}}, "short_cost_per_hour": None}
    ward["cover"][0]["hard"] = True
    with pytest.raises(NoDecision, match="lets every future keep the hard rules"):
        decide_against(open_data(ward), one_day([2, 9]), limits=SURE)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ([[1.0]], r"must have the shape \(samples, 1 patient groups, 1 days or 1 periods\), got \(1, 1\)"),
        ([[[1.0, 2.0]]], r"got \(1, 1, 2\)"),
        ([[[-1.0]]], "must be numbers, 0 or more"),
        ([[[float("nan")]]], "must be numbers, 0 or more"),
    ],
)
def test_bad_samples_are_refused(samples: object, words: str) -> None:
    """The message says which shape is expected."""
    with pytest.raises(BadSamples, match=words):
        decided("auto", samples)


def test_weights_are_chances() -> None:
    """They sum to 1, one for each sample."""
    with pytest.raises(BadSamples, match="2 chances above 0 that sum to 1"):
        decide_against(open_data(uncertain_ward()), TWO_OR_FOUR, weights=[0.9, 0.2])


def _days(count: int) -> st.SearchStrategy[list[list[float]]]:
    day = st.integers(0, 14).map(lambda each: each / 2)
    return st.lists(st.lists(day, min_size=count, max_size=count), min_size=1, max_size=4)


@settings(max_examples=12, deadline=None)
@given(_days(2), st.sampled_from([None, Risk(alpha=0.5, weight=0.5)]))
def test_both_methods_find_what_trying_all_finds(days: list[list[float]], risk: Risk | None) -> None:
    """On two days of up to 7 patients, whole nurses: extensive form, cuts and enumeration agree."""
    loaded = open_data(uncertain_ward(days=2))
    futures = futures_from(loaded, np.array(days)[:, None, :])
    least, _ = best_by_trying(futures, 7, risk)
    for method in ("extensive", "l_shaped"):
        found = decide(futures, risk=risk, limits=SURE, method=method)
        assert found.objective == pytest.approx(least, rel=1e-6, abs=1e-6)
        assert found.bound == pytest.approx(least, rel=1e-5, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(_days(1))
def test_knowing_never_costs_and_planning_for_the_mean_never_pays(days: list[list[float]]) -> None:
    """Wait and see <= the plan for the futures <= the plan for their mean (Birge and Louveaux 2011, section 4.3)."""
    loaded = open_data(uncertain_ward())
    samples, grid = np.array(days)[:, None, :], plan_grid(loaded.value)
    futures, joint = futures_from(loaded, samples), joint_of(samples, loaded.value, grid)
    found, worth = worth_of(loaded.value, grid, joint, decide(futures, limits=SURE), SURE)
    assert worth.expected_value_plan is not None
    assert worth.wait_and_see <= found.objective + 1e-6
    assert found.objective <= worth.expected_value_plan + 1e-6


def test_waiting_to_see_is_each_future_alone() -> None:
    """2 patients cost 200, 4 cost 400: each planned for as if it were sure."""
    futures = futures_from(open_data(uncertain_ward()), TWO_OR_FOUR)
    assert foreseen(futures).tolist() == pytest.approx([200.0, 400.0])
