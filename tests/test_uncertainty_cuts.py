"""What bounds many futures from below: prices found roughly, heights solved for, whole decisions near fractions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import Floats, ProgramBuilder, Term
from optimizer.scenario.files import open_data
from optimizer.scenario.uncertainty import Risk
from optimizer.solution import Limits
from optimizer.uncertainty.against import futures_from
from optimizer.uncertainty.deciding import cost_of, decide
from optimizer.uncertainty.drawing import foresee_pool, sampled_futures
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.guide import Guide, every_slope, guided
from optimizer.uncertainty.known import Known
from optimizer.uncertainty.lshaped import Found, in_full, l_shaped
from optimizer.uncertainty.recourse import foreseen
from optimizer.uncertainty.rounding import nearest, within
from tests.benchmarks.uncertainty import hospital
from tests.uncertain_ward import best_by_trying, one_day, uncertain_ward

SURE = Limits(gap=0.0, time_limit=20.0)
TAIL = Risk(alpha=0.5, weight=0.5)

# The ward: with n patients and x nurses of 100, one of the agency for 250 and 400 for each nurse missing beyond.


def futures_of_days(values: list[float]) -> Futures:
    return futures_from(open_data(uncertain_ward()), one_day(values))


def paid(futures: Futures, price: float) -> Floats:
    """(S, F) the same price in every future for each first decision."""
    return np.full((len(futures), int(futures.first.sum())), price)


@pytest.mark.parametrize(("price", "least"), [(0.0, [200.0, 400.0]), (100.0, [0.0, 0.0]), (-150.0, [500.0, 1000.0])])
def test_what_a_future_costs_beyond_what_it_pays_for_decisions(price: float, least: list[float]) -> None:
    """Paid 100 for each nurse, nurses are free: 0. Where each costs 150 more, 250, one is left to the agency.

    2 patients: 1 nurse, 250 + 250 = 500; 4 patients: 3 nurses, 750 + 250 = 1,000.
    """
    futures = futures_of_days([2, 4])
    assert foreseen(futures, slopes=paid(futures, price)).tolist() == pytest.approx(least)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=1, max_size=3), st.floats(-300, 300), st.integers(0, 6))
def test_no_price_makes_a_bound_above_what_a_future_costs(values: list[int], price: float, nurses: int) -> None:
    """Whatever the slopes, height + slope x nurses stays below the cost with so many nurses."""
    futures = futures_of_days([value / 2 for value in values])
    heights = foreseen(futures, slopes=paid(futures, price))
    costs = cost_of(futures, np.array([float(nurses)]))
    assert bool((heights + price * nurses <= costs + 1e-6).all())


@pytest.mark.parametrize("risk", [None, TAIL])
def test_the_guide_nearly_finds_the_best_fractions(risk: Risk | None) -> None:
    """On 30 days of chance what the guide decides costs within 1 % of the least, and its prices prove 99 % of that."""
    luck = np.random.default_rng(3)
    futures = futures_of_days([max(value, 0.0) for value in luck.normal(4.0, 1.5, size=30)])
    guide = guided(futures, risk)
    assert guide is not None
    found = cuts_of(futures, guide, risk, whole=False)
    least = decide(futures, risk=risk, limits=SURE, method="extensive")
    assert found.objective <= least.objective * 1.01
    assert found.bound <= least.objective + 1e-6
    assert found.bound >= found.objective * 0.99


def cuts_of(futures: Futures, guide: Guide, risk: Risk | None, *, whole: bool) -> Found:
    """By cuts alone, no future in full."""
    slopes = every_slope(futures, guide)
    known = Known.sure(foreseen(futures, slopes=slopes), slopes, 0.0)
    found = l_shaped(futures, None, known, lean=guide.decided, risk=risk, whole=whole, full=0, limits=SURE)
    assert found is not None
    return found


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=4), st.sampled_from([None, TAIL]))
def test_cuts_alone_bound_what_trying_all_finds(values: list[int], risk: Risk | None) -> None:
    """No future in full: the bound lies below the best of all whole decisions, what is found is one of them."""
    futures = futures_of_days([value / 2 for value in values])
    guide = guided(futures, risk)
    assert guide is not None
    found, (least, _) = cuts_of(futures, guide, risk, whole=True), best_by_trying(futures, 7, risk)
    assert found.decided.tolist() == np.round(found.decided).tolist()
    assert found.bound <= least + 1e-6
    assert found.objective >= least - 1e-6
    assert found.objective <= least * 1.05 + 1.0


def test_futures_too_large_to_stand_in_full_agree_with_all_side_by_side() -> None:
    """Ten wards, a day and those beyond it, 2,800 columns a future: neither bound lies above what the other found."""
    loaded = open_data(hospital(days=1))
    samples = sampled_futures(loaded, foresee_pool(loaded), 0, 4, seed=0).values
    futures, near = futures_from(loaded, samples), Limits(gap=0.06, time_limit=30.0)
    assert in_full(futures) == 0
    cuts, beside = (decide(futures, limits=near, method=method) for method in ("l_shaped", "extensive"))
    assert cuts.bound is not None
    assert beside.bound is not None
    assert cuts.bound <= beside.objective
    assert beside.bound <= cuts.objective
    assert cost_of(futures, cuts.decided) == pytest.approx(cuts.costs)


INTERRUPTED = """
import os, signal, threading
from optimizer.scenario.files import open_data
from optimizer.uncertainty.against import futures_from
from optimizer.uncertainty.drawing import foresee_pool, sampled_futures
from optimizer.uncertainty.guide import guided
from tests.benchmarks.uncertainty import hospital

