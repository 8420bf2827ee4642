"""The way back from tables to columns: what a plan decided, as its program knows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from optimizer.capacity.build import build
from optimizer.capacity.refill import values_of, with_whole_fixed
from optimizer.capacity.tables import read_tables
from optimizer.solution import Limits
from optimizer.solvers import solve
from tests.oracle_hospitals import Data, hospitals
from tests.oracles import make_case


@settings(max_examples=30, deadline=None)
@given(hospitals())
def test_tables_lead_back_to_every_decision(data: Data) -> None:
    """Tables made of a solution give the whole columns' values back, and the same cost."""
    case = make_case(data)
    built = build(case)
    solution = solve(built.program, solver="highs", limits=Limits(time_limit=3.0, gap=0.01))
    if solution.values is None:
        return
    values = values_of(case, built, read_tables(case, built, solution.values))
    money = np.abs(built.program.cost).sum() * 1e-6
    assert built.program.objective(values) == pytest.approx(solution.objective, abs=1e-4 + money)
    priced = built.program.integer & (built.program.cost != 0)
    assert values[priced].tolist() == solution.values[priced].tolist()


@settings(max_examples=30, deadline=None)
@given(hospitals())
def test_the_program_with_whole_numbers_fixed_costs_no_more(data: Data) -> None:
    """With its whole decisions kept, a plan's fractions can only be as good or better, and they have prices."""
    case = make_case(data)
    built = build(case)
    solution = solve(built.program, solver="highs", limits=Limits(time_limit=3.0, gap=0.01))
    if solution.values is None or solution.objective is None:
        return
    values = values_of(case, built, read_tables(case, built, solution.values))
    again = solve(with_whole_fixed(built.program, values), solver="highs")
    assert again.objective is not None
    assert again.duals is not None
    assert again.objective <= solution.objective + 1e-3
