"""Plans for many futures within their time: a plan and a bound that holds, however little of it there is."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.scenario.files import open_data
from optimizer.solution import Limits, Status
from optimizer.uncertainty.against import futures_from
from optimizer.uncertainty.clock import Until
from optimizer.uncertainty.deciding import cost_of, decide
from optimizer.uncertainty.drawing import foresee_pool, sampled_futures
from optimizer.uncertainty.guide import Guide, every_slope
from optimizer.uncertainty.hands import in_order
from optimizer.uncertainty.recourse import foreseen, hands_for, priced
from tests.benchmarks.uncertainty import hospital
from tests.uncertain_ward import one_day, uncertain_ward

SECONDS = 6.0


def test_a_plan_and_a_bound_in_little_time() -> None:
    """Ten wards, a day and those beyond it, 60 futures of 2,800 columns, where finding the best takes minutes.

    Nothing new is begun after the limit; what runs is ended within 2 s, twice that for a busy machine.
    """
    loaded = open_data(hospital(days=1))
    futures = futures_from(loaded, sampled_futures(loaded, foresee_pool(loaded), 0, 60, seed=0).values)
    begun = time.monotonic()
    found = decide(futures, limits=Limits(gap=0.0, time_limit=SECONDS), method="l_shaped")
    assert time.monotonic() - begun < 3 * SECONDS
    assert found.status is Status.TIME_LIMIT
    assert found.bound is not None
    assert 0.0 < found.bound < found.objective
    assert found.decided.tolist() == pytest.approx(np.where(_whole(found), np.round(found.decided), found.decided))


def _whole(found: object) -> object:
    futures = found.futures  # type: ignore[attr-defined]
    return futures.built.program.integer[futures.first]


def test_without_time_the_others_are_bounded_by_the_prices_of_the_first() -> None:
    """2 patients cost 200, at 100 a nurse. At that price 4 and 6 cost at least 400 and 600: nurses enough may be had.

    Future by future none is dearer than 100 a nurse, so the prices of the first hold for all, exactly.
    """
    futures = futures_from(open_data(uncertain_ward()), one_day([2, 4, 6]))
    assert foreseen(futures, until=Until.after(-1.0)).tolist() == pytest.approx([200.0, 400.0, 600.0])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-500, 500), min_size=40, max_size=40), st.integers(0, 7), st.integers(0, 6))
def test_no_prices_bound_a_cost_from_above(prices: list[float], patients: int, nurses: int) -> None:
    """Whatever its rows are priced at, a future is not said to cost more than it does."""
    futures = futures_from(open_data(uncertain_ward()), one_day([patients]))
    program = futures.program(0)
    told = np.resize(np.array(prices), len(program.row_lower))
    assert priced(program, told) <= float(cost_of(futures, np.array([float(nurses)]))[0]) + 1e-6


def test_without_time_other_futures_pay_what_is_paid_on_average() -> None:
    """Of four futures two were guided, at -50 and -150: the others, never solved, pay -100 each."""
    futures = futures_from(open_data(uncertain_ward()), one_day([1, 3, 5, 7]))
    guide = Guide(np.array([4.0]), np.array([[-50.0], [-150.0]]))
    slopes = every_slope(futures, guide, Until.after(-1.0))
    assert slopes.ravel().tolist() == [-50.0, -150.0, -100.0, -100.0]


@pytest.mark.parametrize("hands", [1, 2, 3])
def test_hands_give_all_answers_in_order(hands: int) -> None:
    """Seven pieces, tenfold each; hand 0 takes 0, 1 and so on in turn."""
    took: dict[int, int] = {}

    def work(hand: int, number: int) -> int:
        took[number] = hand
        return 10 * number

    assert list(in_order(7, hands, work)) == [0, 10, 20, 30, 40, 50, 60]
    assert took == {number: number % hands for number in range(7)}


def test_what_one_hand_meets_is_raised_and_ends_the_others() -> None:
    """The fault of piece 3 is heard in its turn, and no thread is left behind."""
    before = threading.active_count()

    def work(hand: int, number: int) -> int:
        del hand
        if number == 3:
            raise ValueError("piece 3")
        return number

    done: list[int] = []
    with pytest.raises(ValueError, match="piece 3"):
        done.extend(in_order(50, 2, work))
    assert threading.active_count() == before


def test_large_futures_cost_the_same_by_one_hand_and_by_two() -> None:
    """Ten wards, a day and those beyond it: every future's cost and bound, to a millionth."""
    loaded = open_data(hospital(days=1))
    futures = futures_from(loaded, sampled_futures(loaded, foresee_pool(loaded), 0, 5, seed=0).values)
    nothing = np.zeros(int(futures.first.sum()))
    one, two = (Limits(threads=threads) for threads in (1, 2))
    assert (hands_for(futures, one), hands_for(futures, two)) == (1, 2)
    assert cost_of(futures, nothing, two) == pytest.approx(cost_of(futures, nothing, one))
    assert foreseen(futures, two) == pytest.approx(foreseen(futures, one))
