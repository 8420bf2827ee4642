"""Long programs window by window: plans that hold, bounds that are true, and windows that fail noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import TIME, Program, ProgramBuilder, Term
from optimizer.solution import Limits, Progress, Status
from optimizer.solvers import SOLVERS, solve
from optimizer.solvers.errors import UnsuitableSolver
from optimizer.solvers.rolling import rolling
from optimizer.solvers.rolling_cut import cut
from optimizer.solvers.rolling_piece import dual_bound
from optimizer.solvers.table import ROLLING_COLUMNS, choose
from optimizer.solvers.verify import broken
from tests.benchmarks.networks import draw
from tests.benchmarks.networks_model import allocation_program
from tests.solver_programs import halves, shifts

GAP = 1e-4


def stock(needs: list[float], *, most: float, store: float) -> Program:
    """Make up to `most` a day at cost 1, keep up to `store` over night at 0.1, meet each day's need."""
    days = np.arange(len(needs), dtype=np.int32)
    builder = ProgramBuilder()
    made = builder.add_columns("made", (len(needs),), cost=1.0, upper=most, labels={TIME: days})
    kept = builder.add_columns("kept", (len(needs),), cost=0.1, upper=store, labels={TIME: days})
    before = np.concatenate(([-1], kept[:-1])).astype(np.int32)
    builder.add_rows("day", (len(needs),), [Term(made), Term(before), Term(kept, -1.0)], lower=needs, upper=needs)
    return builder.build()


def test_a_window_that_leaves_no_room_joins_the_one_before() -> None:
    """Three days a window, 2 a day at most, 6 needed on the eighth day and nothing before.

    Nothing looks like being needed until the last windows, by when it is too late: all must be made on days 6 to 8,
    4 of it kept from day 7 to 8 and 2 from day 6 to 7: 6 + 0.1 * (4 + 2) = 6.6.
    """
    program = stock([0.0] * 7 + [6.0], most=2.0, store=9.0)
    found = rolling(program, Limits(gap=GAP), piece=2)
    assert found.objective == pytest.approx(6.6, rel=GAP)
    assert found.bound == pytest.approx(6.6, rel=GAP)


def test_what_cannot_be_is_called_impossible() -> None:
    """Two a day for four days are not 20."""
    found = rolling(stock([0.0] * 3 + [20.0], most=2.0, store=99.0), Limits(gap=GAP), piece=2)
    assert found.status is Status.INFEASIBLE


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 2))
def test_a_plan_holds_and_its_bound_is_true(seed: int, sites: int) -> None:
    """Random networks in about four windows: bound <= least cost <= cost, and every row kept."""
    program = allocation_program(draw((sites, 3, 4), seed))
    least = SOLVERS["highs"](program, Limits()).objective
    found = rolling(program, Limits(gap=GAP), piece=len(program.cost) // 4)
    assert found.values is not None
    assert found.bound is not None
    assert least is not None
    assert broken(program, found.values) == ""
    assert found.bound <= least * (1 + 1e-7)
    assert least <= found.objective * (1 + 1e-7)


def test_a_week_is_not_cut_in_two() -> None:
    """Three weeks of 21 periods, whose hours count by week: windows end where a week ends."""
    program = allocation_program(draw((1, 3, 21)))
    assert cut(program, piece=len(program.cost) // 4).starts == (0, 21, 42, 63)


def test_sites_are_kept_apart_and_units_are_not() -> None:
    """Sites are joined by transfers alone: 6 units, 3 groups, 9 periods but the last (none arrive)."""
    plan = cut(allocation_program(draw((2, 3, 3))), piece=100)
    assert plan.parts == 2
    assert int((plan.part < 0).sum()) == 6 * 3 * 8


def test_any_prices_prove_a_bound() -> None:
    """Costs 3 and 2, 2x + y >= 5, x <= 2, y <= 9. A price of 1.5 leaves 0 and 0.5: 7.5; of 2, -1 on x: 10 - 2 = 8."""
    program = shifts(whole=False)
    assert dual_bound(program, np.array([1.5])) == pytest.approx(7.5)
    assert dual_bound(program, np.array([2.0])) == pytest.approx(8.0)
    assert dual_bound(program, np.array([-1.0])) == 0.0


def test_progress_is_told() -> None:
    """First a plan, then its bound."""
    told: list[Progress] = []
    program = allocation_program(draw((1, 3, 4)))
    rolling(program, Limits(gap=GAP), told.append, piece=len(program.cost) // 4)
    assert told[0].incumbent is not None
    assert told[0].bound is None
    assert told[1].bound is not None


@pytest.mark.parametrize(
    ("program", "message"), [(halves(), "must be whole numbers"), (shifts(whole=False), "no column says when it is")]
)
def test_what_cannot_be_rolled_is_refused(program: Program, message: str) -> None:
    """Whole numbers have no prices, and columns without a time no order."""
    with pytest.raises(UnsuitableSolver, match=message):
        rolling(program, Limits())


def test_no_time_is_no_plan() -> None:
    """A limit of nothing ends with the time, and says so."""
    found = rolling(allocation_program(draw("T")), Limits(time_limit=0.0))
    assert found.status is Status.TIME_LIMIT
    assert found.values is None
    assert "time was up" in found.message


@pytest.mark.parametrize(("columns", "chosen"), [(ROLLING_COLUMNS, "rolling"), (ROLLING_COLUMNS - 1, "highs")])
def test_only_what_is_too_long_is_rolled_unasked(columns: int, chosen: str) -> None:
    """From 400,000 columns on, if they say when they are."""
    builder = ProgramBuilder()
    builder.add_columns("x", (columns,), upper=1.0, labels={TIME: np.arange(columns, dtype=np.int32)})
    assert choose(builder.build())[0] == chosen


def test_rolling_runs_in_a_process_of_its_own() -> None:
    """Asked for by name at the front door: within the gap, verified."""
    found = solve(allocation_program(draw("T")), solver="rolling", limits=Limits(gap=GAP))
    assert found.status in (Status.OPTIMAL, Status.WITHIN_GAP)
    assert found.solver == "rolling"
