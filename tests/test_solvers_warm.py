"""What-ifs from a kept basis: the same answer as a cold solve, after any change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import Program, ProgramBuilder, ProgramError, Term
from optimizer.solution import Limits, Status
from optimizer.solvers import SOLVERS
from optimizer.solvers.errors import UnsuitableSolver
from optimizer.solvers.warm import Warm, update_proto
from tests.solver_programs import halves


def shifts() -> Program:
    """Own hours (cost 2, at most 6) and agency hours (cost 5, at most 10) that must reach 8: 6 * 2 + 2 * 5 = 22."""
    builder = ProgramBuilder()
    hours = builder.add_columns("hours", (2,), cost=[2.0, 5.0], upper=[6.0, 10.0])
    builder.add_rows("need", (1,), [Term(hours[None])], lower=8.0)
    return builder.build()


def test_a_changed_price_is_answered() -> None:
    """Agency at 1 instead of 5: all 8 hours from there, 8."""
    session = Warm(shifts())
    assert session.solve().objective == pytest.approx(22.0)
    found = session.change(cost=np.array([2.0, 1.0]))
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(8.0)
    assert "basis of the answer before" in found.why


def test_changes_add_up() -> None:
    """Two hours fewer of our own, then two more needed: 4 * 2 + 4 * 5 = 28, then 4 * 2 + 6 * 5 = 38."""
    session = Warm(shifts())
    session.solve()
    assert session.change(upper=np.array([4.0, 10.0])).objective == pytest.approx(28.0)
    assert session.change(row_lower=np.array([10.0])).objective == pytest.approx(38.0)


def test_a_changed_coefficient_is_answered() -> None:
    """An agency hour that counts half: 4 of them for the last 2, 6 * 2 + 4 * 5 = 32."""
    session = Warm(shifts())
    session.solve()
    found = session.to(replace(session.program, data=np.array([1.0, 0.5])))
    assert found.objective == pytest.approx(32.0)


def test_a_program_of_other_rows_starts_anew() -> None:
    """The same columns with one row more, which keeps agency to 1: 8 cannot be reached, 7 can, 6 * 2 + 1 * 5 = 17."""
    builder = ProgramBuilder()
    hours = builder.add_columns("hours", (2,), cost=[2.0, 5.0], upper=[6.0, 10.0])
    builder.add_rows("need", (1,), [Term(hours[None])], lower=7.0)
    builder.add_rows("agency", (1,), [Term(hours[1:])], upper=1.0)
    session = Warm(shifts())
    session.solve()
    found = session.to(builder.build())
    assert found.objective == pytest.approx(17.0)
    assert "ready for what-ifs" in found.why


def test_infeasible_is_confirmed_and_left_again() -> None:
    """20 hours cannot be had, which two more solvers confirm; 8 can, and the session goes on."""
    session = Warm(shifts())
    session.solve()
    denied = session.change(row_lower=np.array([20.0]))
    assert denied.status is Status.INFEASIBLE
    assert "confirms" in denied.why
    assert session.change(row_lower=np.array([8.0])).objective == pytest.approx(22.0)


def test_whole_numbers_are_refused() -> None:
    """GLOP would answer 1.5 for a true 2."""
    with pytest.raises(UnsuitableSolver, match="must be whole numbers"):
        Warm(halves())


def test_a_number_no_solver_may_see_changes_nothing() -> None:
    """An infinite bound is refused, and the session still answers 22."""
    session = Warm(shifts())
    session.solve()
    with pytest.raises(ProgramError, match="upper holds a value that is infinite"):
        session.change(upper=np.array([6.0, np.inf]))
    assert session.solve().objective == pytest.approx(22.0)


def test_only_what_changed_is_handed_over() -> None:
    """One cost of two."""
    before = shifts()
    update = update_proto(before, replace(before, cost=np.array([2.0, 7.0])))
    assert list(update.objective_updates.linear_coefficients.ids) == [1]
    assert list(update.variable_updates.lower_bounds.ids) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_every_what_if_equals_a_cold_solve(seed: int) -> None:
    """Ten columns, six rows, four changes one upon another, some of them impossible."""
    draw = np.random.default_rng(seed)
    builder = ProgramBuilder()
    columns = builder.add_columns("x", (10,), cost=draw.uniform(-1.0, 9.0, 10), upper=draw.uniform(1.0, 5.0, 10))
    builder.add_rows("cover", (6,), [Term(columns[None], draw.integers(0, 4, (6, 10)))], lower=draw.uniform(1, 20, 6))
    session = Warm(builder.build())
    session.solve()
    for _ in range(4):
        changed = replace(
            session.program,
            cost=session.program.cost * draw.uniform(0.5, 1.5, 10),
            upper=np.where(draw.random(10) < 0.2, draw.uniform(0.0, 5.0, 10), session.program.upper),
            row_lower=session.program.row_lower + draw.uniform(-2.0, 4.0, 6),
        )
        warm, cold = session.to(changed), SOLVERS["highs"](changed, Limits())
        assert warm.status is cold.status
        if cold.objective is not None:
            assert warm.objective == pytest.approx(cold.objective, rel=1e-7, abs=1e-7)