signal.signal(signal.SIGINT, signal.default_int_handler)
loaded = open_data(hospital())
futures = futures_from(loaded, sampled_futures(loaded, foresee_pool(loaded), 0, 12, seed=0).values)
threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    guided(futures)
except KeyboardInterrupt:
    print("heard")
"""


def test_ctrl_c_is_heard_while_the_guide_is_sought() -> None:
    """A search of several seconds, interrupted after one, ends at once and leaves nothing running behind."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
    )
    assert (done.returncode, done.stdout.strip()) == (0, "heard"), done.stderr


def test_futures_beyond_the_guide_pay_the_same_on_average() -> None:
    """Of four futures two were guided, at -50 and -150: the others are moved until they pay -100 on average."""
    futures = futures_of_days([1, 3, 5, 7])
    slopes = every_slope(futures, Guide(np.array([4.0]), np.array([[-50.0], [-150.0]])))
    assert slopes[:2].ravel().tolist() == [-50.0, -150.0]
    assert slopes[2:].mean() == pytest.approx(-100.0)


def test_without_a_guide_nothing_is_paid() -> None:
    """Then each future's least is that of waiting to see."""
    assert not every_slope(futures_of_days([1, 3]), None).any()


def test_a_future_without_a_plan_is_bounded_by_what_is_sure() -> None:
    """Its height is the least that any can cost, its slopes are none; and it is told."""
    known = Known.sure(np.array([5.0, np.nan]), np.array([[1.0], [2.0]]), -9.0)
    assert known.heights.tolist() == [5.0, -9.0]
    assert known.slopes.tolist() == [[1.0], [0.0]]
    assert not known.has_plans


def test_whole_numbers_near_fractions_keep_the_rules() -> None:
    """1.6 and 1.6 of two things of which three may be had: one of them is 2, the other 1, not both 2."""
    builder = ProgramBuilder()
    things = builder.add_columns("things", (2,), upper=5.0, integer=True)
    builder.add_rows("at most three", (), [Term(things)], upper=3.0)
    found = nearest(builder.build(), np.array([1.6, 1.6]), SURE)
    assert found is not None
    assert sorted(found.tolist()) == [1.0, 2.0]


def test_a_search_around_the_best_goes_so_many_steps() -> None:
    """From 4 and 4, where less is cheaper, three steps at most: 8 things become 5."""
    from optimizer.solvers import solve

    builder = ProgramBuilder()
    builder.add_columns("things", (2,), cost=1.0, upper=5.0, integer=True)
    answer = solve(within(builder.build(), np.array([4.0, 4.0]), 3.0), limits=SURE)
    assert answer.values is not None
    assert answer.objective == pytest.approx(5.0)
